import type { Ids } from '../core/claim.js';
import { type Context, type EntryKind, keyOf, NAME, type Outbox, rewrite } from '../core/outbox.js';

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

type Change = (outbox: Outbox) => void;

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

/**
 * Keeps an entry; a landing in place of its departure, unless it is an old one that is seen again. What was kept of the page stays with it.
 *
 * @param atMs when it happened, if not now
 * @param context what is to be kept of the page
 * @returns why it is not in the database, where it is not: the copy does not outlive a browser that is killed
 */
export const keepEntry = (kind: EntryKind, ids: Partial<Ids>, atMs = Date.now(), context?: Context): Promise<unknown> =>
  update((outbox) => {
    const key = keyOf(kind, ids);
    const departure = keyOf('departed', { ...ids, impUid: null });
    const kept = FULL && (context ?? outbox[departure]?.[2]);
    if (kind === 'landed') {
      if (key in outbox) return;
      delete outbox[departure];
    }
    outbox[key] = kept ? [atMs, Date.now(), kept] : [atMs, Date.now()];
  });

/** What was kept of the page that a payment began on, in an outbox. */
const contextIn = (outbox: Outbox, { impUid, merchantUid }: Ids): Context | undefined =>
  outbox[keyOf('landed', { impUid, merchantUid })]?.[2] ?? outbox[keyOf('departed', { merchantUid })]?.[2];

/** The same, from whichever place has it: the database may have got the landing, and never the departure. */
export async function readContext(ids: Ids): Promise<Context | undefined> {
  let context: Context | undefined;
  await update((outbox) => {
    context ??= contextIn(outbox, ids);
  });
  return context;
}

/** Drops an entry. */
export const dropEntry = (kind: EntryKind, ids: Partial<Ids>): Promise<unknown> =>
  update((outbox) => {
    delete outbox[keyOf(kind, ids)];
  });

/**
 * Drops what there is about a payment that has its verdict, in one step with marking its order as paid, if it is.
 *
 * @returns whether it is marked now, and was not before: true on one page only, of many that ask at once; and what was kept of the page
 */
export async function settleEntry(
  claim: Ids,
  merchantUid: string | null,
  isPaid: boolean,
): Promise<[isNew: boolean, context: Context | undefined]> {
  const mark = keyOf('paid', merchantUid ? { merchantUid } : claim);
  let isNew = isPaid;
  let context: Context | undefined;
  await update((outbox) => {
    if (FULL) context ??= contextIn(outbox, claim);
    delete outbox[keyOf('landed', claim)];
    // What is said of one try says nothing of a later one, for which the customer may have left by now.
    if (isPaid || !claim.impUid) delete outbox[keyOf('departed', { merchantUid })];
    if (mark in outbox) isNew = false;
    // Only by whom it is new for: a page that came second in the copy may be the first in the database, and nobody would be new.
    if (isNew) outbox[mark] = [Date.now(), Date.now()];
  });
  return [isNew, context];
}

/** No lease is longer, in milliseconds, whether its holder is gone or not: a little more than a try takes by default. */
const LEASE_MS = 12_000;

/**
 * Runs work while no other page of this browser runs any about the same order: by a lock, which dies with its holder, or by a
 * lease in the outbox where there are none (iOS 14, pages without TLS). Where there is neither it just runs: the server is made for that.
 */
export async function exclusively(merchantUid: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await navigator.locks.request(`${NAME} ${merchantUid}`, work);
  } catch {
    // There are none, or, on an opaque origin, they are refused.
    const key = keyOf('asking', { merchantUid });
    let isHeld = false;
    await updateDatabase((outbox) => {
      // Either way, for a clock may be set back.
      isHeld = Math.abs(Date.now() - (outbox[key]?.[0] as number)) < LEASE_MS;
      if (!isHeld) outbox[key] = [Date.now(), Date.now()];
    });
    if (isHeld) setTimeout(exclusively, 250, merchantUid, work);
    else {
      await work();
      dropEntry('asking', { merchantUid });
    }
  }
}

/** Reads the whole outbox, from both places; what is no entry goes with it. */
export async function readEntries(): Promise<Outbox> {
  const read: Outbox = {};
  await update((outbox) => {
    Object.assign(read, outbox);
  });
  return read;
}
