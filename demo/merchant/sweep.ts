import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from './database.js';
import type { Log } from './log.js';
import { PortOneUnavailable } from './portone.js';
import { Overloaded } from './queue.js';
import type { Settle } from './settle.js';

/** How many orders are taken on at a time: by this process, for another one passes over them. */
const BATCH = 50;

// As long after this look as the order was old by then, so that it is looked up some twelve times in all; eight days after the
// order nobody pays any more.
const TAKE_DUE = `
  UPDATE orders SET sweep_at = CASE WHEN created_at < now() - interval '8 days' THEN NULL
    ELSE now() + greatest(interval '2 minutes', least(now() - created_at, interval '12 hours')) END
  WHERE id IN (SELECT id FROM orders WHERE sweep_at <= now() ORDER BY sweep_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
  RETURNING id`;

export interface SweepOptions {
  readonly db: Database;
  readonly settle: Settle;
  readonly log: Log;
  /** How long after one order the next one is looked up, in milliseconds: a sweep is to take little of what PortOne allows. @default 200 */
  readonly paceMs?: number;
}

export interface Sweep {
  /** Looks up what is due. @returns how many orders were looked up */
  readonly run: () => Promise<number>;
  /** Runs now, and every minute. @returns a function that stops it, and resolves when it has stopped */
  readonly start: () => () => Promise<void>;
}

/**
 * Finds what both the landing and the webhook have lost: PortOne V1 sends its webhook once, so a server that was down for a
 * minute never hears of it again. Orders that may still change are looked up from two minutes after they were made.
 */
export function createSweep({ db, settle, log, paceMs = 200 }: SweepOptions): Sweep {
  let stopping = new AbortController();

  async function run(): Promise<number> {
    let count = 0;
    for (;;) {
      const due = (await db.query<{ id: string }>(TAKE_DUE)).rows.map(({ id }) => id);
      if (due.length === 0) return count;
      while (due.length > 0) {
        if (stopping.signal.aborted) return count;
        try {
          await settle({ impUid: null, merchantUid: due[0] as string }, 'sweep');
        } catch (error) {
          if (!(error instanceof PortOneUnavailable || error instanceof Overloaded)) throw error;
          // Later, and first: what was taken on is not done.
          await db.query('UPDATE orders SET sweep_at = now() WHERE id = ANY($1) AND sweep_at IS NOT NULL', [due]);
          log('sweep_postponed', { orders: due.length });
          return count;
        }
        due.shift();
        count++;
        await wait(paceMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  return {
    run,
    start() {
      stopping = new AbortController();
      let running: Promise<unknown> | null = null;
      const tick = () => {
        running ??= run()
          .catch((error: Error) => log('sweep_failed', { error: error.message }))
          .finally(() => {
            running = null;
          });
      };
      tick();
      const timer = setInterval(tick, 60_000);
      return async () => {
        clearInterval(timer);
        stopping.abort();
        await running;
      };
    },
  };
}
