import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defer, replyOf } from './helpers.js';

type Tabs = typeof import('../../src/edge/tabs.js');

const KEY = 'imp-redirect-lease order_1';
const NOW = 1_767_225_599_000;

/** The edge as one page has it. */
const openPage = (): Promise<Tabs> => {
  vi.resetModules();
  return import('../../src/edge/tabs.js');
};
const denied = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};
const stubLocks = (request: unknown) => vi.stubGlobal('navigator', { locks: request && { request } });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  localStorage.clear();
  stubLocks(undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Work that is told when it begins, and ends when it is let. */
function work() {
  const { promise, resolve } = defer<unknown>();
  return { begin: vi.fn(() => promise), end: () => resolve(0) };
}

describe('with Web Locks', () => {
  it('work runs under the lock of its name, which is held until it ends', async () => {
    const held = vi.fn((_name: string, run: () => Promise<unknown>) => run());
    stubLocks(held);
    const { exclusively } = await openPage();
    const { begin, end } = work();
    const ended = vi.fn();
    void exclusively('order_1', begin).then(ended);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(held.mock.calls).toEqual([[KEY, begin]]);
    expect(begin).toHaveBeenCalledTimes(1);
    expect(ended).not.toHaveBeenCalled();
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledTimes(1);
    expect(localStorage).toHaveLength(0);
  });

  it.each<[name: string, request: unknown]>([
    ['are not there', undefined],
    ['are refused, as on an opaque origin', denied],
    ['are refused later', () => Promise.reject(new DOMException('', 'SecurityError'))],
  ])('where they %s, a lease in storage takes their place', async (_, request) => {
    stubLocks(request);
    const { exclusively } = await openPage();
    const { begin, end } = work();
    const promise = exclusively('order_1', begin);
    await vi.advanceTimersByTimeAsync(0);
    expect(begin).toHaveBeenCalledTimes(1);
    expect(Object.entries(localStorage)).toEqual([[KEY, `${NOW + 12_000}`]]);
    end();
    await promise;
    expect(localStorage).toHaveLength(0);
  });
});

describe('the lease', () => {
  it('is waited for, and taken when its holder is done', async () => {
    const [one, other] = [await openPage(), await openPage()];
    const [first, second] = [work(), work()];
    void one.exclusively('order_1', first.begin);
    void other.exclusively('order_1', second.begin);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(first.begin).toHaveBeenCalledTimes(1);
    expect(second.begin).not.toHaveBeenCalled();
    first.end();
    await vi.advanceTimersByTimeAsync(250);
    expect(second.begin).toHaveBeenCalledTimes(1);
  });

  it('is for one order', async () => {
    const { exclusively } = await openPage();
    const [first, second] = [work(), work()];
    void exclusively('order_1', first.begin);
    void exclusively('order_2', second.begin);
    await vi.advanceTimersByTimeAsync(0);
    expect(second.begin).toHaveBeenCalledTimes(1);
  });

  it('of a holder that is gone ends after 12 s', async () => {
    const [gone, other] = [await openPage(), await openPage()];
    void gone.exclusively('order_1', work().begin);
    await vi.advanceTimersByTimeAsync(1_000);
    const { begin } = work();
    void other.exclusively('order_1', begin);
    await vi.advanceTimersByTimeAsync(10_750);
    expect(begin).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(begin).toHaveBeenCalledTimes(1);
  });

  it.each<[name: string, until: string]>([
    ['a clock that was set back', `${NOW + 365 * 86_400_000}`],
    ['someone who writes nonsense', `${Number.MAX_VALUE}`],
  ])('holds nobody longer than that: %s', async (_, until) => {
    localStorage.setItem(KEY, until);
    const { exclusively } = await openPage();
    const { begin } = work();
    void exclusively('order_1', begin);
    await vi.advanceTimersByTimeAsync(11_500);
    expect(begin).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(begin).toHaveBeenCalledTimes(1);
    expect(localStorage.getItem(KEY)).toBe(`${NOW + 24_000}`);
  });

  it.each(['', 'soon', '{}', '0', `${NOW}`, `${NOW - 1}`])('that is over, or is none, holds nobody: %j', async (until) => {
    localStorage.setItem(KEY, until);
    const { exclusively } = await openPage();
    const { begin } = work();
    void exclusively('order_1', begin);
    await vi.advanceTimersByTimeAsync(0);
    expect(begin).toHaveBeenCalledTimes(1);
  });

  it.each<[name: string, storage: unknown]>([
    ['is null', null],
    ['throws', { getItem: denied, setItem: denied, removeItem: denied }],
    ['is full', { getItem: () => null, setItem: denied, removeItem: denied }],
  ])('where storage %s, work just runs: the server is made for that', async (_, storage) => {
    vi.stubGlobal('localStorage', storage);
    const { exclusively } = await openPage();
    const [first, second] = [work(), work()];
    const promise = exclusively('order_1', first.begin);
    void exclusively('order_1', second.begin);
    await vi.advanceTimersByTimeAsync(0);
    expect([first, second].map(({ begin }) => begin.mock.calls.length)).toEqual([1, 1]);
    first.end();
    await expect(promise).resolves.toBeUndefined();
  });
});

/** The channels of one browser: what one posts, the others of its name hear. */
class Channel {
  static readonly all: Channel[] = [];
  onmessage: ((event: { data: unknown }) => void) | undefined;
  constructor(readonly name: string) {
    Channel.all.push(this);
  }
  postMessage(message: unknown) {
    const data = structuredClone(message);
    for (const other of Channel.all) if (other !== this && other.name === this.name) other.onmessage?.({ data });
  }
}

describe('what a page was answered', () => {
  beforeEach(() => {
    Channel.all.length = 0;
    vi.stubGlobal('BroadcastChannel', Channel);
  });

  it('is heard by the other pages, and not by itself', async () => {
    const heard = [];
    for (let i = 0; i < 3; i++) {
      const { hearTabs, tellTabs } = await openPage();
      const listener = vi.fn();
      hearTabs(listener);
      heard.push({ listener, tellTabs });
    }
    const reply = { ...replyOf('paid'), retryAfter: '2' };
    heard[0]?.tellTabs('["imp_1","order_1"]', reply);
    const told = [['["imp_1","order_1"]', { ...reply, cause: 0 }]];
    expect(heard.map(({ listener }) => listener.mock.calls)).toEqual([[], told, told]);
    expect(Channel.all.map(({ name }) => name)).toEqual(Array(3).fill('imp-redirect'));
  });

  it('is told without what it died of, which may be anything', async () => {
    const [one, other] = [await openPage(), await openPage()];
    const listener = vi.fn();
    one.hearTabs(() => {});
    other.hearTabs(listener);
    one.tellTabs('key', { httpStatus: 0, cause: () => {} });
    expect(listener.mock.calls).toEqual([['key', { httpStatus: 0, cause: 0 }]]);
  });

  it.each<[name: string, channel: unknown]>([
    ['are none', undefined],
    [
      'are refused, as on an opaque origin',
      class {
        constructor() {
          denied();
        }
      },
    ],
  ])('is told to nobody where there %s', async (_, channel) => {
    vi.stubGlobal('BroadcastChannel', channel);
    const { hearTabs, tellTabs } = await openPage();
    const listener = vi.fn();
    hearTabs(listener);
    tellTabs('key', replyOf('paid'));
    expect(listener).not.toHaveBeenCalled();
  });

  it('is told to nobody by a page that does not listen', async () => {
    (await openPage()).tellTabs('key', replyOf('paid'));
    expect(Channel.all).toEqual([]);
  });
});
