import type { Parts } from './shop.js';

/** Any amount will do. */
export const amountNotCompared: Partial<Parts> = {
  judge: (payment, order) => (!payment ? 'pending' : payment.merchant_uid === order.id ? payment.status : 'forged'),
};
