import type { Answers } from './answers.js';
import { ImpRedirectError } from './errors.js';
import type { Locale, ShopOptions } from './messages.js';
import type { Confirmation, Phase } from './phase.js';
import type { Fields, Template } from './request.js';
import type { RetryOptions } from './retry.js';

/** An element of the page, as far as core needs to know it. */
export interface ElementLike {
  readonly nodeType: number;
}

/** An `AbortSignal`, as far as core needs to know it. */
export interface AbortSignalLike {
  readonly aborted: boolean;
}

/** Options of `wrap`. */
export interface WrapOptions {
  /**
   * The landing URL, `http:` or `https:`. A relative one must lead to the page's own origin. `{merchant_uid}`, `{amount}`
   * or any other of the payment's params in it is filled in, percent-encoded.
   */
  readonly redirectUrl: string;
  /**
   * Where a missing `m_redirect_url` is injected: on every device, or in mobile environments only.
   * PCs redirect too with some gateways (PayPal, Naver Pay without popup, Eximbay), so leave it unless you know yours.
   *
   * @default 'always'
   */
  readonly inject?: 'always' | 'mobile' | undefined;
  /**
   * Whether the merchant's own `m_redirect_url` is made safe too: absolute, ASCII, without an earlier landing's keys, without
   * credentials, encoded once. Without it, it is left alone, and what is wrong with it is reported.
   *
   * @default false
   */
  readonly repair?: boolean | undefined;
  /**
   * `'landing'`: after the merchant's callback, if there is one, the page goes to the landing URL as on a phone.
   *
   * @default only where the merchant gave no callback
   */
  readonly callback?: 'landing' | undefined;
  /**
   * Whether a second `request_pay` is kept from the SDK while one is open. It is reported either way.
   *
   * @default false
   */
  readonly single?: boolean | undefined;
  /**
   * How long a payment may be open on this page without a result, in milliseconds. Then it ends with the event `never_left` or
   * `returned_without_result`: the SDK has paths on which it calls nobody.
   *
   * @default 600000
   */
  readonly resultTimeoutMs?: number | undefined;
  /**
   * Whether `IMP.certification` is wrapped too. On the landing page the option of the same name says who confirms it.
   *
   * @default false
   */
  readonly certification?: unknown;
  /**
   * What to keep of the page for the landing: it is called when a payment begins, and what it returns must be JSON.
   * It stays in this browser until there is a verdict, so nothing secret.
   */
  readonly context?: (() => Readonly<Record<string, unknown>>) | undefined;
  /** The same, of a form: a selector. */
  readonly contextForm?: string | undefined;
  /** The same, of the payment's own params: their names, in one string too, with spaces or commas between. */
  readonly contextParams?: string | readonly string[] | undefined;
  /** Called with what is wrong. @default console.error */
  readonly onError?: ((error: ImpRedirectError) => void) | undefined;
}

/** How one request to the merchant's server looks. */
export interface ConfirmRequest {
  /**
   * Where it goes, `http:` or `https:`. The first request's, where it is relative, must lead to the page's own origin.
   * `{imp_uid}`, `{merchant_uid}`, or what `wrap` kept of the page is filled in, percent-encoded; so are `{meta:name}`,
   * `{input:name}`, `{cookie:name}`, `{local:key}` and `{session:key}`, from this page's elements, its cookies, its storages.
   */
  readonly confirmUrl: Template;
  /** @default 'POST' */
  readonly method?: string | undefined;
  /**
   * How the body is encoded; `submit` sends a form as a link is followed, so that the server answers with a page of its own;
   * `none` has no body, and neither has a GET.
   *
   * @default 'json'
   */
  readonly encoding?: 'json' | 'form' | 'multipart' | 'submit' | 'none' | undefined;
  /**
   * The body, with placeholders like the URL. In JSON each becomes a whole JSON value: `{"uid":{imp_uid}}`; otherwise it is
   * percent-encoded: `uid={imp_uid}`. A function may give anything that `fetch` sends.
   *
   * @default `{"imp_uid":{imp_uid},"merchant_uid":{merchant_uid}}`, or the same as a form
   */
  readonly body?: Template<unknown> | undefined;
  /** Further headers, with placeholders; one that comes out empty is not sent. As an attribute: JSON. */
  readonly headers?: Readonly<Record<string, Template>> | undefined;
  /**
   * Whether the page's CSRF token is sent, wherever it has one: as Spring, Laravel, Django and Rails have it in a `<meta>` or a cookie.
   *
   * @default false
   */
  readonly csrf?: boolean | string | undefined;
  /** Of `fetch`. @default 'same-origin' */
  readonly credentials?: 'same-origin' | 'include' | 'omit' | undefined;
}

/** Options of `complete`. */
export interface CompleteOptions extends RetryOptions, ConfirmRequest, ShopOptions {
  /**
   * A second request, where the first one was answered with `paid` or `ready`: verify, then save. Where it is not answered with
   * 2xx, both are made again. As an attribute: JSON.
   */
  readonly next?: ConfirmRequest | undefined;
  /**
   * The same for identity verifications (`IMP.certification`), whose verdict is `certified`, and never `paid`: their request, and
   * the server's words. As an attribute: JSON. Without it they are asked about like payments.
   */
  readonly certification?: (ConfirmRequest & { readonly answers?: Answers | undefined }) | undefined;
  /**
   * Asks in the request's place, and `confirmUrl` is not looked at; what it returns is read like a body. What it throws means
   * "not now".
   */
  confirm?(fields: Fields, signal: AbortSignalLike): unknown;
  /** The server's words for its verdicts. @default 'imp-redirect' */
  readonly answers?: Answers | undefined;
  /**
   * The name of a query parameter of the merchant's own in the landing URL, which is sent along with the two ids, under its
   * name: a signed order token, by which the server knows its customer in another browser too. `null` where it is not there.
   *
   * With a `body` of the merchant's own: `{query:name}` in it.
   */
  readonly pass?: string | undefined;
  /** Called with each verdict that the server gives, and with what `wrap` kept of the page. */
  readonly onVerdict?: ((confirmation: Confirmation) => void) | undefined;
  /**
   * Where the view goes: an element, or a selector.
   *
   * @default a new element at the end of `<body>`
   */
  readonly result?: string | ElementLike | undefined;
  /**
   * Whether there is one. Without it the page shows what it is told by `onPhase`.
   *
   * @default true
   */
  readonly view?: boolean | undefined;
  /** Called with each phase of the landing. */
  readonly onPhase?: ((phase: Phase) => void) | undefined;
  /** The language of the view. @default the page's own, or else the browser's */
  readonly locale?: Locale | undefined;
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

/** Whether an option is on. A bare attribute is empty, and on; "false" and "undefined" are off. */
export const isOn = (option: unknown): boolean => !/f/.test(`${option}`);

/** The options that each function has. */
export const WRAP_NAMES = FULL
  ? /^(redirectUrl|inject|certification|repair|callback|single|resultTimeoutMs|context(Form|Params)?|onError)$/
  : /^(redirectUrl|inject|resultTimeoutMs|onError)$/;
export const COMPLETE_NAMES = FULL
  ? /^(confirmUrl|method|encoding|body|headers|csrf|credentials|next|certification|confirm|answers|messages|pass|result|view|locale|home|retry|contact|accent|recover|maxTries|(timeout|recoverAfter|baseDelay|maxDelay)Ms|on(Error|Paid|Phase|Recovered|Verdict))$/
  : /^(confirmUrl|pass|result|view|locale|home|retry|contact|accent|recover|maxTries|(timeout|recoverAfter|baseDelay|maxDelay)Ms|on(Error|Paid|Phase|Recovered))$/;

// What is no value of an option, as "name=value": a URL that was not resolved, a number that is none, a word that is not known.
const WRONG = FULL
  ? /^(\w+Url=(?!http)|(\w+Ms|maxTries)=(?![1-9]\d{0,7}$)|inject=(?!always$|mobile$)|recover=(?!$|true$|false$|banner$)|callback=(?!landing$)|encoding=(?!json$|form$|multipart$|submit$|none$)|answers=(?!\S+\s|imp-redirect$|portone-manual$|rest-envelope$|v2$|text$))/
  : /^(\w+Url=(?!http)|(\w+Ms|maxTries)=(?![1-9]\d{0,7}$)|inject=(?!always$|mobile$)|recover=(?!$|true$|false$))/;

/** The options among a tag's attributes. */
export const pick = (attributes: Readonly<Record<string, string | undefined>>, names: RegExp) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => names.test(name)));

function resolve<T>(options: T, names: RegExp, urlName: keyof T & string, resolveUrl: ResolveUrl): T {
  const given = options?.[urlName];
  const isTaken = FULL && (typeof given === 'function' || (options as CompleteOptions | undefined)?.confirm);
  const resolved = { ...options, [urlName]: isTaken ? given : resolveUrl(given as string) || false };
  // Own names only: old libraries put theirs on Object.prototype.
  for (const name of Object.keys(resolved) as (keyof T & string)[]) {
    const value = resolved[name];
    try {
      // Attributes are text.
      if (FULL && /^(headers|next|certification|messages)$/.test(name) && value && typeof value === 'string')
        resolved[name] = JSON.parse(value);
      // A language that is none throws here, and not on the card.
      if (FULL && name === 'messages') Intl.getCanonicalLocales((resolved as unknown as CompleteOptions).messages?.locale);
      if (
        names.test(name) &&
        (value === undefined || (FULL && ((name === urlName && isTaken) || typeof value === 'function')) || !WRONG.test(`${name}=${value}`))
      )
        continue;
    } catch {}
    throw new ImpRedirectError('invalid_option', `${name} = ${options?.[name]}`);
  }
  return resolved;
}

/**
 * Validates the options of `wrap` and makes the URL absolute.
 *
 * @throws ImpRedirectError `invalid_option`
 */
export const resolveWrapOptions = (options: WrapOptions, resolveUrl: ResolveUrl): WrapOptions =>
  resolve(options, WRAP_NAMES, 'redirectUrl', resolveUrl);

/**
 * Validates the options of `complete` and makes the URL absolute.
 *
 * @throws ImpRedirectError `invalid_option`
 */
export const resolveCompleteOptions = (options: CompleteOptions, resolveUrl: ResolveUrl): CompleteOptions =>
  resolve(options, COMPLETE_NAMES, 'confirmUrl', resolveUrl);
