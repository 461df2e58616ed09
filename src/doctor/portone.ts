// The one place that knows the stand-in: the doctor's PortOne is made of it.
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { createStandInApp } from '../../demo/stand-in/index.js';

/** What the doctor has somebody pay. `merchantUid` need not be an order's that there is. */
export interface Payment {
  readonly merchantUid: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'paid' | 'failed';
}

/**
 * How PortOne answers about payments: as it does; not at all (HTTP 503, for the token too); with an empty `response`; or with the
 * payment's fields beside `response` too, where only a server looks that has not opened the envelope.
 */
export type Mood = 'well' | 'down' | 'empty' | 'spread';

/** PortOne, played for one server under test. */
export interface PortOne {
  readonly app: Hono;
  /** @returns the payment's imp_uid */
  pay(payment: Payment): string;
  mood: Mood;
  /** How often a payment was asked for. */
  asked: number;
  /** How often that was done without the token that had been given. */
  askedWithoutToken: number;
  /** How often a token was refused for a wrong key or secret. */
  refused: number;
}

export interface PortOneOptions {
  /** Left out: any. */
  readonly apiKey?: string | undefined;
  readonly apiSecret?: string | undefined;
}

// A server keeps its token while the doctor comes and goes, so any doctor's token is good.
const TOKEN_PREFIX = 'imp-redirect-doctor-';
const TOKEN_LIFETIME_S = 1800;

const nowInSeconds = () => Math.floor(Date.now() / 1000);

/** A token as it looks where the server has not read it: `Authorization: undefined`. */
const isUnread = (token: string) => /^(undefined|null|none|nil|\[object object\])?$/i.test(token);

/** Makes a PortOne that knows no payment yet. */
export function createPortOne({ apiKey, apiSecret }: PortOneOptions = {}): PortOne {
  const key = randomBytes(16).toString('hex');
  const standIn = createStandInApp({
    origin: '',
    webhookUrl: null,
    apiKey: key,
    apiSecret: key,
    impCode: '',
    sdkDir: '',
    sendWebhook: async () => 200,
  });
  const { app: inner, store } = standIn;

  /** Asks the stand-in, as one who may. */
  const askInner = async (path: string): Promise<Response> => {
    const login = await inner.request('/users/getToken', { method: 'POST', body: JSON.stringify({ imp_key: key, imp_secret: key }) });
    const { response } = (await login.json()) as { response: { access_token: string } };
    return inner.request(path, { headers: { Authorization: response.access_token } });
  };

  const app = new Hono();
  const portone: PortOne = {
    app,
    mood: 'well',
    asked: 0,
    askedWithoutToken: 0,
    refused: 0,
    pay({ merchantUid, amount, currency, status }) {
      const now = nowInSeconds();
      const moments = status === 'paid' ? { paid_at: now } : { failed_at: now, fail_reason: '[8051] 한도초과' };
      return store.create({ merchant_uid: merchantUid, amount, currency, status, ended: true, ...moments }).imp_uid;
    },
  };

  /** PortOne takes JSON and forms. */
  const readBody = async (c: Context): Promise<Record<string, unknown>> => {
    const text = await c.req.text();
    try {
      return Object(JSON.parse(text));
    } catch {
      return Object.fromEntries(new URLSearchParams(text));
    }
  };

  app.use(async (c, next) =>
    portone.mood === 'down' ? c.json({ code: -1, message: '서비스 점검 중입니다.', response: null }, 503) : next(),
  );

  app.post('/users/getToken', async (c) => {
    const { imp_key, imp_secret } = await readBody(c);
    if ((apiKey ?? imp_key) !== imp_key || (apiSecret ?? imp_secret) !== imp_secret) {
      portone.refused++;
      return c.json({ code: -1, message: '인증에 실패하였습니다. API키와 secret을 확인하세요.', response: null }, 401);
    }
    const now = nowInSeconds();
    const access_token = TOKEN_PREFIX + randomBytes(16).toString('hex');
    return c.json({ code: 0, message: null, response: { access_token, now, expired_at: now + TOKEN_LIFETIME_S } });
  });

  app.use('/payments/*', async (c, next) => {
    const token = (c.req.header('authorization') ?? c.req.query('_token') ?? '').replace(/^Bearer\s*/i, '');
    portone.asked++;
    // The real one answers 401. This one notes it and goes on: what comes behind it is to be seen in the same run.
    if (isUnread(token)) portone.askedWithoutToken++;
    else if (!token.startsWith(TOKEN_PREFIX)) return c.json({ code: -1, message: 'Unauthorized', response: null }, 401);
    await next();
  });

  // A server may take a wrong payment back.
  app.post('/payments/cancel', async (c) => {
    const { imp_uid, merchant_uid } = await readBody(c);
    const payment = store.get(`${imp_uid}`) ?? store.find(`${merchant_uid}`);
    if (!payment) return c.json({ code: 1, message: '취소할 결제건이 존재하지 않습니다.', response: null });
    Object.assign(payment, { status: 'cancelled', cancel_amount: payment.amount, cancelled_at: nowInSeconds() });
    return askInner(`/payments/${payment.imp_uid}`);
  });

  app.get('/payments/*', async (c) => {
    // An order may be asked for by a status, too: /payments/find/{merchant_uid}/{status}.
    const answer = await askInner(new URL(c.req.url).pathname.replace(/^(\/payments\/find\/[^/]+)\/.*/, '$1'));
    if (portone.mood === 'well' || !answer.ok) return answer;
    const { response, ...envelope } = (await answer.json()) as { response: object };
    return c.json(portone.mood === 'empty' ? { ...envelope, response: null } : { ...response, ...envelope, response });
  });

  return portone;
}

/** The doctor's own port is another program's. */
export class PortTaken extends Error {
  constructor(
    readonly port: number,
    options?: ErrorOptions,
  ) {
    super(`port ${port}`, options);
  }
}

/**
 * Lets a server under test on this machine ask the played PortOne.
 *
 * @param port 0: any that is free
 * @throws PortTaken
 */
export function servePortOne({ app }: PortOne, port: number): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (address: AddressInfo) =>
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
    server.once('error', (error) => reject(new PortTaken(port, { cause: error })));
  });
}
