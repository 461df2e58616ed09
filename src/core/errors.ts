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
 * | `storage_unavailable` | customer | the browser keeps nothing, or not safely: a confirmation that is not answered may be forgotten with the page |
 */
export type ErrorCode =
  | 'invalid_option'
  | 'result_not_found'
  | 'claim_unreadable'
  | 'confirm_unreachable'
  | 'confirm_unreadable'
  | 'confirm_expired'
  | 'storage_unavailable';

/** Who must act on an error. */
export type Actor = 'customer' | 'merchant' | 'gateway' | 'network' | 'library';

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
    super(`${code} ${detail} https://unpkg.com/imp-redirect/docs/errors.md#${code}`);
    this.code = code;
    this.actor = actor;
    this.cause = cause;
  }
}
