import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { COMPLETE_NAMES, pick } from '../core/options.js';
import { splitPolicies } from './csp.js';
import { type Exchange, exchange, isHtml, type Jar } from './http.js';

/** A script element of a page. */
export interface Script {
  /** Absolute; `null` where the script stands in the page. */
  readonly url: string | null;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The `data-` attributes, by the names of our options. */
  readonly data: Readonly<Record<string, string>>;
}

/** A page of the merchant's, as far as it can be read without running it. */
export interface Page {
  /** Where it was found in the end. */
  readonly url: string;
  readonly answer: Exchange;
  readonly scripts: readonly Script[];
  readonly policies: readonly string[];
  readonly metas: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
}

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

function* elementsOf(node: Node): Generator<Element> {
  if ('tagName' in node) yield node;
  if ('childNodes' in node) for (const child of node.childNodes) yield* elementsOf(child);
}

const attributesOf = ({ attrs }: Element) => Object.fromEntries(attrs.map(({ name, value }) => [name, value]));

const toCamelCase = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function readScript(element: Element, base: string): Script {
  const attributes = attributesOf(element);
  const data = Object.entries(attributes).filter(([name]) => name.startsWith('data-'));
  return {
    url: attributes.src && URL.canParse(attributes.src, base) ? new URL(attributes.src, base).href : null,
    text: element.childNodes.map((child) => ('value' in child ? child.value : '')).join(''),
    attributes,
    data: Object.fromEntries(data.map(([name, value]) => [toCamelCase(name.slice('data-'.length)), value])),
  };
}

/** Reads what came back for a page's address. */
export function readPage(url: string, answer: Exchange): Page {
  const scripts: Script[] = [];
  const metas: Record<string, string> = {};
  const inputs: Record<string, string> = {};
  const policies: string[] = [];
  let base = url;
  for (const element of elementsOf(parse(answer.text))) {
    const { name = '', content = '', value = '', href, ...rest } = attributesOf(element);
    if (element.tagName === 'base' && href && URL.canParse(href, url)) base = new URL(href, url).href;
    if (element.tagName === 'script') scripts.push(readScript(element, base));
    if (element.tagName === 'input') inputs[name] ??= value;
    if (element.tagName === 'meta') metas[name] ??= content;
    if (element.tagName === 'meta' && /^content-security-policy$/i.test(rest['http-equiv'] ?? '')) policies.push(content);
  }
  return { url, answer, scripts, metas, inputs, policies: splitPolicies(answer.headers.get('content-security-policy'), policies) };
}

const MAX_REDIRECTS = 3;

/**
 * Opens a page as a browser does, within its own origin.
 *
 * @returns a page whose answer is what stood at the end of the way, whatever it is
 */
export async function openPage(url: string, jar: Jar, timeoutMs: number): Promise<Page> {
  for (let way = url, redirects = 0; ; redirects++) {
    const cookie = jar.read(way);
    const answer = await exchange(way, { headers: { Accept: 'text/html', ...(cookie && { Cookie: cookie }) } }, timeoutMs);
    jar.keep(way, answer.headers);
    const location = answer.headers.get('location');
    const next = answer.status >= 300 && answer.status < 400 && location && URL.canParse(location, way) ? new URL(location, way) : null;
    if (!next || next.origin !== new URL(url).origin || redirects === MAX_REDIRECTS) return readPage(way, answer);
    way = next.href;
  }
}

/** Whether it is a page, and still knows what it was opened with. */
export const isThere = ({ url, answer }: Page, opened: string): boolean =>
  answer.status === 200 && isHtml(answer) && [...new URL(opened).searchParams.keys()].every((name) => new URL(url).searchParams.has(name));

/** The parameters of a landing that is of no payment: nothing can come of it. */
export function asLanding(url: string, merchantUid: string): string {
  const landing = new URL(url);
  landing.searchParams.append('imp_uid', 'imp_doctor');
  landing.searchParams.append('merchant_uid', merchantUid);
  landing.searchParams.append('imp_success', 'false');
  return landing.href;
}

const OURS = /\/imp-redirect(\.full|\.debug)?(\.min)?\.m?js([?#]|$)/;
const WRAPPER = /\/imp-redirect\.wrap(\.min)?\.js([?#]|$)/;

/** Our tag on a completion page: with its options, or leaving them to a script. */
export const confirmTag = ({ scripts }: Page): Script | undefined =>
  scripts.find(({ data }) => data.confirmUrl !== undefined) ?? scripts.find(({ url }) => OURS.test(url ?? ''));

/** Our tag on a checkout page. */
export const wrapTag = (page: Page): Script | undefined =>
  page.scripts.find(({ data }) => data.redirectUrl !== undefined) ??
  page.scripts.find(({ url }) => WRAPPER.test(url ?? '')) ??
  confirmTag(page);

/** The options that a completion page's tag gives to `complete`; the smallest script knows few of them. */
export function tagOptions(page: Page): Readonly<Record<string, string>> {
  const tag = confirmTag(page);
  if (!tag) return {};
  const options = pick(tag.data, COMPLETE_NAMES) as Record<string, string>;
  if (/\/imp-redirect\.(full|debug)\./.test(tag.url ?? '')) return options;
  return { ...(options.confirmUrl !== undefined && { confirmUrl: options.confirmUrl }), ...(options.pass && { pass: options.pass }) };
}

/** Whether one of the page's own scripts, a bundler's for one, has us inside. */
export async function isBundled({ scripts, url }: Page, timeoutMs: number): Promise<boolean> {
  const isInside = (text: string) => /imp-redirect:/.test(text);
  for (const script of scripts) {
    if (isInside(script.text)) return true;
    if (script.url && new URL(script.url).origin === new URL(url).origin && isInside((await exchange(script.url, {}, timeoutMs)).text))
      return true;
  }
  return false;
}

const SDK_V1 = /\/iamport(\.payment)?[\w.-]*\.js([?#]|$)/;
const SDK = new RegExp(`${SDK_V1.source}|portone\\.io/.*sdk.*\\.js`);

/** PortOne's SDK on the page. */
export const sdkTags = ({ scripts }: Page) => scripts.filter(({ url }) => SDK.test(url ?? ''));

/** Tags of the V1 SDK: two of them are one too many, while V2's beside them is another thing. */
export const sdkV1Tags = ({ scripts }: Page) => scripts.filter(({ url }) => SDK_V1.test(url ?? ''));

/** When a script runs: with the parser, behind it, or nobody knows. */
const turnOf = ({ attributes, url }: Script): 'now' | 'later' | 'any' =>
  'async' in attributes && url ? 'any' : attributes.type === 'module' || ('defer' in attributes && url) ? 'later' : 'now';

/** Whether the one script may run after the other. */
export function mayRunAfter({ scripts }: Page, script: Script, other: Script): boolean {
  const [turn, otherTurn] = [turnOf(script), turnOf(other)];
  if (turn === 'any') return true;
  if (otherTurn === 'any') return turn === 'later' || scripts.indexOf(script) > scripts.indexOf(other);
  return turn === otherTurn ? scripts.indexOf(script) > scripts.indexOf(other) : turn === 'later';
}
