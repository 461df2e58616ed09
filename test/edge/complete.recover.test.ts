// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { CompleteOptions } from '../../src/core/options.js';
import type { Reply } from '../../src/core/verdict.js';
import { textOf } from '../core/helpers.js';
import { claimOf, completeWorld, createBrowser, flush, kept, outboxOf, replyOf, type World } from './helpers.js';

const PENDING = replyOf('pending');
const DEPARTED = ['departed', null, 'order_1'];

/** The shop's page, `ageMs` after the customer has left for the gateway from another one, with a server that says this. */
function cameHome(ageMs: number, reply: Reply, options: Partial<CompleteOptions> = { recover: true }) {
  const browser = createBrowser();
  browser.outbox = outboxOf(['departed', null, 'order_1', browser.nowMs() - ageMs, browser.nowMs() - ageMs]);
  browser.server.mockReturnValue(reply);
  const world = completeWorld(null, browser);
  void world.start(options);
  return { browser, world };
}

describe('a customer who left and never landed', () => {
  it.each<[recover: CompleteOptions['recover'] | '' | 'true' | 'false', isAsked: boolean]>([
    [undefined, false],
    [false, false],
    ['false', false],
    [true, true],
    ['true', true],
    // A bare attribute.
    ['', true],
    ['banner', true],
  ])('with recover %j: is asked about: %s', async (recover, isAsked) => {
    const { browser, world } = cameHome(3_600_000, replyOf('paid'), { recover: recover as CompleteOptions['recover'] });
    await flush();
    expect(browser.posts).toHaveLength(isAsked ? 1 : 0);
    expect(world.onRecovered).toHaveBeenCalledTimes(isAsked ? 1 : 0);
    expect(kept(browser)).toEqual(isAsked ? [['paid', null, 'order_1']] : [DEPARTED]);
  });

  it.each<[name: string, options: Partial<CompleteOptions>, afterMs: number]>([
    ['a minute', {}, 60_000],
    ['recoverAfterMs', { recoverAfterMs: 5_000 }, 5_000],
    ["recoverAfterMs as text, from a tag's attribute", { recoverAfterMs: '90000' as never }, 90_000],
    ['recoverAfterMs of almost none', { recoverAfterMs: 1 }, 1],
  ])('is asked about after %s', async (_, options, afterMs) => {
    const early = cameHome(afterMs - 1, replyOf('paid'), { recover: true, ...options });
    await flush();
    expect(early.browser.posts).toEqual([]);
    await early.browser.advance(1);
    early.world.wake();
    await flush();
    expect(early.browser.posts).toHaveLength(1);
    const late = cameHome(afterMs, replyOf('paid'), { recover: true, ...options });
    await flush();
    expect(late.browser.posts).toHaveLength(1);
  });

  it('is asked about by the order alone', async () => {
    const { browser, world } = cameHome(60_000, replyOf('paid'));
    await flush();
    expect(browser.posts).toMatchObject([{ impUid: null, merchantUid: 'order_1' }]);
    expect(world.told('attempt')).toMatchObject([{ claim: { kind: 'unknown', impUid: null, merchantUid: 'order_1' } }]);
  });

  it.each<[status: string, more: object, isBanner: boolean]>([
    ['paid', { amount: 12000 }, true],
    ['ready', { vbank_num: '110-123' }, true],
    ['failed', {}, false],
    ['cancelled', {}, false],
    ['forged', {}, false],
  ])('%s is handed to the page; with "banner", it is shown to the customer: %j %s', async (status, more, isBanner) => {
    for (const recover of [true, 'banner'] as const) {
      const { browser, world } = cameHome(60_000, replyOf(status, more), { recover });
      await flush();
      const completion = { claim: { kind: 'unknown', impUid: null, merchantUid: 'order_1' }, verdict: { status } };
      expect(world.onRecovered.mock.calls).toMatchObject([[completion]]);
      expect(world.told('recovered')).toMatchObject([completion]);
      expect(world.told('verdict')).toHaveLength(1);
      expect(world.onPaid).toHaveBeenCalledTimes(status === 'paid' ? 1 : 0);
      expect(world.edges.openView).not.toHaveBeenCalled();
      expect(world.banners.map(({ state }) => state)).toEqual(isBanner && recover === 'banner' ? [status] : []);
      expect(kept(browser)).toEqual(status === 'paid' ? [['paid', null, 'order_1']] : []);
      for (let i = 0; i < 5; i++) {
        await browser.advance(3_600_000);
        world.wake();
      }
      expect(browser.posts).toHaveLength(1);
      expect(world.onRecovered).toHaveBeenCalledTimes(1);
    }
  });

  it.each(['failed', 'cancelled'])('and was told of as %s, and leaves again for the same order, is asked about again', async (status) => {
    const { browser, world } = cameHome(60_000, replyOf(status));
    await flush();
    expect(world.onRecovered).toHaveBeenCalledTimes(1);
    expect(kept(browser)).toEqual([]);
    void world.edges.keepEntry('departed', { merchantUid: 'order_1' });
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(59_999);
    world.wake();
    await flush();
    expect(browser.posts).toHaveLength(1);
    await browser.advance(1);
    world.wake();
    await flush();
    expect(browser.posts).toHaveLength(2);
    expect(world.onRecovered.mock.calls).toMatchObject([[{ verdict: { status } }], [{ verdict: { status: 'paid' } }]]);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
  });

  it('reads in the banner what is known and of which order, in the language of the page', async () => {
    const { world } = cameHome(60_000, replyOf('paid', { amount: 12000 }), { recover: 'banner' });
    await flush();
    const text = world.banners.map(textOf).join();
    for (const words of ['결제가 완료됐는지 확인했어요', '결제가 완료됐어요', 'order_1', '12,000']) expect(text).toContain(words);
  });
});

describe('where nothing is known yet', () => {
  const NOTHING: [name: string, reply: Reply][] = [
    ['"pending"', PENDING],
    ['"pending" at a pace', replyOf('pending', { poll_after_ms: 1000 })],
    ['an order that the server does not know', { httpStatus: 404, text: '' }],
    ['"ready" without an account', replyOf('ready')],
  ];
  const expectSilence = (world: World) => {
    for (const name of ['verdict', 'recovered', 'deferred', 'paid']) expect(world.told(name)).toEqual([]);
    expect(world.onRecovered).not.toHaveBeenCalled();
    expect(world.banners).toEqual([]);
    expect(world.edges.openView).not.toHaveBeenCalled();
  };

  it.each(NOTHING)('the order is kept, one try is made, and nobody is told anything: %s', async (_, reply) => {
    const { browser, world } = cameHome(60_000, reply, { recover: 'banner' });
    await browser.advance(3_600_000);
    expect(browser.posts).toHaveLength(1);
    expect(kept(browser)).toEqual([DEPARTED]);
    expectSilence(world);
  });

  it.each(NOTHING)('it is asked again at intervals that double, by whichever page: %s', async (_, reply) => {
    const { browser, world } = cameHome(0, reply);
    let page: World = world;
    for (let i = 0; i < 400; i++) {
      await browser.advance(5_000);
      if (i % 7 === 0) {
        page = page.reload();
        void page.start({ recover: true });
      } else page.wake();
    }
    await flush();
    // The departure was at 0. What is asked on occasion is asked within 5 s of the time.
    expect(browser.sentAtMs()).toEqual([60_000, 120_000, 240_000, 480_000, 960_000, 1_920_000]);
  });

  it.each<[name: string, reply: Reply]>([
    ['no answer', { httpStatus: 503 }],
    ['no connection', { httpStatus: 0, cause: new TypeError('Failed to fetch') }],
  ])('a server that is not reached is tried as at a landing, silently: %s', async (_, reply) => {
    const { browser, world } = cameHome(60_000, reply, { recover: 'banner' });
    await browser.advance(3_600_000);
    expect(browser.sentAtMs()).toEqual([0, 2, 6, 14, 30, 60, 150, 240, 330, 420, 510, 600].map((second) => second * 1000));
    expect(kept(browser)).toEqual([DEPARTED]);
    expectSilence(world);
    browser.server.mockReturnValue(replyOf('paid'));
    world.wake();
    await flush();
    expect(world.onRecovered).toHaveBeenCalledTimes(1);
  });

  it('a server that is not reached is not asked twice at a time, however often the customer comes back', async () => {
    const { browser, world } = cameHome(60_000, { httpStatus: 503 });
    await browser.advance(100_000);
    for (let i = 0; i < 3; i++) world.wake();
    await browser.advance(100_000);
    expect(browser.sentAtMs().slice(-3)).toEqual([60_000, 100_000, 190_000]);
  });

  it('a server that is reached at last is believed', async () => {
    const { browser, world } = cameHome(60_000, { httpStatus: 503 });
    await flush();
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(2_000);
    expect(world.onRecovered).toHaveBeenCalledTimes(1);
  });

  it('it is given up after 7 days without a word', async () => {
    const { browser, world } = cameHome(0, PENDING);
    for (let day = 0; day < 9; day++) {
      world.wake();
      await browser.advance(86_400_000);
    }
    expect(kept(browser)).toEqual([]);
    expect(world.errors()).toEqual([]);
  });
});

describe('who is asked about elsewhere', () => {
  it('by another page of the browser, is not asked about twice', async () => {
    const { browser, world } = cameHome(60_000, replyOf('paid'), { recover: 'banner' });
    const other = completeWorld(null, browser);
    void other.start({ recover: 'banner' });
    await browser.advance(600_000);
    expect(browser.posts).toHaveLength(1);
    expect([...world.onPaid.mock.calls, ...other.onPaid.mock.calls]).toHaveLength(1);
  });

  it('by their own landing, are not asked about by the order alone', async () => {
    const browser = createBrowser();
    browser.outbox = outboxOf(['departed', null, 'order_1', browser.nowMs() - 3_600_000, browser.nowMs() - 3_600_000]);
    const world = completeWorld(claimOf(), browser);
    void world.start({ recover: true });
    await flush();
    expect(browser.posts).toMatchObject([{ impUid: 'imp_1' }]);
    expect(kept(browser)).toEqual([['landed', 'imp_1', 'order_1']]);
  });

  it('and were cut off by leaving the page, are asked about when it is there again', async () => {
    const { browser, world } = cameHome(60_000, PENDING);
    browser.server.mockReset().mockReturnValueOnce(new Promise(() => {}));
    browser.server.mockReturnValue(replyOf('paid'));
    await flush();
    world.leave();
    world.cutOff();
    await flush();
    world.comeBack();
    await flush();
    expect(browser.posts).toHaveLength(2);
    expect(world.onRecovered).toHaveBeenCalledTimes(1);
  });

  it('one whose server never answers keeps nobody else', async () => {
    const { browser, world } = cameHome(60_000, PENDING);
    world.kill();
    browser.outbox = { ...outboxOf(['departed', null, 'order_0', browser.nowMs() - 70_000, browser.nowMs() - 70_000]), ...browser.outbox };
    browser.server
      .mockReset()
      .mockImplementation(({ merchantUid }) => (merchantUid === 'order_0' ? new Promise(() => {}) : replyOf('paid')));
    const page = completeWorld(null, browser);
    void page.start({ recover: true });
    await flush();
    expect(page.onRecovered).toHaveBeenCalledTimes(1);
  });
});
