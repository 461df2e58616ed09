import type { Asked, How } from './confirm.js';
import type { Code, Words } from './findings.js';
import { type Exchange, exchange, inWords, isHtml } from './http.js';

/** What is looked at in an answer before its words, in this order. */
export const SHAPE = ['no_answer', 'redirect', 'login_page', 'csrf'] as const satisfies Code[];

/** What was seen, and where. */
export const about = (step: Words, seen: Words): Words => ({ en: `${step.en}: ${seen.en}`, ko: `${step.ko}: ${seen.ko}` });
/** What is the same in both languages. */
export const plain = (text: string): Words => ({ en: text, ko: text });

const isLogin = (answer: Exchange) =>
  answer.status === 401 ||
  (isHtml(answer) && answer.status < 300) ||
  (answer.status >= 300 && answer.status < 400 && /log-?in|sign-?in|auth/i.test(answer.headers.get('location') ?? ''));

const isRefusal = ({ status, text }: Exchange) =>
  status === 403 || status === 419 || (status >= 400 && status < 500 && /csrf|authenticity.?token/i.test(text));

/**
 * What is wrong with an answer that holds no verdict, whatever it was asked.
 *
 * @returns nothing where it may be the words, the encoding, or what was asked
 */
export function shapeOf(answer: Exchange): (typeof SHAPE)[number] | undefined {
  if (answer.status === 0) return 'no_answer';
  if (isLogin(answer)) return 'login_page';
  if (answer.status >= 300 && answer.status < 400) return 'redirect';
  if (isRefusal(answer)) return 'csrf';
  return undefined;
}

/** The headers that take a preflight, besides a Content-Type of JSON. */
const SAFE_HEADERS = /^(accept|accept-language|content-language|content-type)$/;
const SAFE_TYPES = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/;

/** Whether a browser would hand the answer to a page on that origin. */
function isReadable({ headers }: Exchange, origin: string, withCookies: boolean): boolean {
  const allowed = headers.get('access-control-allow-origin');
  if (withCookies) return allowed === origin && headers.get('access-control-allow-credentials') === 'true';
  return allowed === '*' || allowed === origin;
}

const allowsAll = (list: string | null, wanted: readonly string[], withCookies: boolean) => {
  const names = (list ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  return (names.includes('*') && !withCookies) || wanted.every((name) => names.includes(name.toLowerCase()));
};

/** What CORS lacks for a page on another origin; `null` where nothing is lacking. */
export async function lackOfCors({ sent, answer }: Asked, { pageOrigin, timeoutMs }: How): Promise<Words | null> {
  if (!sent || !answer || new URL(sent.url).origin === pageOrigin) return null;
  const { url, method, headers, withCookies } = sent;
  const type = headers.get('content-type');
  const names = [...headers.keys()].filter((name) => !SAFE_HEADERS.test(name));
  if (type && !SAFE_TYPES.test(type)) names.push('content-type');
  const isSafeMethod = /^(get|head|post)$/i.test(method);
  if (names.length > 0 || !isSafeMethod) {
    const preflight = await exchange(
      url,
      {
        method: 'OPTIONS',
        headers: {
          Origin: pageOrigin,
          'Access-Control-Request-Method': method,
          ...(names.length > 0 && { 'Access-Control-Request-Headers': names.sort().join(',') }),
        },
      },
      timeoutMs,
    );
    const isAllowed =
      preflight.status >= 200 &&
      preflight.status < 300 &&
      isReadable(preflight, pageOrigin, withCookies) &&
      (isSafeMethod || allowsAll(preflight.headers.get('access-control-allow-methods'), [method], withCookies)) &&
      allowsAll(preflight.headers.get('access-control-allow-headers'), names, withCookies);
    if (!isAllowed) return about(plain('OPTIONS'), inWords(preflight, timeoutMs));
  }
  if (isReadable(answer, pageOrigin, withCookies)) return null;
  return { en: `the answer itself does not allow ${pageOrigin}`, ko: `응답이 ${pageOrigin}을 허용하지 않음` };
}
