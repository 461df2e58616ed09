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

/** A landing's keys in a URL that is used again, in its query or behind its hash. */
const STALE = /([?&])((imp_uid|merchant_uid|imp_success|imp_status|success|error_code|error_coe|error_msg)(=[^&#]*)?(&|(?=#|$)))+/g;

/**
 * Makes a landing URL that the SDK cannot break: absolute, ASCII, without an earlier landing's keys, without a user and a
 * password, encoded once; where there are two parameters or more it ends in "&", for otherwise the SDK runs its own on to
 * the last one. Another app's scheme is left alone.
 *
 * @see portone-io's SDK 1.2.0, injectQuery
 */
export function makeSafeUrl(given: string): string {
  try {
    const url = parseUrl(given.replace(/%25(?=[\da-f]{2})/gi, '%'));
    url.username = url.password = '';
    if (/^http/.test(url.protocol))
      return url.href
        .replace(STALE, '$1')
        .replace(/[?&]+(?=#|$)/g, '')
        .replace(/^[^#]*\?[^#]*&[^#]+/, '$&&');
  } catch {}
  return given;
}

const DAMAGES: readonly [RegExp, string][] = [
  [/^(null|undefined)$/, 'a text that says that there is none'],
  [/^(?!(null|undefined)$|[a-z][\w+.-]*:)/i, 'relative'],
  [/[^!-~]/, 'not ASCII'],
  [/\/\/[^/?#]*@/, 'with credentials'],
  [/%25[\da-f]{2}/i, 'encoded twice'],
  [/* @__PURE__ */ new RegExp(STALE.source), "with an earlier landing's keys"],
  [/^[^#]*\?[^#]*&[^#]*[^#&](#|$)/, 'two parameters without "&" at the end'],
];

/** What {@link makeSafeUrl} mends in a URL, in words. */
export const damageOf = (given: string): string =>
  DAMAGES.filter(([sign]) => sign.test(given))
    .map(([, damage]) => damage)
    .join(', ');

let inspected = { given: '', base: '', safe: '', damage: '' };

/** {@link makeSafeUrl} and {@link damageOf}, which take longer than all else that a call is held up by; most calls have the last one's URL. */
export function inspectUrl(given: string): Readonly<typeof inspected> {
  const base = document.baseURI;
  if (given !== inspected.given || base !== inspected.base) inspected = { given, base, safe: makeSafeUrl(given), damage: damageOf(given) };
  return inspected;
}

/**
 * A landing URL with the fields of a callback's response in its query, as a redirect would have them: behind what is there,
 * where the fresh ones are looked for.
 */
export function withResponse(landingUrl: string, response: Readonly<Record<string, unknown>>): string {
  let url: URL;
  try {
    url = parseUrl(landingUrl);
  } catch {
    return '';
  }
  for (const key in response) if (LANDING_KEY.test(key)) url.searchParams.append(key, (response[key] ?? '') as string);
  // The merchant's own m_redirect_url may be any app's scheme, but never a script.
  return /script:/.test(url.protocol) ? '' : url.href;
}

/** Takes the customer there. */
export const goToLanding = (url: string): void => {
  if (url) location.assign(url);
};
