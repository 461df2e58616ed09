// The landing page that the merchant's server renders with its verdict in it, and the customer who lands in another browser.
import type { Page } from '@playwright/test';
import { card, end, expect, expectState, openShop, PROFILES, pay, SHOP, statesOf, test } from './support.js';

test.use(PROFILES.iPhone.use);

/** The URL that the gateway sends the customer home to. */
const landingOf = async (page: Page): Promise<string> => {
  const request = await page.waitForRequest((each) => each.isNavigationRequest() && /[?&]imp_uid=/.test(each.url()));
  return request.url();
};

for (const [ending, state] of [
  ['paid', 'paid'],
  ['vbank', 'ready'],
  ['false-but-paid', 'paid'],
  ['forged-amount', 'forged'],
] as const)
  test(`${ending}: the verdict that is written into the page is taken, and nobody is asked`, async ({ page, seen }) => {
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/payments/complete')) posts.push(request.url());
    });
    await openShop(page, { landing: 'return' });
    await pay(page);
    await end(page, ending, true);
    await expectState(page, state);
    expect(new URL(page.url()).pathname).toBe('/payments/return');
    expect(new Set(statesOf(seen))).toEqual(new Set([statesOf(seen)[0], state]));
    expect(posts).toEqual([]);
    await page.reload();
    await expectState(page, state);
  });

test('a verdict that is not written yet is asked for', async ({ page }) => {
  await openShop(page, { landing: 'return' });
  await pay(page);
  const arrival = landingOf(page);
  await end(page, 'paid', true);
  await expectState(page, 'paid');
  const there = await page.context().newPage();
  // As if it took the server too long.
  await there.route('**/payments/return?**', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<script type="application\/json" data-imp-redirect-verdict>.*?<\/script>/, '');
    await route.fulfill({ response, body });
  });
  const asked = there.waitForRequest((request) => request.method() === 'POST' && request.url() === `${SHOP}/payments/complete`);
  await there.goto(await arrival);
  expect((await asked).postDataJSON()).toMatchObject({ t: expect.stringMatching(/^[\w-]{24}$/) });
  await expectState(there, 'paid');
});

test.describe('without JavaScript on the landing page', () => {
  test('the server says how it stands', async ({ page, browser }) => {
    await openShop(page, { landing: 'return' });
    await pay(page);
    const arrival = landingOf(page);
    await end(page, 'paid', true);
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const there = await plain.newPage();
    await there.goto(await arrival);
    await expect(there.locator('#payment-result')).toHaveText('결제가 완료됐어요');
    await plain.close();
  });
});

for (const landing of ['complete', 'thanks', 'return'] as const)
  test(`who lands in another browser is known by the order’s token: ${landing}`, async ({ page, browser }) => {
    await openShop(page, { landing });
    await pay(page);
    const arrival = landingOf(page);
    await end(page, 'paid', true);
    const url = await arrival;

    const other = await browser.newContext(PROFILES.Galaxy.use);
    const there = await other.newPage();
    await there.goto(url);
    await expectState(there, 'paid');
    // Without it, a link that was passed on tells nobody how the order stands.
    const stranger = await browser.newContext(PROFILES.Galaxy.use);
    const elsewhere = await stranger.newPage();
    await elsewhere.goto(url.replace(/t=[\w-]+/, 't=AAAAAAAAAAAAAAAAAAAAAAAA'));
    await expectState(elsewhere, 'retrying');
    await expect(card(elsewhere)).not.toContainText(/완료됐|14,000/);
    await other.close();
    await stranger.close();
  });
