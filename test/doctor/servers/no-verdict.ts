import type { Parts } from './shop.js';

/** HTTP 200, and nothing in it. */
export const noVerdict: Partial<Parts> = { answer: (c) => c.json({}), settled: () => undefined };
