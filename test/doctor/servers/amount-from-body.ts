import { type Parts, RIGHT } from './shop.js';

/** Where the request names an amount, that is what has to be paid. */
export const amountFromBody: Partial<Parts> = {
  judge: (payment, order, request) => RIGHT.judge(payment, { ...order, amount: request.amount ?? order.amount }, request),
};

/** It compares what the request says with the order, and not what was paid. */
export const amountOfBodyOnly: Partial<Parts> = {
  judge: (payment, order, request) =>
    payment?.merchant_uid === order.id && payment.status === 'paid' && request.amount === order.amount ? 'paid' : 'forged',
};
