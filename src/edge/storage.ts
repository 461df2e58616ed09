import type { Ids } from '../core/claim.js';
import { type Entry, type EntryKind, parseEntries, withEntry, without } from '../core/outbox.js';

/** Of the database, its one store, and the one record in it; of the copy too. A later format takes another name. */
const NAME = 'imp-redirect';

/** How long the database may take for anything, in milliseconds: on iOS it may never answer. */
const PATIENCE_MS = 1000;

let opening: Promise<IDBDatabase> | undefined;

/**
 * Opens the database, as early as possible: in WebKit a write that waits for it can vanish when the page is left.
 */
export function openStorage(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => request.result.createObjectStore(NAME);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => {});
  return opening;
}

type Change = (entries: Entry[]) => readonly Entry[];

const rewrite = (text: unknown, change: Change) => JSON.stringify(change(parseEntries(text)));

/** Changes the second copy: at once, but it does not outlive a browser that is killed. */
function updateCopy(change: Change): void {
  try {
    localStorage.setItem(NAME, rewrite(localStorage.getItem(NAME), change));
  } catch {}
}

/** Changes the outbox in the database. It never rejects, and ends within a second. @returns why it could not, where it could not */
async function updateDatabase(change: Change): Promise<unknown> {
  try {
    await Promise.race([
      openStorage().then(
        (database) =>
          new Promise((resolve, reject) => {
            const transaction = database.transaction(NAME, 'readwrite');
            const store = transaction.objectStore(NAME);
            const request = store.get(NAME);
            request.onsuccess = () => store.put(rewrite(request.result, change), NAME);
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
          }),
      ),
      new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, 'no answer')),
    ]);
  } catch (cause) {
    // On iOS a connection can be lost for good.
    opening = undefined;
    return cause;
  }
}

function update(change: Change): Promise<unknown> {
  updateCopy(change);
  return updateDatabase(change);
}

const entryOf = (kind: EntryKind, { impUid = null, merchantUid = null }: Partial<Ids>, atMs = Date.now()): Entry => [
  kind,
  impUid,
  merchantUid,
  atMs,
  Date.now(),
];

/**
 * Keeps an entry; a landing in place of its departure.
 *
 * @param atMs when it happened, if not now
 * @returns why it is not in the database, where it is not: the copy does not outlive a browser that is killed
 */
export const keepEntry = (kind: EntryKind, ids: Partial<Ids>, atMs?: number): Promise<unknown> =>
  update((entries) =>
    withEntry(without(entries, kind === 'landed' ? entryOf('departed', { ...ids, impUid: null }) : []), entryOf(kind, ids, atMs)),
  );

/** Drops an entry. */
export const dropEntry = (kind: EntryKind, ids: Partial<Ids>): Promise<unknown> =>
  update((entries) => without(entries, entryOf(kind, ids)));

/**
 * Drops what there is about a payment that has its verdict, in one step with marking its order as paid, if it is.
 *
 * @returns whether it is marked now, and was not before: true on one page only, of many that ask at once
 */
export async function settleEntry(claim: Ids, merchantUid: string | null, isPaid: boolean): Promise<boolean> {
  const mark = entryOf('paid', merchantUid ? { merchantUid } : claim);
  let isNew = isPaid;
  const change: Change = (entries) => {
    let rest = without(entries, entryOf('landed', claim));
    // What is said of one try says nothing of a later one, for which the customer may have left by now.
    if (isPaid || !claim.impUid) rest = without(rest, entryOf('departed', { merchantUid }));
    const others = without(rest, mark);
    isNew = isNew && others.length === rest.length;
    return isPaid ? withEntry(rest, mark) : rest;
  };
  // The database first: its transactions come one after the other.
  await updateDatabase(change);
  updateCopy(change);
  return isNew;
}

/** Reads the whole outbox. */
export async function readEntries(): Promise<Entry[]> {
  let read: Entry[] = [];
  await update((entries) => {
    for (const entry of entries) read = withEntry(read, entry);
    return entries;
  });
  return read;
}
