import { Script } from 'node:vm';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { interceptSdk } from '../../src/edge/sdk.js';
import { SHOP } from './helpers.js';

// Each test has a window of its own, in which everything runs as a classic script does: a `var` there makes a property that
// cannot be configured. The interceptor is put in by its source text, for it knows no window but the one that it is run in.
const OURS = `(${interceptSdk})((original) => {
  replaced++;
  return function (params, ...rest) {
    return original.call(this, { ...params, injected: (params.injected || 0) + 1 }, ...rest);
  };
});`;

/** 1.1.x and 1.2.0: nothing where IMP is truthy; else an empty object first, filled afterwards. */
const SDK_1X = `window.IMP || (function (h) {
  h.IMP = {};
  h.IMP.request_pay = function (params, callback) { calls.push({ self: this, params, callback }); return 'returned'; };
  h.IMP.init = function (code) { inits.push([this === h.IMP, code]); };
  h.IMP.close = function () { return 'closed'; };
  h.IMP.version = '1.2.0';
})(window);`;

/** The current one: a complete object, getter only and not configurable; a new object at each load. */
const SDK_V1 = `"use strict";
var IMP = (function () {
  var imp = {};
  var members = {
    request_pay: function (params, callback) { calls.push({ self: this, params, callback }); return 'returned'; },
    init: function (code) { inits.push([true, code]); },
    close: function () { return 'closed'; },
    version: '3.43.0',
  };
  Object.keys(members).forEach(function (key) {
    Object.defineProperty(imp, key, { enumerable: true, get: function () { return members[key]; } });
  });
  return imp;
})();
window.IMP = IMP;`;

const GENERATIONS: [name: string, script: string][] = [
  ['1.x', SDK_1X],
  ['v1', SDK_V1],
];

interface Call {
  readonly self: unknown;
  readonly params: { readonly merchant_uid: string; readonly injected?: number };
  readonly callback: unknown;
}

function createPage() {
  const context = new JSDOM('', { url: `${SHOP}/checkout`, runScripts: 'outside-only' }).getInternalVMContext();
  const run = (code: string): unknown => new Script(code).runInContext(context);
  run('var calls = [], inits = [], replaced = 0;');
  return {
    run,
    calls: () => run('calls') as Call[],
    /** How often each payment so far went through us. */
    injected: () => (run('calls') as Call[]).map(({ params }) => params.injected ?? 0),
  };
}

const PAY = `IMP.request_pay({ merchant_uid: 'order_1' })`;

describe.each(GENERATIONS)('SDK %s', (generation, sdk) => {
  it.each<[name: string, scripts: string[]]>([
    ['our script first', [OURS, sdk]],
    ['our script last', [sdk, OURS]],
    ['our script twice, first', [OURS, OURS, sdk]],
    ['our script twice, last', [sdk, OURS, OURS]],
    ['our script on both sides', [OURS, sdk, OURS]],
    ['the SDK twice, behind ours', [OURS, sdk, sdk]],
    ['the SDK twice and ours three times', [OURS, OURS, sdk, sdk, OURS]],
  ])('%s: a payment goes through us exactly once', (_, scripts) => {
    const page = createPage();
    for (const script of scripts) page.run(script);
    expect(page.run(PAY)).toBe('returned');
    expect(page.injected()).toEqual([1]);
  });

  it.each<[name: string, payment: string]>([
    ['as a property of window', `window.IMP.request_pay({ merchant_uid: 'order_1' })`],
    ['by a computed name', `window['IMP']['request' + '_pay']({ merchant_uid: 'order_1' })`],
    ['detached', `var { request_pay } = IMP; request_pay({ merchant_uid: 'order_1' })`],
    ['bound', `IMP.request_pay.bind(IMP)({ merchant_uid: 'order_1' })`],
    ['applied', `IMP.request_pay.apply(null, [{ merchant_uid: 'order_1' }])`],
    [
      'from a variable in a handler',
      `(function () { var IMP = window.IMP; IMP.init('imp1'); return IMP.request_pay({ merchant_uid: 'order_1' }); })()`,
    ],
    ['from a constant in a handler', `(function () { const { IMP } = window; return IMP.request_pay({ merchant_uid: 'order_1' }); })()`],
    ['from a variable at the top level', `var IMP = window.IMP; IMP.request_pay({ merchant_uid: 'order_1' })`],
    [
      'from a variable at the top level, declared again',
      `var IMP = window.IMP; var IMP = window.IMP; window.IMP = IMP; IMP.request_pay({ merchant_uid: 'order_1' })`,
    ],
    ['from another name', `var shop = { imp: window.IMP }; shop.imp.request_pay({ merchant_uid: 'order_1' })`],
    ['in strict mode', `"use strict"; IMP.request_pay({ merchant_uid: 'order_1' })`],
  ])('a payment that is called %s goes through us', (_, payment) => {
    for (const scripts of [
      [OURS, sdk],
      [sdk, OURS],
    ]) {
      const page = createPage();
      for (const script of scripts) page.run(script);
      expect(page.run(payment)).toBe('returned');
      expect(page.injected()).toEqual([1]);
    }
  });

  it.each<[name: string, order: (page: ReturnType<typeof createPage>) => void]>([
    ['first', (page) => [OURS, sdk].map(page.run)],
    ['last', (page) => [sdk, OURS].map(page.run)],
  ])("the other members are the SDK's own, with our script %s", (_, load) => {
    const page = createPage();
    load(page);
    expect(page.run(`IMP.init('imp12345678'), IMP.close()`)).toBe('closed');
    expect(page.run('inits')).toEqual([[true, 'imp12345678']]);
    expect(page.run('IMP.version')).toBe(generation === '1.x' ? '1.2.0' : '3.43.0');
    expect(page.run('IMP.agency')).toBeUndefined();
    expect(page.run('Object.keys(IMP).sort().join()')).toBe('close,init,request_pay,version');
    expect(page.run(`'request_pay' in IMP && 'init' in IMP && !('agency' in IMP)`)).toBe(true);
  });

  it('reads the same object and the same method each time', () => {
    const page = createPage();
    page.run(OURS);
    page.run(sdk);
    expect(page.run('IMP === window.IMP && IMP.request_pay === window.IMP.request_pay')).toBe(true);
    expect(page.run('replaced')).toBe(1);
  });

  it('hands on `this` and the callback', () => {
    const page = createPage();
    page.run(OURS);
    page.run(sdk);
    page.run(`var receiver = {}, callback = function () {}; IMP.request_pay.call(receiver, {}, callback);`);
    expect(page.run('calls[0].self === receiver && calls[0].callback === callback')).toBe(true);
  });

  it('is found after the page has written null', () => {
    const page = createPage();
    page.run(OURS);
    page.run('window.IMP = null;');
    expect(page.run('window.IMP')).toBeNull();
    page.run(sdk);
    page.run(PAY);
    expect(page.injected()).toEqual([1]);
  });

  it('is found by a page that polls for it', () => {
    const page = createPage();
    page.run(OURS);
    page.run(`function poll() { if (!window.IMP || !IMP.request_pay) return false; ${PAY}; return true; }`);
    expect(page.run('poll()')).toBe(false);
    page.run(sdk);
    expect(page.run('poll()')).toBe(true);
    expect(page.injected()).toEqual([1]);
  });

  it('may be wrapped by another script, which calls us once', () => {
    const page = createPage();
    page.run(OURS);
    page.run(sdk);
    page.run(`(function () { var ours = IMP.request_pay; IMP.request_pay = function (params) { return ours.call(IMP, params); }; })()`);
    page.run(PAY);
    page.run(PAY);
    expect(page.injected()).toEqual([1, 1]);
  });
});

describe('before the SDK is there', () => {
  it('window.IMP reads undefined: no stub, no placeholder', () => {
    const page = createPage();
    page.run(OURS);
    expect(page.run('window.IMP')).toBeUndefined();
    expect(page.run('typeof IMP')).toBe('undefined');
    expect(page.run('!window.IMP')).toBe(true);
    expect(page.run(`typeof window.IMP === 'undefined'`)).toBe(true);
    expect(page.run('replaced')).toBe(0);
  });

  it("a loader's guard lets the SDK be loaded", () => {
    const page = createPage();
    page.run(OURS);
    expect(page.run('(function () { if (window.IMP) return false; return true; })()')).toBe(true);
  });

  it('`var IMP = window.IMP` at the top level is harmless', () => {
    for (const [, sdk] of GENERATIONS) {
      const page = createPage();
      page.run(OURS);
      page.run('var IMP = window.IMP;');
      expect(page.run('typeof IMP')).toBe('undefined');
      page.run(sdk);
      page.run(PAY);
      expect(page.injected()).toEqual([1]);
    }
  });

  it('`const IMP = window.IMP` at the top level fails no more than without us', () => {
    const page = createPage();
    page.run(OURS);
    page.run(SDK_1X);
    page.run(`const IMP = window.IMP; IMP.request_pay({ merchant_uid: 'order_1' })`);
    expect(page.injected()).toEqual([1]);
  });

  it('what is on window can be deleted and defined again', () => {
    const page = createPage();
    page.run(OURS);
    expect(page.run(`Object.getOwnPropertyDescriptor(window, 'IMP').configurable`)).toBe(true);
    expect(page.run('delete window.IMP')).toBe(true);
    page.run(SDK_V1);
    expect(page.run(PAY)).toBe('returned');
  });
});

describe('an SDK that is loaded again', () => {
  it('v1: its new object goes through us too', () => {
    const page = createPage();
    page.run(OURS);
    page.run(SDK_V1);
    page.run(`var first = IMP; ${PAY}`);
    page.run(SDK_V1);
    expect(page.run('IMP !== first')).toBe(true);
    page.run(`${PAY}; first.request_pay({ merchant_uid: 'order_2' })`);
    expect(page.injected()).toEqual([1, 1, 1]);
  });

  it('1.x, and then replaced by v1', () => {
    const page = createPage();
    page.run(OURS);
    page.run(SDK_1X);
    page.run(PAY);
    page.run(SDK_V1);
    page.run(PAY);
    expect(page.injected()).toEqual([1, 1]);
  });

  it('1.x does nothing where v1 is already there', () => {
    const page = createPage();
    page.run(OURS);
    page.run(SDK_V1);
    page.run(SDK_1X);
    expect(page.run('IMP.version')).toBe('3.43.0');
    page.run(PAY);
    expect(page.injected()).toEqual([1]);
  });
});

describe('what is published as IMP and is no SDK', () => {
  it.each<[name: string, value: string]>([
    ['an object without request_pay', '({ init: 1 })'],
    ['text', '"IMP"'],
    ['0', '0'],
    ['false', 'false'],
    ['a function', '(function () {})'],
  ])('%s reads as it was written', (_, value) => {
    for (const scripts of [
      [OURS, `window.IMP = window.given = ${value};`],
      [`window.IMP = window.given = ${value};`, OURS],
    ]) {
      const page = createPage();
      for (const script of scripts) page.run(script);
      expect(page.run('window.IMP === window.given')).toBe(true);
      expect(page.run('replaced')).toBe(0);
    }
  });

  it('an object that gets its request_pay much later goes through us from then on', () => {
    const page = createPage();
    page.run(OURS);
    page.run('window.IMP = {};');
    expect(page.run('IMP.request_pay')).toBeUndefined();
    page.run('IMP.request_pay = function (params) { calls.push({ params }); };');
    page.run(PAY);
    expect(page.injected()).toEqual([1]);
  });
});
