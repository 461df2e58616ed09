// How many confirms a second the merchant's server answers, on loopback: beside a handler that only echoes, beside the same without
// the row lock, and on a table of 1,000,000 orders beside one of 1,000. All variants take turns in one run; medians of their rounds.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { listen } from '../demo/listen.js';
import { createMerchant } from '../demo/merchant/app.js';
import { type Database, openDatabase, type Queryable } from '../demo/merchant/database.js';
import { createTokens } from '../demo/merchant/tokens.js';
import { freePort, startPostgres } from '../test/demo/postgres.js';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const CONFIRMS = 600;
const CONCURRENCY = 16;
const SECRET = 'benchmark';
const AMOUNT = 1000;
const tokens = createTokens(SECRET);

interface Variant {
  readonly name: string;
  readonly orders: number;
  readonly locks: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'a Hono handler that only echoes', orders: 0, locks: false },
  { name: 'the merchant server, 1,000 orders', orders: 1000, locks: true },
  { name: 'the same without the row lock', orders: 1000, locks: false },
  { name: 'the merchant server, 1,000,000 orders', orders: 1_000_000, locks: true },
];

/** Spread over the table, as orders of today are not: the worst case for its cache. */
const orderId = (variant: Variant, i: number) =>
  `order-bench-${String((i * Math.floor(variant.orders / CONFIRMS)) % variant.orders).padStart(8, '0')}`;

// ── The server, in a process of its own ──────────────────────────────────────

async function serve(variant: Variant, url: string): Promise<void> {
  const port = await freePort();
  const listener = await listen(port, ['127.0.0.1']);
  if (variant.orders === 0) {
    const echo = new Hono();
    echo.post('/payments/complete', async (c) => c.json({ status: 'paid', ...(await c.req.json()) }));
    listener.serve(echo);
  } else {
    const db = await openDatabase(url);
    const unlocked = (on: Queryable): Queryable => ({ query: (sql, values) => on.query(sql.replace(' FOR UPDATE', ''), values) });
    const { app } = createMerchant({
      db: variant.locks ? db : { ...db, ...unlocked(db), transaction: (work) => db.transaction((tx) => work(unlocked(tx))) },
      // PortOne takes no time here: it is our own that is measured.
      portone: { apiUrl: 'http://portone', apiKey: 'key', apiSecret: 'secret', fetch: portone },
      tokenSecret: SECRET,
      readClaim: () => null,
      requestsPerMinute: 1e9,
      queue: { limit: 1e9 },
      sdkBaseUrl: '',
      impCode: '',
      distDir: '',
      shopDir: '',
      log: () => {},
    });
    listener.serve(app);
  }
  process.send?.(port);
}

const portone = async (url: string): Promise<Response> => {
  if (url.endsWith('/users/getToken')) return envelope({ access_token: 'token', now: 0, expired_at: 1800 });
  const merchant_uid = url.slice(url.lastIndexOf('_') + 1);
  return envelope({ imp_uid: `imp_${merchant_uid}`, merchant_uid, amount: AMOUNT, currency: 'KRW', status: 'paid' });
};
const envelope = (response: object) => Response.json({ code: 0, message: null, response });

// ── The load ─────────────────────────────────────────────────────────────────

async function fill(db: Database, { orders }: Variant): Promise<void> {
  await db.exec(`
    INSERT INTO orders (id, session, name, amount, currency, sweep_at)
    SELECT 'order-bench-' || lpad(i::text, 8, '0'), 'nobody', 'beans', ${AMOUNT}, 'KRW', NULL FROM generate_series(0, ${orders - 1}) AS i`);
  await db.exec('VACUUM ANALYZE orders');
}

/** Every order is unpaid again. Not measured. */
const reset = async (db: Database, variant: Variant) => {
  const ids = Array.from({ length: CONFIRMS }, (_, i) => orderId(variant, i));
  await db.exec('TRUNCATE fulfilments, settlements');
  await db.query(`UPDATE orders SET status = 'created' WHERE id = ANY($1)`, [ids]);
  await db.exec('VACUUM orders');
};

const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });

const confirm = (port: number, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request({ agent, host: '127.0.0.1', port, path: '/payments/complete', method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** @returns how long each confirm took, and all of them, in milliseconds */
async function round(variant: Variant, port: number): Promise<{ each: number[]; allMs: number }> {
  const each: number[] = [];
  const startMs = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < CONFIRMS) {
      const id = variant.orders ? orderId(variant, next++) : `order-${next++}`;
      const body = JSON.stringify({ imp_uid: `imp_${id}`, merchant_uid: id, t: tokens.sign(id) });
      const beganMs = performance.now();
      const { status } = JSON.parse(await confirm(port, body));
      if (status !== 'paid') throw new Error(`${variant.name}: ${status}`);
      each.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { each, allMs: performance.now() - startMs };
}

const quantile = (values: readonly number[], q: number) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)] as number;

async function main(): Promise<void> {
  const cluster = await startPostgres();
  const children: ChildProcess[] = [];
  const root = await openDatabase(cluster.url);
  const stages: { variant: Variant; db: Database | null; port: number; rates: number[]; each: number[] }[] = [];
  try {
    for (const [i, variant] of VARIANTS.entries()) {
      const url = cluster.url.replace(/\w+$/, `bench${i}`);
      await root.exec(`CREATE DATABASE bench${i}`);
      const db = variant.orders ? await openDatabase(url) : null;
      if (db) await fill(db, variant);
      const child = fork(fileURLToPath(import.meta.url), [`${i}`, url], { execArgv: ['--import', 'tsx'] });
      children.push(child);
      const [port] = (await once(child, 'message')) as [number];
      stages.push({ variant, db, port, rates: [], each: [] });
    }
    // The first round warms up, and counts for nothing.
    for (let i = 0; i <= ROUNDS; i++)
      for (const { variant, db, port, rates, each } of stages) {
        if (db) await reset(db, variant);
        const took = await round(variant, port);
        if (i === 0) continue;
        rates.push((CONFIRMS / took.allMs) * 1000);
        each.push(...took.each);
      }
    console.log(`\n${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
    console.log(
      `${ROUNDS} rounds of ${CONFIRMS} confirms of different orders, ${CONCURRENCY} at a time; one server process, PostgreSQL without fsync\n`,
    );
    console.log('| | confirms/s, median | p50 | p99 |\n|---|--:|--:|--:|');
    for (const { variant, rates, each } of stages)
      console.log(
        `| ${variant.name} | ${Math.round(quantile(rates, 0.5))} | ${quantile(each, 0.5).toFixed(1)} ms | ${quantile(each, 0.99).toFixed(1)} ms |`,
      );
    const [, small, unlocked, large] = stages.map(({ rates }) => rates) as [number[], number[], number[], number[]];
    const ratio = (of: readonly number[], by: readonly number[]) =>
      quantile(
        of.map((rate, i) => rate / (by[i] as number)),
        0.5,
      );
    console.log(`\nCost of a confirm on 1,000,000 orders, against 1,000: ${ratio(small, large).toFixed(2)} (at most 1.2)`);
    console.log(`Cost of the row lock: ${ratio(unlocked, small).toFixed(2)}`);
    if (ratio(small, large) > 1.2) process.exitCode = 1;
  } finally {
    for (const child of children) child.kill();
    agent.destroy();
    for (const { db } of stages) await db?.close();
    await root.close();
    await cluster.stop();
  }
}

const [index, url] = process.argv.slice(2);
if (index) await serve(VARIANTS[Number(index)] as Variant, url as string);
else await main();
