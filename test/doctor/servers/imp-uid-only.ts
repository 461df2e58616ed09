import { type Parts, RIGHT } from './shop.js';

/** Without an imp_uid it looks nowhere. */
export const impUidOnly: Partial<Parts> = {
  settled: (c, order, request) => (request.imp_uid ? RIGHT.settled(c, order, request) : undefined),
  find: async (ask, { imp_uid }) => (imp_uid ? ask(`/payments/${imp_uid}`) : null),
};
