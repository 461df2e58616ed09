import {
  card,
  end,
  expect,
  expectHonest,
  expectNothingPending,
  expectState,
  GATEWAY,
  openShop,
  PROFILES,
  pay,
  SHOP,
  statesOf,
  test,
} from './support.js';

test.use(PROFILES.iPhone.use);

const CONFIRM = `${SHOP}/payments/complete`;
const isConfirm = (request: { method(): string; url(): string }) => request.method() === 'POST' && request.url() === CONFIRM;

/** A landing for an order of the shop's that nobody has paid. */
const landingUrl = (query: string, page = '/payments/complete') => `${SHOP}${page}?${query}`;

test('a reload shows the verdict again, and that it is paid is not asked again', async ({ page }) => {
  const confirms: string[] = [];
  page.on('request', (request) => isConfirm(request) && confirms.push(request.url()));
  await openShop(page);
  await pay(page);
  await end(page, 'paid', true);
  await expectState(page, 'paid');
  const shown = await card(page).textContent();
  await expectNothingPending(page);

  await page.reload();
  await expectState(page, 'paid');
  expect(await card(page).textContent()).toBe(shown);
  expect(confirms).toHaveLength(1);

  // Another visit to the same page is not that landing; going back to it is.
  await page.goto(SHOP);
  await page.goto(CONFIRM);
  await expect(page.locator('#payment-result')).toContainText('보여 드릴 결제 결과가 없어요');
  await expect(card(page)).toHaveCount(0);
  await page.evaluate(() => history.go(-2));
  await expectState(page, 'paid');
  expect(confirms).toHaveLength(1);
});

test('a reload shows a virtual account at once, and asks whether it was paid into', async ({ page, seen }) => {
  await openShop(page);
  await pay(page);
  await end(page, 'vbank', true);
  await expectState(page, 'ready');
  const shown = await card(page).textContent();
  await expectNothingPending(page);

  await page.route(CONFIRM, (route) => (isConfirm(route.request()) ? undefined : route.continue()));
  const asked = page.waitForRequest(isConfirm);
  await page.reload();
  await asked;
  expect(await card(page).textContent()).toBe(shown);
  expect(statesOf(seen)).toEqual(['confirming', 'ready', 'ready']);
});

test('the same landing in a second tab shows the same verdict, and there is still one order', async ({ page, context }) => {
  await openShop(page);
  await pay(page);
  let landed = '';
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.url().startsWith(`${CONFIRM}?`)) landed = request.url();
  });
  await end(page, 'paid', true);
  await expectState(page, 'paid');

  const second = await context.newPage();
  await second.goto(landed);
  await expectState(second, 'paid');
  await page.goto(SHOP);
  await expect(page.locator('#orders li')).toHaveCount(1);
});

test('foreign query, hash and history state are kept; only the landing’s keys leave', async ({ page }) => {
  await page.goto(`${SHOP}/thanks`);
  await page.route(CONFIRM, (route) => {
    const { imp_uid, merchant_uid } = route.request().postDataJSON();
    return route.fulfill({ json: { status: 'paid', imp_uid, merchant_uid, amount: 12000 } });
  });
  await page.addInitScript(() => history.replaceState({ shop: [1] }, ''));
  await page.goto(landingUrl('utm_source=kakao&imp_uid=imp_1&merchant_uid=m_1&a=%2Fx%20y&imp_success=true&b#/part?c=1', '/thanks'));
  await expectState(page, 'paid');
  expect(page.url()).toBe(`${SHOP}/thanks?utm_source=kakao&a=%2Fx%20y&b#/part?c=1`);
  expect(await page.evaluate(() => history.state.shop)).toEqual([1]);
});

test.describe('a merchant who forgot m_redirect_url', () => {
  test('loses the customer without us: the gateway’s own page has no way back', async ({ page }) => {
    await openShop(page, { bundle: 'off' });
    await pay(page);
    await end(page, 'paid', true);
    await page.waitForURL(`${GATEWAY}/payments/success**`);
  });

  for (const sdk of ['v1', '1.2.0', '1.1.5'] as const)
    for (const tag of ['before', 'after'] as const)
      test(`has a way home with the small script ${tag} SDK ${sdk}`, async ({ page }) => {
        await openShop(page, { bundle: 'wrap', sdk, tag });
        await pay(page);
        await end(page, 'paid', true);
        await expectState(page, 'paid');
      });
});

test('an amount that the customer changed is forged, and the order is not paid', async ({ page, seen }) => {
  await openShop(page, { amount: 100 });
  await pay(page);
  await end(page, 'paid', true);
  await expectState(page, 'forged');
  expectHonest(seen);
  await page.goto(SHOP);
  await expect(page.locator('#orders')).not.toContainText('결제 완료');
});

test('an order that the server does not know gets no verdict, and keeps its URL', async ({ page, seen }) => {
  const url = landingUrl('imp_uid=imp_404&merchant_uid=nobody&imp_success=true');
  await page.goto(url);
  await expectState(page, 'deferred');
  expect(page.url()).toBe(url);
  expectHonest(seen);
});

for (const [name, answer, state] of [
  ['HTTP 500', { status: 500, body: 'down' }, 'retrying'],
  ['{}', { status: 200, json: {} }, 'deferred'],
] as const)
  test(`a confirm answered by ${name} is no verdict: not paid, not failed, and a reload asks again`, async ({ page, seen }) => {
    await page.route(CONFIRM, (route) => (isConfirm(route.request()) ? route.fulfill(answer) : route.continue()));
    const url = landingUrl('imp_uid=imp_1&merchant_uid=m_1&imp_success=true');
    await page.goto(url);
    await expectState(page, state);
    await expect(card(page)).toContainText('다시 결제하지 마세요');
    expectHonest(seen);
    expect(page.url()).toBe(url);

    await page.unroute(CONFIRM);
    await page.route(CONFIRM, (route) =>
      isConfirm(route.request()) ? route.fulfill({ json: { status: 'paid', imp_uid: 'imp_1', merchant_uid: 'm_1' } }) : route.continue(),
    );
    await page.reload();
    await expectState(page, 'paid');
  });

test('a claimed failure is asked about too, and so is a landing without an imp_uid', async ({ page }) => {
  for (const [query, ids] of [
    ['imp_uid=imp_1&merchant_uid=m_1&imp_success=false&error_msg=x', { imp_uid: 'imp_1', merchant_uid: 'm_1' }],
    ['merchant_uid=payment-39ecfa97', { imp_uid: null, merchant_uid: 'payment-39ecfa97' }],
  ] as const) {
    const asked = page.waitForRequest(isConfirm);
    await page.goto(landingUrl(query));
    const request = await asked;
    expect(request.postDataJSON()).toEqual({ ...ids, t: null });
    const headers = await request.allHeaders();
    expect(headers['content-type']).toBe('application/json');
    expect(headers.referer).toBeUndefined();
  }
});

test('a damaged URL: what is certain is asked', async ({ page }) => {
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  const asked = page.waitForRequest(isConfirm);
  await page.goto(landingUrl('a=1&b=2imp_uid=imp_1&merchant_uid=m_1&imp_success=false&error_msg=x'));
  expect((await asked).postDataJSON()).toEqual({ imp_uid: 'imp_1', merchant_uid: 'm_1', t: null });
  await expect.poll(() => problems.join()).toContain('claim_unreadable');
});

test('a damaged URL in which nothing is certain: nothing is sent', async ({ page }) => {
  const confirms: string[] = [];
  page.on('request', (request) => isConfirm(request) && confirms.push(request.url()));
  await page.goto(landingUrl('imp_success=true'));
  await expectState(page, 'deferred');
  await expect(card(page)).toContainText('쇼핑몰에 문의해 주세요');
  await expect(card(page).getByRole('button')).toHaveCount(0);
  expect(confirms).toEqual([]);
});

test('a hostile message is text, and nothing else', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('dialog', () => requests.push('dialog'));
  const message = '"><img src=//evil.example/x onerror=alert(1)><script>alert(2)</script>';
  await page.goto(
    landingUrl(`imp_uid=imp_1&merchant_uid=m_1&imp_success=false&error_msg=${encodeURIComponent(message)}&return=javascript:alert(3)`),
  );
  await expect(card(page).locator('blockquote')).toHaveText(message);
  expect(await card(page).locator('img, script').count()).toBe(0);
  expect(requests.filter((url) => !url.startsWith(SHOP))).toEqual([]);
});

test('the completion page asks for nothing but the verdict, moves nothing, and logs nothing', async ({ page }) => {
  const requests: string[] = [];
  const problems: string[] = [];
  await page.addInitScript(() => {
    (window as unknown as { cls: number }).cls = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) (window as unknown as { cls: number }).cls += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await openShop(page);
  await pay(page);
  await page.waitForURL(`${GATEWAY}/**`);
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).origin}${new URL(request.url()).pathname}`));
  page.on('console', (line) => problems.push(line.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await end(page, 'vbank', true);
  await expectState(page, 'ready');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

  expect(await page.evaluate(() => (window as unknown as { cls: number }).cls)).toBe(0);
  expect(problems).toEqual([]);
  expect(requests.filter((line) => line.startsWith(`GET ${SHOP}`) || line.startsWith(`POST ${SHOP}`))).toEqual([
    `GET ${SHOP}/payments/complete`,
    `POST ${SHOP}/payments/complete`,
  ]);
});

test('the provisional view is there when the script has run, before any answer, in the first frame', async ({ page }) => {
  await page.route(CONFIRM, (route) => (isConfirm(route.request()) ? undefined : route.continue()));
  await page.addInitScript(() => {
    // The first frame after the card's place is on the page: was the card in it, when all of its callbacks had run?
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const state = document.querySelector<HTMLElement>('#payment-result .imp-redirect')?.dataset.state;
      (window as unknown as { firstFrame: string }).firstFrame = state ?? 'empty';
    };
    const look = () => {
      if (document.querySelector('#payment-result')) port2.postMessage(0);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(landingUrl('imp_uid=imp_1&merchant_uid=m_1&imp_success=true'));
  await expect.poll(() => page.evaluate(() => (window as unknown as { firstFrame?: string }).firstFrame)).toBe('confirming');
});

test('a tag in the head finds a result element that comes later in the page', async ({ page }) => {
  await page.route(`${SHOP}/head?**`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><head><script src="/imp-redirect.js" data-confirm-url="/payments/complete" data-result="#late"></script></head>
        <body><p>My shop</p><div id="late">one moment</div><p>Footer</p></body></html>`,
    }),
  );
  await page.goto(landingUrl('imp_uid=imp_1&merchant_uid=m_1&imp_success=true', '/head'));
  await expect(page.locator('#late .imp-redirect')).toHaveCount(1);
  await expectState(page, 'deferred');
  await expect(page.locator('#late')).not.toContainText('one moment');
});

test('on a page that is no landing, the tag touches nothing', async ({ page }) => {
  const confirms: string[] = [];
  page.on('request', (request) => isConfirm(request) && confirms.push(request.url()));
  await page.goto(`${SHOP}/thanks?mailchimp_success=true&code=4&state=x`);
  await expect(page.locator('h1')).toBeVisible();
  expect(await page.locator('#payment-result').innerHTML()).toBe('');
  expect(confirms).toEqual([]);
});
