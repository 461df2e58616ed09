import type { Ids } from '../core/claim.js';
import type { Reply } from '../core/verdict.js';

/**
 * Runs an exchange with the merchant's server, in bounded time. It never throws.
 *
 * @param timeoutMs how long it may take, in milliseconds
 * @param exchange heeds the signal
 */
export async function inTime(timeoutMs: number, exchange: (signal: AbortSignal) => Promise<Reply>): Promise<Reply> {
  // Not AbortSignal.timeout: iOS 14 and Chrome 80 have none.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    return await exchange(controller.signal);
  } catch (cause) {
    return { httpStatus: 0, cause };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sends one request.
 *
 * It goes where the merchant said and nowhere else: it follows no redirect (a 307 would carry the body to another origin),
 * does not tell the landing URL as its referrer, and sends cookies to the own origin only, as fetch does by default.
 */
export async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, { method: 'POST', redirect: 'error', referrerPolicy: 'no-referrer', ...init });
  const { status, headers } = response;
  return {
    httpStatus: status,
    text: await response.text(),
    retryAfter: headers.get('Retry-After'),
    ...(FULL && { requestId: headers.get('X-Request-Id') }),
  };
}

/**
 * A parameter of the merchant's own in this page's URL. What the SDK glued to it by a second `?` is none of its value.
 *
 * @returns `null` where there is none
 */
export const readPassed = (name: string): string | null => new URLSearchParams(location.search.replace(/\?/g, '&')).get(name);

/**
 * Asks the merchant's server by our own contract, once.
 *
 * @param timeoutMs how long the whole exchange may take, in milliseconds
 * @param keepalive whether it outlives the page
 */
export const postConfirm = (
  { confirmUrl, pass }: { readonly confirmUrl: unknown; readonly pass?: string | undefined },
  { impUid, merchantUid }: Ids,
  timeoutMs: number,
  keepalive: boolean,
): Promise<Reply> =>
  inTime(timeoutMs, (signal) =>
    send(confirmUrl as string, {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...(pass && { [pass]: readPassed(pass) }), imp_uid: impUid, merchant_uid: merchantUid }),
      keepalive,
      signal,
    }),
  );
