import type { Parts } from './shop.js';

/** A settled order is an error to it. */
export const repeatIsError: Partial<Parts> = {
  settled: (c, { settled }, { imp_uid }) =>
    settled && imp_uid ? c.json({ code: 'already_processed' }, 409) : settled ? c.json(settled) : undefined,
};
