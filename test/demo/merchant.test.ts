import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../demo/merchant/database.js';
import { createPortOne } from '../../demo/merchant/portone.js';
import { PRODUCTS } from '../../demo/merchant/products.js';
import { fillIn } from '../../demo/merchant/shop.js';
import { mayBecome, type OrderStatus } from '../../demo/merchant/transition.js';
import { readSettings } from '../../demo/settings.js';
import {
  ACCOUNT,
  app,
  ask,
  closeShop,
  confirm,
  dir,
  fulfilments,
  INDEX,
  latestPayment,
  logged,
  openShop,
  order,
  orderWith,
  parked,
  portone,
  post,
  row,
  startMerchant,
  tokens,
  webhook,
} from './merchant.fixture.js';

beforeAll(openShop);
afterAll(closeShop);
beforeEach(() => startMerchant());

describe('the database on disk', () => {
  it('is refused while another process has it open, and taken over when that process is gone', async () => {
    const path = `${dir}/data`;
    const other = process.ppid;
    writeFileSync(`${path}.lock`, `${other}`);
    await expect(openDatabase(path)).rejects.toThrow(`process ${other} is using it`);
    // No process has this number: it is above what any system gives.
    writeFileSync(`${path}.lock`, '99999999');
    await (await openDatabase(path)).close();
  });
});

describe('confirm', () => {
  it('answers paid, echoes both ids, and fulfils', async () => {
    const { merchant_uid, amount, name } = await orderWith({});
    expect(await confirm('imp_1', merchant_uid)).toEqual({
      http: 200,
      status: 'paid',
      imp_uid: 'imp_1',
      merchant_uid,
      amount,
      currency: 'KRW',
      name,
    });
    expect(await row(merchant_uid)).toBe('paid');
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it('asks by merchant_uid where the landing has no imp_uid, and tells the one it found', async () => {
    const { merchant_uid } = await orderWith({});
    expect(await confirm(null, merchant_uid)).toMatchObject({ status: 'paid', imp_uid: 'imp_1', merchant_uid });
  });

  it('asks by imp_uid where the landing has no merchant_uid, for the session that ordered', async () => {
    const { merchant_uid, cookie } = await orderWith({});
    expect(await confirm('imp_1', null, { Cookie: cookie })).toMatchObject({ status: 'paid', imp_uid: 'imp_1', merchant_uid });
  });

  it('does the work for a stranger who has only an imp_uid, and tells nothing', async () => {
    const { merchant_uid } = await orderWith({});
    expect(await confirm('imp_1', null)).toEqual({ http: 200, status: 'pending', imp_uid: 'imp_1', merchant_uid: null });
    expect(await row(merchant_uid)).toBe('paid');
  });

  it('answers its own session, and in another browser who has its token', async () => {
    const { merchant_uid, cookie, token } = await orderWith({});
    const ids = { imp_uid: 'imp_1', merchant_uid };
    expect(await ask(ids, { Cookie: cookie })).toMatchObject({ status: 'paid' });
    expect(await ask({ ...ids, t: token })).toMatchObject({ status: 'paid' });
  });

  it.each<[who: string, t: unknown, Cookie?: string]>([
    ['who has the ids alone', undefined],
    ['who has the ids and a null', null],
    ['another session', undefined, 'session=00000000000000000000000000000000'],
    ["another order's token", tokens.sign('order-other')],
    ['half a token', tokens.sign('order-other').slice(0, 12)],
    ['an empty one', ''],
    ['a list', ['x']],
    ['an object', { length: 18 }],
  ])('does the work for %s, and tells nothing', async (_, t, Cookie = '') => {
    const { merchant_uid } = await orderWith({});
    const answer = await ask({ imp_uid: 'imp_1', merchant_uid, t }, { Cookie });
    expect(answer).toEqual({ http: 200, status: 'pending', imp_uid: 'imp_1', merchant_uid });
    expect(await row(merchant_uid)).toBe('paid');
    // A forgery looks the same to them.
    const other = await orderWith({ amount: 1 }, 'imp_2');
    expect(await ask({ imp_uid: 'imp_2', merchant_uid: other.merchant_uid, t }, { Cookie })).toMatchObject({
      http: 200,
      status: 'pending',
    });
  });

  it.each([
    ['amount', { amount: 100 }],
    ['currency', { currency: 'USD' }],
    ['amount of a virtual account', { ...ACCOUNT, amount: 100 }],
  ])('answers forged for another %s, and leaves the order', async (_, payment) => {
    const { merchant_uid } = await orderWith(payment);
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ http: 400, status: 'forged', imp_uid: 'imp_1', merchant_uid });
    expect(await row(merchant_uid)).toBe('created');
    expect(await fulfilments()).toEqual([]);
    expect(logged()).toEqual(['mismatch', 'confirmed']);
    expect((await confirm('imp_1', merchant_uid)).status).toBe('forged');
    // A person is told once.
    expect(await parked()).toHaveLength(1);
    expect(logged().filter((event) => event === 'mismatch')).toHaveLength(1);
  });

  it("answers forged for another order's payment, paid or not, and leaves both orders", async () => {
    const theirs = await orderWith({});
    const mine = await order();
    expect(await confirm('imp_1', mine.merchant_uid)).toMatchObject({
      http: 400,
      status: 'forged',
      imp_uid: 'imp_1',
      merchant_uid: mine.merchant_uid,
    });
    expect([await row(theirs.merchant_uid), await row(mine.merchant_uid)]).toEqual(['created', 'created']);

    await confirm('imp_1', theirs.merchant_uid);
    expect(await confirm('imp_1', mine.merchant_uid)).toMatchObject({ status: 'forged' });
    expect([await row(theirs.merchant_uid), await row(mine.merchant_uid)]).toEqual(['paid', 'created']);
    expect(await fulfilments()).toEqual([theirs.merchant_uid]);
  });

  it('answers a settled order from its own row, without asking PortOne', async () => {
    const { merchant_uid } = await orderWith({});
    const first = await confirm('imp_1', merchant_uid);
    portone.down = 'refuses';
    expect(await confirm('imp_1', merchant_uid)).toEqual(first);
    expect(await confirm(null, merchant_uid)).toEqual(first);
    expect(await fulfilments()).toHaveLength(1);
  });

  it('answers 404 for an unknown order, and asks nobody', async () => {
    await orderWith({});
    const { http, code, status } = await confirm('imp_1', 'order-nobody');
    expect({ http, code, status, lookUps: portone.lookUps }).toEqual({ http: 404, code: 'order_not_found', status: undefined, lookUps: 0 });
    // To a stranger with only a payment's number, one that exists and one that does not look the same.
    expect(await confirm('imp_unknown', null)).toMatchObject({ http: 200, status: 'pending', merchant_uid: null });
  });

  it('answers pending where PortOne knows no payment', async () => {
    const { merchant_uid } = await order();
    expect(await confirm('imp_invented', merchant_uid)).toMatchObject({
      http: 200,
      status: 'pending',
      imp_uid: 'imp_invented',
      merchant_uid,
    });
    expect(await confirm(null, merchant_uid)).toMatchObject({ status: 'pending', imp_uid: null, merchant_uid });
    expect(await fulfilments()).toEqual([]);
  });

  it('answers ready with the account, then paid after the deposit', async () => {
    const { merchant_uid } = await orderWith(ACCOUNT);
    const { status: _, ...account } = ACCOUNT;
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'ready', imp_uid: 'imp_1', merchant_uid, ...account });
    expect(await fulfilments()).toEqual([]);
    latestPayment().status = 'paid';
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'paid' });
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it.each([null, '', 'unknown'])('answers pending for a ready whose account is %j: the customer has left the window', async (vbank_num) => {
    const { merchant_uid } = await orderWith({ status: 'ready', vbank_num });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'pending' });
  });

  it('answers cancelled for a cancelled payment', async () => {
    const { merchant_uid } = await orderWith({ status: 'cancelled' });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'cancelled' });
  });

  it("gives a failure's reason, verbatim", async () => {
    const { merchant_uid } = await orderWith({ status: 'failed', fail_reason: '[한도초과] 카드 & 한도 #1' });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ http: 200, status: 'failed', message: '[한도초과] 카드 & 한도 #1' });
  });

  it('lets a failed payment be approved late', async () => {
    const { merchant_uid } = await orderWith({ status: 'failed' });
    await confirm('imp_1', merchant_uid);
    latestPayment().status = 'paid';
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'paid' });
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it('never lets a paid order become failed', async () => {
    const { merchant_uid } = await orderWith({});
    await confirm('imp_1', merchant_uid);
    latestPayment().status = 'failed';
    await webhook('imp_1', merchant_uid, { status: 'failed' });
    expect(await row(merchant_uid)).toBe('paid');
  });

  it.each(['failed', 'ready', 'cancelled'] as const)('answers paid for a %s try of an order that another try has paid', async (status) => {
    const { merchant_uid, amount } = await orderWith({});
    portone.payments.push({ imp_uid: 'imp_2', merchant_uid, amount, currency: 'KRW', status });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'paid' });
    expect(await confirm('imp_2', merchant_uid)).toMatchObject({ status: 'paid', imp_uid: 'imp_2', merchant_uid });
  });

  it('finds the try that paid when the landing tells of the one that failed', async () => {
    const { merchant_uid, amount } = await orderWith({ status: 'failed' }, 'imp_failed');
    portone.payments.push({ imp_uid: 'imp_paid', merchant_uid, amount, currency: 'KRW', status: 'paid' });
    expect(await confirm('imp_failed', merchant_uid)).toMatchObject({ status: 'paid', imp_uid: 'imp_failed', merchant_uid });
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it('takes another payment after a cancelled one, and fulfils no order twice', async () => {
    const { merchant_uid, amount } = await orderWith({});
    await confirm('imp_1', merchant_uid);
    latestPayment().status = 'cancelled';
    await webhook('imp_1', merchant_uid);
    portone.payments.push({ imp_uid: 'imp_2', merchant_uid, amount, currency: 'KRW', status: 'paid' });
    expect(await confirm('imp_2', merchant_uid)).toMatchObject({ status: 'paid', imp_uid: 'imp_2' });
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it('tells a person of an order that was paid twice', async () => {
    const { merchant_uid, amount } = await orderWith({});
    await confirm('imp_1', merchant_uid);
    portone.payments.push({ imp_uid: 'imp_2', merchant_uid, amount, currency: 'KRW', status: 'paid' });
    expect(await confirm('imp_2', merchant_uid)).toMatchObject({ status: 'paid' });
    expect(await parked()).toEqual([{ order_id: merchant_uid, imp_uid: 'imp_2', difference: 'paid twice' }]);
    expect(await fulfilments()).toHaveLength(1);
  });

  it('holds back a payment that is partly cancelled, for a person to look at', async () => {
    const { merchant_uid } = await orderWith({ cancel_amount: 1000 });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'pending' });
    expect(await fulfilments()).toEqual([]);
    expect(await parked()).toMatchObject([{ difference: 'partly cancelled' }]);
  });

  it.each(['refuses', 500, 502, 429] as const)('answers pending with Retry-After when PortOne %s, and leaves the order', async (down) => {
    const { merchant_uid } = await orderWith({});
    portone.down = down;
    const response = await post('/payments/complete', { imp_uid: 'imp_1', merchant_uid });
    expect(response.status).toBe(202);
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await response.json()).toEqual({ status: 'pending', imp_uid: 'imp_1', merchant_uid });
    expect(await row(merchant_uid)).toBe('created');
    portone.down = null;
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'paid' });
  });

  it.each([
    ['nothing', ''],
    ['half a JSON', '{"imp_uid":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no ids', '{}'],
    ['two nulls', '{"imp_uid":null,"merchant_uid":null}'],
    ['a number', '{"imp_uid":1,"merchant_uid":"a"}'],
    ['an object', '{"imp_uid":{"$ne":1},"merchant_uid":"a"}'],
    ['an empty id', '{"imp_uid":"","merchant_uid":"a"}'],
    ['a NUL', '{"imp_uid":null,"merchant_uid":"a\\u0000"}'],
    ['half a character', '{"imp_uid":"\\ud800","merchant_uid":null}'],
    ['a long id', JSON.stringify({ imp_uid: 'a'.repeat(257), merchant_uid: null })],
  ])('answers 400 to %s', async (_, body) => {
    const response = await post('/payments/complete', body);
    expect([response.status, await response.json()]).toEqual([400, { code: 'invalid_request' }]);
  });

  it('answers 400 to a form, and 413 to a flood', async () => {
    expect((await post('/payments/complete', 'imp_uid=imp_1', { 'Content-Type': 'application/x-www-form-urlencoded' })).status).toBe(400);
    expect((await post('/payments/complete', 'x'.repeat(20_000))).status).toBe(413);
  });

  it.each(['.', '..', '../users/getToken', 'imp_1/../../x', 'find/order', '__proto__', '%2e%2e', '<img src=x>', '결제'])(
    'takes %j for an id and nothing else',
    async (id) => {
      const { merchant_uid } = await order();
      expect(await confirm(id, merchant_uid)).toMatchObject({ http: 200, status: 'pending', imp_uid: id });
      expect(await confirm(null, id)).toMatchObject({ http: 404 });
      for (const url of portone.asked)
        expect(url).toMatch(/^http:\/\/portone\.test\/(users\/getToken|payments\/(find\/)?[\w%!'()*~.-]+(\/paid)?)$/);
    },
  );

  it('refuses the pages of other sites', async () => {
    const { merchant_uid } = await orderWith({});
    const from = (headers: Record<string, string>) =>
      confirm('imp_1', merchant_uid, { Host: 'shop.test', ...headers }).then(({ http }) => http);
    expect(await from({ Origin: 'https://evil.test' })).toBe(403);
    expect(await from({ Origin: 'null' })).toBe(403);
    expect(await from({ Origin: 'https://shop.test', 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    expect(portone.lookUps).toBe(0);
    expect(await from({ Origin: 'https://shop.test' })).toBe(200);
    expect(await from({ Origin: 'null', 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  });
});

describe('webhook', () => {
  it.each([
    ['JSON', 'application/json', (ids: Record<string, string>) => JSON.stringify(ids)],
    ['a form', 'application/x-www-form-urlencoded', (ids: Record<string, string>) => `${new URLSearchParams(ids)}`],
  ])('settles from %s', async (_, type, encode) => {
    const { merchant_uid } = await orderWith({});
    const response = await post('/payments/webhook', encode({ imp_uid: 'imp_1', merchant_uid, status: 'paid' }), { 'Content-Type': type });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it('is looked up, and never believed', async () => {
    const { merchant_uid } = await orderWith({ status: 'ready' });
    expect((await webhook('imp_1', merchant_uid, { amount: 14_000, paid: true })).status).toBe(200);
    expect((await webhook('imp_invented', merchant_uid)).status).toBe(200);
    expect((await webhook('imp_1', 'order-nobody')).status).toBe(200);
    expect(await row(merchant_uid)).toBe('pending');
    expect(await fulfilments()).toEqual([]);
  });

  it('brings a cancellation of a paid order', async () => {
    const { merchant_uid } = await orderWith({});
    await confirm('imp_1', merchant_uid);
    latestPayment().status = 'cancelled';
    await webhook('imp_1', merchant_uid, { status: 'cancelled', cancellation_id: 'c1' });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'cancelled' });
  });

  it('brings a deposit', async () => {
    const { merchant_uid } = await orderWith(ACCOUNT);
    await webhook('imp_1', merchant_uid, { status: 'ready' });
    expect(await row(merchant_uid)).toBe('ready');
    latestPayment().status = 'paid';
    await webhook('imp_1', merchant_uid);
    expect(await fulfilments()).toEqual([merchant_uid]);
  });

  it('answers 503 when PortOne is down, so that it is sent again', async () => {
    const { merchant_uid } = await orderWith({});
    portone.down = 500;
    expect((await webhook('imp_1', merchant_uid)).status).toBe(503);
  });

  it.each(['', '{}', 'a=b', '{"imp_uid":"imp_1"}'])('answers 400 to %j', async (body) => {
    expect((await post('/payments/webhook', body)).status).toBe(400);
    expect((await post('/payments/webhook', body, { 'Content-Type': 'text/plain' })).status).toBe(400);
  });
});

describe('an order', () => {
  const ALL = ['pending', 'ready', 'paid', 'failed', 'cancelled'] as const;
  const next = (status: OrderStatus, impUid: string) =>
    ALL.filter((payment) => mayBecome({ status, impUid: 'imp_1' }, { status: payment, impUid }));

  it.each<[OrderStatus, readonly OrderStatus[], readonly OrderStatus[]]>([
    ['created', ALL, ALL],
    ['pending', ALL, ALL],
    ['failed', ALL, ALL],
    ['ready', ['ready', 'paid', 'failed', 'cancelled'], ['ready', 'paid']],
    ['paid', ['cancelled'], []],
    ['cancelled', [], ['paid']],
  ])('that is %s may become %j by the same payment, %j by another', (status, same, other) => {
    expect([next(status, 'imp_1'), next(status, 'imp_2')]).toEqual([same, other]);
  });
});

it('fulfils once for twenty confirms and twenty webhooks at the same time, and gives all one answer', async () => {
  const { merchant_uid } = await orderWith({});
  const both = await Promise.all(
    Array.from({ length: 20 }, () => [confirm('imp_1', merchant_uid), webhook('imp_1', merchant_uid)] as const).flat(),
  );
  const verdicts = both.filter((_, i) => i % 2 === 0);
  expect(new Set(verdicts.map((verdict) => JSON.stringify(verdict))).size).toBe(1);
  expect(verdicts[0]).toMatchObject({ status: 'paid' });
  expect(await fulfilments()).toEqual([merchant_uid]);
  expect(logged().filter((event) => event === 'settled')).toHaveLength(1);
  expect(portone.tokensIssued).toBe(1);
});

describe('orders', () => {
  it('are priced by the server', async () => {
    const made = await order([
      { id: 'night', quantity: 2 },
      { id: 'yirgacheffe', quantity: 1 },
    ]);
    expect(made).toMatchObject({ name: '밤길 디카페인 외 1건', amount: 50_000, currency: 'KRW' });
    expect(made.merchant_uid).toMatch(/^[\w-]{30,40}$/);
  });

  it.each([
    {},
    { items: [] },
    { items: [{ id: 'tea', quantity: 1 }] },
    { items: [{ id: 'toString', quantity: 1 }] },
    { items: [{ id: 'corner', quantity: 0 }] },
    { items: [{ id: 'corner', quantity: 1.5 }] },
    { items: [{ id: 'corner', quantity: 10 }] },
    { items: [{ id: 'corner', quantity: '1' }] },
    {
      items: [
        { id: 'corner', quantity: 1 },
        { id: 'corner', quantity: 1 },
      ],
    },
  ])('are not made of %j', async (body) => {
    expect((await post('/orders', body)).status).toBe(400);
  });

  it('are listed for their own session, once somebody has tried to pay', async () => {
    const { merchant_uid, amount, cookie } = await orderWith(ACCOUNT);
    const list = async (headers: Record<string, string>) => (await (await app.request('/orders', { headers })).json()).orders;
    expect(await list({ Cookie: cookie })).toEqual([]);
    await confirm('imp_1', merchant_uid);
    expect(await list({ Cookie: cookie })).toEqual([
      {
        merchant_uid,
        name: '모퉁이 블렌드',
        amount,
        currency: 'KRW',
        status: 'ready',
        created_at: expect.any(String),
        vbank_name: '우리은행',
        vbank_num: '1002-000',
      },
    ]);
    expect(await list({})).toEqual([]);
    expect(await list({ Cookie: (await order()).cookie })).toEqual([]);
  });

  it('are in a session that scripts and other sites cannot use', async () => {
    const cookie = (await app.request('/')).headers.get('Set-Cookie') ?? '';
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
  });
});

describe('pages', () => {
  const text = async (path: string) => (await app.request(path)).text();

  it('shows the prices that the server charges', () => {
    const shown = [
      ...INDEX.matchAll(
        /data-product="(\w+)".*?<h2><span lang="ko">(.*?)<.*?lang="en">(.*?)<.*?value="(\d+)".*?>([\d,]+)원<.*?>₩([\d,]+)</gs,
      ),
    ];
    expect(shown.map(([, id, ko, en, price]) => [id, { name: { ko, en }, price: Number(price) }])).toEqual(Object.entries(PRODUCTS));
    for (const [, , , , price, won, sign] of shown) expect([won, sign]).toEqual(Array(2).fill(Number(price).toLocaleString('en')));
  });

  it('serves the completion page with its one place filled in, in both languages', async () => {
    const response = await app.request('/payments/complete?imp_uid=imp_1&imp_success=true');
    // The real one: what is filled in must be there.
    const source = readFileSync(new URL('../../src/complete.html', import.meta.url), 'utf8');
    const filled = fillIn(source, 'ko');
    for (const text of [
      '<h1>모퉁이 로스터스</h1>',
      'data-home="/"',
      'data-retry="/"',
      'data-contact="02-1234-5678"',
      'data-accent="#b5482b"',
      'data-pass="t"',
    ])
      expect(filled).toContain(text);
    expect(filled.replace(/<h1>.*|data-(retry|contact|accent|pass)=.*/g, '')).toBe(
      source.replace(/<h1>.*|data-(retry|contact|accent|pass)=.*/g, ''),
    );
    expect(fillIn(source, 'en')).toMatch(/<html lang="en">[\s\S]*<h1>Corner Roasters<\/h1>[\s\S]*data-home="\/\?lang=en"/);
    expect(await response.text()).toContain('<title>complete</title>');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(await text('/en/payments/complete')).toContain('<html lang="en">');
    expect(await text('/thanks')).toContain(
      '<script src="/imp-redirect.js" data-confirm-url="/payments/complete" data-home="/" data-retry="/" data-contact="02-1234-5678" data-pass="t" data-result="#payment-result">',
    );
    expect(await text('/en/thanks')).toContain('<html lang="en">');
  });

  it('puts our tag before the SDK, and the landing URL into it', async () => {
    expect(await text('/')).toMatch(
      /<script src="\/imp-redirect\.full\.js" data-redirect-url="\/payments\/complete" data-confirm-url="\/payments\/complete" data-recover="banner" data-recover-after-ms="10000"><\/script>\s*<script src="http:\/\/127\.0\.0\.1:9\/v1\/iamport\.js">/,
    );
    const other = await text('/?tag=after&sdk=1.1.5&bundle=wrap&landing=thanks&lang=en&inject=mobile');
    expect(other).toMatch(
      /iamport\.payment-1\.1\.5\.js"><\/script>\s*<script src="\/imp-redirect\.wrap\.js" data-redirect-url="\/en\/thanks" data-inject="mobile">/,
    );
    expect(other).toContain('<html lang="en">');
    expect(await text('/?bundle=off')).not.toMatch(/imp-redirect\.\w*\.?js/);
  });

  it('takes nothing from the query but its own switches', async () => {
    const configOf = (page: string) => JSON.parse(/id="shop-config">(.*?)</.exec(page)?.[1] ?? '');
    const evil = encodeURIComponent('"></script><script>alert(1)</script>$&');
    const page = await text(
      `/?sdk=${evil}&tag=${evil}&bundle=${evil}&landing=//evil.test&lang=${evil}&callback=${evil}&amount=${evil}&inject=${evil}`,
    );
    expect(page).toBe(await text('/'));
    expect(configOf(await text('/?amount=100&callback=own')).switches).toMatchObject({ amount: 100, callback: 'own' });
  });

  it('serves the bundle, and no other file', async () => {
    const response = await app.request('/imp-redirect.js');
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect(await response.text()).toBe('// the bundle');
    for (const path of ['/assets/..%2findex.html', '/assets/%2e%2e/complete.html', '/complete.html', '/nothing', '/imp-redirect.mjs'])
      expect([path, (await app.request(path)).status]).toEqual([path, 404]);
  });
});

describe("PortOne's token", () => {
  const client = (now: () => number) => createPortOne({ ...portone.options, now });

  it('is kept, and renewed before it expires', async () => {
    let nowMs = 0;
    const { findByImpUid } = client(() => nowMs);
    await Promise.all([findByImpUid('a'), findByImpUid('b')]);
    nowMs = 1_739_000;
    await findByImpUid('c');
    expect(portone.tokensIssued).toBe(1);
    nowMs = 1_741_000;
    await findByImpUid('d');
    expect(portone.tokensIssued).toBe(2);
  });

  it('is renewed once when it is refused', async () => {
    const { findByImpUid } = client(() => 0);
    await findByImpUid('a');
    portone.validToken = 'token-2';
    expect(await findByImpUid('b')).toBeNull();
    expect(portone.tokensIssued).toBe(2);
  });

  it('is asked for again after a failure', async () => {
    const { findByImpUid } = client(() => 0);
    portone.down = 500;
    await expect(findByImpUid('a')).rejects.toThrow('/users');
    portone.down = null;
    expect(await findByImpUid('a')).toBeNull();
  });

  it('with wrong keys is no verdict about a payment', async () => {
    const { findByImpUid } = createPortOne({ ...portone.options, apiSecret: 'wrong' });
    await expect(findByImpUid('a')).rejects.toMatchObject({ name: 'PortOneUnavailable' });
  });
});

describe('environment', () => {
  it('has a default for everything, and uses the stand-in', () => {
    expect(readSettings({})).toMatchObject({ port: 4000, gatewayPort: 4001, database: '.data', realPortOne: null });
    expect(readSettings({ DATA_DIR: '.other' })).toMatchObject({ database: '.other' });
    expect(readSettings({ DATA_DIR: '.other', DATABASE_URL: 'postgres://db/shop' })).toMatchObject({ database: 'postgres://db/shop' });
  });

  it('means the real PortOne by PORTONE_API_URL, and says what that lacks', () => {
    const env = { PORTONE_API_URL: 'https://api.iamport.kr/', PORTONE_API_KEY: 'key' };
    expect(readSettings(env)).toEqual({ mistakes: [expect.stringContaining('needs PORTONE_IMP_CODE, PORTONE_API_SECRET too')] });
    expect(readSettings({ ...env, PORTONE_IMP_CODE: 'imp1', PORTONE_API_SECRET: 'secret' })).toMatchObject({
      realPortOne: { apiUrl: 'https://api.iamport.kr', sdkBaseUrl: 'https://cdn.iamport.kr' },
      impCode: 'imp1',
    });
  });

  it.each([{ PORT: 'x' }, { PORT: '0' }, { PORT: '65536' }, { PORT: '5000', GATEWAY_PORT: '5000' }, { DATABASE_URL: 'mysql://x' }])(
    'refuses %j',
    (env) => {
      expect(readSettings(env)).toHaveProperty('mistakes.length', 1);
    },
  );
});
