import type { ClaimFlow } from './core/claim.js';
import { type ErrorCode, ImpRedirectError, made } from './core/errors.js';
import { offerText } from './core/messages.js';
import { isOn, type ResolveUrl, type resolveWrapOptions, type WrapOptions } from './core/options.js';
import type { Context } from './core/outbox.js';
import { encodePart, type Fields, fill, type PayParams, withLandingUrl } from './core/request.js';
import { soon } from './core/soon.js';
import type { cancel, later } from './edge/clock.js';
import type { emit } from './edge/events.js';
import type { onHidden, onRestore } from './edge/lifecycle.js';
import type { goToLanding, inspectUrl, isMobilePage, makeSafeUrl, pageLanguage, withResponse } from './edge/page.js';
import type { formFields } from './edge/page-values.js';
import type { AnyFunction, interceptSdk } from './edge/sdk.js';
import type { interceptV2 } from './edge/sdk-v2.js';
import type { dropEntry, keepEntry } from './edge/storage.js';
import type { offerLanding } from './edge/view.js';

/** What the flow needs of the world. */
export interface PayEdges {
  readonly resolveUrl: ResolveUrl;
  readonly resolveWrapOptions: typeof resolveWrapOptions;
  readonly makeSafeUrl: typeof makeSafeUrl;
  readonly inspectUrl: typeof inspectUrl;
  readonly isMobilePage: typeof isMobilePage;
  readonly formFields: typeof formFields;
  readonly interceptSdk: typeof interceptSdk;
  readonly interceptV2: typeof interceptV2;
  readonly keepEntry: typeof keepEntry;
  readonly dropEntry: typeof dropEntry;
  readonly later: typeof later;
  readonly cancel: typeof cancel;
  readonly onRestore: typeof onRestore;
  readonly onHidden: typeof onHidden;
  readonly emit: typeof emit;
  readonly withResponse: typeof withResponse;
  readonly goToLanding: typeof goToLanding;
  readonly pageLanguage: typeof pageLanguage;
  readonly offerLanding: typeof offerLanding;
}

/** How long a payment may be open without any sign of life, in milliseconds: banks give a customer that long, and no longer. */
const RESULT_TIMEOUT_MS = 600_000;

/** Which order it is about, as far as is known. */
type Order = { readonly merchantUid: string };

/** How a payment ends that nobody tells us of. */
type Ending = 'never_left' | 'returned_without_result';

/** Without `FULL`, with the landing URL, which is the same for every payment; made for the first one, not while the page loads. */
let active: (WrapOptions & { home?: string }) | undefined;
/** Ends what is open on this page, with an event or without. */
let finish: ((event?: Ending) => void) | undefined;
let restore: (() => void) | undefined;
let restoreV2: (() => void) | undefined;

/** Flow 1: request → gateway. See `wrap` in index.ts. */
export function wrap(options: WrapOptions, edges: PayEdges): void {
  active = edges.resolveWrapOptions(options, edges.resolveUrl);
  if (restore) return;
  restore = edges.interceptSdk(
    (original) => wrapRequestPay(original, edges),
    () => tell('wrapped_late'),
    (original) => wrapRequestPay(original, edges, 'certification'),
  );
  if (FULL) restoreV2 = edges.interceptV2((original) => wrapRequestPayment(original, edges));
  // The customer has gone back, and this very page is there again, its pay button as it was left.
  edges.onRestore(() => finish?.('returned_without_result'));
}

/** Whether `wrap` was called, and not undone. */
export const isWrapping = (): boolean => Boolean(restore);

/**
 * Undoes `wrap`: the SDK's own methods are back, and calls through what a page still holds of ours go to them unchanged. What is
 * open is still watched.
 */
export function unwrap(): void {
  restore?.();
  if (FULL) restoreV2?.();
  active = restore = undefined;
}

/** Told afterwards: a merchant's call goes on. */
const tell = (code: ErrorCode, detail?: unknown): void =>
  soon(active?.onError ?? console.error, new ImpRedirectError(code, detail, 'merchant', detail));

/** What the page is told to keep for the landing, which is another page, perhaps in another browser process. */
function takeContext(
  { context, contextForm, contextParams }: WrapOptions,
  params: Fields,
  edges: PayEdges,
  flow?: ClaimFlow,
): Context | undefined {
  if (!(context ?? contextForm ?? contextParams ?? flow)) return;
  try {
    const kept: Record<string, unknown> = { ...(contextForm && edges.formFields(contextForm)), ...context?.() };
    for (const name of `${contextParams ?? ''}`.split(/[\s,]+/)) {
      if (name in params) kept[name] = params[name];
      else if (DEBUG && name) made.set('value_missing', `contextParams ${name}`);
    }
    kept.imp_flow = flow;
    // What cannot be written down is found out here, and not in the middle of a transaction.
    return JSON.parse(JSON.stringify(kept));
  } catch (error) {
    tell('context_failed', error);
  }
}

/** Takes note of a departure. */
function depart(order: Order, edges: PayEdges, context?: Context): void {
  if (order.merchantUid) {
    edges.keepEntry('departed', order, undefined, context);
    edges.emit('departure', order);
  } else tell('merchant_uid_missing');
}

/** A landing URL that says what it is the landing of, for its keys are the same. A payment has no mark. */
const marked = (url: string, flow: ClaimFlow | undefined) =>
  flow
    ? url.replace(/^([^?#]*)(\?[^#]*)?/, (_, path: string, query?: string) => `${path}${query ? `${query}&` : '?'}imp_flow=${flow}`)
    : url;

/**
 * The real one is called in the merchant's own task, for in WebKit waiting for anything first loses the click.
 *
 * @param method `certification` where it is not a payment; it is left alone where the merchant did not ask for it
 */
function wrapRequestPay(original: AnyFunction, edges: PayEdges, method?: 'certification'): AnyFunction {
  return function (this: unknown, ...args) {
    const [params, callback] = args as [PayParams | undefined, unknown];
    if (!active || !params || (FULL && method && !isOn(active.certification))) return original.apply(this, args);
    const { inject, repair, callback: channel, single, resultTimeoutMs = RESULT_TIMEOUT_MS } = active;
    if (finish) {
      tell('already_open');
      if (FULL && isOn(single)) return;
    }

    const { m_redirect_url, merchant_uid } = params;
    const flow = FULL ? (method ?? ((params as Fields).customer_uid ? 'billing' : undefined)) : undefined;
    let landingUrl = m_redirect_url as string;
    if (FULL) {
      const isMissing = !landingUrl || (isOn(repair) && /^(null|undefined)$/.test(landingUrl));
      const { safe, damage } = edges.inspectUrl(
        isMissing ? marked(fill(active.redirectUrl, params as Fields, encodePart), flow) : `${landingUrl}`,
      );
      if (!isMissing && damage) tell('redirect_url_unsafe', `${damage}: ${landingUrl} -> ${safe}`);
      if (isMissing || isOn(repair)) landingUrl = safe;
      // biome-ignore lint/suspicious/noAssignInExpressions: two statements are 16 bytes more than there are.
    } else landingUrl = landingUrl || (active.home ??= edges.makeSafeUrl(active.redirectUrl as string));
    const passed =
      landingUrl !== m_redirect_url && (m_redirect_url || inject !== 'mobile' || edges.isMobilePage())
        ? withLandingUrl(params, landingUrl)
        : params;
    // What the SDK writes into its copy belongs to the merchant; what the merchant has changed since does not come back.
    const known: Record<string, unknown> = { ...passed };
    const writeBack = () => {
      for (const [name, value] of Object.entries(passed))
        if (!(name in known && value === known[name])) {
          known[name] = value;
          Reflect.set(params, name, value);
        }
    };

    finish?.();
    // A string or a number: no other type's name has an "r".
    const order = { merchantUid: /r/.test(typeof merchant_uid) ? `${merchant_uid}` : '' };
    const context = FULL ? takeContext(active, params as Fields, edges, flow) : undefined;
    let timer: unknown;
    let ending: Ending = 'never_left';
    const mine = (event?: Ending) => {
      edges.cancel(timer);
      if (finish !== mine) return;
      finish = undefined;
      if (event) edges.emit(event, order);
    };
    finish = mine;
    // The call itself takes less time than this does.
    soon(() => {
      edges.onHidden(() => {
        ending = 'returned_without_result';
      });
      timer = edges.later(() => mine(ending), resultTimeoutMs);
      depart(order, edges, context);
    });

    args[0] = passed;
    args[1] = function (this: unknown, ...results: unknown[]) {
      writeBack();
      mine();
      const url = edges.withResponse(landingUrl, { merchant_uid: passed.merchant_uid, ...(results[0] as object) });
      try {
        if (typeof callback !== 'function') return;
        const returned = callback.apply(this, results);
        // The merchant's own code has it. A landing has it otherwise.
        if (!(FULL && channel)) soon(() => edges.dropEntry('departed', order));
        return returned;
      } catch (error) {
        tell('callback_threw', error);
        if (FULL) edges.offerLanding(url, offerText(edges.pageLanguage()));
        throw error;
      } finally {
        if ((FULL && channel) || typeof callback !== 'function') edges.goToLanding(url);
      }
    };
    try {
      return original.apply(this, args);
    } catch (error) {
      mine();
      throw error;
    } finally {
      writeBack();
    }
  };
}

/** The same of PortOne V2: its result is a promise on a PC, and a redirect on a phone. */
function wrapRequestPayment(original: AnyFunction, edges: PayEdges): AnyFunction {
  return function (this: unknown, ...args) {
    const [request] = args as [{ readonly redirectUrl?: unknown; readonly paymentId?: unknown } | undefined];
    if (!active || !request) return original.apply(this, args);
    const { redirectUrl, inject } = active;
    if (!request.redirectUrl && (inject !== 'mobile' || edges.isMobilePage()))
      args[0] = { ...request, redirectUrl: edges.makeSafeUrl(fill(redirectUrl, request as Fields, encodePart)) };
    const order = { merchantUid: `${request.paymentId ?? ''}` };
    depart(order, edges, takeContext(active, request as Fields, edges));
    const returned = original.apply(this, args);
    // The merchant's own code has the result then.
    Promise.resolve(returned).then(
      () => edges.dropEntry('departed', order),
      () => {},
    );
    return returned;
  };
}
