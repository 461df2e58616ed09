import { z } from 'zod';

/** PortOne could not be asked, or its answer could not be used. Nothing is known, so nothing has failed. */
export class PortOneUnavailable extends Error {
  override readonly name = 'PortOneUnavailable';
}

export interface PortOneOptions {
  /** Such as `https://api.iamport.kr`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly timeoutMs?: number;
  /** For tests. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For tests: the time in milliseconds since 1970. */
  readonly now?: () => number;
}

const Envelope = z.object({ code: z.number(), message: z.string().nullish(), response: z.unknown() });

const Token = z.object({ access_token: z.string().min(1), now: z.number(), expired_at: z.number() });

const optionalText = z
  .string()
  .nullish()
  .transform((text) => text || null);

const Payment = z.object({
  imp_uid: z.string(),
  merchant_uid: z.string(),
  amount: z.number(),
  cancel_amount: z.number().nullish(),
  currency: z.string(),
  pg_id: optionalText,
  status: z.enum(['ready', 'paid', 'failed', 'cancelled']),
  fail_reason: optionalText,
  vbank_name: optionalText,
  vbank_num: optionalText,
  vbank_holder: optionalText,
  vbank_date: z.number().int().nullish(),
});

export type Payment = z.output<typeof Payment>;

/** PortOne's REST API, as far as a merchant needs it to learn the truth. `null` means that there is no such payment. */
export interface PortOne {
  readonly findByImpUid: (impUid: string) => Promise<Payment | null>;
  /** The newest of an order's payments, one for each try. */
  readonly findByMerchantUid: (merchantUid: string) => Promise<Payment | null>;
  /** The one that is paid, where a newer try is not. */
  readonly findPaid: (merchantUid: string) => Promise<Payment | null>;
}

const RENEW_BEFORE_EXPIRY_MS = 60_000;

/** @see PortOne developers' docs, REST API V1 (2026-08) */
export function createPortOne({
  apiUrl,
  apiKey,
  apiSecret,
  timeoutMs = 5_000,
  fetch = globalThis.fetch,
  now = Date.now,
}: PortOneOptions): PortOne {
  let token: { readonly value: Promise<string>; expiresAtMs: number } | null = null;

  async function exchange(path: string, init: RequestInit): Promise<{ status: number; response: unknown }> {
    try {
      const answer = await fetch(`${apiUrl}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
      if (answer.status === 404 || answer.status === 401) {
        await answer.body?.cancel();
        return { status: answer.status, response: null };
      }
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const { code, message, response } = Envelope.parse(await answer.json());
      if (code !== 0) throw new Error(`code ${code}: ${message}`);
      return { status: answer.status, response };
    } catch (cause) {
      throw new PortOneUnavailable(path.replace(/^(\/\w+).*/, '$1'), { cause });
    }
  }

  async function fetchToken(): Promise<z.output<typeof Token>> {
    const { response } = await exchange('/users/getToken', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ imp_key: apiKey, imp_secret: apiSecret }),
    });
    const parsed = Token.safeParse(response);
    if (!parsed.success) throw new PortOneUnavailable('no token: check the API key and secret', { cause: parsed.error });
    return parsed.data;
  }

  function accessToken(): Promise<string> {
    if (token && now() < token.expiresAtMs - RENEW_BEFORE_EXPIRY_MS) return token.value;
    const renewal = fetchToken();
    // Held before it has arrived, so that a crowd of confirms asks for one token.
    const fresh = { value: renewal.then(({ access_token }) => access_token), expiresAtMs: Number.POSITIVE_INFINITY };
    token = fresh;
    renewal.then(
      ({ now: issuedAt, expired_at }) => {
        fresh.expiresAtMs = now() + (expired_at - issuedAt) * 1000;
      },
      () => {
        if (token === fresh) token = null;
      },
    );
    return fresh.value;
  }

  async function find(path: string, isTheOne: (payment: Payment) => boolean): Promise<Payment | null> {
    for (const lastTry of [false, true]) {
      const used = accessToken();
      const { status, response } = await exchange(path, { headers: { Authorization: await used } });
      if (status === 404) return null;
      if (status !== 401) {
        const parsed = Payment.safeParse(response);
        if (!parsed.success || !isTheOne(parsed.data)) throw new PortOneUnavailable('not the payment asked for', { cause: parsed.error });
        return parsed.data;
      }
      // Another one may have renewed it meanwhile.
      if (!lastTry && token?.value === used) token = null;
    }
    throw new PortOneUnavailable('HTTP 401');
  }

  // A path segment of dots would walk up the API's paths, escaped or not.
  const segment = (id: string) => (/^\.+$/.test(id) ? null : encodeURIComponent(id));

  const findOf = async (merchantUid: string, status: '' | '/paid') => {
    const id = segment(merchantUid);
    return id === null ? null : find(`/payments/find/${id}${status}`, (payment) => payment.merchant_uid === merchantUid);
  };

  return {
    async findByImpUid(impUid) {
      const id = segment(impUid);
      return id === null ? null : find(`/payments/${id}`, (payment) => payment.imp_uid === impUid);
    },
    findByMerchantUid: (merchantUid) => findOf(merchantUid, ''),
    findPaid: (merchantUid) => findOf(merchantUid, '/paid'),
  };
}
