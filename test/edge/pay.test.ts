import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WrapOptions } from '../../src/core/options.js';
import type { PayEdges } from '../../src/pay.js';
import { payWorld, SHOP } from './helpers.js';

const LANDING = `${SHOP}/payments/complete`;

let wrap: (options: WrapOptions, edges: PayEdges) => void;
beforeEach(async () => {
  // The flow keeps its options for the page's life; each test has a page of its own.
  vi.resetModules();
  ({ wrap } = await import('../../src/pay.js'));
});

/** A page on which `wrap` has been called. */
const wrappedPage = (options: Partial<WrapOptions> = {}, original?: (this: unknown, ...args: unknown[]) => unknown) => {
  const world = payWorld(original);
  wrap({ redirectUrl: '/payments/complete', ...options }, world.edges);
  return world;
};
const passed = (world: ReturnType<typeof payWorld>) =>
  world.sdk.request_pay.mock.calls[0] as [Record<string, unknown>, (response: unknown) => void, ...unknown[]];

const departures = (world: ReturnType<typeof payWorld>) => world.edges.keepEntry.mock.calls.map(([, { merchantUid }]) => merchantUid);

describe('what the SDK gets', () => {
  it.each<[name: string, given: object]>([
    ['is missing', {}],
    ['is undefined', { m_redirect_url: undefined }],
    ['is null', { m_redirect_url: null }],
    ['is empty', { m_redirect_url: '' }],
  ])('is a copy with an absolute m_redirect_url where it %s', (_, given) => {
    const world = wrappedPage();
    const params = {
      pg: 'html5_inicis',
      pay_method: 'card',
      merchant_uid: 'order_1',
      amount: 12000,
      custom_data: { seat: 1 },
      digital: false,
      ...given,
    };
    const before = structuredClone(params);
    world.page.request_pay(params, () => {});
    const [got] = passed(world);
    expect(got).not.toBe(params);
    expect(got).toEqual({ ...params, m_redirect_url: LANDING });
    expect(got.custom_data).toBe(params.custom_data);
    expect(params).toEqual(before);
    expect('m_redirect_url' in params).toBe('m_redirect_url' in given);
  });

  it.each(['https://other.example/done', 'payments/done', 'moamoa://payment-success', 'null', `${SHOP}/?imp_uid=imp_1#x`])(
    "is the merchant's own object where it has m_redirect_url: %s",
    (m_redirect_url) => {
      const world = wrappedPage();
      const params = { merchant_uid: 'order_1', m_redirect_url };
      world.page.request_pay(params, () => {});
      expect(passed(world)[0]).toBe(params);
      expect(params).toEqual({ merchant_uid: 'order_1', m_redirect_url });
    },
  );

  it('is a copy of frozen params too', () => {
    const world = wrappedPage({}, (params) => Object.assign(params as object, { merchant_uid: 'nobody_1', request_id: 'req_1' }));
    const params = Object.freeze({ merchant_uid: 'order_1', nested: Object.freeze([1]) });
    world.page.request_pay(params);
    expect(passed(world)[0]).toEqual({ merchant_uid: 'nobody_1', request_id: 'req_1', nested: [1], m_redirect_url: LANDING });
    expect(params).toEqual({ merchant_uid: 'order_1', nested: [1] });
  });

  it('has what a class instance has, inherited accessors included', () => {
    class Order {
      readonly merchant_uid = 'order_1';
      readonly price = 3000;
      get amount() {
        return this.price * 2;
      }
    }
    const world = wrappedPage();
    world.page.request_pay(new Order());
    const [got] = passed(world);
    expect(got.amount).toBe(6000);
    expect(got.m_redirect_url).toBe(LANDING);
    expect(departures(world)).toEqual(['order_1']);
  });

  it("takes an m_redirect_url that a class instance inherits for the merchant's own", () => {
    class Order {
      get m_redirect_url() {
        return 'https://other.example/done';
      }
    }
    const world = wrappedPage();
    const params = new Order();
    world.page.request_pay(params);
    expect(passed(world)[0]).toBe(params);
  });

  it('has the values of getters', () => {
    const world = wrappedPage();
    world.page.request_pay({
      get merchant_uid() {
        return 'order_1';
      },
    });
    expect(passed(world)[0].merchant_uid).toBe('order_1');
  });

  it('is nothing where the merchant gave nothing', () => {
    const world = wrappedPage({}, () => false);
    expect(world.page.request_pay()).toBe(false);
    expect(world.page.request_pay(undefined)).toBe(false);
    expect(world.page.request_pay(null, undefined)).toBe(false);
    expect(world.sdk.request_pay.mock.calls).toEqual([[], [undefined], [null, undefined]]);
    expect(departures(world)).toEqual([]);
  });

  it('includes arguments beyond the second', () => {
    const world = wrappedPage();
    const more = [Symbol('third'), { fourth: 4 }];
    world.page.request_pay({}, () => {}, ...more);
    expect(passed(world).slice(2)).toEqual(more);
    expect(passed(world)[3]).toBe(more[1]);
  });

  it('includes `this`, whatever it is', () => {
    const world = wrappedPage();
    const receiver = { some: 'receiver' };
    world.page.request_pay.call(receiver, {});
    world.page.request_pay.call(undefined, {});
    const { request_pay } = world.page;
    request_pay.bind(receiver)({});
    expect(world.sdk.request_pay.mock.contexts).toEqual([receiver, undefined, receiver]);
    expect(world.sdk.request_pay.mock.contexts[0]).toBe(receiver);
  });
});

describe('what the merchant gets back', () => {
  it('is what the SDK returns', () => {
    const returned = { a: 'value' };
    expect(wrappedPage({}, () => returned).page.request_pay({})).toBe(returned);
  });

  it("is the SDK's own promise", async () => {
    const promise = Promise.resolve('later');
    const got = wrappedPage({}, () => promise).page.request_pay({});
    expect(got).toBe(promise);
    await expect(got).resolves.toBe('later');
  });

  it('is what the SDK throws', () => {
    const thrown = new Error('IMP.init first');
    const { page } = wrappedPage({}, () => {
      throw thrown;
    });
    let caught: unknown;
    try {
      page.request_pay({});
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
  });
});

describe('the callback', () => {
  it("is the merchant's own where there is one: not wrapped, not called by us", () => {
    const world = wrappedPage();
    const callback = vi.fn();
    world.page.request_pay({ merchant_uid: 'order_1' }, callback);
    expect(passed(world)[1]).toBe(callback);
    expect(callback).not.toHaveBeenCalled();
    expect(world.edges.goToLanding).not.toHaveBeenCalled();
  });

  it('may be the native resolve of a promise', async () => {
    const world = wrappedPage({}, (_params, callback) => (callback as (response: unknown) => void).call({}, { imp_uid: 'imp_1' }));
    await expect(new Promise((resolve) => world.page.request_pay({}, resolve))).resolves.toEqual({ imp_uid: 'imp_1' });
  });

  it.each<[name: string, args: unknown[]]>([
    ['nothing', []],
    ['undefined', [undefined]],
    ['null', [null]],
    ['false', [false]],
    ['the name of a function', ['onPaid']],
    ['an object', [{}]],
  ])("is ours where the merchant gave %s: it leads to the landing with the response's fields", (_, args) => {
    const response = { imp_success: false, imp_uid: null, merchant_uid: 'order_1', error_code: 'F1001', error_msg: 'a & b' };
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' }, ...args);
    const [, callback] = passed(world);
    expect(world.edges.goToLanding).not.toHaveBeenCalled();
    callback.call({}, response);
    expect(world.edges.goToLanding.mock.calls).toEqual([[LANDING, response]]);
  });

  it('ours tells the order, where the response does not: an order that is paid already comes back without its ids', () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    const [, callback] = passed(world);
    const response = { success: false, error_code: 'F1002', error_msg: '이미 결제가 이루어진 거래건입니다.' };
    callback.call({}, response);
    expect(world.edges.goToLanding.mock.calls).toEqual([[LANDING, { merchant_uid: 'order_1', ...response }]]);
  });

  it('ours leads to the landing URL that the merchant gave, where there is one', () => {
    const world = wrappedPage();
    world.page.request_pay({ m_redirect_url: 'https://other.example/done' });
    passed(world)[1]({ imp_uid: 'imp_1' });
    expect(world.edges.goToLanding).toHaveBeenCalledWith('https://other.example/done', { imp_uid: 'imp_1' });
  });

  it('keeps its place before further arguments', () => {
    const world = wrappedPage();
    world.page.request_pay({}, undefined, 'third');
    expect(passed(world)).toHaveLength(3);
    expect(passed(world)[1]).toBeTypeOf('function');
  });
});

describe('inject', () => {
  it.each<[inject: WrapOptions['inject'], mobile: boolean, injected: boolean]>([
    [undefined, true, true],
    [undefined, false, true],
    ['always', true, true],
    ['always', false, true],
    ['mobile', true, true],
    ['mobile', false, false],
  ])('%s, with a mobile environment: %s, injected: %s', (inject, mobile, injected) => {
    const world = wrappedPage({ inject });
    world.edges.isMobilePage.mockReturnValue(mobile);
    const params = { merchant_uid: 'order_1' };
    world.page.request_pay(params);
    expect(passed(world)[0].m_redirect_url).toBe(injected ? LANDING : undefined);
    expect(passed(world)[0] === params).toBe(!injected);
    // The way home by callback, and the departure, are for every device.
    expect(passed(world)[1]).toBeTypeOf('function');
    expect(departures(world)).toEqual(['order_1']);
  });

  it('asks for the environment at each payment', () => {
    const world = wrappedPage({ inject: 'mobile' });
    expect(world.edges.isMobilePage).not.toHaveBeenCalled();
    world.page.request_pay({});
    world.edges.isMobilePage.mockReturnValue(true);
    world.page.request_pay({});
    expect(world.sdk.request_pay.mock.calls.map(([params]) => (params as { m_redirect_url?: string }).m_redirect_url)).toEqual([
      undefined,
      LANDING,
    ]);
  });
});

describe('the departure', () => {
  it('is kept and told before the customer leaves, in the same task', () => {
    const world = wrappedPage({}, () => expect(world.edges.keepEntry).toHaveBeenCalledTimes(1));
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(world.log).toEqual(['openStorage', 'keepEntry', 'emit departure', 'request_pay']);
    expect(world.edges.keepEntry.mock.calls).toEqual([['departed', { merchantUid: 'order_1' }]]);
    expect(world.edges.emit.mock.calls).toEqual([['departure', { merchantUid: 'order_1' }]]);
  });

  it.each<[given: unknown, kept: string]>([
    [20260101, '20260101'],
    [0, '0'],
    [1.5, '1.5'],
    ['주문 #1', '주문 #1'],
    ['<img src=x>', '<img src=x>'],
    ['__proto__', '__proto__'],
  ])('is of an order %j', (merchant_uid, kept) => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid });
    expect(departures(world)).toEqual([kept]);
    expect(passed(world)[0].merchant_uid).toBe(merchant_uid);
  });

  it.each<[name: string, merchant_uid: unknown]>([
    ['is missing: the SDK makes one up', undefined],
    ['is null', null],
    ['is an object', { toString: () => 'order_1' }],
    ['is an object that cannot be text', Object.create(null)],
    ['is a list', ['order_1']],
    ['is a symbol', Symbol('order_1')],
    ['is a BigInt', 1n],
    ['is a function', () => 'order_1'],
    ['is true', true],
  ])('is none where the order number %s, and the payment goes on', (_, merchant_uid) => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid });
    expect(departures(world)).toEqual([]);
    expect(world.edges.emit).not.toHaveBeenCalled();
    expect(passed(world)[0].merchant_uid).toBe(merchant_uid);
  });

  it('is kept where the merchant gave the landing URL too', () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1', m_redirect_url: 'https://other.example/done' });
    expect(departures(world)).toEqual(['order_1']);
  });

  it('is not kept by wrap itself, which opens the storage', () => {
    const world = wrappedPage();
    expect(world.log).toEqual(['openStorage']);
    wrap({ redirectUrl: '/other' }, world.edges);
    expect(world.log).toEqual(['openStorage']);
  });

  it.each<[name: string, outcome: () => Promise<unknown>]>([
    ['that never answers', () => new Promise(() => {})],
    ['that cannot be used', async () => new DOMException('denied', 'SecurityError')],
  ])('keeps nobody from paying where there is storage %s', (_, outcome) => {
    const world = wrappedPage({}, () => 'returned');
    world.edges.keepEntry.mockImplementation(outcome);
    expect(world.page.request_pay({ merchant_uid: 'order_1' })).toBe('returned');
    expect(passed(world)[0]).toEqual({ merchant_uid: 'order_1', m_redirect_url: LANDING });
  });

  it('keeps nobody from paying where all storage throws', async () => {
    const denied = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    vi.stubGlobal('indexedDB', { open: denied });
    vi.stubGlobal('localStorage', { getItem: denied, setItem: denied });
    const { keepEntry, openStorage } = await import('../../src/edge/storage.js');
    const world = payWorld(() => 'returned');
    wrap({ redirectUrl: '/payments/complete' }, { ...world.edges, keepEntry, openStorage });
    expect(world.page.request_pay({ merchant_uid: 'order_1' })).toBe('returned');
    vi.unstubAllGlobals();
  });
});

describe('a page that comes back out of the back/forward cache', () => {
  const told = (world: ReturnType<typeof payWorld>) =>
    world.edges.emit.mock.calls.filter(([name]) => name === 'returned_without_result').map(([, detail]) => detail);

  it('tells once that the customer has returned without a result, for the shop to free its button', () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(told(world)).toEqual([]);
    world.restore();
    world.restore();
    expect(told(world)).toEqual([{ merchantUid: 'order_1' }]);
  });

  it('tells it for each payment, and of the last one', () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    world.page.request_pay({ merchant_uid: 2 });
    world.restore();
    world.page.request_pay({ merchant_uid: 'order_3' });
    world.restore();
    expect(told(world)).toEqual([{ merchantUid: '2' }, { merchantUid: 'order_3' }]);
  });

  it('tells nothing where nobody has paid', () => {
    const world = wrappedPage();
    world.restore();
    expect(told(world)).toEqual([]);
  });

  it('is listened to once, however often wrap is called', () => {
    const world = wrappedPage();
    wrap({ redirectUrl: '/other' }, world.edges);
    expect(world.edges.onRestore).toHaveBeenCalledTimes(1);
  });
});

describe('the real request_pay', () => {
  it('has been called when ours returns: nothing is awaited, for that loses the click', () => {
    const world = wrappedPage();
    world.page.request_pay({});
    expect(world.sdk.request_pay).toHaveBeenCalledTimes(1);
  });

  it('is called once for each call, with what that call gave', () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    world.page.request_pay({ merchant_uid: 'order_2' });
    expect(world.sdk.request_pay.mock.calls.map(([params]) => params)).toEqual([
      { merchant_uid: 'order_1', m_redirect_url: LANDING },
      { merchant_uid: 'order_2', m_redirect_url: LANDING },
    ]);
  });
});

describe('wrap', () => {
  it('puts itself before the SDK once, and a second call replaces the options', () => {
    const world = wrappedPage();
    wrap({ redirectUrl: '/other' }, world.edges);
    expect(world.edges.interceptSdk).toHaveBeenCalledTimes(1);
    world.page.request_pay({});
    expect(passed(world)[0].m_redirect_url).toBe(`${SHOP}/other`);
  });

  it.each<[why: string, options: object]>([
    ['no landing URL', {}],
    ['a script as landing URL', { redirectUrl: 'javascript:alert(1)' }],
    ['a relative landing URL to another origin', { redirectUrl: '//evil.example/x' }],
    ['a typo', { redirectUrl: '/payments/complete', injekt: 'mobile' }],
    ['an unknown word', { redirectUrl: '/payments/complete', inject: 'sometimes' }],
  ])('throws for %s, touches nothing, and can be called again', (_, options) => {
    const world = payWorld();
    expect(() => wrap(options as WrapOptions, world.edges)).toThrow(expect.objectContaining({ code: 'invalid_option', actor: 'merchant' }));
    expect(world.edges.interceptSdk).not.toHaveBeenCalled();
    wrap({ redirectUrl: '/payments/complete' }, world.edges);
    world.page.request_pay({});
    expect(passed(world)[0].m_redirect_url).toBe(LANDING);
  });

  it("keeps the options that it had where the second call's are wrong", () => {
    const world = wrappedPage();
    expect(() => wrap({ redirectUrl: 'javascript:alert(1)' }, world.edges)).toThrow();
    world.page.request_pay({});
    expect(passed(world)[0].m_redirect_url).toBe(LANDING);
  });
});
