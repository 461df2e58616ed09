import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from './database.js';
import type { Log } from './log.js';
import { logName } from './orders.js';
import { PortOneUnavailable } from './portone.js';
import { Overloaded } from './queue.js';
import type { Settle } from './settle.js';

// One at a time, and for two minutes: whoever dies with it has not lost it, and another process passes over it.
const TAKE_DUE = `
  UPDATE orders SET sweep_at = now() + interval '2 minutes'
  WHERE id = (SELECT id FROM orders WHERE sweep_at <= now() ORDER BY sweep_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id`;

// As long after this look as the order was old by then, so that it is looked up some twelve times in all; eight days after the
// order nobody pays any more. What has been settled meanwhile is not due at all.
const SCHEDULE_NEXT = `
  UPDATE orders SET sweep_at = CASE WHEN created_at < now() - interval '8 days' THEN NULL
    ELSE now() + greatest(interval '2 minutes', least(now() - created_at, interval '12 hours')) END
  WHERE id = $1 AND sweep_at IS NOT NULL`;

/** So many in a row that could not be looked up are no longer one order's trouble. */
const MOST_FAILURES = 3;

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
    let failures = 0;
    while (!stopping.signal.aborted) {
      const id = (await db.query<{ id: string }>(TAKE_DUE)).rows[0]?.id;
      if (id === undefined) return count;
      try {
        await settle({ impUid: null, merchantUid: id }, 'sweep');
        await db.query(SCHEDULE_NEXT, [id]);
        failures = 0;
        count++;
      } catch (error) {
        if (!(error instanceof PortOneUnavailable || error instanceof Overloaded)) throw error;
        log('sweep_postponed', { order: logName(id), error: error.message });
        failures++;
        if (failures === MOST_FAILURES) return count;
      }
      await wait(paceMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
    return count;
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
