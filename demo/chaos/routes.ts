import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Log } from '../merchant/log.js';
import { invalidRequest, limitBody, ownOriginOnly, parseJson } from '../merchant/requests.js';
import { toLanguage } from '../merchant/shop.js';
import { ENDING_IDS, type StandInApp, type StandInEvent } from '../stand-in/index.js';

/** A line of the merchant's log. */
export interface ServerEvent {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number | null>>;
}

/** What both sides know of an order. */
export interface Story {
  readonly server: readonly ServerEvent[];
  readonly portone: readonly StandInEvent[];
}

const PlanRequest = z.object({
  merchant_uid: z.string().max(256),
  plan: z.object({
    ending: z.enum(ENDING_IDS),
    way: z.enum(['redirect', 'callback']),
    landing: z.enum(['once', 'twice', 'lost']),
    webhook: z.enum(['at-once', 'first', 'slow', 'twice', 'lost']),
    apiFailures: z.number().int().min(0).max(100),
  }),
});

export type PlanRequest = z.output<typeof PlanRequest>;

/** The log names an order by its beginning. */
const isAbout = ({ fields }: ServerEvent, merchantUid: string) => typeof fields.order === 'string' && merchantUid.startsWith(fields.order);

/** How the server fares, whatever the order. */
const isAboutServer = ({ event, fields }: ServerEvent) => fields.order === undefined && /unavailable$/.test(event);

const LIMIT = 2000;

export interface Chaos {
  readonly routes: Hono;
  /** The merchant's log, of which the panel shows what is about an order. */
  readonly log: Log;
}

/**
 * The chaos panel: a shop in a frame, and beside it what the customer saw, what the server knew and what PortOne said.
 *
 * @param log where the merchant's log goes anyway
 * @param page the built page
 */
export function createChaos({ plans, events }: Pick<StandInApp, 'plans' | 'events'>, log: Log, page: string): Chaos {
  const lines: ServerEvent[] = [];
  const routes = new Hono();

  routes.get('/', async (c) => {
    const lang = c.req.query('lang') === 'en' ? 'en' : 'ko';
    return c.html(toLanguage(await readFile(page, 'utf8'), lang), 200, { 'Cache-Control': 'no-store' });
  });

  routes.post('/plan', limitBody, ownOriginOnly, async (c) => {
    const request = await parseJson(c, PlanRequest);
    if (!request) return invalidRequest(c);
    plans.set(request.merchant_uid, request.plan);
    return c.body(null, 204);
  });

  routes.get('/story', (c) => {
    const merchantUid = c.req.query('order') ?? '';
    const portone = events.list(merchantUid);
    const begun = portone[0]?.at ?? Number.POSITIVE_INFINITY;
    const server = lines.filter((line) => isAbout(line, merchantUid) || (line.at >= begun && isAboutServer(line)));
    return c.json<Story>({ server, portone }, 200, { 'Cache-Control': 'no-store' });
  });

  return {
    routes,
    log(event, fields = {}) {
      lines.push({ at: Date.now(), event, fields });
      if (lines.length > LIMIT) lines.splice(0, LIMIT / 2);
      log(event, fields);
    },
  };
}
