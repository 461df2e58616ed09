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
  request_pay(params?: object, callback?: unknown): unknown;
  close(): void;
}

/** Lets all that is under way and needs no outside event come to its end. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

interface PageOptions {
  userAgent?: string;
  answer?: PrepareAnswer | null;
}

/** A checkout page without a DOM, on which scripts run as classic scripts do. */
const createPage = ({ userAgent = IPHONE, answer = LEAVE }: PageOptions = {}) => {
  const seen = { went: [] as string[], alerts: [] as unknown[], prepared: [] as PrepareRequest[], logs: [] as unknown[] };
  const page = createContext({
    URL,
    encodeURI,
    navigator: { userAgent },
    document: { baseURI: CHECKOUT, currentScript: { src: `${STAND_IN}/v1/iamport.js` } },
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
  const ready = (generation: Generation): Imp => {
    const imp = load(generation);
    imp.init('imp00000000');
    return imp;
  };
  return { seen, page: page as { IMP: unknown }, run, load, ready };
};

const ORDER = { merchant_uid: 'order_1', amount: 12_000, m_redirect_url: 'http://localhost:4000/done?a=1&b=2#end' };

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
    expect(Object.keys(load('1x'))).toEqual(['init', 'agency', 'request_pay', 'certification', 'loadUI', 'close', 'communicate']);
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
  it('fills in the params that it was given', () => {
    const params: Record<string, unknown> = { amount: 12_000 };
    createPage().ready(generation).request_pay(params);
    expect(params).toEqual({
      amount: 12_000,
      request_id: expect.stringMatching(/^req_/),
      tier_code: null,
      merchant_uid: expect.stringMatching(/^nobody_\d+$/),
      pay_method: 'card',
    });

    const complete = { ...ORDER, pay_method: 'trans' };
    createPage().ready(generation).request_pay(complete);
    expect(complete).toMatchObject({ merchant_uid: 'order_1', pay_method: 'trans' });
  });

  it('takes a phone to the gateway, and never calls back', async () => {
    const { ready, seen } = createPage();
    const responses: unknown[] = [];
    const { request_pay } = ready(generation);
    expect(request_pay(ORDER, (response: unknown) => responses.push(response))).toBeUndefined();
    await settled();
    expect(seen.went).toEqual([GATEWAY_URL]);
    expect(responses).toEqual([]);
    expect(seen.prepared).toMatchObject([
      { imp_code: 'imp00000000', sdk: generation === 'v1' ? 'v1' : '1.x', mobile: true, params: { merchant_uid: 'order_1' } },
    ]);
  });

  it('takes an iPad for a PC', async () => {
    const { ready, seen } = createPage({ userAgent: IPAD });
    ready(generation).request_pay({ ...ORDER });
    await settled();
    expect(seen.prepared).toMatchObject([{ mobile: false }]);
  });

  it('calls back once, with an empty this, after it has returned; what the callback throws is swallowed', async () => {
    const { ready, seen } = createPage({ answer: ALREADY_PAID });
    const calls: { self: object; response: SdkResponse }[] = [];
    ready(generation).request_pay({ ...ORDER }, function (this: object, response: SdkResponse) {
      calls.push({ self: this, response });
      throw new Error("the merchant's");
    });
    expect(calls).toEqual([]);
    await settled();
    expect(calls).toMatchObject([{ self: {}, response: { error_code: 'F1002' } }]);
    expect(seen).toMatchObject({ went: [], alerts: [], logs: [{ message: "the merchant's" }] });
  });

  it('does nothing at all where the stand-in has no answer', async () => {
    const { ready, seen } = createPage({ answer: null });
    const calls: unknown[] = [];
    ready(generation).request_pay({ ...ORDER }, () => calls.push(1));
    await settled();
    expect([calls, seen.went, seen.alerts]).toEqual([[], [], []]);
  });

  it('keeps only the last of several requests', async () => {
    const { ready } = createPage({ answer: ALREADY_PAID });
    const imp = ready(generation);
    const calls: string[] = [];
    imp.request_pay({ ...ORDER }, () => calls.push('first'));
    imp.request_pay({ ...ORDER }, () => calls.push('last'));
    await settled();
    expect(calls).toEqual(['last']);
  });

  it('alerts where init was not called, or there are no params', () => {
    const { load, seen } = createPage();
    const imp = load(generation);
    expect(imp.request_pay({ ...ORDER })).toBeUndefined();
    expect(imp.request_pay()).toBe(false);
    expect(seen.alerts).toHaveLength(2);
    expect(seen.prepared).toEqual([]);
  });

  it('on a PC without a callback a failure goes nowhere', async () => {
    const { ready, seen } = createPage({ userAgent: IPAD, answer: ALREADY_PAID });
    ready(generation).request_pay({ ...ORDER });
    await settled();
    expect([seen.went, seen.alerts]).toEqual([[], []]);
  });
});

describe('a failure on a phone without a callback', () => {
  const fail = async (generation: Generation, params: object, callback?: unknown) => {
    const { ready, seen } = createPage({ answer: ALREADY_PAID });
    ready(generation).request_pay(params, callback);
    await settled();
    return seen;
  };

  it('1.x redirects to m_redirect_url, glued on and half encoded', async () => {
    const { went } = await fail('1x', { ...ORDER }, 'not a function');
    expect(went).toEqual([
      `http://localhost:4000/done?a=1&b=2imp_uid=&merchant_uid=order_1&imp_success=false&error_msg=${encodeURI('이미 & 결제')}#end`,
    ]);
  });

  it('1.x goes to its own page without m_redirect_url', async () => {
    const { went } = await fail('1x', { ...ORDER, m_redirect_url: '' });
    expect(went).toEqual([`${STAND_IN}/payments/fail?imp_uid=&success=false&error_msg=${encodeURIComponent('이미 & 결제')}`]);
  });

  it('v1 dies with an alert', async () => {
    expect(await fail('v1', { ...ORDER })).toMatchObject({ went: [], alerts: ['이미 & 결제'] });
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

describe.each(GENERATIONS)('the window on a PC, %s', (generation) => {
  const open = async () => {
    const dom = new JSDOM('<body><main></main></body>', { url: CHECKOUT, runScripts: 'outside-only' });
    const { window } = dom;
    Object.assign(window, { fetch: async () => ({ ok: true, json: async () => STAY }) });
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
  const ENDED = { type: 'portone-stand-in:ended', response: { imp_uid: 'imp_1' } };
  const SHOWN = [1, 'imp-payment-progress'];
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
});
