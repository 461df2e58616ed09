// The network and the merchant's server going wrong, with the real bundle in a real browser.
import { readFileSync } from 'node:fs';
import type { ConsoleMessage, Page } from '@playwright/test';
import {
  type Fault,
  FaultServer,
  gate,
  half,
  hang,
  html,
  ids,
  paid,
  pending,
  redirect,
  reset,
  settleThenReset,
  stall,
  startProcess,
  status,
  trickle,
  verdict,
} from './fault-server.js';
import {
  card,
  end,
  expect,
  expectHonest,
  expectNothingPending,
  expectPaidTold,
  expectState,
  expectStates,
  openShop,
  PROFILES,
  pay,
  readOutbox,
  SHOP,
  statesOf,
  test,
} from './support.js';

const again = (page: Page) => card(page).getByRole('button', { name: '다시 확인하기' });
const CALM = '다시 결제하지 마세요';
/** The longest wait that is not the server's wish. */
const SLOW_MS = 90_000;

/** The codes of what was told in the console; not of storage, which a busy machine may find slow. */
function codesIn(page: Page): string[] {
  const codes: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    const code = /(?:Error: )?\b(confirm_\w+|claim_\w+|result_\w+|invalid_\w+)/.exec(message.text())?.[1];
    if (message.type() === 'error' && code) codes.push(code);
  });
  return codes;
}

// One is not enough to be seen: after a reset or a 408 the browser repeats a POST by itself where the connection was used before.
const UNREACHABLE: readonly [name: string, faults: Fault[]][] = [
  ['is reset before it has read anything, three times,', [reset, reset, reset]],
  ['settles, and is reset before it has answered, three times,', [settleThenReset, settleThenReset, settleThenReset]],
  ['closes the connection after half of the verdict', [half, half, half]],
  ['answers 408 twice', [status(408), status(408)]],
  ['answers 429 without Retry-After', [status(429)]],
  ['answers 500, 503, 425', [status(500), status(503), status(425)]],
];

for (const [name, faults] of UNREACHABLE)
  test(`a server that ${name} is asked again until it answers, and the order is settled once`, async ({ page, server, seen, events }) => {
    const codes = codesIn(page);
    server.tag = { 'base-delay-ms': 1 };
    server.script = [...faults, paid];
    await page.goto(server.landing());

    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'retrying', 'paid']);
    expect(seen[1]?.text).toContain(CALM);
    expect(server.posts.map(({ imp_uid, merchant_uid }) => ({ imp_uid, merchant_uid }))).toEqual(
      Array.from({ length: faults.length + 1 }, () => ids(1)),
    );
    expect([...server.settled]).toEqual(['m_1']);
    expect(server.mostInFlight).toBe(1);
    expect(codes).toEqual(['confirm_unreachable']);
    await expectPaidTold(events);
    await expectNothingPending(page);
  });

const REFUSED: readonly [name: string, fault: Fault][] = [
  ['a login page or a captive portal, 200 text/html', html],
  ['a bare 404 during a deployment', status(404)],
  ['a bare 401', status(401)],
  ['half a JSON text', ({ response, body }) => response.end(body('paid').slice(0, 30))],
  ['a verdict about another order', ({ response, body }) => response.end(body('paid', { merchant_uid: 'm_2' }))],
];

for (const [name, fault] of REFUSED)
  test(`${name} is no verdict: the order is kept, and settles later`, async ({ page, server, seen }) => {
    const codes = codesIn(page);
    // The slow pace is one and a half to three times as long; 500 ms at least.
    server.tag = { 'max-delay-ms': 1 };
    const opening = gate(fault);
    server.script = [opening.fault, paid];
    await page.goto(server.landing());
    await expectState(page, 'confirming');
    const kept = [['landed', 'imp_1', 'm_1', expect.any(Number), expect.any(Number)]];
    await expect.poll(() => readOutbox(page)).toEqual({ database: kept, copy: kept });
    expect(page.url()).toBe(server.landing());
    opening.open();

    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'deferred', 'paid']);
    expect(seen[1]?.text).toContain(CALM);
    expect(codes).toEqual(['confirm_unreadable']);
    expect(server.posts).toHaveLength(2);
    expect([...server.settled]).toEqual(['m_1']);
    await expectNothingPending(page);
  });

test('a server that refuses connections is waited for; when it is back, the order is paid and shown once', async ({
  page,
  server,
  seen,
  events,
}) => {
  server.tag = { 'base-delay-ms': 1, 'max-delay-ms': 1, 'max-tries': 1000 };
  server.refuseAfterLanding = true;
  await page.goto(server.landing());
  await expectState(page, 'retrying');
  await expect.poll(() => events.filter((event) => event.name === 'attempt').length).toBeGreaterThan(1);
  await server.open();

  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'retrying', 'paid']);
  expect(server.posts).toHaveLength(1);
  await expectPaidTold(events);
});

test('a server process that is killed while it is asked, and started again, settles the order', async ({ page, seen }) => {
  // Two processes start: not fast on a loaded machine.
  test.slow();
  const first = await startProcess('hang');
  try {
    const asked = first.nextPost();
    await page.goto(`${first.origin}/payments/complete?imp_uid=imp_1&merchant_uid=m_1&imp_success=true`);
    await asked;
    await expectState(page, 'confirming');
  } finally {
    const ended = new Promise((resolve) => first.process.once('exit', resolve));
    first.process.kill('SIGKILL');
    await ended;
  }
  await expectState(page, 'retrying');

  const second = await startProcess('paid', +new URL(first.origin).port);
  try {
    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'retrying', 'paid']);
    expectHonest(seen);
  } finally {
    second.process.kill('SIGKILL');
  }
});

for (const [name, fault, inFlight] of [
  // Chromium keeps a request with keepalive open for 30 s after it was aborted, if no answer has begun.
  ['never answers', hang, 2],
  ['begins to answer and never ends', stall, 1],
] as const)
  test(`a server that ${name} is given up after 10 seconds and asked again`, async ({ page, server, seen }) => {
    await page.clock.install();
    server.script = [fault, paid];
    await page.goto(server.landing());
    await expect.poll(() => server.posts.length).toBe(1);
    await page.clock.fastForward(9_000);
    await expectState(page, 'confirming');
    await page.clock.fastForward(1_100);
    await expectState(page, 'retrying');
    await expect(card(page)).toContainText(CALM);
    await expect.poll(() => server.inFlight('m_1')).toBe(inFlight - 1);
    await page.clock.fastForward(2_000);
    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'retrying', 'paid']);
    expect(server.mostInFlight).toBe(inFlight);
  });

test('a verdict that comes byte by byte works, and there are words meanwhile', async ({ page, server, seen }) => {
  server.script = [trickle(10)];
  await page.goto(server.landing());
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'paid']);
  expect(seen[0]?.text).toContain('결제를 확인하고 있어요');
  expect(server.posts).toHaveLength(1);
});

// Our own pace would be half a second here.
const PACED: readonly [name: string, fault: Fault][] = [
  ['Retry-After: 1', status(503, { 'Retry-After': '1' })],
  ['Retry-After as a date', ({ response }) => response.writeHead(429, { 'Retry-After': new Date(Date.now() + 2000).toUTCString() }).end()],
  ['poll_after_ms: 1000', pending(1000)],
];

for (const [name, fault] of PACED)
  test(`the server sets the pace: ${name}`, async ({ page, server, seen }) => {
    server.tag = { 'base-delay-ms': 1 };
    server.script = [fault, fault, paid];
    await page.goto(server.landing());
    await expect(card(page)).toHaveAttribute('data-state', 'paid', { timeout: 15_000 });
    expectStates(seen, ['confirming', 'retrying', 'paid']);
    const times = server.posts.map(({ atMs }) => atMs);
    expect(times).toHaveLength(3);
    // Timers may be early by a hair.
    for (const i of [1, 2]) expect((times[i] as number) - (times[i - 1] as number)).toBeGreaterThanOrEqual(990);
  });

test('a page whose server stays away asks 12 times, never hotly, and then says calmly what is known', async ({
  page,
  server,
  seen,
  events,
}) => {
  await page.clock.install();
  server.script = [status(503)];
  await page.goto(server.landing());
  await expect
    .poll(
      async () => {
        await page.clock.fastForward(SLOW_MS);
        return card(page).getAttribute('data-state');
      },
      { intervals: [50] },
    )
    .toBe('deferred');
  expect(server.posts).toHaveLength(12);
  expectStates(seen, ['confirming', 'retrying', 'deferred']);
  await expect(card(page)).toContainText(CALM);
  await expect(card(page)).toContainText('m_1');
  expect(events.filter((event) => event.name === 'deferred')).toHaveLength(1);
  // Nothing more, however long.
  await page.clock.fastForward(24 * 60 * 60 * 1000);
  await expect(again(page)).toBeVisible();
  expect(server.posts).toHaveLength(12);
});

for (const [name, press] of Object.entries({
  'a click': (page: Page) => again(page).click(),
  'the keyboard': async (page: Page) => {
    await again(page).focus();
    await page.keyboard.press('Enter');
    // Who is there stays there, whatever the card says now.
    await expect(again(page)).toBeFocused();
  },
}))
  test(`the button “check again” works by ${name}, beyond the visit’s tries too, and at most every 5 seconds`, async ({
    page,
    server,
    seen,
  }) => {
    // Time stands still.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1_000);
    server.tag = { 'max-tries': 1 };
    server.script = [status(503), status(503), paid];
    await page.goto(server.landing());
    // The card comes with a frame, and frames are of that time.
    await page.clock.runFor(20);
    await expectState(page, 'deferred');
    for (const [posts, state] of [
      [2, 'deferred'],
      [3, 'paid'],
    ] as const) {
      await press(page);
      await press(page);
      await expectState(page, 'retrying');
      await page.evaluate(() => fetch('/elsewhere'));
      expect(server.posts).toHaveLength(posts - 1);
      await page.clock.runFor(5_000);
      await expectState(page, state);
      expect(server.posts).toHaveLength(posts);
    }
    // The first answer may be there before the first frame.
    const states = statesOf(seen).filter((state) => state !== 'confirming');
    expect(states).toEqual(['deferred', 'retrying', 'deferred', 'retrying', 'paid']);
  });

test('a refusal is asked again slowly: not for 45 seconds, and within 90', async ({ page, server, events }) => {
  await page.clock.install();
  server.script = [status(401), status(401), paid];
  await page.goto(server.landing());
  for (let tries = 1; tries <= 2; tries++) {
    await expect.poll(() => events.filter((event) => event.name === 'attempt').length).toBe(tries);
    await expectState(page, 'deferred');
    await page.clock.fastForward(39_000);
    expect(server.posts).toHaveLength(tries);
    await page.clock.fastForward(51_000);
    await expect.poll(() => server.posts.length).toBe(tries + 1);
  }
  await expectState(page, 'paid');
});

test('“pending” is polled, never shown as more, and ends as deferred', async ({ page, server, seen }) => {
  server.tag = { 'base-delay-ms': 1, 'max-tries': 3 };
  server.script = [pending()];
  await page.goto(server.landing());
  await expectState(page, 'deferred');
  expectStates(seen, ['confirming', 'retrying', 'deferred']);
  expect(server.posts).toHaveLength(3);
});

test('a failed payment says why, as text; it is asked about again on a reload, and may turn out to be paid', async ({
  page,
  server,
  seen,
  events,
}) => {
  const reason = '<img src=x onerror=alert(1)> 한도초과';
  const second = gate();
  server.script = [verdict('failed', { message: reason }), second.fault];
  await page.goto(server.landing());
  await expectState(page, 'failed');
  await expect(card(page).locator('blockquote')).toHaveText(reason);
  await expect(again(page)).toHaveCount(0);
  await expectNothingPending(page);

  await page.reload();
  await expectState(page, 'failed');
  await expect(card(page).locator('blockquote')).toHaveText(reason);
  second.open();
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'failed', 'failed', 'paid']);
  await expectPaidTold(events);

  await page.reload();
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'failed', 'failed', 'paid', 'paid']);
  expect(server.posts).toHaveLength(2);
});

test('a virtual account waits for its deposit, is not paid, and is asked about again on a reload', async ({
  page,
  server,
  seen,
  events,
}) => {
  server.script = [verdict('ready', { vbank_name: '신한', vbank_num: '110-1', vbank_date: 1_800_000_000 }), paid];
  await page.goto(server.landing());
  await expectState(page, 'ready');
  await expect(card(page)).toContainText('신한 110-1');
  expect(events.some((event) => event.name === 'paid')).toBe(false);
  await expectNothingPending(page);
  await page.reload();
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'ready', 'ready', 'paid']);
});

for (const last of ['cancelled', 'forged'] as const)
  test(`${last} is the last word: shown again on a reload, and not asked again`, async ({ page, server, seen, events }) => {
    server.script = [verdict(last)];
    await page.goto(server.landing());
    await expectState(page, last);
    await expectNothingPending(page);
    await page.reload();
    await expectState(page, last);
    expectStates(seen, ['confirming', last, last]);
    expect(server.posts).toHaveLength(1);
    expect(events.some((event) => event.name === 'paid')).toBe(false);
  });

test('a redirect is not followed: nothing goes to another origin', async ({ page, server, seen }) => {
  const other = await FaultServer.start();
  try {
    other.allowOrigin = '*';
    server.tag = { 'base-delay-ms': 1 };
    server.script = [redirect(`${other.origin}/payments/complete`), paid];
    await page.goto(server.landing());
    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'retrying', 'paid']);
    expect(server.posts).toHaveLength(2);
    expect(other.posts).toEqual([]);
  } finally {
    await other.close();
  }
});

test('a confirm URL on another origin that forgot CORS: not paid, not failed, told to the console once, and kept', async ({
  page,
  server,
  seen,
}) => {
  const codes = codesIn(page);
  const other = await FaultServer.start();
  try {
    server.tag = { 'confirm-url': `${other.origin}/payments/complete`, 'base-delay-ms': 1, 'max-tries': 3 };
    await page.goto(server.landing());
    await expectState(page, 'deferred');
    expectStates(seen, ['confirming', 'retrying', 'deferred']);
    expect(codes).toEqual(['confirm_unreachable', 'confirm_unreachable']);
    expect((await readOutbox(page)).database).toEqual([['landed', 'imp_1', 'm_1', expect.any(Number), expect.any(Number)]]);

    // Once it is mended, a reload is all.
    other.allowOrigin = server.origin;
    await page.reload();
    await expectState(page, 'paid');
    expect([...other.settled]).toEqual(['m_1']);
    // What it told, it told over there.
    for (const [key, atMs] of other.told) server.told.set(key, atMs);
  } finally {
    await other.close();
  }
});

test.describe('offline', () => {
  /** Lands, and loses the network before the server can be asked. */
  const landOffline = async (page: Page, server: FaultServer) => {
    await page.clock.install();
    // Without the network it is no try, or this would be the last one.
    server.tag = { 'max-tries': 1 };
    await page.route('**/imp-redirect.js', async (route) => {
      const response = await route.fetch();
      await page.context().setOffline(true);
      await route.fulfill({ response });
    });
    await page.goto(server.landing(1, '/landing'));
    await expectState(page, 'retrying');
    await expect(card(page)).toContainText(CALM);
  };

  test('at the landing: it is asked when the network is back', async ({ page, context, server, seen }) => {
    await landOffline(page, server);
    await context.setOffline(false);
    await page.clock.fastForward(5_000);
    await expectState(page, 'paid');
    expectStates(seen, ['confirming', 'retrying', 'paid']);
  });

  test('it is not relied on that the browser tells when the network is back', async ({ page, context, server }) => {
    await page.addInitScript(() => addEventListener('online', (event) => event.stopImmediatePropagation(), true));
    await landOffline(page, server);
    await context.setOffline(false);
    await page.clock.fastForward(SLOW_MS);
    await expectState(page, 'paid');
  });
});

test('a page that is shut in by the strictest Content-Security-Policy does everything, and violates nothing', async ({
  page,
  server,
  seen,
}) => {
  const violations: string[] = [];
  page.on('console', (message) => /Content.Security|Trusted ?Type/i.test(message.text()) && violations.push(message.text()));
  server.nonce = 'n0nce';
  server.headers = {
    'Content-Security-Policy':
      "default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; style-src 'none'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  };
  server.tag = { 'base-delay-ms': 1, recover: 'banner', 'recover-after-ms': 1 };
  server.script = [status(503), paid];
  await page.goto(server.landing(1, '/landing'));
  await expectState(page, 'paid');
  expectStates(seen, ['confirming', 'retrying', 'paid']);

  await page.goto(`${server.origin}/shop`);
  await page.locator('#pay').click();
  await page.waitForURL('**/gateway?**');
  await page.goto(`${server.origin}/shop`);
  const banner = page.locator('.imp-redirect-banner');
  await expect(banner.locator('section')).toHaveCSS('position', 'fixed');
  await banner.getByRole('button').click();
  await expect(banner).toHaveCount(0);
  expect(violations).toEqual([]);
});

test('the policy that docs/security.md gives for a completion page is enough, in both languages', async ({ page, server }) => {
  const violations: string[] = [];
  page.on('console', (message) => /Content.Security|Trusted ?Type/i.test(message.text()) && violations.push(message.text()));
  const policies = ['security.md', 'security.ko.md'].map((name) => {
    const [, policy] = /^Content-Security-Policy: (.*)$/m.exec(readFileSync(`docs/${name}`, 'utf8')) ?? [];
    return policy as string;
  });
  expect(policies[1]).toBe(policies[0]);
  server.headers = { 'Content-Security-Policy': policies[0] as string };
  await page.goto(server.landing(1, '/landing'));
  await expectState(page, 'paid');
  // It does hold.
  expect(
    await page.evaluate(() => {
      try {
        document.body.innerHTML = '<p>';
        return 'set';
      } catch (error) {
        return (error as Error).name;
      }
    }),
  ).toBe('TypeError');
  expect(violations.filter((text) => !/requires 'TrustedHTML'/.test(text))).toEqual([]);
});

test.describe('the demo', () => {
  test.use(PROFILES.Galaxy.use);

  test('“imp_success=true” for an order that nobody has paid is not believed', async ({ page, seen }) => {
    await openShop(page);
    await pay(page);
    await page.waitForURL('**/gateway/**');
    const away = await page.context().newPage();
    await away.goto(SHOP);
    const merchantUid = ((await readOutbox(away)).copy as string[][]).at(-1)?.[2];
    await page.goto(`${SHOP}/payments/complete?imp_uid=imp_999999999999&merchant_uid=${merchantUid}&imp_success=true`);
    await expectState(page, 'retrying');
    expectStates(seen, ['confirming', 'retrying']);
    expectHonest(seen);
    await away.reload();
    await expect(away.locator('#orders')).not.toContainText('결제 완료');
  });
});

test.describe('the demo on a desktop', () => {
  test.use(PROFILES.desktop.use);

  test('a callback and a landing that both confirm make one order, paid once', async ({ page, context }) => {
    const answered = page.waitForResponse(
      (response) => response.url() === `${SHOP}/payments/complete` && response.request().method() === 'POST',
    );
    await openShop(page, { callback: 'own' });
    await pay(page);
    await end(page, 'paid', false);
    const { imp_uid, merchant_uid, status } = await (await answered).json();
    expect(status).toBe('paid');
    const landing = await context.newPage();
    await landing.goto(`${SHOP}/payments/complete?${new URLSearchParams({ imp_uid, merchant_uid, imp_success: 'true' })}`);
    await expectState(landing, 'paid');
    await page.goto(SHOP);
    await expect(page.locator('#orders li')).toHaveCount(1);
    await expect(page.locator('#orders')).toContainText('결제 완료');
  });
});
