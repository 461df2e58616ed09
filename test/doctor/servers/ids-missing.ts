import type { Parts } from './shop.js';

/** It does not say what its answer is about. */
export const idsMissing: Partial<Parts> = {
  answer: (c, { status, amount }) => c.json({ status, amount }),
  settled: (c, { settled }) => (settled ? c.json({ status: settled.status, amount: settled.amount }) : undefined),
};
