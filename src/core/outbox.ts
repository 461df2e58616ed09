import type { Ids } from './claim.js';

/**
 * What is remembered over page loads about an order: two ids and two times, and what the merchant named of the page (see `Times`).
 *
 * - `departed`: the customer has left for the gateway
 * - `landed`: the customer is back, and there is no verdict yet
 * - `paid`: that it was paid has been signalled
 * - `asking`: a page asks about it, in a browser without locks
 */
export type EntryKind = 'departed' | 'landed' | 'paid' | 'asking';

/**
 * When it happened, and when it was last written (a departure: when the server was last asked about it), in milliseconds since
 * 1970; and what `wrap` was told to keep of the page, where it was.
 */
export type Times = readonly [atMs: number, writtenMs: number, context?: Context];

/** What a page knew when the payment began: untrusted, like everything that a browser keeps. */
export type Context = Readonly<Record<string, unknown>>;

/** Of the database, its one store and its one record, of the copy, of the locks and the channel. A later format takes another name. */
export const NAME = 'imp-redirect';

/** The outbox: from what an entry is about to its times, the oldest first. */
export type Outbox = Record<string, Times>;

/** What an entry is about: another try of the same order is another payment. An id that is not there is empty. */
export const keyOf = (kind: EntryKind, { impUid, merchantUid }: Partial<Ids>): string => [kind, impUid, merchantUid].join('\t');

/** The same, taken apart. */
export const partsOf = (key: string) =>
  key.split('\t').map((part) => part || null) as [kind: EntryKind, impUid: string | null, merchantUid: string | null];

// Of an entry as JSON. Ids with a quote or a backslash in them are not remembered: nobody gives such.
const ENTRY = /^\["\w+(?!\\t\\t")(\\t[^"\\]{0,256}){2}",\[\d+,\d+(,\{[\s\S]*})?]]$/;

/** More are not kept: the oldest go first. */
const MAX_ENTRIES = 50;

/**
 * Changes the stored outbox. Anybody on the origin can write into storage: what does not look exactly like an entry is none.
 *
 * @returns what to store
 */
export function rewrite(text: unknown, change: (outbox: Outbox) => void): string {
  let outbox: Outbox = {};
  try {
    const entries = Object.entries(JSON.parse(text as string) as Outbox).filter((entry) => ENTRY.test(JSON.stringify(entry)));
    // Room for one more.
    outbox = Object.fromEntries(entries.slice(1 - MAX_ENTRIES));
  } catch {}
  change(outbox);
  return JSON.stringify(outbox);
}

/** After this an entry is given up, in milliseconds: 7 days. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** Whether an entry has had its time. */
export const isExpired = ([atMs]: Times, nowMs: number): boolean => nowMs - atMs > MAX_AGE_MS;

/** Whether it is time to ask about a departure: after a while, and then at intervals that double, for many a customer never pays. */
export const isOverdue = ([atMs, writtenMs]: Times, nowMs: number, afterMs: number): boolean =>
  nowMs - writtenMs >= Math.max(afterMs, writtenMs - atMs);
