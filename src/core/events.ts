import type { Claim } from './claim.js';
import type { Confirmation } from './phase.js';

/**
 * What the library tells the page by events on `document`, which bubble to `window`; `detail` is what stands here.
 * `imp-redirect:verdict`, for one.
 */
export interface ImpRedirectEvents {
  /** A customer leaves for the gateway. */
  departure: { readonly merchantUid: string };
  /** A payment was begun, and for a while nothing was heard of it, and the page was never left: a window that was blocked, for one. Free the pay button. */
  never_left: { readonly merchantUid: string };
  /**
   * A customer left for the gateway, and is back on that very page: by "back", out of the browser's cache, or after looking
   * at something else for longer than payments take. Free the pay button.
   */
  returned_without_result: { readonly merchantUid: string };
  /** The page is a landing. */
  landing: { readonly claim: Claim };
  /** The merchant's server is asked; `attempt` counts from 1. */
  attempt: { readonly claim: Claim; readonly attempt: number };
  /** It has answered, finally. */
  verdict: Confirmation;
  /** It has not, and will not be asked again soon. */
  deferred: { readonly claim: Claim };
  /** It says `paid`: once per order and browser. */
  paid: Confirmation;
  /** It has been asked about a customer who never landed (`recover`), and has answered. */
  recovered: Confirmation;
}
