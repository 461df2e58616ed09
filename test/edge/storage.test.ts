import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EntryKind, keyOf } from '../../src/core/outbox.js';
import { defer, type Entry, entriesOf, flush, IDS, outboxOf } from './helpers.js';

type Storage = typeof import('../../src/edge/storage.js');

const NAME = 'imp-redirect';
const NOW = 1_767_225_599_000;
const LANDED: Entry = ['landed', 'imp_1', 'order_1', NOW, NOW];
const DEPARTED: Entry = ['departed', null, 'order_1', NOW, NOW];
const OTHER: Entry = ['landed', 'imp_2', 'order_2', NOW - 1, NOW - 1];
const PAID: Entry = ['paid', null, 'order_1', NOW, NOW];
const textOf = (...entries: readonly Entry[]) => JSON.stringify(outboxOf(...entries));

/** The edge as one page has it: what it remembers is its own. What it reads is told line by line, in order; of what it settles, whether it is new. */
const openPage = async () => {
  vi.resetModules();
  const page: Storage = await import('../../src/edge/storage.js');
  return {
    ...page,
    readEntries: async () => entriesOf(await page.readEntries()),
    settleEntry: async (...args: Parameters<Storage['settleEntry']>) => (await page.settleEntry(...args))[0],
    contextOf: async (...args: Parameters<Storage['settleEntry']>) => (await page.settleEntry(...args))[1],
  };
};

const result = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
/** The database, read and written past the edge. */
async function database() {
  const request = indexedDB.open(NAME);
  request.onupgradeneeded = () => request.result.createObjectStore(NAME);
  return (await result(request)).transaction(NAME, 'readwrite').objectStore(NAME);
}
const inDatabase = async () => {
  const store = await database();
  expect(await result(store.getAllKeys())).toEqual([NAME]);
  return entriesOf(JSON.parse(await result(store.get(NAME))));
};
const inCopy = () => entriesOf(JSON.parse(localStorage.getItem(NAME) as string));
const fillDatabase = async (value: unknown) => result((await database()).put(value, NAME));
const fillCopy = (text: string) => localStorage.setItem(NAME, text);

const denied = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};
/** Puts something in the place of a global, a getter too; `vi.unstubAllGlobals` undoes the usual ones. */
const undo: (() => void)[] = [];
const stubGetter = (name: 'indexedDB' | 'localStorage', get: () => unknown) => {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, get });
  undo.push(() => (own ? Object.defineProperty(globalThis, name, own) : Reflect.deleteProperty(globalThis, name)));
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  vi.stubGlobal('indexedDB', new IDBFactory());
  localStorage.clear();
});
afterEach(() => {
  for (const work of undo.splice(0)) work();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('an entry', () => {
  it('is kept in the database, and in the copy before the call returns: two ids and two times', async () => {
    const { keepEntry } = await openPage();
    const promise = keepEntry('landed', { ...IDS, kind: 'claimed-failure', errorMessage: '한도초과' } as object);
    expect(inCopy()).toEqual([LANDED]);
    await expect(promise).resolves.toBeUndefined();
    expect(await inDatabase()).toEqual([LANDED]);
    expect(localStorage.getItem(NAME)).toBe(String.raw`{"landed\timp_1\torder_1":[1767225599000,1767225599000]}`);
    expect(Object.keys(localStorage)).toEqual([NAME]);
    expect((await indexedDB.databases()).map(({ name }) => name)).toEqual([NAME]);
  });

  it('is told to be kept when it is durable, and not before', async () => {
    const { openStorage, keepEntry } = await openPage();
    const connection = await openStorage();
    const transaction = connection.transaction.bind(connection);
    const complete = vi.fn();
    vi.spyOn(connection, 'transaction').mockImplementation((...args) => {
      const opened = transaction(...args);
      opened.addEventListener('complete', complete);
      return opened;
    });
    await keepEntry('landed', IDS);
    expect(complete).toHaveBeenCalledTimes(1);
  });

  it('has the time at which it happened, and that at which it was written', async () => {
    const { keepEntry } = await openPage();
    await keepEntry('departed', { merchantUid: 'order_1' }, NOW - 5_000);
    expect(await inDatabase()).toEqual([['departed', null, 'order_1', NOW - 5_000, NOW]]);
    expect(inCopy()).toEqual(await inDatabase());
  });

  it('takes the place of one about the same, a landing also that of its departure, and of no other', async () => {
    const { keepEntry } = await openPage();
    await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_2' });
    await keepEntry('departed', { merchantUid: 'order_1' });
    await keepEntry('departed', { merchantUid: 'order_9' });
    await keepEntry('departed', { merchantUid: 'order_8' });
    vi.setSystemTime(NOW + 2);
    await keepEntry('landed', IDS);
    await keepEntry('departed', { merchantUid: 'order_9' }, NOW + 1);
    expect(await inDatabase()).toEqual([
      ['landed', 'imp_2', 'order_2', NOW, NOW],
      ['departed', null, 'order_9', NOW + 1, NOW + 2],
      ['departed', null, 'order_8', NOW, NOW],
      ['landed', 'imp_1', 'order_1', NOW + 2, NOW + 2],
    ]);
    expect(inCopy()).toEqual(await inDatabase());
  });

  // The customer may have left for another try since.
  it('of a landing that is seen again stays as it is, and so does the departure that is later than it', async () => {
    const { keepEntry, readEntries } = await openPage();
    await keepEntry('landed', IDS);
    vi.setSystemTime(NOW + 86_400_000);
    await keepEntry('departed', { merchantUid: 'order_1' });
    vi.setSystemTime(NOW + 2 * 86_400_000);
    expect(await keepEntry('landed', IDS)).toBeUndefined();
    const left = [LANDED, ['departed', null, 'order_1', NOW + 86_400_000, NOW + 86_400_000]];
    expect(inCopy()).toEqual(left);
    expect(await inDatabase()).toEqual(left);
    // Another try is another landing.
    await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_1' });
    expect(await readEntries()).toEqual([LANDED, ['landed', 'imp_2', 'order_1', NOW + 2 * 86_400_000, NOW + 2 * 86_400_000]]);
  });

  it.each<[name: string, lose: () => void]>([
    ['the database alone', () => localStorage.clear()],
    ['the copy alone', () => vi.stubGlobal('indexedDB', new IDBFactory())],
  ])('of a landing that is seen again keeps its time where it is in %s', async (_, lose) => {
    await (await openPage()).keepEntry('landed', IDS);
    lose();
    vi.setSystemTime(NOW + 86_400_000);
    const { keepEntry } = await openPage();
    await keepEntry('landed', IDS);
    expect([...inCopy(), ...(await inDatabase())]).toContainEqual(LANDED);
  });

  it('is dropped, and nothing else with it', async () => {
    const { keepEntry, dropEntry } = await openPage();
    localStorage.setItem('cart', '1');
    await keepEntry('landed', IDS);
    await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_2' });
    const promise = dropEntry('landed', IDS);
    expect(inCopy()).toHaveLength(1);
    await promise;
    expect((await inDatabase()).map(([, impUid]) => impUid)).toEqual(['imp_2']);
    await dropEntry('landed', IDS);
    await dropEntry('paid', { impUid: 'imp_2', merchantUid: 'order_2' });
    expect(await inDatabase()).toHaveLength(1);
    expect(localStorage.getItem('cart')).toBe('1');
  });

  it('outlives the page', async () => {
    await (await openPage()).keepEntry('landed', IDS);
    expect(await (await openPage()).readEntries()).toEqual([LANDED]);
  });

  it.each<[name: string, lose: () => void]>([
    ['the database: the copy is lost when a browser is killed', () => localStorage.clear()],
    ['the copy', () => vi.stubGlobal('indexedDB', new IDBFactory())],
  ])('is read where it is only in %s', async (_, lose) => {
    await (await openPage()).keepEntry('landed', IDS);
    lose();
    const { readEntries, dropEntry } = await openPage();
    expect(await readEntries()).toEqual([LANDED]);
    await dropEntry('landed', IDS);
    expect(await readEntries()).toEqual([]);
  });

  it('is read once, whatever the two have, and as the database has it', async () => {
    const late: Entry = ['departed', null, 'order_1', NOW - 9_000, NOW - 3_000];
    await fillDatabase(textOf(OTHER, late));
    fillCopy(textOf(['departed', null, 'order_1', NOW - 9_000, NOW - 9_000], LANDED));
    const { readEntries } = await openPage();
    expect(await readEntries()).toEqual([late, LANDED, OTHER]);
    // Reading is no change.
    expect(await inDatabase()).toEqual([OTHER, late]);
    expect(inCopy()).toEqual([['departed', null, 'order_1', NOW - 9_000, NOW - 9_000], LANDED]);
  });

  it('of fifty more is the last: the oldest goes', async () => {
    const { keepEntry, readEntries } = await openPage();
    const orders = (fromOrder: number, toOrder: number) =>
      Array.from({ length: toOrder - fromOrder + 1 }, (_, i): Entry => ['departed', null, `order_${fromOrder + i}`, NOW, NOW]);
    for (let i = 0; i < 50; i++) await keepEntry('departed', { merchantUid: `order_${i}` });
    expect(await inDatabase()).toEqual(orders(0, 49));
    expect(inCopy()).toEqual(orders(0, 49));
    await keepEntry('departed', { merchantUid: 'order_50' });
    expect(await inDatabase()).toEqual(orders(1, 50));
    expect(inCopy()).toEqual(orders(1, 50));
    // Whoever reads leaves room for one more.
    expect(await readEntries()).toEqual(orders(2, 50));
    await keepEntry('landed', IDS);
    expect(await inDatabase()).toEqual([...orders(2, 50), LANDED]);
    expect(inCopy()).toEqual(await inDatabase());
  });

  it('is not lost where many pages write at once', async () => {
    const pages = [await openPage(), await openPage(), await openPage()];
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => pages[i % 3]?.keepEntry('landed', { impUid: `imp_${i}`, merchantUid: `order_${i}` })),
    );
    expect(await inDatabase()).toHaveLength(30);
    expect(inCopy()).toHaveLength(30);
  });

  it.each(['<img src=x onerror=alert(1)>', '],[1,1]', '../../x', '__proto__', '한글 주문 #1', '\u2028'])(
    'carries an id as text: %j',
    async (merchantUid) => {
      const { keepEntry } = await openPage();
      await keepEntry('landed', { impUid: 'imp_1', merchantUid });
      expect(await (await openPage()).readEntries()).toEqual([['landed', 'imp_1', merchantUid, NOW, NOW]]);
    },
  );
});

// A shop may number its orders as it likes. Such an order is asked about by its own landing, and by no other page.
describe('an order whose number cannot be remembered', () => {
  it.each([
    '"',
    '\\',
    'order"1',
    'order\\1',
    '":[1,1],"landed\\timp_9\\torder_9',
    '":[1,1],"landed\timp_9\torder_9',
    '\\u0041',
    'a\tb',
    'a\nb',
    'a\ud800',
    'x'.repeat(257),
  ])('is not, and nothing else is harmed: %j', async (merchantUid) => {
    const { keepEntry, dropEntry, readEntries, settleEntry } = await openPage();
    const bad = { impUid: 'imp_9', merchantUid };
    await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_2' });
    await keepEntry('departed', { merchantUid: 'order_1' });
    const others: Entry[] = [['landed', 'imp_2', 'order_2', NOW, NOW], DEPARTED];
    // None of it throws, nor says that storage is not there.
    expect(await keepEntry('departed', { merchantUid })).toBeUndefined();
    expect(await readEntries()).toEqual(others);
    expect(await keepEntry('landed', bad)).toBeUndefined();
    expect(await (await openPage()).readEntries()).toEqual(others);
    expect(inCopy()).toEqual(others);
    expect(await inDatabase()).toEqual(others);
    await dropEntry('landed', bad);
    expect(await settleEntry(bad, merchantUid, false)).toBe(false);
    expect(await readEntries()).toEqual(others);
    // That it was paid is told, rather once too often than never.
    expect(await settleEntry(bad, merchantUid, true)).toBe(true);
    expect(await readEntries()).toEqual(others);
    await keepEntry('landed', IDS);
    expect(await readEntries()).toEqual([others[0], LANDED]);
  });
});

/** An IndexedDB whose every request is answered, as far as it goes, in a later task. */
const stubDatabase = (open: (request: Record<string, unknown>) => void) =>
  vi.stubGlobal('indexedDB', {
    open: vi.fn(() => {
      const request: Record<string, unknown> = {};
      setImmediate(() => open(request));
      return request;
    }),
  });
const fire = (target: Record<string, unknown>, name: string) => (target[name] as (() => void) | undefined)?.();
const NO_DATABASE: [name: string, break_: () => void][] = [
  ['is not there', () => vi.stubGlobal('indexedDB', undefined)],
  ['is null', () => vi.stubGlobal('indexedDB', null)],
  ['may not be read', () => stubGetter('indexedDB', denied)],
  ['may not be opened', () => vi.stubGlobal('indexedDB', { open: denied })],
  [
    'cannot be opened',
    () =>
      stubDatabase((request) => {
        request.error = new DOMException('corrupt', 'UnknownError');
        fire(request, 'onerror');
      }),
  ],
  [
    'has no room: the transaction is aborted',
    () =>
      stubDatabase((request) => {
        const transaction = () => {
          const opened: Record<string, unknown> = {
            error: new DOMException('full', 'QuotaExceededError'),
            objectStore: () => ({
              get: () => {
                const get: Record<string, unknown> = {};
                setImmediate(() => {
                  fire(get, 'onsuccess');
                  setImmediate(() => fire(opened, 'onabort'));
                });
                return get;
              },
              put: () => {},
            }),
          };
          return opened;
        };
        request.result = { transaction };
        fire(request, 'onsuccess');
      }),
  ],
  [
    'is closed for good',
    () =>
      stubDatabase((request) => {
        request.result = {
          transaction: () => {
            throw new DOMException('closing', 'InvalidStateError');
          },
        };
        fire(request, 'onsuccess');
      }),
  ],
];
const NO_COPY: [name: string, break_: () => void][] = [
  ['is null', () => vi.stubGlobal('localStorage', null)],
  ['may not be read', () => stubGetter('localStorage', denied)],
  ['cannot be read', () => vi.stubGlobal('localStorage', { getItem: denied, setItem: vi.fn() })],
  [
    'has no room',
    () =>
      vi.stubGlobal('localStorage', {
        getItem: () => null,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      }),
  ],
];

describe('where the database', () => {
  it.each(NO_DATABASE)('%s, the copy holds, and the reason is told', async (_, break_) => {
    break_();
    const { openStorage, keepEntry, dropEntry, readEntries, settleEntry } = await openPage();
    void openStorage();
    expect(await keepEntry('landed', IDS)).toMatchObject({ message: expect.any(String) });
    expect(await (await openPage()).readEntries()).toEqual([LANDED]);
    expect(await settleEntry(IDS, 'order_1', true)).toBe(true);
    expect(await settleEntry(IDS, 'order_1', true)).toBe(false);
    expect(await readEntries()).toEqual([PAID]);
    await dropEntry('paid', { merchantUid: 'order_1' });
    expect(await readEntries()).toEqual([]);
  });

  it.each(NO_DATABASE)('%s, opening it is no error of the page', async (_, break_) => {
    break_();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    void (await openPage()).openStorage();
    for (let i = 0; i < 3; i++) await flush();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('never answers, that is waited for a second, and no longer', async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    stubDatabase(() => {});
    const { openStorage, keepEntry, readEntries } = await openPage();
    void openStorage();
    const ended = vi.fn();
    void keepEntry('landed', IDS).then(ended);
    expect(inCopy()).toEqual([LANDED]);
    await vi.advanceTimersByTimeAsync(999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended.mock.calls).toEqual([[expect.anything()]]);
    const read = readEntries();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await read).toEqual([LANDED]);
  });

  it('answers again, it is opened again: what failed once is not given up', async () => {
    stubDatabase((request) => {
      request.error = new DOMException('busy', 'UnknownError');
      fire(request, 'onerror');
    });
    const { keepEntry } = await openPage();
    expect(await keepEntry('landed', IDS)).toMatchObject({ message: expect.any(String) });
    vi.stubGlobal('indexedDB', new IDBFactory());
    expect(await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_2' })).toBeUndefined();
    expect(await inDatabase()).toHaveLength(1);
  });

  it('loses its connection, as on iOS, it is opened again', async () => {
    const { openStorage, keepEntry } = await openPage();
    (await openStorage()).close();
    await keepEntry('landed', IDS);
    expect(await keepEntry('landed', IDS)).toBeUndefined();
    expect(await inDatabase()).toEqual([LANDED]);
  });

  it('works, it is opened once, with the script', async () => {
    const open = vi.spyOn(indexedDB, 'open');
    const { openStorage, keepEntry, readEntries } = await openPage();
    await openStorage();
    await Promise.all([keepEntry('landed', IDS), readEntries(), openStorage()]);
    await keepEntry('landed', IDS);
    expect(open.mock.calls).toEqual([[NAME]]);
  });
});

describe('where the copy', () => {
  it.each(NO_COPY)('%s, the database holds, and that is no loss', async (_, break_) => {
    break_();
    const { keepEntry, dropEntry, readEntries, settleEntry } = await openPage();
    expect(await keepEntry('landed', IDS)).toBeUndefined();
    expect(await (await openPage()).readEntries()).toEqual([LANDED]);
    expect(await settleEntry(IDS, 'order_1', true)).toBe(true);
    expect(await settleEntry(IDS, 'order_1', true)).toBe(false);
    expect(await readEntries()).toEqual([PAID]);
    await dropEntry('paid', { merchantUid: 'order_1' });
    expect(await readEntries()).toEqual([]);
  });
});

describe('where there is neither', () => {
  it.each(
    NO_DATABASE.flatMap(([database_, breakOne]) => NO_COPY.map(([copy, breakOther]) => [database_, copy, breakOne, breakOther] as const)),
  )(
    '(the database %s, the copy %s) nothing is kept, nothing throws, and that it was paid is new',
    async (_database, _copy, breakOne, breakOther) => {
      breakOne();
      breakOther();
      const { openStorage, keepEntry, dropEntry, readEntries, settleEntry } = await openPage();
      void openStorage();
      expect(await keepEntry('landed', IDS)).toMatchObject({ message: expect.any(String) });
      await dropEntry('landed', IDS);
      expect(await readEntries()).toEqual([]);
      expect(await settleEntry(IDS, 'order_1', true)).toBe(true);
      expect(await settleEntry(IDS, 'order_1', false)).toBe(false);
    },
  );
});

describe('what others have written', () => {
  /** The entry of an order with one of its times, or its key, replaced. */
  const spoilt = (times: unknown, key = keyOf('landed', { impUid: 'imp_3', merchantUid: 'order_3' })) => JSON.stringify({ [key]: times });
  const about = (...parts: string[]) => spoilt([1, 1], parts.join('\t'));
  const FOREIGN: [name: string, text: string][] = [
    ['no JSON', spoilt([1, 1]).slice(0, -1)],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['text', '"landed"'],
    ['a list', `[${spoilt([1, 1])}]`],
    ['an object that looks like a list', '{"length":1,"0":["landed","imp_3","order_3",1,1]}'],
    ['the format of the version before: a list of entries', '[["landed","imp_3","order_3",1,1]]'],
    ['the format of the version before that: one departure', '["order_3",1767225599000,"http://shop.example.kr/"]'],
    ['a format of later', spoilt([1, 1, 'more'])],
    ['a format of later, in its key', about('landed', 'imp_3', 'order_3', 'more')],
    ['the format of before, in its key', spoilt([1, 1], '["landed","imp_3","order_3"]')],
    ['no kind', about('', 'imp_3', 'order_3')],
    ['a kind that is no word', about('<b>', 'imp_3', 'order_3')],
    ['no id', about('landed', '', '')],
    ['one id, and no place for the other', about('landed', 'order_3')],
    ['an id with a control character', about('landed', 'imp\0', 'order_3')],
    ['an id with a raw control character', spoilt([1, 1]).replace('imp_3', 'imp\0')],
    ['an id with a line break', about('landed', 'imp_3', 'order_3\n')],
    ['an id with half a character', about('landed', 'imp_3', 'order\ud800')],
    ['an id with a quote', about('landed', 'imp_3', 'order"3')],
    ['an id with a backslash', about('landed', 'imp\\3', 'order_3')],
    ['an id beyond all measure', about('landed', 'x'.repeat(257), 'order_3')],
    ['a key that is cut off', spoilt([1, 1]).replace('order_3"', 'order_3')],
    ['times that are none', spoilt(null)],
    ['a time that is none', spoilt(['1', 1])],
    ['a time before all time', spoilt([-1, 1])],
    ['a time that is null', spoilt([null, 1])],
    ['a megabyte of text', 'x'.repeat(1e6)],
    ['a megabyte of what looks like it', `{${'"landed\\timp_3\\torder_3":[1,1,1],'.repeat(30_000)}"":0}`],
    ['a megabyte of an id', about('landed', '\\'.repeat(5e5), 'order_3')],
  ];

  it.each(FOREIGN)('into the copy is no entry, and in no entry’s way: %s', async (_, text) => {
    fillCopy(text);
    await fillDatabase(textOf(OTHER));
    const { readEntries, keepEntry } = await openPage();
    expect(await readEntries()).toEqual([OTHER]);
    await keepEntry('landed', IDS);
    expect(inCopy()).toEqual([LANDED]);
    expect(await readEntries()).toEqual(expect.arrayContaining([OTHER, LANDED]));
  });

  it.each<[name: string, value: unknown]>([
    ...FOREIGN,
    ['an outbox that is no text', outboxOf(LANDED)],
    ['a date', new Date(0)],
    ['undefined', undefined],
  ])('into the database is no entry, and in no entry’s way: %s', async (_, value) => {
    await fillDatabase(value);
    fillCopy(textOf(OTHER));
    const { readEntries, keepEntry } = await openPage();
    expect(await readEntries()).toEqual([OTHER]);
    expect(await keepEntry('landed', IDS)).toBeUndefined();
    expect(await inDatabase()).toEqual([LANDED]);
  });

  // Of a later version, say.
  it('and is an entry of a kind that is not known, is kept', async () => {
    const later = outboxOf(['gone' as EntryKind, 'imp_3', 'order_3', NOW, NOW]);
    fillCopy(JSON.stringify({ ...later, ...outboxOf(OTHER) }));
    await fillDatabase(JSON.stringify({ ...later, ...outboxOf(OTHER) }));
    const { readEntries, keepEntry, settleEntry } = await openPage();
    await keepEntry('landed', IDS);
    await settleEntry({ impUid: 'imp_3', merchantUid: 'order_3' }, 'order_3', false);
    const left = [...entriesOf(later), OTHER, LANDED];
    expect(await readEntries()).toEqual(left);
    expect(inCopy()).toEqual(left);
    expect(await inDatabase()).toEqual(left);
  });

  it('beside good entries is dropped, and they are not', async () => {
    fillCopy(JSON.stringify({ ...outboxOf(OTHER), 'landed\t<b>': [1, 1], landed: null, ...outboxOf(LANDED), 7: 7 }));
    const { readEntries } = await openPage();
    expect(await readEntries()).toEqual([OTHER, LANDED]);
  });

  it('under another name is left alone', async () => {
    localStorage.setItem('imp-redirect-2', '[1]');
    const { keepEntry, dropEntry } = await openPage();
    await keepEntry('landed', IDS);
    await dropEntry('landed', IDS);
    expect(localStorage.getItem('imp-redirect-2')).toBe('[1]');
  });

  it('more than fifty of them are fifty with the next one', async () => {
    fillCopy(textOf(...Array.from({ length: 5_000 }, (_, i): Entry => ['landed', `imp_${i}`, null, NOW, NOW])));
    const { readEntries, keepEntry } = await openPage();
    const entries = await readEntries();
    expect(entries).toHaveLength(49);
    expect(entries[0]?.[1]).toBe('imp_4951');
    expect(entries.at(-1)?.[1]).toBe('imp_4999');
    await keepEntry('landed', IDS);
    expect(inCopy()).toEqual([...entries, LANDED]);
  });
});

describe('settleEntry', () => {
  // What is said of one try says nothing of a later one, for which the customer may have left by now.
  it.each<[name: string, impUid: string | null, isPaid: boolean, isDeparted: boolean]>([
    ['paid', 'imp_1', true, false],
    ['anything else of one try', 'imp_1', false, true],
    ['paid, where only the order was known', null, true, false],
    ['anything else, where only the order was known', null, false, false],
  ])('drops the landing, and the departure of an order that is done, and nothing else: %s', async (_, impUid, isPaid, isDeparted) => {
    const { keepEntry, readEntries, settleEntry } = await openPage();
    const claim = { impUid, merchantUid: 'order_1' };
    await keepEntry('landed', claim);
    await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_1' });
    await keepEntry('departed', { merchantUid: 'order_1' });
    await keepEntry('departed', { merchantUid: 'order_2' });
    expect(await settleEntry(claim, 'order_1', isPaid)).toBe(isPaid);
    const left = [
      ['landed', 'imp_2', 'order_1', NOW, NOW],
      ...(isDeparted ? [DEPARTED] : []),
      ['departed', null, 'order_2', NOW, NOW],
      ...(isPaid ? [PAID] : []),
    ];
    expect(await readEntries()).toEqual(left);
    expect(inCopy()).toEqual(left);
    expect(await inDatabase()).toEqual(left);
  });

  it('drops the departure of an order that only the server names, and marks it', async () => {
    await fillDatabase(textOf(DEPARTED));
    const { readEntries, settleEntry } = await openPage();
    expect(await settleEntry({ impUid: 'imp_1', merchantUid: null }, 'order_1', true)).toBe(true);
    expect(await readEntries()).toEqual([PAID]);
    expect(await settleEntry(IDS, 'order_1', true)).toBe(false);
  });

  it('marks the payment where nobody names an order', async () => {
    const { readEntries, settleEntry } = await openPage();
    const claim = { impUid: 'imp_1', merchantUid: null };
    expect([await settleEntry(claim, null, true), await settleEntry(claim, null, true)]).toEqual([true, false]);
    expect(await readEntries()).toEqual([['paid', 'imp_1', null, NOW, NOW]]);
  });

  it('is new for each order', async () => {
    const { settleEntry } = await openPage();
    expect(await settleEntry(IDS, 'order_1', true)).toBe(true);
    expect(await settleEntry({ impUid: 'imp_2', merchantUid: 'order_2' }, 'order_2', true)).toBe(true);
  });

  it.each<[name: string, lose: () => void]>([
    ['the copy is lost', () => localStorage.clear()],
    ['the database is lost', () => vi.stubGlobal('indexedDB', new IDBFactory())],
  ])('is not new on a later page where %s', async (_, lose) => {
    expect(await (await openPage()).settleEntry(IDS, 'order_1', true)).toBe(true);
    lose();
    expect(await (await openPage()).settleEntry(IDS, 'order_1', true)).toBe(false);
  });

  const STORES: [name: string, break_: () => void][] = [
    ['both stores', () => {}],
    ['the database alone', () => vi.stubGlobal('localStorage', null)],
    ['the copy alone', () => vi.stubGlobal('indexedDB', undefined)],
  ];
  it.each(STORES)('is new exactly once of many calls on two pages at one time, with %s', async (_, break_) => {
    break_();
    const pages = [await openPage(), await openPage()];
    for (let round = 0; round < 20; round++) {
      const order = `order_${round}`;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_call, i) =>
          pages[(i + round) % 2]?.settleEntry({ impUid: `imp_${round}`, merchantUid: order }, order, true),
        ),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
    }
  });

  it('is new exactly once where one of the pages has no database open yet', async () => {
    const late = await openPage();
    const early = await openPage();
    await early.openStorage();
    const answers = await Promise.all([late.settleEntry(IDS, 'order_1', true), early.settleEntry(IDS, 'order_1', true)]);
    expect(answers.filter(Boolean)).toHaveLength(1);
  });
});

/** Work that is told when it begins, and ends when it is let. */
function work() {
  const { promise, resolve } = defer<unknown>();
  return { begin: vi.fn(() => promise), end: () => resolve(0) };
}
/** Lets time pass, and the database answer meanwhile. */
async function pass(ms: number) {
  for (let leftMs = ms; ; leftMs -= 50) {
    for (let i = 0; i < 20; i++) await flush();
    if (leftMs <= 0) return;
    await vi.advanceTimersByTimeAsync(Math.min(50, leftMs));
  }
}
const stubLocks = (request: unknown) => vi.stubGlobal('navigator', { locks: request && { request } });

describe('exclusively', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    stubLocks(undefined);
  });

  describe('with Web Locks', () => {
    it('work runs under the lock of its order, which is held until it ends', async () => {
      const held = vi.fn((_name: string, run: () => Promise<unknown>) => run());
      stubLocks(held);
      const { exclusively } = await openPage();
      const { begin, end } = work();
      const ended = vi.fn();
      void exclusively('order_1', begin).then(ended);
      await pass(60_000);
      expect(held.mock.calls).toEqual([['imp-redirect order_1', begin]]);
      expect(begin).toHaveBeenCalledTimes(1);
      expect(ended).not.toHaveBeenCalled();
      end();
      await pass(0);
      expect(ended).toHaveBeenCalledTimes(1);
      expect(localStorage).toHaveLength(0);
      expect(await indexedDB.databases()).toEqual([]);
    });

    it.each<[name: string, request: unknown]>([
      ['are not there', undefined],
      ['are refused, as on an opaque origin', denied],
      ['are refused later', () => Promise.reject(new DOMException('', 'SecurityError'))],
    ])('where they %s, a lease in the database takes their place, until the work ends', async (_, request) => {
      stubLocks(request);
      const { exclusively } = await openPage();
      const { begin, end } = work();
      const ended = vi.fn();
      void exclusively('order_1', begin).then(ended);
      await pass(0);
      expect(begin).toHaveBeenCalledTimes(1);
      expect(await inDatabase()).toEqual([['asking', null, 'order_1', NOW, NOW]]);
      // Not in the copy, where two pages can take it at the same time.
      expect(localStorage).toHaveLength(0);
      await pass(5_000);
      expect(ended).not.toHaveBeenCalled();
      end();
      await pass(0);
      expect(ended).toHaveBeenCalledTimes(1);
      expect(await inDatabase()).toEqual([]);
      expect(begin).toHaveBeenCalledTimes(1);
    });
  });

  describe('the lease', () => {
    /** Of two works that start at once, the second begins when the first ends. */
    async function expectTurns(one: Pick<Storage, 'exclusively'>, other: Pick<Storage, 'exclusively'>): Promise<void> {
      const [first, second] = [work(), work()];
      void one.exclusively('order_1', first.begin);
      void other.exclusively('order_1', second.begin);
      await pass(1_000);
      expect([first, second].map(({ begin }) => begin.mock.calls.length)).toEqual([1, 0]);
      first.end();
      await pass(300);
      expect(second.begin).toHaveBeenCalledTimes(1);
    }

    it('is waited for, and taken when its holder is done', async () => {
      const [one, other] = [await openPage(), await openPage()];
      const [first, second] = [work(), work()];
      void one.exclusively('order_1', first.begin);
      await pass(0);
      void other.exclusively('order_1', second.begin);
      await pass(5_000);
      expect(first.begin).toHaveBeenCalledTimes(1);
      expect(second.begin).not.toHaveBeenCalled();
      first.end();
      await pass(300);
      expect(second.begin).toHaveBeenCalledTimes(1);
      expect(await inDatabase()).toEqual([['asking', null, 'order_1', NOW + 5_250, NOW + 5_250]]);
    });

    it.each([2, 3, 5])('is held by one of %d pages that start at the very same time, and by each in turn', async (count) => {
      const pages: Awaited<ReturnType<typeof openPage>>[] = [];
      for (let i = 0; i < count; i++) pages.push(await openPage());
      for (let round = 0; round < 10; round++) {
        let inside = 0;
        let most = 0;
        const done: number[] = [];
        // In another order each time, and each with work that takes another while.
        pages.forEach((_, i) => {
          const page = pages[(i + round) % count];
          void page?.exclusively('order_1', async () => {
            most = Math.max(most, ++inside);
            await new Promise((resolve) => setTimeout(resolve, 100 * i));
            inside--;
            done.push(i);
          });
        });
        await pass(1_000 * count);
        expect(most).toBe(1);
        expect(done.sort()).toEqual(pages.map((_, i) => i));
      }
    });

    it('is held by one of two works of the same page too', async () => {
      const page = await openPage();
      await expectTurns(page, page);
    });

    it('is for one order', async () => {
      const { exclusively } = await openPage();
      const [first, second] = [work(), work()];
      void exclusively('order_1', first.begin);
      void exclusively('order_2', second.begin);
      await pass(0);
      expect(second.begin).toHaveBeenCalledTimes(1);
    });

    it('leaves what else is kept about the order as it is', async () => {
      const { exclusively, keepEntry, readEntries } = await openPage();
      await Promise.all([keepEntry('departed', { merchantUid: 'order_1' }), pass(0)]);
      const { begin, end } = work();
      void exclusively('order_1', begin);
      await pass(0);
      expect(await inDatabase()).toEqual([DEPARTED, ['asking', null, 'order_1', NOW, NOW]]);
      end();
      await pass(0);
      expect(await readEntries()).toEqual([DEPARTED]);
    });

    it('of a holder that is gone ends after 12 s', async () => {
      const [gone, other] = [await openPage(), await openPage()];
      void gone.exclusively('order_1', work().begin);
      await pass(1_000);
      const { begin } = work();
      void other.exclusively('order_1', begin);
      await pass(10_750);
      expect(begin).not.toHaveBeenCalled();
      await pass(500);
      expect(begin).toHaveBeenCalledTimes(1);
    });

    // A server that hangs lets each of them go after 10 s.
    it('is not taken from a holder by those who have waited for the others before it', async () => {
      let inside = 0;
      let most = 0;
      const begun: number[] = [];
      for (let i = 0; i < 4; i++)
        void (await openPage()).exclusively('order_1', async () => {
          most = Math.max(most, ++inside);
          begun.push(Date.now() - NOW);
          await new Promise((resolve) => setTimeout(resolve, 10_000));
          inside--;
        });
      await pass(45_000);
      expect(begun).toHaveLength(4);
      expect(most).toBe(1);
    });

    it.each<[name: string, byMs: number, withinMs: number]>([
      ['back by a year', -365 * 86_400_000, 12_500],
      ['back by a minute', -60_000, 12_500],
      // As long as it was set back, and no longer than twice the time.
      ['back by 11 s', -11_000, 23_500],
      ['on by a year', 365 * 86_400_000, 12_500],
      ['on by 6 s', 6_000, 12_500],
    ])('holds nobody for long where the clock is set %s', async (_, byMs, withinMs) => {
      const [gone, other] = [await openPage(), await openPage()];
      void gone.exclusively('order_1', work().begin);
      await pass(0);
      const { begin, end } = work();
      void other.exclusively('order_1', begin);
      await pass(400);
      expect(begin).not.toHaveBeenCalled();
      vi.setSystemTime(Date.now() + byMs);
      await pass(withinMs - 400);
      expect(begin).toHaveBeenCalledTimes(1);
      end();
      await pass(0);
      expect(await inDatabase()).toEqual([]);
    });

    it.each<[name: string, atMs: unknown]>([
      ['over', NOW - 12_000],
      ['long over', 0],
      ['of a clock that was a year ahead', NOW + 365 * 86_400_000],
      ['text', 'soon'],
      ['of no time', null],
      ['beyond all time', 1e21],
    ])('that is %s holds nobody', async (_, atMs) => {
      await fillDatabase(JSON.stringify({ [keyOf('asking', { merchantUid: 'order_1' })]: [atMs, atMs] }));
      const { exclusively } = await openPage();
      const { begin } = work();
      void exclusively('order_1', begin);
      await pass(0);
      expect(begin).toHaveBeenCalledTimes(1);
      expect(await inDatabase()).toEqual([['asking', null, 'order_1', NOW, NOW]]);
    });

    it('is none for an order that cannot be remembered: work just runs, as if there were no database', async () => {
      const { exclusively, keepEntry, readEntries } = await openPage();
      await Promise.all([keepEntry('landed', IDS), pass(0)]);
      const works = [work(), work()];
      const ended = vi.fn();
      for (const { begin } of works) {
        void exclusively('order"1', begin).then(ended);
        await pass(0);
      }
      expect(works.map(({ begin }) => begin.mock.calls.length)).toEqual([1, 1]);
      for (const { end } of works) end();
      await pass(0);
      expect(ended).toHaveBeenCalledTimes(2);
      expect(await readEntries()).toEqual([LANDED]);
    });

    it('is not looked for in the copy', async () => {
      fillCopy(textOf(['asking', null, 'order_1', NOW, NOW]));
      const { exclusively } = await openPage();
      const { begin } = work();
      void exclusively('order_1', begin);
      await pass(0);
      expect(begin).toHaveBeenCalledTimes(1);
    });

    it.each(NO_DATABASE)('where the database %s, work just runs: the server is made for that', async (_, break_) => {
      break_();
      const { exclusively } = await openPage();
      const [first, second] = [work(), work()];
      const promise = exclusively('order_1', first.begin);
      void exclusively('order_1', second.begin);
      await pass(0);
      expect([first, second].map(({ begin }) => begin.mock.calls.length)).toEqual([1, 1]);
      first.end();
      await expect(promise).resolves.toBeUndefined();
    });

    it('where the database never answers, work runs after a second', async () => {
      stubDatabase(() => {});
      const { exclusively } = await openPage();
      const { begin } = work();
      void exclusively('order_1', begin);
      await pass(950);
      expect(begin).not.toHaveBeenCalled();
      await pass(50);
      expect(begin).toHaveBeenCalledTimes(1);
    });

    it.each(NO_COPY)('where the copy %s, the lease holds all the same', async (_, break_) => {
      break_();
      await expectTurns(await openPage(), await openPage());
    });

    it('that cannot be given back ends by itself', async () => {
      const [one, other] = [await openPage(), await openPage()];
      const { begin, end } = work();
      const second = work();
      void one.exclusively('order_1', begin);
      await pass(0);
      const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(denied);
      end();
      await pass(0);
      expect(put).toHaveBeenCalledTimes(1);
      void other.exclusively('order_1', second.begin);
      await pass(11_500);
      expect(second.begin).not.toHaveBeenCalled();
      await pass(1_000);
      expect(second.begin).toHaveBeenCalledTimes(1);
    });
  });
});

describe('what was kept of the page that a payment began on', () => {
  const CONTEXT = { amount: 12000, memo: '문 앞 "여기"\\', nested: { a: [1, null, { b: ']]' }] } };
  const departed = { merchantUid: 'order_1' };
  const depart = async (context: unknown = CONTEXT) => {
    const page = await openPage();
    await page.keepEntry('departed', departed, undefined, context as never);
    return page;
  };

  it('goes with the departure, in both places', async () => {
    await depart();
    const entry: Entry = ['departed', null, 'order_1', NOW, NOW, CONTEXT];
    expect(inCopy()).toEqual([entry]);
    expect(await inDatabase()).toEqual([entry]);
    expect(await (await openPage()).readContext(IDS)).toEqual(CONTEXT);
  });

  it('goes on with the landing, which takes the place of the departure', async () => {
    await depart();
    const page = await openPage();
    await page.keepEntry('landed', IDS);
    const entry: Entry = ['landed', 'imp_1', 'order_1', NOW, NOW, CONTEXT];
    expect(inCopy()).toEqual([entry]);
    expect(await inDatabase()).toEqual([entry]);
    expect(await page.readContext(IDS)).toEqual(CONTEXT);
    // Seen again, on a reload.
    await page.keepEntry('landed', IDS);
    expect(await page.readContext(IDS)).toEqual(CONTEXT);
  });

  it('stays with a departure that is written again, because it was asked about', async () => {
    const page = await depart();
    vi.setSystemTime(NOW + 60_000);
    await page.keepEntry('departed', departed, NOW);
    expect(await page.readEntries()).toEqual([['departed', null, 'order_1', NOW, NOW + 60_000, CONTEXT]]);
  });

  it('gives way to that of a new try', async () => {
    const page = await depart();
    await page.keepEntry('departed', departed, undefined, { amount: 1 });
    expect(await page.readContext(IDS)).toEqual({ amount: 1 });
  });

  it('is of its order alone', async () => {
    const page = await depart();
    expect(await page.readContext({ impUid: 'imp_1', merchantUid: 'order_2' })).toBeUndefined();
    expect(await page.readContext({ impUid: 'imp_1', merchantUid: null })).toBeUndefined();
    await page.keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_2' });
    expect(await page.readContext({ impUid: 'imp_2', merchantUid: 'order_2' })).toBeUndefined();
  });

  it.each<[name: string, impUid: string | null, isPaid: boolean]>([
    ['paid', 'imp_1', true],
    ['failed', 'imp_1', false],
    ['paid, where only the order is known', null, true],
    ['failed, where only the order is known', null, false],
  ])('is told with the verdict, and gone with it: %s', async (_, impUid, isPaid) => {
    const claim = { impUid, merchantUid: 'order_1' };
    const page = await depart();
    await page.keepEntry('landed', claim);
    expect(await page.contextOf(claim, 'order_1', isPaid)).toEqual(CONTEXT);
    expect(await page.readContext(claim)).toBeUndefined();
    expect(await page.contextOf(claim, 'order_1', isPaid)).toBeUndefined();
    expect(localStorage.getItem(NAME)).not.toContain('12000');
    expect(JSON.stringify(await inDatabase())).not.toContain('12000');
  });

  it('is told of a departure that never landed', async () => {
    const page = await depart();
    expect(await page.contextOf({ impUid: null, merchantUid: 'order_1' }, 'order_1', true)).toEqual(CONTEXT);
    expect(await page.readEntries()).toEqual([PAID]);
  });

  it.each<[name: string, lose: () => void]>([
    ['the copy', () => localStorage.clear()],
    ['the database', () => vi.stubGlobal('indexedDB', new IDBFactory())],
  ])('is told where %s was lost', async (_, lose) => {
    await depart();
    lose();
    const page = await openPage();
    expect(await page.readContext(IDS)).toEqual(CONTEXT);
    await page.keepEntry('landed', IDS);
    expect(await page.readContext(IDS)).toEqual(CONTEXT);
    expect(await page.contextOf(IDS, 'order_1', true)).toEqual(CONTEXT);
  });

  // In WebKit a write to the database can vanish with the page.
  it.each<[name: string, fill: (text: string) => unknown]>([
    ['the copy', fillCopy],
    ['the database', fillDatabase],
  ])('is told where only %s ever had the departure, and both have the landing', async (_, fill) => {
    await fill(textOf(['departed', null, 'order_1', NOW, NOW, CONTEXT]));
    const page = await openPage();
    await page.keepEntry('landed', IDS);
    expect(await page.readContext(IDS)).toEqual(CONTEXT);
    expect(await page.contextOf(IDS, 'order_1', true)).toEqual(CONTEXT);
    expect(await page.readContext(IDS)).toBeUndefined();
  });

  it.each<[name: string, context: unknown]>([
    ['an empty object', {}],
    ['a line separator', { memo: 'a\u2028b\u2029c' }],
    ['a line break', { memo: 'a\nb\r\tc' }],
    ['half a character', { memo: 'a\ud800' }],
    ['names of the prototype', JSON.parse('{"__proto__":1,"constructor":2}')],
    ['what looks like the end of an entry', { memo: '"]],[[' }],
    ['much', { memo: '가'.repeat(10_000) }],
  ])('may be %s, and the departure is there', async (_, context) => {
    const page = await depart(context);
    expect(await (await openPage()).readEntries()).toEqual([['departed', null, 'order_1', NOW, NOW, context]]);
    expect(await page.readContext(IDS)).toEqual(context);
  });

  it.each<[name: string, context: unknown]>([
    ['text', 'amount'],
    ['a list', [{ amount: 1 }]],
    ['a number', 12000],
    ['null', null],
    ['true', true],
  ])('that somebody else wrote, and is %s, is none: nor is its entry one', async (_, context) => {
    const text = JSON.stringify({ [keyOf('departed', departed)]: [NOW, NOW, context], [keyOf('landed', IDS)]: [NOW, NOW, context] });
    fillCopy(text);
    await fillDatabase(text);
    const page = await openPage();
    expect(await page.readContext(IDS)).toBeUndefined();
    expect(await page.readEntries()).toEqual([]);
  });
});
