/**
 * imp-redirect: brings a customer home from a PortOne V1 payment. Importing this module does nothing by itself.
 *
 * @module
 */
import { createComplete } from './complete.js';
import { type Environment, readEnvironment } from './core/environment.js';
import type { CompleteOptions, WrapOptions } from './core/options.js';
import type { Completion } from './core/phase.js';
import { cancel, elapsedMs, later, nowMs, random } from './edge/clock.js';
// Bare too: what it declares of document and window must reach those who import the types.
import './edge/events.js';
import { emit } from './edge/events.js';
import { postConfirm } from './edge/http.js';
import { currentLanding, settle } from './edge/landing.js';
import { isLeaving, isOnline, left, onRestore, onReturn } from './edge/lifecycle.js';
import { goToLanding, isMobilePage, pageLanguage, resolveUrl, whenParsed } from './edge/page.js';
import { interceptSdk } from './edge/sdk.js';
import { dropEntry, exclusively, keepEntry, openStorage, readEntries, settleEntry } from './edge/storage.js';
import { hearTabs, tellTabs } from './edge/tabs.js';
import { openBanner, openView, remountView } from './edge/view.js';
import { wrap as wrapWith } from './pay.js';

export type { Claim, ClaimKind, Ids } from './core/claim.js';
export type { Environment, InAppBrowser } from './core/environment.js';
export { type Actor, type ErrorCode, ImpRedirectError } from './core/errors.js';
export type { ImpRedirectEvents } from './core/events.js';
export type { Locale } from './core/messages.js';
export type { CompleteOptions, ElementLike, WrapOptions } from './core/options.js';
export type { Completion, Confirmation } from './core/phase.js';
export type { RetryOptions } from './core/retry.js';
export type { Answer, FinalVerdict, Verdict, VerdictStatus } from './core/verdict.js';
export { readClaim } from './edge/landing.js';

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
export const wrap = (options: WrapOptions): void =>
  wrapWith(options, {
    resolveUrl,
    isMobilePage,
    interceptSdk,
    goToLanding,
    openStorage,
    keepEntry,
    onRestore,
    emit,
  });

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
  postConfirm,
  isLeaving,
  isOnline,
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
 * Tells what page we are in, as far as payments care: a phone, which system, an app's built-in browser.
 *
 * Danger: a user agent is what a browser says of itself. Choose words by it, not whether to inject a landing URL.
 *
 * @see PortOne SDK 1.2.0's own mobile test; in-app tokens as seen in public user agents (2026)
 */
export const environment = (): Environment => readEnvironment(navigator);
