/** The params of `IMP.request_pay`, as far as we look into them. */
export interface PayParams {
  readonly m_redirect_url?: unknown;
  readonly merchant_uid?: unknown;
}

/**
 * A copy of the params with a landing URL: the same own properties, and the same prototype. The
 * merchant's object is never touched.
 */
export const withLandingUrl = (params: PayParams, landingUrl: string): PayParams =>
  ({ __proto__: Object.getPrototypeOf(params), ...params, m_redirect_url: landingUrl }) as PayParams;

/** What is known of a payment when its confirm request is made: the two ids, and what `wrap` kept of the page that it began on. */
export type Fields = Readonly<Record<string, unknown>>;

/** Text with `{placeholders}`, or a function that makes it. */
export type Template<T = string> = string | ((fields: Fields) => T);

/** A name in braces: of a field, or `source:name`. A brace of JSON is followed by anything but a name; a URL's path has them escaped. */
const PLACEHOLDER = /(?:\{|%7B)([\w:.[\]-]+)(?:}|%7D)/g;

/**
 * Fills a template.
 *
 * @param encode makes the value of a placeholder fit for its place; it gets the placeholder's name too
 */
export const fill = <T>(template: Template<T>, fields: Fields, encode: (value: unknown, name: string) => string): string | T =>
  typeof template === 'function' ? template(fields) : template.replace(PLACEHOLDER, (_, name: string) => encode(fields[name], name));

/** A value as text; what is none of its own is JSON. */
export const toText = (value: unknown): string => `${(typeof value === 'object' && value ? JSON.stringify(value) : value) ?? ''}`;

/** What is one part of a URL, or of a form. Nobody's id may be a step up in a path. */
export const encodePart = (value: unknown): string => encodeURIComponent(toText(value).replace(/^\.+$/, ''));
