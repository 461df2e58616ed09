// The test kit: every ending with every fault, against the reference server, as a merchant would test their own.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../../demo/listen.js';
import { createMerchant, type Merchant } from '../../demo/merchant/app.js';
import { type Database, openDatabase } from '../../demo/merchant/database.js';
import { createStandIn, ENDING_IDS, type EndingId, type Plan, type StandIn, type Trip } from '../../demo/stand-in/kit.js';
import { readClaim } from '../../src/edge/landing.js';
import { freePort } from './postgres.js';

let db: Database;
let portone: StandIn;
let listener: Listener;
let merchant: Merchant;
let shop: string;

beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => db.close());

async function startShop(port: number) {
  merchant = createMerchant({
    db,
    portone: { apiUrl: portone.url, apiKey: portone.apiKey, apiSecret: portone.apiSecret },
    sdkBaseUrl: portone.url,
    impCode: portone.impCode,
    tokenSecret: 'a secret of this test',
    readClaim,
    sweepPaceMs: 0,
    distDir: '/nonexistent',
    shopDir: '/nonexistent',
    requestsPerMinute: 100_000,
    log: () => {},
  });
  listener = await listen(port, ['127.0.0.1']);
  listener.serve(merchant.app);
  shop = `http://127.0.0.1:${port}`;
}

const post = (path: string, body: object) =>
  fetch(shop + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

async function createOrder() {
  const response = await post('/orders', { items: [{ id: 'corner', quantity: 1 }] });
  const { merchant_uid, amount, token } = (await response.json()) as { merchant_uid: string; amount: number; token: string };
  return { merchant_uid, amount, token };
}

/** What the landing page does, without its patience: it asks until there is an answer about the order. */
async function confirm(query: URLSearchParams): Promise<string> {
  const [imp_uid, merchant_uid, t] = ['imp_uid', 'merchant_uid', 't'].map((name) => query.get(name));
  for (;;) {
    const response = await post('/payments/complete', { imp_uid, merchant_uid, t });
    const { status } = (await response.json()) as { status: string };
    if (response.status !== 202) return status;
  }
}

const deliveriesOf = async (id: string) => (await db.query('SELECT order_id FROM fulfilments WHERE order_id = $1', [id])).rows.length;
const statusOf = async (id: string) =>
  (await db.query<{ status: string }>('SELECT status FROM orders WHERE id = $1', [id])).rows[0]?.status;

describe('with the reference server', () => {
  beforeEach(async () => {
    const port = await freePort();
    portone = await createStandIn({ webhookUrl: `http://127.0.0.1:${port}/payments/webhook` });
    await startShop(port);
  });
  afterEach(async () => {
    await portone.close();
    await listener.close();
  });

  /** What is true in the end, and whether the customer is to get something. */
  const TRUTH: Record<EndingId, string> = {
    paid: 'paid',
    vbank: 'ready',
    'vbank-deposit': 'paid',
    cancel: 'failed',
    'fail-limit': 'failed',
    'invalid-card': 'failed',
    'ids-only-failure': 'failed',
    'misspelt-failure': 'failed',
    'late-approval': 'paid',
    flagless: 'paid',
    'success-key': 'paid',
    'false-but-paid': 'paid',
    'forged-amount': 'created',
    'never-returns': 'paid',
  };
  const FAULTS: readonly Plan[] = [
    {},
    { way: 'callback' },
    { landing: 'twice' },
    { landing: 'lost' },
    { webhook: 'first' },
    { webhook: 'slow' },
    { webhook: 'twice' },
    { webhook: 'lost' },
    { apiFailures: 3 },
    { landing: 'lost', webhook: 'lost' },
    { landing: 'twice', webhook: 'twice', apiFailures: 2 },
  ];

  it.each(ENDING_IDS)('%s, with every fault: the truth is found, and something is delivered once, or not at all', async (ending) => {
    const went = await Promise.all(
      FAULTS.map(async (faults) => {
        const order = await createOrder();
        portone.plan(order.merchant_uid, { ending, delayMs: 20, ...faults });
        const m_redirect_url = `${shop}/payments/complete?t=${order.token}`;
        const { landings, callback } = await portone.pay({ ...order, m_redirect_url });
        await Promise.all(landings.map((landing) => confirm(new URL(landing).searchParams)));
        if (callback) await confirm(new URLSearchParams({ ...(callback as Record<string, string>), t: order.token }));
        return { faults, ...order };
      }),
    );
    await portone.idle();
    // What neither the landing nor the webhook has told; again, for PortOne may still be failing.
    for (let i = 0; i < 5; i++) {
      await db.exec('UPDATE orders SET sweep_at = now() WHERE sweep_at IS NOT NULL');
      await merchant.sweep.run();
    }
    for (const { faults, merchant_uid } of went) {
      const end = { faults, status: await statusOf(merchant_uid), deliveries: await deliveriesOf(merchant_uid) };
      const status = ending === 'forged-amount' && end.status === 'pending' ? 'created' : end.status;
      expect({ ...end, status }).toEqual({ faults, status: TRUTH[ending], deliveries: TRUTH[ending] === 'paid' ? 1 : 0 });
    }
  });

  it('refuses a plan that is none, for it would let a test pass without its fault', () => {
    for (const plan of [{ ending: 'typo' }, { webhok: 'lost' }, { apiFailures: -1 }, { delayMs: '3' }, { toString: 1 }, { landing: null }])
      expect(() => portone.plan(null, plan as Plan)).toThrow(TypeError);
    portone.plan(null, { ending: undefined });
  });

  it('sends its webhook as a form where the merchant has chosen that', async () => {
    const told: [string | undefined, string][] = [];
    const server = createServer(async (request, response) => {
      told.push([request.headers['content-type'], await text(request)]);
      response.end();
    });
    const port = await freePort();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    const other = await createStandIn({ webhookUrl: `http://127.0.0.1:${port}/`, webhookType: 'form' });
    const { impUid } = await other.pay({ merchant_uid: 'order 1', amount: 1000 });
    await other.idle();
    expect(told).toEqual([['application/x-www-form-urlencoded', `imp_uid=${impUid}&merchant_uid=order+1&status=paid`]]);
    await other.close();
    server.close();
  });

  it('leads the customer home as planned', async () => {
    const trip = async (plan: Plan, options = {}): Promise<Trip> => {
      portone.plan(null, plan);
      return portone.pay({ ...(await createOrder()), m_redirect_url: `${shop}/done` }, options);
    };
    const keysOf = ({ landings }: Trip) => landings.map((landing) => [...new URL(landing).searchParams.keys()].join());
    expect(keysOf(await trip({}))).toEqual(['imp_uid,merchant_uid,imp_success']);
    expect(keysOf(await trip({ landing: 'twice' }))).toHaveLength(2);
    expect(keysOf(await trip({ ending: 'misspelt-failure' }))).toEqual(['imp_uid,merchant_uid,error_coe,error_msg']);
    expect(keysOf(await trip({ ending: 'flagless' }))).toEqual(['imp_uid,merchant_uid']);
    expect(await trip({ landing: 'lost' })).toMatchObject({ landings: [], callback: null });
    expect(await trip({ ending: 'never-returns' })).toMatchObject({ landings: [], callback: null });
    expect(await trip({ way: 'callback' })).toMatchObject({ landings: [], callback: { imp_success: true } });
    expect(await trip({}, { mobile: false })).toMatchObject({ landings: [], callback: { imp_success: true } });
    expect(keysOf(await trip({ ending: 'paid' }, { cancels: true }))).toEqual(['imp_uid,merchant_uid,imp_success,error_msg']);
    expect(await portone.pay({ merchant_uid: 'free', amount: 0 })).toMatchObject({ impUid: null, landings: [], callback: {} });
  });

  it('tells what has happened, in its order', async () => {
    const { merchant_uid, amount, token } = await createOrder();
    portone.plan(merchant_uid, { webhook: 'first', apiFailures: 1 });
    await portone.pay({ merchant_uid, amount, m_redirect_url: `${shop}/done` });
    await confirm(new URLSearchParams({ merchant_uid, t: token }));
    const told = portone.events(merchant_uid).map(({ name, detail }) => [name, detail.replace(/\?.*/, '')]);
    expect(told).toEqual([
      ['requested', `${amount} KRW`],
      ['ended', 'paid'],
      ['webhook_sent', 'paid'],
      ['asked_in_vain', ''],
      ['webhook_answered', '503'],
      ['returned', `${shop}/done`],
      ['asked', 'paid'],
    ]);
    expect(portone.events('another')).toEqual([]);
    expect(portone.payments(merchant_uid)).toMatchObject([{ merchant_uid, status: 'paid', amount }]);
    expect(portone.payments(merchant_uid)[0]).not.toHaveProperty('m_redirect_url');
  });

  it('what was to come later does not, once it is closed', async () => {
    const { merchant_uid, amount } = await createOrder();
    portone.plan(merchant_uid, { ending: 'late-approval', delayMs: 60_000 });
    await portone.pay({ merchant_uid, amount, m_redirect_url: `${shop}/done` });
    const kit = portone;
    const idle = kit.idle();
    await kit.close();
    await idle;
    expect(kit.payments(merchant_uid)).toMatchObject([{ status: 'failed' }]);
    portone = await createStandIn();
  });
});

it('refuses a port that is taken', async () => {
  const first = await createStandIn();
  await expect(createStandIn({ port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
  await first.close();
});

describe.each(['docs/test-kit.md', 'docs/test-kit.ko.md'])('%s', (doc) => {
  const text = readFileSync(new URL(`../../${doc}`, import.meta.url), 'utf8');

  it('has an example that runs', async () => {
    const port = await freePort();
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
    const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<void>;
    const run = new AsyncFunction('assert', 'createStandIn', 'startShop', code.replace(/^import .*$/gm, '').replaceAll('3000', `${port}`));
    await run(
      assert,
      async (options: object) => {
        portone = await createStandIn(options);
        return portone;
      },
      async ({ PORT, ...env }: Record<string, unknown>) => {
        expect(env).toEqual({ PORTONE_API_URL: portone.url, PORTONE_API_KEY: portone.apiKey, PORTONE_API_SECRET: portone.apiSecret });
        await startShop(PORT as number);
        let token = '';
        return {
          createOrder: async () => {
            const { token: made, ...order } = await createOrder();
            token = made;
            return order;
          },
          confirm: (query: URLSearchParams) => confirm(new URLSearchParams([...query, ['t', token]])),
          deliveriesOf,
          close: () => listener.close(),
        };
      },
    );
    expect(code).toContain('assert.equal');
  });

  it('lists every ending', () => {
    const [, section = ''] = /\n## (?:Endings|결말)\n([\s\S]*?)\n## /.exec(text) ?? [];
    expect([...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names = '']) => names.replaceAll('`', '').split(', ')).sort()).toEqual(
      [...ENDING_IDS].sort(),
    );
  });
});
