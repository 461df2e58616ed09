import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WrapOptions } from '../../src/core/options.js';
import type { PayEdges } from '../../src/pay.js';
import { caught } from '../core/helpers.js';
import { flush, payWorld, SHOP } from './helpers.js';

const LANDING = `${SHOP}/payments/complete`;

let wrap: (options: WrapOptions, edges: PayEdges) => void;
let unwrap: () => void;
beforeEach(async () => {
  // The flow keeps its options for the page's life; each test has a page of its own.
  vi.resetModules();
  ({ wrap, unwrap } = await import('../../src/pay.js'));
});

/** A page on which `wrap` has been called. */
const wrappedPage = (options: Partial<WrapOptions> = {}, original?: (this: unknown, ...args: unknown[]) => unknown) => {
  const world = payWorld(original);
  wrap({ redirectUrl: '/payments/complete', onError: world.onError, ...options }, world.edges);
  return world;
};
const passed = (world: ReturnType<typeof payWorld>) =>
  world.sdk.request_pay.mock.calls[0] as [Record<string, unknown>, (...results: unknown[]) => unknown, ...unknown[]];

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

  it('has what a class instance has, inherited accessors included', async () => {
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
    await flush();
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
  const RESPONSE = { success: true, imp_uid: 'imp_1', merchant_uid: 'order_1' };
  const home = (url: string, response: object) => `${url} with ${JSON.stringify(response, Object.keys(response).sort())}`;

  it("is the merchant's own where there is one: with the same `this`, arguments and result, once, and nobody is led away", async () => {
    const world = wrappedPage();
    const returned = { of: 'the merchant' };
    const callback = vi.fn(() => returned);
    world.page.request_pay({ merchant_uid: 'order_1' }, callback);
    expect(callback).not.toHaveBeenCalled();
    const receiver = {};
    const more = [undefined, null, Symbol('third')];
    expect(passed(world)[1].call(receiver, RESPONSE, ...more)).toBe(returned);
    expect(callback.mock.calls).toEqual([[RESPONSE, ...more]]);
    expect((callback.mock.calls as unknown[][])[0]?.[0]).toBe(RESPONSE);
    expect(callback.mock.contexts[0]).toBe(receiver);
    expect(callback.mock.calls[0]).toHaveLength(4);
    expect(world.edges.goToLanding).not.toHaveBeenCalled();
    expect(world.edges.offerLanding).not.toHaveBeenCalled();
    expect(await world.errors()).toEqual([]);
  });

  it('is called with as many arguments as the SDK gave: none', () => {
    const world = wrappedPage();
    const callback = vi.fn();
    world.page.request_pay({ merchant_uid: 'order_1' }, callback);
    (passed(world)[1] as () => void)();
    expect(callback.mock.calls).toEqual([[]]);
  });

  it('is called as often as the SDK calls it', () => {
    const world = wrappedPage();
    const callback = vi.fn();
    world.page.request_pay({ merchant_uid: 'order_1' }, callback);
    passed(world)[1](RESPONSE);
    passed(world)[1]({ ...RESPONSE, success: false });
    expect(callback.mock.calls).toEqual([[RESPONSE], [{ ...RESPONSE, success: false }]]);
  });

  it('may be the native resolve of a promise', async () => {
    const world = wrappedPage({}, (_params, callback) => (callback as (response: unknown) => void).call({}, { imp_uid: 'imp_1' }));
    await expect(new Promise((resolve) => world.page.request_pay({}, resolve))).resolves.toEqual({ imp_uid: 'imp_1' });
  });

  it("ends the departure where it is the merchant's: its code has the result", async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {
      expect(world.edges.dropEntry).not.toHaveBeenCalled();
    });
    passed(world)[1](RESPONSE);
    await flush();
    expect(world.edges.dropEntry.mock.calls).toEqual([['departed', { merchantUid: 'order_1' }]]);
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
    expect(callback.call({}, response)).toBeUndefined();
    expect(world.edges.withResponse.mock.calls).toEqual([[LANDING, response]]);
    expect(world.edges.goToLanding.mock.calls).toEqual([[home(LANDING, response)]]);
    // The landing has the rest of it.
    expect(world.edges.dropEntry).not.toHaveBeenCalled();
  });

  it('ours tells the order, where the response does not: an order that is paid already comes back without its ids', () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    const [, callback] = passed(world);
    const response = { success: false, error_code: 'F1002', error_msg: '이미 결제가 이루어진 거래건입니다.' };
    callback.call({}, response);
    expect(world.edges.withResponse.mock.calls).toEqual([[LANDING, { merchant_uid: 'order_1', ...response }]]);
  });

  it.each([undefined, null, 7, true])('ours leads to the landing with the order alone where the response is %j', (response) => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    passed(world)[1](response);
    expect(world.edges.goToLanding.mock.calls).toEqual([[home(LANDING, { merchant_uid: 'order_1' })]]);
  });

  it('ours leads to the landing URL that the merchant gave, where there is one', () => {
    const world = wrappedPage();
    world.page.request_pay({ m_redirect_url: 'https://other.example/done' });
    passed(world)[1]({ imp_uid: 'imp_1' });
    expect(world.edges.withResponse).toHaveBeenCalledWith('https://other.example/done', { merchant_uid: undefined, imp_uid: 'imp_1' });
  });

  it('keeps its place before further arguments', () => {
    const world = wrappedPage();
    world.page.request_pay({}, undefined, 'third');
    expect(passed(world)).toHaveLength(3);
    expect(passed(world)[1]).toBeTypeOf('function');
  });

  describe("callback: 'landing'", () => {
    it("the merchant's own runs first, and then the page goes to the landing; the departure stays, for the landing takes its place", () => {
      const world = wrappedPage({ callback: 'landing' });
      world.page.request_pay({ merchant_uid: 'order_1' }, () => {
        world.log.push('callback');
        return 'returned';
      });
      expect(passed(world)[1](RESPONSE)).toBe('returned');
      expect(world.log.slice(-2)).toEqual(['callback', 'goToLanding']);
      expect(world.edges.goToLanding.mock.calls).toEqual([[home(LANDING, RESPONSE)]]);
      expect(world.edges.dropEntry).not.toHaveBeenCalled();
    });

    it('goes there where the merchant gave no callback too, once', () => {
      const world = wrappedPage({ callback: 'landing' });
      world.page.request_pay({ merchant_uid: 'order_1' });
      passed(world)[1](RESPONSE);
      expect(world.edges.goToLanding.mock.calls).toEqual([[home(LANDING, RESPONSE)]]);
    });

    it('goes there where the callback throws, which goes on as before', async () => {
      const world = wrappedPage({ callback: 'landing' });
      const thrown = new Error('of the merchant');
      world.page.request_pay({ merchant_uid: 'order_1' }, () => {
        throw thrown;
      });
      expect(caught(() => passed(world)[1](RESPONSE))).toBe(thrown);
      expect(world.edges.goToLanding).toHaveBeenCalledTimes(1);
      expect(await world.errors()).toEqual(['callback_threw']);
    });
  });

  it.each([new Error('of the merchant'), 'a word', undefined, null])(
    'that throws (%s) is reported, the customer is offered the landing in the language of the page, and the exception goes on as before',
    async (thrown) => {
      const world = wrappedPage();
      world.page.request_pay({ merchant_uid: 'order_1' }, () => {
        throw thrown;
      });
      expect(caught(() => passed(world)[1](RESPONSE))).toBe(thrown);
      expect(await world.errors()).toEqual(['callback_threw']);
      expect(world.onError.mock.calls[0]?.[0]).toMatchObject({ actor: 'merchant', cause: thrown });
      expect(world.edges.offerLanding.mock.calls).toEqual([[home(LANDING, RESPONSE), '결제 결과 확인하기']]);
      expect(world.edges.goToLanding).not.toHaveBeenCalled();
      // Nobody has the result yet: it can be recovered.
      expect(world.edges.dropEntry).not.toHaveBeenCalled();
    },
  );

  it('that throws on an English page is followed by an English link', () => {
    const world = wrappedPage();
    world.edges.pageLanguage.mockReturnValue('en-US');
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {
      throw 0;
    });
    caught(() => passed(world)[1](RESPONSE));
    expect(world.edges.offerLanding.mock.calls[0]?.[1]).toBe('See the result of your payment');
  });

  it('that returns a promise which rejects is left alone: it may be heard', async () => {
    const world = wrappedPage();
    const promise = Promise.reject(new Error('later'));
    world.page.request_pay({ merchant_uid: 'order_1' }, () => promise);
    expect(passed(world)[1](RESPONSE)).toBe(promise);
    await expect(promise).rejects.toThrow('later');
    expect(await world.errors()).toEqual([]);
  });
});

describe('what the SDK writes into the params', () => {
  const write = (written: object) => (params: unknown) => {
    Object.assign(params as object, written);
    return 'returned';
  };

  it.each<[name: string, params: object, written: object]>([
    ['an order number that it made up', { amount: 1 }, { merchant_uid: 'nobody_1' }],
    ['a request id', { merchant_uid: 'order_1' }, { request_id: 'req_1' }],
    ['the way to pay', { merchant_uid: 'order_1', pay_method: undefined }, { pay_method: 'card' }],
    ['a code', { merchant_uid: 'order_1', tier_code: 'a' }, { tier_code: 'b' }],
  ])("is in the merchant's object afterwards, as without us: %s; our URL is not", (_, params, written) => {
    const world = wrappedPage({}, write(written));
    expect(world.page.request_pay(params)).toBe('returned');
    expect(params).toMatchObject(written);
    expect('m_redirect_url' in params).toBe(false);
  });

  it('is there when the callback is called, as what it writes after its return', () => {
    const world = wrappedPage();
    const params: Record<string, unknown> = { merchant_uid: 'order_1' };
    const seen = vi.fn();
    world.page.request_pay(params, () => seen({ ...params }));
    passed(world)[0].request_id = 'req_late';
    passed(world)[1]({});
    expect(seen).toHaveBeenCalledWith({ merchant_uid: 'order_1', request_id: 'req_late' });
  });

  it("leaves the merchant's own m_redirect_url as it was, an empty one too", () => {
    for (const m_redirect_url of ['', null, undefined]) {
      const params = { m_redirect_url };
      wrappedPage({}, write({ merchant_uid: 'nobody_1' })).page.request_pay(params);
      expect(params).toEqual({ m_redirect_url, merchant_uid: 'nobody_1' });
    }
  });

  it('and what it does not write is not touched: setters are not called', () => {
    const set = vi.fn();
    const params = {
      get amount() {
        return 1;
      },
      set amount(value: number) {
        set(value);
      },
    };
    wrappedPage({}, write({ request_id: 'req_1' })).page.request_pay(params);
    expect(set).not.toHaveBeenCalled();
    expect(params).toMatchObject({ request_id: 'req_1' });
  });

  it('stops nothing where the merchant froze the object', () => {
    const params = Object.freeze({ merchant_uid: 'order_1' });
    expect(wrappedPage({}, write({ request_id: 'req_1' })).page.request_pay(params)).toBe('returned');
    expect(params).toEqual({ merchant_uid: 'order_1' });
  });
});

describe('a second payment while one is open', () => {
  it('is reported, and goes on', async () => {
    const world = wrappedPage({}, () => 'returned');
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(await world.errors()).toEqual([]);
    expect(world.page.request_pay({ merchant_uid: 'order_2' })).toBe('returned');
    expect(world.sdk.request_pay).toHaveBeenCalledTimes(2);
    expect(await world.errors()).toEqual(['already_open']);
    expect(departures(world)).toEqual(['order_1', 'order_2']);
  });

  it.each<[single: unknown, passes: boolean]>([
    [true, false],
    ['', false],
    ['true', false],
    [false, true],
    ['false', true],
    [undefined, true],
  ])('with single: %j, goes on to the SDK: %s', async (single, passes) => {
    const world = wrappedPage({ single } as Partial<WrapOptions>, () => 'returned');
    expect(world.page.request_pay({ merchant_uid: 'order_1' })).toBe('returned');
    expect(world.page.request_pay({ merchant_uid: 'order_2' })).toBe(passes ? 'returned' : undefined);
    expect(world.sdk.request_pay).toHaveBeenCalledTimes(passes ? 2 : 1);
    await flush();
    expect(departures(world)).toEqual(passes ? ['order_1', 'order_2'] : ['order_1']);
    expect(await world.errors()).toEqual(['already_open']);
  });

  it.each<[name: string, end: (world: ReturnType<typeof payWorld>) => unknown]>([
    ['its callback was called', (world) => passed(world)[1]({})],
    ['the page came back out of the cache', (world) => world.restore()],
    ['nothing was heard of it for long', (world) => world.clock.advance(600_000)],
  ])('is the first again where %s', async (_, end) => {
    const world = wrappedPage({ single: true }, () => 'returned');
    world.page.request_pay({ merchant_uid: 'order_1' });
    await end(world);
    expect(world.page.request_pay({ merchant_uid: 'order_2' })).toBe('returned');
    expect(await world.errors()).toEqual([]);
  });

  it('is the first again where the callback of the first threw', async () => {
    const world = wrappedPage({ single: true }, () => 'returned');
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {
      throw 0;
    });
    caught(() => passed(world)[1]({}));
    expect(world.page.request_pay({ merchant_uid: 'order_2' })).toBe('returned');
    expect(await world.errors()).toEqual(['callback_threw']);
  });

  // `IMP.init` was forgotten, say: no window was opened.
  it('is the first again where the SDK itself threw', async () => {
    let isReady = false;
    const world = wrappedPage({ single: true }, () => {
      if (!isReady) throw new Error('IMP.init first');
      return 'returned';
    });
    expect(caught(() => world.page.request_pay({ merchant_uid: 'order_1' }))).toMatchObject({ message: 'IMP.init first' });
    isReady = true;
    expect(world.page.request_pay({ merchant_uid: 'order_1' })).toBe('returned');
    expect(await world.errors()).toEqual([]);
  });
});

describe('a payment of which nothing is heard', () => {
  const ends = (world: ReturnType<typeof payWorld>) =>
    world.edges.emit.mock.calls.filter(([name]) => /never_left|returned_without_result/.test(name));

  it.each<[given: unknown, ms: number]>([
    [undefined, 600_000],
    [1_000, 1_000],
    ['1000', 1_000],
  ])('ends after resultTimeoutMs: %j, with never_left where the page was never out of sight', async (resultTimeoutMs, ms) => {
    const world = wrappedPage({ resultTimeoutMs } as Partial<WrapOptions>);
    world.page.request_pay({ merchant_uid: 'order_1' });
    await world.clock.advance(ms - 1);
    expect(ends(world)).toEqual([]);
    await world.clock.advance(1);
    expect(ends(world)).toEqual([['never_left', { merchantUid: 'order_1' }]]);
    await world.clock.advance(10 * ms);
    expect(ends(world)).toHaveLength(1);
    expect(world.clock.waiting()).toBe(0);
  });

  it('ends with returned_without_result where the page was out of sight meanwhile', async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    await world.clock.advance(300_000);
    world.hide();
    await world.clock.advance(300_000);
    expect(ends(world)).toEqual([['returned_without_result', { merchantUid: 'order_1' }]]);
  });

  it('has the order as text, and an empty one where there is none', async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 7 });
    await world.clock.advance(600_000);
    world.page.request_pay({});
    await world.clock.advance(600_000);
    expect(ends(world).map(([, detail]) => detail)).toEqual([{ merchantUid: '7' }, { merchantUid: '' }]);
  });

  it.each<[name: string, end: (world: ReturnType<typeof payWorld>) => void]>([
    ['its callback was called', (world) => passed(world)[1]({})],
    ['another one was begun, whose it is then', (world) => void world.page.request_pay({ merchant_uid: 'order_2' })],
  ])('tells nothing of itself where %s', async (_, end) => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {});
    end(world);
    await world.clock.advance(10 * 600_000);
    expect(ends(world).filter(([, detail]) => (detail as { merchantUid: string }).merchantUid === 'order_1')).toEqual([]);
  });

  it('the callback of an earlier one does not end a later one', async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {});
    world.page.request_pay({ merchant_uid: 'order_2' }, () => {});
    passed(world)[1]({});
    await world.clock.advance(600_000);
    expect(ends(world)).toEqual([['never_left', { merchantUid: 'order_2' }]]);
  });

  it('that is heard of after all still reaches the merchant', async () => {
    const world = wrappedPage();
    const callback = vi.fn();
    world.page.request_pay({ merchant_uid: 'order_1' }, callback);
    await world.clock.advance(600_000);
    passed(world)[1]({ imp_uid: 'imp_1' });
    expect(callback).toHaveBeenCalledWith({ imp_uid: 'imp_1' });
  });
});

describe("the merchant's own m_redirect_url", () => {
  const SAFE = `${SHOP}/safe`;
  const withSafe = (options: object = {}) => {
    const world = wrappedPage(options);
    world.edges.inspectUrl.mockImplementation((given) => ({ given, base: SHOP, safe: SAFE, damage: 'damage' }));
    return world;
  };

  it('that is not safe is left alone, and reported with what is wrong and what it should be', async () => {
    const world = withSafe();
    const params = { merchant_uid: 'order_1', m_redirect_url: '/완료' };
    world.page.request_pay(params);
    expect(passed(world)[0]).toBe(params);
    expect(world.edges.inspectUrl.mock.calls).toEqual([['/완료']]);
    expect(await world.errors()).toEqual(['redirect_url_unsafe']);
    expect(world.onError.mock.calls[0]?.[0].message).toContain(`damage: /완료 -> ${SAFE}`);
  });

  it.each([true, '', 'true'])('is repaired with repair: %j, and reported', async (repair) => {
    const world = withSafe({ repair });
    const params = { merchant_uid: 'order_1', m_redirect_url: '/완료' };
    world.page.request_pay(params);
    expect(passed(world)[0]).toEqual({ merchant_uid: 'order_1', m_redirect_url: SAFE });
    expect(params.m_redirect_url).toBe('/완료');
    expect(await world.errors()).toEqual(['redirect_url_unsafe']);
    // The callback's way home is the same.
    passed(world)[1]({});
    expect(world.edges.withResponse.mock.calls[0]?.[0]).toBe(SAFE);
  });

  it.each([false, 'false', undefined])('is not with repair: %j', (repair) => {
    const world = withSafe({ repair });
    const params = { m_redirect_url: '/완료' };
    world.page.request_pay(params);
    expect(passed(world)[0]).toBe(params);
  });

  it('is repaired where only mobile pages get ours', () => {
    const world = withSafe({ repair: true, inject: 'mobile' });
    world.page.request_pay({ m_redirect_url: '/완료' });
    expect(passed(world)[0].m_redirect_url).toBe(SAFE);
  });

  it.each(['null', 'undefined'])('that is the word "%s" is taken for none where it is repaired', (m_redirect_url) => {
    const world = withSafe({ repair: true });
    world.page.request_pay({ m_redirect_url });
    expect(world.edges.inspectUrl.mock.calls).toEqual([[LANDING]]);
    expect(passed(world)[0].m_redirect_url).toBe(SAFE);
  });

  it('that is safe is reported by nobody', async () => {
    for (const repair of [true, false]) {
      const world = wrappedPage({ repair });
      world.edges.inspectUrl.mockImplementation((given) => ({ given, base: SHOP, safe: given, damage: '' }));
      world.page.request_pay({ merchant_uid: 'order_1', m_redirect_url: SHOP });
      expect(await world.errors()).toEqual([]);
    }
  });

  it('ours is always made safe, and that is no news', async () => {
    const world = withSafe();
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(passed(world)[0].m_redirect_url).toBe(SAFE);
    expect(await world.errors()).toEqual([]);
  });
});

describe('placeholders in redirectUrl', () => {
  it.each<[redirectUrl: string, params: object, url: string]>([
    ['/done/{merchant_uid}', { merchant_uid: 'order_1' }, '/done/order_1'],
    ['/done/{merchant_uid}', { merchant_uid: '주문 1/2' }, `/done/${encodeURIComponent('주문 1/2')}`],
    ['/done/{merchant_uid}/x', { merchant_uid: '..' }, '/done//x'],
    ['/done?a={amount}&n={name}', { amount: 12000, name: 'A&B=1' }, '/done?a=12000&n=A%26B%3D1'],
    ['/done#{merchant_uid}', { merchant_uid: 'order_1' }, '/done#order_1'],
    ['/done/{unknown}', {}, '/done/'],
    ['/done/%7Bmerchant_uid%7D', { merchant_uid: 'order_1' }, '/done/order_1'],
  ])('%s of %o: %s', (redirectUrl, params, url) => {
    const world = wrappedPage({ redirectUrl });
    world.page.request_pay(params);
    expect(passed(world)[0].m_redirect_url).toBe(`${SHOP}${url}`);
  });
});

describe('what is missing or late', () => {
  it('a payment without an order number is reported each time', async () => {
    const world = wrappedPage();
    world.page.request_pay({});
    passed(world)[1]({});
    world.page.request_pay({ merchant_uid: '' });
    expect(await world.errors()).toEqual(['merchant_uid_missing', 'merchant_uid_missing']);
  });

  it('an SDK that was on the page before us, and cannot be changed, is reported', async () => {
    const world = payWorld();
    world.beLate();
    wrap({ redirectUrl: '/payments/complete', onError: world.onError }, world.edges);
    expect(await world.errors()).toEqual(['wrapped_late']);
    expect(world.onError.mock.calls[0]?.[0]).toMatchObject({ actor: 'merchant' });
  });

  it('is told to the console where there is no onError', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const world = wrappedPage({ onError: undefined });
    world.page.request_pay({});
    await world.errors();
    expect(error.mock.calls.map(([{ code }]) => code)).toEqual(['merchant_uid_missing']);
    error.mockRestore();
  });

  it('is told after the call, and an onError that throws stops nothing', async () => {
    const world = payWorld(() => 'returned');
    const onError = vi.fn(() => {
      world.log.push('onError');
    });
    wrap({ redirectUrl: '/payments/complete', onError }, world.edges);
    expect(world.page.request_pay({})).toBe('returned');
    await world.errors();
    expect(world.log.slice(-2)).toEqual(['request_pay', 'onError']);
  });
});

describe('what is kept of the page', () => {
  const FORM = { name: '홍길동', gift: 'on' };
  const keptOf = async (options: Partial<WrapOptions>, params: object = { merchant_uid: 'order_1' }) => {
    const world = wrappedPage(options);
    world.edges.formFields.mockReturnValue(FORM);
    world.page.request_pay(params);
    await flush();
    return { world, kept: world.edges.keepEntry.mock.calls[0]?.[3] };
  };

  it.each<[name: string, options: Partial<WrapOptions>, kept: unknown]>([
    ['nothing', {}, undefined],
    ['what a function returns', { context: () => ({ a: 1, b: { c: [null, 'x'] } }) }, { a: 1, b: { c: [null, 'x'] } }],
    ["a form's fields", { contextForm: '#order' }, FORM],
    ['params, by names in a text', { contextParams: 'amount custom_data' }, { amount: 12000, custom_data: { seat: 1 } }],
    ['params, by names with commas', { contextParams: 'amount, custom_data' }, { amount: 12000, custom_data: { seat: 1 } }],
    ['params, by a list', { contextParams: ['amount', 'name'] }, { amount: 12000, name: '좌석' }],
    ['what of them there is', { contextParams: 'nothing amount' }, { amount: 12000 }],
    ['all of it', { context: () => ({ a: 1 }), contextForm: '#order', contextParams: 'amount' }, { ...FORM, a: 1, amount: 12000 }],
    [
      'what is said by the function rather than by the form',
      { context: () => ({ gift: 'off' }), contextForm: '#order' },
      { ...FORM, gift: 'off' },
    ],
    ['JSON alone', { context: () => ({ a: undefined, b: () => {}, c: new Date(0) }) }, { c: '1970-01-01T00:00:00.000Z' }],
  ])('with the departure: %s', async (_, options, kept) => {
    const params = { merchant_uid: 'order_1', amount: 12000, name: '좌석', custom_data: { seat: 1 } };
    expect((await keptOf(options, params)).kept).toEqual(kept);
  });

  it('is asked for at each payment, and not before', () => {
    const context = vi.fn(() => ({ a: 1 }));
    const world = wrappedPage({ context });
    expect(context).not.toHaveBeenCalled();
    world.page.request_pay({ merchant_uid: 'order_1' });
    world.page.request_pay({ merchant_uid: 'order_2' });
    expect(context).toHaveBeenCalledTimes(2);
  });

  it('is of the moment: what changes later is not in it', async () => {
    const live = { a: 1 };
    const keeping = keptOf({ context: () => live });
    live.a = 2;
    expect((await keeping).kept).toEqual({ a: 1 });
  });

  const loop: Record<string, unknown> = {};
  loop.loop = loop;
  it.each<[name: string, options: Partial<WrapOptions>]>([
    [
      'a function that throws',
      {
        context: () => {
          throw new Error('of the merchant');
        },
      },
    ],
    ['what is no JSON', { context: () => loop }],
    ['a BigInt', { context: () => ({ a: 1n }) }],
  ])('%s is reported, and the departure is kept without it', async (_, options) => {
    const { world, kept } = await keptOf(options);
    expect(kept).toBeUndefined();
    await flush();
    expect(departures(world)).toEqual(['order_1']);
    expect(world.sdk.request_pay).toHaveBeenCalledTimes(1);
    expect(await world.errors()).toEqual(['context_failed']);
  });

  it('is reported where the form is none', async () => {
    const world = wrappedPage({ contextForm: '#nowhere' });
    world.edges.formFields.mockImplementation(() => {
      throw new TypeError('no form');
    });
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(world.edges.formFields.mock.calls).toEqual([['#nowhere']]);
    await flush();
    expect(departures(world)).toEqual(['order_1']);
    expect(await world.errors()).toEqual(['context_failed']);
  });
});

describe('unwrap', () => {
  it('puts both SDKs back, and what the page still holds of ours calls them unchanged', () => {
    const world = wrappedPage({}, () => 'returned');
    const { request_pay, requestPayment } = world.page;
    unwrap();
    expect(world.restoreV1).toHaveBeenCalledTimes(1);
    expect(world.restoreV2).toHaveBeenCalledTimes(1);
    expect(world.page.request_pay).toBe(world.sdk.request_pay);
    const params = { merchant_uid: 'order_1' };
    const callback = () => {};
    expect(request_pay(params, callback)).toBe('returned');
    expect(world.sdk.request_pay.mock.calls).toEqual([[params, callback]]);
    expect(passed(world)[0]).toBe(params);
    expect(passed(world)[1]).toBe(callback);
    expect(requestPayment(params)).toBe('returned');
    expect(world.sdk.requestPayment.mock.calls[0]?.[0]).toBe(params);
    expect(departures(world)).toEqual([]);
  });

  it('of nothing does nothing', () => {
    expect(unwrap()).toBeUndefined();
    const world = wrappedPage();
    unwrap();
    unwrap();
    expect(world.restoreV1).toHaveBeenCalledTimes(1);
  });

  it('can be followed by wrap, with other options', () => {
    const world = wrappedPage();
    unwrap();
    wrap({ redirectUrl: '/other' }, world.edges);
    expect(world.edges.interceptSdk).toHaveBeenCalledTimes(2);
    world.page.request_pay({});
    expect(passed(world)[0].m_redirect_url).toBe(`${SHOP}/other`);
  });

  it('what is open is still watched: the merchant has its callback, the page its event', async () => {
    const world = wrappedPage();
    const callback = vi.fn();
    world.page.request_pay({ merchant_uid: 'order_1' }, callback);
    unwrap();
    await world.clock.advance(600_000);
    expect(world.told('never_left')).toEqual([{ merchantUid: 'order_1' }]);
    passed(world)[1]({ imp_uid: 'imp_1' });
    expect(callback).toHaveBeenCalledTimes(1);
  });
});

describe('what is no payment', () => {
  const url = (world: ReturnType<typeof payWorld>, method: 'request_pay' | 'certification' = 'request_pay') =>
    (world.sdk[method].mock.calls[0] as [{ m_redirect_url?: string }])[0].m_redirect_url;

  it.each([
    ['/payments/complete', '/payments/complete?imp_flow=billing'],
    ['/payments/complete?a=1', '/payments/complete?a=1&imp_flow=billing'],
    ['/payments/complete#/done', '/payments/complete?imp_flow=billing#/done'],
    ['/payments/complete?a=1#/done?b=2', '/payments/complete?a=1&imp_flow=billing#/done?b=2'],
  ])('a billing key that is issued: its landing %s is marked', async (redirectUrl, marked) => {
    const world = wrappedPage({ redirectUrl });
    world.page.request_pay({ merchant_uid: 'order_1', customer_uid: 'customer_1' });
    expect(url(world)).toBe(`${SHOP}${marked}`);
    await flush();
    expect(world.edges.keepEntry.mock.calls[0]?.[3]).toEqual({ imp_flow: 'billing' });
  });

  it("a merchant's own landing URL is not marked, and what is kept tells it", async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1', customer_uid: 'customer_1', m_redirect_url: `${SHOP}/own` });
    expect(url(world)).toBe(`${SHOP}/own`);
    await flush();
    expect(world.edges.keepEntry.mock.calls[0]?.[3]).toEqual({ imp_flow: 'billing' });
  });

  it('an identity verification is left alone where the merchant did not ask for it', () => {
    const world = wrappedPage({}, () => 'returned');
    const args = [{ merchant_uid: 'order_1' }, () => {}];
    expect(world.page.certification(...args)).toBe('returned');
    expect(world.sdk.certification.mock.calls).toEqual([args]);
    expect(world.sdk.certification.mock.calls[0]?.[0]).toBe(args[0]);
    expect(departures(world)).toEqual([]);
  });

  it.each([false, 'false'])('an identity verification is left alone with certification: %j', (certification) => {
    const world = wrappedPage({ certification });
    world.page.certification({ merchant_uid: 'order_1' });
    expect(departures(world)).toEqual([]);
  });

  it.each([true, '', { confirmUrl: '/certify' }, '{"confirmUrl":"/certify"}'])(
    'an identity verification is wrapped like a payment, and marked, with certification: %j',
    async (certification) => {
      const world = wrappedPage({ certification }, () => 'returned');
      expect(world.page.certification({ merchant_uid: 'order_1' })).toBe('returned');
      expect(url(world, 'certification')).toBe(`${LANDING}?imp_flow=certification`);
      await flush();
      expect(world.edges.keepEntry.mock.calls[0]?.[3]).toEqual({ imp_flow: 'certification' });
    },
  );

  it('a payment beside it has no mark', () => {
    const world = wrappedPage({ certification: true });
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(url(world)).toBe(LANDING);
    expect(world.edges.keepEntry.mock.calls[0]?.[3]).toBeUndefined();
  });
});

describe('PortOne V2', () => {
  const requested = (world: ReturnType<typeof payWorld>) => world.sdk.requestPayment.mock.calls[0]?.[0] as Record<string, unknown>;

  it('gets a redirectUrl where the merchant gave none, in a copy, and the departure is kept', () => {
    const world = wrappedPage({ contextParams: 'totalAmount' }, () => 'returned');
    const request = Object.freeze({ storeId: 'store-1', paymentId: 'order_1', totalAmount: 1000 });
    expect(world.page.requestPayment.call(world, request, 'second')).toBe('returned');
    expect(requested(world)).toEqual({ ...request, redirectUrl: LANDING });
    expect(world.sdk.requestPayment.mock.calls[0]?.[1]).toBe('second');
    expect(world.sdk.requestPayment.mock.contexts[0]).toBe(world);
    expect(world.edges.keepEntry.mock.calls).toEqual([['departed', { merchantUid: 'order_1' }, undefined, { totalAmount: 1000 }]]);
    expect(world.told('departure')).toEqual([{ merchantUid: 'order_1' }]);
  });

  it("gets the merchant's own object where that has one, and on a PC with inject: mobile", () => {
    for (const [options, more] of [
      [{}, { redirectUrl: 'https://other.example/done' }],
      [{ inject: 'mobile' }, {}],
    ] as const) {
      const world = wrappedPage(options);
      const request = { paymentId: 'order_1', ...more };
      world.page.requestPayment(request);
      expect(requested(world)).toBe(request);
    }
  });

  it('gets nothing where the merchant gave nothing', () => {
    const world = wrappedPage();
    world.page.requestPayment();
    expect(world.sdk.requestPayment.mock.calls).toEqual([[]]);
  });

  it("whose promise tells the result ends the departure; the promise is the SDK's own", async () => {
    const promise = Promise.resolve({ code: 'FAILURE' });
    const world = wrappedPage({}, () => promise);
    expect(world.page.requestPayment({ paymentId: 'order_1' })).toBe(promise);
    expect(world.edges.dropEntry).not.toHaveBeenCalled();
    await world.errors();
    expect(world.edges.dropEntry.mock.calls).toEqual([['departed', { merchantUid: 'order_1' }]]);
  });

  it('whose promise rejects leaves it, and is heard by the merchant alone', async () => {
    const world = wrappedPage({}, () => Promise.reject(new Error('of the SDK')));
    const promise = world.page.requestPayment({ paymentId: 'order_1' });
    await expect(promise).rejects.toThrow('of the SDK');
    expect(world.edges.dropEntry).not.toHaveBeenCalled();
  });

  it('without a paymentId is reported', async () => {
    const world = wrappedPage();
    world.page.requestPayment({});
    expect(departures(world)).toEqual([]);
    expect(await world.errors()).toEqual(['merchant_uid_missing']);
  });
});

// imp-redirect.js and imp-redirect.wrap.js: see vite.config.ts.
describe('in a script without what is not a default', () => {
  beforeEach(() => {
    vi.stubGlobal('FULL', false);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("leaves the merchant's own m_redirect_url alone, looks at it no further, and asks V2 for nothing", async () => {
    const world = wrappedPage();
    const params = { merchant_uid: 'order_1', m_redirect_url: '/완료' };
    world.edges.makeSafeUrl.mockClear();
    world.page.request_pay(params);
    expect(passed(world)[0]).toBe(params);
    expect(world.edges.makeSafeUrl).not.toHaveBeenCalled();
    expect(world.edges.interceptV2).not.toHaveBeenCalled();
    expect(await world.errors()).toEqual([]);
  });

  it('makes ours safe, tells of a second payment, and ends one of which nothing is heard', async () => {
    const world = payWorld();
    world.edges.makeSafeUrl.mockReturnValue(`${SHOP}/safe`);
    wrap({ redirectUrl: '/payments/complete', onError: world.onError }, world.edges);
    // Not while the page loads; and then once, for every payment has the same.
    expect(world.edges.makeSafeUrl).not.toHaveBeenCalled();
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(passed(world)[0].m_redirect_url).toBe(`${SHOP}/safe`);
    expect(world.edges.makeSafeUrl).toHaveBeenCalledTimes(1);
    world.page.request_pay({ merchant_uid: 'order_2' });
    await world.clock.advance(600_000);
    expect(world.told('never_left')).toEqual([{ merchantUid: 'order_2' }]);
    expect(await world.errors()).toEqual(['already_open']);
  });

  it('reports a callback that throws, and offers nothing', async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {
      throw 'of the merchant';
    });
    expect(caught(() => passed(world)[1]({}))).toBe('of the merchant');
    expect(await world.errors()).toEqual(['callback_threw']);
    expect(world.edges.offerLanding).not.toHaveBeenCalled();
  });

  it('keeps nothing of the page', async () => {
    const world = wrappedPage({ contextParams: 'amount' } as never);
    world.page.request_pay({ merchant_uid: 'order_1', amount: 1 });
    await flush();
    expect(world.edges.keepEntry.mock.calls).toEqual([['departed', { merchantUid: 'order_1' }, undefined, undefined]]);
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
  ])('%s, with a mobile environment: %s, injected: %s', async (inject, mobile, injected) => {
    const world = wrappedPage({ inject });
    world.edges.isMobilePage.mockReturnValue(mobile);
    const params = { merchant_uid: 'order_1' };
    world.page.request_pay(params);
    expect(passed(world)[0].m_redirect_url).toBe(injected ? LANDING : undefined);
    expect(passed(world)[0] === params).toBe(!injected);
    // The way home by callback, and the departure, are for every device.
    expect(passed(world)[1]).toBeTypeOf('function');
    await flush();
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
  it('is kept and told behind the call, which does not wait for it, in the same task', async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1' });
    expect(world.log).toEqual(['request_pay']);
    await Promise.resolve();
    expect(world.log).toEqual(['request_pay', 'keepEntry', 'emit departure']);
    expect(world.edges.keepEntry.mock.calls).toEqual([['departed', { merchantUid: 'order_1' }, undefined, undefined]]);
    expect(world.edges.emit.mock.calls).toEqual([['departure', { merchantUid: 'order_1' }]]);
  });

  it.each<[given: unknown, kept: string]>([
    [20260101, '20260101'],
    [0, '0'],
    [1.5, '1.5'],
    ['주문 #1', '주문 #1'],
    ['<img src=x>', '<img src=x>'],
    ['__proto__', '__proto__'],
  ])('is of an order %j', async (merchant_uid, kept) => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid });
    await flush();
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

  it('is kept where the merchant gave the landing URL too', async () => {
    const world = wrappedPage();
    world.page.request_pay({ merchant_uid: 'order_1', m_redirect_url: 'https://other.example/done' });
    await flush();
    expect(departures(world)).toEqual(['order_1']);
  });

  it('is not kept by wrap itself, which leaves the storage alone', async () => {
    const world = wrappedPage();
    wrap({ redirectUrl: '/other' }, world.edges);
    await flush();
    expect(world.log).toEqual([]);
  });

  it('is dropped behind it where the SDK calls back before it returns', async () => {
    const world = wrappedPage({}, (_, callback) => (callback as () => void)());
    world.page.request_pay({ merchant_uid: 'order_1' }, () => {});
    await flush();
    expect(world.log).toEqual(['request_pay', 'keepEntry', 'emit departure', 'dropEntry']);
    await world.clock.advance(600_000);
    expect(world.told('never_left')).toEqual([]);
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
    const { keepEntry } = await import('../../src/edge/storage.js');
    const world = payWorld(() => 'returned');
    wrap({ redirectUrl: '/payments/complete' }, { ...world.edges, keepEntry });
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
