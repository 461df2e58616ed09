import { type Claim, type Landing, readUrl } from '../core/claim.js';
import type { Reply } from '../core/verdict.js';

/** See {@link readUrl}. */
export const readLanding = (url: string): Landing | undefined => readUrl(url, (pair) => new URLSearchParams(pair));

/**
 * Reads the claim in a landing URL: what the URL says, never what is true. Pure; it can be called anywhere, a server included.
 *
 * Danger: never unlock anything by `kind`. Everybody can type `imp_success=true`, and it is `false` for some paid orders.
 *
 * @param url a URL or its query string: anything that `String()` makes text of
 * @returns the claim; `null` when the URL is no landing
 * @see PortOne developers' docs, `m_redirect_url` (2026-08); the shapes are in test/fixtures/landing-urls.json
 */
export const readClaim = (url: unknown): Claim | null => readLanding(`${url}`)?.claim ?? null;

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
  const { state } = history;
  const here: (Landed & Partial<Landing>) | null | undefined = currentLanding();
  // A single-page shop may have moved on to another page while the server was asked.
  if (JSON.stringify(here?.claim) === JSON.stringify(settled.claim) && (!state || state.constructor === Object))
    try {
      history.replaceState({ ...state, impRedirect: settled }, '', here?.cleanUrl);
    } catch {
      // Safari refuses after too many of them. The URL stays, and a reload asks again.
    }
}
