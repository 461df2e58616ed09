import type { Payment } from './payments.js';

/** What can happen at PortOne and the gateway, and what `detail` says of it. */
export type StandInEventName =
  /** The SDK has asked for a payment: the amount and the currency. */
  | 'requested'
  /** It was refused, and no window opened: the error. */
  | 'refused'
  /** The customer sees the gateway's page. */
  | 'opened'
  /** The customer is through with it: the ending, and the payment's status. */
  | 'ended'
  /** The customer is sent home: the landing URL, or `callback`. */
  | 'returned'
  /** The customer is not: the page stays. */
  | 'stuck'
  /** A webhook is on its way: the status that it tells. */
  | 'webhook_sent'
  /** The merchant has answered it: the HTTP status, or `no answer`. */
  | 'webhook_answered'
  /** It was never sent. */
  | 'webhook_lost'
  /** The merchant has looked the payment up: the status that it was told, or `unknown`. */
  | 'asked'
  /** The merchant has asked, and was answered with HTTP 503. */
  | 'asked_in_vain'
  /** A deposit, a late approval, a refund: the status. */
  | 'changed';

/** Something that has happened, in its order. */
export interface StandInEvent {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly name: StandInEventName;
  readonly merchantUid: string;
  /** `null` where there is no payment yet. */
  readonly impUid: string | null;
  readonly detail: string;
}

export interface Events {
  note(name: StandInEventName, payment: Pick<Payment, 'merchant_uid'> & { readonly imp_uid?: string | null }, detail?: unknown): void;
  /** All of them, or those of one order; the oldest first. */
  list(merchantUid?: string): readonly StandInEvent[];
}

/** How many are kept: the demo runs for days. */
const LIMIT = 10_000;

export function createEvents(): Events {
  let events: StandInEvent[] = [];
  return {
    note(name, { merchant_uid, imp_uid = null }, detail = '') {
      events.push({ at: Date.now(), name, merchantUid: merchant_uid, impUid: imp_uid, detail: `${detail}` });
      if (events.length > LIMIT) events = events.slice(LIMIT / 2);
    },
    list: (merchantUid) => events.filter((event) => merchantUid === undefined || event.merchantUid === merchantUid),
  };
}
