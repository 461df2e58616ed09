import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from './database.js';

/**
 * Signed order tokens: who has one may know how the order stands. The merchant puts it into the landing URL, for the customer
 * may come home in another browser than the one that ordered, where no session cookie is.
 */
export interface Tokens {
  readonly sign: (orderId: string) => string;
  /** @param token whatever came in */
  readonly isFor: (token: unknown, orderId: string) => boolean;
}

/** @param secret of at least 32 bytes, the same in all server processes */
export function createTokens(secret: string): Tokens {
  const digest = (orderId: string) => createHmac('sha256', secret).update(orderId).digest().subarray(0, 18);
  return {
    sign: (orderId) => digest(orderId).toString('base64url'),
    isFor(token, orderId) {
      const given = Buffer.from(typeof token === 'string' ? token : '', 'base64url');
      const expected = digest(orderId);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** The secret that the server's processes share, made by the first of them. */
export async function readSecret(db: Database): Promise<string> {
  const name = 'order tokens';
  await db.query('INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, randomBytes(32).toString('base64url')]);
  const { rows } = await db.query<{ value: string }>('SELECT value FROM secrets WHERE name = $1', [name]);
  return (rows[0] as { value: string }).value;
}
