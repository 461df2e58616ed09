/**
 * imp-redirect: brings a customer home from a PortOne V1 payment. Importing this module does nothing by itself.
 *
 * @module
 */
import { askAdapted } from './adapt.js';
import { type AskServer, createComplete } from './complete.js';
import { type Diagnosis, diagnosisOf } from './core/diagnosis.js';
import { type Environment, escapeUrl, readEnvironment } from './core/environment.js';
import { made } from './core/errors.js';
import { describeHint, localeOf } from './core/messages.js';
import { type CompleteOptions, resolveWrapOptions, type WrapOptions } from './core/options.js';
import type { Completion } from './core/phase.js';
import { cancel, elapsedMs, later, nowMs, random } from './edge/clock.js';
// Bare too: what it declares of document and window must reach those who import the types.
import './edge/events.js';
import { emit } from './edge/events.js';
import { inTime, postConfirm, readPassed, send } from './edge/http.js';
import { currentLanding, settle } from './edge/landing.js';
import { isHidden, isLeaving, isOnline, left, onHidden, onRestore, onReturn } from './edge/lifecycle.js';
import { goToLanding, inspectUrl, isMobilePage, makeSafeUrl, pageLanguage, resolveUrl, whenParsed, withResponse } from './edge/page.js';
import { formFields, lookUp, submitForm, takeVerdict } from './edge/page-values.js';
import { findSdk, interceptSdk } from './edge/sdk.js';
import { interceptV2 } from './edge/sdk-v2.js';
import { dropEntry, exclusively, keepEntry, openStorage, readContext, readEntries, settleEntry } from './edge/storage.js';
import { hearTabs, tellTabs } from './edge/tabs.js';
import { isTwice } from './edge/tag.js';
import { offerLanding, openBanner, openView, remountView } from './edge/view.js';
import { isWrapping, wrap as wrapWith } from './pay.js';

export type { Answers, VocabularyName } from './core/answers.js';
export type { Claim, ClaimFlow, ClaimKind, Ids } from './core/claim.js';
export type { Diagnosis } from './core/diagnosis.js';
export type { Environment, InAppBrowser } from './core/environment.js';
export { type Actor, type ErrorCode, ImpRedirectError } from './core/errors.js';
export type { ImpRedirectEvents } from './core/events.js';
export type { Locale, Messages, ShopOptions, WordName } from './core/messages.js';
export type { AbortSignalLike, CompleteOptions, ConfirmRequest, ElementLike, WrapOptions } from './core/options.js';
export type { Context } from './core/outbox.js';
export type { Completion, Confirmation, Phase } from './core/phase.js';
export type { Fields, Template } from './core/request.js';
export type { RetryOptions } from './core/retry.js';
export type { Answer, FinalVerdict, Verdict, VerdictStatus } from './core/verdict.js';
export { readClaim } from './edge/landing.js';
export { unwrap } from './pay.js';

/**
 * Gives every payment a way home: from now on `IMP.request_pay` gets an `m_redirect_url` where the merchant gave none,
 * and a callback that leads to the same place. Call it before or after the SDK's script; before is better.
 *
 * Danger: with the current SDK, an `IMP` that a page put into a variable of its own before this call is out of reach.
 *
 * A second call replaces the first one's options.
 *
 * @param options `redirectUrl` is required
 * @throws ImpRedirectError `invalid_option`
 * @see PortOne developers' docs, `IMP.request_pay` and `m_redirect_url` (2026-08)
 */
export const wrap = (options: WrapOptions): void => {
  // Behind the page's own work, but long before a payment: a write that waits for it can vanish when the page is left.
  later(openStorage, 0);
  wrapWith(options, {
    resolveUrl,
    resolveWrapOptions,
    makeSafeUrl,
    inspectUrl,
    isMobilePage,
    formFields,
    interceptSdk,
    interceptV2,
    keepEntry,
    dropEntry,
    later,
    cancel,
    onRestore,
    onHidden,
    emit,
    withResponse,
    pageLanguage,
    goToLanding,
    offerLanding,
  });
};

const askServer: AskServer = FULL
  ? (...question) =>
      askAdapted(...question, { inTime, send, readPassed, lookUp, takeVerdict, submitForm, resolveUrl, goToLanding, readContext })
  : postConfirm;

/**
 * Completes a landing: shows a provisional view at once, asks the merchant's server until it knows, shows its verdict.
 * On any other page it shows nothing, and goes on with what is still unanswered from before.
 * It can be called on every page, twice, and concurrently: one promise per landing.
 *
 * Danger: only `verdict.status === 'paid'` means paid, and only on the server is it worth anything.
 *
 * @param options `confirmUrl` is required
 * @returns how the landing ended; `null` when this page is none. `verdict` is `null` while there is no final answer; the
 * page goes on asking, and so does the next call
 * @throws (rejects with) ImpRedirectError `invalid_option`
 */
export const complete: (options: CompleteOptions) => Promise<Completion | null> = /* @__PURE__ */ createComplete({
  resolveUrl,
  pageLanguage,
  whenParsed,
  currentLanding,
  settle,
  nowMs,
  elapsedMs,
  random,
  later,
  cancel,
  emit,
  askServer,
  isLeaving,
  isOnline,
  isHidden,
  left,
  onReturn,
  openStorage,
  keepEntry,
  dropEntry,
  settleEntry,
  readEntries,
  exclusively,
  tellTabs,
  hearTabs,
  openView,
  remountView,
  openBanner,
});

/**
 * Tells what is wrong on this page, as far as it is known by now: for the developer who puts the script there. Nothing of a
 * customer or an order is in it.
 *
 * @returns one entry for each kind of thing, in words of the page's language; none where all is well
 */
export function diagnose(): Diagnosis[] {
  const sdk = findSdk();
  // Where nothing is to be wrapped, none is looked for.
  if (sdk || !isWrapping()) made.delete('sdk_not_found');
  else made.set('sdk_not_found', '');
  if (isTwice()) made.set('script_twice', '');
  // The current SDK, loaded once more, takes the place of what stood in front of it.
  if (sdk === 'bare' && isWrapping()) made.set('wrapped_late', '');
  return diagnosisOf(made, localeOf(pageLanguage()));
}

/**
 * Tells what page we are in, as far as payments care: a phone, which system, an app's built-in browser.
 *
 * Danger: a user agent is what a browser says of itself. Choose words by it, not whether to inject a landing URL.
 *
 * @see PortOne SDK 1.2.0's own mobile test; in-app tokens as seen in public user agents (2026)
 */
export const environment = (): Environment => readEnvironment(navigator);

let isOffered = false;

/**
 * In an app's built-in browser, from which a payment may not come back, offers to open the page in the customer's own: a
 * small, closable card at the top of the window. Call it on the checkout page. On a landing it does nothing: there it is too late.
 *
 * Danger: in the other browser the customer is not signed in, and has no cart of this one.
 *
 * @param url the page to open there, absolute: one that finds the cart again. @default this page
 * @returns whether it is offered; a second call offers nothing more
 */
export function suggestBrowser(url: string = location.href): boolean {
  const { inApp } = environment();
  const isDue = !!inApp && !currentLanding();
  if (isDue && !isOffered) {
    isOffered = true;
    openBanner(describeHint(pageLanguage(), escapeUrl(url, inApp, navigator.userAgent)));
  }
  return isDue;
}
