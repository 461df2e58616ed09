/**
 * Every way in which something can be wrong. The codes are stable; new ones may be added.
 *
 * | code | actor | meaning |
 * |---|---|---|
 * | `invalid_option` | merchant | an option's name is not one of ours (a typo), it is missing, or its value cannot be used: a `javascript:` URL, a relative URL that leads to another origin |
 * | `result_not_found` | merchant | `result` matches no element; the view was put at the end of `<body>` |
 * | `claim_unreadable` | gateway | the landing URL is damaged, or names no payment; only what is certain in it was used |
 * | `confirm_unreachable` | network | the confirm URL did not answer in time, not at all, or with 408, 425, 429 or 5xx |
 * | `confirm_unreadable` | merchant | the confirm URL answered, and not with a verdict for the ids that were sent |
 * | `confirm_expired` | merchant | there has been no verdict about a payment for 7 days; it is asked about no more |
 * | `wrapped_late` | merchant | the SDK was on the page before our script, and its object cannot be changed: code that took `IMP` into a variable of its own before is out of reach |
 * | `already_open` | customer | `request_pay` was called while another payment was open on the page |
 * | `merchant_uid_missing` | merchant | `request_pay` was called without an order number: nothing can tell later which order it was |
 * | `redirect_url_unsafe` | merchant | the merchant's own `m_redirect_url` will not bring every customer home; what it should be stands behind it |
 * | `callback_threw` | merchant | the merchant's callback threw; the SDK says nothing of it. The customer was offered the completion page |
 * | `context_failed` | merchant | `context` threw, `contextForm` is no form, or what they gave cannot be written as JSON; nothing was kept |
 * | `value_missing` | merchant | `diagnose` only: a placeholder, or a name in `contextParams`, stands for nothing: it is misspelt, or nothing was kept |
 * | `storage_unavailable` | customer | the browser keeps nothing, or not safely: a confirmation that is not answered may be forgotten with the page |
 * | `sdk_not_found` | merchant | `diagnose` only: there is no `IMP` and no `PortOne` on this page |
 * | `script_twice` | merchant | `diagnose` only: another copy of this script was here first, and does the work |
 */
export type ErrorCode =
  | 'invalid_option'
  | 'result_not_found'
  | 'claim_unreadable'
  | 'confirm_unreachable'
  | 'confirm_unreadable'
  | 'confirm_expired'
  | 'wrapped_late'
  | 'already_open'
  | 'merchant_uid_missing'
  | 'redirect_url_unsafe'
  | 'callback_threw'
  | 'context_failed'
  | 'value_missing'
  | 'storage_unavailable'
  | 'sdk_not_found'
  | 'script_twice';

/** Who must act on an error. */
export type Actor = 'customer' | 'merchant' | 'gateway' | 'network' | 'library';

/** What errors there were, with the last one's detail: for `diagnose`. */
export const made = /* @__PURE__ */ new Map<ErrorCode, unknown>();

/**
 * The one error class of the library: what it throws, rejects with, and hands to `onError`.
 *
 * @see docs/errors.md, one section for each code
 */
export class ImpRedirectError extends Error {
  /** What is wrong: stable, for code to compare. */
  readonly code: ErrorCode;
  /** Who must act. */
  readonly actor: Actor;
  /** What it was caused by, where something else threw. */
  readonly cause: unknown;

  constructor(code: ErrorCode, detail: unknown = '', actor: Actor = 'merchant', cause?: unknown) {
    super(`${code} ${detail}${FULL ? ` https://unpkg.com/imp-redirect/docs/errors.md#${code}` : ''}`);
    // A minifier has taken the class's own name.
    if (FULL) this.name = 'ImpRedirectError';
    this.code = code;
    this.actor = actor;
    this.cause = cause;
    if (DEBUG) made.set(code, detail);
  }
}
