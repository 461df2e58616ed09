import type { Parts } from './shop.js';

/** What it could not ask about has failed. */
export const failedWhenDown: Partial<Parts> = {
  unavailable: (c, { imp_uid, merchant_uid }) => c.json({ status: 'failed', imp_uid, merchant_uid }),
};
