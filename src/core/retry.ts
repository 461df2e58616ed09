/**
 * When the merchant's server is asked again, where it could not be asked or does not know yet. The defaults are chosen by
 * simulation (`npm run sim:storm`): a server that comes back is not stormed by those who wait for it.
 */
export interface RetryOptions {
  /**
   * How long one try may take, in milliseconds.
   *
   * @default 10000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many tries one visit makes. Beyond them, it makes one when the customer asks for it or comes back to the page.
   *
   * @default 12
   */
  readonly maxTries?: number | undefined;
  /**
   * The longest wait after the first try, in milliseconds; it doubles from try to try. Each wait is a random part of it.
   *
   * @default 2000
   */
  readonly baseDelayMs?: number | undefined;
  /**
   * What it doubles up to, in milliseconds. From the sixth try on, and where asking again soon is of no use, a wait is one
   * and a half to three times as long.
   *
   * @default 30000
   */
  readonly maxDelayMs?: number | undefined;
}

export const TIMEOUT_MS = 10_000;
export const MAX_TRIES = 12;
const BASE_DELAY_MS = 2000;
const MAX_DELAY_MS = 30_000;

/** No wait is shorter, in milliseconds. */
const MIN_DELAY_MS = 500;

/** So many tries are followed by a short wait; then the waits are that much longer than the longest of those. */
const FAST_TRIES = 5;
const SLOWER = 1.5;

/** What the server asks for is obeyed up to here, in milliseconds. */
export const MAX_PACE_MS = 120_000;

/**
 * How long to wait for the next try, in milliseconds. What the server asks for is obeyed where it is longer than our own
 * pace. Always spread: those who obey a server to the second come back together.
 *
 * @param tries how many there have been, from 1; `Infinity` where asking again soon is of no use
 * @param random from 0 to 1
 * @param paceMs what the server asks for, in milliseconds; 0 where it asks for nothing
 */
export const retryDelayMs = (
  { baseDelayMs = BASE_DELAY_MS, maxDelayMs = MAX_DELAY_MS }: RetryOptions,
  tries: number,
  random: number,
  paceMs: number,
): number =>
  Math.max(
    MIN_DELAY_MS,
    tries > FAST_TRIES ? maxDelayMs * SLOWER * (1 + random) : random * Math.min(maxDelayMs, baseDelayMs * 2 ** (tries - 1)),
    paceMs * (1 + random),
  );

/**
 * Reads a `Retry-After` header: seconds, or a date.
 *
 * @param nowMs milliseconds since 1970
 * @returns milliseconds from now, in the past too; `NaN` where there is none, or it cannot be read
 */
export const parseRetryAfterMs = (text: string | null | undefined, nowMs: number): number =>
  (text as unknown as number) * 1000 || Date.parse(text as string) - nowMs;
