// Several server processes on one real PostgreSQL: whatever comes at once, and whoever dies, an order is settled once.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../../demo/listen.js';
import { createMerchant, type Merchant } from '../../demo/merchant/app.js';
import { type Database, openDatabase, type Queryable } from '../../demo/merchant/database.js';
import { readSecret } from '../../demo/merchant/tokens.js';
import { createFakePortOne } from './portone.fake.js';
import { type Cluster, freePort, startPostgres } from './postgres.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROCESSES = 4;
const ORDERS = 200;

let cluster: Cluster;
let db: Database;

beforeAll(async () => {
  cluster = await startPostgres();
  db = await openDatabase(cluster.url);
}, 120_000);
afterAll(async () => {
  await db.close();
  await cluster.stop();
});
beforeEach(() => db.exec('TRUNCATE orders CASCADE'));

const counts = async () => {
  const { rows } = await db.query<Record<string, number>>(
    `SELECT (SELECT count(*) FROM orders WHERE status = 'paid') AS paid, (SELECT count(*) FROM settlements) AS settled,
       (SELECT count(*) FROM fulfilments) AS fulfilled, (SELECT count(*) FROM mismatches) AS parked`,
  );
  return rows[0];
};

/** An order, and the payment that PortOne has of it. */
async function orderAndPay(origin: string, portone: ReturnType<typeof createFakePortOne>, i: number) {
  const response = await fetch(`${origin}/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ items: [{ id: 'corner', quantity: 1 }] }),
  });
  const { merchant_uid, amount, token } = (await response.json()) as { merchant_uid: string; amount: number; token: string };
  portone.payments.push({ imp_uid: `imp_${i}`, merchant_uid, amount, currency: 'KRW', status: 'paid' });
  return { merchant_uid, imp_uid: `imp_${i}`, t: token };
}

const send = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

describe('four server processes on one PostgreSQL', () => {
  let portone: ReturnType<typeof createFakePortOne>;
  let closePortOne: () => Promise<void>;
  let servers: { readonly origin: string; readonly process: ChildProcess }[];

  beforeAll(async () => {
    portone = createFakePortOne();
    const portonePort = await freePort();
    const listener = await listen(portonePort, ['127.0.0.1']);
    listener.serve(portone.app);
    closePortOne = listener.close;
    const start = async () => {
      const port = await freePort();
      const child = spawn('node', ['--import', 'tsx', 'demo/server.ts'], {
        cwd: ROOT,
        env: {
          ...process.env,
          PORT: `${port}`,
          DATABASE_URL: cluster.url,
          PORTONE_API_URL: `http://127.0.0.1:${portonePort}`,
          PORTONE_IMP_CODE: 'imp12345678',
          PORTONE_API_KEY: 'key',
          PORTONE_API_SECRET: 'secret',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // The address is told when it answers; what is logged after that is read all the same, so that it does not block.
      let said = '';
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (chunk) => {
          said += chunk;
          if (said.includes(`localhost:${port}`)) resolve();
        });
        child.on('exit', (code) => reject(new Error(`the server has ended: ${code} ${said}`)));
      });
      return { origin: `http://127.0.0.1:${port}`, process: child };
    };
    // All at once: the tables are made by one of them.
    await db.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public;');
    servers = await Promise.all(Array.from({ length: PROCESSES }, start));
  }, 120_000);

  afterAll(async () => {
    for (const { process: child } of servers) {
      if (child.exitCode !== null || child.signalCode) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await closePortOne();
  });

  const originOf = (i: number) => (servers[i % PROCESSES] as (typeof servers)[number]).origin;

  it(`settle ${ORDERS} orders once each: two returns and two webhooks of each, all at once`, async () => {
    const orders = await Promise.all(Array.from({ length: ORDERS }, (_, i) => orderAndPay(originOf(i), portone, i)));
    const all = orders.flatMap((order, i) => [
      send(`${originOf(i)}/payments/complete`, order),
      send(`${originOf(i + 1)}/payments/complete`, order),
      send(`${originOf(i + 2)}/payments/webhook`, { ...order, status: 'paid' }),
      send(`${originOf(i + 3)}/payments/webhook`, { ...order, status: 'paid' }),
    ]);
    const answers = await Promise.all(all);
    expect(await counts()).toEqual({ paid: ORDERS, settled: ORDERS, fulfilled: ORDERS, parked: 0 });
    // Whoever is told at all is told the same; a full queue tells to come back.
    const told = new Set<string>();
    for (const answer of answers) {
      const text = await answer.text();
      told.add(text ? `${answer.status} ${JSON.parse(text).status ?? JSON.parse(text).code}` : `${answer.status}`);
    }
    expect([...told].sort()).toEqual(expect.arrayContaining(['200', '200 paid']));
    expect([...told].filter((text) => !/^(200( paid)?|503 payment_not_known_yet)$/.test(text))).toEqual([]);
  }, 120_000);

  it('lose nothing and double nothing where one of them is killed in the middle of it', async () => {
    portone.payments.length = 0;
    const orders = await Promise.all(Array.from({ length: ORDERS }, (_, i) => orderAndPay(originOf(i), portone, i)));
    let answered = 0;
    const victim = servers[0] as (typeof servers)[number];
    /** As the page does it: what is not answered is asked again, at whichever process answers. */
    const confirm = async (order: object, first: number) => {
      for (let i = first; ; i++) {
        const response = await send(`${originOf(i)}/payments/complete`, order).catch(() => null);
        // In the middle, by what has been done, and not by the clock.
        if (++answered === ORDERS / 2) victim.process.kill('SIGKILL');
        if (response?.status === 200 && (await response.json()).status === 'paid') return;
      }
    };
    await Promise.all(orders.map((order, i) => confirm(order, i)));
    expect(victim.process.signalCode ?? (await once(victim.process, 'exit'))[1]).toBe('SIGKILL');
    expect(await counts()).toEqual({ paid: ORDERS, settled: ORDERS, fulfilled: ORDERS, parked: 0 });
  }, 120_000);
});

/** Without a network: a server on this database, with a PortOne of its own. */
async function openMerchant(of: Database, portone: ReturnType<typeof createFakePortOne>) {
  return createMerchant({
    db: of,
    portone: portone.options,
    tokenSecret: await readSecret(db),
    readClaim: () => null,
    sdkBaseUrl: '',
    impCode: '',
    distDir: '',
    shopDir: '',
    sweepPaceMs: 0,
    log: () => {},
  });
}

const post = ({ app }: Merchant, path: string, body: object) =>
  app.request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

async function makeOrder(merchant: Merchant, portone: ReturnType<typeof createFakePortOne>, imp_uid: string) {
  const made = await post(merchant, '/orders', { items: [{ id: 'corner', quantity: 1 }] });
  const { merchant_uid, amount, token } = (await made.json()) as { merchant_uid: string; amount: number; token: string };
  portone.payments.push({ imp_uid, merchant_uid, amount, currency: 'KRW', status: 'paid' });
  return { imp_uid, merchant_uid, t: token };
}

const waitsForLock = () =>
  vi.waitUntil(async () => (await db.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rows.length > 0, {
    timeout: 10_000,
  });

describe('on a real PostgreSQL', () => {
  it('old news that is under way when an order is cancelled does not undo it: the row is locked', async () => {
    const portone = createFakePortOne();
    let order: Awaited<ReturnType<typeof makeOrder>>;
    let told: Promise<Response> | undefined;
    // The return has "paid" in its hands and has read the order; then PortOne cancels, and the webhook is there.
    const slow: Database = {
      ...db,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            async query<Row>(sql: string, values?: readonly unknown[]) {
              const result = await tx.query<Row>(sql, values);
              if (!told && /FROM orders WHERE id/.test(sql)) {
                Object.assign(portone.payments[0] as object, { status: 'cancelled' });
                told = Promise.resolve(post(merchant, '/payments/webhook', { ...order, status: 'cancelled' }));
                await Promise.race([told, waitsForLock()]);
              }
              return result;
            },
          }),
        ),
    };
    const merchant = await openMerchant(db, portone);
    order = await makeOrder(merchant, portone, 'imp_1');
    await post(await openMerchant(slow, portone), '/payments/complete', order);
    expect((await told)?.status).toBe(200);
    expect((await db.query('SELECT status FROM orders')).rows).toEqual([{ status: 'cancelled' }]);
  });

  it('a sweep passes over an order that another one has in its hands', async () => {
    const portone = createFakePortOne();
    const merchant = await openMerchant(db, portone);
    const first = await makeOrder(merchant, portone, 'imp_1');
    const second = await makeOrder(merchant, portone, 'imp_2');
    await db.query(`UPDATE orders SET sweep_at = now() - CASE id WHEN $1 THEN interval '2 hours' ELSE interval '1 hour' END`, [
      first.merchant_uid,
    ]);
    const other = await openDatabase(cluster.url);
    await other.transaction(async (tx) => {
      await tx.query('SELECT id FROM orders WHERE id = $1 FOR UPDATE', [first.merchant_uid]);
      expect(await merchant.sweep.run()).toBe(1);
    });
    await other.close();
    expect((await db.query(`SELECT id FROM orders WHERE status = 'paid'`)).rows).toEqual([{ id: second.merchant_uid }]);
  });

  it('a connection that is cut in the middle of a transaction fails that one alone, and the server lives', async () => {
    const portone = createFakePortOne();
    const cut: Database = {
      ...db,
      transaction: (work) =>
        db.transaction(async (tx) => {
          const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
          await db.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
          await vi.waitUntil(async () => {
            const alive = await db.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [rows[0]?.pid]);
            return alive.rows.length === 0;
          });
          return work(tx);
        }),
    };
    const merchant = await openMerchant(db, portone);
    const order = await makeOrder(merchant, portone, 'imp_1');
    const refused = await post(await openMerchant(cut, portone), '/payments/complete', order);
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '3']);
    expect(await (await post(merchant, '/payments/complete', order)).json()).toMatchObject({ status: 'paid' });
    expect(await counts()).toEqual({ paid: 1, settled: 1, fulfilled: 1, parked: 0 });
  });

  it('an order that is locked for long holds up none but itself', async () => {
    const portone = createFakePortOne();
    const merchant = await openMerchant(db, portone);
    const locked = await makeOrder(merchant, portone, 'imp_1');
    const free = await makeOrder(merchant, portone, 'imp_2');
    const other = await openDatabase(cluster.url);
    const waiting = await other.transaction(async (tx) => {
      await tx.query('SELECT id FROM orders WHERE id = $1 FOR UPDATE', [locked.merchant_uid]);
      const answers = Array.from({ length: 30 }, () => post(merchant, '/payments/complete', locked));
      await waitsForLock();
      // Its own row answers, without the queue, once it is settled; until then it is looked up as soon as there is a place.
      const { rows } = await db.query('SELECT id FROM orders WHERE id = $1', [free.merchant_uid]);
      expect(rows).toHaveLength(1);
      return answers;
    });
    for (const answer of await Promise.all(waiting)) expect(await answer.json()).toMatchObject({ status: 'paid' });
    expect(await (await post(merchant, '/payments/complete', free)).json()).toMatchObject({ status: 'paid' });
    await other.close();
    expect(await counts()).toEqual({ paid: 2, settled: 2, fulfilled: 2, parked: 0 });
  });
});

describe('a process that dies between two statements', () => {
  /** The database as one process has it that dies at its nth statement: its connection is gone, and nothing is committed. */
  const dying = (statements: number): Database => {
    let left = statements;
    const on = (target: Queryable): Queryable => ({
      query: (sql, values) => (left-- > 0 ? target.query(sql, values) : Promise.reject(new Error('killed'))),
    });
    return { ...db, ...on(db), transaction: (work) => db.transaction((tx) => work(on(tx))) };
  };

  it('leaves an order that another process settles, once', async () => {
    const portone = createFakePortOne();
    const alive = await openMerchant(db, portone);
    let deaths = 0;
    let statements = 0;
    for (let died = true; died; statements++) {
      const order = await makeOrder(alive, portone, `imp_${statements}`);
      const first = await post(await openMerchant(dying(statements), portone), '/payments/complete', order);
      died = first.status === 500;
      deaths += Number(died);
      // Two at once, behind the dead one.
      const later = await Promise.all([post(alive, '/payments/complete', order), post(alive, '/payments/complete', order)]);
      for (const answer of later) expect(await answer.json()).toMatchObject({ status: 'paid' });
    }
    // One order for each place, and the last one, at which nobody died.
    expect(deaths).toBeGreaterThan(5);
    expect(await counts()).toEqual({ paid: statements, settled: statements, fulfilled: statements, parked: 0 });
  });
});
