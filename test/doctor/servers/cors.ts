import type { Parts } from './shop.js';

/** It has never heard of pages on another origin. */
export const corsUnheard: Partial<Parts> = {};

/** It looks at the origin itself. */
export const corsRefused: Partial<Parts> = {
  guard: (c) => (c.req.header('origin')?.endsWith(c.req.header('host') ?? '') ? undefined : c.json({ code: 'foreign_origin' }, 403)),
};
