import { Hono } from 'hono';
import type { PortOneOptions } from '../../demo/merchant/portone.js';

export interface FakePayment {
  imp_uid: string;
  merchant_uid: string;
  amount: number;
  currency: string;
  status: 'ready' | 'paid' | 'failed' | 'cancelled';
  [field: string]: unknown;
}

/** A PortOne in this process. Its payments are a list that a test writes into; `down` is what it answers when it is down. */
export function createFakePortOne() {
  const payments: FakePayment[] = [];
  const fake = {
    payments,
    down: null as null | 'refuses' | number,
    validToken: 'token-1',
    tokensIssued: 0,
    lookUps: 0,
    asked: [] as string[],
    tokenLifetime: 1800,
  };
  const app = new Hono();

  app.post('/users/getToken', async (c) => {
    const { imp_key, imp_secret } = await c.req.json();
    if (imp_key !== 'key' || imp_secret !== 'secret') return c.json({ code: -1, message: '인증 실패', response: null }, 401);
    fake.tokensIssued++;
    return c.json({
      code: 0,
      message: null,
      response: { access_token: fake.validToken, now: 1000, expired_at: 1000 + fake.tokenLifetime },
    });
  });

  const answer = (payment: FakePayment | undefined) =>
    payment
      ? Response.json({ code: 0, message: null, response: payment })
      : Response.json({ code: 1, message: '존재하지 않는 결제정보입니다.', response: null }, { status: 404 });

  app.use('/payments/*', async (c, next) => {
    fake.lookUps++;
    if (c.req.header('Authorization') !== fake.validToken) return c.json({ code: -1, message: 'Unauthorized', response: null }, 401);
    return next();
  });
  app.get('/payments/:imp_uid', (c) => answer(payments.find(({ imp_uid }) => imp_uid === c.req.param('imp_uid'))));
  const newestOf = (merchantUid: string, isWanted = (_: FakePayment) => true) =>
    [...payments].reverse().find((payment) => payment.merchant_uid === merchantUid && isWanted(payment));
  app.get('/payments/find/:merchant_uid', (c) => answer(newestOf(c.req.param('merchant_uid'))));
  app.get('/payments/find/:merchant_uid/:status', (c) =>
    answer(newestOf(c.req.param('merchant_uid'), ({ status }) => status === c.req.param('status'))),
  );

  const options: PortOneOptions = {
    apiUrl: 'http://portone.test',
    apiKey: 'key',
    apiSecret: 'secret',
    fetch: async (url, init) => {
      fake.asked.push(new URL(url).href);
      if (fake.down === 'refuses') throw new TypeError('fetch failed');
      if (fake.down) return new Response('<h1>Bad gateway</h1>', { status: fake.down });
      return app.request(url, init);
    },
  };
  return Object.assign(fake, { options, app });
}
