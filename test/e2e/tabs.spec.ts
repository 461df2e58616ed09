// One order in several pages of one browser, with the real bundle.
import type { BrowserContext, Page } from '@playwright/test';
import { type FaultServer, gate, hang, paid, slow, status, verdict } from './fault-server.js';
import { card, expect, expectPaidTold, expectState, expectStates, readOutbox, type Seen, statesOf, test } from './support.js';

const openPages = (context: BrowserContext, count: number) => Promise.all(Array.from({ length: count }, () => context.newPage()));

/** Opens the same landing in so many tabs at once: all show that it is paid, and they have asked one at a time. */
async function landTogether(context: BrowserContext, server: FaultServer, seen: readonly Seen[], count: number): Promise<Page[]> {
  const pages = await openPages(context, count);
  await Promise.all(pages.map((page) => page.goto(server.landing())));
  for (const page of pages) await expectState(page, 'paid');
  for (const page of pages) expect(statesOf(seen, page)).toEqual(['confirming', 'paid']);
  expect(server.mostInFlight).toBe(1);
  return pages;
}

/** What was measured is told, and shown in the report. */
const report = (what: string) => {
  test.info().annotations.push({ type: 'measured', description: what });
  console.log(what);
};

/** Kills the page's renderer: nothing of it runs any more, no `pagehide` either. */
const crash = async (page: Page) => {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => {});
  await crashed;
};

test('five tabs with the same landing ask one at a time, all show that it is paid, and one says so', async ({
  context,
  server,
  seen,
  events,
}) => {
  server.script = [slow(500)];
  const pages = await landTogether(context, server, seen, 5);
  await expectPaidTold(events);
  report(`5 tabs: ${server.posts.length} POSTs`);

  for (const page of pages) await page.reload();
  for (const page of pages) await expectState(page, 'paid');
  expect(events.filter(({ name }) => name === 'paid')).toHaveLength(1);
});

for (const path of ['/landing', '/payments/complete'])
  test(`two copies of the script on ${path} are one: one card, one POST, one signal`, async ({ page, server, events }) => {
    server.before = '<script src="/imp-redirect.js" data-confirm-url="/payments/complete"></script>';
    server.script = [slow(300)];
    await page.goto(server.landing(1, path));
    await expectState(page, 'paid');
    await expect(card(page)).toHaveCount(1);
    await expectPaidTold(events);
    expect(server.posts).toHaveLength(1);
    expect(events.filter(({ name }) => name === 'landing')).toHaveLength(1);
  });

test('tabs that wait are told what one of them was answered, and do not ask', async ({ context, server, seen }) => {
  const answer = gate();
  server.script = [answer.fault, status(500)];
  const [first, ...others] = (await openPages(context, 3)) as [Page, ...Page[]];
  await first.goto(server.landing());
  await expect.poll(() => server.posts.length).toBe(1);
  for (const page of others) await page.goto(server.landing());
  answer.open();
  for (const page of [first, ...others]) {
    await expectState(page, 'paid');
    expect(statesOf(seen, page)).toEqual(['confirming', 'paid']);
  }
  expect(server.posts).toHaveLength(1);
});

test('what one tab was refused, the others count as their own try', async ({ context, server }) => {
  // Random, and so not both at once: a lock may be handed on sooner than the other tab hears what came of it.
  server.tag = { 'max-tries': 2, 'base-delay-ms': 4000 };
  const answer = gate(status(503));
  server.script = [answer.fault, status(503), paid];
  const [first, second] = (await openPages(context, 2)) as [Page, Page];
  await first.goto(server.landing());
  await expect.poll(() => server.posts.length).toBe(1);
  await second.goto(server.landing());
  await expectState(second, 'confirming');
  answer.open();
  for (const page of [first, second]) await expectState(page, 'deferred');
  expect(server.posts).toHaveLength(2);
});

for (const [name, leave] of Object.entries({ closed: (page: Page) => page.close(), killed: crash }))
  test(`when the tab that asks is ${name}, another one takes over at once`, async ({ context, server, seen, events }) => {
    server.script = [hang, paid];
    const [first, second] = (await openPages(context, 2)) as [Page, Page];
    await first.goto(server.landing());
    await expect.poll(() => server.posts.length).toBe(1);
    await second.goto(server.landing());
    await expectState(second, 'confirming');
    const fromMs = Date.now();
    await leave(first);
    await expectState(second, 'paid');
    expect(Date.now() - fromMs).toBeLessThan(12_000);
    expect(statesOf(seen, second)).toEqual(['confirming', 'paid']);
    expect([...server.settled]).toEqual(['m_1']);
    await expectPaidTold(events);
  });

test.describe('without locks and without a channel', () => {
  test.beforeEach(({ context }) =>
    context.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, 'locks');
      Reflect.deleteProperty(window, 'BroadcastChannel');
      if ('locks' in navigator || 'BroadcastChannel' in window) throw new Error('still there');
    }),
  );

  test('tabs ask one at a time, and the order is settled once', async ({ context, server, seen, events }) => {
    server.script = [slow(300)];
    const pages = await landTogether(context, server, seen, 3);
    expect(server.posts).toHaveLength(3);
    await expectPaidTold(events);
    expect(await pages[0]?.evaluate(() => Object.keys(localStorage))).toEqual(['imp-redirect']);
  });

  test('a lease whose holder was killed ends after 12 seconds', async ({ context, server }) => {
    server.script = [hang, paid];
    await context.clock.install();
    const [first, second] = (await openPages(context, 2)) as [Page, Page];
    await first.goto(server.landing());
    await expect.poll(() => server.posts.length).toBe(1);
    await second.goto(server.landing());
    await expectState(second, 'confirming');
    await crash(first);
    await first.close();
    // In steps, for it looks again and again, and the database answers by its own clock: what it is asked here, it answers after that.
    const pass = async (ms: number) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= 250) {
        await context.clock.runFor(250);
        await readOutbox(second);
      }
    };
    await pass(8_000);
    expect(server.posts).toHaveLength(1);
    await pass(5_000);
    await expectState(second, 'paid');
  });
});

test('a landing that is reloaded ten times, each time while it is asked about, settles once', async ({ page, server, seen, events }) => {
  await page.addInitScript(() => {
    const count = +(sessionStorage.getItem('reloads') ?? 0);
    addEventListener('imp-redirect:attempt', () => {
      sessionStorage.setItem('reloads', `${count + 1}`);
      if (count < 10) location.reload();
    });
  });
  server.script = [slow(300)];
  await page.goto(server.landing());
  await expectState(page, 'paid');
  expect(await page.evaluate(() => sessionStorage.getItem('reloads'))).toBe('11');
  expect(new Set(statesOf(seen))).toEqual(new Set(['confirming', 'paid']));
  expect([...server.settled]).toEqual(['m_1']);
  await expectPaidTold(events);
  report(`10 reloads: ${server.posts.length} POSTs, ${server.mostInFlight} in flight at most`);
});

test('a tab that is closed while it asks does not take the confirmation with it', async ({ page, context, server }) => {
  const waiting = await context.newPage();
  // Settles only if somebody is still waiting for the answer then.
  const answer = gate((exchange) => exchange.isOpen() && paid(exchange));
  server.script = [answer.fault];
  await page.goto(server.landing());
  await expect.poll(() => server.posts.length).toBe(1);
  await page.close();
  await waiting.goto(`${server.origin}/elsewhere`);
  answer.open();
  await expect.poll(() => [...server.settled]).toEqual(['m_1']);
  expect(server.posts).toHaveLength(1);
});

test('two orders are pending; that one of them is refused for ever does not block the other', async ({ page, server, events }) => {
  server.tag = { 'max-delay-ms': 1 };
  server.scripts.set('m_1', [status(404)]);
  server.scripts.set('m_2', [hang, paid]);
  await page.goto(server.landing(1));
  await expectState(page, 'deferred');
  await page.goto(server.landing(2));
  await expect.poll(() => server.posts.some(({ merchant_uid }) => merchant_uid === 'm_2')).toBe(true);
  const before = server.posts.length;
  await page.goto(`${server.origin}/shop`);
  await expect.poll(() => [...server.settled]).toEqual(['m_2']);
  await expect.poll(() => server.posts.slice(before).map(({ merchant_uid }) => merchant_uid)).toContain('m_1');
  await expect
    .poll(async () => ((await readOutbox(page)).database as string[][]).map(([kind, , order]) => `${kind} ${order}`))
    .toEqual(['landed m_1', 'paid m_2']);
  await expectPaidTold(events);
  // Quietly: it is no landing.
  await expect(card(page)).toHaveCount(0);
});

test.describe('in a frame of the shop', () => {
  const open = async (page: Page, server: FaultServer, host: string) => {
    await page.goto(`${host}/frame?${new URLSearchParams({ src: server.landing() })}`);
    return page.frameLocator('iframe').locator('.imp-redirect');
  };

  for (const [name, hostOf] of Object.entries({
    'the same': (server: FaultServer) => server.origin,
    'another site': (server: FaultServer) => server.origin.replace('127.0.0.1', 'localhost'),
  }))
    test(`of ${name}, a landing works, and the shop stays where it is`, async ({ page, server, seen }) => {
      const framed = await open(page, server, hostOf(server));
      await expect(framed).toHaveAttribute('data-state', 'paid');
      expectStates(seen, ['confirming', 'paid']);
      expect(new URL(page.url()).pathname).toBe('/frame');
      await expect(card(page)).toHaveCount(0);
    });
});

test('a verdict that a later answer contradicts downward stays', async ({ context, server, seen }) => {
  const late = gate(verdict('failed'));
  server.script = [late.fault, paid];
  const [first, second] = (await openPages(context, 2)) as [Page, Page];
  // Each asks for itself: one of them knows nothing of locks.
  await first.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
  await first.goto(server.landing());
  await expect.poll(() => server.posts.length).toBe(1);
  await second.goto(server.landing());
  await expectState(second, 'paid');
  await expectState(first, 'paid');
  late.open();
  await expect.poll(() => server.told.has('m_1 failed')).toBe(true);
  await first.evaluate(() => fetch('/elsewhere').then((response) => response.text()));
  for (const page of [first, second]) expect(statesOf(seen, page)).toEqual(['confirming', 'paid']);
});
