import type { Parts } from './shop.js';

const WORDS: Readonly<Record<string, string>> = { paid: 'success', ready: 'vbankIssued', forged: 'forgery' };

/** The words of PortOne's old manual. */
export const otherWords: Partial<Parts> = {
  answer: (c, { status }) => c.json({ status: WORDS[status] ?? status, message: '' }, status === 'forged' ? 400 : 200),
  settled: (c, { settled }) => (settled ? c.json({ status: 'success', message: '' }) : undefined),
  // Its words have none for these.
  judge: (payment, order) =>
    payment?.merchant_uid === order.id && payment.status === 'paid' && payment.amount === order.amount ? 'paid' : 'forged',
};
