import { type ResolveUrl, resolveWrapOptions, type WrapOptions } from './core/options.js';
import { type PayParams, withLandingUrl } from './core/request.js';
import type { emit } from './edge/events.js';
import type { onRestore } from './edge/lifecycle.js';
import type { goToLanding, isMobilePage } from './edge/page.js';
import type { AnyFunction, interceptSdk } from './edge/sdk.js';
import type { keepEntry, openStorage } from './edge/storage.js';

/** What the flow needs of the world. */
export interface PayEdges {
  readonly resolveUrl: ResolveUrl;
  readonly isMobilePage: typeof isMobilePage;
  readonly interceptSdk: typeof interceptSdk;
  readonly openStorage: typeof openStorage;
  readonly keepEntry: typeof keepEntry;
  readonly onRestore: typeof onRestore;
  readonly emit: typeof emit;
  readonly goToLanding: typeof goToLanding;
}

let active: WrapOptions | undefined;
let departed: string | undefined;

/** Flow 1: request → gateway. See `wrap` in index.ts. */
export function wrap(options: WrapOptions, edges: PayEdges): void {
  const first = !active;
  active = resolveWrapOptions(options, edges.resolveUrl);
  if (!first) return;
  edges.openStorage();
  edges.interceptSdk((original) => wrapRequestPay(original, edges));
  // The customer has gone back, and this very page is there again, its pay button as it was left.
  edges.onRestore(() => {
    if (departed) edges.emit('returned_without_result', { merchantUid: departed });
    departed = undefined;
  });
}

/** The real one is called in the merchant's own task, for in WebKit waiting for anything first loses the click. */
function wrapRequestPay(original: AnyFunction, edges: PayEdges): AnyFunction {
  return function (this: unknown, ...args) {
    const { redirectUrl, inject } = active as WrapOptions;
    const [params, callback] = args as [PayParams | undefined, unknown];
    if (params) {
      const { m_redirect_url, merchant_uid } = params;
      const landingUrl = (m_redirect_url || redirectUrl) as string;
      if (/string|number/.test(typeof merchant_uid)) {
        departed = `${merchant_uid}`;
        edges.keepEntry('departed', { merchantUid: departed });
        edges.emit('departure', { merchantUid: departed });
      }
      if (!m_redirect_url && (inject !== 'mobile' || edges.isMobilePage())) args[0] = withLandingUrl(params, landingUrl);
      if (typeof callback !== 'function') args[1] = (response: object) => edges.goToLanding(landingUrl, { merchant_uid, ...response });
    }
    return original.apply(this, args);
  };
}
