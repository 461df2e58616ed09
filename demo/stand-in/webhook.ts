import type { Payment, PaymentStatus } from './payments.js';

export interface WebhookBody {
  readonly imp_uid: string;
  readonly merchant_uid: string;
  readonly status: PaymentStatus;
}

export type SendWebhook = (url: string, body: WebhookBody) => Promise<void>;

/** PortOne's own limit for an answer. */
const TIMEOUT_MS = 30_000;

/** Sends a webhook over the network; whether it arrives is nobody's business. */
export const postWebhook: SendWebhook = async (url, body) => {
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
};

const isToldAbout = ({ status, vbank_num }: Payment) =>
  status === 'paid' || status === 'cancelled' || (status === 'ready' && vbank_num !== null);

/** Makes the function that tells the merchant what became of a payment, without waiting. Failures are never told. */
export const createNotifier =
  (webhookUrl: string | null, send: SendWebhook) =>
  (payment: Payment): void => {
    const url = payment.notice_url ?? webhookUrl;
    if (!url || !isToldAbout(payment)) return;
    const { imp_uid, merchant_uid, status } = payment;
    void send(url, { imp_uid, merchant_uid, status }).catch(() => {});
  };

export type Notify = ReturnType<typeof createNotifier>;
