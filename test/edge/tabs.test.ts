import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyOf } from '../../src/core/outbox.js';
import { IDS, replyOf } from './helpers.js';

type Tabs = typeof import('../../src/edge/tabs.js');

/** The edge as one page has it. */
const openPage = (): Promise<Tabs> => {
  vi.resetModules();
  return import('../../src/edge/tabs.js');
};
const denied = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};
afterEach(() => {
  vi.unstubAllGlobals();
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
    const key = keyOf('landed', IDS);
    heard[0]?.tellTabs(key, reply);
    // One message, as it was sent.
    const told = [[[key, { ...reply, cause: 0 }]]];
    expect(heard.map(({ listener }) => listener.mock.calls)).toEqual([[], told, told]);
    expect(Channel.all.map(({ name }) => name)).toEqual(Array(3).fill('imp-redirect'));
  });

  it('is told without what it died of, which may be anything', async () => {
    const [one, other] = [await openPage(), await openPage()];
    const listener = vi.fn();
    one.hearTabs(() => {});
    other.hearTabs(listener);
    one.tellTabs('key', { httpStatus: 0, cause: () => {} });
    expect(listener.mock.calls).toEqual([[['key', { httpStatus: 0, cause: 0 }]]]);
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
