import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetDeparture, rememberDeparture } from '../../src/edge/storage.js';

const LANDING = 'http://shop.example.kr/payments/complete';
const stored = () =>
  Object.fromEntries(
    Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i) as string).map((key) => [key, localStorage.getItem(key)]),
  );

beforeEach(() => {
  vi.useFakeTimers({ now: 1_767_225_599_000 });
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a departure', () => {
  it('is order, time and landing URL, under our one key', () => {
    rememberDeparture('order_1', LANDING);
    expect(Object.keys(stored())).toEqual(['imp-redirect']);
    expect(JSON.parse(stored()['imp-redirect'] as string)).toEqual(['order_1', 1_767_225_599_000, LANDING]);
  });

  it('takes the place of the one before', () => {
    rememberDeparture('order_1', LANDING);
    rememberDeparture('order_2', `${LANDING}?x=1`);
    expect(Object.values(stored()).map((text) => JSON.parse(text as string)[0])).toEqual(['order_2']);
  });

  it('may have no order', () => {
    rememberDeparture(undefined, LANDING);
    expect(JSON.parse(stored()['imp-redirect'] as string)).toEqual([null, 1_767_225_599_000, LANDING]);
  });

  it('is forgotten, and nothing else with it', () => {
    localStorage.setItem('cart', '1');
    rememberDeparture('order_1', LANDING);
    forgetDeparture();
    expect(stored()).toEqual({ cart: '1' });
    forgetDeparture();
    expect(stored()).toEqual({ cart: '1' });
  });
});

describe('storage that does not work is never in the way', () => {
  const denied = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };

  it('where it is null', () => {
    vi.stubGlobal('localStorage', null);
    rememberDeparture('order_1', LANDING);
    forgetDeparture();
    expect(globalThis.localStorage).toBeNull();
  });

  it('where reading the property throws', () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    const getter = vi.fn(denied);
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: getter });
    try {
      rememberDeparture('order_1', LANDING);
      forgetDeparture();
    } finally {
      if (own) Object.defineProperty(globalThis, 'localStorage', own);
      else Reflect.deleteProperty(globalThis, 'localStorage');
    }
    expect(getter).toHaveBeenCalledTimes(2);
  });

  it('where its quota is full', () => {
    const setItem = vi.fn(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    vi.stubGlobal('localStorage', { setItem, removeItem: vi.fn(denied) });
    rememberDeparture('order_1', LANDING);
    forgetDeparture();
    expect(setItem).toHaveBeenCalledTimes(1);
  });

  it.each<[name: string, merchantUid: unknown]>([
    ['a BigInt', 1n],
    [
      'an object that refers to itself',
      Object.assign([], {
        toJSON() {
          throw new Error('no');
        },
      }),
    ],
  ])('nor is an order number that cannot be written down: %s', (_, merchantUid) => {
    rememberDeparture(merchantUid, LANDING);
    expect(stored()).toEqual({});
  });
});
