/**
 * What a landing URL justifies by itself. Never a statement about money.
 *
 * - `claimed-success`, `claimed-failure`, `cancelled`: what the gateway says; the server may say otherwise
 * - `unknown`: a landing without a flag or an error, or with contradictory ones
 * - `malformed`: the URL is damaged; only what is certain in it was read
 */
export type ClaimKind = 'claimed-success' | 'claimed-failure' | 'cancelled' | 'unknown' | 'malformed';

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
  /** The gateway's code (`error_code`), as it came; there is no scheme to them. `null` where there is none. */
  readonly errorCode: string | null;
  /** The gateway's message (`error_msg`), as it came: text for a person. `null` where there is none. */
  readonly errorMessage: string | null;
}

/** What one try to pay says; `null` for an id that it says it has not, and any text for `true` and `false`. */
type Said = { -readonly [K in Exclude<keyof Claim, 'kind'> | 'true' | 'false']?: string | null };

/** From a query's key to what it means: a part of the claim, a flag, or a part of the landing that says nothing here. */
type Fields = Readonly<Partial<Record<string, keyof Said | 'flag' | ''>>>;

const V1: Fields = {
  __proto__: null as never,
  imp_uid: 'impUid',
  merchant_uid: 'merchantUid',
  imp_success: 'flag',
  imp_status: 'flag',
  success: 'flag',
  error_code: 'errorCode',
  // The SDK's own misspelling. It says that something failed; what is in it is not taken for a code.
  error_coe: 'false',
  error_msg: 'errorMessage',
};

const V2: Fields = {
  __proto__: null as never,
  txId: 'impUid',
  paymentId: 'merchantUid',
  payment_id: 'merchantUid',
  transactionType: '',
  billingKey: '',
  code: 'errorCode',
  message: 'errorMessage',
};

/** Of the fields of a callback's response, those that a landing URL has too. The SDK misspells one: `error_coe`. */
export const LANDING_KEY = /^(imp_|merchant_uid|success|error_)/;

/**
 * Tells a landing by its query's keys: PortOne V1's, or, where there are none of those, V2's. Exact keys only, for
 * `mailchimp_success` contains `imp_success`; `resultCode` is Naver Pay's own landing.
 */
function landingFields(query: string): Fields | false {
  const has = (keys: string) => new RegExp(`(^|&|amp;)(${keys})(=|&|$)`).test(query);
  if (has('imp_uid|merchant_uid|imp_success|imp_status') || (has('error_msg') && has('error_code|success'))) return V1;
  return has('paymentId|payment_id|txId|transactionType|billingKey') && !has('resultCode') && V2;
}

// What runs a landing key on to the value before it. The SDK glues it on without a separator (from two parameters up),
// naive shops write a second "?", old servers ";", nested returns "%26" and, within an id, "%3D".
const GLUED = /(?:[?;]|%26)?(imp_uid|merchant_uid|imp_success|imp_status)=/;
// A whole landing inside an id ends where it would start anew.
const NESTED = /(?:[?;]|%26)?(?:(imp_uid|merchant_uid|imp_success|imp_status)(?:=|%3D)|m_redirect_url.*)/i;

// Words of a customer who pressed "cancel". The same words come when a window was blocked, so they decide a wording only.
const CANCEL = /PROCESS_CANCEL|user.{0,9}cancel|결제포기|사용자.{0,9}취소|결제를 취소.?[하했]/i;

/**
 * Reads the claim in a query string.
 *
 * Of a repeated key the last valid value wins, for the gateway appends the fresh ones; but ids of two tries are never
 * paired: where an id changes, nothing that stood before it is kept.
 *
 * @param query what stands behind the `?`
 * @param decode percent-decoding that does not throw
 * @param damaged whether the query itself was found where it does not belong
 * @returns the claim, and the query without the landing's keys, everything else to the letter; `false` when it is no landing
 */
export function readQuery(query: string, decode: (raw: string) => string, damaged: boolean): [claim: Claim, kept: string] | false {
  const fields = landingFields(query);
  if (!fields) return false;

  let said: Said = {};
  const kept: string[] = [];
  for (const pair of query.split('&')) {
    const [, prefix, name, rest] = /^((?:[?]|amp;)*)([^=]*)=?(.*)/s.exec(pair) as unknown as [string, string, string, string];
    const ours = name in fields;
    const parts: string[] = [name, ...rest.split(/Uid/.test(fields[name] as string) ? NESTED : GLUED)];
    const glued = parts.length > 2;
    if (glued || (prefix && ours)) damaged = true;
    if (!ours) kept.push(glued ? `${name}=${parts[1]}` : pair);
    for (let i = 0; parts[i]; i += 2) {
      const field = fields[parts[i] as string];
      const raw = parts[i + 1] as string;
      const value = decode(raw);
      const text = value.trim();
      const isFlag = /^(true|false)$/i.test(text);
      const isBlank = /^(null|undefined)?$/.test(text);
      if (field === 'flag') {
        if (isFlag) said[text.toLowerCase() as 'true' | 'false'] = text;
      } else if (field === 'impUid' || field === 'merchantUid') {
        // An old manual's typo repeats the key imp_uid with the flag: neither an id nor another try.
        if (isFlag) continue;
        // biome-ignore lint/suspicious/noControlCharactersInRegex: an id with a control character in it is broken
        const isBroken = /%(?![\da-f]{2})/i.test(raw) || /[\0-\x1f\ufffd]|.{257}/s.test(text);
        if (isBroken) damaged = true;
        const id = isBlank || isBroken ? null : text;
        if (field in said && said[field] !== id) said = {};
        said[field] = id;
      } else if (field && !isBlank) said[field] = value;
    }
  }
  const { impUid = null, merchantUid = null, errorCode = null, errorMessage = null, true: yes, false: no } = said;
  const kind: ClaimKind = damaged
    ? 'malformed'
    : !yes === !(no || errorCode || (!yes && errorMessage))
      ? 'unknown'
      : yes
        ? 'claimed-success'
        : CANCEL.test(`${errorCode} ${errorMessage}`)
          ? 'cancelled'
          : 'claimed-failure';
  return [{ kind, impUid, merchantUid, errorCode, errorMessage }, kept.join('&')];
}
