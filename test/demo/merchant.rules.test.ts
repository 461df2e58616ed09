// What a merchant's server must do so that no order is lost, doubled, or given away; rule by rule.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../demo/merchant/database.js';
import { createQueue, Overloaded } from '../../demo/merchant/queue.js';
import { createSweep } from '../../demo/merchant/sweep.js';
import { readSecret } from '../../demo/merchant/tokens.js';
import * as shop from './merchant.fixture.js';
import {
  confirm,
  db,
  events,
  fulfilments,
  latestPayment,
  logged,
  order,
  orderWith,
  parked,
  portone,
  post,
  row,
  webhook,
} from './merchant.fixture.js';

beforeAll(shop.openShop);
afterAll(shop.closeShop);
beforeEach(() => shop.startMerchant());
afterEach(() => vi.useRealTimers());

/** Makes an order as old as it says. */
const age = (id: string, interval: string) =>
  db.query(`UPDATE orders SET created_at = created_at - $2::interval, sweep_at = sweep_at - $2::interval WHERE id = $1`, [id, interval]);
const nextSweepS = async (id: string) => {
  const { rows } = await db.query<{ s: number | null }>(
    'SELECT ceil(extract(epoch FROM sweep_at - now()))::integer AS s FROM orders WHERE id = $1',
    [id],
  );
  return rows[0]?.s;
};

describe('rule 1: a payment is looked up by imp_uid, else by merchant_uid, and the pair is never believed', () => {
  it.each([
    ['imp_1', /\/payments\/imp_1$/],
    [null, /\/payments\/find\/order-/],
  ])('%s', async (impUid, asked) => {
    const { merchant_uid } = await orderWith({});
    await confirm(impUid, merchant_uid);
    expect(portone.asked.filter((url) => !url.includes('getToken'))).toEqual([expect.stringMatching(asked)]);
  });

  it('a pair that is none settles neither order', async () => {
    const theirs = await orderWith({});
    const mine = await order();
    await confirm('imp_1', mine.merchant_uid);
    expect([await row(mine.merchant_uid), await row(theirs.merchant_uid)]).toEqual(['created', 'created']);
  });
});

describe('rule 3: only the right payment counts', () => {
  it.each([
    ['another amount', { amount: 1 }, 'amount'],
    ['another currency', { currency: 'JPY' }, 'currency'],
    ['a part of it taken back', { cancel_amount: 1 }, 'partly cancelled'],
  ])('not one of %s', async (_, payment, difference) => {
    const { merchant_uid } = await orderWith(payment);
    await confirm('imp_1', merchant_uid);
    expect([await fulfilments(), await parked()]).toEqual([[], [{ order_id: merchant_uid, imp_uid: 'imp_1', difference }]]);
  });

  it('not one in a test account, where the merchant has named its own', async () => {
    await shop.startMerchant({ pgIds: ['corner01'] });
    const { merchant_uid } = await orderWith({ pg_id: 'INIpayTest' });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'forged' });
    expect(await parked()).toMatchObject([{ difference: 'gateway account' }]);
    latestPayment().pg_id = 'corner01';
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ status: 'paid' });
  });

  it('not one that has settled another order: the database refuses it, whatever the code does', async () => {
    const [first, second] = [await orderWith({}), await order()];
    await confirm('imp_1', first.merchant_uid);
    await expect(
      db.query(`INSERT INTO settlements (order_id, imp_uid, status) VALUES ($1, 'imp_1', 'paid')`, [second.merchant_uid]),
    ).rejects.toThrow(/unique/i);
  });
});

describe('rule 6: what could not be asked has not failed', () => {
  it.each(['refuses', 401, 418, 429, 500, 503] as const)('PortOne: %s', async (down) => {
    const { merchant_uid } = await orderWith({});
    portone.down = down;
    const response = await post('/payments/complete', { imp_uid: 'imp_1', merchant_uid });
    expect([response.status, await row(merchant_uid)]).toEqual([202, 'created']);
    expect(response.headers.get('Retry-After')).toBe('3');
    expect(await response.json()).toEqual({ status: 'pending', imp_uid: 'imp_1', merchant_uid });
  });
});

describe('rule 8: the sweep', () => {
  it('settles an order whose landing and webhook were lost, from two minutes on', async () => {
    const { merchant_uid } = await orderWith({});
    expect(await shop.sweep.run()).toBe(0);
    await age(merchant_uid, '119 seconds');
    expect(await shop.sweep.run()).toBe(0);
    await age(merchant_uid, '1 second');
    expect(await shop.sweep.run()).toBe(1);
    expect([await row(merchant_uid), await fulfilments()]).toEqual(['paid', [merchant_uid]]);
    // What is settled is never looked up again.
    expect(await nextSweepS(merchant_uid)).toBeNull();
  });

  it.each([
    ['pending', {}, 'paid'],
    ['failed', { status: 'failed' }, 'failed'],
    ['ready', shop.ACCOUNT, 'ready'],
  ] as const)('looks a %s order up, too', async (_, payment, after) => {
    const { merchant_uid } = await orderWith(payment);
    if (after !== 'paid') await confirm('imp_1', merchant_uid);
    await age(merchant_uid, '3 minutes');
    await shop.sweep.run();
    expect(await row(merchant_uid)).toBe(after);
    if (after === 'paid') return;
    latestPayment().status = 'paid';
    await age(merchant_uid, '10 minutes');
    await shop.sweep.run();
    expect(await row(merchant_uid)).toBe('paid');
  });

  it('looks an order up less and less often, and after eight days never again', async () => {
    const { merchant_uid } = await order();
    const waits: (number | null | undefined)[] = [];
    let elapsedS = 0;
    for (let waitS: number | null | undefined = 120; waitS; waitS = await nextSweepS(merchant_uid)) {
      elapsedS += waitS;
      await age(merchant_uid, `${waitS} seconds`);
      expect(await shop.sweep.run()).toBe(1);
      waits.push(waitS);
    }
    // About: a test takes its time, too.
    for (const [at, waitS] of [120, 120, 240, 480, 960].entries()) expect(Number(waits[at]) / waitS).toBeCloseTo(1, 1);
    expect(Math.max(...(waits as number[]))).toBeLessThanOrEqual(12 * 3600);
    expect(elapsedS).toBeGreaterThanOrEqual(8 * 24 * 3600);
    expect(waits.length).toBeLessThan(30);
    // An order that nobody has tried to pay is none that waits for anything.
    expect(await row(merchant_uid)).toBe('created');
  });

  it('stops where PortOne is down, and comes back to all of it', async () => {
    const orders = [];
    for (let i = 0; i < 5; i++) orders.push((await orderWith({}, `imp_${i}`)).merchant_uid);
    for (const id of orders) await age(id, '3 minutes');
    portone.down = 500;
    expect(await shop.sweep.run()).toBe(0);
    expect(portone.asked.length).toBe(3);
    expect(logged()).toEqual(['sweep_postponed', 'sweep_postponed', 'sweep_postponed']);
    portone.down = null;
    expect(await shop.sweep.run()).toBe(2);
    for (const id of orders) await age(id, '2 minutes');
    expect(await shop.sweep.run()).toBe(3);
    expect((await fulfilments()).sort()).toEqual(orders.sort());
  });

  it('is not stopped by one order that cannot be looked up', async () => {
    const bad = await orderWith({});
    Reflect.deleteProperty(latestPayment(), 'currency');
    const good = [await orderWith({}, 'imp_2'), await orderWith({}, 'imp_3')];
    for (const { merchant_uid } of [bad, ...good]) await age(merchant_uid, '1 day');
    expect(await shop.sweep.run()).toBe(2);
    expect((await fulfilments()).sort()).toEqual(good.map(({ merchant_uid }) => merchant_uid).sort());
    expect(logged().filter((event) => event === 'sweep_postponed')).toHaveLength(1);
    expect(await nextSweepS(bad.merchant_uid)).toBeLessThanOrEqual(120);
  });

  it('has lost nothing where it dies with an order in its hands, however old the order is', async () => {
    const { merchant_uid } = await orderWith({});
    await age(merchant_uid, '1 day');
    const dying = createSweep({
      db,
      settle: () => Promise.reject(new Error('it dies')),
      log: () => {},
      paceMs: 0,
    });
    await expect(dying.run()).rejects.toThrow('it dies');
    expect(await shop.sweep.run()).toBe(0);
    await age(merchant_uid, '2 minutes');
    expect(await shop.sweep.run()).toBe(1);
    expect(await row(merchant_uid)).toBe('paid');
  });

  it('looks an old order up soon where somebody pays it now, and one that was refunded, for it may be paid again', async () => {
    const left = await orderWith({ status: 'ready' });
    await age(left.merchant_uid, '1 day');
    await shop.sweep.run();
    expect(await nextSweepS(left.merchant_uid)).toBeGreaterThan(3600);
    expect(await confirm('imp_1', left.merchant_uid)).toMatchObject({ status: 'pending' });
    expect(await nextSweepS(left.merchant_uid)).toBeLessThanOrEqual(120);

    const refunded = await orderWith({}, 'imp_2');
    await confirm('imp_2', refunded.merchant_uid);
    latestPayment().status = 'cancelled';
    await webhook('imp_2', refunded.merchant_uid);
    expect(await row(refunded.merchant_uid)).toBe('cancelled');
    portone.payments.push({ ...latestPayment(), imp_uid: 'imp_3', status: 'paid' });
    await age(refunded.merchant_uid, '3 minutes');
    await shop.sweep.run();
    expect(await row(refunded.merchant_uid)).toBe('paid');
    // It was shipped once already, perhaps: a person decides.
    expect(await parked()).toEqual([{ order_id: refunded.merchant_uid, imp_uid: 'imp_3', difference: 'paid again' }]);
  });

  it('takes each order once, where two processes sweep at once', async () => {
    const { merchant_uid } = await orderWith({});
    await age(merchant_uid, '3 minutes');
    expect((await Promise.all([shop.sweep.run(), shop.sweep.run()])).sort()).toEqual([0, 1]);
  });

  it('runs at the start and every minute, and stops', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const orders = [await orderWith({}), await orderWith({}, 'imp_2'), await orderWith({}, 'imp_3')];
    const [first, second, third] = orders.map(({ merchant_uid }) => merchant_uid) as [string, string, string];
    await age(first, '3 minutes');
    const stop = shop.sweep.start();
    await vi.waitFor(async () => expect(await row(first)).toBe('paid'));
    await age(second, '3 minutes');
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(async () => expect(await row(second)).toBe('paid'));
    await stop();
    await age(third, '3 minutes');
    vi.advanceTimersByTime(600_000);
    expect([await row(third), vi.getTimerCount()]).toEqual(['created', 0]);
  });
});

describe('rule 10: what cannot be done in time is refused', () => {
  it('a full queue says when there is room again', async () => {
    let nowMs = 0;
    const enqueue = createQueue({ concurrency: 2, limit: 4, elapsedMs: () => nowMs });
    const gates: (() => void)[] = [];
    const work = () => new Promise<void>((resolve) => gates.push(resolve));
    const running = Array.from({ length: 6 }, () => enqueue(work));
    await expect(enqueue(work)).rejects.toEqual(new Overloaded(1));
    // Each takes ten seconds: the average comes to know it.
    for (let i = 0; i < 6; i++) {
      await vi.waitFor(() => expect(gates.length).toBeGreaterThan(i));
      nowMs += 10_000;
      gates[i]?.();
    }
    await Promise.all(running);
    const more = Array.from({ length: 6 }, () => enqueue(work));
    const refused = await enqueue(work).catch((error: Overloaded) => error);
    expect(refused).toBeInstanceOf(Overloaded);
    expect((refused as Overloaded).retryAfterS).toBeGreaterThan(5);
    for (let i = 6; i < 12; i++) {
      await vi.waitFor(() => expect(gates.length).toBeGreaterThan(i));
      gates[i]?.();
    }
    await Promise.all(more);
  });

  it('a work that throws takes nobody’s place', async () => {
    const enqueue = createQueue({ concurrency: 1, limit: 1 });
    for (let i = 0; i < 3; i++) await expect(enqueue(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await enqueue(async () => 'done')).toBe('done');
  });

  it('a crowd is answered 503 with Retry-After, and a settled order is answered all the same', async () => {
    const settled = await orderWith({});
    await confirm('imp_1', settled.merchant_uid);
    const orders = [await order(), await order(), await order(), await order()];
    let answerAll = () => {};
    const gate = new Promise<void>((resolve) => {
      answerAll = resolve;
    });
    const { fetch } = portone.options;
    const slow: typeof fetch = async (url, init) => {
      await gate;
      return (fetch as NonNullable<typeof fetch>)(url, init);
    };
    shop.startMerchantAgain({ queue: { concurrency: 1, limit: 1 }, portone: { ...portone.options, fetch: slow } });
    const asking = Promise.all([
      ...orders.map(({ merchant_uid }) => post('/payments/complete', { imp_uid: null, merchant_uid })),
      post('/payments/complete', { imp_uid: 'imp_1', merchant_uid: settled.merchant_uid, t: settled.token }),
    ]);
    await vi.waitFor(() => expect(logged().filter((event) => event === 'unavailable')).toHaveLength(2));
    answerAll();
    const answers = await asking;
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(2);
    for (const { headers } of refused) expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await answers.at(-1)?.json()).toMatchObject({ status: 'paid' });
  });

  it('an address that asks too often is told to wait; the webhook is not limited', async () => {
    await shop.startMerchant({ requestsPerMinute: 3 });
    const { merchant_uid } = await orderWith({});
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await confirm('imp_1', merchant_uid)).http);
    expect(statuses).toEqual([200, 200, 429]);
    const response = await post('/payments/complete', { imp_uid: 'imp_1', merchant_uid });
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await webhook('imp_1', merchant_uid)).status).toBe(200);
    // Nor is a landing page refused: it comes without a verdict, and its script asks when it may.
    const landing = await shop.app.request(
      `/payments/return?imp_uid=imp_1&merchant_uid=${merchant_uid}&t=${shop.tokens.sign(merchant_uid)}`,
    );
    expect(landing.status).toBe(200);
    expect(landing.headers.get('Content-Type')).toContain('text/html');
    expect(await landing.text()).not.toContain('"paid"');
    expect((await post('/orders', { items: [{ id: 'corner', quantity: 1 }] })).status).toBe(429);
  });
});

describe('an order with several payments', () => {
  it.each([
    ['the paid one is older', ['paid', 'ready']],
    ['the paid one is newer', ['ready', 'paid']],
    ['the paid one is in the middle', ['failed', 'paid', 'failed']],
  ] as const)('is paid, whoever asks about which: %s', async (_, statuses) => {
    for (const ask of ['its ids', 'its number', 'the sweep'] as const)
      for (const [at] of statuses.entries()) {
        await shop.startMerchant();
        const { merchant_uid } = await orderWith({ status: statuses[0] }, 'imp_0');
        for (const [i, status] of statuses.entries()) if (i) portone.payments.push({ ...latestPayment(), imp_uid: `imp_${i}`, status });
        await age(merchant_uid, '3 minutes');
        if (ask === 'the sweep') await shop.sweep.run();
        else expect(await confirm(ask === 'its ids' ? `imp_${at}` : null, merchant_uid)).toMatchObject({ status: 'paid' });
        expect([await row(merchant_uid), await fulfilments()]).toEqual(['paid', [merchant_uid]]);
      }
  });

  it('is no news to a person where the one that settled it is partly taken back', async () => {
    const { merchant_uid } = await orderWith({});
    await confirm('imp_1', merchant_uid);
    latestPayment().cancel_amount = 10;
    await webhook('imp_1', merchant_uid);
    expect([await row(merchant_uid), await parked()]).toEqual(['paid', []]);
  });
});

describe('PortOne', () => {
  /** Never answers, and lets go when it is told to. */
  const hanging = (asked: RequestInit[] = []) => ({
    ...portone.options,
    timeoutMs: 20,
    fetch: (_: string, init: RequestInit) => {
      asked.push(init);
      return new Promise<Response>((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    },
  });

  it('is waited for so long and no longer, and followed nowhere', async () => {
    const { merchant_uid } = await orderWith({});
    const asked: RequestInit[] = [];
    shop.startMerchantAgain({ portone: hanging(asked) });
    expect(await confirm('imp_1', merchant_uid)).toMatchObject({ http: 202, status: 'pending' });
    expect(asked.map(({ redirect }) => redirect)).toEqual(['error']);
  });

  it('is not waited for by a landing page that the server renders', async () => {
    const { merchant_uid, token } = await orderWith({});
    shop.startMerchantAgain({ portone: { ...hanging(), timeoutMs: 60_000 } });
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const landing = shop.app.request(`/payments/return?imp_uid=imp_1&merchant_uid=${merchant_uid}&t=${token}`);
    await vi.advanceTimersByTimeAsync(1500);
    expect((await landing).status).toBe(200);
    vi.useRealTimers();
  });

  it('is asked for one new token where many find, one after the other, that theirs is no longer good', async () => {
    const orders = [];
    for (let i = 0; i < 20; i++) orders.push(await orderWith({}, `imp_${i}`));
    let refusals = 0;
    const { fetch = globalThis.fetch } = portone.options;
    const late = async (url: string, init: RequestInit) => {
      const response = await fetch(url, init);
      if (response.status !== 401) return response;
      // The second one hears of it when the first one has its new token.
      const isFirst = refusals++ === 0;
      await vi.waitUntil(() => (isFirst ? refusals > 1 : portone.tokensIssued > 1));
      return response;
    };
    shop.startMerchantAgain({ portone: { ...portone.options, fetch: late } });
    await confirm('imp_0', orders[0]?.merchant_uid as string);
    expect(portone.tokensIssued).toBe(1);
    portone.validToken = 'token-2';
    await Promise.all(orders.map(({ merchant_uid }, i) => confirm(`imp_${i}`, merchant_uid)));
    expect([portone.tokensIssued, refusals > 1]).toEqual([2, true]);
    expect(await fulfilments()).toHaveLength(20);
  });
});

it('every page is told to browsers as what it is, and in no frame of another site', async () => {
  for (const path of ['/', '/payments/complete', '/payments/return', '/nothing']) {
    const { headers } = await shop.app.request(path);
    expect([headers.get('X-Content-Type-Options'), headers.get('X-Frame-Options')]).toEqual(['nosniff', 'SAMEORIGIN']);
  }
});

it('the session is for TLS alone where a proxy in front speaks it', async () => {
  for (const [proto, isSecure] of [
    ['https', true],
    ['http', false],
  ] as const) {
    const { headers } = await shop.app.request('/', { headers: { 'X-Forwarded-Proto': proto } });
    expect(/; Secure/.test(headers.get('Set-Cookie') ?? '')).toBe(isSecure);
  }
});

describe('what is logged', () => {
  it('is found by the name that the answer has, and names no customer, no whole order, and no token', async () => {
    const { merchant_uid, token } = await orderWith({ buyer_name: '김손님', buyer_tel: '010-1234-5678', fail_reason: '김손님' });
    const response = await post('/payments/complete', { imp_uid: 'imp_1', merchant_uid, t: token });
    const name = response.headers.get('X-Request-Id');
    expect(name).toMatch(/^[\da-f]{12}$/);
    expect(events.map(({ event, fields }) => [event, fields.request])).toEqual([
      ['settled', name],
      ['confirmed', name],
    ]);
    portone.down = 'refuses';
    await post('/payments/complete', { imp_uid: 'imp_2', merchant_uid });
    await webhook('imp_1', merchant_uid);
    const log = JSON.stringify(events);
    for (const secret of [merchant_uid, token, '김손님', '010-1234', 'imp_1']) expect(log).not.toContain(secret);
    expect(new Set(events.map(({ fields }) => fields.request)).size).toBe(3);
  });
});

describe('a landing page that the server renders', () => {
  const land = async (query: string, headers: Record<string, string> = {}, path = '/payments/return') => {
    const response = await shop.app.request(`${path}${query}`, { headers });
    const page = await response.text();
    const written = /<script type="application\/json" data-imp-redirect-verdict>(.*?)<\/script>/.exec(page)?.[1];
    return { response, page, verdict: written ? JSON.parse(written) : null };
  };

  it('has the verdict in it, before our tag, and says it in words', async () => {
    const { merchant_uid, token } = await orderWith({});
    const { response, page, verdict } = await land(`?t=${token}&imp_uid=imp_1&merchant_uid=${merchant_uid}&imp_success=true`);
    expect(verdict).toMatchObject({ status: 'paid', imp_uid: 'imp_1', merchant_uid });
    expect(page).toContain('결제가 완료됐어요');
    expect(page.indexOf('data-imp-redirect-verdict')).toBeLessThan(page.indexOf('imp-redirect.full.js'));
    expect([response.headers.get('Cache-Control'), response.headers.get('Referrer-Policy')]).toEqual(['no-store', 'no-referrer']);
    expect(await fulfilments()).toEqual([merchant_uid]);
    const english = await land(`?t=${token}&imp_uid=imp_1&merchant_uid=${merchant_uid}`, {}, '/en/payments/return');
    expect(english.page).toMatch(/<html lang="en">[\s\S]*Payment complete/);
  });

  it('shows the account to pay into', async () => {
    const { merchant_uid, cookie } = await orderWith(shop.ACCOUNT);
    const { page } = await land(`?imp_uid=imp_1&merchant_uid=${merchant_uid}`, { Cookie: cookie });
    expect(page).toContain('우리은행 1002-000');
  });

  it.each([
    ['nothing is claimed', () => ''],
    ['the order is unknown', () => '?imp_uid=imp_1&merchant_uid=order-nobody'],
    [
      'PortOne is down',
      (id: string) => {
        portone.down = 500;
        return `?imp_uid=imp_1&merchant_uid=${id}`;
      },
    ],
  ])('leaves it to its script where %s, and says nothing of it', async (_, queryFor) => {
    const { merchant_uid } = await orderWith({});
    const { response, page, verdict } = await land(queryFor(merchant_uid));
    expect([response.status, verdict]).toEqual([200, null]);
    expect(page).toContain('결제를 확인하고 있어요');
    expect(page).not.toMatch(/완료됐|paid/);
  });

  it('tells a stranger nothing, and writes nobody’s text as markup', async () => {
    const { merchant_uid } = await orderWith({ ...shop.ACCOUNT, vbank_name: '</script><img src=x onerror=alert(1)>' });
    expect((await land(`?imp_uid=imp_1&merchant_uid=${merchant_uid}`)).verdict).toMatchObject({ status: 'pending' });
    const { page, verdict } = await land(`?imp_uid=imp_1&merchant_uid=${merchant_uid}&t=${shop.tokens.sign(merchant_uid)}`);
    expect(verdict).toMatchObject({ status: 'ready', vbank_name: '</script><img src=x onerror=alert(1)>' });
    expect(page).not.toContain('<img');
  });
});

describe('whatever comes in', () => {
  const type = fc.constantFrom('application/json', 'application/json; charset=x', 'application/x-www-form-urlencoded', 'text/plain', '');
  const header = fc.constantFrom('Cookie', 'Origin', 'X-Forwarded-For', 'X-Request-Id', 'Content-Length', 'Sec-Fetch-Site');
  const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });

  it('nothing is answered with 500, and no order becomes what PortOne does not say', async () => {
    const forged = await orderWith({ amount: 1 }, 'imp_forged');
    const settled = await orderWith({}, 'imp_settled');
    const unpaid = await order();
    const orders = [forged, settled, unpaid].map(({ merchant_uid }) => merchant_uid);
    await confirm('imp_settled', settled.merchant_uid);
    shop.startMerchantAgain({ requestsPerMinute: 1e9 });

    const id = fc.oneof(
      fc.constantFrom(...orders, 'imp_forged', 'imp_settled'),
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('imp_', '', '__proto__', '../x', "' OR 1=1 --", '\u0000'),
    );
    const token = fc.oneof(fc.constantFrom(...orders.map(shop.tokens.sign)), id);
    const t = fc.oneof({ weight: 3, arbitrary: token }, fc.anything());
    const value = fc.oneof({ weight: 3, arbitrary: id }, fc.anything());
    const fields = fc.record(
      { imp_uid: value, merchant_uid: value, t, amount: value, status: fc.oneof(fc.constantFrom('paid', 'cancelled'), value) },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fields.map((it) => JSON.stringify(it)),
      fields.map((it) => new URLSearchParams(Object.entries(it).map(([name, part]) => [name, `${JSON.stringify(part)}`])).toString()),
      fc.string(),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/payments/complete', '/payments/webhook', '/orders'),
        body,
        type,
        header,
        ascii,
        async (path, text, contentType, name, of) => {
          const response = await post(path, text, { 'Content-Type': contentType, [name]: of.trim() });
          expect(response.status).toBeLessThan(500);
        },
      ),
      { numRuns: 1500 },
    );
    await fc.assert(
      fc.asyncProperty(fc.webQueryParameters(), id, id, token, async (query, impUid, merchantUid, t) => {
        const rest = new URLSearchParams({ imp_uid: impUid, merchant_uid: merchantUid, t });
        expect((await shop.app.request(`/payments/return?${rest}&${query}`)).status).toBe(200);
      }),
      { numRuns: 300 },
    );

    expect(await fulfilments()).toEqual([settled.merchant_uid]);
    expect((await db.query('SELECT order_id, imp_uid, status FROM settlements')).rows).toEqual([
      { order_id: settled.merchant_uid, imp_uid: 'imp_settled', status: 'paid' },
    ]);
    expect(await row(settled.merchant_uid)).toBe('paid');
    // Somebody may be paying these, as far as the server knows; nobody has.
    for (const { merchant_uid } of [forged, unpaid]) expect(['created', 'pending']).toContain(await row(merchant_uid));
    for (const { imp_uid } of (await parked()) as { imp_uid: string }[]) expect(['imp_forged', 'imp_settled']).toContain(imp_uid);
    expect((await db.query('SELECT DISTINCT amount FROM orders WHERE id = ANY($1)', [orders])).rows).toEqual([{ amount: forged.amount }]);
  });
});

describe('the database', () => {
  it('is brought up to date once, and keeps its secret', async () => {
    const versions = async () => (await db.query('SELECT version FROM migrations ORDER BY version')).rows;
    expect(await versions()).toEqual([{ version: 0 }, { version: 1 }]);
    expect(await readSecret(db)).toBe(await readSecret(db));
    expect((await readSecret(db)).length).toBeGreaterThanOrEqual(32);
    const other = await openDatabase();
    expect(await readSecret(other)).not.toBe(await readSecret(db));
    await other.close();
  });

  it('of the first release is brought up to date with what is in it', async () => {
    const path = `${shop.dir}/old`;
    const { PGlite } = await import('@electric-sql/pglite');
    const { MIGRATIONS } = await import('../../demo/merchant/migrations.js');
    const old = new PGlite(path);
    await old.exec(MIGRATIONS[0] as string);
    await old.exec(
      `INSERT INTO orders (id, session, name, amount, currency, status) VALUES ('a', 's', 'n', 1, 'KRW', 'pending'), ('b', 's', 'n', 1, 'KRW', 'paid')`,
    );
    await old.close();
    const now = await openDatabase(path);
    expect((await now.query('SELECT id, sweep_at IS NULL AS done FROM orders ORDER BY id')).rows).toEqual([
      { id: 'a', done: false },
      { id: 'b', done: true },
    ]);
    await now.close();
  });
});
