import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';

// Control characters and half characters: PostgreSQL and URLs cannot hold them, and no id has them.
const Id = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,256}$/u);

/** What the landing page asks about. One of the two is enough. `t` is the order's token, where the page has one. */
export const ConfirmRequest = z
  .object({ imp_uid: Id.nullable().default(null), merchant_uid: Id.nullable().default(null), t: z.string().nullable().catch(null) })
  .refine(({ imp_uid, merchant_uid }) => imp_uid !== null || merchant_uid !== null);

/** What PortOne's webhook says; its `status` and all else is not even read. */
export const WebhookRequest = z.object({ imp_uid: Id, merchant_uid: Id });

export const invalidRequest = (c: Context) => c.json({ code: 'invalid_request' }, 400);

export const limitBody = bodyLimit({ maxSize: 16 * 1024, onError: (c) => c.json({ code: 'too_large' }, 413) });

/** Refuses what another site's page sends. JSON alone keeps simple forms out, and no cross-origin request is allowed. */
export const ownOriginOnly: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('Origin');
  const site = c.req.header('Sec-Fetch-Site');
  const own = site ? site === 'same-origin' : !origin || hostOf(origin) === c.req.header('Host');
  if (!own) return c.json({ code: 'foreign_origin' }, 403);
  await next();
};

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : null);

const isJson = (c: Context) => /^application\/json\s*(;|$)/i.test(c.req.header('Content-Type') ?? '');

/** @returns the body, or `null` where it is not JSON or not of this shape */
export async function parseJson<T extends z.ZodType>(c: Context, shape: T): Promise<z.output<T> | null> {
  if (!isJson(c)) return null;
  try {
    return shape.parse(await c.req.json());
  } catch {
    return null;
  }
}

/** PortOne's console chooses between JSON and form-urlencoded webhooks. */
export async function parseJsonOrForm<T extends z.ZodType>(c: Context, shape: T): Promise<z.output<T> | null> {
  if (isJson(c)) return parseJson(c, shape);
  try {
    return shape.parse(Object.fromEntries(new URLSearchParams(await c.req.text())));
  } catch {
    return null;
  }
}
