import { Script } from 'node:vm';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { findSdk, interceptSdk } from '../../src/edge/sdk.js';
import { SHOP } from './helpers.js';

// Each test has a window of its own, in which everything runs as a classic script does: a `var` there makes a property that
// cannot be configured. The interceptor is put in by its source text, for it knows no window but the one that it is run in.
const OURS = `(() => {
  const replaceBy = (name) => (original) => {
    count(name);
    return function (params, ...rest) {
      return original.call(this, { ...params, [name]: (params[name] || 0) + 1 }, ...rest);
    };
  };
  restore = (${interceptSdk})(replaceBy('injected'), () => late++, replaceBy('identified'));
})();`;

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
  run('var FULL = true, calls = [], inits = [], replaced = 0, identified = 0, late = 0, restore;');
  run('function count(name) { if (name === "injected") replaced++; else identified++; }');
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

const load = (page: ReturnType<typeof createPage>, ...scripts: string[]) => {
  for (const script of scripts) page.run(script);
  return page;
};

describe.each(GENERATIONS)('put back, SDK %s', (generation, sdk) => {
  it.each<[name: string, scripts: string[]]>([
    ['our script first', [OURS, sdk]],
    ['our script last', [sdk, OURS]],
    ['the SDK twice', [OURS, sdk, sdk]],
    ['read in between', [OURS, sdk, 'var held = IMP;']],
    ['written back by the page', [OURS, sdk, 'window.IMP = window.IMP;']],
    ['null before it', [OURS, 'window.IMP = null;', sdk]],
  ])("%s: the page has the SDK's own object and method, as a plain property", (_, scripts) => {
    const page = load(createPage(), ...scripts);
    page.run(PAY);
    page.run('restore();');
    page.run(PAY);
    expect(page.injected()).toEqual([1, 0]);
    expect(page.run(`'get' in Object.getOwnPropertyDescriptor(window, 'IMP')`)).toBe(false);
    expect(page.run(`Object.keys(IMP).sort().join()`)).toBe('close,init,request_pay,version');
    expect(page.run('IMP.request_pay.impRedirect')).toBeUndefined();
    expect(page.run('IMP.version')).toBe(generation === '1.x' ? '1.2.0' : '3.43.0');
  });

  it('before the SDK is there, it comes as without us', () => {
    const page = load(createPage(), OURS, 'restore();');
    expect(page.run(`'IMP' in window`)).toBe(false);
    load(page, sdk, PAY);
    expect(page.injected()).toEqual([0]);
  });

  it('and again there, it goes through us once', () => {
    const page = load(createPage(), OURS, sdk, 'restore();', OURS, PAY);
    expect(page.injected()).toEqual([1]);
    load(page, 'restore();', PAY);
    expect(page.injected()).toEqual([1, 0]);
  });

  it('and loaded once more, it is not wrapped', () => {
    const page = load(createPage(), OURS, sdk, 'restore();', 'delete window.IMP;', sdk, PAY);
    expect(page.injected()).toEqual([0]);
  });

  it('is not wrapped again by reading it', () => {
    const page = load(createPage(), OURS, sdk, 'restore(); IMP; window.IMP; IMP.request_pay;', PAY);
    expect([page.injected(), page.run('replaced')]).toEqual([[0], 1]);
  });
});

describe('put back', () => {
  it('where nothing ever came, nothing is left', () => {
    const page = load(createPage(), OURS, 'restore();');
    expect(page.run(`Object.getOwnPropertyDescriptor(window, 'IMP')`)).toBeUndefined();
  });

  it('what is no SDK stays as it was written', () => {
    const page = load(createPage(), OURS, 'window.IMP = window.given = { init: 1 };', 'restore();');
    expect(page.run('window.IMP === window.given')).toBe(true);
  });

  it("another script's wrapper around ours is left in its place", () => {
    const page = load(
      createPage(),
      OURS,
      SDK_1X,
      `(function () { var ours = IMP.request_pay; IMP.request_pay = function theirs(params) { return ours.call(IMP, params); }; })()`,
      'restore();',
    );
    expect(page.run('IMP.request_pay.name')).toBe('theirs');
  });

  it('of two versions the one that is there now', () => {
    const page = load(createPage(), OURS, SDK_1X, PAY, SDK_V1, PAY, 'restore();', PAY);
    expect([page.injected(), page.run('IMP.version')]).toEqual([[1, 1, 0], '3.43.0']);
  });

  it("a page's own IMP that could not be configured is the SDK's own again", () => {
    const page = load(createPage(), SDK_V1, 'var own = window.IMP;', OURS);
    expect(page.run('window.IMP !== own')).toBe(true);
    load(page, 'restore();');
    expect(page.run('window.IMP === own')).toBe(true);
  });
});

describe('late', () => {
  it.each<[name: string, scripts: string[], late: number]>([
    ['our script first, v1', [OURS, SDK_V1, 'IMP;'], 0],
    ['our script first, 1.x', [OURS, SDK_1X, 'IMP;'], 0],
    ['our script last, v1: whoever took IMP before has an object that cannot be changed', [SDK_V1, OURS], 1],
    ['our script last, 1.x: its object was changed in place, whoever took it', [SDK_1X, OURS], 0],
    ['our script alone', [OURS], 0],
    ['a second copy of ours behind the first: each tells it', [SDK_V1, OURS, OURS], 2],
    ['an IMP that is none', ['window.IMP = {};', OURS], 0],
  ])('%s', (_, scripts, late) => {
    const page = load(createPage(), ...scripts);
    expect(page.run('late')).toBe(late);
  });

  it('whoever took IMP into a variable before us is out of reach with v1, and is not with 1.x', () => {
    for (const [sdk, injected] of [
      [SDK_V1, 0],
      [SDK_1X, 1],
    ] as const) {
      const page = load(createPage(), sdk, 'var held = window.IMP;', OURS, `held.request_pay({ merchant_uid: 'order_1' })`);
      expect(page.injected()).toEqual([injected]);
    }
  });
});

describe('the proxy in front of the current SDK', () => {
  it.each<[name: string, scripts: string[]]>([
    ['first', [OURS, SDK_V1]],
    ['last', [SDK_V1, OURS]],
  ])('is one, and sets what the page sets on the SDK itself, with our script %s', (_, scripts) => {
    const page = load(createPage(), ...scripts);
    expect(page.run('IMP === IMP && IMP === window.IMP')).toBe(true);
    page.run('IMP.memo = 7;');
    expect(page.run('IMP.memo')).toBe(7);
    page.run('var shown = IMP; restore();');
    expect(page.run('IMP !== shown && IMP.memo')).toBe(7);
  });

  it('refuses what the SDK refuses, as without us', () => {
    const page = load(createPage(), OURS, SDK_V1);
    expect(page.run(`(function () { "use strict"; try { IMP.init = 1; } catch (error) { return error.name; } })()`)).toBe('TypeError');
    expect(page.run(`IMP.init = 1; typeof IMP.init`)).toBe('function');
  });

  it('written back by the page is taken off again, and put in front once', () => {
    const page = load(createPage(), OURS, SDK_V1, 'var first = IMP; window.IMP = first; window.IMP = IMP;');
    expect(page.run('IMP === first && replaced === 1')).toBe(true);
    page.run(PAY);
    expect(page.injected()).toEqual([1]);
  });

  it('of a frozen object too', () => {
    const page = load(createPage(), OURS, `window.IMP = Object.freeze({ request_pay: function (params) { calls.push({ params }); } });`);
    expect(() => page.run(PAY)).not.toThrow();
    expect(page.injected()).toEqual([1]);
  });
});

describe('identity verification', () => {
  const IDENTIFY = `IMP.certification({ merchant_uid: 'order_1' })`;
  const CERTIFYING_1X = `${SDK_1X}
IMP.certification = function (params) { calls.push({ params }); return 'certified'; };`.replace(
    'window.IMP ||',
    'window.IMP && IMP.request_pay ||',
  );
  const identified = (page: ReturnType<typeof createPage>) =>
    (page.run('calls') as { params: { identified?: number; injected?: number } }[]).map(({ params }) => [
      params.injected ?? 0,
      params.identified ?? 0,
    ]);

  /** After one verification: a payment goes through its own replacement, and after the restoring nothing goes through any. */
  const expectReplacedUntilRestored = (page: ReturnType<typeof createPage>) => {
    load(page, PAY, 'restore();', IDENTIFY);
    expect(identified(page)).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
    ]);
  };

  it('of the current SDK goes through its own replacement, and back', () => {
    const sdk = SDK_V1.replace(
      `version: '3.43.0',`,
      `version: '3.43.0', certification: function (params) { calls.push({ params }); return 'certified'; },`,
    );
    for (const scripts of [
      [OURS, sdk],
      [sdk, OURS],
    ]) {
      const page = load(createPage(), ...scripts);
      expect(page.run(IDENTIFY)).toBe('certified');
      expectReplacedUntilRestored(page);
    }
  });

  it('of 1.x, which is filled in one go, too', () => {
    const page = load(createPage(), `${CERTIFYING_1X}`, OURS);
    expect(page.run(IDENTIFY)).toBe('certified');
    expectReplacedUntilRestored(page);
  });

  it('that is not there is not there', () => {
    for (const [, sdk] of GENERATIONS) {
      const page = load(createPage(), OURS, sdk);
      expect(page.run(`IMP.certification === undefined && !('certification' in IMP)`)).toBe(true);
      load(page, 'restore();');
      expect(page.run(`'certification' in IMP`)).toBe(false);
    }
  });

  it('is left alone in a script without what is not a default', () => {
    const page = createPage();
    page.run('FULL = false;');
    load(page, CERTIFYING_1X, OURS, IDENTIFY, PAY);
    expect(identified(page)).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(page.run('identified')).toBe(0);
  });
});

describe('findSdk', () => {
  const FIND = `(${findSdk})()`;
  it.each<[name: string, scripts: string[], found: string | undefined]>([
    ['nothing', [], undefined],
    ['ours alone', [OURS], undefined],
    ['the SDK without us', [SDK_V1], 'bare'],
    ['the SDK behind us', [OURS, SDK_V1], 'there'],
    ['the SDK before us', [SDK_V1, OURS], 'there'],
    ['1.x behind us', [OURS, SDK_1X], 'there'],
    ['the SDK after all was put back', [OURS, SDK_1X, 'restore();'], 'bare'],
    ['an object that is still empty', ['window.IMP = {};'], 'there'],
    ['V2 alone', ['window.PortOne = { requestPayment: function () {} };'], 'there'],
  ])('%s', (_, scripts, found) => {
    expect(load(createPage(), ...scripts).run(FIND)).toBe(found);
  });
});
