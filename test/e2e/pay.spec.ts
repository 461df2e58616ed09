import { card, end, expect, expectState, openShop, PROFILES, pay, readOutbox, SHOP, test } from './support.js';

test.describe('on a desktop', () => {
  test.use(PROFILES.desktop.use);

  test('a merchant’s own callback runs, and nobody leaves the page', async ({ page }) => {
    await openShop(page, { callback: 'own' });
    await pay(page);
    await end(page, 'paid', false);
    await expect(page.locator('#callback-result')).toHaveAttribute('data-status', 'paid');
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('a gateway that redirects on PCs too has a way home', async ({ page }) => {
    await openShop(page);
    await pay(page, 'naverpay');
    await end(page, 'paid', true);
    await expectState(page, 'paid');
  });

  for (const [inject, injected] of [
    // With the order's token in it, which the shop's own `wrap` gave.
    ['always', new RegExp(`^${SHOP}/payments/complete\\?t=[\\w-]{24}$`)],
    ['mobile', null],
  ] as const)
    test(`inject="${inject}" ${injected ? 'gives a PC a way home too' : 'leaves a PC alone'}`, async ({ page }) => {
      await openShop(page, { inject });
      const prepared = page.waitForRequest('**/sdk/prepare');
      await pay(page);
      const url = (await prepared).postDataJSON().params.m_redirect_url;
      if (injected) expect(url).toMatch(injected);
      else expect(url).toBeUndefined();
    });
});

test.describe('on a phone', () => {
  test.use(PROFILES.Galaxy.use);

  test('the departure is remembered while the customer is away, and forgotten with the verdict', async ({ page }) => {
    await openShop(page);
    await pay(page);
    await page.waitForURL('**/gateway/**');
    const away = await page.context().newPage();
    await away.goto(SHOP);
    const readCopy = async () => (await readOutbox(away)).copy as unknown[][];
    const [kind, , merchantUid, atMs] = (await readCopy()).at(-1) ?? [];
    expect(kind).toBe('departed');
    expect(merchantUid).toMatch(/./);
    expect(atMs).toBeGreaterThan(0);

    await end(page, 'paid', true);
    await expectState(page, 'paid');
    await expect.poll(async () => (await readCopy()).map(([kept]) => kept)).toEqual(['paid']);
  });

  for (const sdk of ['v1', '1.2.0'] as const)
    test(`an order that is paid already is not called failed when the gateway refuses it, SDK ${sdk}`, async ({ page, seen }) => {
      await openShop(page, { sdk });
      await pay(page);
      await end(page, 'paid', true);
      await expectState(page, 'paid');
      const merchantUid = await card(page).locator('dt:text-is("주문번호") + dd').textContent();

      await openShop(page, { sdk });
      seen.length = 0;
      await page.evaluate((merchant_uid) => {
        const { IMP } = window as unknown as { IMP: { request_pay(params: object): void } };
        IMP.request_pay({ pg: 'html5_inicis', pay_method: 'card', merchant_uid, name: 'again', amount: 14000 });
      }, merchantUid);
      await expectState(page, 'paid');
      expect(seen.map(({ state }) => state)).toEqual(['confirming', 'paid']);
    });
});

test.describe('mistakes in the options', () => {
  const cases: [name: string, tag: string, message: string][] = [
    ['a javascript: redirect URL', 'data-redirect-url="javascript:alert(1)"', 'invalid_option redirectUrl = javascript:alert(1)'],
    [
      'a relative confirm URL that leaves the origin',
      'data-confirm-url="//evil.example/confirm"',
      'invalid_option confirmUrl = //evil.example/confirm',
    ],
    ['an empty redirect URL', 'data-redirect-url=""', 'invalid_option redirectUrl'],
    ['an unknown value', 'data-redirect-url="/done" data-inject="sometimes"', 'invalid_option inject = sometimes'],
  ];
  for (const [name, attributes, message] of cases)
    test(`${name} is named in the console, and the landing stays as it is`, async ({ page }) => {
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.route(`${SHOP}/mine?**`, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<!doctype html><script src="/imp-redirect.js" ${attributes}></script><p>My shop</p>`,
        }),
      );
      const url = `${SHOP}/mine?imp_uid=imp_1&merchant_uid=m_1&imp_success=true`;
      await page.goto(url);
      await expect.poll(() => problems.join('\n')).toContain(message);
      expect(page.url()).toBe(url);
    });

  test('a typo in an option’s name rejects, with a code', async ({ page }) => {
    await page.goto(`${SHOP}/thanks`);
    const result = await page.evaluate(() => {
      const api = (window as unknown as { ImpRedirect: { complete(options: object): Promise<unknown>; wrap(options: object): void } })
        .ImpRedirect;
      const codeOf = (error: { code: string; actor: string }) => `${error.code} ${error.actor}`;
      let wrapped = '';
      try {
        api.wrap({ redirctUrl: '/done', redirectUrl: '/done' });
      } catch (error) {
        wrapped = codeOf(error as never);
      }
      return api.complete({ confirmUrl: '/payments/complete', onEror: 1 }).then(
        () => 'resolved',
        (error) => [wrapped, codeOf(error)],
      );
    });
    expect(result).toEqual(['invalid_option merchant', 'invalid_option merchant']);
  });
});
