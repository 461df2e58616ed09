import { ImpRedirectError } from './errors.js';
import type { Confirmation } from './phase.js';
import type { RetryOptions } from './retry.js';

/** An element of the page, as far as core needs to know it. */
export interface ElementLike {
  readonly nodeType: number;
}

/** Options of `wrap`. */
export interface WrapOptions {
  /** The landing URL, `http:` or `https:`. A relative one must lead to the page's own origin. */
  readonly redirectUrl: string;
  /**
   * Where a missing `m_redirect_url` is injected: on every device, or in mobile environments only.
   * PCs redirect too with some gateways (PayPal, Naver Pay without popup, Eximbay), so leave it unless you know yours.
   *
   * @default 'always'
   */
  readonly inject?: 'always' | 'mobile' | undefined;
}

/** Options of `complete`. */
export interface CompleteOptions extends RetryOptions {
  /**
   * The merchant's confirm endpoint, `http:` or `https:`; it is sent `{ imp_uid, merchant_uid }` as JSON. A relative
   * one must lead to the page's own origin.
   */
  readonly confirmUrl: string;
  /**
   * Where the view goes: an element, or a selector.
   *
   * @default a new element at the end of `<body>`
   */
  readonly result?: string | ElementLike | undefined;
  /**
   * Whether the server is asked about customers who left for the gateway and never landed; with `banner`, a small one
   * at the top of the window tells them what is known now.
   *
   * @default false
   */
  readonly recover?: boolean | 'banner' | undefined;
  /**
   * How long after the departure that is done, at the earliest, in milliseconds.
   *
   * @default 60000
   */
  readonly recoverAfterMs?: number | undefined;
  /** Called once per order and browser, when the server says `paid`: for analytics. */
  readonly onPaid?: ((confirmation: Confirmation) => void) | undefined;
  /** Called with what `recover` has found out. */
  readonly onRecovered?: ((confirmation: Confirmation) => void) | undefined;
  /**
   * Called with what goes wrong, when it begins: not for each try that ends like the one before. Nothing depends on what it does.
   *
   * @default console.error
   */
  readonly onError?: ((error: ImpRedirectError) => void) | undefined;
}

/**
 * Resolves a URL as a link on the page would. Falsy for a relative one that leads to another origin, and for what is no URL
 * at all.
 */
export type ResolveUrl = (url: string) => string | false | undefined;

// What an option may be, as "name=value": every name, and of the values those that are words or numbers, once the URL is absolute.
const WRAP_OPTION = /^(redirectUrl=http|inject=(always|mobile|undefined)$)/;
const COMPLETE_OPTION =
  /^(confirmUrl=http|result=|on(Error|Paid|Recovered)=|recover=(|true|false|banner|undefined)$|((timeout|recoverAfter|baseDelay|maxDelay)Ms|maxTries)=([1-9]\d{0,7}|undefined)$)/;

function resolve<T>(options: T, known: RegExp, urlName: keyof T & string, resolveUrl: ResolveUrl): T {
  const resolved = { ...options, [urlName]: resolveUrl(options?.[urlName] as string) };
  // Own names only: old libraries put theirs on Object.prototype.
  for (const name of Object.keys(resolved))
    if (!known.test(`${name}=${resolved[name as keyof T]}`))
      throw new ImpRedirectError('invalid_option', `${name} = ${options?.[name as keyof T]}`);
  return resolved;
}

/**
 * Validates the options of `wrap` and makes the URL absolute.
 *
 * @throws ImpRedirectError `invalid_option`
 */
export const resolveWrapOptions = (options: WrapOptions, resolveUrl: ResolveUrl): WrapOptions =>
  resolve(options, WRAP_OPTION, 'redirectUrl', resolveUrl);

/**
 * Validates the options of `complete` and makes the URL absolute.
 *
 * @throws ImpRedirectError `invalid_option`
 */
export const resolveCompleteOptions = (options: CompleteOptions, resolveUrl: ResolveUrl): CompleteOptions =>
  resolve(options, COMPLETE_OPTION, 'confirmUrl', resolveUrl);
