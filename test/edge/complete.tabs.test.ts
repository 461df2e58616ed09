// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/core/outbox.js';
import type { Reply } from '../../src/core/verdict.js';
import type { Message } from '../../src/edge/tabs.js';
import { claimOf, completeWorld, createBrowser, defer, flush, IDS, kept, replyOf, type World } from './helpers.js';

const BUSY: Reply = { httpStatus: 503, text: '' };

/** So many pages of one browser at the same landing. */
function tabs(count: number, prepare: (world: World) => void = () => {}) {
  const browser = createBrowser();
  const worlds = Array.from({ length: count }, () => completeWorld(claimOf(), browser));
  for (const world of worlds) prepare(world);
  return { browser, worlds, start: () => worlds.map((world) => world.start()) };
}
const states = (worlds: readonly World[]) => worlds.map((world) => world.states().at(-1));
const paidSignals = (worlds: readonly World[]) => worlds.flatMap((world) => world.onPaid.mock.calls);
/** No lock: each just asks. */
const withoutLocks = (world: World) => {
  world.edges.exclusively.mockImplementation(async (_name, work) => {
    await work();
  });
};
const withoutChannel = (world: World) => {
  world.edges.tellTabs.mockImplementation(() => {});
};

describe('five tabs at one landing', () => {
  it('make one request, and all of them show its answer; one tells that it was paid', async () => {
    const { browser, worlds, start } = tabs(5);
    const answer = defer<Reply>();
    browser.server.mockReturnValue(answer.promise);
    const promises = start();
    await browser.advance(5_000);
    expect(browser.posts).toHaveLength(1);
    answer.resolve(replyOf('paid'));
    for (const promise of promises) await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    await browser.advance(600_000);
    expect(browser.posts).toHaveLength(1);
    expect(states(worlds)).toEqual(Array(5).fill('paid'));
    expect(paidSignals(worlds)).toHaveLength(1);
    for (const world of worlds) expect(world.landing.now?.reply).toMatchObject(replyOf('paid'));
    expect(kept(browser)).toEqual([['paid', null, 'order_1']]);
  });

  it('share the tries: a server that is down is asked as if there were one', async () => {
    const { browser, worlds, start } = tabs(5);
    browser.server.mockReturnValue(BUSY);
    start();
    await browser.advance(3_600_000);
    expect(browser.posts).toHaveLength(12);
    expect(browser.crowd).toBe(1);
    expect(states(worlds)).toEqual(Array(5).fill('deferred'));
  });

  it("share the server's pace, each with its own spread", async () => {
    const { browser, worlds, start } = tabs(3);
    worlds.forEach((world, i) => {
      world.edges.random = () => i / 2;
    });
    browser.server.mockReturnValueOnce({ httpStatus: 503, retryAfter: '10' }).mockReturnValue(replyOf('paid'));
    start();
    await browser.advance(60_000);
    expect(browser.sentAtMs()).toEqual([0, 10_000]);
    expect(states(worlds)).toEqual(['paid', 'paid', 'paid']);
  });

  it('are looked at one after the other: the server is asked no more than once in 5 s', async () => {
    const { browser, worlds, start } = tabs(5);
    browser.server.mockReturnValue(BUSY);
    start();
    await browser.advance(61_000);
    for (const world of worlds) {
      world.wake();
      await browser.advance(1_000);
    }
    const sentAtMs = browser.sentAtMs().filter((atMs) => atMs >= 60_000);
    for (let i = 1; i < sentAtMs.length; i++) expect((sentAtMs[i] as number) - (sentAtMs[i - 1] as number)).toBeGreaterThanOrEqual(5_000);
    expect(sentAtMs.length).toBeGreaterThan(1);
  });

  it.each<[name: string, prepare: (world: World) => void, mostAtOnce: number]>([
    ['without a channel ask one after the other', withoutChannel, 1],
    ['without locks may ask at the same time', withoutLocks, 5],
    [
      'without either are right all the same',
      (world) => {
        withoutLocks(world);
        withoutChannel(world);
      },
      5,
    ],
  ])('%s; one tells that it was paid', async (_, prepare, mostAtOnce) => {
    const { browser, worlds, start } = tabs(5, prepare);
    browser.server.mockReturnValue(replyOf('paid'));
    const promises = start();
    await browser.advance(60_000);
    for (const promise of promises) await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(browser.crowd).toBe(mostAtOnce);
    expect(browser.posts.length).toBeLessThanOrEqual(5);
    expect(paidSignals(worlds)).toHaveLength(1);
    for (const world of worlds) expect(new Set(world.states())).toEqual(new Set(['confirming', 'paid']));
  });

  it('with nothing to share make no more noise than each by itself', async () => {
    const { browser, worlds, start } = tabs(2, (world) => {
      withoutLocks(world);
      withoutChannel(world);
    });
    browser.server.mockReturnValue(BUSY);
    start();
    await browser.advance(3_600_000);
    expect(browser.posts).toHaveLength(24);
    expect(states(worlds)).toEqual(['deferred', 'deferred']);
  });
});

describe('a tab that asks', () => {
  it.each<[name: string, end: (world: World) => void]>([
    ['dies', (world) => world.kill()],
    ['is left', (world) => world.leave()],
  ])('and %s in the middle is followed by another one at once, and none is stuck', async (_, end) => {
    const { browser, worlds, start } = tabs(3);
    browser.server.mockReturnValueOnce(new Promise(() => {})).mockReturnValue(replyOf('paid'));
    start();
    await browser.advance(3_000);
    expect(browser.posts).toHaveLength(1);
    end(worlds[0] as World);
    await flush();
    expect(browser.sentAtMs()).toEqual([0, 3_000]);
    expect(states(worlds.slice(1))).toEqual(['paid', 'paid']);
    expect(paidSignals(worlds)).toHaveLength(1);
  });

  it('and is put into the back/forward cache shows on return what the others were told', async () => {
    const { browser, worlds, start } = tabs(2);
    const [first, other] = worlds as [World, World];
    browser.server.mockReturnValueOnce(new Promise(() => {})).mockReturnValue(replyOf('paid'));
    start();
    await browser.advance(1_000);
    first.leave();
    first.cutOff();
    await browser.advance(1_000);
    expect(other.states().at(-1)).toBe('paid');
    first.comeBack();
    await browser.advance(1_000);
    expect(first.states().at(-1)).toBe('paid');
  });

  it('that dies while it waits for its turn is in nobody’s way', async () => {
    const { browser, worlds, start } = tabs(3);
    const answer = defer<Reply>();
    browser.server.mockReturnValueOnce(answer.promise).mockReturnValue(replyOf('paid'));
    start();
    await browser.advance(1_000);
    worlds[1]?.kill();
    worlds[0]?.kill();
    await flush();
    expect(worlds[2]?.states().at(-1)).toBe('paid');
  });

  it('and gets no answer leaves no other tab without words for more than 15 s, where they cannot be told', async () => {
    const { browser, worlds, start } = tabs(3, withoutChannel);
    start();
    await browser.advance(15_000);
    expect(browser.crowd).toBe(1);
    expect(states(worlds)).toEqual(['retrying', 'retrying', 'retrying']);
  });

  it('every time, and dies every time, leaves the last one to settle it', async () => {
    const { browser, worlds, start } = tabs(5);
    start();
    for (const world of worlds.slice(0, 4)) {
      await browser.advance(500);
      world.kill();
    }
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(60_000);
    expect(worlds[4]?.states().at(-1)).toBe('paid');
    expect(browser.crowd).toBe(1);
  });
});

describe('what another tab was answered', () => {
  /** A tab that was settled as given, when a later one has asked and was told something else. */
  async function heard(was: string, now: string) {
    const browser = createBrowser();
    const more = { vbank_num: '1' };
    browser.server.mockReturnValueOnce(replyOf(was, more));
    const first = completeWorld(claimOf(), browser);
    await first.start();
    browser.server.mockReturnValueOnce(replyOf(now, more));
    void completeWorld(claimOf(), browser).start();
    await flush();
    return first;
  }

  it.each<[was: string, now: string]>([
    ['failed', 'paid'],
    ['ready', 'paid'],
    ['ready', 'failed'],
    ['failed', 'ready'],
    ['paid', 'cancelled'],
    ['failed', 'cancelled'],
  ])('%s gives way to %s, on the screen and in what a reload shows', async (was, now) => {
    const first = await heard(was, now);
    expect(first.states()).toEqual(['confirming', was, now]);
    expect(first.reload().landing.now?.reply).toMatchObject(replyOf(now, { vbank_num: '1' }));
  });

  it.each(['ready', 'failed', 'paid', 'cancelled'])('%s changes nothing where it is said again', async (status) => {
    const first = await heard(status, status);
    expect(new Set(first.states())).toEqual(new Set(['confirming', status]));
    expect(first.told('verdict')).toHaveLength(1);
    expect(first.edges.settle).toHaveBeenCalledTimes(1);
    expect(first.told('paid')).toHaveLength(status === 'paid' ? 1 : 0);
  });

  it.each<[was: string, now: string]>([
    ['paid', 'failed'],
    ['paid', 'ready'],
    ['paid', 'forged'],
    ['paid', 'pending'],
    ['cancelled', 'paid'],
    ['cancelled', 'failed'],
  ])('%s does not give way to %s, which was overtaken on its way', async (was, now) => {
    const first = await heard(was, now);
    expect(first.states()).toEqual(['confirming', was]);
    expect(first.reload().landing.now?.reply).toEqual(replyOf(was, { vbank_num: '1' }));
  });

  it('is believed for the very ids that were asked for, and no others', async () => {
    const browser = createBrowser();
    browser.server.mockReturnValue(new Promise(() => {}));
    const world = completeWorld(claimOf(), browser);
    void world.start();
    await flush();
    const [tab] = browser.tabs;
    const own = keyOf('landed', IDS);
    for (const [key, reply] of [
      [own, replyOf('paid', { imp_uid: 'imp_2' })],
      [own, replyOf('paid', { merchant_uid: 'order_2' })],
      [own, { httpStatus: 200, text: '{"status":"paid"}' }],
      [own, replyOf('paid', {}, 503)],
      [keyOf('landed', { impUid: 'imp_2', merchantUid: 'order_2' }), replyOf('paid', { imp_uid: 'imp_2', merchant_uid: 'order_2' })],
      ['__proto__', replyOf('paid')],
      [7, replyOf('paid')],
    ] as Message[])
      tab?.hear([key, reply]);
    await flush();
    expect(world.states()).not.toContain('paid');
    expect(world.told('verdict')).toEqual([]);
  });

  it('another payment of the same order waits for its turn, and asks for itself', async () => {
    const browser = createBrowser();
    browser.server.mockImplementation(({ impUid }) => replyOf(impUid === 'imp_2' ? 'failed' : 'paid', { imp_uid: impUid }));
    const worlds = [completeWorld(claimOf(), browser), completeWorld(claimOf({ impUid: 'imp_2' }), browser)];
    for (const world of worlds) void world.start();
    await browser.advance(60_000);
    expect(states(worlds)).toEqual(['paid', 'failed']);
    expect(browser.crowd).toBe(1);
    expect(browser.posts).toHaveLength(2);
  });

  it('reaches a page that is no landing, and asks about the same payment', async () => {
    const browser = createBrowser();
    const answer = defer<Reply>();
    browser.server.mockReturnValue(answer.promise);
    const landing = completeWorld(claimOf(), browser);
    void landing.start();
    await flush();
    const shop = completeWorld(null, browser);
    await shop.start();
    await flush();
    answer.resolve(replyOf('paid'));
    await browser.advance(60_000);
    expect(browser.posts).toHaveLength(1);
    expect(shop.told('verdict')).toHaveLength(1);
    expect(shop.edges.openView).not.toHaveBeenCalled();
    expect(paidSignals([landing, shop])).toHaveLength(1);
  });
});
