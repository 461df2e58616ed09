export type SdkGeneration = '1.x' | 'v1';

/** What a callback of the SDK gets, and what a landing URL has in its query. */
export type SdkResponse = Record<string, string | number | boolean | null>;

/** What the SDK sends to the stand-in before it opens the gateway. */
export interface PrepareRequest {
  readonly imp_code: string;
  readonly sdk: SdkGeneration;
  readonly mobile: boolean;
  /** What the merchant gave to `request_pay`. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The stand-in's answer: why the gateway does not open, or where it is and how the result comes back. */
export type PrepareAnswer =
  | { readonly failure: SdkResponse }
  | { readonly gateway_url: string; readonly way: 'redirect' | 'callback'; readonly imp_uid: string };

/** What the gateway page posts to the page around it. */
export interface EndedMessage {
  readonly type: 'portone-stand-in:ended';
  readonly response: SdkResponse;
}

/** @returns `null` where there is no usable answer */
export async function prepare(origin: string, request: PrepareRequest): Promise<PrepareAnswer | null> {
  try {
    const answer = await fetch(`${origin}/sdk/prepare`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
