import type { Events } from './events.js';
import type { Payment, PaymentStatus } from './payments.js';
import { DELAY_MS, type Plans } from './plans.js';
import type { Work } from './work.js';

export interface WebhookBody {
  readonly imp_uid: string;
  readonly merchant_uid: string;
  readonly status: PaymentStatus;
}

/** @returns the HTTP status of the answer */
export type SendWebhook = (url: string, body: WebhookBody) => Promise<number>;

/** PortOne's own limit for an answer. */
const TIMEOUT_MS = 30_000;

/** As PortOne's console has it: the merchant chooses. */
export type WebhookType = 'json' | 'form';

/** Sends webhooks over the network. */
export const createPostWebhook =
  (type: WebhookType): SendWebhook =>
  async (url, body) => {
    const isJson = type === 'json';
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded' },
      body: isJson ? JSON.stringify(body) : new URLSearchParams({ ...body }).toString(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return status;
  };

const isToldAbout = ({ status, vbank_num }: Payment) =>
  status === 'paid' || status === 'cancelled' || (status === 'ready' && vbank_num !== null);

export interface NotifierOptions {
  readonly webhookUrl: string | null;
  readonly send: SendWebhook;
  readonly plans: Plans;
  readonly events: Events;
  readonly work: Work;
}

/**
 * Makes the function that tells the merchant what became of a payment. Failures are never told. Whether it arrives is nobody's
 * business: what it returns resolves when the merchant has answered, or never will.
 */
export function createNotifier({ webhookUrl, send, plans, events, work }: NotifierOptions) {
  async function sendNow(url: string, payment: Payment): Promise<void> {
    const { imp_uid, merchant_uid, status } = payment;
    events.note('webhook_sent', payment, status);
    const answered = await send(url, { imp_uid, merchant_uid, status }).catch(() => 'no answer');
    events.note('webhook_answered', payment, answered);
  }

  return (payment: Payment): Promise<unknown> => {
    const url = payment.notice_url ?? webhookUrl;
    if (!url || !isToldAbout(payment)) return Promise.resolve();
    const { webhook, delayMs = DELAY_MS } = plans.of(payment.merchant_uid);
    if (webhook === 'lost') {
      events.note('webhook_lost', payment);
      return Promise.resolve();
    }
    if (webhook === 'slow') {
      work.later(delayMs, () => work.track(sendNow(url, payment)));
      return Promise.resolve();
    }
    const told = Promise.all(Array.from({ length: webhook === 'twice' ? 2 : 1 }, () => sendNow(url, payment)));
    work.track(told);
    return told;
  };
}

export type Notify = ReturnType<typeof createNotifier>;
