import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

type Lifecycle = typeof import('../../src/edge/lifecycle.js');

let page: Lifecycle;
const added: [target: EventTarget, type: string, listener: EventListener][] = [];
const hide = (hidden: boolean) => Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
const happen = {
  leave: () => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })),
  restore: () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
  load: () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false })),
  online: () => dispatchEvent(new Event('online')),
  offline: () => dispatchEvent(new Event('offline')),
  see: () => {
    hide(false);
    document.dispatchEvent(new Event('visibilitychange'));
  },
  hide: () => {
    hide(true);
    document.dispatchEvent(new Event('visibilitychange'));
  },
};

beforeEach(async () => {
  vi.resetModules();
  page = await import('../../src/edge/lifecycle.js');
  // Written down, to be taken off again: there is one window for all tests.
  for (const target of [window, document] as EventTarget[]) {
    const { addEventListener } = target;
    vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
      added.push([target, type, listener as EventListener]);
      addEventListener.call(target, type, listener, options);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const [target, type, listener] of added.splice(0)) target.removeEventListener(type, listener);
  Reflect.deleteProperty(document, 'hidden');
});

describe('onReturn', () => {
  it.each<[name: keyof typeof happen, isReturn: boolean]>([
    ['restore', true],
    ['online', true],
    ['see', true],
    ['load', false],
    ['offline', false],
    ['hide', false],
    ['leave', false],
  ])('%s: %s', (name, isReturn) => {
    const listener = vi.fn();
    page.onReturn(listener);
    happen[name]();
    happen[name]();
    expect(listener).toHaveBeenCalledTimes(isReturn ? 2 : 0);
  });

  it('listens to nothing that keeps pages out of the back/forward cache', () => {
    page.onReturn(() => {});
    page.onRestore(() => {});
    void page.left();
    const types = added.map(([, type]) => type);
    expect(types).toContain('pagehide');
    expect(types.filter((type) => /unload/.test(type))).toEqual([]);
  });
});

describe('isLeaving', () => {
  it('is true from leaving until the cache gives the page back, before anybody is told', () => {
    const seen: boolean[] = [];
    page.onReturn(() => seen.push(page.isLeaving()));
    expect(page.isLeaving()).toBe(false);
    happen.leave();
    expect(page.isLeaving()).toBe(true);
    happen.online();
    expect(page.isLeaving()).toBe(true);
    happen.restore();
    expect(page.isLeaving()).toBe(false);
    expect(seen).toEqual([true, false]);
  });
});

describe('onRestore', () => {
  it('tells each time that the cache gives the page back, and nothing else', () => {
    const listener = vi.fn();
    page.onRestore(listener);
    happen.load();
    happen.online();
    happen.see();
    happen.leave();
    expect(listener).not.toHaveBeenCalled();
    happen.restore();
    happen.restore();
    expect(listener).toHaveBeenCalledTimes(2);
  });
});

describe('onHidden', () => {
  it('tells when the page goes out of sight, once, and each listener for itself', () => {
    const early = vi.fn();
    page.onHidden(early);
    expect(early).not.toHaveBeenCalled();
    happen.hide();
    const late = vi.fn();
    page.onHidden(late);
    happen.see();
    happen.hide();
    expect([early.mock.calls.length, late.mock.calls.length]).toEqual([1, 1]);
  });

  it('tells of nothing else: not of the network, nor of a load', () => {
    const listener = vi.fn();
    page.onHidden(listener);
    happen.online();
    happen.offline();
    happen.load();
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('left', () => {
  it('resolves when the page is left, each time anew', async () => {
    for (let i = 0; i < 2; i++) {
      const left = vi.fn();
      const promise = page.left().then(left);
      await Promise.resolve();
      expect(left).not.toHaveBeenCalled();
      happen.leave();
      await promise;
      expect(left).toHaveBeenCalledTimes(1);
    }
  });
});

describe('isOnline', () => {
  it.each([true, false])('is what the browser believes: %s', (onLine) => {
    vi.stubGlobal('navigator', { onLine });
    expect(page.isOnline()).toBe(onLine);
    vi.unstubAllGlobals();
  });
});
