import type { Parts } from './shop.js';

/** Post, redirect, get. */
export const redirect: Partial<Parts> = { guard: (c) => c.redirect('/orders/done') };
