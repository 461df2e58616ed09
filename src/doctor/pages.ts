import type { Options } from './args.js';
import { allowsRequest, allowsScript } from './csp.js';
import type { Code, Words } from './findings.js';
import { exchange, inWords, type Jar } from './http.js';
import {
  asLanding,
  confirmTag,
  isBundled,
  isThere,
  mayRunAfter,
  openPage,
  type Page,
  type Script,
  sdkTags,
  sdkV1Tags,
  wrapTag,
} from './page.js';
import { about, plain } from './refusal.js';
import type { Sheet } from './sheet.js';

const PAGE = [
  'page_unreadable',
  'page_cached',
  'script_missing',
  'other_confirm_url',
  'csp_script',
  'csp_confirm',
] as const satisfies Code[];
const TAGS = ['script_late', 'sdk_twice'] as const satisfies Code[];

/** The completion page, opened as a gateway does it; what is none is still what came. */
export interface Landing {
  readonly opened: string;
  readonly page: Page;
  readonly isThere: boolean;
}

/**
 * Opens the completion page.
 *
 * @param merchantUid an order number that no shop has
 * @returns `null` where there is no address for it: a confirm URL that a GET would confirm by
 */
export async function openLanding(
  { page, confirmUrl, method, timeoutMs }: Options,
  merchantUid: string,
  jar: Jar,
): Promise<Landing | null> {
  const given = page ?? (method === 'GET' || /\{|%7B/i.test(confirmUrl) ? undefined : confirmUrl);
  if (!given) return null;
  const opened = asLanding(given, merchantUid);
  const found = await openPage(opened, jar, timeoutMs);
  return { opened, page: found, isThere: isThere(found, opened) };
}

const PLACES = {
  completion: { en: 'the completion page', ko: '도착 페이지' },
  checkout: { en: 'the checkout page', ko: '주문서 페이지' },
} as const satisfies Record<string, Words>;

const nameOf = ({ url }: Script) => plain(url ? new URL(url).pathname : 'inline');

/** Whether the tag works: its script loads, and can read the tag's attributes. */
async function lackOfTag(page: Page, tag: Script | undefined, timeoutMs: number): Promise<Words | null> {
  if (!tag) return (await isBundled(page, timeoutMs)) ? null : { en: 'no tag of ours', ko: '태그 없음' };
  if (tag.attributes.type === 'module' && Object.keys(tag.data).length > 0) return plain('type="module"');
  if (!tag.url || new URL(tag.url).origin !== new URL(page.url).origin) return null;
  const answer = await exchange(tag.url, {}, timeoutMs);
  return answer.status === 200 ? null : about(nameOf(tag), inWords(answer, timeoutMs));
}

function checkTags(sheet: Sheet, page: Page, tag: Script | undefined, place: Words): void {
  const sdks = sdkTags(page);
  if (sdks.length === 0) return;
  const isLate = tag && sdks.some((sdk) => mayRunAfter(page, tag, sdk));
  if (isLate) sheet.found('script_late', about(place, nameOf(tag)));
  else if (tag) sheet.ok('script_late');
  else sheet.skip('no_tag', ['script_late']);
  const [, second] = sdkV1Tags(page);
  if (second) sheet.found('sdk_twice', about(place, nameOf(second)));
  else sheet.ok('sdk_twice');
}

async function checkScript(sheet: Sheet, page: Page, tag: Script | undefined, place: Words, timeoutMs: number): Promise<void> {
  const lack = await lackOfTag(page, tag, timeoutMs);
  if (lack) sheet.found('script_missing', about(place, lack));
  else sheet.ok('script_missing');
  if (!tag) sheet.skip('no_tag', ['csp_script']);
  else if (allowsScript(page.policies, { ...tag, nonce: tag.attributes.nonce ?? '' }, page.url)) sheet.ok('csp_script');
  else sheet.found('csp_script', about(place, nameOf(tag)));
}

async function checkLanding(sheet: Sheet, { page, isThere }: Landing, { page: given, confirmUrl, timeoutMs }: Options): Promise<void> {
  const seen = inWords(page.answer, timeoutMs);
  if (page.answer.why === 'unreachable') return sheet.skip('unreachable', PAGE);
  // Nobody has said that the confirm URL's own GET is the page.
  if (!isThere && !given) return sheet.skip('no_page', PAGE);
  if (!isThere) {
    sheet.found('page_unreadable', seen);
    return sheet.skip('page_unread', PAGE);
  }
  sheet.ok('page_unreadable');
  const cacheControl = page.answer.headers.get('cache-control');
  if (/\bno-store\b/i.test(cacheControl ?? '')) sheet.ok('page_cached');
  else sheet.found('page_cached', plain(`Cache-Control: ${cacheControl ?? '-'}`));

  const tag = confirmTag(page);
  await checkScript(sheet, page, tag, PLACES.completion, timeoutMs);
  const asked = tag?.data.confirmUrl;
  const asks = asked === undefined ? confirmUrl : URL.canParse(asked, page.url) ? new URL(asked, page.url).href : '';
  // Placeholders are escaped in a URL, or not.
  const plainUrl = (url: string) => url.replace(/%7B/gi, '{').replace(/%7D/gi, '}');
  if (asked === undefined) sheet.skip(tag ? 'no_request' : 'no_tag', ['other_confirm_url']);
  else if (plainUrl(asks) === plainUrl(new URL(confirmUrl).href)) sheet.ok('other_confirm_url');
  else sheet.found('other_confirm_url', plain(`data-confirm-url="${asked}"`));
  if (allowsRequest(page.policies, asks || confirmUrl, page.url)) sheet.ok('csp_confirm');
  else sheet.found('csp_confirm', plain(new URL(asks || confirmUrl).origin));
  checkTags(sheet, page, tag, PLACES.completion);
}

async function checkCheckout(sheet: Sheet, url: string, jar: Jar, timeoutMs: number): Promise<void> {
  const page = await openPage(url, jar, timeoutMs);
  if (!isThere(page, url)) return sheet.skip('page_unread', TAGS, about(PLACES.checkout, inWords(page.answer, timeoutMs)));
  const tag = wrapTag(page);
  await checkScript(sheet, page, tag, PLACES.checkout, timeoutMs);
  checkTags(sheet, page, tag, PLACES.checkout);
}

/** Checks the pages: the one that customers land on, and one that they leave from. */
export async function checkPages(sheet: Sheet, landing: Landing | null, options: Options, jar: Jar): Promise<void> {
  if (landing) await checkLanding(sheet, landing, options);
  if (options.checkout) await checkCheckout(sheet, options.checkout, jar, options.timeoutMs);
  sheet.skip('no_page', PAGE);
  sheet.skip('no_checkout', TAGS);
}
