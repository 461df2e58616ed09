import type { Parts } from './shop.js';

/** To it, an order that does not exist has failed. */
export const unknownOrder: Partial<Parts> = {
  unknown: (c, { imp_uid, merchant_uid }) => c.json({ status: 'failed', imp_uid, merchant_uid }),
};
