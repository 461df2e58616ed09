import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** Notes an event. The fields hold nothing that names a customer, nor a whole order number. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number | null>>) => void;

/** One JSON object per line. */
export const logToConsole: Log = (event, fields) => console.log(JSON.stringify({ at: new Date().toISOString(), event, ...fields }));

const requests = new AsyncLocalStorage<string>();

/**
 * Gives each request a name, which stands beside whatever is logged while it is answered, and in the answer's `X-Request-Id`:
 * by it, what a customer's page reports and what the server has logged are found together.
 */
export const nameRequest: MiddlewareHandler = (c, next) => {
  const name = randomBytes(6).toString('hex');
  c.header('X-Request-Id', name);
  return requests.run(name, next);
};

/** The same log, with the request's name in each line that has one. */
export const withRequest =
  (log: Log): Log =>
  (event, fields) => {
    const request = requests.getStore();
    log(event, request ? { ...fields, request } : fields);
  };
