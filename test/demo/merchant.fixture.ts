// A merchant's server with a PortOne in this process, and what a test asks of both. One per test file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createMerchant, type Merchant, type MerchantOptions } from '../../demo/merchant/app.js';
import { type Database, openDatabase } from '../../demo/merchant/database.js';
import { createTokens } from '../../demo/merchant/tokens.js';
import { readClaim } from '../../src/edge/landing.js';
import { createFakePortOne, type FakePayment } from './portone.fake.js';

const SECRET = 'a secret of this test';
export const INDEX = readFileSync(new URL('../../index.html', import.meta.url), 'utf8');

export let db: Database;
export let dir: string;
export let portone: ReturnType<typeof createFakePortOne>;
export let app: Merchant['app'];
export let sweep: Merchant['sweep'];
export let events: { event: string; fields: Readonly<Record<string, unknown>> }[];

/** Opens a database, and a directory with what the shop serves. */
export async function openShop(): Promise<void> {
  db = await openDatabase();
  dir = mkdtempSync(`${tmpdir()}/merchant-`);
  writeFileSync(`${dir}/complete.html`, '<!doctype html><html lang="ko"><title>complete</title></html>');
  writeFileSync(`${dir}/imp-redirect.js`, '// the bundle');
  writeFileSync(`${dir}/index.html`, INDEX);
}

export async function closeShop(): Promise<void> {
  await db.close();
  rmSync(dir, { recursive: true });
}

/** Starts a server on an empty database, with a PortOne that knows no payment. */
export async function startMerchant(options: Partial<MerchantOptions> = {}): Promise<void> {
  await db.exec('TRUNCATE orders CASCADE');
  portone = createFakePortOne();
  events = [];
  startMerchantAgain(options);
}

/** Starts another server on what is there. */
export function startMerchantAgain(options: Partial<MerchantOptions> = {}): void {
  ({ app, sweep } = createMerchant({
    db,
    portone: portone.options,
    sdkBaseUrl: 'http://127.0.0.1:9',
    impCode: 'imp12345678',
    tokenSecret: SECRET,
    readClaim,
    sweepPaceMs: 0,
    distDir: dir,
    shopDir: dir,
    log: (event, fields = {}) => events.push({ event, fields }),
    ...options,
  }));
}

export const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const tokens = createTokens(SECRET);
export const ask = async (body: object, headers = {}) => {
  const response = await post('/payments/complete', body, headers);
  return { http: response.status, ...(await response.json()) };
};
/** By the order's own customer, whose token came home with them. */
export const confirm = (imp_uid: string | null, merchant_uid: string | null, headers = {}) =>
  ask({ imp_uid, merchant_uid, t: merchant_uid && tokens.sign(merchant_uid) }, headers);

export const webhook = (imp_uid: string, merchant_uid: string, rest = {}) =>
  post('/payments/webhook', { imp_uid, merchant_uid, status: 'paid', ...rest });

export async function order(items = [{ id: 'corner', quantity: 1 }]) {
  const response = await post('/orders', { items });
  const cookie = response.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  return {
    ...((await response.json()) as { merchant_uid: string; name: string; amount: number; currency: string; token: string }),
    cookie,
  };
}

/** An order, and PortOne's payment for it. */
export async function orderWith(payment: Partial<FakePayment>, impUid = 'imp_1') {
  const made = await order();
  portone.payments.push({
    imp_uid: impUid,
    merchant_uid: made.merchant_uid,
    amount: made.amount,
    currency: 'KRW',
    status: 'paid',
    ...payment,
  });
  return made;
}

export const row = async (id: string) =>
  (await db.query<{ status: string }>('SELECT status FROM orders WHERE id = $1', [id])).rows[0]?.status;
export const fulfilments = async () =>
  (await db.query<{ order_id: string }>('SELECT order_id FROM fulfilments')).rows.map(({ order_id }) => order_id);
export const parked = async () => (await db.query('SELECT order_id, imp_uid, difference FROM mismatches')).rows;
export const logged = () => events.map(({ event }) => event);
export const latestPayment = () => portone.payments.at(-1) as FakePayment;

export const ACCOUNT = {
  status: 'ready',
  vbank_name: '우리은행',
  vbank_num: '1002-000',
  vbank_holder: '모퉁이',
  vbank_date: 1_900_000_000,
} as const;
