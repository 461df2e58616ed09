// The reference server keeps to the contract: in every ending, to everybody, and when it refuses.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, app, closeShop, openShop, order, orderWith, portone, post, startMerchant, tokens } from '../demo/merchant.fixture.js';
import type { FakePayment } from '../demo/portone.fake.js';
import { faultsAs, faultsOfAnswer, OPENAPI } from './schema.js';

beforeAll(openShop);
afterAll(closeShop);
beforeEach(() => startMerchant());

const seen = new Set<string>();

/** Sends a request, and holds the answer against the contract. */
async function exchange(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await post(path, body, headers);
  const text = await response.text();
  expect(faultsOfAnswer(path, response, text)).toBe('');
  seen.add(`${path} ${response.status}`);
  return { http: response.status, ...(text && JSON.parse(text)) };
}

const confirm = (imp_uid: string | null, merchant_uid: string | null, t: string | null = merchant_uid && tokens.sign(merchant_uid)) => {
  const body = { imp_uid, merchant_uid, t };
  expect(faultsAs('ConfirmRequest', body)).toBe('');
  return exchange('/payments/complete', body);
};

const webhook = (body: object) => {
  expect(faultsAs('Webhook', body)).toBe('');
  return exchange('/payments/webhook', body);
};

describe('the answer to a confirm is of the contract', () => {
  it.each<[name: string, payment: Partial<FakePayment>, http: number, status: string]>([
    ['paid', {}, 200, 'paid'],
    ['failed', { status: 'failed', fail_reason: '한도를 초과했습니다.' }, 200, 'failed'],
    ['failed, without a reason', { status: 'failed', fail_reason: null }, 200, 'failed'],
    ['cancelled', { status: 'cancelled' }, 200, 'cancelled'],
    ['a virtual account', ACCOUNT, 200, 'ready'],
    ['a virtual account with less to tell', { ...ACCOUNT, vbank_name: null, vbank_holder: null, vbank_date: 0 }, 200, 'ready'],
    ['a window that was left', { status: 'ready', vbank_num: null }, 200, 'pending'],
    ['another amount', { amount: 100 }, 400, 'forged'],
    ['another currency', { currency: 'USD' }, 400, 'forged'],
    ['a part of it taken back', { cancel_amount: 1 }, 200, 'pending'],
  ])('%s', async (_, payment, http, status) => {
    const { merchant_uid } = await orderWith(payment);
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ http, status, imp_uid: 'imp_1', merchant_uid });
    // Again, by the order alone, and as a stranger.
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ http, status });
    expect(await confirm(null, merchant_uid)).toMatchObject({ http, status });
    expect(await confirm('imp_1', merchant_uid, null)).toMatchObject({ http: 200, status: 'pending' });
    expect(await confirm('imp_1', null)).toMatchObject({ http: 200, status: 'pending', merchant_uid: null });
  });

  it("another order's payment, and one that nobody knows", async () => {
    await orderWith({});
    const { merchant_uid } = await order();
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ http: 400, status: 'forged' });
    expect(await confirm('imp_2', merchant_uid)).toMatchObject({ http: 200, status: 'pending' });
    expect(await confirm(null, merchant_uid)).toMatchObject({ http: 200, status: 'pending', imp_uid: null });
    expect(await confirm('imp_1', 'order-nobody')).toMatchObject({ http: 404, code: 'order_not_found' });
  });

  it('a deposit, a late approval, a cancellation', async () => {
    for (const first of [ACCOUNT, { status: 'failed' } as const]) {
      const { merchant_uid } = await orderWith(first, `imp_${first.status}`);
      const payment = portone.payments.at(-1) as FakePayment;
      for (const status of ['paid', 'cancelled'] as const) {
        payment.status = status;
        expect(await webhook({ imp_uid: payment.imp_uid, merchant_uid, status })).toEqual({ http: 200 });
        expect(await confirm(payment.imp_uid, merchant_uid)).toMatchObject({ http: 200, status });
      }
    }
  });

  it.each(['refuses', 401, 429, 500] as const)('a PortOne that cannot be asked: %s', async (down) => {
    const { merchant_uid } = await orderWith({});
    portone.down = down;
    expect(await confirm('imp_1', merchant_uid)).toEqual({ http: 202, status: 'pending', imp_uid: 'imp_1', merchant_uid });
    expect(await confirm(null, merchant_uid)).toMatchObject({ http: 202, status: 'pending' });
    expect(await webhook({ imp_uid: 'imp_1', merchant_uid, status: 'paid' })).toMatchObject({ http: 503 });
  });

  it('a request that is refused', async () => {
    for (const path of Object.keys(OPENAPI.paths)) {
      expect(await exchange(path, '{')).toMatchObject({ http: 400, code: 'invalid_request' });
      expect(await exchange(path, 'x'.repeat(20_000))).toMatchObject({ http: 413, code: 'too_large' });
    }
    const { merchant_uid } = await orderWith({});
    const body = { imp_uid: 'imp_1', merchant_uid };
    expect(await exchange('/payments/complete', body, { Origin: 'https://evil.test' })).toMatchObject({ http: 403 });
    await startMerchant({ requestsPerMinute: 1 });
    await exchange('/payments/complete', body);
    expect(await exchange('/payments/complete', body)).toMatchObject({ http: 429, code: 'too_many_requests' });
    await startMerchant({ queue: { concurrency: 1, limit: 0 } });
    const other = await orderWith({});
    expect(await confirm('imp_1', other.merchant_uid)).toMatchObject({ http: 503, code: 'payment_not_known_yet' });
  });

  it("a mistake of the server's own", async () => {
    await startMerchant({ db: { query: () => Promise.reject(new Error('a mistake')) } as never });
    expect(await confirm('imp_1', 'order-1')).toMatchObject({ http: 500, code: 'internal_error' });
    expect(await webhook({ imp_uid: 'imp_1', merchant_uid: 'order-1' })).toMatchObject({ http: 500 });
  });

  it('a verdict that is written into the landing page', async () => {
    const { merchant_uid, token } = await orderWith(ACCOUNT);
    const page = await (await app.request(`/payments/return?t=${token}&imp_uid=imp_1&merchant_uid=${merchant_uid}`)).text();
    const written = /data-imp-redirect-verdict>(.*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(faultsAs('ReadyVerdict', JSON.parse(written))).toBe('');
  });

  it('and no answer of the contract is one that the server never gives', () => {
    const described = Object.entries(OPENAPI.paths).flatMap(
      ([
        path,
        {
          post: { responses },
        },
      ]) => Object.keys(responses).map((status) => `${path} ${status}`),
    );
    expect([...seen].sort()).toEqual(described.sort());
  });
});
