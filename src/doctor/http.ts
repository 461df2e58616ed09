import type { Words } from './findings.js';

/** What came back of one request. `status` is 0 where nothing did, and `why` then tells. */
export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  /** At most `MAX_BYTES` of the body. */
  readonly text: string;
  readonly why?: 'timeout' | 'unreachable' | 'broken';
}

/** More of a body than this is not read: a page with a bundle inside is smaller, and an endless answer must end. */
const MAX_BYTES = 2 * 1024 * 1024;

const NOBODY =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/;

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let left = MAX_BYTES;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Sends one request, in bounded time. No redirect is followed; it never throws. */
export async function exchange(url: string, init: RequestInit, timeoutMs: number): Promise<Exchange> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, headers: response.headers, text: await readText(response) };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: unknown; errors?: { code?: unknown }[] } };
    const code = `${cause?.code ?? cause?.errors?.[0]?.code}`;
    const why = name === 'TimeoutError' ? 'timeout' : NOBODY.test(code) ? 'unreachable' : 'broken';
    return { status: 0, headers: new Headers(), text: '', why };
  }
}

export const mediaType = ({ headers }: Exchange): string => (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** A browser takes what begins like a page for one, too, where the server does not say. */
export const isHtml = (answer: Exchange): boolean =>
  mediaType(answer) === 'text/html' || (!mediaType(answer) && /^\s*<(!doctype|html)/i.test(answer.text));

/** An exchange in a few words that tell nothing of what was in it. */
export function inWords(answer: Exchange, timeoutMs: number): Words {
  const { status, text, why } = answer;
  if (why === 'timeout') return { en: `no answer within ${timeoutMs} ms`, ko: `${timeoutMs}ms 안에 답이 없음` };
  if (why === 'broken') return { en: 'the connection was closed without an answer', ko: '답 없이 연결이 끊김' };
  if (why) return { en: 'nothing answers there', ko: '응답하는 것이 없음' };
  const type = mediaType(answer);
  return {
    en: `HTTP ${status}, ${type || 'no Content-Type'}${text ? '' : ', an empty body'}`,
    ko: `HTTP ${status}, ${type || 'Content-Type 없음'}${text ? '' : ', 빈 본문'}`,
  };
}

/** Cookies of one customer, by host, as a browser keeps them: a port makes no difference. */
export interface Jar {
  read(url: string): string;
  /** Those that scripts may read. */
  readByScript(url: string): string;
  keep(url: string, headers: Headers): void;
}

/** @param given cookies that the merchant has given, for `url`'s host */
export function createJar(url: string, given = ''): Jar {
  const kept = new Map<string, { readonly value: string; readonly httpOnly: boolean }>();
  const keyOf = (url: string, name: string) => `${new URL(url).hostname} ${name}`;
  const keepOne = (url: string, cookie: string) => {
    const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(cookie) ?? [];
    if (name) kept.set(keyOf(url, name.trim()), { value: (value as string).trim(), httpOnly: /;\s*httponly/i.test(cookie) });
  };
  const list = (url: string, forScript: boolean) =>
    [...kept]
      .filter(([key, { httpOnly }]) => key.startsWith(keyOf(url, '')) && !(forScript && httpOnly))
      .map(([key, { value }]) => `${key.slice(keyOf(url, '').length)}=${value}`)
      .join('; ');
  for (const cookie of given.split(';')) keepOne(url, cookie);
  return {
    read: (url) => list(url, false),
    readByScript: (url) => list(url, true),
    keep(url, headers) {
      for (const cookie of headers.getSetCookie()) keepOne(url, cookie);
    },
  };
}
