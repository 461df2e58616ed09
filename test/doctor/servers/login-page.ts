import type { Parts } from './shop.js';

export const toLogin: Partial<Parts> = { guard: (c) => c.redirect('/member/login?next=/confirm') };

export const loginPage: Partial<Parts> = { guard: (c) => c.html('<!doctype html><title>Log in</title><form></form>') };
