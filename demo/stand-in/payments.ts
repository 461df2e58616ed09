import { randomInt } from 'node:crypto';
import type { SdkGeneration } from './sdk/prepare.js';

export type PaymentStatus = 'ready' | 'paid' | 'failed' | 'cancelled';

/** A payment as PortOne's REST API shows it. Moments are in unix seconds, 0 for never. */
export interface RestPayment {
  imp_uid: string;
  merchant_uid: string;
  name: string;
  amount: number;
  cancel_amount: number;
  currency: string;
  pg_provider: string;
  /** The merchant's account with the gateway. */
  pg_id: string | null;
  pay_method: string;
  status: PaymentStatus;
  fail_reason: string | null;
  started_at: number;
  paid_at: number;
  failed_at: number;
  cancelled_at: number;
  vbank_num: string | null;
  vbank_name: string | null;
  vbank_holder: string | null;
  vbank_date: number;
  buyer_name: string | null;
  buyer_email: string | null;
  buyer_tel: string | null;
  custom_data: string | null;
}

/** A payment, with what only the stand-in needs to know: how the customer gets home, and who is told. */
export interface Payment extends RestPayment {
  m_redirect_url: string | null;
  notice_url: string | null;
  /** How the result goes back: by a redirect, or to the callback. */
  way: 'redirect' | 'callback';
  sdk: SdkGeneration;
  /** Origin of the merchant's page; `null` where the browser did not tell. */
  opener_origin: string | null;
  company: string | null;
  /** Whether the customer has been through the gateway; it happens once. */
  ended: boolean;
}

const LOCAL_KEYS: readonly (keyof Payment)[] = ['m_redirect_url', 'notice_url', 'way', 'sdk', 'opener_origin', 'company', 'ended'];

/** Leaves out what PortOne's REST API does not show. */
export const toRestPayment = (payment: Payment): RestPayment =>
  Object.fromEntries(Object.entries(payment).filter(([key]) => !LOCAL_KEYS.includes(key as keyof Payment))) as unknown as RestPayment;

/** What a new payment starts with; the rest is filled in. */
export type NewPayment = Pick<Payment, 'merchant_uid' | 'amount'> & Partial<Omit<Payment, 'imp_uid'>>;

/** The current moment in unix seconds. */
export const nowInSeconds = () => Math.floor(Date.now() / 1000);

export interface PaymentStore {
  /** Keeps a new payment, `ready` unless told otherwise, under a fresh imp_uid. */
  create(payment: NewPayment): Payment;
  /** @returns `null` for an unknown imp_uid */
  get(impUid: string): Payment | null;
  /** All tries at an order, the newest first. */
  tries(merchantUid: string): Payment[];
  /** The newest try at an order, or the newest that stands like this; `null` where there is none. */
  find(merchantUid: string, status?: string): Payment | null;
  /** Everything, the newest first. */
  all(): Payment[];
}

/** Creates an empty store, in memory. */
export function createPaymentStore(): PaymentStore {
  const payments = new Map<string, Payment>();

  const freshImpUid = (): string => {
    const impUid = `imp_${String(randomInt(1e12)).padStart(12, '0')}`;
    return payments.has(impUid) ? freshImpUid() : impUid;
  };
  const all = () => [...payments.values()].reverse();
  const tries = (merchantUid: string) => all().filter((payment) => payment.merchant_uid === merchantUid);

  return {
    create(given) {
      const payment: Payment = {
        imp_uid: freshImpUid(),
        name: '',
        cancel_amount: 0,
        currency: 'KRW',
        pg_provider: 'html5_inicis',
        pg_id: null,
        pay_method: 'card',
        status: 'ready',
        fail_reason: null,
        started_at: nowInSeconds(),
        paid_at: 0,
        failed_at: 0,
        cancelled_at: 0,
        vbank_num: null,
        vbank_name: null,
        vbank_holder: null,
        vbank_date: 0,
        buyer_name: null,
        buyer_email: null,
        buyer_tel: null,
        custom_data: null,
        m_redirect_url: null,
        notice_url: null,
        way: 'redirect',
        sdk: 'v1',
        opener_origin: null,
        company: null,
        ended: false,
        ...given,
      };
      payments.set(payment.imp_uid, payment);
      return payment;
    },
    get: (impUid) => payments.get(impUid) ?? null,
    tries,
    find: (merchantUid, status) => tries(merchantUid).find((payment) => !status || payment.status === status) ?? null,
    all,
  };
}
