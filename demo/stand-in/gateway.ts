import { type Context, Hono } from 'hono';
import { ALREADY_PAID, type Ending, findEnding } from './endings.js';
import { renderGateway, renderReturn, renderStuck, renderUnknown, renderUsed } from './gateway-page.js';
import { callbackResponse, landingFields, landingUrl } from './landing.js';
import { readLanguage, renderNotice } from './page.js';
import { nowInSeconds, type Payment, type PaymentStore } from './payments.js';
import type { Notify } from './webhook.js';

interface GatewayOptions {
  readonly origin: string;
  readonly store: PaymentStore;
  readonly notify: Notify;
}

/** The gateway: its page, and the way home for each ending. */
export function createGateway({ origin, store, notify }: GatewayOptions): Hono {
  const routes = new Hono();

  routes.get('/gateway/:imp_uid', (c) => {
    const language = readLanguage(c);
    const payment = store.get(c.req.param('imp_uid'));
    if (!payment) return c.html(renderUnknown(language), 404);
    return payment.ended ? c.html(renderUsed(language), 409) : c.html(renderGateway(payment, language));
  });

  routes.post('/gateway/:imp_uid', async (c) => {
    const language = readLanguage(c);
    const payment = store.get(c.req.param('imp_uid'));
    if (!payment) return c.html(renderUnknown(language), 404);
    if (payment.ended) return c.html(renderUsed(language), 409);
    const { ending: id } = await c.req.parseBody();
    const chosen = findEnding(String(id));
    if (!chosen) return c.text(`no such ending: ${id}`, 400);

    const ending = store.find(payment.merchant_uid)?.status === 'paid' ? ALREADY_PAID : chosen;
    Object.assign(payment, ending.settle(payment, nowInSeconds()), { ended: true });
    notify(payment);
    return sendHome(c, payment, ending);
  });

  const sendHome = (c: Context, payment: Payment, ending: Pick<Ending, 'claim' | 'idsOnly'>) => {
    const language = readLanguage(c);
    if (!ending.claim) return c.html(renderStuck(language));
    if (payment.way === 'callback') return c.html(renderReturn(callbackResponse(payment, ending), payment.opener_origin, language));
    return c.redirect(landingUrl(payment.m_redirect_url ?? ownResultPage(payment), ownFields(payment, ending.claim)));
  };

  const ownFields = (payment: Payment, claim: NonNullable<Ending['claim']>) => {
    const fields = landingFields(payment, claim);
    if (payment.m_redirect_url) return fields;
    const { imp_uid, imp_success, error_msg } = fields;
    return {
      imp_uid: imp_uid ?? null,
      success: fields.success ?? imp_success ?? payment.status === 'paid',
      ...(error_msg && { error_msg }),
    };
  };

  const ownResultPage = ({ status, vbank_num }: Payment) =>
    `${origin}/payments/${vbank_num ? 'vbank' : status === 'paid' ? 'success' : 'fail'}`;

  // Where a customer is left whose merchant gave no m_redirect_url.
  routes.get('/payments/:result{success|fail|vbank}', (c) => {
    const ko = readLanguage(c) === 'ko';
    const heading = {
      success: ko ? '결제가 완료되었습니다' : 'Payment completed',
      fail: ko ? '결제에 실패하였습니다' : 'Payment failed',
      vbank: ko ? '가상계좌가 발급되었습니다' : 'Virtual account issued',
    }[c.req.param('result')];
    const lost = ko
      ? '상점이 돌아갈 주소(m_redirect_url)를 알려주지 않아 상점으로 돌아갈 수 없습니다.'
      : 'The merchant gave no address to go back to (m_redirect_url), so this is where the road ends.';
    return c.html(renderNotice(readLanguage(c), heading ?? '', [c.req.query('error_msg'), lost].filter(Boolean).join(' ')));
  });
  return routes;
}
