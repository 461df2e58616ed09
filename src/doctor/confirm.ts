import { askAdapted } from '../adapt.js';
import { type Answers, translate, VOCABULARIES } from '../core/answers.js';
import type { Ids } from '../core/claim.js';
import type { CompleteOptions } from '../core/options.js';
import { parseVerdict, type VerdictStatus } from '../core/verdict.js';
import { type Options, UsageError } from './args.js';
import { type Exchange, exchange, type Jar } from './http.js';
import type { Order } from './orders.js';
import { type Page, tagOptions } from './page.js';

/** How the endpoint is asked, and its answers read. What one check finds out, the later ones go by. */
export interface How {
  readonly request: CompleteOptions;
  /** Where the landing page stands. */
  readonly pageOrigin: string;
  readonly page: Page | null;
  /** The customer's cookies. */
  readonly jar: Jar;
  readonly timeoutMs: number;
}

/** A verdict, and whether it said which payment it is about. */
export interface Read {
  readonly status: VerdictStatus;
  readonly amount: unknown;
  readonly echoes: boolean;
}

/** One confirm, as it went out and as it was answered. */
export interface Asked {
  readonly ids: Ids;
  /** `null` where there is no place in the request for what is known of the payment. */
  readonly answer: Exchange | null;
  readonly sent: { readonly url: string; readonly method: string; readonly headers: Headers; readonly withCookies: boolean } | null;
  readonly read: Read | null;
}

function parseHeaders(text: string): Record<string, string> {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new UsageError(`data-headers of the page's tag is no JSON: ${text}`, `페이지 태그의 data-headers가 JSON이 아닙니다: ${text}`);
  }
}

/** The request's options: the command line's, else those of the page's tag, else the script's own. */
export function createHow(options: Options, page: Page | null, jar: Jar): How {
  const { method, encoding, body, headers, csrf, credentials, answers, pass, confirmUrl, timeoutMs } = options;
  const tag = page ? tagOptions(page) : {};
  const fromTag: Partial<CompleteOptions> = { ...tag, ...(tag.headers && { headers: parseHeaders(tag.headers) }) };
  const given = Object.fromEntries(
    Object.entries({ method, encoding, body, headers, csrf, credentials, answers, pass }).filter(([, value]) => value !== undefined),
  );
  const pageUrl = options.page ?? page?.url ?? confirmUrl;
  return { request: { ...fromTag, ...given, confirmUrl }, pageOrigin: new URL(pageUrl).origin, page, jar, timeoutMs };
}

/** Reads an answer by the words, strictly, and else without its ids. */
function readBy(answer: Exchange, ids: Ids, answers: Answers | undefined): Read | null {
  const { status: httpStatus, text } = answer;
  const attempt = (text: string, words: Answers | undefined) => {
    const outcome = parseVerdict(translate({ httpStatus, text }, ids, words), ids);
    return outcome instanceof Error ? null : { status: outcome.status, amount: outcome.answer.amount };
  };
  const strict = attempt(text, answers);
  if (strict) return { ...strict, echoes: true };
  try {
    const { imp_uid, merchant_uid, ...rest } = JSON.parse(text);
    // By words that are written down, an answer need not hold the ids.
    const words =
      typeof answers === 'function'
        ? answers
        : (VOCABULARIES[answers as keyof typeof VOCABULARIES] ?? answers ?? VOCABULARIES['imp-redirect']);
    const loose = attempt(JSON.stringify(rest), words);
    return loose && { ...loose, echoes: false };
  } catch {
    return null;
  }
}

/** Reads an answer by the words that it was asked for. */
export const readAnswer = (answer: Exchange, ids: Ids, { request }: How): Read | null => readBy(answer, ids, request.answers);

/** The vocabulary in which the answer is a verdict. */
export const fittingWords = (answer: Exchange, ids: Ids): string | undefined =>
  Object.keys(VOCABULARIES).find((name) => readBy(answer, ids, name)?.echoes);

/** Writes more into a request, as a customer could. */
function withMore(url: string, body: unknown, more: Readonly<Record<string, unknown>>): { url: string; body: unknown } {
  if (body instanceof URLSearchParams || body instanceof FormData) {
    for (const [name, value] of Object.entries(more)) body.set(name, `${value}`);
    return { url, body };
  }
  if (typeof body === 'string')
    try {
      const value: unknown = JSON.parse(body);
      if (value && typeof value === 'object' && !Array.isArray(value)) return { url, body: JSON.stringify({ ...value, ...more }) };
    } catch {}
  if (body !== undefined) return { url, body };
  const longer = new URL(url);
  for (const [name, value] of Object.entries(more)) longer.searchParams.set(name, `${value}`);
  return { url: longer.href, body };
}

function lookUpIn(name: string, page: Page | null, url: string, jar: Jar): string | undefined {
  const [, source, key = ''] = /^(\w+):(.*)/.exec(name) ?? [];
  if (source === 'meta') return page?.metas[key];
  if (source === 'input') return page?.inputs[key];
  if (source !== 'cookie') return undefined;
  const cookie = jar
    .readByScript(page?.url ?? url)
    .split('; ')
    .find((cookie) => cookie.startsWith(`${key}=`))
    ?.slice(key.length + 1);
  try {
    return cookie && decodeURIComponent(cookie);
  } catch {
    return undefined;
  }
}

/** What only the full script sends: it tells the page's origin as its referrer. */
const isFull = ({ confirmUrl, pass, ...rest }: CompleteOptions) => Object.keys(rest).length > 0;

/**
 * Asks the endpoint once, as the landing page does: by the script's own code, whose edges are Node's here.
 *
 * @param order whose customer asks
 * @param more what is written into the request beside what the script would
 */
export async function ask(
  ids: Ids,
  order: Pick<Order, 'amount' | 'currency' | 'passed'>,
  how: How,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Asked> {
  const { request, pageOrigin, page, jar, timeoutMs } = how;
  let answer: Exchange | null = null;
  let sent: Asked['sent'] = null;

  const send = async (givenUrl: string, init: RequestInit) => {
    const { url, body } = withMore(givenUrl, init.body ?? undefined, more);
    const isOwn = new URL(url).origin === pageOrigin;
    const method = init.method ?? 'POST';
    const credentials = init.credentials ?? 'same-origin';
    const withCookies = credentials === 'include' || (credentials === 'same-origin' && isOwn);
    sent = { url, method, headers: new Headers(init.headers), withCookies };
    const headers = new Headers(init.headers);
    headers.set('Accept', '*/*');
    headers.set('Sec-Fetch-Site', isOwn ? 'same-origin' : 'cross-site');
    if (!isOwn || !/^(get|head)$/i.test(method)) headers.set('Origin', pageOrigin);
    if (isFull(request)) headers.set('Referer', `${pageOrigin}/`);
    const cookie = jar.read(url);
    if (withCookies && cookie) headers.set('Cookie', cookie);
    answer = await exchange(url, { method, headers, ...(body !== undefined && { body: body as BodyInit }) }, timeoutMs);
    if (withCookies) jar.keep(url, answer.headers);
    return { httpStatus: answer.status, text: answer.text };
  };

  await askAdapted(request, ids, timeoutMs, false, true, {
    inTime: (_, run) =>
      run(new AbortController().signal).catch((): never => {
        // Not what was thrown: a token may be quoted in it.
        throw new Error('the request cannot be made: see --headers and --body, and the attributes of the tag on the page');
      }),
    send,
    readPassed: (name) => (name === request.pass ? order.passed : null),
    lookUp: (name) => lookUpIn(name, page, `${request.confirmUrl}`, jar),
    takeVerdict: () => undefined,
    submitForm: () => {},
    resolveUrl: (url) => URL.canParse(url, pageOrigin) && new URL(url, pageOrigin).href,
    goToLanding: () => {},
    readContext: async () => ({ amount: order.amount, currency: order.currency }),
  });
  const heard = answer as Exchange | null;
  return { ids, answer: heard, sent, read: heard && readAnswer(heard, ids, how) };
}
