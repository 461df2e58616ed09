// @vitest-environment node
import { describe, expect, it, type vi } from 'vitest';
import type { EntryKind } from '../../src/core/outbox.js';
import type { Reply } from '../../src/core/verdict.js';
import {
  type Browser,
  claimOf,
  completeWorld,
  createBrowser,
  type Entry,
  entriesOf,
  flush,
  IDS,
  kept,
  outboxOf,
  replyOf,
  type World,
} from './helpers.js';

const BUSY: Reply = { httpStatus: 503, text: '' };
const DAY_MS = 86_400_000;
const LANDED = ['landed', 'imp_1', 'order_1'];
const PAID = ['paid', null, 'order_1'];

/** A browser in which orders have landed and were not answered, by number. */
function browserWith(...orders: number[]) {
  const browser = createBrowser();
  browser.outbox = outboxOf(...orders.map((order) => landedEntry(browser, order)));
  browser.server.mockImplementation(({ impUid, merchantUid }) => replyOf('paid', { imp_uid: impUid, merchant_uid: merchantUid }));
  return browser;
}
const landedEntry = (browser: Browser, order: number, ageMs = 0): Entry => [
  'landed',
  `imp_${order}`,
  `order_${order}`,
  browser.nowMs() - ageMs,
  browser.nowMs() - ageMs,
];
const asked = ({ posts }: Browser) => posts.map(({ impUid }) => impUid);

describe('an order that was landed with', () => {
  it.each<[name: string, reply: Reply]>([
    ['no answer', BUSY],
    ['a refusal', { httpStatus: 404, text: '' }],
    ['"pending"', replyOf('pending')],
  ])('is kept while there is %s, over the page and its last try', async (_, reply) => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(reply);
    void world.start();
    await world.browser.advance(3_600_000);
    world.kill();
    expect(kept(world.browser)).toEqual([LANDED]);
  });

  it.each(['paid', 'ready', 'failed', 'cancelled', 'forged'])('is dropped with the verdict %s', async (status) => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(replyOf(status, { vbank_num: '1' }));
    await world.start();
    await flush();
    expect(kept(world.browser)).toEqual(status === 'paid' ? [PAID] : []);
  });

  it('takes the place of its departure, and leaves those of others', async () => {
    const world = completeWorld();
    const { browser } = world;
    browser.outbox = outboxOf(
      ['departed', null, 'order_1', browser.nowMs(), browser.nowMs()],
      ['departed', null, 'order_2', browser.nowMs(), browser.nowMs()],
    );
    void world.start();
    await flush();
    expect(kept(browser)).toEqual([['departed', null, 'order_2'], LANDED]);
  });

  it('drops its departure with the verdict, where the landing did not know the order', async () => {
    const world = completeWorld(claimOf({ merchantUid: null }));
    const { browser } = world;
    browser.outbox = outboxOf(['departed', null, 'order_1', browser.nowMs(), browser.nowMs()]);
    browser.server.mockReturnValue(replyOf('paid'));
    await world.start();
    await flush();
    expect(kept(browser)).toEqual([PAID]);
  });

  it('keeps the time of its first page over reloads, for its 7 days; and a later departure of the order stays', async () => {
    const browser = createBrowser();
    const landedMs = browser.nowMs();
    browser.server.mockImplementation(() => BUSY);
    let world = completeWorld(claimOf(), browser);
    void world.start();
    await browser.advance(DAY_MS);
    await world.edges.keepEntry('departed', { merchantUid: 'order_1' });
    for (let day = 1; day < 7; day++) {
      world = world.reload();
      void world.start();
      await browser.advance(DAY_MS - 1);
      expect(entriesOf(browser.outbox)).toEqual([
        ['landed', 'imp_1', 'order_1', landedMs, landedMs],
        ['departed', null, 'order_1', landedMs + DAY_MS, landedMs + DAY_MS],
      ]);
    }
    world.kill();
    await browser.advance(DAY_MS);
    const shop = completeWorld(null, browser);
    void shop.start();
    await flush();
    expect(shop.errors()).toEqual([['confirm_expired', 'merchant']]);
    expect(kept(browser)).toEqual([['departed', null, 'order_1']]);
  });

  it('is asked about by one page once, not by its outbox too', async () => {
    const world = completeWorld();
    void world.start();
    await flush();
    world.wake();
    await flush();
    expect(world.browser.posts).toHaveLength(1);
  });
});

describe('an order whose page ended without a verdict', () => {
  /** The page of a shop, which is no landing, after one that ended while it asked. */
  async function nextPage() {
    const before = completeWorld();
    void before.start();
    await flush();
    before.kill();
    before.browser.server.mockReturnValue(replyOf('paid'));
    return completeWorld(null, before.browser);
  }

  it('is settled by the next page, whichever it is: quietly, but for the events', async () => {
    const world = await nextPage();
    await expect(world.start()).resolves.toBeNull();
    await flush();
    expect(world.told('verdict')).toMatchObject([{ claim: { impUid: 'imp_1' }, verdict: { status: 'paid' } }]);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(kept(world.browser)).toEqual([PAID]);
    expect(world.edges.openView).not.toHaveBeenCalled();
    expect(world.banners).toEqual([]);
    expect(world.edges.settle).not.toHaveBeenCalled();
    expect(world.errors()).toEqual([]);
    expect(world.told('landing')).toEqual([]);
  });

  it('is settled by the same page when it is opened again', async () => {
    const world = completeWorld(claimOf(), (await nextPage()).browser);
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    await world.browser.advance(60_000);
    expect(world.browser.posts).toHaveLength(2);
    expect(world.states()).toEqual(['confirming', 'paid']);
  });

  it('is settled by the landing of another order, whose view says nothing of it', async () => {
    const browser = browserWith(2);
    const world = completeWorld(claimOf(), browser);
    await world.start();
    await browser.advance(60_000);
    expect(asked(browser).sort()).toEqual(['imp_1', 'imp_2']);
    expect(world.states()).toEqual(['confirming', 'paid']);
    expect(world.texts().join()).not.toContain('order_2');
    expect(world.onPaid).toHaveBeenCalledTimes(2);
  });

  it.each<[name: string, happen: (world: World) => void]>([
    ['when the network is there, or the page is seen', (world) => world.wake()],
    [
      'when the page comes out of the back/forward cache',
      (world) => {
        world.leave();
        world.comeBack();
      },
    ],
    ['when complete is called again', (world) => void world.start()],
  ])('is settled by a page that is open already: %s', async (_, happen) => {
    const browser = browserWith();
    const world = completeWorld(null, browser);
    await world.start();
    await flush();
    browser.outbox = outboxOf(landedEntry(browser, 1));
    await browser.advance(60_000);
    expect(browser.posts).toEqual([]);
    happen(world);
    await flush();
    expect(asked(browser)).toEqual(['imp_1']);
    expect(kept(browser)).toEqual([PAID]);
  });

  it('is tried as often as on its own page, and anew at the next visit', async () => {
    const browser = browserWith(1);
    browser.server.mockImplementation(() => BUSY);
    const world = completeWorld(null, browser);
    void world.start();
    await browser.advance(3_600_000);
    expect(browser.posts).toHaveLength(12);
    for (let i = 0; i < 3; i++) world.wake();
    await browser.advance(3_600_000);
    expect(browser.posts).toHaveLength(13);
    world.kill();
    void completeWorld(null, browser).start();
    await browser.advance(3_600_000);
    expect(browser.posts).toHaveLength(25);
    expect(kept(browser)).toEqual([LANDED]);
  });

  it.each(['paid', 'ready', 'failed', 'cancelled', 'forged'])(
    'is asked about no more once it has any verdict, on a page that is returned to ten times: %s',
    async (status) => {
      const browser = browserWith(1);
      browser.server
        .mockReset()
        .mockReturnValueOnce(BUSY)
        .mockReturnValue(replyOf(status, { vbank_num: '1' }));
      const world = completeWorld(null, browser);
      void world.start({ recover: true });
      await browser.advance(60_000);
      expect(browser.posts).toHaveLength(2);
      for (let i = 0; i < 10; i++) {
        world.wake();
        world.leave();
        await browser.advance(600_000);
        world.comeBack();
        void world.start({ recover: true });
        await browser.advance(600_000);
      }
      expect(browser.posts).toHaveLength(2);
      expect(world.told('verdict')).toHaveLength(1);
      expect(kept(browser)).toEqual(status === 'paid' ? [PAID] : []);
    },
  );

  it.each(['ready', 'failed'])(
    'and was settled there as %s, is asked about again where the same page becomes its landing',
    async (status) => {
      const browser = browserWith(1);
      browser.server
        .mockReset()
        .mockReturnValueOnce(replyOf(status, { vbank_num: '1' }))
        .mockReturnValue(replyOf('paid'));
      const world = completeWorld(null, browser);
      await world.start();
      await browser.advance(60_000);
      expect(world.told('verdict')).toMatchObject([{ verdict: { status } }]);
      world.landing.now = { claim: claimOf() };
      await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
      await flush();
      expect(world.states()).toEqual(['confirming', 'paid']);
      expect(browser.posts).toHaveLength(2);
      expect(kept(browser)).toEqual([PAID]);
    },
  );

  it('is asked about by one of many pages', async () => {
    const browser = browserWith(1);
    const worlds = [1, 2, 3].map(() => completeWorld(null, browser));
    for (const world of worlds) void world.start();
    await browser.advance(600_000);
    expect(browser.posts).toHaveLength(1);
    expect(worlds.flatMap((world) => world.onPaid.mock.calls)).toHaveLength(1);
  });

  it('whose entry could not be dropped is asked about once more, and nobody hears of it', async () => {
    const browser = browserWith(1);
    const before = completeWorld(null, browser);
    await before.start();
    await flush();
    expect(before.onPaid).toHaveBeenCalledTimes(1);
    Object.assign(browser.outbox, outboxOf(landedEntry(browser, 1)));
    const world = completeWorld(null, browser);
    await world.start();
    await browser.advance(600_000);
    expect(browser.posts).toHaveLength(2);
    expect(world.edges.openView).not.toHaveBeenCalled();
    expect(world.onPaid).not.toHaveBeenCalled();
    expect(world.errors()).toEqual([]);
    expect(kept(browser)).toEqual([PAID]);
  });
});

describe('one order', () => {
  it.each<[name: string, poison: Reply | Promise<Reply>]>([
    ['is refused for ever', { httpStatus: 400, text: '{}' }],
    ['is answered with 500 for ever', { httpStatus: 500, text: '' }],
    ['never gets an answer', new Promise(() => {})],
    ['is answered with what is no JSON', { httpStatus: 200, text: '\0'.repeat(1e6) }],
    ['is told to wait for two minutes', { httpStatus: 503, retryAfter: '3600' }],
  ])('that %s does not keep the others', async (_, poison) => {
    const browser = browserWith(1, 2, 3);
    const answers = browser.server.getMockImplementation();
    browser.server.mockImplementation((ids) => (ids.impUid === 'imp_2' ? poison : (answers?.(ids) as Reply)));
    const world = completeWorld(null, browser);
    await world.start();
    await flush();
    expect(world.onPaid.mock.calls.map(([{ claim }]) => claim.impUid)).toEqual(['imp_1', 'imp_3']);
    expect(kept(browser).map(([kind]) => kind)).toEqual(['landed', 'paid', 'paid']);
    expect(browser.crowd).toBe(1);
  });
});

describe('what is too old or too much', () => {
  it('after 7 days an order is given up, and that is told once', async () => {
    const browser = browserWith();
    browser.outbox = outboxOf(landedEntry(browser, 1, 7 * DAY_MS + 1), landedEntry(browser, 2, 7 * DAY_MS));
    const world = completeWorld(null, browser);
    await world.start();
    await flush();
    expect(asked(browser)).toEqual(['imp_2']);
    expect(world.errors()).toEqual([['confirm_expired', 'merchant']]);
    expect(world.onError.mock.calls[0]?.[0].message).toContain('order_1');
    expect(kept(browser)).toEqual([['paid', null, 'order_2']]);
    world.wake();
    const next = world.reload();
    await next.start();
    await flush();
    expect([world, next].flatMap((page) => page.errors())).toHaveLength(1);
    expect(browser.posts).toHaveLength(1);
  });

  it.each(['departed', 'paid', 'asking'] as const)('an old "%s" goes without a word', async (kind) => {
    const browser = createBrowser();
    const atMs = browser.nowMs() - 7 * DAY_MS - 1;
    browser.outbox = outboxOf([kind, null, 'order_1', atMs, atMs]);
    const world = completeWorld(null, browser);
    await world.start({ recover: true });
    await flush();
    expect(kept(browser)).toEqual([]);
    expect(world.errors()).toEqual([]);
    expect(browser.posts).toEqual([]);
  });

  it.each(['paid', 'asking'] as const)('what is "%s" is asked about by nobody who comes by', async (kind) => {
    const browser = createBrowser();
    browser.outbox = outboxOf(
      [kind, null, 'order_1', browser.nowMs(), browser.nowMs()],
      [kind, 'imp_2', 'order_2', browser.nowMs() - DAY_MS, browser.nowMs() - DAY_MS],
    );
    const before = browser.outbox;
    const world = completeWorld(null, browser);
    await world.start({ recover: true, recoverAfterMs: 1 });
    for (let i = 0; i < 3; i++) {
      await browser.advance(3_600_000);
      world.wake();
    }
    await flush();
    expect(browser.posts).toEqual([]);
    expect(world.errors()).toEqual([]);
    expect(browser.outbox).toEqual(before);
  });

  it('of more than 50 orders the oldest goes, and the one that lands now is there', async () => {
    const orders = Array.from({ length: 50 }, (_, i) => i + 100);
    const browser = browserWith(...orders);
    browser.server.mockReset().mockImplementation(() => new Promise(() => {}));
    const world = completeWorld(claimOf(), browser);
    void world.edges.keepEntry('landed', IDS);
    await flush();
    expect(kept(browser)).toEqual([...orders.slice(1).map((order) => ['landed', `imp_${order}`, `order_${order}`]), LANDED]);
    void world.start();
    await flush();
    // Reading leaves room for one more.
    expect(kept(browser)).toEqual([...orders.slice(2).map((order) => ['landed', `imp_${order}`, `order_${order}`]), LANDED]);
    expect(asked(browser).sort()).toEqual(['imp_1', ...orders.slice(2).map((order) => `imp_${order}`)]);
  });

  it('what is no entry is not asked about', async () => {
    const browser = browserWith(1);
    const times = [browser.nowMs() - DAY_MS, browser.nowMs() - DAY_MS];
    const foreign: object = {
      ...outboxOf(['landed', null, null, 1, 1]),
      landed: [1, 1],
      '["landed","imp_2","order_2"]': times,
      'landed\timp_3\torder_3': null,
      'landed\timp_4': times,
      'landed\timp_5\torder_5\tmore': times,
      'landed\timp_6\torder"6': times,
      'departed\t\torder\\7': times,
      '\timp_8\torder_8': times,
    };
    // One that is none, before the others, does not keep them.
    browser.outbox = { ...foreign, ...browser.outbox };
    await completeWorld(null, browser).start({ recover: true });
    await browser.advance(3_600_000);
    expect(asked(browser)).toEqual(['imp_1']);
    expect(kept(browser)).toEqual([PAID]);
  });

  it('what is of a kind that is not known is kept for its 7 days, never asked about, and goes without a word', async () => {
    const browser = browserWith(1);
    const [young, old] = (['gone', 'LANDED'] as const).map((kind, i): Entry => {
      const atMs = browser.nowMs() - 7 * DAY_MS - i;
      return [kind as EntryKind, 'imp_2', 'order_2', atMs, atMs];
    }) as [Entry, Entry];
    browser.outbox = { ...outboxOf(young, old), ...browser.outbox };
    const world = completeWorld(null, browser);
    await world.start({ recover: true, recoverAfterMs: 1 });
    await flush();
    expect(asked(browser)).toEqual(['imp_1']);
    expect(kept(browser)).toEqual([['gone', 'imp_2', 'order_2'], PAID]);
    await browser.advance(1);
    world.wake();
    await flush();
    expect(asked(browser)).toEqual(['imp_1']);
    expect(kept(browser)).toEqual([PAID]);
    expect(world.errors()).toEqual([]);
  });

  it.each(['order"1', 'order\\1', '":[1,2]}'])(
    'an order whose number cannot be remembered is asked about by its landing: %j',
    async (merchantUid) => {
      const browser = browserWith(2);
      const answers = browser.server.getMockImplementation();
      browser.server.mockReturnValueOnce(BUSY).mockReturnValueOnce(BUSY);
      const world = completeWorld(claimOf({ merchantUid }), browser);
      const promise = world.start();
      await flush();
      // The other one is as safe as ever.
      expect(kept(browser)).toEqual([['landed', 'imp_2', 'order_2']]);
      expect(new Set(world.errors().map(([code]) => code))).toEqual(new Set(['confirm_unreachable']));
      browser.server.mockImplementation((ids) => answers?.(ids) as Reply);
      await browser.advance(60_000);
      await expect(promise).resolves.toMatchObject({ claim: { merchantUid }, verdict: { status: 'paid' } });
      expect(world.states()).toEqual(['confirming', 'retrying', 'paid']);
      expect(world.onPaid).toHaveBeenCalledTimes(2);
      expect(kept(browser).filter(([kind]) => kind !== 'paid')).toEqual([]);
      // A reload shows it, and signals nothing.
      const next = world.reload();
      await expect(next.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
      await browser.advance(60_000);
      expect(next.onPaid).not.toHaveBeenCalled();
      expect(browser.posts).toHaveLength(4);
    },
  );
});

describe('storage', () => {
  it('that cannot be used is told once, and everything else works', async () => {
    const cause = new DOMException('The operation is insecure.', 'SecurityError');
    const browser = createBrowser();
    browser.storageFault = cause;
    browser.server.mockReturnValueOnce(BUSY).mockReturnValueOnce({ httpStatus: 404, text: '' }).mockReturnValue(replyOf('paid'));
    const world = completeWorld(claimOf(), browser);
    const promise = world.start();
    await browser.advance(3_000);
    await expect(promise).resolves.toMatchObject({ verdict: null });
    await browser.advance(600_000);
    expect(world.states()).toEqual(['confirming', 'retrying', 'deferred', 'paid']);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(world.errors().filter(([code]) => code === 'storage_unavailable')).toEqual([['storage_unavailable', 'customer']]);
    expect(world.onError.mock.calls.find(([{ code }]) => code === 'storage_unavailable')?.[0].cause).toBe(cause);
    world.wake();
    const next = world.reload();
    await expect(next.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    await flush();
    expect(next.errors()).toEqual([]);
    expect(browser.posts).toHaveLength(3);
  });

  it('that cannot be used is nothing to a page that is no landing', async () => {
    const browser = browserWith(1);
    browser.storageFault = new Error('blocked');
    const world = completeWorld(null, browser);
    await expect(world.start({ recover: true })).resolves.toBeNull();
    await browser.advance(60_000);
    expect(world.errors()).toEqual([]);
    expect(browser.posts).toEqual([]);
  });

  it('that never answers is waited for by nothing that the customer sees', async () => {
    const world = completeWorld();
    for (const edge of [world.edges.keepEntry, world.edges.dropEntry, world.edges.settleEntry, world.edges.readEntries])
      (edge as ReturnType<typeof vi.fn>).mockImplementation(() => new Promise(() => {}));
    world.browser.server.mockReturnValueOnce(BUSY).mockReturnValue(replyOf('paid'));
    const promise = world.start();
    await world.browser.advance(2_000);
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.states()).toEqual(['confirming', 'retrying', 'paid']);
    expect(world.told('verdict')).toHaveLength(1);
    expect(world.landing.now?.reply).toEqual(replyOf('paid'));
  });

  it('that was wiped between pay and return, or is of another browser, is not missed: the URL is enough', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValueOnce(BUSY).mockReturnValue(replyOf('paid'));
    const promise = world.start();
    await world.browser.advance(1_000);
    world.browser.outbox = {};
    await world.browser.advance(1_000);
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(world.errors().map(([code]) => code)).toEqual(['confirm_unreachable']);
  });

  it('is opened with the first call, once', async () => {
    const world = completeWorld(null);
    void world.start();
    expect(world.log.indexOf('openStorage')).toBeGreaterThan(-1);
    void world.start();
    await flush();
    expect(world.edges.openStorage).toHaveBeenCalledTimes(1);
    expect(world.edges.onReturn).toHaveBeenCalledTimes(1);
    expect(world.edges.hearTabs).toHaveBeenCalledTimes(1);
  });
});
