import { type Mock, vi } from 'vitest';
import { type CompleteEdges, createComplete } from '../../src/complete.js';
import type { Claim, Ids } from '../../src/core/claim.js';
import type { ViewModel } from '../../src/core/messages.js';
import { type CompleteOptions, resolveWrapOptions } from '../../src/core/options.js';
import { type Context, type EntryKind, keyOf, type Outbox, partsOf, rewrite, type Times } from '../../src/core/outbox.js';
import type { Completion } from '../../src/core/phase.js';
import type { Reply } from '../../src/core/verdict.js';
import type { Landed } from '../../src/edge/landing.js';
import type { Message } from '../../src/edge/tabs.js';
import type { PayEdges } from '../../src/pay.js';
import { rowsOf, textOf } from '../core/helpers.js';

export const SHOP = 'http://shop.example.kr';
export const CONFIRM = `${SHOP}/payments/complete`;
export const IDS = { impUid: 'imp_1', merchantUid: 'order_1' } as const;

/** A claim of the usual ids, but for what is given. */
export const claimOf = (said: Partial<Claim> = {}): Claim => ({
  kind: 'claimed-success',
  ...IDS,
  errorCode: null,
  errorMessage: null,
  ...said,
});

/** A reply with an answer as our contract has it, for the usual ids. */
export const replyOf = (status: string, more: object = {}, httpStatus = 200): Reply => ({
  httpStatus,
  text: JSON.stringify({ status, imp_uid: IDS.impUid, merchant_uid: IDS.merchantUid, ...more }),
});

/** An entry of the outbox, as a line. */
export type Entry = readonly [kind: EntryKind, impUid: string | null, merchantUid: string | null, ...times: Times];

/** The outbox with these entries, in this order. */
export const outboxOf = (...entries: readonly Entry[]): Outbox =>
  Object.fromEntries(entries.map(([kind, impUid, merchantUid, ...times]) => [keyOf(kind, { impUid, merchantUid }), times]));

/** The entries of an outbox, in their order. */
export const entriesOf = (outbox: Outbox): Entry[] => Object.entries(outbox).map(([key, times]): Entry => [...partsOf(key), ...times]);

/** A promise that is settled by hand. */
export function defer<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Ends when every promise that can go on has gone on. */
export const flush = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until it is moved. */
function createClock() {
  const timers = new Set<{ readonly atMs: number; readonly work: () => void }>();
  let elapsedMs = 0;
  let wallMs = Date.UTC(2026, 10, 2);
  return {
    elapsedMs: () => elapsedMs,
    nowMs: () => wallMs + elapsedMs,
    /** Sets the clock on the wall; what has elapsed is not changed. */
    setWall: (byMs: number) => {
      wallMs += byMs;
    },
    later(work: () => void, delayMs: number) {
      const timer = { atMs: elapsedMs + delayMs, work };
      timers.add(timer);
      return timer;
    },
    cancel: (timer: unknown) => void timers.delete(timer as { atMs: number; work: () => void }),
    /** How many timers wait. */
    waiting: () => timers.size,
    /** Lets time pass: the timers that fall due in it run in order, each with all that follows from it. */
    async advance(ms: number) {
      const untilMs = elapsedMs + ms;
      for (;;) {
        await flush();
        const [next] = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers.delete(next);
        elapsedMs = next.atMs;
        next.work();
      }
      elapsedMs = untilMs;
      await flush();
    },
  };
}

interface Tab {
  isAlive: boolean;
  hear(message: Message): void;
}

interface Post {
  readonly impUid: string | null;
  readonly merchantUid: string | null;
  /** Since the browser began. */
  readonly atMs: number;
  readonly timeoutMs: number;
  readonly keepalive: boolean;
  /** Whether a customer waits for the answer. */
  readonly waits: boolean;
}

/** What the pages of one browser have in common: its clock, storage, locks and channel, the network, the merchant's server. */
export function createBrowser() {
  const posts: Post[] = [];
  return {
    ...createClock(),
    /** The merchant's server; it does not answer until it is told what. */
    server: vi.fn<(ids: { impUid: string | null; merchantUid: string | null }) => Reply | Promise<Reply>>(() => new Promise(() => {})),
    /** Every POST of every page. */
    posts,
    /** When they were sent, in milliseconds since the browser began. */
    sentAtMs: () => posts.map(({ atMs }) => atMs),
    /** How many POSTs about one order there were at one time, at most. */
    crowd: 0,
    inFlight: new Map<string, number>(),
    outbox: {} as Outbox,
    /** Why the storage cannot be used, where it cannot. */
    storageFault: undefined as unknown,
    isOnline: true,
    /** What every random number is; as it is, every wait is as long as it can be. */
    chance: 1,
    tabs: new Set<Tab>(),
    locks: new Map<string, Promise<unknown>>(),
  };
}

export type Browser = ReturnType<typeof createBrowser>;

/** Makes an edge's double write down that it was called, so that the order among them can be told. */
const logged = <F extends (...args: never[]) => unknown>(log: string[], name: string, work: F): Mock<F> =>
  vi.fn(((...args: never[]) => {
    log.push(name);
    return work(...args);
  }) as F);

const resolveUrl = (url: string) => !/^(javascript:|\/\/|undefined$)/.test(url) && new URL(url, SHOP).href;

/** Storage that does what the real one does, in memory. */
function storageOf(browser: Browser, log: string[]) {
  const change = async (work: (outbox: Outbox) => void) => {
    if (!browser.storageFault) browser.outbox = JSON.parse(rewrite(JSON.stringify(browser.outbox), work));
    return browser.storageFault;
  };
  return {
    openStorage: logged(log, 'openStorage', () => new Promise<IDBDatabase>(() => {})),
    keepEntry: logged(log, 'keepEntry', ((kind: EntryKind, ids: Partial<Ids>, atMs = browser.nowMs(), context?: Context) =>
      change((outbox) => {
        const departure = keyOf('departed', { ...ids, impUid: null });
        const kept = context ?? outbox[departure]?.[2];
        if (kind === 'landed') {
          if (keyOf(kind, ids) in outbox) return;
          delete outbox[departure];
        }
        outbox[keyOf(kind, ids)] = kept ? [atMs, browser.nowMs(), kept] : [atMs, browser.nowMs()];
      })) satisfies CompleteEdges['keepEntry']),
    dropEntry: logged(log, 'dropEntry', ((kind, ids) =>
      change((outbox) => {
        delete outbox[keyOf(kind, ids)];
      })) satisfies CompleteEdges['dropEntry']),
    settleEntry: logged(log, 'settleEntry', (async (claim, merchantUid, isPaid) => {
      let isNew = isPaid;
      let context: Context | undefined;
      await change((outbox) => {
        context = (outbox[keyOf('landed', claim)] ?? outbox[keyOf('departed', { merchantUid: claim.merchantUid })])?.[2];
        delete outbox[keyOf('landed', claim)];
        if (isPaid || !claim.impUid) delete outbox[keyOf('departed', { merchantUid })];
        const mark = keyOf('paid', merchantUid ? { merchantUid } : claim);
        isNew = isPaid && !(mark in outbox);
        if (isPaid) outbox[mark] = [browser.nowMs(), browser.nowMs()];
      });
      return [isNew, context] as [boolean, Context | undefined];
    }) satisfies CompleteEdges['settleEntry']),
    readEntries: logged(log, 'readEntries', async () => {
      const read: Outbox = {};
      await change((outbox) => void Object.assign(read, outbox));
      return read;
    }),
  };
}

/**
 * The world as the flow `complete` sees it: a page, by default the one of a landing, of a browser, by default its only one.
 *
 * @param landed what the page's URL says, or its history entry keeps; `null` on a page that is no landing
 */
export function completeWorld(landed: Claim | Landed | null = claimOf(), browser = createBrowser()) {
  const log: string[] = [];
  const painted: ViewModel[] = [];
  const banners: ViewModel[] = [];
  const events: [name: string, detail: unknown][] = [];
  const landing = { now: landed && ('claim' in landed ? landed : { claim: landed }) };
  const tab: Tab = { isAlive: true, hear: () => {} };
  const death = defer<Reply>();
  const startMs = browser.elapsedMs();
  let isLeaving = false;
  let isHidden = false;
  let leaving = defer<unknown>();
  let cut = defer<Reply>();
  let returned = () => {};
  let pressed = () => {};
  browser.tabs.add(tab);

  const ask = async (_options: CompleteOptions, { impUid, merchantUid }: Ids, timeoutMs: number, keepalive: boolean, waits: boolean) => {
    const order = `${merchantUid ?? impUid}`;
    const count = (by: number) => {
      browser.inFlight.set(order, (browser.inFlight.get(order) ?? 0) + by);
      browser.crowd = Math.max(browser.crowd, ...browser.inFlight.values());
    };
    browser.posts.push({ impUid, merchantUid, atMs: browser.elapsedMs(), timeoutMs, keepalive, waits });
    count(1);
    const timeout = defer<Reply>();
    const timer = browser.later(
      () => timeout.resolve({ httpStatus: 0, cause: new DOMException('aborted', 'AbortError') }),
      Number(timeoutMs),
    );
    const reply = await Promise.race([browser.server({ impUid, merchantUid }), timeout.promise, cut.promise, death.promise]);
    browser.cancel(timer);
    count(-1);
    return tab.isAlive ? reply : new Promise<Reply>(() => {});
  };

  const edges = {
    resolveUrl: logged(log, 'resolveUrl', resolveUrl),
    pageLanguage: logged(log, 'pageLanguage', () => 'ko-KR'),
    whenParsed: logged(log, 'whenParsed', async (): Promise<unknown> => undefined),
    currentLanding: logged(log, 'currentLanding', () => landing.now),
    settle: logged(log, 'settle', (settled: Landed) => {
      // As the real one: only where the page still is that landing.
      if (JSON.stringify(landing.now?.claim) === JSON.stringify(settled.claim)) landing.now = settled;
    }),
    nowMs: browser.nowMs,
    elapsedMs: () => browser.elapsedMs() - startMs,
    random: () => browser.chance,
    later: (work: () => void, delayMs: number) => browser.later(() => tab.isAlive && work(), delayMs),
    cancel: browser.cancel,
    emit: logged(log, 'emit', (name: string, detail: unknown) => {
      events.push([name, detail]);
    }),
    askServer: logged(log, 'askServer', ask satisfies CompleteEdges['askServer']),
    isLeaving: () => isLeaving,
    isOnline: () => browser.isOnline,
    isHidden: () => isHidden,
    left: () => leaving.promise,
    onReturn: logged(log, 'onReturn', (listener: () => void) => {
      returned = listener;
    }),
    ...storageOf(browser, log),
    exclusively: logged(log, 'exclusively', async (name: string, work: () => Promise<unknown>) => {
      const turn = Promise.resolve(browser.locks.get(name)).then(() => tab.isAlive && Promise.race([work(), death.promise]));
      browser.locks.set(
        name,
        turn.catch(() => {}),
      );
      await turn;
    }),
    tellTabs: logged(log, 'tellTabs', (key: string, reply: Reply) => {
      for (const other of browser.tabs)
        if (other !== tab) void Promise.resolve().then(() => other.isAlive && other.hear([key, { ...reply, cause: 0 }]));
    }),
    hearTabs: logged(log, 'hearTabs', (listener: Tab['hear']) => {
      tab.hear = listener;
    }),
    openView: logged(
      log,
      'openView',
      (_target: unknown, _accent: unknown, _missing: () => void, press: () => void) => (model: ViewModel) => {
        log.push(`paint ${model.state}`);
        painted.push(model);
        pressed = press;
      },
    ),
    remountView: logged(log, 'remountView', () => true),
    openBanner: logged(log, 'openBanner', (model: ViewModel) => {
      banners.push(model);
    }),
  } satisfies CompleteEdges;

  const onError = vi.fn();
  const onPaid = vi.fn();
  const onRecovered = vi.fn();
  const complete = createComplete(edges);
  const world = {
    browser,
    edges,
    log,
    painted,
    banners,
    events,
    landing,
    complete,
    onError,
    onPaid,
    onRecovered,
    /** Calls `complete` with the usual options, but for what is given. */
    start: (options: Partial<CompleteOptions> = {}): Promise<Completion | null> =>
      complete({ confirmUrl: '/payments/complete', result: '#result', onError, onPaid, onRecovered, ...options }),
    states: () => painted.map(({ state }) => state),
    texts: () => painted.map(textOf),
    /** The details of all events of a name. */
    told: (name: string) => events.flatMap(([other, detail]) => (other === name ? [detail] : [])),
    errors: (): [code: string, actor: string][] => onError.mock.calls.map(([{ code, actor }]) => [code, actor]),
    /** The customer taps the button; throws where there is none. */
    press() {
      if (!painted.slice(-1).some((model) => rowsOf(model).some(([tag]) => tag === 'button'))) throw new Error('no button to press');
      pressed();
    },
    /** The network is there again, or the page is seen again: one listener hears both. */
    wake: () => returned(),
    /** The page goes out of sight, or comes back into it. */
    hide(hidden = true) {
      isHidden = hidden;
    },
    /** The page goes into the back/forward cache. */
    leave() {
      isLeaving = true;
      leaving.resolve(0);
      leaving = defer();
    },
    /** The browser gives up the requests of the page. */
    cutOff() {
      cut.resolve({ httpStatus: 0, cause: new TypeError('Load failed') });
      cut = defer();
    },
    comeBack() {
      isLeaving = false;
      returned();
    },
    /** The page ends without a word: nothing of it runs any more, and what it held is free. */
    kill() {
      tab.isAlive = false;
      browser.tabs.delete(tab);
      death.resolve({ httpStatus: 0 });
    },
    /** The next page at the same history entry, and the end of this one. */
    reload() {
      world.kill();
      return completeWorld(landing.now, browser);
    },
  };
  return world;
}

export type World = ReturnType<typeof completeWorld>;

/** What is kept about orders, without the times. */
export const kept = ({ outbox }: Browser): [kind: EntryKind, impUid: string | null, merchantUid: string | null][] =>
  entriesOf(outbox).map(([kind, impUid, merchantUid]) => [kind, impUid, merchantUid]);

/** The world as the flow `wrap` sees it: a page whose SDKs have the given `request_pay`. */
export function payWorld(original: (this: unknown, ...args: unknown[]) => unknown = () => undefined) {
  const log: string[] = [];
  const clock = createClock();
  const sdkMethod = (name: string) =>
    vi.fn(function (this: unknown, ...args: unknown[]) {
      log.push(name);
      return original.apply(this, args);
    });
  const sdk = {
    request_pay: sdkMethod('request_pay'),
    certification: sdkMethod('certification'),
    requestPayment: sdkMethod('requestPayment'),
  };
  /** What the page calls. */
  const page: Record<keyof typeof sdk, (this: unknown, ...args: unknown[]) => unknown> = { ...sdk };
  const restoreV1 = vi.fn(() => Object.assign(page, { request_pay: sdk.request_pay, certification: sdk.certification }));
  const restoreV2 = vi.fn(() => Object.assign(page, { requestPayment: sdk.requestPayment }));
  let restored = () => {};
  const hidden: (() => void)[] = [];
  /** The page had the SDK's own object before us. */
  let isLate = false;
  const edges = {
    resolveUrl: vi.fn(resolveUrl),
    resolveWrapOptions,
    makeSafeUrl: vi.fn((url: string) => new URL(url, SHOP).href),
    inspectUrl: vi.fn((url: string) => ({ given: url, base: SHOP, safe: new URL(url, SHOP).href, damage: 'damage' })),
    isMobilePage: vi.fn(() => false),
    formFields: vi.fn((_selector: string): Record<string, unknown> => ({})),
    interceptSdk: vi.fn<PayEdges['interceptSdk']>((replace, late, replaceToo) => {
      page.request_pay = replace(sdk.request_pay);
      page.certification = replaceToo(sdk.certification);
      if (isLate) late();
      return restoreV1;
    }),
    interceptV2: vi.fn<PayEdges['interceptV2']>((replace) => {
      page.requestPayment = replace(sdk.requestPayment);
      return restoreV2;
    }),
    keepEntry: logged(log, 'keepEntry', (async () => undefined) as PayEdges['keepEntry']),
    dropEntry: logged(log, 'dropEntry', (async () => undefined) as PayEdges['dropEntry']),
    later: clock.later,
    cancel: clock.cancel,
    onRestore: vi.fn((listener: () => void) => {
      restored = listener;
    }),
    onHidden: vi.fn((listener: () => void) => {
      hidden.push(listener);
    }),
    emit: vi.fn((name: string, _detail: object) => {
      log.push(`emit ${name}`);
    }),
    withResponse: vi.fn(
      (landingUrl: string, response: Readonly<Record<string, unknown>>) =>
        `${landingUrl} with ${JSON.stringify(response, Object.keys(response).sort())}`,
    ),
    goToLanding: logged(log, 'goToLanding', (_url: string) => {}),
    pageLanguage: vi.fn(() => 'ko-KR'),
    offerLanding: logged(log, 'offerLanding', (_url: string, _text: string) => {}),
  } satisfies PayEdges;
  const onError = vi.fn();
  return {
    edges,
    log,
    page,
    sdk,
    clock,
    onError,
    restoreV1,
    restoreV2,
    /** What was reported, in order; ends when there is nothing more to come. */
    async errors(): Promise<string[]> {
      await flush();
      return onError.mock.calls.map(([{ code }]) => code);
    },
    /** The details of all events of a name. */
    told: (name: string) => edges.emit.mock.calls.flatMap(([other, detail]) => (other === name ? [detail] : [])),
    /** The page is out of sight from now on. */
    hide: () => {
      for (const listener of hidden.splice(0)) listener();
    },
    beLate: () => {
      isLate = true;
    },
    /** The back/forward cache gives the page back. */
    restore: () => restored(),
  };
}
