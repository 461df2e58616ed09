import { randomUUID } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Events } from './events.js';
import { nowInSeconds, type Payment, type PaymentStore, toRestPayment } from './payments.js';
import type { Plans } from './plans.js';

const TOKEN_LIFETIME_S = 30 * 60;

interface ApiOptions {
  readonly store: PaymentStore;
  readonly plans: Plans;
  readonly events: Events;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** PortOne's REST API: a token, then payments by either id, all in the envelope `{ code, message, response }`. */
export function createApi({ store, plans, events, apiKey, apiSecret }: ApiOptions): Hono {
  const api = new Hono();
  const expiries = new Map<string, number>();

  const needToken: MiddlewareHandler = async (c, next) => {
    const token = c.req.header('authorization')?.replace(/^Bearer /i, '') ?? '';
    if ((expiries.get(token) ?? 0) <= nowInSeconds()) return c.json({ code: -1, message: 'Unauthorized', response: null }, 401);
    await next();
  };

  /** @param merchantUid where the order alone is named */
  const answer = (c: Context, payment: Payment | null, merchantUid = '') => {
    const about = payment ?? { merchant_uid: merchantUid };
    if (plans.failsNow(about.merchant_uid)) {
      events.note('asked_in_vain', about);
      return c.json({ code: -1, message: '서비스 점검 중입니다.', response: null }, 503);
    }
    events.note('asked', about, payment?.status ?? 'unknown');
    return payment
      ? c.json({ code: 0, message: null, response: toRestPayment(payment) })
      : c.json({ code: 1, message: '존재하지 않는 결제정보입니다.', response: null }, 404);
  };

  api.post('/users/getToken', async (c) => {
    const { imp_key, imp_secret } = Object(await c.req.json().catch(() => null));
    if (imp_key !== apiKey || imp_secret !== apiSecret)
      return c.json({ code: -1, message: '인증에 실패하였습니다. API키와 secret을 확인하세요.', response: null }, 401);
    const token = randomUUID();
    const now = nowInSeconds();
    expiries.set(token, now + TOKEN_LIFETIME_S);
    return c.json({ code: 0, message: null, response: { access_token: token, now, expired_at: now + TOKEN_LIFETIME_S } });
  });

  api.get('/payments/find/:merchant_uid', needToken, (c) => {
    const merchantUid = c.req.param('merchant_uid');
    return answer(c, store.find(merchantUid), merchantUid);
  });
  api.get('/payments/find/:merchant_uid/:status', needToken, (c) => {
    const merchantUid = c.req.param('merchant_uid');
    return answer(c, store.find(merchantUid, c.req.param('status')), merchantUid);
  });
  api.get('/payments/:imp_uid', needToken, (c) => answer(c, store.get(c.req.param('imp_uid'))));
  return api;
}
