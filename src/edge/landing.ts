import { type Claim, readQuery } from '../core/claim.js';
import { keyOf } from '../core/outbox.js';
import type { Reply } from '../core/outcome.js';

/** A landing URL, read. */
export interface Landing {
  readonly claim: Claim;
  /** The same URL without the landing's keys; everything else to the letter. */
  readonly cleanUrl: string;
}

const decode = (raw: string) => new URLSearchParams(`=${raw}`).get('') as string;

/**
 * Reads a landing URL. The query is read first; a query behind the `#` only where the first one is no landing.
 *
 * @param url any text; it need not be a valid URL
 * @returns `null` when it is no landing
 */
export function readLanding(url: string): Landing | null {
  for (const pattern of [/^([^?#]*\?)([^#]*)/, /^([^#]*#(?:[^?&=]*[?&])?)(.*)/s]) {
    const [whole = '', before = '', query = ''] = pattern.exec(url) ?? [];
    // "#/route?…" is how a hash router writes it. Behind any other hash the query was pasted on blindly.
    const reading = readQuery(query, decode, /#(?![!/])/.test(before));
    if (reading) {
      const [claim, kept] = reading;
      return { claim, cleanUrl: (kept ? before : before.slice(0, -1)) + kept + url.slice(whole.length) };
    }
  }
  return null;
}

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
  // A single-page shop may have moved on to another page while the server was asked.
  const isHere = keyOf(currentLanding()?.claim ?? {}) === keyOf(settled.claim);
  if (isHere && (!state || state.constructor === Object))
    try {
      history.replaceState({ ...state, impRedirect: settled }, '', readLanding(location.href)?.cleanUrl);
    } catch {
      // Safari refuses after too many of them. The URL stays, and a reload asks again.
    }
}
