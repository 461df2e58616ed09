import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { ALREADY_PAID } from './endings.js';
import type { Events } from './events.js';
import { DEFAULT_GATEWAY, GATEWAYS } from './gateways.js';
import type { Payment, PaymentStore } from './payments.js';
import type { Plans } from './plans.js';
import { findPopup } from './sdk/popup.js';
import type { GatewaysAnswer, PrepareAnswer, PrepareRequest, SdkResponse } from './sdk/prepare.js';

interface PrepareOptions {
  readonly origin: string;
  readonly impCode: string;
  readonly store: PaymentStore;
  readonly plans: Plans;
  readonly events: Events;
}

export interface Prepare {
  readonly routes: Hono;
  /**
   * Makes a payment of what the SDK asks for.
   *
   * @param openerOrigin of the merchant's page
   * @returns why no window opens, in the very shape that a callback gets; or the payment
   */
  prepare(request: PrepareRequest, openerOrigin: string | null): { readonly failure: SdkResponse } | { readonly payment: Payment };
}

const textOf = (value: unknown) => (typeof value === 'string' && value.trim()) || null;
const httpUrlOf = (value: unknown) => textOf(value)?.match(/^https?:\/\/.*/)?.[0] ?? null;

/** Why the gateway would not open, in the very shapes that the SDK gives to a callback; `null` if it would. */
function findFailure({ params, sdk }: PrepareRequest, store: PaymentStore): SdkResponse | null {
  const merchant_uid = String(params.merchant_uid);
  const amount = Number(params.amount);
  const refused: SdkResponse = sdk === 'v1' ? { imp_success: false } : { success: false, imp_success: false };

  if (!Object.hasOwn(GATEWAYS, gatewayOf(params)))
    return {
      imp_success: false,
      imp_uid: null,
      merchant_uid,
      error_coe: 'F1001',
      error_msg: '등록되지 않은 PG모듈 정보입니다. 아임포트 관리자페이지에서 PG모듈 정보를 설정하신 후 다시 시도해주세요.',
    };
  // Nothing is charged when a billing key is issued.
  if (!(amount > 0 || (amount === 0 && params.customer_uid)))
    return { ...refused, imp_uid: null, merchant_uid, error_msg: '결제금액이 올바르지 않습니다.' };
  if (store.find(merchant_uid, 'paid')) {
    // As reported, the older SDKs give no ids here.
    const ids = sdk === 'v1' ? { imp_uid: null, merchant_uid } : {};
    return { ...refused, ...ids, request_id: textOf(params.request_id), ...ALREADY_PAID.claim };
  }
  return null;
}

/** `pg` names the gateway, and after a dot the merchant's account with it. */
const gatewayOf = ({ pg }: PrepareRequest['params']) => textOf(pg)?.split('.')[0] ?? DEFAULT_GATEWAY;
const accountOf = ({ pg }: PrepareRequest['params']) => textOf(pg)?.split('.')[1] ?? null;

function wayOf({ params, mobile }: PrepareRequest) {
  const gateway = gatewayOf(params);
  const traits = GATEWAYS[gateway];
  const leaves = !findPopup(gateway, params, mobile) && (mobile ? !traits?.neverLeaves : traits?.leavesOnPc);
  return leaves ? 'redirect' : 'callback';
}

/** The SDK's door: checks a request, and makes a payment of it. */
export function createPrepare({ origin, impCode, store, plans, events }: PrepareOptions): Prepare {
  const prepare: Prepare['prepare'] = (request, openerOrigin) => {
    const { params } = request;
    const merchant_uid = String(params.merchant_uid);
    const failure = findFailure(request, store);
    if (failure) {
      events.note('refused', { merchant_uid }, failure.error_msg);
      return { failure };
    }
    const payment = store.create({
      merchant_uid,
      amount: Number(params.amount),
      name: textOf(params.name) ?? '',
      currency: textOf(params.currency)?.match(/^[A-Z]{3}$/)?.[0] ?? 'KRW',
      pg_provider: gatewayOf(params),
      pg_id: accountOf(params),
      pay_method: textOf(params.pay_method) ?? 'card',
      buyer_name: textOf(params.buyer_name),
      buyer_email: textOf(params.buyer_email),
      buyer_tel: textOf(params.buyer_tel),
      custom_data: params.custom_data === undefined ? null : JSON.stringify(params.custom_data),
      m_redirect_url: textOf(params.m_redirect_url),
      notice_url: httpUrlOf(params.notice_url),
      way: plans.of(merchant_uid).way ?? wayOf(request),
      sdk: request.sdk === '1.x' ? '1.x' : 'v1',
      opener_origin: openerOrigin,
      company: textOf(params.company),
    });
    events.note('requested', payment, `${payment.amount} ${payment.currency}`);
    return { payment };
  };

  const routes = new Hono();
  routes.use('/sdk/prepare', cors());
  routes.use('/users/pg/*', cors());

  // What the SDK has no answer to, here and below: it waits for ever, and never calls back.
  routes.get('/users/pg/:imp_code', (c) => {
    if (c.req.param('imp_code') !== impCode) return c.json({ message: '등록되지 않은 가맹점 식별코드입니다.' }, 404);
    return c.json<GatewaysAnswer>({ code: 0, data: Object.keys(GATEWAYS).map((pg_provider) => ({ pg_provider, type: 'payment' })) });
  });

  routes.post('/sdk/prepare', async (c) => {
    const request = (await c.req.json().catch(() => null)) as PrepareRequest | null;
    if (!request?.params) return c.json({ message: '잘못된 요청입니다.' }, 400);
    if (request.imp_code !== impCode) return c.json({ message: '등록되지 않은 가맹점 식별코드입니다.' }, 404);

    const prepared = prepare(request, httpUrlOf(c.req.header('origin')));
    if ('failure' in prepared) return c.json<PrepareAnswer>(prepared);
    const { payment } = prepared;
    const language = textOf(request.params.language)?.match(/^(ko|en)$/)?.[0];
    const gateway_url = `${origin}/gateway/${payment.imp_uid}${language ? `?lang=${language}` : ''}`;
    return c.json<PrepareAnswer>({ gateway_url, way: payment.way, imp_uid: payment.imp_uid });
  });
  return { routes, prepare };
}
