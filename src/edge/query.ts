import { type Claim, readQuery } from '../core/claim.js';

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
