import { beforeEach, describe, expect, it } from 'vitest';
import { ENDINGS } from '../../demo/stand-in/endings.js';
import { createStandInApp, type EndingId, type StandInApp, type WebhookBody } from '../../demo/stand-in/index.js';
import { landingUrl } from '../../demo/stand-in/landing.js';
import type { GatewaysAnswer, PrepareAnswer } from '../../demo/stand-in/sdk/prepare.js';

const ORIGIN = 'http://127.0.0.1:4001';
const SHOP = 'http://localhost:4000';
const LANDING = `${SHOP}/payments/complete?order=1&step=2#result`;
const WEBHOOK = `${SHOP}/payments/webhook`;

let standIn: StandInApp;
let webhooks: (WebhookBody & { url: string })[];

beforeEach(() => {
  webhooks = [];
  standIn = createStandInApp({
    origin: ORIGIN,
    webhookUrl: WEBHOOK,
    apiKey: 'key',
    apiSecret: 'secret',
    impCode: 'imp00000000',
    sdkDir: '/nonexistent',
    sendWebhook: async (url, body) => {
      webhooks.push({ url, ...body });
      return 200;
    },
  });
});

const postJson = (path: string, body: unknown, headers = {}) =>
  standIn.app.request(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

interface Request {
  params?: object;
  mobile?: boolean;
  sdk?: '1.x' | 'v1';
  imp_code?: string;
}

const prepare = async ({ params, ...request }: Request = {}) => {
  const answer = await postJson(
    '/sdk/prepare',
    {
      imp_code: 'imp00000000',
      sdk: 'v1',
      mobile: true,
      ...request,
      params: { merchant_uid: 'order_1', amount: 12_000, name: '연필', m_redirect_url: LANDING, ...params },
    },
    { origin: SHOP },
  );
  return (await answer.json()) as PrepareAnswer;
};

const open = async (request?: Request) => {
  const answer = await prepare(request);
  if ('failure' in answer) throw new Error(JSON.stringify(answer.failure));
  return answer;
};

const press = (gatewayUrl: string, ending: string) =>
  standIn.app.request(gatewayUrl, { method: 'POST', body: new URLSearchParams({ ending }) });

/** A payment from request to landing: where the customer comes out, and what PortOne then holds. */
const pay = async (ending: EndingId, request?: Request) => {
  const { gateway_url, imp_uid } = await open(request);
  const response = await press(gateway_url, ending);
  const location = response.headers.get('location');
  const payment = standIn.store.get(imp_uid);
  if (!payment) throw new Error('the payment is gone');
  return { response, gateway_url, imp_uid, payment, location, query: Object.fromEntries(new URL(location ?? ORIGIN).searchParams) };
};

/** What the gateway page posts to the page around it. */
const postedBy = async (response: Response) => {
  const [, message, origin] = /postMessage\((.*), ("[^"]*")\)<\/script>/.exec(await response.text()) ?? [];
  return { response: JSON.parse(message ?? 'null')?.response, origin: JSON.parse(origin ?? 'null') };
};

const getToken = async () => {
  const answer = await postJson('/users/getToken', { imp_key: 'key', imp_secret: 'secret' });
  return (await answer.json()).response.access_token as string;
};

const ask = async (path: string, authorization?: string) => {
  const answer = await standIn.app.request(path, authorization ? { headers: { authorization } } : {});
  return { status: answer.status, body: await answer.json() };
};

describe('REST API', () => {
  it('gives a token for the right keys, and only for them', async () => {
    const right = await postJson('/users/getToken', { imp_key: 'key', imp_secret: 'secret' });
    const { response } = await right.json();
    expect(response).toEqual({ access_token: expect.any(String), now: expect.any(Number), expired_at: response.now + 1800 });

    for (const wrong of [{ imp_key: 'key', imp_secret: 'no' }, { imp_key: 'no', imp_secret: 'secret' }, null]) {
      const refused = await postJson('/users/getToken', wrong);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ code: -1, response: null });
    }
  });

  it('shows a payment by either id, with the token bare or as a bearer', async () => {
    const { imp_uid } = await pay('paid');
    const token = await getToken();
    for (const path of [`/payments/${imp_uid}`, '/payments/find/order_1']) {
      for (const authorization of [token, `Bearer ${token}`]) {
        const { status, body } = await ask(path, authorization);
        expect(status).toBe(200);
        expect(body).toMatchObject({
          code: 0,
          message: null,
          response: { imp_uid, merchant_uid: 'order_1', amount: 12_000, currency: 'KRW', status: 'paid' },
        });
        expect(body.response).not.toHaveProperty('m_redirect_url');
      }
    }
  });

  it('refuses to answer without a valid token', async () => {
    for (const authorization of [undefined, '', 'Bearer', 'Bearer nonsense'])
      expect(await ask('/payments/imp_1', authorization)).toMatchObject({ status: 401, body: { code: -1, response: null } });
  });

  it('answers 404 for what it does not know', async () => {
    const token = await getToken();
    for (const path of ['/payments/imp_1', '/payments/find/order_9', '/payments/find'])
      expect(await ask(path, token)).toEqual({ status: 404, body: { code: 1, message: '존재하지 않는 결제정보입니다.', response: null } });
  });

  it('finds the newest try of an order, or the newest that stands as it is asked for', async () => {
    const token = await getToken();
    const find = async (status = '') => (await ask(`/payments/find/order_1${status}`, token)).body.response?.imp_uid;

    await pay('fail-limit');
    const slow = await open();
    const second = await pay('cancel');
    expect(await find()).toBe(second.imp_uid);
    expect(await find('/paid')).toBeUndefined();

    await press(slow.gateway_url, 'paid');
    expect(await find()).toBe(second.imp_uid);
    expect(await find('/paid')).toBe(slow.imp_uid);
    expect(standIn.store.tries('order_1')).toHaveLength(3);
  });
});

describe('the gateway, pressed twice', () => {
  it('ends a payment once', async () => {
    const { gateway_url, imp_uid } = await open();
    const answers = await Promise.all([press(gateway_url, 'paid'), press(gateway_url, 'paid')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 409]);
    expect(standIn.store.get(imp_uid)?.status).toBe('paid');
    expect(webhooks).toHaveLength(1);
  });

  it.each(['vbank-deposit', 'late-approval'] as const)('%s does not come after a refund', async (ending) => {
    standIn.plans.set('order_1', { delayMs: 1 });
    const { imp_uid, payment } = await pay(ending);
    Object.assign(payment, { status: 'cancelled' });
    await standIn.work.idle();
    expect(standIn.store.get(imp_uid)?.status).toBe('cancelled');
  });
});

it('a payment names the account with the gateway that stands behind the dot', async () => {
  for (const [pg, provider, account] of [
    ['html5_inicis.MOIcorner', 'html5_inicis', 'MOIcorner'],
    ['html5_inicis', 'html5_inicis', null],
  ] as const) {
    const { payment } = await pay('paid', { params: { merchant_uid: `order_${pg}`, pg } });
    expect([payment.pg_provider, payment.pg_id]).toEqual([provider, account]);
  }
});

describe('before the window', () => {
  it('opens the gateway on the stand-in', async () => {
    expect(await prepare()).toEqual({
      gateway_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4001\/gateway\/imp_\d{12}$/),
      way: 'redirect',
      imp_uid: expect.stringMatching(/^imp_\d{12}$/),
    });
  });

  it.each([
    ['a phone', 'redirect', { mobile: true }],
    ['a PC', 'callback', { mobile: false }],
    ['a PC with Naver Pay', 'redirect', { mobile: false, params: { pg: 'naverpay' } }],
    ['a PC with Naver Pay in its own window', 'callback', { mobile: false, params: { pg: 'naverpay', naverPopupMode: true } }],
    ['a PC with PayPal', 'redirect', { mobile: false, params: { pg: 'paypal' } }],
    ['a PC with PayPal in its own window', 'callback', { mobile: false, params: { pg: 'paypal', popup: true } }],
    ['a PC with Eximbay', 'callback', { mobile: false, params: { pg: 'eximbay' } }],
    ['a PC with Eximbay, not in its own window', 'redirect', { mobile: false, params: { pg: 'eximbay', popup: false } }],
    ['a phone with Eximbay', 'callback', { mobile: true, params: { pg: 'eximbay' } }],
    ['a phone with PAYCO', 'callback', { mobile: true, params: { pg: 'payco' } }],
    ['a phone with SmilePay', 'redirect', { mobile: true, params: { pg: 'smilepay' } }],
    ['a phone with Danal', 'callback', { mobile: true, params: { pg: 'danal.A010002002' } }],
  ])('on %s the result goes home by %s', async (_, way, request) => {
    expect(await prepare(request)).toMatchObject({ way });
  });

  it('names the gateways that the merchant has registered, and knows no other merchant', async () => {
    const answer = await standIn.app.request('/users/pg/imp00000000', { headers: { origin: SHOP } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const { code, data } = (await answer.json()) as GatewaysAnswer;
    expect(code).toBe(0);
    expect(data).toContainEqual({ pg_provider: 'html5_inicis', type: 'payment' });
    expect((await standIn.app.request('/users/pg/imp_other')).status).toBe(404);
  });

  it('refuses a gateway that is not registered, misspelling the code', async () => {
    const failure = {
      imp_success: false,
      imp_uid: null,
      merchant_uid: 'order_1',
      error_coe: 'F1001',
      error_msg: expect.stringMatching(/^등록되지 않은 PG모듈 정보입니다\./),
    };
    expect(await prepare({ params: { pg: 'nonsense' } })).toEqual({ failure });
    expect(await prepare({ params: { pg: 'toString' } })).toEqual({ failure });
  });

  it.each([0, -1, 'abc', null])('refuses the amount %s', async (amount) => {
    expect(await prepare({ params: { amount } })).toMatchObject({
      failure: { imp_success: false, error_msg: '결제금액이 올바르지 않습니다.' },
    });
  });

  it('takes an amount of 0 where a billing key is issued', async () => {
    expect(await prepare({ params: { amount: 0, customer_uid: 'customer_1' } })).toHaveProperty('gateway_url');
  });

  it('refuses an order that is paid', async () => {
    await pay('paid');
    const refused = { error_code: 'F1002', error_msg: '이미 결제가 이루어진 거래건입니다.' };
    expect(await prepare({ sdk: '1.x', params: { request_id: 'req_1' } })).toEqual({
      failure: { success: false, imp_success: false, request_id: 'req_1', ...refused },
    });
    expect(await prepare({ sdk: 'v1' })).toEqual({
      failure: { imp_success: false, imp_uid: null, merchant_uid: 'order_1', request_id: null, ...refused },
    });
  });

  it('does not know other merchants, and lets any site ask', async () => {
    const refused = await postJson('/sdk/prepare', { imp_code: 'imp_other', params: {} }, { origin: SHOP });
    expect(refused.status).toBe(404);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await standIn.app.request('/sdk/prepare', {
      method: 'OPTIONS',
      headers: { origin: SHOP, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
  });
});

describe('endings', () => {
  const CANCELLED = '사용자가 결제를 취소하셨습니다';
  it.each<[EndingId, object, object]>([
    ['paid', { status: 'paid', fail_reason: null }, { imp_success: 'true' }],
    [
      'vbank',
      { status: 'ready', paid_at: 0, vbank_num: expect.any(String), vbank_name: expect.any(String), vbank_holder: expect.any(String) },
      { imp_success: 'true' },
    ],
    ['cancel', { status: 'failed', fail_reason: CANCELLED }, { imp_success: 'false', error_msg: CANCELLED }],
    [
      'fail-limit',
      { status: 'failed', paid_at: 0, fail_reason: '[8051] 한도초과' },
      { imp_success: 'false', error_code: '8051', error_msg: '[8051] 한도초과' },
    ],
    ['invalid-card', { status: 'failed' }, { imp_success: 'false', error_code: '8014', error_msg: '카드번호가 올바르지 않습니다.' }],
    ['ids-only-failure', { status: 'failed' }, { error_code: '8053', error_msg: '잔액이 부족합니다.' }],
    ['flagless', { status: 'paid', pay_method: 'trans' }, {}],
    ['success-key', { status: 'paid' }, { success: 'true' }],
    ['false-but-paid', { status: 'paid' }, { imp_success: 'false' }],
    ['forged-amount', { status: 'paid', amount: 100 }, { imp_success: 'true' }],
  ])('%s', async (ending, held, said) => {
    const { response, payment, imp_uid, query, location } = await pay(ending);
    expect(response.status).toBe(302);
    expect(payment).toMatchObject({ amount: 12_000, ...held });
    expect(query).toEqual({ order: '1', step: '2', imp_uid, merchant_uid: 'order_1', ...said });
    expect(location).toMatch(/^http:\/\/localhost:4000\/payments\/complete\?order=1&step=2&imp_uid=[^#]*#result$/);
  });

  it('nothing is encoded twice on the way home', async () => {
    const { location, query } = await pay('fail-limit', { params: { m_redirect_url: `${SHOP}/주문?a=%2F` } });
    expect(location).toContain('/%EC%A3%BC%EB%AC%B8?a=%2F&imp_uid=');
    expect(query.error_msg).toBe('[8051] 한도초과');
  });

  it('never-returns: paid, told by webhook, and no way home', async () => {
    for (const mobile of [true, false]) {
      const { response, payment, location } = await pay('never-returns', { mobile, params: { merchant_uid: `order_${mobile}` } });
      expect(response.status).toBe(200);
      expect(location).toBeNull();
      expect(await response.text()).not.toContain('postMessage');
      expect(payment.status).toBe('paid');
    }
    expect(webhooks).toHaveLength(2);
  });

  it('a virtual account waits for three days', async () => {
    const { payment } = await pay('vbank');
    expect(payment.vbank_date - payment.started_at).toBeGreaterThanOrEqual(3 * 86_400);
    expect((await pay('vbank', { params: { pg: 'tosspayments' } })).payment.vbank_holder).toBeNull();
  });

  it('a closed window leaves the payment ready, with all gateways but KG INICIS', async () => {
    const { payment, query } = await pay('cancel', { params: { pg: 'kakaopay' } });
    expect(payment).toMatchObject({ status: 'ready', vbank_num: null, fail_reason: null });
    expect(query).toMatchObject({ imp_success: 'false', error_msg: CANCELLED });
  });

  it('a window can be used once', async () => {
    const { gateway_url, payment } = await pay('cancel', { params: { pg: 'kakaopay' } });
    expect((await press(gateway_url, 'paid')).status).toBe(409);
    expect((await standIn.app.request(gateway_url)).status).toBe(409);
    expect(payment.status).toBe('ready');
  });

  it('a second window of a paid order ends in "already paid"', async () => {
    const [first, second] = [await open(), await open()];
    await press(first.gateway_url, 'paid');
    const response = await press(second.gateway_url, 'paid');
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error_code')).toBe('F1002');
    expect(standIn.store.get(second.imp_uid)?.status).toBe('failed');
  });

  it('without m_redirect_url the customer is left on our own page', async () => {
    const to = async (ending: EndingId) => pay(ending, { params: { m_redirect_url: null, merchant_uid: `order_${ending}` } });
    const { location, query, imp_uid } = await to('paid');
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:4001\/payments\/success\?/);
    expect(query).toEqual({ imp_uid, success: 'true' });
    expect((await to('vbank')).location).toMatch(/\/payments\/vbank\?/);

    const failed = await to('fail-limit');
    expect(failed.query).toEqual({ imp_uid: failed.imp_uid, success: 'false', error_msg: '[8051] 한도초과' });
    const page = await standIn.app.request(failed.location ?? '');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('m_redirect_url');
  });

  it('knows no other ending', async () => {
    const { gateway_url } = await open();
    for (const ending of ['nonsense', 'toString', '']) expect((await press(gateway_url, ending)).status).toBe(400);
    expect((await press(`${ORIGIN}/gateway/imp_1`, 'paid')).status).toBe(404);
  });
});

describe('callbacks', () => {
  const called = async (ending: EndingId, request: Request) => {
    const { response, imp_uid } = await pay(ending, { mobile: false, ...request });
    return { imp_uid, ...(await postedBy(response)) };
  };

  it('go to the page that opened the window, and to no other', async () => {
    expect((await called('paid', {})).origin).toBe(SHOP);
  });

  it('SDK 1.x says success, and much more', async () => {
    const { response, imp_uid } = await called('paid', { sdk: '1.x' });
    expect(response).toMatchObject({
      success: true,
      imp_success: true,
      imp_uid,
      merchant_uid: 'order_1',
      paid_amount: 12_000,
      status: 'paid',
      pg_provider: 'html5_inicis',
    });
    const failure = await called('fail-limit', { sdk: '1.x', params: { merchant_uid: 'order_2' } });
    expect(failure.response).toMatchObject({ success: false, error_code: '8051', error_msg: '[8051] 한도초과', status: 'failed' });
  });

  it('SDK v1 never says success; with Toss Payments only ids and error', async () => {
    const { response } = await called('paid', {});
    expect(response).toMatchObject({ imp_success: true, status: 'paid' });
    expect(response).not.toHaveProperty('success');

    const toss = { params: { pg: 'tosspayments', merchant_uid: 'order_2' } };
    const failed = await called('fail-limit', toss);
    expect(failed.response).toEqual({ imp_uid: failed.imp_uid, merchant_uid: 'order_2', error_code: '8051', error_msg: '[8051] 한도초과' });
    const paid = await called('paid', toss);
    expect(paid.response).toEqual({ imp_uid: paid.imp_uid, merchant_uid: 'order_2' });
  });

  it.each<[EndingId, object]>([
    ['flagless', { success: undefined, imp_success: undefined, status: 'paid' }],
    ['success-key', { success: true, imp_success: undefined }],
    ['false-but-paid', { success: false, imp_success: false }],
    ['ids-only-failure', { success: undefined, imp_success: undefined, status: undefined, error_code: '8053' }],
    ['vbank', { success: true, status: 'ready', vbank_num: expect.any(String) }],
  ])('%s, in SDK 1.x', async (ending, said) => {
    const { response } = await called(ending, { sdk: '1.x' });
    for (const [key, value] of Object.entries(said)) expect(response[key], key).toEqual(value);
  });
});

describe('webhooks', () => {
  it.each<[EndingId, string | null]>([
    ['paid', 'paid'],
    ['vbank', 'ready'],
    ['flagless', 'paid'],
    ['false-but-paid', 'paid'],
    ['forged-amount', 'paid'],
    ['fail-limit', null],
    ['invalid-card', null],
    ['ids-only-failure', null],
    ['cancel', null],
  ])('%s: %s', async (ending, status) => {
    const { imp_uid } = await pay(ending, { params: { pg: 'kcp' } });
    expect(webhooks).toEqual(status ? [{ url: WEBHOOK, imp_uid, merchant_uid: 'order_1', status }] : []);
  });

  it('go to notice_url where the request has one', async () => {
    await pay('paid', { params: { notice_url: 'http://localhost:4000/elsewhere' } });
    expect(webhooks).toMatchObject([{ url: 'http://localhost:4000/elsewhere' }]);
  });

  it('follow a deposit and a refund in the console', async () => {
    const { imp_uid, payment } = await pay('vbank');
    const act = async (action: string) => (await standIn.app.request(`/console/${imp_uid}/${action}`, { method: 'POST' })).status;
    expect(await act('cancel')).toBe(409);
    expect(await act('deposit')).toBe(303);
    expect(await act('deposit')).toBe(409);
    expect(await act('cancel')).toBe(303);
    expect(payment).toMatchObject({ status: 'cancelled', cancel_amount: 12_000 });
    expect(webhooks.map(({ status }) => status)).toEqual(['ready', 'paid', 'cancelled']);
  });
});

describe('pages', () => {
  const read = async (path: string, headers = {}) => (await standIn.app.request(path, { headers })).text();

  it('the gateway offers each ending once', async () => {
    const page = await read((await open()).gateway_url);
    const offered = [...page.matchAll(/data-ending="([^"]+)"/g)].map(([, id]) => id);
    expect(offered.sort()).toEqual(Object.keys(ENDINGS).sort());
  });

  it('are in the language that is asked for, else in the browser’s, else in Korean', async () => {
    const { gateway_url } = await open();
    expect(await read(gateway_url)).toContain('<html lang="ko">');
    expect(await read(gateway_url, { 'accept-language': 'en-US,en;q=0.9' })).toContain('<html lang="en">');
    expect(await read(`${gateway_url}?lang=ko`, { 'accept-language': 'en' })).toContain('<html lang="ko">');
    expect((await open({ params: { language: 'en' } })).gateway_url).toMatch(/\?lang=en$/);
  });

  it('escape what the merchant’s page sent', async () => {
    const attack = '"><script>alert(1)</script>';
    const { gateway_url } = await open({ params: { name: attack, merchant_uid: attack, company: attack } });
    expect(await read(gateway_url)).not.toContain('<script>alert');
    expect(await read('/')).not.toContain('<script>alert');

    const { response } = await pay('paid', { mobile: false, params: { name: '</script><script>alert(1)', custom_data: attack } });
    expect(await response.clone().text()).not.toContain('</script><script>');
    expect((await postedBy(response)).response.name).toBe('</script><script>alert(1)');
  });

  it('the console lists payments with what can be done to them', async () => {
    expect(await read('/')).toContain('아직 결제가 없습니다.');
    const paid = await pay('paid');
    const account = await pay('vbank', { params: { merchant_uid: 'order_2' } });
    const page = await read('/');
    const formOf = (impUid: string, action: string) => page.includes(`action="/console/${impUid}/${action}?lang=ko"`);
    expect([formOf(paid.imp_uid, 'cancel'), formOf(paid.imp_uid, 'deposit')]).toEqual([true, false]);
    expect([formOf(account.imp_uid, 'cancel'), formOf(account.imp_uid, 'deposit')]).toEqual([false, true]);
  });

  it('say so when the SDK is not built', async () => {
    for (const path of ['/v1/iamport.js', '/js/iamport.payment-1.1.5.js', '/js/iamport.payment-1.2.0.js'])
      expect((await standIn.app.request(path)).status).toBe(503);
  });
});

describe('landingUrl', () => {
  const fields = { imp_uid: 'imp_1', error_msg: 'a&b #1+ 한도' };
  const added = 'imp_uid=imp_1&error_msg=a%26b%20%231%2B%20%ED%95%9C%EB%8F%84';
  it.each([
    ['https://shop.example.kr/done', `https://shop.example.kr/done?${added}`],
    ['https://shop.example.kr/done?a=1&b=2', `https://shop.example.kr/done?a=1&b=2&${added}`],
    ['https://shop.example.kr/done?a=1&', `https://shop.example.kr/done?a=1&${added}`],
    ['https://shop.example.kr/done?a=%2F#/x?y', `https://shop.example.kr/done?a=%2F&${added}#/x?y`],
    ['https://shop.example.kr/주문?a=1%202', `https://shop.example.kr/%EC%A3%BC%EB%AC%B8?a=1%202&${added}`],
    ['shop://paid', `shop://paid?${added}`],
    ['/payments/complete', `http://payments/complete?${added}`],
    ['null', `http://null?${added}`],
  ])('%s', (given, expected) => {
    expect(landingUrl(given, fields)).toBe(expected);
  });
});
