import type { Parts } from './shop.js';

/** Spring Security, as it comes. */
export const csrf: Partial<Parts> = {
  guard: (c) => (c.req.header('x-csrf-token') === 'token-of-the-page' ? undefined : c.json({ status: 403, error: 'Forbidden' }, 403)),
};
