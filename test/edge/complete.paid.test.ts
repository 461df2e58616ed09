// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/core/verdict.js';
import { type Browser, claimOf, completeWorld, createBrowser, defer, flush, outboxOf, replyOf, type World } from './helpers.js';

const DAY_MS = 86_400_000;
const signals = (worlds: readonly World[]) => [
  worlds.flatMap((world) => world.told('paid')).length,
  worlds.flatMap((world) => world.onPaid.mock.calls).length,
];
const paidBrowser = () => {
  const browser = createBrowser();
  browser.server.mockImplementation(({ impUid }) => replyOf('paid', { imp_uid: impUid ?? 'imp_1' }));
  return browser;
};
const visit = async (browser: Browser, landed: Parameters<typeof completeWorld>[0] = claimOf(), options = {}) => {
  const world = completeWorld(landed, browser);
  await world.start(options);
  await browser.advance(1_000);
  return world;
};

describe('that an order was paid is signalled', () => {
  it('by the event and to onPaid, with the claim and the verdict', async () => {
    const world = await visit(paidBrowser());
    const completion = { claim: claimOf(), verdict: { status: 'paid', answer: { merchant_uid: 'order_1' } } };
    expect(world.told('paid')).toMatchObject([completion]);
    expect(world.onPaid.mock.calls).toMatchObject([[completion]]);
  });

  it('when the page is parsed, for its own scripts to hear it; the customer sees it before', async () => {
    const browser = paidBrowser();
    const world = completeWorld(claimOf(), browser);
    const parsed = defer<unknown>();
    world.edges.whenParsed.mockReturnValue(parsed.promise);
    await world.start();
    await browser.advance(5_000);
    expect(world.states().at(-1)).toBe('paid');
    expect(signals([world])).toEqual([0, 0]);
    parsed.resolve(0);
    await flush();
    expect(signals([world])).toEqual([1, 1]);
  });

  it('on the next page, where this one goes before it is parsed', async () => {
    const browser = paidBrowser();
    const world = completeWorld(claimOf(), browser);
    world.edges.whenParsed.mockReturnValue(new Promise(() => {}));
    await world.start();
    await browser.advance(1_000);
    world.kill();
    const shop = completeWorld(null, browser);
    await shop.start();
    await browser.advance(1_000);
    expect(signals([world, shop])).toEqual([1, 1]);
  });

  it.each<[name: string, next: (first: World, browser: Browser) => Promise<World[]>]>([
    [
      'ten reloads',
      async (first) => {
        const worlds = [];
        for (let i = 0, world = first; i < 10; i++) {
          world = world.reload();
          worlds.push(world);
          await world.start();
          await flush();
        }
        return worlds;
      },
    ],
    ['the same URL in another tab', async (_, browser) => [await visit(browser)]],
    ['the same URL without the payment', async (_, browser) => [await visit(browser, claimOf({ impUid: null }))]],
    ['another payment of the order', async (_, browser) => [await visit(browser, claimOf({ impUid: 'imp_2' }))]],
    ['the URL with the payment alone', async (_, browser) => [await visit(browser, claimOf({ merchantUid: null }))]],
    [
      'its departure, asked about late',
      async (_, browser) => {
        Object.assign(browser.outbox, outboxOf(['departed', null, 'order_1', browser.nowMs() - DAY_MS, browser.nowMs() - DAY_MS]));
        return [await visit(browser, null, { recover: true })];
      },
    ],
    [
      'its landing, left over in the outbox',
      async (_, browser) => {
        Object.assign(browser.outbox, outboxOf(['landed', 'imp_1', 'order_1', browser.nowMs(), browser.nowMs()]));
        return [await visit(browser, null)];
      },
    ],
    [
      'the same a week later',
      async (_, browser) => {
        browser.setWall(6 * DAY_MS);
        return [await visit(browser, null), await visit(browser)];
      },
    ],
  ])('once: not again for %s', async (_, next) => {
    const browser = paidBrowser();
    const first = await visit(browser);
    expect(signals([first])).toEqual([1, 1]);
    expect(signals([first, ...(await next(first, browser))])).toEqual([1, 1]);
  });

  it('once, where the first landing knew the payment alone', async () => {
    const browser = paidBrowser();
    const worlds = [await visit(browser, claimOf({ merchantUid: null })), await visit(browser)];
    expect(signals(worlds)).toEqual([1, 1]);
  });

  it('once, where neither the landing nor the server names an order', async () => {
    const browser = createBrowser();
    browser.server.mockImplementation(() => replyOf('paid', { merchant_uid: null }));
    const worlds = [await visit(browser, claimOf({ merchantUid: null })), await visit(browser, claimOf({ merchantUid: null }))];
    expect(signals(worlds)).toEqual([1, 1]);
  });

  it('by recover, and then not by the landing', async () => {
    const browser = paidBrowser();
    browser.outbox = outboxOf(['departed', null, 'order_1', browser.nowMs() - DAY_MS, browser.nowMs() - DAY_MS]);
    const worlds = [await visit(browser, null, { recover: true })];
    expect(signals(worlds)).toEqual([1, 1]);
    worlds.push(await visit(browser));
    expect(signals(worlds)).toEqual([1, 1]);
  });

  it('for each order', async () => {
    const browser = paidBrowser();
    browser.server.mockImplementation(({ merchantUid }) => replyOf('paid', { merchant_uid: merchantUid }));
    const worlds = [await visit(browser), await visit(browser, claimOf({ merchantUid: 'order_2' }))];
    expect(signals(worlds)).toEqual([2, 2]);
  });

  it.each<[was: string, more: object]>([
    ['failed', {}],
    ['ready', { vbank_num: '1' }],
  ])('once, where it was %s %j before', async (was, more) => {
    const browser = paidBrowser();
    const worlds = [await visit(browser, { claim: claimOf(), reply: replyOf(was, more) })];
    worlds.push(worlds[0]?.reload() as World);
    await worlds[1]?.start();
    await flush();
    expect(signals(worlds)).toEqual([1, 1]);
  });
});

describe('it is not signalled', () => {
  it.each<[name: string, reply: Reply]>([
    ['"ready"', replyOf('ready', { vbank_num: '1' })],
    ['"failed"', replyOf('failed')],
    ['"cancelled"', replyOf('cancelled')],
    ['"forged"', replyOf('forged')],
    ['"pending"', replyOf('pending')],
    ['a claim that nobody confirms', { httpStatus: 404, text: '' }],
    ["another order's verdict", replyOf('paid', { merchant_uid: 'order_2' })],
    ['a verdict with 503', replyOf('paid', {}, 503)],
    ['a login page that says "paid"', { httpStatus: 200, text: '<title>paid</title>' }],
  ])('by %s', async (_, reply) => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(reply);
    void world.start();
    await world.browser.advance(3_600_000);
    expect(signals([world])).toEqual([0, 0]);
  });

  it('by what a page has kept: it was, when that came', async () => {
    expect(signals([await visit(createBrowser(), { claim: claimOf(), reply: replyOf('paid') })])).toEqual([0, 0]);
  });
});

describe('without storage it is signalled', () => {
  it('once, over reloads', async () => {
    const browser = paidBrowser();
    browser.storageFault = new Error('blocked');
    const first = await visit(browser);
    const second = first.reload();
    await second.start();
    await browser.advance(60_000);
    expect(signals([first, second])).toEqual([1, 1]);
  });

  it('once on a page that is answered, and hears the same from another tab', async () => {
    const browser = createBrowser();
    browser.storageFault = new Error('blocked');
    const worlds = [completeWorld(claimOf(), browser), completeWorld(claimOf(), browser)] as const;
    const answers = worlds.map(() => defer<Reply>());
    for (const { promise } of answers) browser.server.mockReturnValueOnce(promise);
    for (const world of worlds) {
      // No locks either: both ask.
      world.edges.exclusively.mockImplementation(async (_name, work) => void (await work()));
      void world.start();
    }
    await flush();
    for (const { resolve } of answers) {
      resolve(replyOf('paid'));
      await flush();
    }
    expect(browser.posts).toHaveLength(2);
    for (const world of worlds) {
      expect(signals([world])).toEqual([1, 1]);
      expect(world.told('verdict')).toHaveLength(1);
    }
  });
});
