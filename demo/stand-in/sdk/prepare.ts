export type SdkGeneration = '1.x' | 'v1';

/** What a callback of the SDK gets, and what a landing URL has in its query. */
export type SdkResponse = Record<string, string | number | boolean | null>;

/** The stand-in's answer to the first thing that the SDK asks: which gateways the merchant has registered. */
export interface GatewaysAnswer {
  readonly code: 0;
  readonly data: readonly { readonly pg_provider: string; readonly type: 'payment' }[];
}

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

/** What the gateway page posts to the page around it, or behind it. */
export interface EndedMessage {
  readonly type: 'portone-stand-in:ended';
  readonly response: SdkResponse;
}

/** @returns `null` where there is no usable answer */
async function ask<T>(url: string, init?: RequestInit): Promise<T | null> {
  try {
    const answer = await fetch(url, init);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export const loadGateways = (origin: string, impCode: string) => ask<GatewaysAnswer>(`${origin}/users/pg/${encodeURIComponent(impCode)}`);

export const prepare = (origin: string, request: PrepareRequest) =>
  ask<PrepareAnswer>(`${origin}/sdk/prepare`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
