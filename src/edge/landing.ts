import type { Claim } from '../core/claim.js';
import type { Reply } from '../core/outcome.js';
import { readLanding } from './query.js';

/** A landing, and the server's answer if it was settled on this history entry before a reload: judged again, then shown. */
export interface Landed {
  readonly claim: Claim;
  readonly reply?: Reply;
}

/** The page's landing: in its URL, or kept with its history entry; nothing where it is none. */
export const currentLanding = (): Landed | null | undefined => readLanding(location.href) ?? history.state?.impRedirect;

/**
 * Takes the landing's keys out of the URL and keeps the answer beside the page's own history state, on this entry alone:
 * a reload shows it again, and another visit to the same page does not. Where the state is nothing that can be added
 * to, the URL stays, and a reload asks the server once more.
 */
export function settle(settled: Landed): void {
  const landing = readLanding(location.href);
  const { state } = history;
  // A single-page shop may have moved on to another page while the server was asked.
  if (landing && (!state || state.constructor === Object)) history.replaceState({ ...state, impRedirect: settled }, '', landing.cleanUrl);
}
