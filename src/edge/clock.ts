/** Milliseconds since 1970, as the device believes. */
export const nowMs = (): number => Date.now();

/** Milliseconds since the page began; unlike the clock on the wall it is never set. */
export const elapsedMs = (): number => performance.now();

/** From 0 to 1. */
export const random = (): number => Math.random();

/** Runs work once, later; the timer can be given to {@link cancel}. */
export const later = (work: () => void, delayMs: number): unknown => setTimeout(work, delayMs);

/** Ends a timer, if there is one. */
export const cancel = (timer: unknown): void => clearTimeout(timer as number);
