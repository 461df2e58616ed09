// @vitest-environment node
import { describe, expect, it, vi } from 'vitest';
import type { Reply } from '../../src/core/verdict.js';
import { claimOf, completeWorld, createBrowser, flush, kept, outboxOf, replyOf } from './helpers.js';

const CALM = '다시 결제하지 마세요.';
const AGAIN = '다시 확인하기';

const FINAL: [status: string, more: object, title: string][] = [
  ['paid', { amount: 12000 }, '결제가 완료됐어요'],
  ['ready', { vbank_num: '110-123', vbank_name: '국민은행' }, '입금해 주세요'],
  ['failed', { message: '한도초과' }, '결제가 완료되지 않았어요'],
  ['cancelled', {}, '결제가 취소됐어요'],
  ['forged', {}, '결제 내역이 주문과'],
];

describe('the verdict', () => {
  it.each(FINAL)('%s is shown, told, kept with the page, and asked for no more, but for an account', async (status, more, title) => {
    const world = completeWorld();
    const reply = replyOf(status, more, status === 'forged' ? 400 : 200);
    world.browser.server.mockReturnValue(reply);
    const claim = claimOf();
    const completion = { claim, verdict: { status, answer: JSON.parse(reply.text as string) } };
    await expect(world.start()).resolves.toEqual(completion);
    expect(world.states()).toEqual(['confirming', status]);
    expect(world.texts()[1]).toContain(title);
    expect(world.log.indexOf('settle')).toBeGreaterThan(world.log.indexOf(`paint ${status}`));
    expect(world.edges.settle.mock.calls).toEqual([[{ claim, reply }]]);
    expect(world.told('verdict')).toEqual([completion]);
    await world.browser.advance(600_000);
    expect(world.browser.posts).toHaveLength(status === 'ready' ? 21 : 1);
    expect(new Set(world.states())).toEqual(new Set(['confirming', status]));
    expect(world.told('verdict')).toHaveLength(1);
    expect(kept(world.browser)).toEqual(status === 'paid' ? [['paid', null, 'order_1']] : []);
    expect(world.errors()).toEqual([]);
  });

  it('wins over a claim that says otherwise', async () => {
    const failure = completeWorld(claimOf({ kind: 'claimed-failure', errorCode: 'F400', errorMessage: '한도초과' }));
    failure.browser.server.mockReturnValue(replyOf('paid'));
    await failure.start();
    expect(failure.states()).toEqual(['incomplete', 'paid']);
    expect(failure.texts()[1]).not.toContain('한도초과');
    const success = completeWorld();
    success.browser.server.mockReturnValue(replyOf('failed'));
    await success.start();
    expect(success.states()).toEqual(['confirming', 'failed']);
    expect(success.onPaid).not.toHaveBeenCalled();
  });

  it('settles a landing that has only an order', async () => {
    const world = completeWorld(claimOf({ impUid: null }));
    world.browser.server.mockReturnValue(replyOf('paid', { imp_uid: 'imp_77' }));
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid', answer: { imp_uid: 'imp_77' } } });
    expect(kept(world.browser)).toEqual([['paid', null, 'order_1']]);
  });

  it.each<[name: string, more: object]>([
    ['a currency that is null', { amount: 1, currency: null }],
    ['a message that is an object', { message: {} }],
    ['a deadline beyond all dates', { vbank_date: 1e20 }],
  ])('is shown in spite of %s', async (_, more) => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(replyOf('paid', more));
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.states()).toEqual(['confirming', 'paid']);
  });
});

describe('no verdict', () => {
  const NONE: [name: string, reply: Reply, code: string, actor: string][] = [
    ['no connection', { httpStatus: 0, cause: new TypeError('Failed to fetch') }, 'confirm_unreachable', 'network'],
    ['half an answer, then none', { httpStatus: 0, cause: new TypeError('terminated') }, 'confirm_unreachable', 'network'],
    ['a time-out', { httpStatus: 0, cause: new DOMException('', 'AbortError') }, 'confirm_unreachable', 'network'],
    ['HTTP 500', { httpStatus: 500, text: '' }, 'confirm_unreachable', 'network'],
    ['HTTP 503 with a verdict', replyOf('paid', {}, 503), 'confirm_unreachable', 'network'],
    ['HTTP 408', { httpStatus: 408, text: '' }, 'confirm_unreachable', 'network'],
    ['HTTP 425', { httpStatus: 425, text: '' }, 'confirm_unreachable', 'network'],
    ['HTTP 429', { httpStatus: 429, text: '' }, 'confirm_unreachable', 'network'],
    ["another payment's verdict", replyOf('paid', { imp_uid: 'imp_2' }), 'confirm_unreadable', 'merchant'],
    ["another order's verdict", replyOf('paid', { merchant_uid: 'order_2' }), 'confirm_unreadable', 'merchant'],
    ['a verdict that names nothing', { httpStatus: 200, text: '{"status":"paid"}' }, 'confirm_unreadable', 'merchant'],
    ['a bare 404', { httpStatus: 404, text: 'Cannot POST /payments/complete' }, 'confirm_unreadable', 'merchant'],
    ['a bare 401', { httpStatus: 401, text: '' }, 'confirm_unreadable', 'merchant'],
    ['a bare 403', { httpStatus: 403, text: 'Forbidden' }, 'confirm_unreadable', 'merchant'],
    ['a login page', { httpStatus: 200, text: '<!doctype html><form action="/login">' }, 'confirm_unreadable', 'merchant'],
    ['half a verdict', { httpStatus: 200, text: '{"status":"paid","imp_uid":"imp_1","merch' }, 'confirm_unreadable', 'merchant'],
    ['{}', { httpStatus: 200, text: '{}' }, 'confirm_unreadable', 'merchant'],
    ['an empty 200', { httpStatus: 200, text: '' }, 'confirm_unreadable', 'merchant'],
    ["the sample server's 400", { httpStatus: 400, text: '{}' }, 'confirm_unreadable', 'merchant'],
  ];

  it.each(NONE)('%s: landing and entry stay, the customer is told not to pay again, the error is coded', async (_, reply, code, actor) => {
    for (const kind of ['claimed-success', 'claimed-failure', 'unknown'] as const) {
      const world = completeWorld(claimOf({ kind }));
      world.browser.server.mockReturnValue(reply);
      void world.start();
      await world.browser.advance(400);
      expect(world.states().at(-1)).toBe(actor === 'network' ? 'retrying' : 'deferred');
      for (const words of [CALM, 'order_1', AGAIN]) expect(world.texts().at(-1)).toContain(words);
      await world.browser.advance(3_600_000);
      expect(world.states().at(-1)).toBe('deferred');
      expect(world.texts().join()).not.toContain('완료됐');
      expect(world.told('verdict')).toEqual([]);
      expect(world.onPaid).not.toHaveBeenCalled();
      expect(world.edges.settle).not.toHaveBeenCalled();
      expect(kept(world.browser)).toEqual([['landed', 'imp_1', 'order_1']]);
      expect(world.errors()[0]).toEqual([code, actor]);
      if (reply.cause) expect(world.onError.mock.calls[0]?.[0].cause).toBe(reply.cause);
    }
  });

  it.each(NONE)('%s: whatever was claimed, "failed" is never said, nor that the customer should pay again', async (_, reply) => {
    const world = completeWorld(claimOf({ kind: 'claimed-failure', errorMessage: '한도초과' }));
    world.browser.server.mockReturnValue(reply);
    void world.start();
    await world.browser.advance(3_600_000);
    expect(new Set(world.states().slice(1))).not.toContain('failed');
    for (const text of world.texts().slice(1)) expect(text).not.toMatch(/완료되지 않았|실패/);
  });
});

describe('a landing that was settled before a reload', () => {
  it.each(['paid', 'cancelled', 'forged'])('is shown again as %s at once, without a request, and signals nothing', async (status) => {
    const world = completeWorld({ claim: claimOf(), reply: replyOf(status) });
    const promise = world.start();
    expect(world.states().at(-1)).toBe(status);
    await expect(promise).resolves.toMatchObject({ verdict: { status } });
    await world.browser.advance(600_000);
    expect(world.browser.posts).toEqual([]);
    expect(kept(world.browser)).toEqual([]);
    expect(world.onPaid).not.toHaveBeenCalled();
    expect(world.told('verdict')).toEqual([]);
  });

  it.each<[was: string, more: object, is: string, states: string[]]>([
    ['ready', { vbank_num: '1' }, 'paid', ['ready', 'paid']],
    ['ready', { vbank_num: '1' }, 'failed', ['ready', 'failed']],
    ['failed', {}, 'paid', ['failed', 'paid']],
    ['failed', {}, 'cancelled', ['failed', 'cancelled']],
  ])('as %s %j is shown at once and asked again: %s', async (was, more, is, states) => {
    const world = completeWorld({ claim: claimOf(), reply: replyOf(was, more) });
    world.browser.server.mockReturnValue(replyOf(is));
    const promise = world.start();
    expect(world.states()).toEqual([was]);
    await expect(promise).resolves.toMatchObject({ verdict: { status: was } });
    await flush();
    expect(world.states()).toEqual(states);
    expect(world.browser.posts).toHaveLength(1);
    expect(world.landing.now?.reply).toEqual(replyOf(is));
    expect(world.onPaid).toHaveBeenCalledTimes(is === 'paid' ? 1 : 0);
  });

  it.each(['ready', 'failed'])('as %s stays on the screen while the server cannot be asked', async (status) => {
    const world = completeWorld({ claim: claimOf(), reply: replyOf(status, { vbank_num: '1' }) });
    world.browser.server.mockReturnValue({ httpStatus: 503 });
    void world.start();
    await world.browser.advance(3_600_000);
    expect(new Set(world.states())).toEqual(new Set([status]));
    // An account that is looked at is asked about on and on, the other as often as is tried.
    if (status === 'failed') expect(world.browser.posts).toHaveLength(12);
    else expect(world.browser.posts.length).toBeGreaterThan(12);
    // It has its answer: another page has nothing to go on with.
    expect(world.edges.keepEntry).not.toHaveBeenCalled();
    expect(kept(world.browser)).toEqual([]);
  });

  it('is judged again: what was kept for other ids is no verdict', async () => {
    const world = completeWorld({ claim: claimOf(), reply: replyOf('paid', { imp_uid: 'imp_2' }) });
    void world.start();
    await world.browser.advance(20_000);
    expect(world.states()).not.toContain('paid');
    expect(world.browser.posts.length).toBeGreaterThan(0);
    // So there is something for another page to go on with.
    expect(kept(world.browser)).toEqual([['landed', 'imp_1', 'order_1']]);
  });

  it('a reload in the middle is no error: ten of them make one settlement, and one request at a time', async () => {
    const browser = createBrowser();
    let world = completeWorld(claimOf(), browser);
    for (let i = 0; i < 10; i++) {
      void world.start();
      await browser.advance(300);
      expect(world.states()).toEqual(['confirming']);
      expect(world.errors()).toEqual([]);
      world = world.reload();
    }
    browser.server.mockReturnValue(replyOf('paid'));
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(browser.crowd).toBe(1);
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    const next = world.reload();
    await expect(next.start()).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(next.states()).toEqual(['paid']);
    expect(browser.posts).toHaveLength(11);
  });
});

describe('onVerdict', () => {
  const CONTEXT = { amount: 12000 };
  /** A landing of an order whose departure had this kept. */
  const landed = (browser = createBrowser()) => {
    browser.outbox = outboxOf(['departed', null, 'order_1', browser.nowMs(), browser.nowMs(), CONTEXT]);
    return completeWorld(claimOf(), browser);
  };

  it.each(FINAL)('is told %s, with what was kept of the page, once, and that is gone then', async (status, more) => {
    const world = landed();
    const onVerdict = vi.fn();
    world.browser.server.mockReturnValue(replyOf(status, more));
    await world.start({ onVerdict });
    await flush();
    expect(onVerdict.mock.calls).toEqual([[{ claim: claimOf(), verdict: expect.objectContaining({ status }), context: CONTEXT }]]);
    expect(JSON.stringify(world.browser.outbox)).not.toContain('12000');
  });

  it('is told of nothing while there is no verdict, and what was kept stays', async () => {
    const world = landed();
    const onVerdict = vi.fn();
    world.browser.server.mockReturnValue(replyOf('pending'));
    void world.start({ onVerdict });
    await world.browser.advance(600_000);
    expect(onVerdict).not.toHaveBeenCalled();
    expect(JSON.stringify(world.browser.outbox)).toContain('12000');
  });

  it('has no context where nothing was kept', async () => {
    const world = completeWorld();
    const onVerdict = vi.fn();
    world.browser.server.mockReturnValue(replyOf('paid'));
    await world.start({ onVerdict });
    await flush();
    expect(onVerdict.mock.calls).toEqual([
      [{ claim: claimOf(), verdict: expect.objectContaining({ status: 'paid' }), context: undefined }],
    ]);
  });

  it('is told of an order that never landed, which nobody waits for', async () => {
    const browser = createBrowser();
    browser.outbox = outboxOf(['departed', null, 'order_1', browser.nowMs() - 120_000, browser.nowMs() - 120_000, CONTEXT]);
    const world = completeWorld(null, browser);
    const onVerdict = vi.fn();
    browser.server.mockReturnValue(replyOf('paid'));
    await world.start({ onVerdict, recover: true });
    await browser.advance(1000);
    expect(onVerdict.mock.calls.map(([{ verdict, context }]) => [verdict.status, context])).toEqual([['paid', CONTEXT]]);
    expect(browser.posts.map(({ waits }) => waits)).toEqual([false]);
  });

  it('that throws stops nothing', async () => {
    const world = completeWorld();
    const rejections = vi.fn();
    process.once('unhandledRejection', rejections);
    world.browser.server.mockReturnValue(replyOf('paid'));
    const onVerdict = () => {
      throw new Error('of the merchant');
    };
    await expect(world.start({ onVerdict })).resolves.toMatchObject({ verdict: { status: 'paid' } });
    await flush();
    await flush();
    expect(world.onPaid).toHaveBeenCalledTimes(1);
    expect(rejections).toHaveBeenCalledTimes(1);
    process.removeListener('unhandledRejection', rejections);
  });

  it('is not called in a script without what is not a default', async () => {
    vi.stubGlobal('FULL', false);
    const world = completeWorld();
    const onVerdict = vi.fn();
    world.browser.server.mockReturnValue(replyOf('paid'));
    await world.start({ onVerdict });
    await flush();
    expect(onVerdict).not.toHaveBeenCalled();
    vi.unstubAllGlobals();
  });
});

describe("a page of the server's", () => {
  it('is on its way: the card still says that it is being checked, nothing is kept with the page, and nothing is paid', async () => {
    const world = completeWorld();
    world.browser.server.mockReturnValue(replyOf('page', { page: '/orders/1' }));
    await expect(world.start()).resolves.toMatchObject({ verdict: { status: 'page' } });
    await world.browser.advance(600_000);
    expect(world.edges.settle).not.toHaveBeenCalled();
    expect(world.onPaid).not.toHaveBeenCalled();
    expect(world.browser.posts).toHaveLength(1);
    expect(world.texts().at(-1)).toContain('결제를 확인하고 있어요');
    expect(kept(world.browser)).toEqual([]);
  });

  it('is for the one who waits: other pages are not told', async () => {
    const browser = createBrowser();
    const world = completeWorld(claimOf(), browser);
    browser.server.mockReturnValue(replyOf('page', { page: '/orders/1' }));
    await world.start();
    await flush();
    expect(world.edges.tellTabs).not.toHaveBeenCalled();
  });

  it('that is shown for a form is nothing for those who have not landed', async () => {
    const browser = createBrowser();
    browser.outbox = outboxOf(['landed', 'imp_1', 'order_1', browser.nowMs() - 120_000, browser.nowMs() - 120_000]);
    const world = completeWorld(null, browser);
    await world.start({ encoding: 'submit', recover: true });
    await browser.advance(600_000);
    expect(browser.posts).toEqual([]);
    expect(kept(browser)).toEqual([['landed', 'imp_1', 'order_1']]);
  });
});
