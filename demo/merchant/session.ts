import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

const NAME = 'session';

/** @returns the customer's session; `null` where the browser has none, as in another browser than the one that ordered. */
export function readSession(c: Context): string | null {
  const session = getCookie(c, NAME);
  return session && /^[\da-f]{32}$/.test(session) ? session : null;
}

/** The customer's session, begun where there is none. */
export function ensureSession(c: Context): string {
  const session = readSession(c) ?? randomBytes(16).toString('hex');
  // Lax: the gateway brings the customer home by a link from another site, and the cookie must come along.
  setCookie(c, NAME, session, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge: 30 * 24 * 3600,
    // A proxy in front of us may be the one that speaks TLS.
    secure: new URL(c.req.url).protocol === 'https:' || c.req.header('X-Forwarded-Proto') === 'https',
  });
  return session;
}
