import { randomUUID } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { nowInSeconds, type Payment, type PaymentStore, toRestPayment } from './payments.js';

const TOKEN_LIFETIME_S = 30 * 60;

interface ApiOptions {
  readonly store: PaymentStore;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** PortOne's REST API: a token, then payments by either id, all in the envelope `{ code, message, response }`. */
export function createApi({ store, apiKey, apiSecret }: ApiOptions): Hono {
  const api = new Hono();
  const expiries = new Map<string, number>();

  const needToken: MiddlewareHandler = async (c, next) => {
    const token = c.req.header('authorization')?.replace(/^Bearer /i, '') ?? '';
    if ((expiries.get(token) ?? 0) <= nowInSeconds()) return c.json({ code: -1, message: 'Unauthorized', response: null }, 401);
    await next();
  };

  const answer = (c: Context, payment: Payment | null) =>
    payment
      ? c.json({ code: 0, message: null, response: toRestPayment(payment) })
      : c.json({ code: 1, message: '존재하지 않는 결제정보입니다.', response: null }, 404);

  api.post('/users/getToken', async (c) => {
    const { imp_key, imp_secret } = Object(await c.req.json().catch(() => null));
    if (imp_key !== apiKey || imp_secret !== apiSecret)
      return c.json({ code: -1, message: '인증에 실패하였습니다. API키와 secret을 확인하세요.', response: null }, 401);
    const token = randomUUID();
    const now = nowInSeconds();
    expiries.set(token, now + TOKEN_LIFETIME_S);
    return c.json({ code: 0, message: null, response: { access_token: token, now, expired_at: now + TOKEN_LIFETIME_S } });
  });

  api.get('/payments/find/:merchant_uid', needToken, (c) => answer(c, store.find(c.req.param('merchant_uid'))));
  api.get('/payments/:imp_uid', needToken, (c) => answer(c, store.get(c.req.param('imp_uid'))));
  return api;
}
