// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/core/verdict.js';
import { completeWorld, createBrowser, defer, flush, kept, outboxOf, replyOf } from './helpers.js';

const BUSY: Reply = { httpStatus: 503, text: '' };
const REFUSED: Reply = { httpStatus: 403, text: 'Forbidden' };
const UNREACHABLE: Reply = { httpStatus: 0, cause: new TypeError('Failed to fetch') };
const HOUR_MS = 3_600_000;

/** A landing whose server gives these answers, the last of them for ever; `chance` is what every random number is. */
function landed(replies: readonly Reply[], chance = 1, options: Parameters<ReturnType<typeof completeWorld>['start']>[0] = {}) {
  const world = completeWorld();
  const { browser } = world;
  browser.chance = chance;
  for (const reply of replies) browser.server.mockReturnValueOnce(reply);
  browser.server.mockReturnValue(replies.at(-1) as Reply);
  return { world, browser, promise: world.start(options) };
}

describe('the pace', () => {
  it.each<[name: string, reply: Reply, chance: number, sentAtSeconds: number[]]>([
    ['refused connections, the longest waits', UNREACHABLE, 1, [0, 2, 6, 14, 30, 60, 150, 240, 330, 420, 510, 600]],
    ['refused connections, the shortest waits', UNREACHABLE, 0, [0, 0.5, 1, 1.5, 2, 2.5, 47.5, 92.5, 137.5, 182.5, 227.5, 272.5]],
    ['HTTP 503', BUSY, 1, [0, 2, 6, 14, 30, 60, 150, 240, 330, 420, 510, 600]],
    ['HTTP 429', { httpStatus: 429 }, 0.5, [0, 1, 3, 7, 15, 30, 97.5, 165, 232.5, 300, 367.5, 435]],
    ['"pending"', replyOf('pending'), 1, [0, 2, 6, 14, 30, 60, 150, 240, 330, 420, 510, 600]],
    ['a refusal is not asked again soon', REFUSED, 1, [0, 90, 180, 270, 360, 450, 540, 630, 720, 810, 900, 990]],
    ['a refusal, the shortest waits', REFUSED, 0, [0, 45, 90, 135, 180, 225, 270, 315, 360, 405, 450, 495]],
  ])('%s', async (_, reply, chance, seconds) => {
    const { world, browser, promise } = landed([reply], chance);
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual(seconds.map((second) => second * 1000));
    expect(world.told('attempt').map((detail) => (detail as { attempt: number }).attempt)).toEqual(seconds.map((_second, i) => i + 1));
    await expect(promise).resolves.toMatchObject({ verdict: null });
    expect(world.states().at(-1)).toBe('deferred');
    expect(world.told('deferred')).toHaveLength(1);
    expect(browser.crowd).toBe(1);
    expect(kept(browser)).toEqual([['landed', 'imp_1', 'order_1']]);
  });

  it('counts from the end of a try that took its time', async () => {
    const { browser } = landed([], 1);
    browser.server.mockImplementation(() => new Promise(() => {}));
    await browser.advance(40_000);
    expect(browser.sentAtMs()).toEqual([0, 12_000, 26_000]);
  });

  it('is not changed by a clock that is set', async () => {
    const { browser } = landed([BUSY]);
    for (const jumpMs of [-86_400_000, 2 * 86_400_000, -7 * 86_400_000]) {
      await browser.advance(1_500);
      browser.setWall(jumpMs);
    }
    await browser.advance(60_000);
    expect(browser.sentAtMs()).toEqual([0, 2_000, 6_000, 14_000, 30_000, 60_000]);
  });

  it.each<[name: string, options: object, sentAtMs: number[]]>([
    ['maxTries', { maxTries: 3 }, [0, 2_000, 6_000]],
    ['maxTries of one', { maxTries: 1 }, [0]],
    ['baseDelayMs', { baseDelayMs: 1000, maxTries: 4 }, [0, 1_000, 3_000, 7_000]],
    ['maxDelayMs', { maxDelayMs: 3000, maxTries: 8 }, [0, 2_000, 5_000, 8_000, 11_000, 14_000, 23_000, 32_000]],
    ["text, as a tag's attributes are", { baseDelayMs: '1000', maxDelayMs: '3000', maxTries: '4' }, [0, 1_000, 3_000, 6_000]],
  ])('is set by %s', async (_, options, sentAtMs) => {
    const { browser } = landed([BUSY], 1, options);
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual(sentAtMs);
  });

  it.each<[timeoutMs: unknown, sentAtMs: number[]]>([
    [3000, [0, 5_000, 12_000]],
    ['3000', [0, 5_000, 12_000]],
    [undefined, [0, 12_000, 26_000]],
  ])('a try ends after timeoutMs: %j', async (timeoutMs, sentAtMs) => {
    const { browser } = landed([], 1, { timeoutMs: timeoutMs as number });
    browser.server.mockImplementation(() => new Promise(() => {}));
    await browser.advance(26_000);
    expect(browser.sentAtMs().slice(0, 3)).toEqual(sentAtMs);
  });

  it('only the first try is with keepalive: its quota may be spent, or it may not work at all', async () => {
    const { browser } = landed([BUSY]);
    await browser.advance(30_000);
    expect(browser.posts.map(({ keepalive }) => keepalive)).toEqual([true, false, false, false, false]);
  });
});

describe('what ends', () => {
  it.each<[name: string, replies: Reply[], withinMs: number]>([
    ['a refused connection', [UNREACHABLE], 2_000],
    ['a reset connection', [{ httpStatus: 0, cause: new TypeError('NetworkError') }], 2_000],
    ['half an answer', [{ httpStatus: 0, cause: new TypeError('terminated') }], 2_000],
    ['a time-out', [{ httpStatus: 0, cause: new DOMException('', 'AbortError') }], 2_000],
    ['three of them', [UNREACHABLE, BUSY, { httpStatus: 429 }], 14_000],
    ['"pending"', [replyOf('pending')], 2_000],
    ['"ready" without an account', [replyOf('ready')], 2_000],
    ['a login page', [{ httpStatus: 200, text: '<!doctype html>' }], 90_000],
    ['a bare 404 during a deploy', [{ httpStatus: 404, text: '' }], 90_000],
    ['a bare 401', [{ httpStatus: 401, text: '' }], 90_000],
  ])('%s is followed by the verdict, shown and told once', async (_, replies, withinMs) => {
    const { world, browser } = landed([...replies, replyOf('paid')]);
    await browser.advance(withinMs - 1);
    expect(world.states()).not.toContain('paid');
    await browser.advance(1);
    expect(world.states().at(-1)).toBe('paid');
    await browser.advance(HOUR_MS);
    expect(world.states().filter((state) => state === 'paid')).toHaveLength(1);
    expect(browser.posts).toHaveLength(replies.length + 1);
    expect(world.told('verdict')).toHaveLength(1);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(kept(browser)).toEqual([['paid', null, 'order_1']]);
  });

  it('a request that hangs is given up, and what it answers too late changes nothing', async () => {
    const { world, browser, promise } = landed([], 1);
    const late = defer<Reply>();
    browser.server.mockReset().mockReturnValueOnce(late.promise).mockReturnValue(replyOf('paid'));
    await browser.advance(10_000);
    expect(world.states()).toEqual(['confirming', 'retrying']);
    await browser.advance(2_000);
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    late.resolve(replyOf('failed'));
    await browser.advance(HOUR_MS);
    expect(world.states()).toEqual(['confirming', 'retrying', 'paid']);
    expect(world.told('verdict')).toHaveLength(1);
  });

  it('errors are told when they change something, not at every try', async () => {
    const { world, browser } = landed([BUSY]);
    await browser.advance(599_999);
    expect(world.errors()).toEqual([['confirm_unreachable', 'network']]);
    await browser.advance(HOUR_MS);
    expect(world.errors()).toHaveLength(2);
    expect(world.states()).toEqual(['confirming', 'retrying', 'deferred']);
  });

  it('"pending" is none', async () => {
    const { world, browser } = landed([replyOf('pending')]);
    await browser.advance(HOUR_MS);
    expect(world.errors()).toEqual([]);
    expect(world.states()).toEqual(['confirming', 'retrying', 'deferred']);
  });

  it('a verdict after the visit has been given up is shown all the same', async () => {
    const { world, browser, promise } = landed([BUSY], 1, { maxTries: 2 });
    await browser.advance(60_000);
    await expect(promise).resolves.toMatchObject({ verdict: null });
    browser.server.mockReturnValue(replyOf('paid'));
    world.press();
    await flush();
    expect(world.states().at(-1)).toBe('paid');
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(world.landing.now?.reply).toEqual(replyOf('paid'));
  });
});

describe("the server's own pace", () => {
  const later = (retryAfter: string, httpStatus = 503): Reply => ({ httpStatus, retryAfter });
  const inSeconds = (seconds: number) => new Date(Date.UTC(2026, 10, 2) + seconds * 1000).toUTCString();

  it.each<[name: string, reply: Reply, fromMs: number, toMs: number]>([
    ['Retry-After: 2', later('2'), 2_000, 4_000],
    ['Retry-After: 30', later('30'), 30_000, 60_000],
    ['with 429', later('30', 429), 30_000, 60_000],
    ['a date', later(inSeconds(30)), 30_000, 60_000],
    ['an hour is too long', later('3600'), 120_000, 240_000],
    ['as long as can be', later('120'), 120_000, 240_000],
    ['a second more', later('121'), 120_000, 240_000],
    ['a date of another year', later(inSeconds(366 * 86_400)), 120_000, 240_000],
    ['for ever', later('Infinity'), 120_000, 240_000],
    ['0 is none', later('0'), 500, 2_000],
    ['a date in the past is none', later(inSeconds(-60)), 500, 2_000],
    ['what cannot be read is none', later('soon'), 500, 2_000],
    ['none', { httpStatus: 503, retryAfter: null }, 500, 2_000],
    ['poll_after_ms', replyOf('pending', { poll_after_ms: 3000 }), 3_000, 6_000],
    ['poll_after_ms of an hour', replyOf('pending', { poll_after_ms: HOUR_MS }), 120_000, 240_000],
    [
      'poll_after_ms of for ever',
      { httpStatus: 200, text: replyOf('pending', { poll_after_ms: 0 }).text?.replace(':0', ':1e999') ?? '' },
      120_000,
      240_000,
    ],
    ['poll_after_ms of 0, and Retry-After', { ...replyOf('pending', { poll_after_ms: 0 }), retryAfter: '10' }, 10_000, 20_000],
    ['poll_after_ms of 1', replyOf('pending', { poll_after_ms: 1 }), 500, 2_000],
    ['poll_after_ms of 1500', replyOf('pending', { poll_after_ms: 1500 }), 1_500, 3_000],
    ['poll_after_ms that is text', replyOf('pending', { poll_after_ms: 'soon' }), 500, 2_000],
    ['poll_after_ms of less than nothing', replyOf('pending', { poll_after_ms: -5 }), 500, 2_000],
    ['poll_after_ms before Retry-After', { ...replyOf('pending', { poll_after_ms: 3000 }), retryAfter: '60' }, 3_000, 6_000],
    ['"pending" with Retry-After', { ...replyOf('pending'), retryAfter: '10' }, 10_000, 20_000],
    ['with a refusal, where it is longer', later('100', 403), 100_000, 200_000],
    ['with a refusal, where it is shorter', later('1', 403), 45_000, 90_000],
  ])('%s', async (_, reply, fromMs, toMs) => {
    for (const [chance, waitMs] of [
      [0, fromMs],
      [1, toMs],
    ] as const) {
      const { browser } = landed([reply], chance);
      await browser.advance(waitMs - 1);
      expect(browser.sentAtMs()).toEqual([0]);
      await browser.advance(1);
      expect(browser.sentAtMs()).toEqual([0, waitMs]);
    }
  });

  it('is for its own answer only', async () => {
    const { browser } = landed([later('100'), BUSY, replyOf('paid')], 0);
    await browser.advance(100_500);
    expect(browser.sentAtMs()).toEqual([0, 100_000, 100_500]);
  });

  it.each<[name: string, reply: Reply]>([
    ['Retry-After', later('60')],
    ['Retry-After with a refusal', later('60', 403)],
    ['poll_after_ms', replyOf('pending', { poll_after_ms: 60_000 })],
  ])('holds whoever comes back, and the customer who taps: %s', async (_, reply) => {
    const { world, browser } = landed([reply]);
    await browser.advance(30_000);
    world.wake();
    world.leave();
    world.comeBack();
    await flush();
    world.press();
    await browser.advance(29_999);
    world.press();
    world.wake();
    await flush();
    expect(browser.sentAtMs()).toEqual([0]);
    // Our own wait is longer, and holds nobody who is there.
    await browser.advance(1);
    expect(browser.sentAtMs()).toEqual([0, 60_000]);
    await browser.advance(59_999);
    expect(browser.sentAtMs()).toEqual([0, 60_000]);
  });

  it.each<[name: string, reply: Reply, holdsMs: number]>([
    ['no pace', BUSY, 5_000],
    ['less than 5 s', later('2'), 5_000],
    ['5 s', later('5'), 5_000],
    ['more than 5 s', later('6'), 6_000],
    ['the most that is obeyed', later('120'), 120_000],
    ['an hour, of which two minutes are obeyed', later('3600'), 120_000],
    ['an hour, with "pending"', replyOf('pending', { poll_after_ms: HOUR_MS }), 120_000],
    ['a date in the past', later(inSeconds(-60)), 5_000],
    ['less than nothing', replyOf('pending', { poll_after_ms: -HOUR_MS }), 5_000],
    ['what cannot be read', later('soon'), 5_000],
    ['no pace, with a refusal: not by our own slow wait', REFUSED, 5_000],
    ['less than that, with a refusal', later('30', 403), 30_000],
  ])('or 5 s, whichever is longer, is how long a tap and a return are held: %s', async (_, reply, holdsMs) => {
    for (const come of ['press', 'wake'] as const) {
      const { world, browser } = landed([reply], 1, { maxTries: 1 });
      await browser.advance(1_000);
      for (let i = 0; i < 3; i++) world[come]();
      await browser.advance(holdsMs - 1_001);
      expect(browser.sentAtMs()).toEqual([0]);
      await browser.advance(1);
      expect(browser.sentAtMs()).toEqual([0, holdsMs]);
    }
  });

  it('whatever stands there, the next try comes within half a second and four minutes', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[\d., :GMTSun+-]{0,40}$/),
      fc.stringMatching(/^\d{1,400}$/),
      fc.constantFrom('Infinity', '-Infinity', '1e400', '-1e400'),
    );
    const numbers = fc.oneof(fc.double().map(String), fc.constantFrom('1e400', '-1e400', '"Infinity"', '[]', '{}', '[[60000]]', 'true'));
    const paces = fc.oneof(
      texts.map((retryAfter): Reply => ({ httpStatus: 503, retryAfter })),
      fc
        .tuple(
          fc.oneof(
            numbers.filter((text) => !/NaN|^-?Inf/.test(text)),
            fc.json(),
          ),
          texts,
        )
        .map(
          ([json, retryAfter]): Reply => ({
            httpStatus: 200,
            text: `{"status":"pending","imp_uid":"imp_1","merchant_uid":"order_1","poll_after_ms":${json}}`,
            retryAfter,
          }),
        ),
    );
    await fc.assert(
      fc.asyncProperty(paces, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (reply, chance) => {
        const { browser } = landed([reply], chance);
        await browser.advance(499);
        expect(browser.posts).toHaveLength(1);
        await browser.advance(240_000 - 499);
        expect(browser.posts.length).toBeGreaterThan(1);
      }),
      { numRuns: 300 },
    );
  });

  it('holds a tap where the tries are spent, too: it is seen at once, and asked when it may be, once', async () => {
    const { world, browser } = landed([later('60')], 0, { maxTries: 1 });
    await browser.advance(20_000);
    expect(world.states()).toEqual(['confirming', 'deferred']);
    for (let i = 0; i < 3; i++) {
      world.press();
      expect(world.states().at(-1)).toBe('retrying');
      await browser.advance(10_000);
    }
    await browser.advance(9_999);
    expect(browser.sentAtMs()).toEqual([0]);
    await browser.advance(1);
    expect(browser.sentAtMs()).toEqual([0, 60_000]);
    expect(world.states().at(-1)).toBe('deferred');
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual([0, 60_000]);
  });

  it('of an answer that another has followed holds nobody', async () => {
    const { world, browser } = landed([later('60'), BUSY], 0, { maxTries: 2 });
    await browser.advance(60_000);
    world.press();
    await browser.advance(4_999);
    expect(browser.sentAtMs()).toEqual([0, 60_000]);
    await browser.advance(1);
    expect(browser.sentAtMs()).toEqual([0, 60_000, 65_000]);
  });

  it('ends with the tries', async () => {
    const { world, browser } = landed([later('60')], 0, { maxTries: 2 });
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual([0, 60_000]);
    world.wake();
    await flush();
    expect(browser.posts).toHaveLength(3);
  });
});

describe('"check again"', () => {
  it('asks at once where nobody has asked for 5 s, and that is seen at once', async () => {
    const { world, browser } = landed([BUSY], 1, { maxTries: 6 });
    await browser.advance(40_000);
    expect(browser.sentAtMs().at(-1)).toBe(30_000);
    world.press();
    await flush();
    expect(browser.sentAtMs().at(-1)).toBe(40_000);
    expect(world.states().at(-1)).toBe('deferred');
    await browser.advance(10_000);
    world.press();
    expect(world.states().at(-1)).toBe('retrying');
    await flush();
    expect(browser.sentAtMs().at(-1)).toBe(50_000);
  });

  it('pressed ten times, asks once every 5 s', async () => {
    const { world, browser } = landed([REFUSED]);
    await browser.advance(1_000);
    for (let i = 0; i < 10; i++) {
      world.press();
      await browser.advance(1_000);
    }
    expect(browser.sentAtMs()).toEqual([0, 5_000, 10_000]);
  });

  it('never makes two requests at a time', async () => {
    const { world, browser } = landed([BUSY]);
    await flush();
    browser.server.mockImplementation(() => new Promise(() => {}));
    await browser.advance(5_000);
    expect(browser.inFlight.get('order_1')).toBe(1);
    world.press();
    await browser.advance(4_000);
    expect(browser.crowd).toBe(1);
    expect(browser.posts).toHaveLength(2);
  });

  it('is there when the tries are spent, for one more each time', async () => {
    const { world, browser } = landed([BUSY], 1, { maxTries: 2 });
    await browser.advance(HOUR_MS);
    for (const count of [3, 4]) {
      world.press();
      await browser.advance(HOUR_MS);
      expect(browser.posts).toHaveLength(count);
      expect(world.states().slice(-2)).toEqual(['retrying', 'deferred']);
    }
  });
});

describe('who is offline', () => {
  const offline = (options = {}) => {
    const page = landed([UNREACHABLE], 1, options);
    page.browser.isOnline = false;
    return page;
  };

  it('spends no try, and waits long', async () => {
    const { world, browser } = offline({ maxTries: 2 });
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs().slice(0, 4)).toEqual([0, 90_000, 180_000, 270_000]);
    expect(world.states()).toEqual(['confirming', 'retrying']);
    browser.isOnline = true;
    await browser.advance(90_000 + 2_000);
    expect(world.states().at(-1)).toBe('deferred');
  });

  it('is asked for as soon as the network is there', async () => {
    const { world, browser, promise } = offline();
    await browser.advance(5_000);
    browser.isOnline = true;
    browser.server.mockReturnValue(replyOf('paid'));
    world.wake();
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(browser.sentAtMs()).toEqual([0, 5_000]);
  });

  it('is asked for by the timer, where the browser says nothing', async () => {
    const { browser, promise } = offline();
    await browser.advance(5_000);
    browser.isOnline = true;
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(85_000);
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
  });

  it('is believed where the browser is wrong: an answer is one', async () => {
    const { world, browser } = offline();
    browser.server.mockReset().mockReturnValue(BUSY);
    await browser.advance(3_000);
    expect(browser.sentAtMs()).toEqual([0, 2_000]);
    await browser.advance(HOUR_MS);
    expect(browser.posts).toHaveLength(12);
    expect(world.states().at(-1)).toBe('deferred');
  });
});

describe('who comes back to the page', () => {
  it('asks, but not within 5 s of the last try, however many signs there are', async () => {
    const { world, browser } = landed([BUSY]);
    await browser.advance(61_000);
    for (let i = 0; i < 5; i++) world.wake();
    await browser.advance(3_999);
    expect(browser.sentAtMs().at(-1)).toBe(60_000);
    await browser.advance(1);
    expect(browser.sentAtMs().at(-1)).toBe(65_000);
    for (let i = 0; i < 5; i++) world.wake();
    await browser.advance(4_999);
    expect(browser.posts).toHaveLength(7);
  });

  it('leaves no timers behind', async () => {
    const { world, browser } = landed([BUSY]);
    await browser.advance(61_000);
    const waiting = browser.waiting();
    for (let i = 0; i < 5; i++) world.wake();
    await flush();
    expect(browser.waiting()).toBe(waiting);
  });

  it('never makes the next try later than it was', async () => {
    const { world, browser } = landed([BUSY]);
    await browser.advance(1_000);
    world.wake();
    await browser.advance(1_000);
    expect(browser.sentAtMs()).toEqual([0, 2_000]);
  });

  it('asks when the tries are spent, once each time', async () => {
    const { world, browser } = landed([BUSY], 1, { maxTries: 1 });
    await browser.advance(HOUR_MS);
    world.wake();
    await browser.advance(HOUR_MS);
    expect(browser.posts).toHaveLength(2);
    expect(world.states()).toEqual(['confirming', 'deferred']);
  });

  it.each(['paid', 'cancelled', 'forged'])('asks nothing where the last word is said: "%s"', async (status) => {
    const { world, browser } = landed([replyOf(status)]);
    await browser.advance(60_000);
    world.wake();
    world.leave();
    world.comeBack();
    await browser.advance(HOUR_MS);
    expect(browser.posts).toHaveLength(1);
  });

  // An account may be paid into, and a failed order may be approved late.
  it('asks again where "failed" was said, once each time, and never within 5 s', async () => {
    const { world, browser } = landed([replyOf('failed')]);
    await browser.advance(2_000);
    for (let i = 0; i < 5; i++) world.wake();
    await browser.advance(2_999);
    expect(browser.sentAtMs()).toEqual([0]);
    await browser.advance(1);
    expect(browser.sentAtMs()).toEqual([0, 5_000]);
    await browser.advance(HOUR_MS - 5_000);
    expect(browser.posts).toHaveLength(2);
    world.leave();
    world.comeBack();
    await flush();
    expect(browser.sentAtMs()).toEqual([0, 5_000, HOUR_MS]);
    // Nothing else is said, and so nothing is told.
    expect(world.states()).toEqual(['confirming', 'failed']);
    expect(world.told('verdict')).toHaveLength(1);
    expect(world.errors()).toEqual([]);
    expect(kept(browser)).toEqual([]);
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(5_000);
    world.wake();
    await flush();
    expect(world.states().at(-1)).toBe('paid');
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    await browser.advance(5_000);
    world.wake();
    await browser.advance(HOUR_MS);
    expect(browser.posts).toHaveLength(4);
  });

  it('is not told where the server cannot be asked then: "failed" stays, and it is asked until there is an answer', async () => {
    const reply = replyOf('failed');
    const { world, browser } = landed([reply, BUSY, BUSY, replyOf('pending'), reply]);
    await browser.advance(60_000);
    world.wake();
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual([0, 60_000, 64_000, 72_000, 88_000]);
    expect(world.states()).toEqual(['confirming', 'failed']);
    expect(world.errors()).toEqual([]);
    expect(world.told('deferred')).toEqual([]);
  });
});

describe('a virtual account on the screen', () => {
  const READY = replyOf('ready', { vbank_num: '1' });

  it('is asked about every 30 s while it is looked at, and turns into "paid" when the server says so', async () => {
    const { world, browser } = landed([READY]);
    await browser.advance(95_000);
    expect(browser.sentAtMs()).toEqual([0, 30_000, 60_000, 90_000]);
    expect(new Set(world.states().slice(1))).toEqual(new Set(['ready']));
    expect(world.told('verdict')).toHaveLength(1);
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual([0, 30_000, 60_000, 90_000, 120_000]);
    expect(world.states().at(-1)).toBe('paid');
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(world.told('verdict')).toHaveLength(2);
  });

  it('is painted again each time, for its countdown', async () => {
    const { world, browser } = landed([READY]);
    await browser.advance(65_000);
    expect(world.states()).toEqual(['confirming', 'ready', 'ready', 'ready']);
  });

  it('is not asked about out of sight, and at once when it is looked at again', async () => {
    const { world, browser } = landed([READY]);
    await browser.advance(10_000);
    world.hide();
    await browser.advance(HOUR_MS);
    expect(browser.sentAtMs()).toEqual([0]);
    world.hide(false);
    world.wake();
    await browser.advance(31_000);
    expect(browser.sentAtMs()).toEqual([0, HOUR_MS + 10_000, HOUR_MS + 40_000]);
  });

  it('is asked about no faster than the server wants, but may be slower', async () => {
    const { browser } = landed([replyOf('ready', { vbank_num: '1', poll_after_ms: 1_000 }), { ...READY, retryAfter: '120' }]);
    await browser.advance(200_000);
    expect(browser.sentAtMs()).toEqual([0, 30_000, 150_000]);
  });

  it('stays where the server cannot be asked, without a word, and is asked about sooner', async () => {
    const { world, browser } = landed([READY, BUSY, { httpStatus: 0 }, READY]);
    await browser.advance(70_000);
    expect(browser.sentAtMs()).toEqual([0, 30_000, 34_000, 42_000]);
    expect(new Set(world.states().slice(1))).toEqual(new Set(['ready']));
    expect(world.errors()).toEqual([]);
  });

  it('of an order that is drained in the background is asked about once', async () => {
    const browser = createBrowser();
    browser.outbox = outboxOf(['landed', 'imp_1', 'order_1', browser.nowMs(), browser.nowMs()]);
    const world = completeWorld(null, browser);
    browser.server.mockReturnValue(READY);
    await world.start();
    await browser.advance(HOUR_MS);
    expect(browser.posts).toHaveLength(1);
    expect(world.painted).toEqual([]);
  });
});

describe('leaving the page', () => {
  it('is no failure: what is cut off by it is not shown, not told, not counted, and asked again at once on return', async () => {
    const { world, browser } = landed([], 1, { maxTries: 3 });
    browser.server
      .mockReset()
      .mockReturnValueOnce(BUSY)
      .mockReturnValueOnce(new Promise(() => {}))
      .mockReturnValue(BUSY);
    await browser.advance(2_500);
    world.leave();
    world.cutOff();
    await browser.advance(500);
    expect(world.states()).toEqual(['confirming', 'retrying']);
    expect(world.errors()).toHaveLength(1);
    expect(kept(browser)).toEqual([['landed', 'imp_1', 'order_1']]);
    world.comeBack();
    await flush();
    expect(browser.sentAtMs()).toEqual([0, 2_000, 3_000]);
    expect(world.states()).toEqual(['confirming', 'retrying']);
    await browser.advance(HOUR_MS);
    expect(browser.posts).toHaveLength(4);
    expect(world.states()).toEqual(['confirming', 'retrying', 'deferred']);
  });

  it('and coming back within a second asks at once too', async () => {
    const { world, browser } = landed([], 1);
    browser.server.mockReset().mockReturnValueOnce(new Promise(() => {}));
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(100);
    world.leave();
    world.cutOff();
    await browser.advance(100);
    world.comeBack();
    await flush();
    expect(browser.sentAtMs()).toEqual([0, 200]);
    expect(world.states()).toEqual(['confirming', 'paid']);
  });

  it('where the page hears of it only when it is back, is followed by another try within seconds', async () => {
    const { world, browser } = landed([], 1);
    browser.server.mockReset().mockReturnValueOnce(new Promise(() => {}));
    browser.server.mockReturnValue(replyOf('paid'));
    await browser.advance(100);
    world.leave();
    world.comeBack();
    world.cutOff();
    await browser.advance(2_000);
    expect(world.states().at(-1)).toBe('paid');
  });

  it('does not undo a request that goes on: its answer counts, during the absence or after', async () => {
    for (const back of [false, true]) {
      const { world, browser, promise } = landed([], 1);
      const answer = defer<Reply>();
      browser.server.mockReset().mockReturnValue(answer.promise);
      await browser.advance(100);
      world.leave();
      if (back) world.comeBack();
      answer.resolve(replyOf('paid'));
      await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
      expect(browser.posts).toHaveLength(1);
    }
  });

  it('between two tries changes nothing but the moment of the next', async () => {
    const { world, browser } = landed([BUSY]);
    await browser.advance(70_000);
    world.leave();
    await browser.advance(1_000);
    world.comeBack();
    await flush();
    expect(browser.sentAtMs().at(-1)).toBe(71_000);
  });
});
