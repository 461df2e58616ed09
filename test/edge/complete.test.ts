// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ClaimKind } from '../../src/core/claim.js';
import type { CompleteOptions } from '../../src/core/options.js';
import type { Reply } from '../../src/core/verdict.js';
import type { Landed } from '../../src/edge/landing.js';
import { CONFIRM, claimOf, completeWorld, defer, entriesOf, flush, IDS, kept, replyOf } from './helpers.js';

const CALM = '다시 결제하지 마세요.';
const AGAIN = '다시 확인하기';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a page that is no landing', () => {
  it('gives null, shows nothing and asks nothing', async () => {
    const world = completeWorld(null);
    await expect(world.start()).resolves.toBeNull();
    await expect(world.start()).resolves.toBeNull();
    await world.browser.advance(600_000);
    expect(
      world.log.filter((name) => !/^(currentLanding|resolveUrl|openStorage|hearTabs|onReturn|whenParsed|readEntries)$/.test(name)),
    ).toEqual([]);
    expect(world.errors()).toEqual([]);
  });

  it('may become a landing later, in a single-page shop', async () => {
    const world = completeWorld(null);
    await expect(world.start()).resolves.toBeNull();
    world.landing.now = { claim: claimOf() };
    world.browser.server.mockReturnValue(replyOf('paid'));
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
  });
});

describe('invalid options', () => {
  it.each<[why: string, options: unknown]>([
    ['no options', undefined],
    ['no confirm URL', {}],
    ['a script as confirm URL', { confirmUrl: 'javascript:alert(1)' }],
    ['a relative confirm URL on another origin', { confirmUrl: '//evil.example/c' }],
    ['a typo', { confirmUrl: '/payments/complete', results: '#result' }],
    ['a negative wait', { confirmUrl: '/payments/complete', baseDelayMs: -1 }],
    ['an unknown word', { confirmUrl: '/payments/complete', recover: 'baner' }],
  ])('%s: the promise rejects, and nothing is painted, kept or asked', async (_, options) => {
    for (const world of [completeWorld(), completeWorld(null)]) {
      const promise = world.complete(options as CompleteOptions);
      expect(promise).toBeInstanceOf(Promise);
      await expect(promise).rejects.toMatchObject({ code: 'invalid_option', actor: 'merchant' });
      await world.browser.advance(60_000);
      expect(world.log.filter((name) => !/^(currentLanding|resolveUrl)$/.test(name))).toEqual([]);
    }
  });

  it('do not stand in the way of a call with valid ones', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(replyOf('paid'));
    await expect(world.complete({ confirmUrl: 'javascript:alert(1)' })).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
  });

  it('leave the exchange alone that is open: who called before is answered', async () => {
    const world = completeWorld();
    const answer = defer<Reply>();
    world.browser.server.mockReturnValue(answer.promise);
    const before = world.start();
    await expect(world.start({ confirmUrl: 'javascript:alert(1)' })).rejects.toMatchObject({ code: 'invalid_option' });
    const after = world.start();
    answer.resolve(replyOf('paid'));
    // Whether each is answered: a promise that is not would hang here.
    const answered = vi.fn();
    void before.then(answered);
    void after.then(answered);
    await world.browser.advance(60_000);
    expect(answered.mock.calls.map(([completion]) => completion.verdict.status)).toEqual(['paid', 'paid']);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
  });
});

describe('one promise per landing', () => {
  it('concurrent calls share it, the view and the request', async () => {
    const world = completeWorld();
    const answer = defer<Reply>();
    world.browser.server.mockReturnValue(answer.promise);
    const first = world.start();
    expect(world.start({ result: '#other' })).toBe(first);
    answer.resolve(replyOf('paid'));
    await expect(first).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.start()).toBe(first);
    await world.browser.advance(60_000);
    expect(world.edges.openView).toHaveBeenCalledTimes(1);
    expect(world.browser.posts).toHaveLength(1);
    expect(world.told('landing')).toHaveLength(1);
  });

  it('a call on a page that was rendered anew puts the card back, and a call elsewhere does not', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(replyOf('paid'));
    await world.start();
    expect(world.edges.remountView).not.toHaveBeenCalled();
    await world.start();
    expect(world.edges.remountView).toHaveBeenCalledTimes(1);
    world.edges.currentLanding.mockReturnValue(null);
    await world.start();
    expect(world.edges.remountView).toHaveBeenCalledTimes(1);
  });

  it('a later call tells its own onPhase where the landing stands: a component may be made twice', async () => {
    const world = completeWorld();
    const [first, second] = [vi.fn(), vi.fn()];
    void world.start({ onPhase: first });
    await flush();
    void world.start({ onPhase: second });
    await flush();
    expect(second.mock.calls.map(([{ name }]) => name)).toEqual(['confirming']);
    expect(first).toHaveBeenCalledTimes(1);
    expect(world.browser.posts).toHaveLength(1);
  });

  it('a later call asks at once where the next try is far off, as a tap does', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValue({ httpStatus: 404, text: '' });
    void world.start();
    await world.browser.advance(10_000);
    expect(world.browser.sentAtMs()).toEqual([0]);
    void world.start();
    await flush();
    expect(world.browser.sentAtMs()).toEqual([0, 10_000]);
  });

  it('a later call adds to the options of an earlier one: a page says by script what its tag cannot', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValue({ httpStatus: 503, text: '' });
    const onError = vi.fn();
    const promise = world.complete({ confirmUrl: '/c', maxTries: 1 });
    void world.complete({ onError } as unknown as CompleteOptions);
    await promise;
    await world.browser.advance(600_000);
    expect(world.browser.posts).toHaveLength(1);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('once it has ended without a verdict, a call asks again as soon as it may be, and may get one', async () => {
    const world = completeWorld();
    const { browser } = world;
    browser.chance = 0;
    browser.server
      .mockReturnValueOnce({ httpStatus: 404, text: '' })
      .mockReturnValueOnce({ httpStatus: 404, text: '', retryAfter: '100' })
      .mockReturnValueOnce(replyOf('paid'));
    const first = world.start();
    await expect(first).resolves.toMatchObject({ verdict: null });
    const second = world.start();
    expect(second).not.toBe(first);
    // Not in a loop, whoever calls: never within 5 s of the last try.
    await browser.advance(4_999);
    expect(browser.posts).toHaveLength(1);
    await browser.advance(1);
    await expect(second).resolves.toMatchObject({ verdict: null });
    // Nor before the server wants to be asked.
    const third = world.start();
    await browser.advance(99_999);
    expect(browser.posts).toHaveLength(2);
    await browser.advance(1);
    await expect(third).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.start()).toBe(third);
    expect(browser.posts).toHaveLength(3);
  });
});

describe('a call for a landing that was left without a verdict', () => {
  it('has words within 10 s, where the server wants to be asked later', async () => {
    const world = completeWorld();
    const { browser } = world;
    browser.chance = 0;
    browser.server.mockReturnValueOnce({ httpStatus: 404, text: '', retryAfter: '100' }).mockReturnValue(replyOf('paid'));
    await world.start();
    await browser.advance(30_000);
    expect(world.states()).toEqual(['confirming', 'deferred']);
    const promise = world.start();
    expect(world.states().at(-1)).toBe('confirming');
    await browser.advance(9_999);
    expect(world.states().at(-1)).toBe('confirming');
    await browser.advance(1);
    expect(world.states().at(-1)).toBe('retrying');
    for (const words of [CALM, 'order_1', AGAIN]) expect(world.texts().at(-1)).toContain(words);
    await browser.advance(60_000);
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(browser.sentAtMs()).toEqual([0, 100_000]);
    expect(world.states()).toEqual(['confirming', 'deferred', 'confirming', 'retrying', 'paid']);
  });

  it('asks at once where nobody has asked for 5 s, though the next try would be later', async () => {
    const world = completeWorld();
    const { browser } = world;
    browser.server.mockReturnValueOnce({ httpStatus: 404, text: '' }).mockReturnValue(replyOf('paid'));
    await world.start();
    await browser.advance(5_000);
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(browser.sentAtMs()).toEqual([0, 5_000]);
  });

  it('asks where the tries are spent, too, and makes one request at a time with the try that was due', async () => {
    for (const maxTries of [1, 12]) {
      const world = completeWorld();
      const { browser } = world;
      browser.server.mockReturnValue({ httpStatus: 404, text: '' });
      await world.start({ maxTries });
      await browser.advance(89_000);
      for (let i = 0; i < 3; i++) void world.start({ maxTries });
      await browser.advance(4_000);
      expect(browser.sentAtMs()).toEqual([0, 89_000]);
      expect(browser.crowd).toBe(1);
    }
  });

  it('is kept once, and told each time', async () => {
    const world = completeWorld();
    const { browser } = world;
    browser.server.mockReturnValue({ httpStatus: 404, text: '' });
    const landedMs = browser.nowMs();
    await world.start();
    await browser.advance(60_000);
    await world.start();
    expect(world.told('landing')).toHaveLength(2);
    expect(entriesOf(browser.outbox)).toEqual([['landed', 'imp_1', 'order_1', landedMs, landedMs]]);
  });
});

describe('another landing in a single-page shop', () => {
  const SECOND = { impUid: 'imp_2', merchantUid: 'order_2' };
  const second = (status: string, more: object = {}) => replyOf(status, { imp_uid: 'imp_2', merchant_uid: 'order_2', ...more });

  it('has its own promise and verdict', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValueOnce(replyOf('paid')).mockReturnValueOnce(second('failed'));
    const first = world.start();
    await expect(first).resolves.toMatchObject({ verdict: { status: 'paid' } });
    world.landing.now = { claim: claimOf(SECOND) };
    const promise = world.start();
    expect(promise).not.toBe(first);
    await expect(promise).resolves.toMatchObject({ claim: SECOND, verdict: { status: 'failed' } });
  });

  it('does not end the first one, and is not painted over by it', async () => {
    const world = completeWorld();
    const { browser } = world;
    browser.server.mockImplementation(({ impUid }) =>
      impUid === 'imp_2' ? second('ready', { vbank_num: '1' }) : browser.elapsedMs() < 20_000 ? { httpStatus: 503 } : replyOf('paid'),
    );
    const first = world.start();
    await browser.advance(1_000);
    world.landing.now = { claim: claimOf(SECOND) };
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'ready' } });
    await browser.advance(120_000);
    await expect(first).resolves.toMatchObject({ claim: IDS, verdict: { status: 'paid' } });
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(world.texts().at(-1)).toContain('order_2');
    expect(world.states().at(-1)).toBe('ready');
  });

  it.each<[name: string, landed: Landed | null]>([
    ['a page that is none', null],
    ['another one', { claim: claimOf(SECOND) }],
    ['another try of the order', { claim: claimOf({ impUid: 'imp_2' }) }],
  ])('or a page that is none, is left alone by the answer to the one before: %s', async (_, landed) => {
    const world = completeWorld();
    const answer = defer<Reply>();
    world.browser.server.mockReturnValueOnce(answer.promise);
    const first = world.start();
    await flush();
    world.landing.now = landed;
    answer.resolve(replyOf('paid'));
    await expect(first).resolves.toMatchObject({ claim: IDS, verdict: { status: 'paid' } });
    await flush();
    // Never as another landing than the one that was asked about; see settle.
    expect(world.edges.settle.mock.calls.map(([{ claim }]) => claim)).toEqual([claimOf()]);
    expect(world.landing.now).toEqual(landed);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
  });

  it('is not begun anew where the first one ends', async () => {
    const world = completeWorld();
    const { browser } = world;
    const answers = { imp_1: defer<Reply>(), imp_2: defer<Reply>() };
    browser.server.mockImplementation(({ impUid }) => answers[impUid as 'imp_1'].promise);
    void world.start();
    world.landing.now = { claim: claimOf(SECOND) };
    const promise = world.start();
    await flush();
    answers.imp_1.resolve({ httpStatus: 404, text: '' });
    await flush();
    expect(world.start()).toBe(promise);
    answers.imp_2.resolve(second('paid'));
    await expect(promise).resolves.toMatchObject({ claim: SECOND, verdict: { status: 'paid' } });
  });
});

describe('a landing whose page is a landing no more when the answer comes', () => {
  it('shows it all the same, where the page has cleaned its own URL', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValueOnce({ httpStatus: 503 }).mockReturnValue(replyOf('paid'));
    void world.start();
    world.landing.now = null;
    await world.browser.advance(60_000);
    expect(world.states()).toEqual(['confirming', 'retrying', 'paid']);
    expect(world.landing.now).toBeNull();
    expect(kept(world.browser)).toEqual([['paid', null, 'order_1']]);
  });

  it('shows it when the customer is back on it, in a single-page shop', async () => {
    const world = completeWorld();
    const { now } = world.landing;
    world.browser.server.mockReturnValueOnce({ httpStatus: 503 }).mockReturnValue(replyOf('paid'));
    void world.start();
    await world.browser.advance(1_000);
    world.landing.now = null;
    await expect(world.start()).resolves.toBeNull();
    await world.browser.advance(10_000);
    world.landing.now = now;
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    await world.browser.advance(60_000);
    expect(world.states().at(-1)).toBe('paid');
    expect(world.onPaid).toHaveBeenCalledTimes(1);
  });
});

describe('before the answer', () => {
  it.each<[kind: ClaimKind, state: string]>([
    ['claimed-success', 'confirming'],
    ['unknown', 'confirming'],
    ['malformed', 'confirming'],
    ['claimed-failure', 'incomplete'],
    ['cancelled', 'incomplete'],
  ])('%s is painted as %s in the task of the call, and kept in it, before the server is asked', async (kind, state) => {
    const world = completeWorld(claimOf({ kind, errorMessage: '한도초과' }));
    // Neither storage nor anything else is waited for.
    world.edges.keepEntry.mockImplementation((...args) => {
      world.log.push(`keep ${args[0]}`);
      return new Promise(() => {});
    });
    void world.start();
    const done = world.log.filter((name) => /^(openView|paint|keep |exclusively|askServer)/.test(name));
    expect(done).toEqual(['openView', 'keep landed', `paint ${state}`, 'exclusively']);
    expect(world.edges.openView).toHaveBeenCalledWith('#result', undefined, expect.any(Function), expect.any(Function));
    expect(world.texts()[0]?.includes('한도초과')).toBe(state === 'incomplete');
    expect(world.told('landing')).toEqual([{ claim: world.landing.now?.claim }]);
    await flush();
    expect(world.browser.posts).toHaveLength(1);
  });

  it('nothing that is painted is a success, whatever is claimed', () => {
    for (const kind of ['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed'] as const)
      for (const language of ['ko', 'en']) {
        const world = completeWorld(claimOf({ kind }));
        world.edges.pageLanguage.mockReturnValue(language);
        void world.start();
        expect(world.states()).toHaveLength(1);
        expect(world.texts().join()).not.toMatch(/완료됐|\bpaid\b|success|thank|(?<!not )complete/i);
      }
  });

  it('and nothing is painted or settled until the answer is there', async () => {
    const world = completeWorld();
    const answer = defer<Reply>();
    world.browser.server.mockReturnValue(answer.promise);
    const promise = world.start();
    await world.browser.advance(9_000);
    expect(world.states()).toEqual(['confirming']);
    expect(world.edges.settle).not.toHaveBeenCalled();
    expect(kept(world.browser)).toEqual([['landed', 'imp_1', 'order_1']]);
    answer.resolve(replyOf('paid'));
    await promise;
    expect(world.states()).toEqual(['confirming', 'paid']);
  });

  it('what is only waited for has words within 15 s: what to do, the order number, and a button', async () => {
    for (const kind of ['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed'] as const) {
      const world = completeWorld(claimOf({ kind }));
      void world.start();
      await world.browser.advance(15_000);
      expect(world.states().at(-1)).toBe('retrying');
      for (const words of [CALM, 'order_1', AGAIN]) expect(world.texts().at(-1)).toContain(words);
    }
  });

  it.each<[language: string, title: string]>([
    ['ko', '결제를 확인하고'],
    ['ko-KR', '결제를 확인하고'],
    ['KO-kr', '결제를 확인하고'],
    ['en', 'Checking your payment'],
    ['en-US', 'Checking your payment'],
    ['ja', 'Checking your payment'],
    ['', 'Checking your payment'],
  ])('a page in "%s" reads "%s"', (language, title) => {
    const world = completeWorld();
    world.edges.pageLanguage.mockReturnValue(language);
    void world.start();
    expect(world.texts()[0]).toMatch(new RegExp(`^${title}`));
  });
});

describe('what is asked', () => {
  it.each<[name: string, claim: Parameters<typeof claimOf>[0], ids: object]>([
    ['a claimed success', {}, IDS],
    ['a claimed failure, which may be paid', { kind: 'claimed-failure', errorCode: 'F400' }, IDS],
    ['a cancellation', { kind: 'cancelled' }, IDS],
    ['an unknown', { kind: 'unknown' }, IDS],
    ['a landing without a payment', { impUid: null }, { impUid: null, merchantUid: 'order_1' }],
    ['a landing without an order', { merchantUid: null }, { impUid: 'imp_1', merchantUid: null }],
    ['a malformed landing: what is certain', { kind: 'malformed', impUid: null }, { impUid: null, merchantUid: 'order_1' }],
  ])('%s', async (_, said, ids) => {
    const world = completeWorld(claimOf(said));
    void world.start();
    await flush();
    expect(world.edges.askServer.mock.calls).toEqual([
      [expect.objectContaining({ confirmUrl: CONFIRM }), expect.objectContaining(ids), 10_000, true, true],
    ]);
    expect(world.told('attempt')).toEqual([{ claim: expect.objectContaining(ids), attempt: 1 }]);
  });

  it.each<ClaimKind>(['malformed', 'claimed-success', 'claimed-failure', 'unknown'])('nothing, where there is no id: %s', async (kind) => {
    const world = completeWorld(claimOf({ kind, impUid: null, merchantUid: null }));
    await expect(world.start()).resolves.toMatchObject({ claim: { kind }, verdict: null });
    await world.browser.advance(600_000);
    world.wake();
    await flush();
    expect(world.browser.posts).toEqual([]);
    expect(world.edges.settle).not.toHaveBeenCalled();
    expect(kept(world.browser)).toEqual([]);
    expect(world.states()).toEqual(['deferred']);
    expect(world.texts()[0]).toContain('다시 결제하지 말고 쇼핑몰에 문의해 주세요.');
    // Nothing would be asked by it.
    expect(world.texts()[0]).not.toContain(AGAIN);
    expect(world.errors()).toEqual([['claim_unreadable', 'gateway']]);
  });

  it('of a malformed landing with ids, and the error is told', async () => {
    const world = completeWorld(claimOf({ kind: 'malformed' }));
    world.browser.server.mockReturnValue(replyOf('paid'));
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.errors()).toEqual([['claim_unreadable', 'gateway']]);
  });
});

describe('errors', () => {
  it('of a result that is not on the page are told, and nothing depends on it', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(replyOf('paid'));
    world.edges.openView.mockImplementation((_target, _accent, missing) => {
      missing();
      return () => {};
    });
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.errors()).toEqual([['result_not_found', 'merchant']]);
    expect(world.onError.mock.calls[0]?.[0].message).toContain('#result');
  });

  it('go to the console by default', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const world = completeWorld();
    world.browser.server.mockReturnValue({ httpStatus: 503 });
    void world.complete({ confirmUrl: '/payments/complete' });
    await flush();
    expect(error.mock.calls).toEqual([[expect.objectContaining({ code: 'confirm_unreachable' })]]);
  });

  it.each(['onError', 'onPaid'] as const)('that %s itself throws stop nothing, and are not swallowed', async (name) => {
    const thrown = new Promise((resolve) => process.prependOnceListener('unhandledRejection', resolve));
    const others = process.listeners('unhandledRejection').slice(1);
    for (const other of others) process.off('unhandledRejection', other);
    const world = completeWorld(claimOf({ kind: 'malformed' }));
    world[name].mockImplementation(() => {
      throw new Error(`from ${name}`);
    });
    world.browser.server.mockReturnValue(replyOf('paid'));
    await world.start();
    await expect(thrown).resolves.toMatchObject({ message: `from ${name}` });
    for (const other of others) process.on('unhandledRejection', other);
    expect(world.states()).toEqual(['confirming', 'paid']);
    expect(world.told('paid')).toHaveLength(1);
    expect(world.edges.settle).toHaveBeenCalledTimes(1);
    expect(kept(world.browser)).toEqual([['paid', null, 'order_1']]);
  });
});
