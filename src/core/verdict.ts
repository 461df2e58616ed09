import type { Ids } from './claim.js';
import { ImpRedirectError } from './errors.js';

/**
 * The merchant's server's answer.
 *
 * - `paid`: the payment is there, and its amount is the order's
 * - `ready`: a virtual account was issued and waits for the deposit
 * - `failed`, `cancelled`: the server asked, and it is so
 * - `forged`: the payment does not match the order
 * - `pending`: not known yet
 * - `certified`: the identity verification is there; `registered`: the billing key is
 * - `page`: the server has a page of its own that says the rest, and the customer is on the way to it (`answers`, `encoding: 'submit'`)
 */
export type VerdictStatus = 'paid' | 'ready' | 'failed' | 'cancelled' | 'forged' | 'pending' | 'page' | 'certified' | 'registered';

/**
 * What the merchant's server may say beside the verdict, in PortOne's own spelling. All of it is optional, and it may say
 * more: the answer is handed on as it came.
 */
export interface Answer {
  /** In the currency's usual unit: `12000` is 12,000 won. For display; never computed with. */
  readonly amount?: number;
  /** ISO 4217; `KRW` where there is none. */
  readonly currency?: string;
  /** Words to the customer, shown as text. */
  readonly message?: string;
  /** The virtual account: its bank, number, holder (some gateways do not tell), and deadline in seconds since 1970. */
  readonly vbank_name?: string;
  readonly vbank_num?: string;
  readonly vbank_holder?: string | null;
  readonly vbank_date?: number;
  /** With `ready`: that an account was issued, where its number is not told. */
  readonly issued?: boolean;
  /** With `pending`: when to ask again, in milliseconds. */
  readonly poll_after_ms?: number;
  readonly [key: string]: unknown;
}

declare const verdictBrand: unique symbol;

/** The one thing that may be shown as final. It cannot be written down: only the server's answer, parsed, becomes one. */
export interface Verdict {
  readonly [verdictBrand]: true;
  readonly status: VerdictStatus;
  readonly answer: Answer;
}

/** A verdict that ends the landing. */
export type FinalVerdict = Verdict & { readonly status: Exclude<VerdictStatus, 'pending'> };

/** What came back over the wire, before any judgement. */
export interface Reply {
  /** The HTTP status; 0 where there was no answer. */
  readonly httpStatus: number;
  readonly text?: string;
  /** The `Retry-After` header, where there was one. */
  readonly retryAfter?: string | null;
  /** The `X-Request-Id` header, where there was one: the name under which the server has logged it. */
  readonly requestId?: string | null;
  /** What the attempt died of. */
  readonly cause?: unknown;
}

/**
 * How one confirm attempt ended.
 *
 * - answered: a verdict
 * - refused: an error whose actor is the merchant; asking again the same way will not help
 * - unreachable: `confirm_unreachable`, whose actor is the network; asking again may help
 */
export type Outcome = Verdict | ImpRedirectError;

/** No answer, or one that says "later". */
export const isLater = (httpStatus: number): boolean => /^(0|5|408|425|429)/.test(`${httpStatus}`);

const STATUS = FULL
  ? /^(paid|ready|failed|cancelled|forged|pending|page|certified|registered)$/
  : /^(paid|ready|failed|cancelled|forged|pending)$/;

/**
 * Makes a verdict of a reply, or tells why it is none. No answer, 408, 425, 429 and 5xx mean "later", whatever the body says.
 * A verdict counts with 4xx as with 2xx: PortOne's own sample server answers 400 for a forgery.
 *
 * A verdict is a JSON object with `status` and both ids. An id that was asked for must come back the same; one that the
 * landing did not have is told by the server, or `null`.
 *
 * @param asked the ids that were sent
 */
export function parseVerdict({ httpStatus, text, requestId, cause }: Reply, { impUid, merchantUid }: Ids): Outcome {
  const named = (detail: unknown) => (FULL && requestId ? `${detail} (request ${requestId})` : detail);
  if (isLater(httpStatus)) return new ImpRedirectError('confirm_unreachable', named(httpStatus || cause), 'network', cause);
  try {
    const answer: Answer = JSON.parse(text as string);
    const { status, imp_uid, merchant_uid, vbank_num, issued } = answer;
    const isOurs = (impUid ?? imp_uid) === imp_uid && (merchantUid ?? merchant_uid) === merchant_uid;
    if (FULL && !isOurs) cause ??= `${httpStatus}, imp_uid or merchant_uid is missing in the answer, or not the one that was sent`;
    // A pace that cannot be read as a number throws here.
    if (STATUS.test(status as string) && isOurs && (!FULL || `${answer.poll_after_ms}`))
      // "ready" without an account: the customer left the gateway's window. Not finished, and not failed either.
      return { status: status === 'ready' && !(vbank_num || issued) ? 'pending' : status, answer } as Verdict;
  } catch {}
  return new ImpRedirectError('confirm_unreadable', named(cause ?? httpStatus));
}
