import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CompleteEdges, Completion } from '../../src/complete.js';
import type { ClaimKind } from '../../src/core/claim.js';
import type { CompleteOptions } from '../../src/core/options.js';
import type { Reply } from '../../src/core/outcome.js';
import { CONFIRM, claimOf, completeWorld, defer, IDS, replyOf } from './helpers.js';

let complete: (options: CompleteOptions, edges: CompleteEdges) => Promise<Completion | null>;
const onError = vi.fn();
const OPTIONS: CompleteOptions = { confirmUrl: '/payments/complete', result: '#result', onError };

beforeEach(async () => {
  // The flow remembers the page's landing; each test has a page of its own.
  vi.resetModules();
  onError.mockReset();
  ({ complete } = await import('../../src/complete.js'));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const codes = () => onError.mock.calls.map(([error]) => [error.code, error.actor]);
const textOf = (world: ReturnType<typeof completeWorld>) =>
  world.painted.map(({ rows }) => rows.flatMap(([, text]) => (text ? [text] : [])).join('\n'));

describe('a page that is no landing', () => {
  it('gives null and touches nothing', async () => {
    const world = completeWorld(null);
    await expect(complete(OPTIONS, world.edges)).resolves.toBeNull();
    await expect(complete(OPTIONS, world.edges)).resolves.toBeNull();
    expect(world.log.filter((name) => !/^(currentLanding|resolveUrl)$/.test(name))).toEqual([]);
    expect(onError).not.toHaveBeenCalled();
  });

  it('may become a landing later, in a single-page shop', async () => {
    const world = completeWorld(null);
    await expect(complete(OPTIONS, world.edges)).resolves.toBeNull();
    world.landing.now = { claim: claimOf() };
    world.edges.postConfirm.mockResolvedValue(replyOf('paid'));
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: { status: 'paid' } });
  });
});

describe('invalid options', () => {
  it.each<[why: string, options: unknown]>([
    ['no options', undefined],
    ['no confirm URL', {}],
    ['a script as confirm URL', { confirmUrl: 'javascript:alert(1)' }],
    ['a relative confirm URL on another origin', { confirmUrl: '//evil.example/c' }],
    ['a typo', { confirmUrl: '/payments/complete', results: '#result' }],
  ])('%s: the promise rejects, and nothing is painted or asked', async (_, options) => {
    for (const world of [completeWorld(), completeWorld(null)]) {
      const promise = complete(options as CompleteOptions, world.edges);
      expect(promise).toBeInstanceOf(Promise);
      await expect(promise).rejects.toMatchObject({ code: 'invalid_option', actor: 'merchant' });
      expect(world.edges.openView).not.toHaveBeenCalled();
      expect(world.edges.postConfirm).not.toHaveBeenCalled();
    }
  });

  it('do not stand in the way of a call with valid ones', async () => {
    const world = completeWorld();
    world.edges.postConfirm.mockResolvedValue(replyOf('paid'));
    await expect(complete({ confirmUrl: 'javascript:alert(1)' }, world.edges)).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: { status: 'paid' } });
  });
});

describe('one promise per landing', () => {
  it('concurrent calls share it, the view and the request', async () => {
    const world = completeWorld();
    const answer = defer<Reply>();
    world.edges.postConfirm.mockReturnValue(answer.promise);
    const first = complete(OPTIONS, world.edges);
    const second = complete({ ...OPTIONS, result: '#other' }, world.edges);
    expect(second).toBe(first);
    answer.resolve(replyOf('paid'));
    await expect(first).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(complete(OPTIONS, world.edges)).toBe(first);
    expect(world.edges.openView).toHaveBeenCalledTimes(1);
    expect(world.edges.postConfirm).toHaveBeenCalledTimes(1);
  });

  it('another landing has its own', async () => {
    const world = completeWorld();
    world.edges.postConfirm.mockResolvedValueOnce(replyOf('paid')).mockResolvedValueOnce(replyOf('failed', { imp_uid: 'imp_2' }));
    const first = complete(OPTIONS, world.edges);
    await expect(first).resolves.toMatchObject({ verdict: { status: 'paid' } });
    world.landing.now = { claim: claimOf({ impUid: 'imp_2' }) };
    const second = complete(OPTIONS, world.edges);
    expect(second).not.toBe(first);
    await expect(second).resolves.toMatchObject({ claim: { impUid: 'imp_2' }, verdict: { status: 'failed' } });
  });
});

describe('before the answer', () => {
  it.each<[kind: ClaimKind, state: string]>([
    ['claimed-success', 'confirming'],
    ['unknown', 'confirming'],
    ['malformed', 'confirming'],
    ['claimed-failure', 'incomplete'],
    ['cancelled', 'incomplete'],
  ])('%s is painted as %s, in the task of the call and before the server is asked', (kind, state) => {
    const world = completeWorld(claimOf({ kind, errorMessage: '한도초과' }));
    void complete(OPTIONS, world.edges);
    expect(world.log.slice(world.log.indexOf('openView')).filter((name) => name !== 'pageLanguage')).toEqual([
      'openView',
      `paint ${state}`,
      'postConfirm',
    ]);
    expect(world.edges.openView).toHaveBeenCalledWith('#result', expect.any(Function));
    expect(textOf(world)[0]?.includes('한도초과')).toBe(state === 'incomplete');
  });

  it('nothing that is painted is a success, whatever is claimed', () => {
    for (const kind of ['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed'] as const)
      for (const language of ['ko', 'en']) {
        const world = completeWorld(claimOf({ kind, impUid: `imp_${kind}_${language}` }));
        world.edges.pageLanguage.mockReturnValue(language);
        void complete(OPTIONS, world.edges);
        expect(world.states()).toHaveLength(1);
        expect(textOf(world).join()).not.toMatch(/완료되었|\bpaid\b|success|thank|(?<!not )complete/i);
      }
  });

  it('and nothing is painted, settled or forgotten until the answer is there', async () => {
    const world = completeWorld();
    const answer = defer<Reply>();
    world.edges.postConfirm.mockReturnValue(answer.promise);
    const promise = complete(OPTIONS, world.edges);
    await Promise.resolve();
    expect(world.states()).toEqual(['confirming']);
    expect(world.log).not.toContain('settle');
    expect(world.log).not.toContain('forgetDeparture');
    answer.resolve(replyOf('paid'));
    await promise;
    expect(world.states()).toEqual(['confirming', 'paid']);
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
    void complete(OPTIONS, world.edges);
    expect(textOf(world)[0]).toMatch(new RegExp(`^${title}`));
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
  ])('%s', (_, said, ids) => {
    const world = completeWorld(claimOf(said));
    void complete(OPTIONS, world.edges);
    expect(world.edges.postConfirm.mock.calls).toEqual([[CONFIRM, expect.objectContaining(ids)]]);
  });

  it.each<ClaimKind>(['malformed', 'claimed-success', 'claimed-failure', 'unknown'])('nothing, where there is no id: %s', async (kind) => {
    const world = completeWorld(claimOf({ kind, impUid: null, merchantUid: null }));
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ claim: { kind }, verdict: null });
    expect(world.edges.postConfirm).not.toHaveBeenCalled();
    expect(world.edges.settle).not.toHaveBeenCalled();
    expect(world.states()).toEqual(['deferred']);
    expect(textOf(world)[0]).toContain('다시 결제하지 말고 쇼핑몰에 문의해 주세요.');
    expect(codes()).toEqual([['claim_unreadable', 'gateway']]);
  });

  it('of a malformed landing with ids, and the error is told', async () => {
    const world = completeWorld(claimOf({ kind: 'malformed' }));
    world.edges.postConfirm.mockResolvedValue(replyOf('paid'));
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(codes()).toEqual([['claim_unreadable', 'gateway']]);
  });
});

describe('the verdict', () => {
  it.each<[status: string, more: object, title: string]>([
    ['paid', { amount: 12000 }, '결제가 완료되었습니다'],
    ['ready', { vbank_num: '110-123', vbank_name: '국민은행' }, '입금을 기다리고'],
    ['failed', { message: '한도초과' }, '결제가 완료되지 않았습니다'],
    ['cancelled', {}, '결제가 취소되었습니다'],
    ['forged', {}, '결제 내용이 주문과'],
  ])('%s is shown, forgotten and settled, in this order', async (status, more, title) => {
    const world = completeWorld();
    const reply = replyOf(status, more, status === 'forged' ? 400 : 200);
    world.edges.postConfirm.mockResolvedValue(reply);
    const claim = claimOf();
    await expect(complete(OPTIONS, world.edges)).resolves.toEqual({ claim, verdict: { status, answer: JSON.parse(reply.text as string) } });
    expect(world.states()).toEqual(['confirming', status]);
    expect(textOf(world)[1]).toContain(title);
    expect(world.log.slice(-3)).toEqual([`paint ${status}`, 'forgetDeparture', 'settle']);
    expect(world.edges.settle.mock.calls).toEqual([[{ claim, reply }]]);
    expect(onError).not.toHaveBeenCalled();
  });

  it('wins over a claim that says otherwise', async () => {
    const failure = completeWorld(claimOf({ kind: 'claimed-failure', errorMessage: '한도초과' }));
    failure.edges.postConfirm.mockResolvedValue(replyOf('paid'));
    await complete(OPTIONS, failure.edges);
    expect(failure.states()).toEqual(['incomplete', 'paid']);
    expect(textOf(failure)[1]).not.toContain('한도초과');
    const success = completeWorld(claimOf({ impUid: 'imp_2' }));
    success.edges.postConfirm.mockResolvedValue(replyOf('failed', { imp_uid: 'imp_2' }));
    await complete(OPTIONS, success.edges);
    expect(success.states()).toEqual(['confirming', 'failed']);
  });

  it('"pending" is none yet: nothing is settled, and it is not an error', async () => {
    const world = completeWorld();
    world.edges.postConfirm.mockResolvedValue(replyOf('pending'));
    await expect(complete(OPTIONS, world.edges)).resolves.toEqual({ claim: claimOf(), verdict: null });
    expect(world.states()).toEqual(['confirming', 'deferred']);
    expect(world.edges.settle).not.toHaveBeenCalled();
    expect(world.edges.forgetDeparture).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });

  it('"pending" leaves a claimed failure as it is', async () => {
    const world = completeWorld(claimOf({ kind: 'claimed-failure', errorMessage: '한도초과' }));
    world.edges.postConfirm.mockResolvedValue(replyOf('ready'));
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: null });
    expect(world.states()).toEqual(['incomplete', 'incomplete']);
  });

  it.each<[name: string, more: object]>([
    ['a currency that is null', { amount: 1, currency: null }],
    ['a message that is an object', { message: {} }],
    ['a deadline beyond all dates', { vbank_date: 1e20 }],
  ])('is shown in spite of %s', async (_, more) => {
    const world = completeWorld();
    world.edges.postConfirm.mockResolvedValue(replyOf('paid', more));
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(world.states()).toEqual(['confirming', 'paid']);
  });
});

describe('no verdict', () => {
  const NONE: [name: string, reply: Reply, code: string, actor: string][] = [
    ['no answer', { httpStatus: 0, cause: new TypeError('Failed to fetch') }, 'confirm_unreachable', 'network'],
    ['a time-out', { httpStatus: 0, cause: new DOMException('', 'AbortError') }, 'confirm_unreachable', 'network'],
    ['HTTP 500', { httpStatus: 500, text: '' }, 'confirm_unreachable', 'network'],
    ['HTTP 503 with a verdict', replyOf('paid', {}, 503), 'confirm_unreachable', 'network'],
    ['HTTP 429', { httpStatus: 429, text: '' }, 'confirm_unreachable', 'network'],
    ["another payment's verdict", replyOf('paid', { imp_uid: 'imp_2' }), 'confirm_unreadable', 'merchant'],
    ["another order's verdict", replyOf('paid', { merchant_uid: 'order_2' }), 'confirm_unreadable', 'merchant'],
    ['a verdict that names nothing', { httpStatus: 200, text: '{"status":"paid"}' }, 'confirm_unreadable', 'merchant'],
    ['a bare 404', { httpStatus: 404, text: 'Cannot POST /payments/complete' }, 'confirm_unreadable', 'merchant'],
    ['a login page', { httpStatus: 200, text: '<!doctype html><form action="/login">' }, 'confirm_unreadable', 'merchant'],
    ['{}', { httpStatus: 200, text: '{}' }, 'confirm_unreadable', 'merchant'],
    ['an empty 200', { httpStatus: 200, text: '' }, 'confirm_unreadable', 'merchant'],
    ["the sample server's 400", { httpStatus: 400, text: '{}' }, 'confirm_unreadable', 'merchant'],
  ];

  it.each(NONE)('%s: the URL stays, the customer is told what to do, the error is coded', async (_, reply, code, actor) => {
    for (const kind of ['claimed-success', 'claimed-failure', 'unknown'] as const) {
      onError.mockReset();
      const claim = claimOf({ kind });
      const world = completeWorld(claim);
      world.edges.postConfirm.mockResolvedValue(reply);
      await expect(complete(OPTIONS, world.edges)).resolves.toEqual({ claim, verdict: null });
      expect(world.states().at(-1)).toBe('deferred');
      expect(textOf(world).at(-1)).toContain('다시 결제하지 말고 쇼핑몰에 문의해 주세요.');
      expect(textOf(world).join()).not.toContain('완료되었');
      expect(world.edges.settle).not.toHaveBeenCalled();
      expect(world.edges.forgetDeparture).not.toHaveBeenCalled();
      expect(codes()).toEqual([[code, actor]]);
      if (reply.cause) expect(onError.mock.calls[0]?.[0].cause).toBe(reply.cause);
    }
  });

  it('another call asks again, and may get one', async () => {
    const world = completeWorld();
    world.edges.postConfirm
      .mockResolvedValueOnce({ httpStatus: 503 })
      .mockResolvedValueOnce(replyOf('pending'))
      .mockResolvedValueOnce(replyOf('paid'));
    const first = complete(OPTIONS, world.edges);
    await expect(first).resolves.toMatchObject({ verdict: null });
    const second = complete(OPTIONS, world.edges);
    expect(second).not.toBe(first);
    await expect(second).resolves.toMatchObject({ verdict: null });
    const third = complete(OPTIONS, world.edges);
    await expect(third).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(complete(OPTIONS, world.edges)).toBe(third);
    expect(world.edges.postConfirm).toHaveBeenCalledTimes(3);
  });
});

describe('a landing that was settled before a reload', () => {
  it.each(['paid', 'failed', 'forged'])('is shown again as %s at once, without a request', async (status) => {
    const world = completeWorld();
    world.landing.now = { claim: claimOf(), reply: replyOf(status) };
    const promise = complete(OPTIONS, world.edges);
    expect(world.states().at(-1)).toBe(status);
    await expect(promise).resolves.toMatchObject({ verdict: { status } });
    expect(world.edges.postConfirm).not.toHaveBeenCalled();
  });

  it('is judged again: what was kept for other ids is no verdict', async () => {
    const world = completeWorld();
    world.landing.now = { claim: claimOf(), reply: replyOf('paid', { imp_uid: 'imp_2' }) };
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: null });
    expect(world.states()).not.toContain('paid');
  });
});

describe('errors', () => {
  it('of a result that is not on the page are told, and nothing depends on it', async () => {
    const world = completeWorld();
    world.edges.postConfirm.mockResolvedValue(replyOf('paid'));
    world.edges.openView.mockImplementation((_target, missing) => {
      missing();
      return () => {};
    });
    await expect(complete(OPTIONS, world.edges)).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(codes()).toEqual([['result_not_found', 'merchant']]);
    expect(onError.mock.calls[0]?.[0].message).toContain('#result');
  });

  it('go to the console by default', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const world = completeWorld();
    world.edges.postConfirm.mockResolvedValue({ httpStatus: 503 });
    await complete({ confirmUrl: '/payments/complete' }, world.edges);
    expect(error.mock.calls).toEqual([[expect.objectContaining({ code: 'confirm_unreachable' })]]);
  });

  it('that onError itself throws do not keep the server from being asked: nothing depends on what it does', async () => {
    onError.mockImplementation(() => {
      throw new Error('from onError');
    });
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const thrown = new Promise((resolve) => process.once('unhandledRejection', resolve));
    const world = completeWorld(claimOf({ kind: 'malformed' }));
    world.edges.postConfirm.mockResolvedValue(replyOf('paid'));
    await complete(OPTIONS, world.edges);
    // Not swallowed: it stands in the console.
    await expect(thrown).resolves.toMatchObject({ message: 'from onError' });
    for (const other of others) process.on('unhandledRejection', other);
    expect(world.edges.postConfirm).toHaveBeenCalledTimes(1);
    expect(world.states()).toEqual(['confirming', 'paid']);
  });
});
