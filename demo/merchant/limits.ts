import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Who asks. Behind a proxy of the merchant's own this is to be what that proxy says, and nobody else. */
function addressOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? '';
  } catch {
    // In a test there is no connection.
    return '';
  }
}

/**
 * Limits how often one address may ask. It is generous, for whole offices and mobile networks stand behind one address.
 *
 * @param perMinute how often within any minute
 */
export function limitRate(perMinute: number): MiddlewareHandler {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (c, next) => {
    try {
      await limiter.consume(addressOf(c));
    } catch (refused) {
      const waitS = Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000);
      return c.json({ code: 'too_many_requests' }, 429, { 'Retry-After': `${waitS}` });
    }
    return next();
  };
}
