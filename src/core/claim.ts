/**
 * What a landing URL justifies by itself. Never a statement about money.
 *
 * - `claimed-success`, `claimed-failure`, `cancelled`: what the gateway says; the server may say otherwise
 * - `unknown`: a landing without a flag or an error, or with contradictory ones
 * - `malformed`: the URL is damaged; only what is certain in it was read
 */
export type ClaimKind = 'claimed-success' | 'claimed-failure' | 'cancelled' | 'unknown' | 'malformed';

/** What a landing is of, where it is no payment: an identity verification (`IMP.certification`), or the issue of a billing key. */
export type ClaimFlow = 'certification' | 'billing';

/** The two ids that name a payment. Either may be missing; both come from outside and may be anything. */
export interface Ids {
  /** PortOne's payment id (`imp_uid`); `null` where the landing has none. */
  readonly impUid: string | null;
  /** The merchant's order number (`merchant_uid`); `null` where the landing has none. */
  readonly merchantUid: string | null;
}

/**
 * What the landing URL says. Everything in it is written by whoever made the URL: never HTML, never a URL, never proof.
 */
export interface Claim extends Ids {
  readonly kind: ClaimKind;
  /** What `wrap` marked the landing URL with; a payment has no mark. */
  readonly flow?: ClaimFlow;
  /** The gateway's code (`error_code`), as it came; there is no scheme to them. `null` where there is none. */
  readonly errorCode: string | null;
  /** The gateway's message (`error_msg`), as it came: text for a person. `null` where there is none. */
  readonly errorMessage: string | null;
}

/** Of the fields of a callback's response, those that a landing URL has too. The SDK misspells one: `error_coe`. */
export const LANDING_KEY = /^(imp_uid|merchant_uid|imp_success|imp_status|success|error_)/;

// A key of V1 that tells a landing by itself. Exact keys only, for `mailchimp_success` contains `imp_success`.
const LANDING = /&([?]|amp;)*(imp_uid|merchant_uid|imp_success|imp_status)(?![^=&])/;

// What runs a landing key on to the value before it. The SDK glues it on without a separator (from two parameters up),
// naive shops write a second "?", old servers ";", nested returns "%26" and, within an id, "%3D".
const GLUED = /([?;]|%26)?(imp_uid|merchant_uid|imp_success|imp_status)=/g;
const NESTED = /([?;]|%26)?(imp_uid|merchant_uid|imp_success|imp_status)(=|%3D)/gi;

// A landing's pair, and the damage before its key: a second "?", or an "&" that was escaped for HTML.
const PAIR = /&([?]|amp;)*(imp_uid|merchant_uid|imp_success|imp_status|success|error_code|error_coe|error_msg)(?![^=&])[^&]*/g;

// Words of a customer who pressed "cancel". The same words come when a window was blocked, so they decide a wording only.
const CANCEL = /(PROCESS_|user.{0,9})cancel|사용자.{0,9}(취소|포기)|결제를 취소.?[하했]/i;

/** A landing URL, read. */
export interface Landing {
  readonly claim: Claim;
  /** The same URL without the landing's keys; everything else to the letter. */
  readonly cleanUrl: string;
}

/**
 * Reads a landing URL. The query is read first; a query behind the `#` only where the first one is no landing.
 *
 * Of a repeated key the last valid value wins, for the gateway appends the fresh ones; but ids of two tries are never
 * paired: where an id changes, nothing that stood before it is kept.
 *
 * @param url any text; it need not be a valid URL
 * @param parse a query of one pair, percent-decoded; it does not throw
 * @returns nothing when it is no landing
 */
export function readUrl(url: string, parse: (pair: string) => Iterable<[key: string, value: string]>): Landing | undefined {
  let claim: Claim | undefined;
  const cleanUrl = url.replace(/(^[^?#]*\?|#([^?#&=]*[?&])?)([^#]*)/g, (part, before: string, _, query: string) => {
    if (claim) return part;
    // "#/route?…" is how a hash router writes it. Behind any other hash the query was pasted on blindly.
    let damaged = /#(?![!/])/.test(before);
    query = `&${query}`;
    if (!LANDING.test(query) && !(/&error_msg=/.test(query) && /&(error_code|success)=/.test(query))) {
      if (!FULL) return part;
      // V2 calls the same by other names. Two of its keys say nothing here, like a flag that is neither true nor false.
      query = query
        .replace(/&txId=/g, '&imp_uid=')
        .replace(/&payment_?[iI]d=/g, '&merchant_uid=')
        .replace(/&(transactionType|billingKey)=/g, '&imp_status=')
        .replace(/&message=/g, '&error_msg=')
        .replace(/&code=/g, '&error_code=')
        .replace(/&(pgCode|pgMessage|paymentToken|billingIssueToken)=[^&]*/g, '');
      // Naver Pay's own landing has a paymentId too.
      if (/&resultCode=/.test(query) || !LANDING.test(query)) return part;
    }
    const flow = FULL && (/&imp_flow=(certification|billing)(?![^&?])/.exec(query)?.[1] as ClaimFlow | undefined);
    if (flow) query = query.replace(/&imp_flow=\w*(\?)?/g, (_, second?: string) => (second ? '&?' : ''));
    let said: Partial<Record<string, string | null>> = {};
    const kept = query
      // iOS apps get the whole landing URL in an id, with a landing of its own within.
      .replace(/%26m_redirect_url[^&]*/g, '')
      // What was glued on becomes a pair of its own, marked like one behind a second "?".
      .replace(/(_uid)?=[^&]*/g, (value: string, isId?: string) => value.replace(isId ? NESTED : GLUED, '&?$2='))
      .replace(PAIR, (pair: string, prefix: string | undefined, key: string) => {
        const [[, value]] = parse(pair) as [[string, string]];
        const text = value.trim();
        const isBlank = /^(null|undefined)?$/.test(text);
        if (prefix) damaged = true;
        // An old manual's typo repeats the key imp_uid with the flag: neither an id nor another try.
        if (/_uid/.test(key)) {
          if (!/^(true|false)$/i.test(text)) {
            // Broken: a percent sign, a control character, bytes that were not UTF-8, or an id that nobody can have given.
            const isBroken = /%(?![\da-f]{2})/i.test(pair) || !/^[ -\ufffc]{0,256}$/.test(text);
            if (isBroken) damaged = true;
            const id = isBlank || isBroken ? null : text;
            if (key in said && said[key] !== id) said = {};
            said[key] = id;
          }
        } else if (!isBlank) said[/error/.test(key) ? key : text.toUpperCase()] = value;
        return '';
      })
      .slice(1);
    const {
      imp_uid: impUid = null,
      merchant_uid: merchantUid = null,
      error_code: errorCode = null,
      error_msg: errorMessage = null,
      error_coe,
      TRUE: isSuccess,
      FALSE: isFailure,
    } = said;
    const kind: ClaimKind = damaged
      ? 'malformed'
      : !isSuccess === !(isFailure || errorCode || error_coe || (!isSuccess && errorMessage))
        ? 'unknown'
        : isSuccess
          ? 'claimed-success'
          : CANCEL.test(`${errorCode}${errorMessage}`)
            ? 'cancelled'
            : 'claimed-failure';
    claim = { kind, impUid, merchantUid, errorCode, errorMessage, ...(FULL && flow && { flow }) };
    return (kept ? before : before.slice(0, -1)) + kept;
  });
  return claim && { claim, cleanUrl };
}
