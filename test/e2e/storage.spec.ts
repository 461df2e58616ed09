// Storage that is not there, is full, or holds what is not ours, with the real bundle in a real browser.
import type { Page } from '@playwright/test';
import { gate, hang, paid, status } from './fault-server.js';
import { card, expect, expectNothingPending, expectPaidTold, expectState, expectStates, readOutbox, test } from './support.js';

const codesIn = (page: Page): string[] => {
  const codes: string[] = [];
  page.on('console', (message) => {
    const code = /\b(confirm_\w+|storage_\w+)/.exec(message.text())?.[1];
    if (message.type() === 'error' && code) codes.push(code);
  });
  page.on('pageerror', (error) => codes.push(error.message));
  return codes;
};

/** Puts a text where the outbox is, in both places, from a page of the origin that does not carry the script. */
const fillOutbox = async (page: Page, origin: string, text: unknown) => {
  await page.goto(`${origin}/elsewhere`);
  await page.evaluate(
    (value) =>
      new Promise<void>((resolve, reject) => {
        localStorage.setItem('imp-redirect', value as string);
        const request = indexedDB.open('imp-redirect');
        request.onupgradeneeded = () => request.result.createObjectStore('imp-redirect');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const put = request.result.transaction('imp-redirect', 'readwrite');
          put.objectStore('imp-redirect').put(value, 'imp-redirect');
          put.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    text,
  );
};

const throwing = (name: 'localStorage' | 'indexedDB' | 'sessionStorage') => `
  Object.defineProperty(window, '${name}', { get() { throw new DOMException('no', 'SecurityError'); } });`;

const BLOCKED: readonly [name: string, script: string, codes: string[]][] = [
  ['localStorage throws', throwing('localStorage'), []],
  ['localStorage is null', `Object.defineProperty(window, 'localStorage', { value: null });`, []],
  ['IndexedDB throws', throwing('indexedDB'), ['storage_unavailable']],
  ['open() never answers', `IDBFactory.prototype.open = () => ({});`, ['storage_unavailable']],
  ['all of it throws', throwing('localStorage') + throwing('indexedDB') + throwing('sessionStorage'), ['storage_unavailable']],
];

for (const [name, script, expected] of BLOCKED)
  test(`${name}: the order is asked about, again too, and settled`, async ({ page, server, seen, events }) => {
    await page.addInitScript(script);
    const codes = codesIn(page);
    server.tag = { 'base-delay-ms': 1 };
    const second = gate();
    server.script = [status(503), second.fault];
    await page.goto(server.landing());
    await expectState(page, 'retrying');
    await expect.poll(() => [...codes].sort()).toEqual(['confirm_unreachable', ...expected]);
    second.open();
    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'retrying', 'paid']);
    await expectPaidTold(events);
    await page.reload();
    await expectState(page, 'paid');
    expect([...server.settled]).toEqual(['m_1']);
  });

test('a page without any origin of its own (Content-Security-Policy: sandbox) does it all from memory', async ({
  page,
  server,
  seen,
  events,
}) => {
  const codes = codesIn(page);
  server.headers = { 'Content-Security-Policy': 'sandbox allow-scripts' };
  server.allowOrigin = 'null';
  server.tag = { 'base-delay-ms': 1 };
  server.script = [status(503), paid];
  await page.goto(server.landing());
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'retrying', 'paid']);
  await expect.poll(() => [...codes].sort()).toEqual(['confirm_unreachable', 'storage_unavailable']);
  await expectPaidTold(events);
});

test('localStorage is full: the database holds the order, and the next page settles it', async ({ page, server }) => {
  await page.goto(`${server.origin}/elsewhere`);
  await page.evaluate(() => {
    let name = 0;
    for (let size = 2 ** 22; size >= 1; size /= 2)
      for (;;)
        try {
          localStorage.setItem(`${name}`, 'x'.repeat(size));
          name++;
        } catch {
          break;
        }
  });
  const codes = codesIn(page);
  server.script = [hang, paid];
  await page.goto(server.landing());
  await expect
    .poll(() => readOutbox(page))
    .toEqual({ database: [['landed', 'imp_1', 'm_1', expect.any(Number), expect.any(Number)]], copy: [] });
  await page.goto(`${server.origin}/shop`);
  await expect.poll(() => [...server.settled]).toEqual(['m_1']);
  expect(codes).toEqual([]);
});

test('the disk is full: it is told, and the order is asked about all the same', async ({ page, context, server }) => {
  const codes = codesIn(page);
  await page.goto(`${server.origin}/elsewhere`);
  await (await context.newCDPSession(page)).send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1 });
  const answer = gate();
  server.script = [answer.fault];
  await page.goto(server.landing());
  await expect.poll(() => codes).toEqual(['storage_unavailable']);
  answer.open();
  await expectState(page, 'paid');
  expect(codes).toEqual(['storage_unavailable']);
});

test('the copy holds the order where the database is lost, and the next page settles it', async ({ page, server }) => {
  server.script = [hang, paid];
  await page.goto(server.landing());
  await expect.poll(async () => ((await readOutbox(page)).copy as unknown[]).length).toBe(1);
  await page.goto(`${server.origin}/elsewhere`);
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase('imp-redirect');
        request.onsuccess = resolve;
        request.onerror = reject;
      }),
  );
  await page.goto(`${server.origin}/shop`);
  await expect.poll(() => [...server.settled]).toEqual(['m_1']);
});

const nowMs = Date.now();
const about = (...parts: unknown[]) => ({ [parts.join('\t')]: [nowMs, nowMs] });
const good = about('landed', 'imp_7', 'm_7');
const OUTBOXES: readonly [name: string, text: unknown, asked: string[]][] = [
  ['no JSON', '{"', []],
  ['no text', good, []],
  ['a list', JSON.stringify([good]), []],
  ['the format of before', JSON.stringify([['landed', 'imp_7', 'm_7', nowMs, nowMs]]), []],
  ['1 MB', `["${'x'.repeat(1_000_000)}"]`, []],
  [
    'wrong types, HTML and foreign entries beside a good one',
    JSON.stringify({
      landed: null,
      7: 7,
      '["landed","imp_2","m_2"]': [nowMs, nowMs],
      ...about('landed'),
      ...about('landed', 'imp_2', '"m_2"'),
      ...about('landed', 'imp_2', 'm_2\n'),
      ...about('landed', null, null),
      ...about('landed', 'imp_2', 'm_2', 'more'),
      ...about('settled', 'imp_2', 'm_2'),
      ...about('landed', '<img src=/evil onerror=alert(1)>', 'x'.repeat(257)),
      'landed\timp_3\tm_3': [`${nowMs}`, nowMs],
      'landed\timp_4\tm_4': [nowMs, nowMs, 'more'],
      ...good,
    }),
    ['m_7'],
  ],
  ['older than 7 days', JSON.stringify({ 'landed\timp_8\tm_8': [nowMs - 8 * 24 * 3600e3, nowMs - 8 * 24 * 3600e3], ...good }), ['m_7']],
];

for (const [name, text, asked] of OUTBOXES)
  test(`an outbox that holds ${name} breaks nothing, and only what is an order of ours is asked about`, async ({ page, server }) => {
    const problems: string[] = [];
    const gets: string[] = [];
    await fillOutbox(page, server.origin, text);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => request.method() === 'GET' && gets.push(new URL(request.url()).pathname));
    await page.goto(server.landing());
    await expectState(page, 'paid');
    await expect.poll(() => server.posts.map(({ merchant_uid }) => merchant_uid).sort()).toEqual(['m_1', ...asked]);
    await expect
      .poll(async () => ((await readOutbox(page)).database as string[][]).map(([kind, , order]) => `${kind} ${order}`).sort())
      // What may be a newer version's is left alone.
      .toEqual(['paid m_1', ...asked.map((order) => `paid ${order}`), ...(`${text}`.includes('settled') ? ['settled m_2'] : [])]);
    expect(problems).toEqual([]);
    expect(gets).toEqual(['/payments/complete']);
  });

test('an order that was not answered for 7 days is told of once, and asked about no more', async ({ page, server }) => {
  const codes = codesIn(page);
  const longAgoMs = Date.now() - 8 * 24 * 3600e3;
  await fillOutbox(page, server.origin, JSON.stringify({ 'landed\timp_8\tm_8': [longAgoMs, longAgoMs] }));
  await page.goto(`${server.origin}/shop`);
  await expect.poll(() => codes).toEqual(['confirm_expired']);
  await expect.poll(() => readOutbox(page)).toEqual({ database: [], copy: [] });
  await page.reload();
  await page.evaluate(() => fetch('/elsewhere'));
  expect(codes).toEqual(['confirm_expired']);
  expect(server.posts).toEqual([]);
});

test('storage that was wiped between departure and landing: the URL is enough', async ({ page, context, server, seen }) => {
  await page.goto(`${server.origin}/shop`);
  await page.locator('#pay').click();
  await page.waitForURL('**/gateway?**');
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: server.origin, storageTypes: 'all' });
  await page.goto(server.landing());
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'paid']);
});

test('an entry that cannot be dropped is asked about once more on the next page, without a word', async ({ page, server, events }) => {
  await page.addInitScript(() => {
    if (location.pathname !== '/payments/complete') return;
    let puts = 0;
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
      if (/paid/.test(`${args[0]}`) || puts++ > 9) throw new DOMException('no', 'UnknownError');
      return put.apply(this, args);
    };
  });
  await page.goto(server.landing());
  await expectState(page, 'paid');
  // A busy machine may be told before the entry is written.
  await expect.poll(async () => ((await readOutbox(page)).database as string[][]).map(([kind]) => kind)).toEqual(['landed']);
  await page.goto(`${server.origin}/shop`);
  await expect.poll(() => server.posts.length).toBe(2);
  await expectNothingPending(page);
  await expect(card(page)).toHaveCount(0);
  await expectPaidTold(events);
});
