import { Hono } from 'hono';
import { ConfirmRequest, invalidRequest, limitBody, ownOriginOnly, parseJson, parseJsonOrForm, WebhookRequest } from './requests.js';
import { readSession } from './session.js';
import type { Ids, Settle, Settled } from './settle.js';

/** The confirm contract: the ids that were asked for come back the same, so that the answer says what it is about. */
function toVerdict({ status, order, settlement }: Settled, asked: Ids) {
  const account = status === 'ready' ? settlement : null;
  return {
    status,
    imp_uid: asked.impUid ?? settlement?.imp_uid ?? null,
    merchant_uid: order.id,
    amount: order.amount,
    currency: order.currency,
    ...(status === 'failed' && settlement?.fail_reason && { message: settlement.fail_reason }),
    ...(account && {
      vbank_name: account.vbank_name,
      vbank_num: account.vbank_num,
      vbank_holder: account.vbank_holder,
      vbank_date: account.vbank_date,
    }),
  };
}

/** The two ways that news of a payment reaches the merchant: the landing page's confirm, and PortOne's webhook. */
export function createPayments({ settle }: { settle: Settle }): Hono {
  const payments = new Hono();

  payments.post('/complete', limitBody, ownOriginOnly, async (c) => {
    const request = await parseJson(c, ConfirmRequest);
    if (!request) return invalidRequest(c);
    const asked = { impUid: request.imp_uid, merchantUid: request.merchant_uid };
    const settled = await settle(asked);

    // An order number cannot be guessed; a payment's number can. Who has only that, and is a stranger, learns nothing, not even
    // whether there is such a payment.
    const isOwn = settled && readSession(c) === settled.order.session;
    if (asked.merchantUid === null && !isOwn) return c.json({ status: 'pending', imp_uid: asked.impUid, merchant_uid: null });
    if (!settled) return c.json({ code: 'order_not_found', message: '주문을 찾을 수 없습니다.' }, 404);

    return c.json(toVerdict(settled, asked), settled.status === 'forged' ? 400 : 200);
  });

  payments.post('/webhook', limitBody, async (c) => {
    const request = await parseJsonOrForm(c, WebhookRequest);
    if (!request) return invalidRequest(c);
    await settle({ impUid: request.imp_uid, merchantUid: request.merchant_uid }, { askAgain: true });
    return c.body(null, 200);
  });

  return payments;
}
