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

/** Counts a request. @returns how long its address is to wait, in seconds; 0 where it may ask now */
export type CountRequest = (c: Context) => Promise<number>;

/**
 * Counts how often one address asks. The limit is generous, for whole offices and mobile networks stand behind one address.
 *
 * @param perMinute how often within any minute
 */
export function countRequests(perMinute: number): CountRequest {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return (c) =>
    limiter.consume(addressOf(c)).then(
      () => 0,
      ({ msBeforeNext }: RateLimiterRes) => Math.ceil(msBeforeNext / 1000),
    );
}

/** Turns away who asks too often. */
export const limitRate =
  (count: CountRequest): MiddlewareHandler =>
  async (c, next) => {
    const waitS = await count(c);
    return waitS > 0 ? c.json({ code: 'too_many_requests' }, 429, { 'Retry-After': `${waitS}` }) : next();
  };
