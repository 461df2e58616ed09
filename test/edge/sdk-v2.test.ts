import { Script } from 'node:vm';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { interceptV2 } from '../../src/edge/sdk-v2.js';
import { SHOP } from './helpers.js';

const OURS = `restore = (${interceptV2})((original) => {
  replaced++;
  return function (request, ...rest) {
    return original.call(this, { ...request, injected: (request.injected || 0) + 1 }, ...rest);
  };
});`;
const SDK = `window.PortOne = (function () {
  var sdk = {};
  sdk.requestPayment = function (request) { calls.push({ self: this, request }); return Promise.resolve('result'); };
  sdk.requestIssueBillingKey = function () { return 'billing'; };
  return sdk;
})();`;
const FROZEN = SDK.replace('return sdk;', 'return Object.freeze(sdk);');
const PAY = `PortOne.requestPayment({ paymentId: 'order_1' })`;

function load(...scripts: string[]) {
  const context = new JSDOM('', { url: `${SHOP}/checkout`, runScripts: 'outside-only' }).getInternalVMContext();
  const run = (code: string): unknown => new Script(code).runInContext(context);
  run('var calls = [], replaced = 0, restore;');
  for (const script of scripts) run(script);
  return {
    run,
    injected: () => (run('calls') as { request: { injected?: number } }[]).map(({ request }) => request.injected ?? 0),
  };
}

describe('PortOne V2', () => {
  const sdk = SDK;

  it.each<[name: string, scripts: string[]]>([
    ['our script first', [OURS, sdk]],
    ['our script last', [sdk, OURS]],
    ['the SDK twice', [OURS, sdk, sdk]],
    ['null before it', [OURS, 'window.PortOne = null;', sdk]],
    ['written back by the page', [OURS, sdk, 'window.PortOne = PortOne; window.PortOne = PortOne;']],
  ])('%s: a payment goes through us exactly once, and after all is put back not at all', async (_, scripts) => {
    const page = load(...scripts);
    await expect(page.run(PAY)).resolves.toBe('result');
    page.run('restore();');
    await page.run(PAY);
    expect(page.injected()).toEqual([1, 0]);
    expect(page.run(`'get' in Object.getOwnPropertyDescriptor(window, 'PortOne')`)).toBe(false);
  });

  it('reads the same object and method each time, and the other members are its own', () => {
    const page = load(OURS, sdk);
    expect(page.run('PortOne === PortOne && PortOne.requestPayment === PortOne.requestPayment && replaced')).toBe(1);
    expect(page.run('PortOne.requestIssueBillingKey()')).toBe('billing');
    expect(page.run(`Object.keys(PortOne).join()`)).toBe('requestPayment,requestIssueBillingKey');
  });
});

describe('a PortOne that is frozen', () => {
  it('can be paid with, through us', async () => {
    const page = load(OURS, FROZEN);
    expect(() => page.run(PAY)).not.toThrow();
    expect(page.injected()).toEqual([1]);
  });
});

describe('before PortOne V2 is there', () => {
  it('window.PortOne reads undefined, and nothing is left of us after all is put back', () => {
    const page = load(OURS);
    expect(page.run('window.PortOne')).toBeUndefined();
    page.run('restore();');
    expect(page.run(`'PortOne' in window`)).toBe(false);
  });

  it('what is no SDK reads as it was written', () => {
    const page = load(OURS, 'window.PortOne = window.given = { requestIssueBillingKey: 1 };');
    expect(page.run('window.PortOne === window.given && replaced === 0')).toBe(true);
  });

  it('our script twice: a payment goes through us once', async () => {
    for (const scripts of [
      [OURS, OURS, SDK],
      [SDK, OURS, OURS],
      [OURS, SDK, OURS],
    ]) {
      const page = load(...scripts);
      await page.run(PAY);
      expect(page.injected()).toEqual([1]);
    }
  });
});
