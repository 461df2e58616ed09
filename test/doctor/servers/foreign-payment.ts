import type { Parts } from './shop.js';

/** It does not ask whose payment it is. */
export const foreignPayment: Partial<Parts> = {
  judge: (payment, order) =>
    !payment ? 'pending' : payment.status === 'paid' && payment.amount !== order.amount ? 'forged' : payment.status,
};
