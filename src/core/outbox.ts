import type { Ids } from './claim.js';

/**
 * What is remembered over page loads about an order: two ids and two times, and nothing else.
 *
 * - `departed`: the customer has left for the gateway
 * - `landed`: the customer is back, and there is no verdict yet
 * - `paid`: that it was paid has been signalled
 */
export type EntryKind = 'departed' | 'landed' | 'paid';

/**
 * One line of the outbox, as it is stored: when it happened, and when it was last written (a departure: when the server was
 * last asked about it), in milliseconds since 1970.
 */
export type Entry = readonly [kind: EntryKind, impUid: string | null, merchantUid: string | null, atMs: number, writtenMs: number];

/** What names a payment: another try of the same order has another name. */
export const keyOf = ({ impUid, merchantUid }: Partial<Ids>): string => JSON.stringify([impUid, merchantUid]);

const ENTRY = /^\["(departed|landed|paid)",(?!null,null)((null|"([^"\\]|\\["\\]){1,256}"),){2}\d+,\d+]$/;

/**
 * Reads the stored outbox. Anybody on the origin can write into storage: what does not look exactly like an entry is none.
 */
export function parseEntries(text: unknown): Entry[] {
  try {
    return JSON.parse(text as string).filter((entry: unknown) => ENTRY.test(JSON.stringify(entry)));
  } catch {
    return [];
  }
}

/** More are not kept. The oldest go first, and what is unanswered last. */
const MAX_ENTRIES = 50;

/** The outbox with an entry at its end, in place of one about the same. */
export function withEntry(entries: readonly Entry[], entry: Entry): Entry[] {
  const list = [...without(entries, entry), entry];
  while (list.length > MAX_ENTRIES) {
    const answered = list.findIndex(([kind]) => kind !== 'landed');
    list.splice(Math.max(0, answered), 1);
  }
  return list;
}

/** The outbox without the entry about the same. */
export const without = (entries: readonly Entry[], [kind, impUid, merchantUid]: readonly unknown[]): Entry[] =>
  entries.filter((other) => other[0] !== kind || other[1] !== impUid || other[2] !== merchantUid);

/** After this an entry is given up, in milliseconds: 7 days. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** Whether an entry has had its time. */
export const isExpired = ([, , , atMs]: Entry, nowMs: number): boolean => nowMs - atMs > MAX_AGE_MS;

/** Whether it is time to ask about a departure: after a while, and then at intervals that double, for many a customer never pays. */
export const isOverdue = ([kind, , , atMs, writtenMs]: Entry, nowMs: number, afterMs: number): boolean =>
  kind === 'departed' && nowMs - writtenMs >= Math.max(afterMs, writtenMs - atMs);
