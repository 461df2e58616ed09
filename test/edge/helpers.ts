import { type Mock, vi } from 'vitest';
import type { CompleteEdges } from '../../src/complete.js';
import type { Claim } from '../../src/core/claim.js';
import type { ViewModel } from '../../src/core/messages.js';
import type { Reply } from '../../src/core/outcome.js';
import type { PayEdges } from '../../src/pay.js';

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

/** Makes an edge's double write down that it was called, so that the order among them can be told. */
const logged = <F extends (...args: never[]) => unknown>(log: string[], name: string, work: F): Mock<F> =>
  vi.fn(((...args: never[]) => {
    log.push(name);
    return work(...args);
  }) as F);

/** The world as the flow `complete` sees it: on the page of a landing, with a server that has not answered yet. */
export function completeWorld(claim: Claim | null = claimOf()) {
  const log: string[] = [];
  const painted: ViewModel[] = [];
  const landing: { now: ReturnType<CompleteEdges['currentLanding']> } = { now: claim && { claim } };
  const edges = {
    resolveUrl: logged(log, 'resolveUrl', (url: string) => !/^(javascript:|\/\/|undefined$)/.test(url) && new URL(url, SHOP).href),
    pageLanguage: logged(log, 'pageLanguage', () => 'ko-KR'),
    currentLanding: logged(log, 'currentLanding', () => landing.now),
    settle: logged(log, 'settle', (_settled: object) => {}),
    forgetDeparture: logged(log, 'forgetDeparture', () => {}),
    postConfirm: logged(log, 'postConfirm', (_url: string, _ids: object): Promise<Reply> => new Promise(() => {})),
    openView: logged(log, 'openView', (_target: unknown, _missing: () => void) => (model: ViewModel) => {
      log.push(`paint ${model.state}`);
      painted.push(model);
    }),
  } satisfies CompleteEdges;
  const states = () => painted.map((model) => model.state);
  return { edges, log, painted, states, landing };
}

/** The world as the flow `wrap` sees it: a page whose SDK has the given `request_pay`. */
export function payWorld(original: (this: unknown, ...args: unknown[]) => unknown = () => undefined) {
  const log: string[] = [];
  const sdk = {
    request_pay: vi.fn(function (this: unknown, ...args: unknown[]) {
      log.push('request_pay');
      return original.apply(this, args);
    }),
  };
  /** What the page calls. */
  const page: { request_pay: (this: unknown, ...args: unknown[]) => unknown } = { request_pay: sdk.request_pay };
  const edges = {
    resolveUrl: vi.fn((url: string) => !/^(javascript:|\/\/|undefined$)/.test(url) && new URL(url, SHOP).href),
    isMobilePage: vi.fn(() => false),
    interceptSdk: vi.fn<PayEdges['interceptSdk']>((replace) => {
      page.request_pay = replace(sdk.request_pay);
    }),
    rememberDeparture: logged(log, 'rememberDeparture', (_merchantUid: unknown, _landingUrl: string) => {}),
    goToLanding: logged(log, 'goToLanding', (_landingUrl: string, _response: Readonly<Record<string, unknown>>) => {}),
  } satisfies PayEdges;
  return { edges, log, page, sdk };
}
