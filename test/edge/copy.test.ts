import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rewrite } from '../../src/core/outbox.js';
import { dropEntry, keepEntry } from '../../src/edge/copy.js';
import { type Entry, entriesOf, outboxOf } from './helpers.js';

const NAME = 'imp-redirect';
const NOW = 1_767_225_599_000;
const DEPARTED: Entry = ['departed', null, 'order_1', NOW, NOW];
const OTHER: Entry = ['landed', 'imp_2', 'order_2', NOW - 1, NOW - 1];
const stored = () => localStorage.getItem(NAME);
const entries = () => entriesOf(JSON.parse(stored() as string));

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  vi.stubGlobal('indexedDB', new IDBFactory());
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a departure, where there is nothing but departures', () => {
  it('is kept at once, in the very format of the other script, and nothing else is', async () => {
    expect(keepEntry('departed', { merchantUid: 'order_1' })).toBeUndefined();
    expect(stored()).toBe(String.raw`{"departed\t\torder_1":[1767225599000,1767225599000]}`);
    expect(JSON.parse(rewrite(stored(), () => {}))).toEqual(outboxOf(DEPARTED));
    expect(Object.keys(localStorage)).toEqual([NAME]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  it('stands beside what the other script has stored there', () => {
    localStorage.setItem(NAME, JSON.stringify(outboxOf(OTHER, ['departed', null, 'order_3', NOW, NOW, { amount: 1 }])));
    keepEntry('departed', { merchantUid: 'order_1' });
    expect(entries()).toEqual([OTHER, ['departed', null, 'order_3', NOW, NOW, { amount: 1 }], DEPARTED]);
  });

  it('that is kept again has the later time', () => {
    keepEntry('departed', { merchantUid: 'order_1' });
    vi.setSystemTime(NOW + 5);
    keepEntry('departed', { merchantUid: 'order_1' });
    expect(entries()).toEqual([['departed', null, 'order_1', NOW + 5, NOW + 5]]);
  });

  it('is dropped, and no other', () => {
    keepEntry('departed', { merchantUid: 'order_1' });
    keepEntry('departed', { merchantUid: 'order_2' });
    dropEntry('departed', { merchantUid: 'order_1' });
    dropEntry('departed', { merchantUid: 'nobody' });
    expect(entries()).toEqual([['departed', null, 'order_2', NOW, NOW]]);
  });

  it('needs no database to be opened', () => {
    const open = vi.spyOn(indexedDB, 'open');
    keepEntry('departed', { merchantUid: 'order_1' });
    dropEntry('departed', { merchantUid: 'order_1' });
    expect(open).not.toHaveBeenCalled();
  });

  it.each(['', '{', 'half{"a', 'undefined', 'null', '7', '"text"', '[]'])('stops nobody from paying where "%s" is stored', (text) => {
    localStorage.setItem(NAME, text);
    expect(() => {
      keepEntry('departed', { merchantUid: 'order_1' });
      dropEntry('departed', { merchantUid: 'order_1' });
    }).not.toThrow();
  });

  it.each<[name: string, break_: () => void]>([
    ['is none', () => vi.stubGlobal('localStorage', null)],
    ['is not there at all', () => vi.stubGlobal('localStorage', undefined)],
    [
      'may not be read',
      () =>
        vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
          throw new DOMException('denied', 'SecurityError');
        }),
    ],
    [
      'is full',
      () =>
        vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
          throw new DOMException('full', 'QuotaExceededError');
        }),
    ],
  ])('stops nobody from paying where storage %s', (_, break_) => {
    break_();
    expect(() => {
      keepEntry('departed', { merchantUid: 'order_1' });
      dropEntry('departed', { merchantUid: 'order_1' });
    }).not.toThrow();
  });
});
