import { isJson, type Parts, RIGHT } from './shop.js';

/** PHP's $_POST: JSON is nothing to it. */
export const formOnly: Partial<Parts> = {
  guard: (c) => (isJson(c) ? c.json({ message: 'imp_uid is missing' }, 400) : undefined),
};

/** It answers 415 to JSON, as frameworks do. */
export const jsonRefused: Partial<Parts> = { guard: (c) => (isJson(c) ? c.body(null, 415) : undefined), read: RIGHT.read };
