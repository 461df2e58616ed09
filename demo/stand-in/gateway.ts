import { type Context, Hono } from 'hono';
import { ALREADY_PAID, ENDINGS, type Ending, findEnding } from './endings.js';
import type { Events } from './events.js';
import { renderGateway, renderReturn, renderStuck, renderUnknown, renderUsed } from './gateway-page.js';
import { callbackResponse, landingFields, landingUrl } from './landing.js';
import { readLanguage, renderNotice } from './page.js';
import { nowInSeconds, type Payment, type PaymentStore } from './payments.js';
import { DELAY_MS, type Plans } from './plans.js';
import type { SdkResponse } from './sdk/prepare.js';
import type { Notify } from './webhook.js';
import type { Work } from './work.js';

interface GatewayOptions {
  readonly origin: string;
  readonly store: PaymentStore;
  readonly plans: Plans;
  readonly events: Events;
  readonly work: Work;
  readonly notify: Notify;
}

/** How the customer leaves the gateway. */
export type Homecoming =
  | { readonly way: 'stuck' }
  | { readonly way: 'callback'; readonly response: SdkResponse }
  | { readonly way: 'redirect'; readonly url: string };

export interface Gateway {
  readonly routes: Hono;
  /**
   * Ends a payment, once: what is pressed on the gateway's page.
   *
   * @param pressed the ending of the button; "pay" does what the order's plan says
   * @returns how the customer goes home
   */
  finish(payment: Payment, pressed: Ending): Promise<Homecoming>;
}

/** The gateway: its page, and the way home for each ending. */
export function createGateway({ origin, store, plans, events, work, notify }: GatewayOptions): Gateway {
  async function finish(payment: Payment, pressed: Ending): Promise<Homecoming> {
    const { ending: planned = 'paid', landing, webhook, delayMs = DELAY_MS } = plans.of(payment.merchant_uid);
    const chosen: Ending = pressed === ENDINGS.paid ? ENDINGS[planned] : pressed;
    const ending: Pick<Ending, 'settle' | 'claim' | 'idsOnly' | 'later'> = store.find(payment.merchant_uid, 'paid') ? ALREADY_PAID : chosen;
    Object.assign(payment, ending.settle(payment, nowInSeconds()), { ended: true });
    const { status } = payment;
    events.note('ended', payment, payment.status === 'ready' && payment.vbank_num ? 'ready, with an account' : payment.status);
    const told = notify(payment);
    if (ending.later)
      work.later(delayMs, () => {
        // In the console it may have been ended otherwise meanwhile.
        if (payment.status !== status) return;
        Object.assign(payment, ending.later?.(payment, nowInSeconds()));
        events.note('changed', payment, payment.status);
        void notify(payment);
      });
    if (webhook === 'first') await told;
    const { claim } = ending;
    if (!claim || landing === 'lost') {
      events.note('stuck', payment);
      return { way: 'stuck' };
    }
    if (payment.way === 'callback') {
      events.note('returned', payment, 'callback');
      return { way: 'callback', response: callbackResponse(payment, ending) };
    }
    const url = landingUrl(payment.m_redirect_url ?? ownResultPage(payment), ownFields(payment, claim));
    events.note('returned', payment, url);
    return { way: 'redirect', url };
  }

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

  const routes = new Hono();

  /** The payment that a request is about, or why there is nothing to do with it. */
  const openPayment = (c: Context): Payment | Response | Promise<Response> => {
    const language = readLanguage(c);
    const payment = store.get(c.req.param('imp_uid') as string);
    if (!payment) return c.html(renderUnknown(language), 404);
    return payment.ended ? c.html(renderUsed(language), 409) : payment;
  };

  routes.get('/gateway/:imp_uid', async (c) => {
    const payment = await openPayment(c);
    if (payment instanceof Response) return payment;
    events.note('opened', payment);
    return c.html(renderGateway(payment, readLanguage(c)));
  });

  routes.post('/gateway/:imp_uid', async (c) => {
    // First: between the look at the payment and its end, nothing may happen.
    const { ending: id } = await c.req.parseBody();
    const payment = openPayment(c);
    if (!('imp_uid' in payment)) return payment;
    const pressed = findEnding(String(id));
    if (!pressed) return c.text(`no such ending: ${id}`, 400);
    const home = await finish(payment, pressed);
    const language = readLanguage(c);
    if (home.way === 'stuck') return c.html(renderStuck(language));
    if (home.way === 'callback') return c.html(renderReturn(home.response, payment.opener_origin, language));
    return c.redirect(home.url);
  });

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
  return { routes, finish };
}
