import type { Parts } from './shop.js';

/** The right amount is enough for it, paid or not. */
export const statusNotRead: Partial<Parts> = {
  judge: (payment, order) => (payment?.merchant_uid === order.id && payment.amount === order.amount ? 'paid' : 'forged'),
};
