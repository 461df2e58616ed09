import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { parse } from 'acorn';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSdk } from '../../demo/stand-in/sdk/build.js';
import { injectQuery } from '../../demo/stand-in/sdk/inject-query.js';
import type { PrepareAnswer, PrepareRequest, SdkResponse } from '../../demo/stand-in/sdk/prepare.js';

const STAND_IN = 'http://127.0.0.1:4001';
const CHECKOUT = 'http://localhost:4000/shop/checkout';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1';
const IPAD = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15';
const GATEWAY_URL = `${STAND_IN}/gateway/imp_1`;
const LEAVE: PrepareAnswer = { gateway_url: GATEWAY_URL, way: 'redirect', imp_uid: 'imp_1' };
const STAY: PrepareAnswer = { gateway_url: GATEWAY_URL, way: 'callback', imp_uid: 'imp_1' };
const ENDED = { type: 'portone-stand-in:ended', response: { imp_uid: 'imp_1' } };
const ALREADY_PAID: PrepareAnswer = {
  failure: { success: false, imp_uid: null, merchant_uid: 'order_1', error_code: 'F1002', error_msg: '이미 & 결제' },
};

type Generation = '1x' | 'v1';
const GENERATIONS: Generation[] = ['1x', 'v1'];

let dir: string;
const scripts = {} as Record<Generation, string>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'stand-in-sdk-'));
  await buildSdk(dir);
  for (const generation of GENERATIONS) scripts[generation] = await readFile(join(dir, `iamport-${generation}.js`), 'utf8');
});
afterAll(() => rm(dir, { recursive: true }));

interface Imp {
  init(code: string): void;
  agency(code: string, tier: string): void;
  request_pay(params?: object | null, callback?: unknown): unknown;
  close(): void;
  communicate(message: unknown): void;
}

/** Lets all that is under way and needs no outside event come to its end. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The gateways that the merchant has registered. */
const GATEWAYS = {
  code: 0,
  data: ['html5_inicis', 'naverpay', 'paypal', 'eximbay', 'payco', 'smilepay'].map((pg_provider) => ({ pg_provider })),
};

interface PageOptions {
  userAgent?: string;
  answer?: PrepareAnswer | null;
  /** What is answered to the first question, one after the other; `null` is a server that fails. */
  gateways?: (object | null)[];
  readyState?: DocumentReadyState;
  /** Whether the browser blocks windows. */
  blocks?: boolean;
}

/** A checkout page without a DOM, on which scripts run as classic scripts do. */
const createPage = ({ userAgent = IPHONE, answer = LEAVE, gateways = [], readyState = 'complete', blocks = true }: PageOptions = {}) => {
  const seen = { went: [] as string[], alerts: [] as unknown[], prepared: [] as PrepareRequest[], logs: [] as unknown[] };
  const listeners: Record<string, ((event: object) => void)[]> = {};
  const addEventListener = (type: string, listener: (event: object) => void) => {
    listeners[type] = [...(listeners[type] ?? []), listener];
  };
  const removeEventListener = (type: string, listener: unknown) => {
    listeners[type] = listeners[type]?.filter((one) => one !== listener) ?? [];
  };
  const tell = (type: string, event: object = {}) => {
    for (const listener of listeners[type] ?? []) listener(event);
  };
  const popup = { closed: false, location: { href: 'about:blank' }, close: () => Object.assign(popup, { closed: true }) };
  const ticks = new Set<() => void>();
  const document = { baseURI: CHECKOUT, currentScript: { src: `${STAND_IN}/v1/iamport.js` }, readyState, addEventListener };
  const page = createContext({
    URL,
    encodeURI,
    encodeURIComponent,
    navigator: { userAgent },
    document,
    addEventListener,
    removeEventListener,
    open: () => (blocks ? null : popup),
    setInterval: (tick: () => void) => {
      ticks.add(tick);
      return tick;
    },
    clearInterval: (tick: () => void) => ticks.delete(tick),
    location: {
      get href() {
        return CHECKOUT;
      },
      set href(url: string) {
        seen.went.push(url);
      },
    },
    alert: (message: unknown) => void seen.alerts.push(message),
    console: { log: (message: unknown) => void seen.logs.push(message) },
    fetch: async (url: string, init: RequestInit) => {
      if (url === `${STAND_IN}/users/pg/imp00000000`) {
        const known = gateways.length ? gateways.shift() : GATEWAYS;
        return { ok: !!known, json: async () => known };
      }
      expect(url).toBe(`${STAND_IN}/sdk/prepare`);
      seen.prepared.push(JSON.parse(String(init.body)));
      return { ok: answer !== null, json: async () => answer };
    },
  });
  runInContext('var window = globalThis', page);
  const run = (code: string) => runInContext(code, page);
  const load = (generation: Generation): Imp => {
    run(scripts[generation]);
    return (page as { IMP: Imp }).IMP;
  };
  const ready = async (generation: Generation): Promise<Imp> => {
    const imp = load(generation);
    imp.init('imp00000000');
    await settled();
    return imp;
  };
  const tick = () => {
    for (const one of ticks) one();
  };
  return { seen, page: page as { IMP: unknown }, document, popup, run, load, ready, tell, tick, listeners, ticks };
};

const ORDER = { merchant_uid: 'order_1', amount: 12_000, m_redirect_url: 'http://localhost:4000/done?a=1&b=2#end' };

const METHODS = ['init', 'agency', 'request_pay', 'communicate', 'close', 'certification', 'naver_zzim'];

describe('generation 1.x', () => {
  it('publishes an empty object, and fills it afterwards', () => {
    const { page, load } = createPage();
    const published: [keys: string[], same: unknown][] = [];
    let imp: object | undefined;
    Object.defineProperty(page, 'IMP', {
      configurable: true,
      get: () => imp,
      set: (value) => {
        imp = value;
        published.push([Object.keys(value), value]);
      },
    });
    expect(Object.keys(load('1x'))).toEqual(METHODS);
    expect(published).toEqual([[[], imp]]);
  });

  it('does nothing where window.IMP is truthy', () => {
    const { page, load } = createPage();
    const mine = {};
    page.IMP = mine;
    expect(load('1x')).toBe(mine);
    expect(mine).toEqual({});
  });

  it('is loaded where window.IMP is null, and once', () => {
    const { page, load } = createPage();
    page.IMP = null;
    const first = load('1x');
    expect(first).toHaveProperty('request_pay');
    expect(load('1x')).toBe(first);
  });

  it('leaves IMP and request_pay plain and writable', () => {
    const { page, load, run } = createPage();
    const imp = load('1x');
    const plain = { writable: true, configurable: true, enumerable: true };
    expect(Object.getOwnPropertyDescriptor(page, 'IMP')).toMatchObject(plain);
    expect(Object.getOwnPropertyDescriptor(imp, 'request_pay')).toMatchObject(plain);
    run('IMP.request_pay = () => 7');
    expect(imp.request_pay()).toBe(7);
  });
});

describe('v1', () => {
  it('declares IMP as a top-level var of a classic strict script, complete, and assigns it to window', () => {
    // A vm's global object does not keep what `var` makes of a property, so the text is looked at.
    const { body } = parse(scripts.v1, { ecmaVersion: 2020, sourceType: 'script' });
    expect(body).toMatchObject([
      { type: 'ExpressionStatement', directive: 'use strict' },
      { type: 'VariableDeclaration', kind: 'var', declarations: [{ id: { name: 'IMP' }, init: { type: 'CallExpression' } }] },
      {
        type: 'ExpressionStatement',
        expression: {
          type: 'AssignmentExpression',
          left: { object: { name: 'window' }, property: { name: 'IMP' } },
          right: { name: 'IMP' },
        },
      },
    ]);
  });

  it('is complete when it is published', () => {
    const { page, load } = createPage();
    const published: string[][] = [];
    let imp: object | undefined;
    Object.defineProperty(page, 'IMP', {
      configurable: true,
      get: () => imp,
      set: (value) => {
        imp = value;
        // A vm's `var` writes undefined through an accessor, which a browser's does not.
        if (value) published.push(Object.keys(value));
      },
    });
    load('v1');
    expect(published).toHaveLength(2);
    for (const keys of published) expect(keys).toContain('request_pay');
  });

  it('has a request_pay that is getter-only and not configurable', () => {
    const { load, run } = createPage();
    const imp = load('v1');
    const original = imp.request_pay;
    expect(Object.getOwnPropertyDescriptor(imp, 'request_pay')).toEqual({
      get: expect.any(Function),
      set: undefined,
      configurable: false,
      enumerable: true,
    });
    run('IMP.request_pay = () => 7');
    expect(imp.request_pay).toBe(original);
    expect(() => run('"use strict"; IMP.request_pay = () => 7')).toThrow(/only a getter/);
    expect(() => Object.defineProperty(imp, 'request_pay', { value: () => 7 })).toThrow(/Cannot redefine/);
    expect(new Proxy(imp, { get: () => 7 }).request_pay).toBe(7);
  });

  it('overwrites what is there, with a new object at each load', () => {
    const { page, load } = createPage();
    page.IMP = { mine: true };
    const first = load('v1');
    expect(first).not.toHaveProperty('mine');
    expect(load('v1')).not.toBe(first);
  });
});

describe.each(GENERATIONS)('request_pay, %s', (generation) => {
  it('fills in the params that it was given', async () => {
    const params: Record<string, unknown> = { amount: 12_000 };
    expect((await createPage().ready(generation)).request_pay(params)).toBeUndefined();
    expect(params).toStrictEqual({
      amount: 12_000,
      merchant_uid: expect.stringMatching(/^nobody_\d+$/),
      pay_method: 'card',
      request_id: expect.stringMatching(/^req_\d+$/),
      tier_code: undefined,
    });

    const complete = { ...ORDER, pay_method: 'trans' };
    (await createPage().ready(generation)).request_pay(complete);
    expect(complete).toMatchObject({ merchant_uid: 'order_1', pay_method: 'trans' });
  });

  it('fills in the agency’s code where there is one', async () => {
    const { load } = createPage();
    const imp = load(generation);
    imp.agency('imp00000000', 'tier_1');
    await settled();
    const params = { ...ORDER };
    imp.request_pay(params);
    expect(params).toMatchObject({ tier_code: 'tier_1' });
  });

  it('waits until the gateways are known, and fills in the very params then; of several requests it keeps the last', async () => {
    const { load, seen } = createPage({ answer: ALREADY_PAID });
    const imp = load(generation);
    imp.init('imp00000000');
    const first: Record<string, unknown> = { amount: 1 };
    const last: Record<string, unknown> = { amount: 2 };
    const calls: string[] = [];
    expect(imp.request_pay(first, () => calls.push('first'))).toBeUndefined();
    imp.request_pay(last, () => calls.push('last'));
    expect([first, last]).toEqual([{ amount: 1 }, { amount: 2 }]);
    await settled();
    expect(first).toEqual({ amount: 1 });
    expect(last).toMatchObject({ amount: 2, request_id: expect.any(String) });
    expect(calls).toEqual(['last']);
    expect(seen.prepared).toMatchObject([{ params: { amount: 2 } }]);
  });

  it('waits again after each init', async () => {
    const { ready } = createPage();
    const imp = await ready(generation);
    imp.init('imp00000000');
    const params: Record<string, unknown> = {};
    imp.request_pay(params);
    expect(params).toEqual({});
    await settled();
    expect(params).toHaveProperty('request_id');
  });

  it('waits until the page is parsed', async () => {
    const { load, document, tell } = createPage({ readyState: 'loading' });
    const imp = load(generation);
    imp.init('imp00000000');
    const params = { ...ORDER };
    imp.request_pay(params);
    await settled();
    expect(params).toEqual(ORDER);
    document.readyState = 'interactive';
    tell('DOMContentLoaded');
    await settled();
    expect(params).toHaveProperty('request_id');
  });

  it('waits for ever where the gateways cannot be asked for; the next init asks again', async () => {
    const { ready, seen } = createPage({ answer: ALREADY_PAID, gateways: [null, GATEWAYS] });
    const imp = await ready(generation);
    const calls: string[] = [];
    imp.request_pay({ ...ORDER }, () => calls.push('first'));
    await settled();
    expect([calls, seen.alerts, seen.prepared]).toEqual([[], [], []]);
    imp.init('imp00000000');
    await settled();
    expect(calls).toEqual(['first']);
  });

  it('takes a phone to the gateway, and never calls back', async () => {
    const { ready, seen } = createPage();
    const responses: unknown[] = [];
    const { request_pay } = await ready(generation);
    expect(request_pay({ ...ORDER }, (response: unknown) => responses.push(response))).toBeUndefined();
    await settled();
    expect(seen.went).toEqual([GATEWAY_URL]);
    expect(responses).toEqual([]);
    expect(seen.prepared).toMatchObject([
      { imp_code: 'imp00000000', sdk: generation === 'v1' ? 'v1' : '1.x', mobile: true, params: { merchant_uid: 'order_1' } },
    ]);
  });

  it('takes an iPad for a PC', async () => {
    const { ready, seen } = createPage({ userAgent: IPAD });
    (await ready(generation)).request_pay({ ...ORDER });
    await settled();
    expect(seen.prepared).toMatchObject([{ mobile: false }]);
  });

  it('calls back once, with an empty this, after it has returned; what the callback throws is swallowed', async () => {
    const { ready, seen } = createPage({ answer: ALREADY_PAID });
    const calls: { self: object; args: unknown[] }[] = [];
    (await ready(generation)).request_pay({ ...ORDER }, function (this: object, ...args: unknown[]) {
      calls.push({ self: this, args });
      throw new Error("the merchant's");
    });
    expect(calls).toEqual([]);
    await settled();
    expect(calls).toEqual([{ self: {}, args: [expect.objectContaining({ error_code: 'F1002' })] }]);
    expect(seen).toMatchObject({ went: [], alerts: [], logs: [{ message: "the merchant's" }] });
  });

  it('does nothing at all where the stand-in has no answer', async () => {
    const { ready, seen } = createPage({ answer: null });
    const calls: unknown[] = [];
    (await ready(generation)).request_pay({ ...ORDER }, () => calls.push(1));
    await settled();
    expect([calls, seen.went, seen.alerts]).toEqual([[], [], []]);
  });

  it('keeps only the last of several requests', async () => {
    const { ready } = createPage({ answer: ALREADY_PAID });
    const imp = await ready(generation);
    const calls: string[] = [];
    imp.request_pay({ ...ORDER }, () => calls.push('first'));
    imp.request_pay({ ...ORDER }, () => calls.push('last'));
    await settled();
    expect(calls).toEqual(['last']);
  });

  it('alerts where init was not called, or there are no params', () => {
    const { load, seen } = createPage();
    const imp = load(generation);
    const calls: unknown[] = [];
    expect(imp.request_pay({ ...ORDER }, () => calls.push(1))).toBeUndefined();
    expect(imp.request_pay(undefined, () => calls.push(2))).toBe(false);
    expect([seen.alerts.length, calls, seen.prepared]).toEqual([2, [], []]);
  });

  it('alerts where it breaks on the params, instead of throwing', async () => {
    const { ready, seen } = createPage();
    expect((await ready(generation)).request_pay(null)).toBeUndefined();
    expect(seen.alerts).toEqual([expect.stringContaining('결제모듈 구동 중에 오류가 발생하였습니다.')]);
  });

  it('a gateway that is not registered: the callback runs at once, with no this and a misspelt code', async () => {
    const { ready, seen } = createPage();
    const calls: { self: unknown; response: SdkResponse }[] = [];
    const params = { pg: 'nonsense.account', merchant_uid: 'order_1' };
    (await ready(generation)).request_pay(params, function (this: unknown, response: SdkResponse) {
      calls.push({ self: this, response });
    });
    expect(calls).toEqual([
      {
        self: undefined,
        response: {
          imp_success: false,
          imp_uid: null,
          merchant_uid: 'order_1',
          error_coe: 'F1001',
          error_msg: expect.stringContaining('등록되지 않은 PG'),
        },
      },
    ]);
    expect([params, seen.prepared, seen.alerts]).toEqual([{ pg: 'nonsense.account', merchant_uid: 'order_1' }, [], []]);
  });

  describe('on a PC without a callback', () => {
    it('a failure goes nowhere', async () => {
      const { ready, seen } = createPage({ userAgent: IPAD, answer: ALREADY_PAID });
      (await ready(generation)).request_pay({ ...ORDER });
      await settled();
      expect([seen.went, seen.alerts]).toEqual([[], []]);
    });

    it('a gateway that is not registered is an alert', async () => {
      const { ready, seen } = createPage({ userAgent: IPAD });
      (await ready(generation)).request_pay({ pg: 'nonsense', merchant_uid: 'order_1' });
      expect([seen.went, seen.alerts]).toEqual([[], [expect.stringContaining('등록되지 않은 PG')]]);
    });
  });

  it('has the methods that nobody documents', async () => {
    const { run } = createPage();
    run(scripts[generation]);
    expect(run('IMP.close()')).toBeUndefined();
    expect(run('IMP.communicate({ result: "check.closing" })')).toBeUndefined();
  });
});

describe.each(GENERATIONS)('a gateway in a window of its own, %s', (generation) => {
  const pay = async (pg: string, params: object, blocks = false) => {
    const page = createPage({ userAgent: IPAD, answer: STAY, blocks });
    const responses: SdkResponse[] = [];
    const imp = await page.ready(generation);
    imp.request_pay({ ...ORDER, pg, ...params }, (response: SdkResponse) => responses.push(response));
    await settled();
    const post = (source: unknown, origin = STAND_IN) => page.tell('message', { data: ENDED, origin, source });
    return { ...page, imp, responses, post };
  };
  const WINDOWS = [
    ['naverpay', { naverPopupMode: true }],
    ['paypal', { popup: true }],
    ['eximbay', {}],
    ['payco', {}],
    ['smilepay', {}],
  ] as const;

  it.each(WINDOWS)('%s calls back once, when the gateway says how the payment ended', async (pg, params) => {
    const { popup, responses, post, tick, ticks, listeners } = await pay(pg, params);
    expect(popup.location.href).toBe(GATEWAY_URL);
    tick();
    post({});
    post(popup, 'http://localhost:4000');
    expect(responses).toEqual([]);
    post(popup);
    post(popup);
    expect(responses).toEqual([ENDED.response]);
    expect([popup.closed, ticks.size, listeners.message]).toEqual([true, 0, []]);
  });

  it.each(WINDOWS.slice(0, -1))('%s calls back where the customer closes the window', async (pg, params) => {
    const { popup, responses, tick, ticks } = await pay(pg, params);
    popup.closed = true;
    tick();
    expect(responses).toEqual([
      {
        ...(generation === '1x' && { success: false }),
        imp_success: false,
        imp_uid: 'imp_1',
        merchant_uid: 'order_1',
        error_msg: '사용자가 결제를 취소하였습니다.',
      },
    ]);
    expect(ticks.size).toBe(0);
  });

  it('smilepay says so to the customer alone', async () => {
    const { popup, responses, tick, seen } = await pay('smilepay', {});
    popup.closed = true;
    tick();
    expect([responses, seen.alerts]).toEqual([[], ['사용자가 결제를 취소하였습니다.']]);
  });

  it.each(WINDOWS)('%s, blocked: an alert at most, and no callback ever', async (pg, params) => {
    const { responses, seen, ticks } = await pay(pg, params, true);
    expect([responses, seen.alerts, seen.went, ticks.size]).toEqual([[], [expect.stringContaining('팝업차단')], [], 0]);
  });
});

describe('a failure on a phone without a callback', () => {
  const fail = async (generation: Generation, params: object, failure: SdkResponse = {}) => {
    const answer = { failure: { ...(ALREADY_PAID as { failure: SdkResponse }).failure, ...failure } };
    const { ready, seen } = createPage({ answer });
    (await ready(generation)).request_pay(params, 'not a function');
    await settled();
    return seen;
  };

  it('1.x redirects to m_redirect_url, glued on and half encoded, without the code', async () => {
    const { went } = await fail('1x', { ...ORDER });
    expect(went).toEqual([
      `http://localhost:4000/done?a=1&b=2imp_uid=&merchant_uid=order_1&imp_success=false&error_msg=${encodeURI('이미 & 결제')}#end`,
    ]);
  });

  it('1.x goes to its own page without m_redirect_url', async () => {
    const { went } = await fail('1x', { ...ORDER, m_redirect_url: '' });
    expect(went).toEqual([`${STAND_IN}/payments/fail?imp_uid=&success=false&error_msg=${encodeURI('이미 & 결제')}`]);
  });

  it('1.x redirects a gateway that is not registered too, at once', async () => {
    const { ready, seen } = createPage();
    (await ready('1x')).request_pay({ ...ORDER, pg: 'nonsense' });
    expect(seen.went).toEqual([expect.stringMatching(/imp_uid=&merchant_uid=order_1&imp_success=false&error_msg=/)]);
  });

  it('1.x knows only one name of success, and drops it', async () => {
    expect(await fail('1x', { ...ORDER }, { success: true })).toMatchObject({ went: [], alerts: [] });
    expect((await fail('1x', { ...ORDER }, { success: '', imp_success: true })).went).toHaveLength(1);
  });

  it('v1 dies with an alert', async () => {
    expect(await fail('v1', { ...ORDER })).toMatchObject({ went: [], alerts: ['이미 & 결제'] });
  });

  it.each([
    ['2024+001', '2024 001'],
    ['A&B', 'A'],
    ['A#B', 'A'],
    ['A%2FB', 'A%2FB'],
    ['주문 1', '주문 1'],
  ])('1.x: of the merchant_uid %s a landing reads %s', async (merchant_uid, read) => {
    const { went } = await fail('1x', { ...ORDER, m_redirect_url: '/done' }, { merchant_uid });
    expect(new URL(went[0] as string).searchParams.get('merchant_uid')).toBe(read);
  });
});

describe('injectQuery', () => {
  it.each([
    ['https://shop.example.kr/done', 'https://shop.example.kr/done?k=v'],
    ['https://shop.example.kr/done?a=1', 'https://shop.example.kr/done?a=1&k=v'],
    ['https://shop.example.kr/done?a=1&b=2', 'https://shop.example.kr/done?a=1&b=2k=v'],
    ['https://shop.example.kr/done?a=1&', 'https://shop.example.kr/done?a=1&k=v'],
    ['https://shop.example.kr/done?a=%2F#/hash?b=2', 'https://shop.example.kr/done?a=%252F&k=v#/hash?b=2'],
    ['https://u:p@shop.example.kr/done', 'https://shop.example.kr/done?k=v'],
    ['complete', 'http://localhost:4000/shop/complete?k=v'],
  ])('%s', (url, expected) => {
    expect(injectQuery(url, CHECKOUT, [['k', 'v']])).toBe(expected);
  });

  it('leaves out what is null, and encodes as little as the SDK does', () => {
    const fields = [
      ['imp_uid', null],
      ['error_msg', '한도 & 1+1 #2'],
    ] as const;
    expect(injectQuery('https://shop.example.kr/', CHECKOUT, fields)).toBe(
      'https://shop.example.kr/?imp_uid=&error_msg=%ED%95%9C%EB%8F%84%20&%201+1%20#2',
    );
  });
});

describe.each(GENERATIONS)('the frame over the page, %s', (generation) => {
  const open = async (userAgent = IPAD) => {
    const dom = new JSDOM('<body><main></main></body>', { url: CHECKOUT, runScripts: 'outside-only' });
    const { window } = dom;
    Object.defineProperty(window.navigator, 'userAgent', { value: userAgent });
    Object.assign(window, {
      fetch: async (url: string) => ({ ok: true, json: async () => (url.includes('/users/pg/') ? GATEWAYS : STAY) }),
    });
    runInContext(scripts[generation], dom.getInternalVMContext());
    const imp = (window as unknown as { IMP: Imp }).IMP;
    const responses: SdkResponse[] = [];
    imp.init('imp00000000');
    imp.request_pay({ ...ORDER }, (response: SdkResponse) => responses.push(response));
    await settled();
    const frame = window.document.querySelector<HTMLIFrameElement>('.imp-dialog iframe');
    const post = (data: unknown, origin = STAND_IN, source = frame?.contentWindow ?? null) =>
      window.dispatchEvent(new window.MessageEvent('message', { data, origin, source }));
    const shown = () => [window.document.querySelectorAll('.imp-dialog').length, window.document.body.className];
    return { window, imp, responses, frame, post, shown };
  };
  const SHOWN = [1, ''];
  const GONE = [0, ''];

  it('lies over the page, until it says how the payment ended', async () => {
    const { frame, post, responses, shown } = await open();
    expect(frame?.src).toBe(GATEWAY_URL);
    expect(shown()).toEqual(SHOWN);
    post(ENDED);
    expect(responses).toEqual([ENDED.response]);
    expect(shown()).toEqual(GONE);
    post(ENDED);
    expect(responses).toHaveLength(1);
  });

  it('hides all else on a phone, meanwhile', async () => {
    const { window, post, shown } = await open(IPHONE);
    const display = () => window.getComputedStyle(window.document.querySelector('main') as Element).display;
    expect([shown(), display()]).toEqual([[1, 'imp-payment-progress'], 'none']);
    post(ENDED);
    expect([shown(), display()]).toEqual([GONE, 'block']);
  });

  it('believes nobody else', async () => {
    const { window, post, responses, shown } = await open();
    post(ENDED, 'http://localhost:4000');
    post(ENDED, STAND_IN, window as unknown as Window);
    post({ type: 'other' });
    post(null);
    expect(responses).toEqual([]);
    expect(shown()).toEqual(SHOWN);
  });

  it('is closed by IMP.close, without a callback', async () => {
    const { imp, post, responses, shown } = await open();
    imp.close();
    post(ENDED);
    expect(responses).toEqual([]);
    expect(shown()).toEqual(GONE);
  });

  it('is told what IMP.communicate is given', async () => {
    const { imp, frame } = await open();
    const told: unknown[] = [];
    Object.assign(frame?.contentWindow as object, { postMessage: (message: string) => told.push(JSON.parse(message)) });
    imp.communicate({ result: 'check.closing' });
    expect(told).toEqual([{ action: 'communicate', data: { result: 'check.closing' }, from: 'iamport-sdk' }]);
  });
});
