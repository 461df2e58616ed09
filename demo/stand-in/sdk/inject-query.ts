/**
 * Puts landing parameters into a URL, as SDK 1.x does it: glued on without a separator where the query has an "&" already,
 * nothing encoded but what `encodeURI` encodes, and that twice where it was encoded before.
 */
export function injectQuery(url: string, base: string, fields: readonly (readonly [key: string, value: unknown])[]): string {
  const { protocol, host, pathname, search, hash } = new URL(url, base);
  const added = fields.map(([key, value]) => `${key}=${value ?? ''}`).join('&');
  const separator = search === '' ? '?' : search.includes('&') ? '' : '&';
  return encodeURI(`${protocol}//${host}${pathname}${search}${separator}${added}${hash}`);
}
