// The short servers of docs/servers: each is started as its merchant would, and asked whatever the contract has.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../../demo/listen.js';
import { createStandInApp, type Payment, type StandInApp } from '../../demo/stand-in/index.js';
import { type Cluster, freePort, startPostgres } from '../demo/postgres.js';
import { findRuntimes, NOT_RUN, type Runtime } from './runtimes.js';
import { faultsAs, faultsOfAnswer } from './schema.js';

const KEYS = { apiKey: 'key', apiSecret: 'secret' };
const runtimes = findRuntimes();
const here = runtimes.filter(({ command }) => command);
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(', ') || 'none';

let dir: string;
let cluster: Cluster;
let standIn: StandInApp;
let portone: Listener;
let portoneUrl: string;

beforeAll(async () => {
  dir = mkdtempSync(`${tmpdir()}/servers-`);
  cluster = await startPostgres();
  const port = await freePort();
  portoneUrl = `http://127.0.0.1:${port}`;
  standIn = createStandInApp({ origin: portoneUrl, webhookUrl: null, impCode: 'imp00000000', sdkDir: dir, ...KEYS });
  portone = await listen(port, ['127.0.0.1']);
});
afterAll(async () => {
  await portone.close();
  await cluster.stop();
  rmSync(dir, { recursive: true });
});

/** How PortOne can be out of reach, beside not answering at all. */
const OUTAGES: Readonly<Record<string, () => Response>> = {
  'HTTP 500': () => new Response(null, { status: 500 }),
  'HTTP 429': () => Response.json({ code: -1, message: 'too many', response: null }, { status: 429 }),
  'HTTP 401': () => Response.json({ code: -1, message: 'Unauthorized', response: null }, { status: 401 }),
  'a page': () => new Response('<h1>점검 중</h1>', { headers: { 'Content-Type': 'text/html' } }),
  'an error in its envelope': () => Response.json({ code: -1, message: '오류', response: null }),
};

async function start({ command, file }: Runtime, port: number) {
  const [program, ...args] = (command as NonNullable<Runtime['command']>).map((part) => part.replace('{port}', `${port}`)) as [string];
  const child = spawn(program, args, {
    cwd: dir,
    env: {
      ...process.env,
      PORT: `${port}`,
      DATABASE_URL: cluster.url,
      DATABASE: `${dir}/${file}.db`,
      PORTONE_API_URL: portoneUrl,
      PORTONE_API_KEY: KEYS.apiKey,
      PORTONE_API_SECRET: KEYS.apiSecret,
      ORDER_TOKEN_SECRET: 'a secret of this test',
      // PHP's own server takes one request at a time otherwise.
      PHP_CLI_SERVER_WORKERS: '8',
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
    },
    // PHP's workers are a group of processes, and end together.
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  await untilReady(`http://127.0.0.1:${port}/`, child, () => said);
  return { child, said: () => said };
}

/** Asks until somebody answers: the server is not there at once. */
async function untilReady(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server has ended: ${child.exitCode} ${said()}`);
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
  }
}

it(`of the short servers these run here: ${names(here)}; these cannot, for want of their runtime: ${names(runtimes.filter(({ command }) => !command))}; these are never run: ${names(NOT_RUN)}`, () => {
  expect(runtimes.filter(({ always, command }) => always && !command)).toEqual([]);
  const files = readdirSync(new URL('../../docs/servers', import.meta.url));
  expect([...runtimes, ...NOT_RUN].map(({ file }) => file).sort()).toEqual(files.sort());
});

it.each([
  ['docs/merchant-server.md', 'wherever', 'not run'],
  ['docs/merchant-server.ko.md', '있는 곳', '실행하지 않음'],
])('%s says of each server whether the tests run it', (doc, where, never) => {
  const text = readFileSync(new URL(`../../${doc}`, import.meta.url), 'utf8');
  const rowOf = (file: string) => text.split('\n').find((line) => line.startsWith('|') && line.includes(`(servers/${file})`)) ?? '';
  for (const { file, always } of runtimes) expect([file, rowOf(file).includes(where)]).toEqual([file, !always]);
  for (const { file } of NOT_RUN) {
    expect(rowOf(file)).toContain(never);
    expect(
      readFileSync(new URL(`../../docs/servers/${file}`, import.meta.url), 'utf8')
        .split('\n', 3)
        .join(),
    ).toMatch(/not run/i);
  }
});

describe.each(here.map((runtime) => [runtime.name, runtime] as const))('%s', (_, runtime) => {
  let server: Awaited<ReturnType<typeof start>>;
  let origin: string;
  /** Orders that are to be settled, once each, by the end. */
  const settled: string[] = [];

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    portone.serve(standIn.app);
    server = await start(runtime, port);
  });
  beforeEach(() => portone.serve(standIn.app));
  afterAll(() => stop());

  async function stop() {
    if (server.child.exitCode !== null || server.child.signalCode) return;
    process.kill(-(server.child.pid as number), 'SIGTERM');
    await once(server.child, 'close');
  }

  const send = (path: string, body: string, headers: Record<string, string>) =>
    fetch(`${origin}${path}`, { method: 'POST', headers, body });

  /** Sends a request, and holds the answer against the contract. */
  async function exchange(path: string, body: unknown, headers: Record<string, string> = {}) {
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await send(path, content, { 'Content-Type': 'application/json', ...headers });
    const text = await response.text();
    expect(faultsOfAnswer(path, response, text)).toBe('');
    return { http: response.status, ...(text && JSON.parse(text)) };
  }

  const confirm = (imp_uid: string | null, merchant_uid: string | null, t: string | null) =>
    exchange('/payments/complete', { imp_uid, merchant_uid, t });

  const webhook = (imp_uid: string, merchant_uid: string, status = 'paid') => {
    const body = { imp_uid, merchant_uid, status };
    expect(faultsAs('Webhook', body)).toBe('');
    return exchange('/payments/webhook', body);
  };

  async function order(isPaid = false) {
    const response = await send('/orders', '', {});
    const made = (await response.json()) as { merchant_uid: string; amount: number; token: string };
    expect([response.status, made.merchant_uid]).toEqual([201, expect.stringMatching(/^order-[\da-f]{24}$/)]);
    if (isPaid) settled.push(made.merchant_uid);
    return made;
  }

  /** An order, and PortOne's payment for it. */
  async function orderWith(payment: Partial<Payment>) {
    const made = await order(payment.status === 'paid' && !payment.amount && !payment.currency && !payment.cancel_amount);
    const of = standIn.store.create({ merchant_uid: made.merchant_uid, amount: made.amount, ...payment });
    return { ...made, of, imp_uid: of.imp_uid };
  }

  const ACCOUNT = {
    status: 'ready',
    vbank_num: '1002-000',
    vbank_name: '우리은행',
    vbank_holder: '모퉁이',
    vbank_date: 1_900_000_000,
  } as const;

  it('answers paid, and the same again, by either road, without asking PortOne again', async () => {
    const { imp_uid, merchant_uid, amount, token } = await orderWith({ status: 'paid' });
    const first = await confirm(imp_uid, merchant_uid, token);
    expect(first).toEqual({ http: 200, status: 'paid', imp_uid, merchant_uid, amount, currency: 'KRW', name: '모퉁이 블렌드' });
    portone.serve(new Hono());
    expect(await confirm(imp_uid, merchant_uid, token)).toEqual(first);
    expect(await confirm(null, merchant_uid, token)).toEqual(first);
  });

  it('looks the payment up by the order where there is no imp_uid, and by imp_uid where there is no order', async () => {
    const one = await orderWith({ status: 'paid' });
    expect(await confirm(null, one.merchant_uid, one.token)).toMatchObject({ status: 'paid', imp_uid: one.imp_uid });
    const other = await orderWith({ status: 'paid' });
    expect(await confirm(other.imp_uid, null, other.token)).toMatchObject({ status: 'paid', merchant_uid: other.merchant_uid });
  });

  it('finds the try that paid, where the landing tells of one that failed', async () => {
    const { merchant_uid, imp_uid, amount, token } = await orderWith({ status: 'failed', fail_reason: '한도 초과' });
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ http: 200, status: 'failed', message: '한도 초과' });
    settled.push(merchant_uid);
    const { imp_uid: paidBy } = standIn.store.create({ merchant_uid, amount, status: 'paid' });
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ http: 200, status: 'paid', imp_uid });
    expect(await confirm(paidBy, merchant_uid, token)).toMatchObject({ status: 'paid', imp_uid: paidBy });
    // A payment that is old news changes nothing.
    await webhook(imp_uid, merchant_uid, 'failed');
    expect(await confirm(null, merchant_uid, token)).toMatchObject({ status: 'paid', imp_uid: paidBy });
  });

  it('answers ready with the account; paid after the deposit; cancelled once it is', async () => {
    const { imp_uid, merchant_uid, token, of } = await orderWith(ACCOUNT);
    const { status: _, ...account } = ACCOUNT;
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ http: 200, status: 'ready', ...account });
    of.status = 'paid';
    settled.push(merchant_uid);
    expect(await webhook(imp_uid, merchant_uid)).toEqual({ http: 200 });
    const paid = await confirm(imp_uid, merchant_uid, token);
    expect(paid).toMatchObject({ status: 'paid' });
    expect(paid).not.toHaveProperty('vbank_num');
    of.status = 'cancelled';
    await webhook(imp_uid, merchant_uid, 'cancelled');
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ http: 200, status: 'cancelled' });
  });

  it.each<[name: string, payment: Partial<Payment> | null]>([
    ['there is no payment yet', null],
    ['the customer has left the window', { status: 'ready' }],
    ['a part of it was taken back', { status: 'paid', cancel_amount: 1000 }],
  ])('answers pending where %s', async (_, payment) => {
    const { merchant_uid, token } = payment ? await orderWith(payment) : await order();
    expect(await confirm(null, merchant_uid, token)).toMatchObject({ http: 200, status: 'pending', merchant_uid });
    expect(await confirm('imp_invented', merchant_uid, token)).toMatchObject({ http: 200, status: 'pending', imp_uid: 'imp_invented' });
  });

  it.each<[name: string, payment: Partial<Payment>]>([
    ['amount', { status: 'paid', amount: 100 }],
    ['currency', { status: 'paid', currency: 'JPY' }],
    ['amount of a virtual account', { ...ACCOUNT, amount: 100 }],
  ])('answers forged for another %s', async (_, payment) => {
    const { imp_uid, merchant_uid, token } = await orderWith(payment);
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ http: 400, status: 'forged', imp_uid, merchant_uid });
    expect(await webhook(imp_uid, merchant_uid)).toEqual({ http: 200 });
    expect(await confirm(null, merchant_uid, token)).toMatchObject({ http: 400, status: 'forged' });
  });

  it("answers forged for somebody else's payment, and settles that order and not this one", async () => {
    const theirs = await orderWith({ status: 'paid' });
    const mine = await order();
    const forged = { http: 400, status: 'forged', imp_uid: theirs.imp_uid, merchant_uid: mine.merchant_uid };
    expect(await confirm(theirs.imp_uid, mine.merchant_uid, mine.token)).toMatchObject(forged);
    expect(await confirm(theirs.imp_uid, theirs.merchant_uid, theirs.token)).toMatchObject({ status: 'paid' });
    expect(await confirm(theirs.imp_uid, mine.merchant_uid, mine.token)).toMatchObject(forged);
    await webhook(theirs.imp_uid, mine.merchant_uid);
    expect(await confirm(null, mine.merchant_uid, mine.token)).toMatchObject({ status: 'pending' });
  });

  it('answers 404 for an unknown order', async () => {
    const { imp_uid, token } = await orderWith({ status: 'failed' });
    expect(await confirm(imp_uid, 'order-nobody', token)).toEqual({ http: 404, code: 'order_not_found' });
    expect(await webhook(imp_uid, 'order-nobody')).toEqual({ http: 200 });
  });

  it.each([
    ['no token', null],
    ['an empty one', ''],
    ["another's", '0'.repeat(64)],
    ['a strange one', '결'.repeat(64)],
  ])('does the work for who has the ids and %s, and tells nothing', async (_, t) => {
    const { imp_uid, merchant_uid, token } = await orderWith({ status: 'paid' });
    expect(await confirm(imp_uid, merchant_uid, t)).toEqual({ http: 200, status: 'pending', imp_uid, merchant_uid });
    expect(await confirm(imp_uid, null, t)).toEqual({ http: 200, status: 'pending', imp_uid, merchant_uid: null });
    expect(await confirm('imp_invented', null, t)).toEqual({ http: 200, status: 'pending', imp_uid: 'imp_invented', merchant_uid: null });
    // It was settled for the stranger: PortOne is not needed any more.
    portone.serve(new Hono());
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ status: 'paid' });
  });

  it.each(Object.keys(OUTAGES))('answers pending, and the webhook 503, while PortOne gives %s; paid once it is back', async (outage) => {
    const { imp_uid, merchant_uid, token } = await orderWith({ status: 'paid' });
    portone.serve(new Hono().all('*', OUTAGES[outage] as () => Response));
    expect(await confirm(imp_uid, merchant_uid, token)).toEqual({ http: 202, status: 'pending', imp_uid, merchant_uid });
    expect(await confirm(null, merchant_uid, token)).toMatchObject({ http: 202, status: 'pending' });
    expect(await webhook(imp_uid, merchant_uid)).toEqual({ http: 503, code: 'payment_not_known_yet' });
    portone.serve(standIn.app);
    // A token that was refused is not kept.
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ http: 200, status: 'paid' });
  });

  it.each([
    ['JSON', 'application/json', (ids: Record<string, string>) => JSON.stringify(ids)],
    ['JSON, with its charset', 'application/json;charset=UTF-8', (ids: Record<string, string>) => JSON.stringify(ids)],
    ['a form', 'application/x-www-form-urlencoded', (ids: Record<string, string>) => `${new URLSearchParams(ids)}`],
  ])('settles by a webhook in %s', async (_, type, encode) => {
    const { imp_uid, merchant_uid, token } = await orderWith({ status: 'paid' });
    const body = encode({ imp_uid, merchant_uid, status: 'paid' });
    expect(await exchange('/payments/webhook', body, { 'Content-Type': type })).toEqual({ http: 200 });
    portone.serve(new Hono());
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ status: 'paid' });
  });

  it('believes nothing that a webhook says', async () => {
    const { imp_uid, merchant_uid, token } = await orderWith({ status: 'ready' });
    for (const status of ['paid', 'cancelled', 'failed']) await webhook(imp_uid, merchant_uid, status);
    await webhook('imp_invented', merchant_uid);
    expect(await confirm(imp_uid, merchant_uid, token)).toMatchObject({ status: 'pending' });
  });

  it('settles once for 20 confirms and 20 webhooks at once, and gives all one answer', async () => {
    const { imp_uid, merchant_uid, token } = await orderWith({ status: 'paid' });
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => confirm(imp_uid, merchant_uid, token)));
    expect(new Set(verdicts.map((verdict) => JSON.stringify(verdict)))).toHaveLength(1);
    expect(verdicts[0]).toMatchObject({ http: 200, status: 'paid' });
    const other = await orderWith({ status: 'paid' });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 2 ? confirm(other.imp_uid, other.merchant_uid, other.token) : webhook(other.imp_uid, other.merchant_uid),
      ),
    );
    for (const [i, answer] of answers.entries()) expect(answer).toMatchObject(i % 2 ? { http: 200, status: 'paid' } : { http: 200 });
  });

  it.each(['', '{', 'null', '[]', '{}', '{"imp_uid":null,"merchant_uid":null}', '{"imp_uid":1,"merchant_uid":"a"}'])(
    'refuses %j with 400, at both ends',
    async (body) => {
      expect(await exchange('/payments/complete', body)).toEqual({ http: 400, code: 'invalid_request' });
      expect(await exchange('/payments/webhook', body)).toEqual({ http: 400, code: 'invalid_request' });
    },
  );

  it.each([{ $ne: 1 }, ['imp_1'], '', 'a\u0000', '\ud800', 'a'.repeat(257), true, 0])('refuses %j for an id', async (id) => {
    const { merchant_uid } = await order();
    expect(await exchange('/payments/complete', { imp_uid: id, merchant_uid })).toEqual({ http: 400, code: 'invalid_request' });
    expect(await exchange('/payments/webhook', { imp_uid: id, merchant_uid })).toEqual({ http: 400, code: 'invalid_request' });
  });

  it('refuses a form, a flood, and the pages of other sites', async () => {
    const { imp_uid, merchant_uid } = await orderWith({ status: 'failed' });
    const ids = { imp_uid, merchant_uid };
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(await exchange('/payments/complete', `${new URLSearchParams(ids)}`, form)).toMatchObject({ http: 400 });
    expect(await exchange('/payments/complete', JSON.stringify(ids), { 'Content-Type': 'text/plain' })).toMatchObject({ http: 400 });
    for (const path of ['/payments/complete', '/payments/webhook'])
      expect(await exchange(path, { ...ids, more: 'x'.repeat(20_000) })).toEqual({ http: 413, code: 'too_large' });
    const foreign: readonly Record<string, string>[] = [
      { Origin: 'https://evil.test' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ];
    for (const headers of foreign)
      expect(await exchange('/payments/complete', ids, headers)).toEqual({ http: 403, code: 'foreign_origin' });
    for (const headers of [{ Origin: origin }, { 'Sec-Fetch-Site': 'same-origin' }] as Record<string, string>[])
      expect(await exchange('/payments/complete', ids, headers)).toMatchObject({ http: 200 });
  });

  it.each(['.', '..', '../users/getToken', 'find/order', '%2e%2e', '__proto__', "' OR 1=1 --", '<img src=x>', '결제'])(
    'takes %j for an id and nothing else',
    async (id) => {
      const { merchant_uid, token } = await order();
      expect(await confirm(id, merchant_uid, token)).toMatchObject({ http: 200, status: 'pending', imp_uid: id, merchant_uid });
      expect(await confirm(null, id, token)).toMatchObject({ http: 404 });
    },
  );

  it('has settled each of these orders, and no other, once; and logs no whole order number', async () => {
    await stop();
    const told = [...server.said().matchAll(/settled (order-[\da-f]{13})/g)].map(([, name]) => name);
    expect(told.sort()).toEqual(settled.map((id) => id.slice(0, 19)).sort());
    for (const id of settled) expect(server.said()).not.toContain(id);
  });
});
