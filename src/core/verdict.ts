import type { Ids } from './claim.js';

/**
 * The merchant's server's answer.
 *
 * - `paid`: the payment is there, and its amount is the order's
 * - `ready`: a virtual account was issued and waits for the deposit
 * - `failed`, `cancelled`: the server asked, and it is so
 * - `forged`: the payment does not match the order
 * - `pending`: not known yet
 */
export type VerdictStatus = 'paid' | 'ready' | 'failed' | 'cancelled' | 'forged' | 'pending';

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

/**
 * Makes a verdict of the confirm endpoint's answer: a JSON object with `status` and both ids.
 *
 * An id that was asked for must come back the same; one that the landing did not have is told by the server, or `null`.
 *
 * @param text the answer's body, anything
 * @param asked the ids that were sent
 * @returns `null` when it is none
 */
export function parseVerdict(text: string, asked: Ids): Verdict | null {
  try {
    const answer: Answer = JSON.parse(text);
    const { status, imp_uid, merchant_uid, vbank_num } = answer;
    if (
      /^(paid|ready|failed|cancelled|forged|pending)$/.test(status as string) &&
      (asked.impUid ?? imp_uid) === imp_uid &&
      (asked.merchantUid ?? merchant_uid) === merchant_uid
    )
      // "ready" without an account: the customer left the gateway's window. Not finished, and not failed either.
      return { status: status === 'ready' && !vbank_num ? 'pending' : status, answer } as Verdict;
  } catch {}
  return null;
}
