import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../../src/core/outbox.js';
import { flush, IDS } from './helpers.js';

type Storage = typeof import('../../src/edge/storage.js');

const NAME = 'imp-redirect';
const NOW = 1_767_225_599_000;
const LANDED: Entry = ['landed', 'imp_1', 'order_1', NOW, NOW];
const DEPARTED: Entry = ['departed', null, 'order_1', NOW, NOW];
const OTHER: Entry = ['landed', 'imp_2', 'order_2', NOW - 1, NOW - 1];
const PAID: Entry = ['paid', null, 'order_1', NOW, NOW];

/** The edge as one page has it: what it remembers is its own. */
const openPage = (): Promise<Storage> => {
  vi.resetModules();
  return import('../../src/edge/storage.js');
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
  return JSON.parse(await result(store.get(NAME)));
};
const inCopy = () => JSON.parse(localStorage.getItem(NAME) as string);
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
    await keepEntry('landed', IDS);
    await keepEntry('departed', { merchantUid: 'order_1' });
    await keepEntry('departed', { merchantUid: 'order_9' });
    vi.setSystemTime(NOW + 1);
    await keepEntry('landed', IDS);
    const ids = (entries: Entry[]) => entries.map(([kind, impUid, merchantUid, atMs]) => [kind, impUid, merchantUid, atMs - NOW]);
    expect(ids(await inDatabase())).toEqual([
      ['landed', 'imp_2', 'order_2', 0],
      ['departed', null, 'order_9', 0],
      ['landed', 'imp_1', 'order_1', 1],
    ]);
    expect(inCopy()).toEqual(await inDatabase());
  });

  it('is dropped, and nothing else with it', async () => {
    const { keepEntry, dropEntry } = await openPage();
    localStorage.setItem('cart', '1');
    await keepEntry('landed', IDS);
    await keepEntry('landed', { impUid: 'imp_2', merchantUid: 'order_2' });
    const promise = dropEntry('landed', IDS);
    expect(inCopy()).toHaveLength(1);
    await promise;
    expect((await inDatabase()).map(([, impUid]: Entry) => impUid)).toEqual(['imp_2']);
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
    await fillDatabase(JSON.stringify([OTHER, late]));
    fillCopy(JSON.stringify([['departed', null, 'order_1', NOW - 9_000, NOW - 9_000], LANDED]));
    const entries = await (await openPage()).readEntries();
    expect(entries).toHaveLength(3);
    expect(entries).toEqual(expect.arrayContaining([LANDED, OTHER, late]));
  });

  it('of fifty more is the last: the oldest goes', async () => {
    const { keepEntry, readEntries } = await openPage();
    for (let i = 0; i < 51; i++) await keepEntry('departed', { merchantUid: `order_${i}` });
    expect((await readEntries()).map(([, , merchantUid]) => merchantUid)).toEqual(Array.from({ length: 50 }, (_, i) => `order_${i + 1}`));
    expect(await inDatabase()).toHaveLength(50);
    expect(inCopy()).toHaveLength(50);
  });

  it('is not lost where many pages write at once', async () => {
    const pages = [await openPage(), await openPage(), await openPage()];
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => pages[i % 3]?.keepEntry('landed', { impUid: `imp_${i}`, merchantUid: `order_${i}` })),
    );
    expect(await inDatabase()).toHaveLength(30);
    expect(inCopy()).toHaveLength(30);
  });

  it.each(['<img src=x onerror=alert(1)>', '"],["landed","imp_9","order_9",1,1', '\\"', '../../x', '__proto__', '한글 주문 #1', '\u2028'])(
    'carries an id as text: %j',
    async (merchantUid) => {
      const { keepEntry } = await openPage();
      await keepEntry('landed', { impUid: 'imp_1', merchantUid });
      expect(await (await openPage()).readEntries()).toEqual([['landed', 'imp_1', merchantUid, NOW, NOW]]);
    },
  );
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
        const transaction: Record<string, unknown> = {
          error: new DOMException('full', 'QuotaExceededError'),
          objectStore: () => ({
            get: () => {
              const get: Record<string, unknown> = {};
              setImmediate(() => {
                fire(get, 'onsuccess');
                setImmediate(() => fire(transaction, 'onabort'));
              });
              return get;
            },
            put: () => {},
          }),
        };
        request.result = { transaction: () => transaction };
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
  const FOREIGN: [name: string, text: string][] = [
    ['no JSON', '[["landed","imp_1"'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['text', '"landed"'],
    ['an object', '{"length":1,"0":["landed","imp_3","order_3",1,1]}'],
    ['an object that looks like a list', '{"filter":1}'],
    ['the format of the version before: one departure', '["order_3",1767225599000,"http://shop.example.kr/"]'],
    ['a format of later', '[["landed","imp_3","order_3",1,1,"more"]]'],
    ['an unknown kind', '[["gone","imp_3","order_3",1,1]]'],
    ['no id', '[["landed",null,null,1,1]]'],
    ['an empty id', '[["landed","","order_3",1,1]]'],
    ['an id that is a number', '[["landed",3,"order_3",1,1]]'],
    ['an id that is an object', '[["landed",{"toString":1},"order_3",1,1]]'],
    ['an id with a control character', '[["landed","imp\\u0000","order_3",1,1]]'],
    ['an id beyond all measure', JSON.stringify([['landed', 'x'.repeat(257), 'order_3', 1, 1]])],
    ['a time that is none', '[["landed","imp_3","order_3","1",1]]'],
    ['a time before all time', '[["landed","imp_3","order_3",-1,1]]'],
    ['a time that is null', '[["landed","imp_3","order_3",null,1]]'],
    ['a megabyte of text', 'x'.repeat(1e6)],
    ['a megabyte of what looks like it', `[${'["landed","imp_3","order_3",1,1,1],'.repeat(30_000)}0]`],
    ['a megabyte of an id', JSON.stringify([['landed', '\\'.repeat(5e5), 'order_3', 1, 1]])],
  ];

  it.each(FOREIGN)('into the copy is no entry, and in no entry’s way: %s', async (_, text) => {
    fillCopy(text);
    await fillDatabase(JSON.stringify([OTHER]));
    const { readEntries, keepEntry } = await openPage();
    expect(await readEntries()).toEqual([OTHER]);
    await keepEntry('landed', IDS);
    expect(inCopy()).toEqual([LANDED]);
    expect(await readEntries()).toEqual(expect.arrayContaining([OTHER, LANDED]));
  });

  it.each<[name: string, value: unknown]>([
    ...FOREIGN,
    ['a list that is no text', [LANDED]],
    ['a date', new Date(0)],
    ['undefined', undefined],
  ])('into the database is no entry, and in no entry’s way: %s', async (_, value) => {
    await fillDatabase(value);
    fillCopy(JSON.stringify([OTHER]));
    const { readEntries, keepEntry } = await openPage();
    expect(await readEntries()).toEqual([OTHER]);
    expect(await keepEntry('landed', IDS)).toBeUndefined();
    expect(await inDatabase()).toEqual([LANDED]);
  });

  it('beside good entries is dropped, and they are not', async () => {
    fillCopy(JSON.stringify([OTHER, ['landed', '<b>'], null, LANDED, 7]));
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

  it('more than fifty of them are fifty', async () => {
    fillCopy(JSON.stringify(Array.from({ length: 5_000 }, (_, i) => ['landed', `imp_${i}`, null, NOW, NOW])));
    const entries = await (await openPage()).readEntries();
    expect(entries).toHaveLength(50);
    expect(entries.at(-1)?.[1]).toBe('imp_4999');
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
    await fillDatabase(JSON.stringify([DEPARTED]));
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
