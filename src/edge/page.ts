import { LANDING_KEY } from '../core/claim.js';
import { isMobile } from '../core/environment.js';
import type { ResolveUrl } from '../core/options.js';

const parseUrl = (url: string) => new URL(url, document.baseURI);

/** See {@link ResolveUrl}. */
export const resolveUrl: ResolveUrl = (given) => {
  try {
    const { href, origin } = parseUrl(given);
    return given && (origin === location.origin || /^http/i.test(given)) && href;
  } catch {}
};

/** See {@link isMobile}. */
export const isMobilePage = (): boolean => isMobile(navigator);

/** The language that the page, or else the browser, speaks, as a tag such as `ko-KR`. */
export const pageLanguage = (): string => document.documentElement.lang || navigator.language;

/** Resolves when the page is parsed, and its deferred scripts have run. */
export const whenParsed = (): Promise<unknown> =>
  new Promise((resolve) => {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', resolve);
    else resolve(0);
  });

/**
 * Takes the customer to a landing URL, with the fields of a callback's response in its query as a redirect would have them:
 * behind what is there, where the fresh ones are looked for.
 */
export function goToLanding(landingUrl: string, response: Readonly<Record<string, unknown>>): void {
  const url = parseUrl(landingUrl);
  for (const key in response) if (LANDING_KEY.test(key)) url.searchParams.append(key, (response[key] ?? '') as string);
  // The merchant's own m_redirect_url may be any app's scheme, but never a script.
  if (!/script:/.test(url.protocol)) location.assign(url);
}
