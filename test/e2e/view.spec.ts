// What the customer sees: each state on phones and desktops, in both languages and colour schemes; hostile pages, large text,
// virtual accounts, and the ways to put the card on a page.
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { queryOf, ResultServer, STATES } from './result-server.js';

const test = base.extend<{ readonly server: ResultServer; readonly problems: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures.
  server: async ({}, use) => {
    const server = await new ResultServer().start();
    await use(server);
    server.close();
  },
  /** What the console and the policy say, and requests to anybody else. */
  problems: [
    async ({ page, server }, use) => {
      const problems: string[] = [];
      // The browser's own words about a 4xx or 5xx, and ours.
      page.on(
        'console',
        (line) => /Failed to load resource|: (confirm_unreachable|claim_unreadable) /.test(line.text()) || problems.push(line.text()),
      );
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('request', (request) => request.url().startsWith(server.origin) || problems.push(request.url()));
      await page.addInitScript(() => {
        const told = window as unknown as { cls: number };
        told.cls = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) told.cls += (entry as unknown as { value: number }).value;
        }).observe({ type: 'layout-shift', buffered: true });
        addEventListener('securitypolicyviolation', ({ violatedDirective }) => console.error(`policy: ${violatedDirective}`));
      });
      await use(problems);
    },
    { auto: true },
  ],
});

const card = (page: Page) => page.locator('.imp-redirect');
const expectState = (page: Page, state: string) => expect(card(page)).toHaveAttribute('data-state', STATES[state]?.shows ?? state);
const frames = (page: Page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
const shiftOf = (page: Page) => page.evaluate(() => (window as unknown as { cls: number }).cls);

/** The card in a state, by way of the ones before it. */
async function land(page: Page, server: ResultServer, state: string, more = ''): Promise<void> {
  // What was not answered before is asked again on the next page, and a browser has six connections to a server.
  await page.goto('about:blank');
  server.drop();
  const client = await page.context().newCDPSession(page);
  await client.send('Storage.clearDataForOrigin', { origin: server.origin, storageTypes: 'all' });
  server.hold();
  await page.goto(server.landing(state, more));
  if (state !== 'malformed') {
    await expect(card(page)).toHaveAttribute('data-state', /confirming|incomplete/);
    await frames(page);
  }
  server.release();
  await expectState(page, state);
  await frames(page);
}

for (const [device, viewport] of Object.entries({ phone: { width: 375, height: 740 }, desktop: { width: 1280, height: 800 } }))
  for (const colorScheme of ['light', 'dark'] as const)
    for (const lang of ['ko', 'en'] as const)
      test.describe(`${device}, ${colorScheme}, ${lang}`, () => {
        test.use({ viewport, colorScheme });

        test('every state of the completion page is there, moves nothing, asks nobody else, logs nothing, and axe finds nothing', async ({
          page,
          server,
          problems,
        }) => {
          const titles = new Set<string>();
          for (const state of Object.keys(STATES)) {
            await land(page, server, state, `lang=${lang}&accent=${encodeURIComponent('#b5482b')}&`);
            await expect(card(page).getByRole('heading')).toBeVisible();
            titles.add((await card(page).getByRole('heading').textContent()) as string);
            const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
            expect.soft(violations, state).toEqual([]);
            expect.soft(await shiftOf(page), state).toBe(0);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            expect.soft(wide, state).toBe(false);
            for (const target of await card(page).locator('a, button').all())
              expect.soft((await target.boundingBox())?.height, `${state}: ${await target.textContent()}`).toBeGreaterThanOrEqual(44);
          }
          expect(problems).toEqual([]);
          // Checked, done, to be paid, not done, cancelled, other, unknown.
          expect(titles.size).toBe(7);
        });
      });

test.describe('without a shadow of the page', () => {
  const HOSTILE = ':not(html, head, head *, body, #result) { all: unset !important; display: none !important; color: red !important }';
  const pageWith = (style: string, script = '') => `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>Shop</title>
    <link rel="icon" href="data:,"><style>${style}</style>${script}</head><body style="margin: 0"><div id="result"></div>
    <script src="/imp-redirect.js" data-confirm-url="/payments/complete" data-result="#result" data-home="/"></script></body></html>`;
  /** How everything in the card is laid out and painted. Not pixels: letters are painted a little differently each time. */
  const look = async (page: Page, server: ResultServer, state: string) => {
    await page.goto(`${server.origin}/page?${queryOf(state)}`);
    await expectState(page, state);
    await frames(page);
    return card(page).evaluate(({ shadowRoot }) =>
      [...(shadowRoot as ShadowRoot).querySelectorAll('*')].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const painted = [
          'display',
          'visibility',
          'opacity',
          'color',
          'backgroundColor',
          'border',
          'font',
          'letterSpacing',
          'textAlign',
        ] as const;
        return [element.localName, x, y, width, height, ...painted.map((name) => style[name])];
      }),
    );
  };

  for (const state of ['paid', 'failed'])
    test(`a page that hides and unsets everything does not reach into the card: ${state}`, async ({ page, server }) => {
      server.page = pageWith('');
      const plain = await look(page, server, state);
      expect(plain.length).toBeGreaterThan(8);
      server.page = pageWith(HOSTILE);
      expect(await look(page, server, state)).toEqual(plain);
      // A page whose root is 10px, as many shops have it: the customer's own size counts.
      server.page = pageWith('html { font-size: 62.5% } body { line-height: 1; text-align: right; letter-spacing: 4px }');
      expect(await look(page, server, state)).toEqual(plain);
    });

  test('the card has no style to give to the page', async ({ page, server }) => {
    server.page = pageWith('').replace('<div id="result">', '<h2 id="own">Own</h2><p>Own</p><div id="result">');
    const styles = () => page.locator('#own, #own + p').evaluateAll((all) => all.map((element) => getComputedStyle(element).cssText));
    await page.goto(`${server.origin}/page`);
    const before = await styles();
    await page.goto(`${server.origin}/page?${queryOf('paid')}`);
    await expectState(page, 'paid');
    expect(await styles()).toEqual(before);
  });

  test('where sheets cannot be constructed it looks the same', async ({ page, server }) => {
    server.page = pageWith('');
    const plain = await look(page, server, 'cancelled');
    server.page = pageWith('', '<script>window.CSSStyleSheet = undefined</script>');
    expect(await look(page, server, 'cancelled')).toEqual(plain);
  });

  test('custom properties and parts change it, and an accent is the tag’s', async ({ page, server }) => {
    server.page = pageWith(
      '#result { --imp-accent: rgb(1, 2, 3); --imp-on-accent: rgb(250, 251, 252); --imp-good: rgb(4, 5, 6); --imp-font: monospace } .imp-redirect::part(h2) { color: rgb(7, 8, 9) }',
    );
    await page.goto(`${server.origin}/page?${queryOf('paid')}`);
    await expectState(page, 'paid');
    const link = card(page).locator('footer > :first-child');
    await expect(link).toHaveCSS('background-color', 'rgb(1, 2, 3)');
    await expect(link).toHaveCSS('color', 'rgb(250, 251, 252)');
    await expect(card(page).locator('svg')).toHaveCSS('color', 'rgb(4, 5, 6)');
    await expect(card(page).locator('section')).toHaveCSS('font-family', 'monospace');
    await expect(card(page).locator('h2')).toHaveCSS('color', 'rgb(7, 8, 9)');
    await page.goto(server.landing('paid', `accent=${encodeURIComponent('#fee500;--imp-on-accent:#000')}&`));
    await expectState(page, 'paid');
    await expect(link).toHaveCSS('background-color', 'rgb(254, 229, 0)');
    await expect(link).toHaveCSS('color', 'rgb(0, 0, 0)');
  });
});

test.describe('the smallest phone, and text twice as large', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  for (const lang of ['ko', 'en'])
    test(`everything can be read, without scrolling sideways: ${lang}`, async ({ page, server }) => {
      const client = await page.context().newCDPSession(page);
      await client.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
      for (const state of Object.keys(STATES)) {
        await land(page, server, state, `lang=${lang}&`);
        await expect(card(page).locator('section')).toHaveCSS('font-size', '32px');
        const cut = await page.evaluate(() => {
          const root = document.querySelector('.imp-redirect')?.shadowRoot as ShadowRoot;
          const texts = [...root.querySelectorAll('h2, p, blockquote, dt, dd, a, button')];
          return [document.documentElement, ...texts].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(String);
        });
        expect.soft(cut, state).toEqual([]);
        expect.soft(await shiftOf(page), state).toBe(0);
      }
    });
});

test('motion is reduced, and colours are the customer’s, where that is asked for', async ({ page, server }) => {
  const moving = () => card(page).evaluate(({ shadowRoot }) => (shadowRoot as ShadowRoot).getAnimations().length);
  await page.goto(server.landing('confirming'));
  await expectState(page, 'confirming');
  expect(await moving()).toBe(1);
  await page.emulateMedia({ reducedMotion: 'reduce', forcedColors: 'active' });
  expect(await moving()).toBe(0);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations).toEqual([]);
});

test('a page that is written from right to left has the card so too', async ({ page, server }) => {
  server.page = `<!doctype html><html lang="en" dir="rtl"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
    <body><script src="/imp-redirect.js" data-confirm-url="/payments/complete"></script></body></html>`;
  await page.goto(`${server.origin}/page?${queryOf('paid')}`);
  await expectState(page, 'paid');
  const [label, text] = await Promise.all(['dt', 'dd'].map((tag) => card(page).locator(tag).first().boundingBox()));
  expect(label?.x).toBeGreaterThan(text?.x as number);
});

test.describe('a virtual account', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('shows its number with dashes, copies its digits, and turns into "paid" while it is looked at', async ({ page, server }) => {
    await page.clock.install();
    await land(page, server, 'ready');
    await expect(card(page)).toContainText('신한은행 110-123-456789 (주)모퉁이');
    await expect(card(page)).toContainText('2일 후');
    const copy = card(page).getByRole('button', { name: '계좌번호 복사' });
    await copy.click();
    await expect(copy).toHaveText('계좌번호 복사 ✓');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('110123456789');

    await page.reload();
    await expectState(page, 'ready');
    await expect(card(page)).toContainText('110-123-456789');

    server.answers = { ready: { status: 'paid', amount: 39_000 } };
    const asked = server.posts.length;
    await page.clock.runFor(31_000);
    await expectState(page, 'paid');
    expect(server.posts).toHaveLength(asked + 1);
    await expect(card(page)).not.toContainText('110-123-456789');
    await page.clock.runFor(120_000);
    expect(server.posts).toHaveLength(asked + 1);
  });
});

test.describe('for those who hear the page', () => {
  test('each state is read in order: the result, why, the details, and what can be done', async ({ page, server }) => {
    await land(page, server, 'failed');
    await expect(card(page)).toMatchAriaSnapshot(`
      - status:
        - heading "결제가 완료되지 않았어요" [level=2]
        - blockquote: "[8051] 카드 한도가 초과되었습니다."
      - term: 주문번호
      - definition: failed
      - term: 문의
      - definition: 02-1234-5678
      - link "다시 결제하기":
        - /url: /cart
      - link "쇼핑 계속하기":
        - /url: /
    `);
    await land(page, server, 'retrying');
    await expect(card(page)).toMatchAriaSnapshot(`
      - status:
        - heading "결제를 확인하고 있어요" [level=2]
        - paragraph: 평소보다 오래 걸리고 있어요. 결제 내역은 남아 있으니 다시 결제하지 마세요.
      - term: 주문번호
      - definition: retrying
      - term: 문의
      - definition: 02-1234-5678
      - button "다시 확인하기"
      - link "쇼핑 계속하기":
        - /url: /
    `);
  });

  test('the focus goes to the result, and on to what can be pressed, with the keyboard alone', async ({ page, server }) => {
    await land(page, server, 'ready');
    await expect(card(page).getByRole('heading')).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(card(page).getByRole('button', { name: '계좌번호 복사' })).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(card(page).getByRole('link', { name: '쇼핑 계속하기' })).toBeFocused();
  });

  test('it is announced once for each state, by a region that is there before', async ({ page, server }) => {
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const attach = Element.prototype.attachShadow;
      Element.prototype.attachShadow = function (init) {
        const root = attach.call(this, init);
        new MutationObserver((changes) => {
          const region = root.querySelector('[role=status]');
          if (changes.some(({ target, addedNodes }) => addedNodes.length && region?.contains(target))) said.push(region?.textContent ?? '');
        }).observe(root, { childList: true, characterData: true, subtree: true });
        return root;
      };
    });
    await land(page, server, 'paid');
    expect(await page.evaluate(() => (window as unknown as { said: string[] }).said)).toEqual([
      '결제를 확인하고 있어요',
      '결제가 완료됐어요',
    ]);
  });
});

test('what the server has painted gives way to the card without a flash', async ({ page, server }) => {
  server.page = `<!doctype html><html lang="ko"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,"><body>
    <div id="payment-result" style="display: flow-root; min-height: 28em"><h2>결제를 확인하고 있어요</h2></div><footer>Shop</footer>
    <script src="/imp-redirect.js" data-confirm-url="/payments/complete" data-result="#payment-result"></script></body></html>`;
  await page.addInitScript(() => {
    const titles: (string | null | undefined)[] = [];
    Object.assign(window, { titles });
    const look = () => {
      const place = document.querySelector('#payment-result');
      const host = place?.querySelector('.imp-redirect');
      if (place) titles.push((host?.shadowRoot ?? place).querySelector('h2')?.textContent);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  server.hold();
  await page.goto(`${server.origin}/page?${queryOf('paid')}`);
  await expectState(page, 'confirming');
  await frames(page);
  server.release();
  await expectState(page, 'paid');
  await frames(page);
  const titles = await page.evaluate(() => (window as unknown as { titles: string[] }).titles);
  expect([...new Set(titles)]).toEqual(['결제를 확인하고 있어요', '결제가 완료됐어요']);
  expect(await shiftOf(page)).toBe(0);
});

test.describe('<imp-result>', () => {
  const element = (
    script: string,
  ) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
    ${script}<body><imp-result confirm-url="/payments/complete" home="/shop" class="own" id="own"><p>Nothing to show</p></imp-result></body></html>`;
  for (const [name, script] of Object.entries({
    'beside the script tag': '<script src="/imp-redirect.full.js"></script><script src="/imp-redirect.element.js"></script>',
    'beside the small script': '<script src="/imp-redirect.js"></script><script defer src="/imp-redirect.element.js"></script>',
    'as a module': '<script type="module" src="/imp-redirect.element.mjs"></script>',
  }))
    test(`shows the result in itself, and what stood there where there is none: ${name}`, async ({ page, server, problems }) => {
      server.page = element(script);
      await page.goto(`${server.origin}/page?${queryOf('paid')}`);
      await expect(page.locator('imp-result > .imp-redirect')).toHaveAttribute('data-state', 'paid');
      await expect(page.locator('imp-result')).not.toContainText('Nothing to show');
      await expect(card(page).getByRole('link', { name: '쇼핑 계속하기' })).toHaveAttribute('href', '/shop');
      expect(server.posts).toHaveLength(1);
      await page.goto(`${server.origin}/page?other`);
      await page.evaluate(() => customElements.whenDefined('imp-result'));
      await frames(page);
      await expect(page.locator('imp-result')).toHaveText('Nothing to show');
      expect(problems).toEqual([]);
    });
});

test.describe('in KakaoTalk’s browser', () => {
  test.use({
    userAgent: 'Mozilla/5.0 (Linux; Android 14; SM-S911N; wv) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 KAKAOTALK 10.4.5',
  });
  const page_ = `<!doctype html><html lang="ko"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,"><body>
    <script src="/imp-redirect.full.js"></script><script>window.offered = ImpRedirect.suggestBrowser()</script></body></html>`;
  const banner = (page: Page) => page.locator('.imp-redirect-banner');
  const offered = (page: Page) => page.evaluate(() => (window as unknown as { offered: boolean }).offered);

  test('the checkout page offers the customer’s own, once, and a landing does not', async ({ page, server }) => {
    server.page = page_;
    await page.goto(`${server.origin}/page?cart=1`);
    expect(await offered(page)).toBe(true);
    await expect(banner(page).getByRole('link', { name: '브라우저에서 열기' })).toHaveAttribute(
      'href',
      `kakaotalk://web/openExternal?url=${encodeURIComponent(`${server.origin}/page?cart=1`)}`,
    );
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().include('.imp-redirect-banner').analyze();
    expect(violations).toEqual([]);
    await banner(page).getByRole('button', { name: '여기서 계속하기' }).click();
    await expect(banner(page)).toHaveCount(0);
    await page.goto(`${server.origin}/page?${queryOf('paid')}`);
    expect(await offered(page)).toBe(false);
    await expect(banner(page)).toHaveCount(0);
  });
});

test('a browser proper is offered no other', async ({ page, server }) => {
  server.page = `<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script src="/imp-redirect.full.js"></script>`;
  await page.goto(`${server.origin}/page`);
  expect(
    await page.evaluate(() => (window as unknown as { ImpRedirect: { suggestBrowser(): boolean } }).ImpRedirect.suggestBrowser()),
  ).toBe(false);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the completion page says that the shop will confirm, and not to pay again', async ({ page, server }) => {
    await page.goto(server.landing('paid'));
    // Playwright's own matchers pass over what is in a noscript.
    await expect(page.locator('noscript p').first()).toBeVisible();
    const text = await page.locator('#payment-result').textContent();
    for (const words of ['결제 결과는 쇼핑몰이 직접 확인해요.', '다시 결제하지 말고 쇼핑몰에 문의해 주세요.'])
      expect(text).toContain(words);
    expect(server.posts).toEqual([]);
  });
});
