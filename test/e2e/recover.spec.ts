// Customers who leave, come back, or never come back, with the real bundle. The back/forward cache is on in this file.
import type { Page } from '@playwright/test';
import { type FaultServer, gate, hang, ids, paid, pending, slow, status, verdict } from './fault-server.js';
import { card, expect, expectPaidTold, expectState, expectStates, readOutbox, statesOf, type Told, test } from './support.js';
import { WHOLE_BROWSER } from './whole-browser.js';

test.use({ launchOptions: { ...WHOLE_BROWSER, ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

const banner = (page: Page) => page.locator('.imp-redirect-banner');

const countOf = (events: readonly Told[], wanted: string) => events.filter(({ name }) => name === wanted).length;

/** Pays in the shop, and is at the gateway. */
const depart = async (page: Page, server: FaultServer) => {
  await page.goto(`${server.origin}/shop`);
  // Nobody pays before a page is there; a busy machine would.
  await expect.poll(() => page.evaluate(async () => (await indexedDB.databases()).length)).toBe(1);
  await page.locator('#pay').click();
  await page.waitForURL('**/gateway?**');
};

/** Goes back, and says whether the page came out of the back/forward cache. */
const goBack = async (page: Page, url: string) => {
  // It may be gone before it can answer. That it is gone is seen below.
  await page.evaluate(() => history.back()).catch(() => {});
  // No load: the page is there already.
  await page.waitForURL(url, { waitUntil: 'commit' });
  return page.evaluate(() => (window as unknown as { kept?: boolean }).kept === true);
};

/** By this a page is known again. */
const keep = (page: Page) =>
  page.evaluate(() => {
    (window as unknown as { kept: boolean }).kept = true;
  });

/** Lands, and goes on to another page of the shop while the server is asked. */
async function leaveWhileAsked(page: Page, server: FaultServer, path: string, nextFrame?: () => Promise<void>): Promise<void> {
  await page.goto(server.landing());
  await nextFrame?.();
  await keep(page);
  await expect.poll(() => server.posts.length).toBe(1);
  await page.goto(`${server.origin}${path}`);
}

test.describe('a departure without a landing', () => {
  test('is asked about on the next page by its order number, told, and shown in a banner that can be closed', async ({
    page,
    server,
    seen,
    events,
  }) => {
    server.tag = { recover: 'banner', 'recover-after-ms': 1 };
    await depart(page, server);
    await page.goto(`${server.origin}/shop`);
    await expect(banner(page)).toContainText('결제가 완료됐는지 확인했어요');
    await expect(banner(page)).toContainText('결제가 완료됐어요');
    await expect(banner(page)).toContainText('m_1');
    await expect(banner(page).getByRole('status')).toContainText('결제가 완료됐어요');
    expect(server.posts.map(({ imp_uid, merchant_uid }) => ({ imp_uid, merchant_uid }))).toEqual([{ imp_uid: null, merchant_uid: 'm_1' }]);
    expect(events.find(({ name }) => name === 'recovered')?.detail.verdict.status).toBe('paid');
    await expectPaidTold(events);
    expect(seen.map(({ state, isBanner }) => `${state} ${isBanner}`)).toEqual(['paid true']);

    await banner(page).getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect(banner(page)).toHaveCount(0);
    await expect.poll(async () => ((await readOutbox(page)).database as string[][]).map(([kind]) => kind)).toEqual(['paid']);

    // Once: the next page has nothing to tell, and asks nobody.
    await page.reload();
    await page.evaluate(() => fetch('/elsewhere'));
    expect(server.posts).toHaveLength(1);
    expect(countOf(events, 'paid')).toBe(1);
  });

  test('is not asked about before its time, nor where that was not asked for', async ({ page, server, events }) => {
    server.tag = { recover: 'banner' };
    await depart(page, server);
    await page.goto(`${server.origin}/shop`);
    server.tag = {};
    await page.goto(`${server.origin}/shop`);
    // Kept in one place at least: where a machine is busy, the page may be gone before the database has it.
    await expect
      .poll(async () => new Set(Object.values(await readOutbox(page)).flatMap((entries) => (entries as string[][]).map(([kind]) => kind))))
      .toEqual(new Set(['departed']));
    expect(server.posts).toEqual([]);
    expect(countOf(events, 'departure')).toBe(1);
  });

  for (const [name, fault] of [
    ['nobody knows yet', pending()],
    ['the server is down', status(503)],
    ['the order was refused', status(404)],
  ] as const)
    test(`of which ${name} is asked about once, shown nowhere, and asked about again later`, async ({ page, server, seen, events }) => {
      await page.clock.install();
      server.tag = { recover: 'banner', 'recover-after-ms': 60_000 };
      server.script = [fault, paid];
      await depart(page, server);
      await page.clock.fastForward(61_000);
      await page.goto(`${server.origin}/shop`);
      await expect.poll(() => server.posts.length).toBe(1);
      // The time since the departure has to pass once more.
      await page.goto(`${server.origin}/shop`);
      await page.clock.fastForward(50_000);
      await page.goto(`${server.origin}/shop`);
      await page.evaluate(() => fetch('/elsewhere'));
      expect(server.posts).toHaveLength(1);
      expect(seen).toEqual([]);

      // From a page without our script: this one would ask, and be left before it has the answer.
      await page.goto(`${server.origin}/elsewhere`);
      await page.clock.fastForward(20_000);
      await page.goto(`${server.origin}/shop`);
      await expect(banner(page)).toContainText('결제가 완료됐어요');
      expect(server.posts).toHaveLength(2);
      expect(countOf(events, 'recovered')).toBe(1);
    });

  for (const [last, shown] of [
    ['ready', true],
    ['failed', false],
  ] as const)
    test(`that ended as ${last} is told, and ${shown ? '' : 'not '}shown`, async ({ page, server, events }) => {
      server.tag = { recover: 'banner', 'recover-after-ms': 1 };
      server.script = [verdict(last, { vbank_num: '110-1' })];
      await depart(page, server);
      await page.goto(`${server.origin}/shop`);
      await expect.poll(() => countOf(events, 'recovered')).toBe(1);
      await expect(banner(page)).toHaveCount(shown ? 1 : 0);
      expect(countOf(events, 'paid')).toBe(0);
      await expect.poll(() => readOutbox(page)).toEqual({ database: [], copy: [] });
    });

  test('is forgotten with its landing: nobody asks about it beside, nor later', async ({ page, server, seen, events }) => {
    server.tag = { recover: 'true', 'recover-after-ms': 1 };
    await depart(page, server);
    await page.goto(server.landing());
    await expectState(page, 'paid');
    await expectPaidTold(events);
    await expect.poll(async () => ((await readOutbox(page)).database as string[][]).map(([kind]) => kind)).toEqual(['paid']);
    await page.goto(`${server.origin}/shop`);
    await page.evaluate(() => fetch('/elsewhere'));
    expect(server.posts.map(({ imp_uid }) => imp_uid)).toEqual(['imp_1']);
    expect(countOf(events, 'recovered')).toBe(0);
    expect(seen.filter(({ isBanner }) => isBanner)).toEqual([]);
  });
});

test('a customer who goes back from the gateway finds the pay button told to be free, once', async ({ page, server, events }) => {
  await page.goto(`${server.origin}/shop`);
  await keep(page);
  await page.locator('#pay').click();
  await page.waitForURL('**/gateway?**');
  expect(await goBack(page, '**/shop')).toBe(true);
  await expect
    .poll(() => events.find(({ name }) => name === 'returned_without_result')?.detail)
    .toEqual({ merchantUid: ids(1).merchant_uid });

  await page.goto(`${server.origin}/elsewhere`);
  expect(await goBack(page, '**/shop')).toBe(true);
  expect(countOf(events, 'returned_without_result')).toBe(1);
});

test('leaving while it is asked is no failure; coming back shows what came meanwhile', async ({ page, server, seen, events }) => {
  const answer = gate();
  server.script = [answer.fault];
  await leaveWhileAsked(page, server, '/elsewhere');
  answer.open();
  await expect.poll(() => [...server.settled]).toEqual(['m_1']);
  expect(await goBack(page, '**/payments/complete?**')).toBe(true);
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'paid']);
  expect(server.posts).toHaveLength(1);
  await expectPaidTold(events);
});

test('leaving where the browser rejects what is in flight, as WebKit does, is no failure; back on the page it is asked again at once', async ({
  page,
  server,
  seen,
}) => {
  await page.addInitScript(() => {
    const real = window.fetch;
    window.fetch = (...args) =>
      Promise.race([
        real(...args),
        new Promise<never>((_, reject) => addEventListener('pagehide', () => reject(new TypeError('Load failed')), { once: true })),
      ]);
  });
  // Time stands still: what has to wait never comes.
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1_000);
  server.script = [hang, paid];
  await leaveWhileAsked(page, server, '/elsewhere', () => page.clock.runFor(20));
  expect(await goBack(page, '**/payments/complete?**')).toBe(true);
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'paid']);
});

test('leaving while a server hangs, and coming back: that try has its 10 seconds, then it is asked again', async ({
  page,
  server,
  seen,
}) => {
  await page.clock.install();
  server.script = [hang, paid];
  await leaveWhileAsked(page, server, '/elsewhere');
  expect(await goBack(page, '**/payments/complete?**')).toBe(true);
  await expectState(page, 'confirming');
  await page.clock.fastForward(10_000);
  await expectState(page, 'retrying');
  await page.clock.fastForward(2_000);
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'retrying', 'paid']);
});

test('leaving while a server hangs: the page in the cache is not waited for, the next one asks', async ({ page, server, events }) => {
  server.script = [hang, paid];
  await leaveWhileAsked(page, server, '/shop');
  await expect.poll(() => [...server.settled]).toEqual(['m_1']);
  await expectPaidTold(events);
  // Kept no longer: it was told by the channel, and Chromium drops pages that are told things.
  await goBack(page, '**/payments/complete?**');
  await expectState(page, 'paid');
  expect(countOf(events, 'paid')).toBe(1);
});

test('leaving a page that waits for its next try: back on it, it goes on', async ({ page, server, seen }) => {
  server.script = [status(503, { 'Retry-After': '2' }), paid];
  await page.goto(server.landing());
  await keep(page);
  await expectState(page, 'retrying');
  await page.goto(`${server.origin}/elsewhere`);
  expect(await goBack(page, '**/payments/complete?**')).toBe(true);
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'retrying', 'paid']);
});

test('an order that was refused is asked about by the shop’s next page too; going back to its landing shows what came of it', async ({
  page,
  server,
  seen,
  events,
}) => {
  server.script = [status(404), paid];
  await page.goto(server.landing());
  await keep(page);
  await expectState(page, 'deferred');
  await page.goto(`${server.origin}/shop`);
  await expect.poll(() => [...server.settled]).toEqual(['m_1']);
  await expectPaidTold(events);
  await goBack(page, '**/payments/complete?**');
  await expectState(page, 'paid');
  expect(countOf(events, 'paid')).toBe(1);
  expect(statesOf(seen)).not.toContain('failed');
});

test('going back from the shop to a landing that is paid shows it again, and asks nobody', async ({ page, server, seen, events }) => {
  server.script = [slow(1)];
  for (const isKept of [true, false]) {
    await page.goto(server.landing(isKept ? 1 : 2));
    await expectState(page, 'paid');
    await keep(page);
    // What listens for `unload` is not kept.
    if (!isKept) await page.evaluate(() => addEventListener('unload', () => {}));
    // Told once the database has it: a page that is frozen before tells it when it is back.
    await expect.poll(() => countOf(events, 'paid')).toBe(isKept ? 1 : 2);
    await page.goto(`${server.origin}/shop`);
    expect(await goBack(page, '**/payments/complete')).toBe(isKept);
    await expectState(page, 'paid');
    await expect(card(page).getByRole('button')).toHaveCount(0);
    expect(server.posts).toHaveLength(isKept ? 1 : 2);
  }
  expect(new Set(statesOf(seen))).toEqual(new Set(['confirming', 'paid']));
});
