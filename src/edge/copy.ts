import type { Ids } from '../core/claim.js';
import { type EntryKind, keyOf, NAME, type Outbox } from '../core/outbox.js';

// In place of storage.ts where there is nothing but departures: what is not in the database yet is read from this copy, and
// goes there then. The copy alone does not outlive a browser that is killed within seconds; a gateway takes longer.

function update(change: (outbox: Outbox) => void): void {
  try {
    const outbox: Outbox = JSON.parse(localStorage[NAME] ?? '{}');
    change(outbox);
    localStorage[NAME] = JSON.stringify(outbox);
  } catch {
    // There is no storage, or something else is stored: whoever reads the outbox puts it right.
  }
}

/** Keeps a departure. */
export const keepEntry = (kind: EntryKind, ids: Partial<Ids>): void =>
  update((outbox) => {
    outbox[keyOf(kind, ids)] = [Date.now(), Date.now()];
  });

/** Drops it. */
export const dropEntry = (kind: EntryKind, ids: Partial<Ids>): void =>
  update((outbox) => {
    delete outbox[keyOf(kind, ids)];
  });
