import { createHash } from 'node:crypto';

/** A script element, as a policy looks at it. */
export interface PolicyScript {
  /** Absolute; `null` where the script stands in the page. */
  readonly url: string | null;
  readonly text: string;
  readonly nonce: string;
}

/** The policies of a page: those of its header, which may hold several, and those of its `<meta>`s. */
export const splitPolicies = (header: string | null, metas: readonly string[]): string[] =>
  [...(header ?? '').split(','), ...metas].map((policy) => policy.trim()).filter(Boolean);

/** The sources of the first of the directives that the policy has; `null` where it has none of them. */
function sourcesOf(policy: string, names: readonly string[]): string[] | null {
  const directives = new Map<string, string[]>();
  for (const directive of policy.split(';')) {
    const [name = '', ...sources] = directive.trim().split(/\s+/);
    if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), sources);
  }
  for (const name of names) {
    const sources = directives.get(name);
    if (sources) return sources;
  }
  return null;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const portOf = ({ protocol, port }: URL) => port || DEFAULT_PORTS[protocol];

/** What is allowed by http is allowed by https. */
const fitsScheme = (scheme: string, protocol: string) => scheme === protocol || (scheme === 'http:' && protocol === 'https:');

/** @see https://www.w3.org/TR/CSP3/#match-url-to-source-expression (2026-08) */
function allows(source: string, url: URL, page: URL): boolean {
  if (source === '*') return /^https?:$/.test(url.protocol) || url.protocol === page.protocol;
  if (/^'self'$/i.test(source))
    return (
      url.hostname === page.hostname &&
      fitsScheme(page.protocol, url.protocol) &&
      (url.protocol !== page.protocol || portOf(url) === portOf(page))
    );
  if (/^[a-z][\w+.-]*:$/i.test(source)) return fitsScheme(source.toLowerCase(), url.protocol);
  const [, scheme, host, port, path] = /^(?:([a-z][\w+.-]*:)\/\/)?([^:/']+)(?::(\d+|\*))?(\/.*)?$/i.exec(source) ?? [];
  if (!host) return false;
  const hostFits = host.startsWith('*.') ? url.hostname.endsWith(host.slice(1).toLowerCase()) : host.toLowerCase() === url.hostname;
  const schemeFits = fitsScheme(scheme?.toLowerCase() ?? page.protocol, url.protocol);
  const wanted = port ?? DEFAULT_PORTS[url.protocol];
  const pathFits = !path || (path.endsWith('/') ? url.pathname.startsWith(path) : url.pathname === path);
  return hostFits && schemeFits && (wanted === '*' || wanted === portOf(url)) && pathFits;
}

const hasHash = (sources: readonly string[], text: string) =>
  ['sha256', 'sha384', 'sha512'].some((algorithm) => {
    const digest = createHash(algorithm).update(text).digest('base64');
    return sources.some((source) => source.replaceAll('-', '+').replaceAll('_', '/') === `'${algorithm}+${digest}'`);
  });

function runsUnder(policy: string, { url, text, nonce }: PolicyScript, page: URL): boolean {
  const sources = sourcesOf(policy, ['script-src-elem', 'script-src', 'default-src']);
  if (!sources) return true;
  if (nonce && sources.includes(`'nonce-${nonce}'`)) return true;
  const isStrict = sources.some((source) => /^'strict-dynamic'$/i.test(source));
  if (url) return !isStrict && sources.some((source) => allows(source, new URL(url), page));
  if (hasHash(sources, text)) return true;
  // Where there is a nonce or a hash, 'unsafe-inline' is there for old browsers alone.
  return !isStrict && sources.includes("'unsafe-inline'") && !sources.some((source) => /^'(nonce|sha\d+)-/.test(source));
}

/** Whether every policy lets the script run. */
export const allowsScript = (policies: readonly string[], script: PolicyScript, page: string): boolean =>
  policies.every((policy) => runsUnder(policy, script, new URL(page)));

/** Whether every policy lets the page ask that address. */
export const allowsRequest = (policies: readonly string[], url: string, page: string): boolean =>
  policies.every((policy) => {
    const sources = sourcesOf(policy, ['connect-src', 'default-src']);
    return !sources || sources.some((source) => allows(source, new URL(url), new URL(page)));
  });
