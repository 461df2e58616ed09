import type { Ids } from '../core/claim.js';
import type { Reply } from '../core/verdict.js';

/**
 * Asks the merchant's server, once. It never throws.
 *
 * The request goes where the merchant said and nowhere else: it follows no redirect (a 307 would carry the body to
 * another origin), tells no referrer (the landing URL), and sends cookies to the own origin only, as fetch
 * does by default.
 *
 * @param timeoutMs how long the whole exchange may take, in milliseconds
 * @param keepalive whether it outlives the page
 */
export async function postConfirm(url: string, { impUid, merchantUid }: Ids, timeoutMs: number, keepalive: boolean): Promise<Reply> {
  // Not AbortSignal.timeout: iOS 14 and Chrome 80 have none.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ imp_uid: impUid, merchant_uid: merchantUid }),
      keepalive,
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: controller.signal,
    });
    return { httpStatus: response.status, text: await response.text(), retryAfter: response.headers.get('Retry-After') };
  } catch (cause) {
    return { httpStatus: 0, cause };
  } finally {
    clearTimeout(timer);
  }
}
