import { login, type Parts, type Payment, RIGHT, Unavailable } from './shop.js';

/** It takes PortOne's envelope for the payment. */
export const wrongField: Partial<Parts> = {
  async askPortOne(api, path) {
    const answer = await fetch(api + path, { headers: { Authorization: await login(api) } });
    if (answer.status === 503) throw new Unavailable();
    return answer.ok ? ((await answer.json()) as Payment) : null;
  },
  judge: (payment, order) => (payment?.amount === order.amount ? payment.status : 'forged'),
  find: (ask, request, order) => RIGHT.find(ask, request, order),
};
