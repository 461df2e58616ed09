import { expect, type Page } from '@playwright/test';
import {
  type Answers,
  type Entry,
  GENERATIONS,
  type Generation,
  type Outcome,
  PHONE,
  recorder,
  type Site,
  script,
  tag,
  test,
} from './merchant-page.js';

/** What the SDK does by itself, and what becomes of it with our tag before it. */
interface Case {
  readonly phone?: true;
  readonly answers?: Answers;
  /** The attributes of our tag; none without it. */
  readonly tag?: string | null;
  readonly variant?: '' | '.full';
  /** The page's script, after the SDK; `pay` is its button. */
  readonly page: string;
}

const INIT = `IMP.init('imp00000000');`;
const paying = (call: string) => `${INIT} function pay() { ${call} }`;
const NAMES = ['departure', 'never_left', 'returned_without_result'];
/** Long enough for a page to be paid on, and no longer. */
const SOON = 'data-result-timeout-ms="1"';

const REFUSED = {
  success: false,
  request_id: 'req_1',
  error_code: 'F1002',
  error_msg: '이미 결제가 이루어진 거래건입니다. (1 + 1 & #2 = 100%)',
};

const open = async (
  page: Page,
  site: Site,
  generation: Generation,
  { phone, answers, tag: attributes = '', variant, page: code }: Case,
) => {
  const listen = `${JSON.stringify(NAMES)}.forEach(function (name) { addEventListener('imp-redirect:' + name, function (event) { seen(name, event.detail); }); });`;
  const own = attributes === null ? '' : tag(attributes, variant);
  site.pages.set(
    '/cart/checkout',
    `<!doctype html><html lang="ko"><meta charset="utf-8">${recorder(site, generation, answers)}${phone ? PHONE : ''}<script>${listen}</script>
      ${own}${script(site.sdk[generation])}<main>cart</main><script>${code}</script>`,
  );
  await page.goto(`${site.shop}/cart/checkout`);
};

const run = async (page: Page, site: Site, generation: Generation, one: Case): Promise<Outcome> => {
  await open(page, site, generation, one);
  return page.evaluate(() => window.pressPay(false));
};

const find = (seen: Outcome | Entry[], what: string) =>
  ('log' in seen ? seen.log : seen).filter(([name]) => name === what).map(([, ...values]) => values);
/** Where the page went, one after the other. */
const goes = (outcome: Outcome) => find(outcome, 'goes').map(([url]) => new URL(url as string));
const query = (url: URL | undefined) => Object.fromEntries(url?.searchParams ?? []);
const sentUrl = (outcome: Outcome) => (find(outcome, 'sent')[0]?.[0] as { m_redirect_url?: string } | undefined)?.m_redirect_url;
/** All that was seen until now. */
const readLog = (page: Page): Promise<Entry[]> => page.evaluate(() => window.seenSoFar());

for (const generation of GENERATIONS) {
  const old = generation === '1x';

  test.describe(`callback and redirect, ${generation}`, () => {
    test('phone, no callback, refused before the window opens: the landing is told everything, the code too', async ({
      site,
      sharedPage,
    }) => {
      const one: Case = { phone: true, answers: { failure: REFUSED }, page: paying('IMP.request_pay(order())') };
      const without = await run(sharedPage, site, generation, { ...one, tag: null });
      if (old) {
        expect(goes(without).map((url) => url.origin + url.pathname)).toEqual([`${site.portone}/payments/fail`]);
        expect(goes(without)[0]?.searchParams.has('error_code')).toBe(false);
      } else expect([goes(without), find(without, 'alert')]).toEqual([[], [[REFUSED.error_msg]]]);

      const [url, ...more] = goes(await run(sharedPage, site, generation, one));
      expect([url?.origin, url?.pathname, more]).toEqual([site.shop, '/payments/complete', []]);
      expect(query(url)).toMatchObject({ merchant_uid: 'order_1', success: 'false', error_code: 'F1002', error_msg: REFUSED.error_msg });
    });

    test('phone, no callback, with a URL of the merchant’s own: it goes there, and is told everything', async ({ site, sharedPage }) => {
      const page = paying(`IMP.request_pay(order({ m_redirect_url: '${site.shop}/mine?a=1&b=2#end' }))`);
      const one: Case = { phone: true, answers: { failure: REFUSED }, page };
      const without = await run(sharedPage, site, generation, { ...one, tag: null });
      if (old) expect(goes(without)[0]?.href).toContain('/mine?a=1&b=2imp_uid=&');

      const [url, ...more] = goes(await run(sharedPage, site, generation, one));
      expect([url?.pathname, url?.hash, more]).toEqual(['/mine', '#end', []]);
      expect(query(url)).toMatchObject({ a: '1', b: '2', merchant_uid: 'order_1', error_code: 'F1002', error_msg: REFUSED.error_msg });
    });

    test('phone, a callback, refused before the window opens: only the callback runs', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        phone: true,
        answers: { failure: REFUSED },
        page: paying(`IMP.request_pay(order({ m_redirect_url: '/mine' }), onPaid)`),
      });
      expect(find(outcome, 'callback')).toEqual([[{}, REFUSED]]);
      expect(goes(outcome)).toEqual([]);
    });

    test('phone, a callback, and the window opens: the page leaves, and nobody is called', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, { phone: true, page: paying('IMP.request_pay(order(), onPaid)') });
      expect(goes(outcome).map((url) => url.origin + url.pathname)).toEqual([`${site.portone}/gateway`]);
      expect([find(outcome, 'callback'), sentUrl(outcome)]).toEqual([[], site.landing]);
    });

    for (const [how, answers, expected] of [
      ['paid', {}, { imp_uid: 'imp_1', merchant_uid: 'order_1', imp_success: 'true' }],
      ['refused', { failure: REFUSED }, { merchant_uid: 'order_1', error_code: 'F1002', error_msg: REFUSED.error_msg }],
    ] as const)
      test(`PC, no callback, ${how}: nothing happens without us; with us it goes to the landing`, async ({ site, sharedPage }) => {
        const one: Case = { answers, page: paying('IMP.request_pay(order())') };
        const without = await run(sharedPage, site, generation, { ...one, tag: null });
        expect([goes(without), find(without, 'alert')]).toEqual([[], []]);
        const [url, ...more] = goes(await run(sharedPage, site, generation, one));
        expect([url?.pathname, more]).toEqual(['/payments/complete', []]);
        expect(query(url)).toMatchObject(expected);
      });

    test('a gateway that is not registered: an alert without a callback, a misspelt code with one, and the landing with us', async ({
      site,
      sharedPage,
    }) => {
      const one: Case = { page: paying(`IMP.request_pay(order({ pg: 'nonsense' }))`) };
      const without = await run(sharedPage, site, generation, { ...one, tag: null });
      expect(find(without, 'alert')).toEqual([[expect.stringContaining('등록되지 않은 PG')]]);

      const outcome = await run(sharedPage, site, generation, one);
      const [url, ...more] = goes(outcome);
      expect([find(outcome, 'alert'), url?.pathname, more]).toEqual([[], '/payments/complete', []]);
      expect(query(url)).toMatchObject({
        merchant_uid: 'order_1',
        imp_success: 'false',
        error_msg: expect.stringContaining('등록되지 않은 PG'),
      });

      const own = await run(sharedPage, site, generation, { page: paying(`IMP.request_pay(order({ pg: 'nonsense' }), onPaid)`) });
      expect(find(own, 'callback')).toMatchObject([[expect.anything(), { imp_uid: null, merchant_uid: 'order_1', error_coe: 'F1001' }]]);
      expect(goes(own)).toEqual([]);
    });

    test('callback="landing": a PC goes to the landing as well, after the merchant’s callback', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        tag: 'data-callback="landing"',
        variant: '.full',
        page: paying('IMP.request_pay(order(), onPaid)'),
      });
      expect(outcome.log.map(([name]) => name).filter((name) => name === 'callback' || name === 'goes')).toEqual(['callback', 'goes']);
      expect(query(goes(outcome)[0])).toMatchObject({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
    });
  });

  test.describe(`arguments and callbacks, ${generation}`, () => {
    test('the params get what the SDK writes, and not our URL; the call returns nothing', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        page: paying(`var data = { amount: 100 }; seen('returned', IMP.request_pay(data, onPaid)); show(data);`),
      });
      expect(find(outcome, 'returned')).toEqual([['<undefined>']]);
      const [[params, , hasUrl] = []] = find(outcome, 'params');
      expect([params, hasUrl]).toEqual([
        {
          amount: 100,
          merchant_uid: expect.stringMatching(/^nobody_\d+$/),
          pay_method: 'card',
          request_id: expect.stringMatching(/^req_\d+$/),
          tier_code: '<undefined>',
        },
        false,
      ]);
    });

    test('without a merchant_uid the landing has the one that the SDK made up', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        answers: { failure: REFUSED },
        page: paying('IMP.request_pay({ amount: 100 })'),
      });
      expect(query(goes(outcome)[0]).merchant_uid).toMatch(/^nobody_\d+$/);
    });

    test('without params: an alert, and false', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, { page: paying(`seen('returned', IMP.request_pay());`) });
      expect([find(outcome, 'returned'), find(outcome, 'alert').length, goes(outcome)]).toEqual([[[false]], 1, []]);
    });

    test('a callback that throws: the SDK swallows it; we report it, and offer the landing', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        variant: '.full',
        page: paying(`IMP.request_pay(order(), function (rsp) { seen('callback', this, rsp); throw new Error('the merchant’s'); });`),
      });
      expect(find(outcome, 'callback')).toMatchObject([[{}, { imp_uid: 'imp_1' }]]);
      expect(find(outcome, 'console')).toEqual([['<Error: the merchant’s>']]);
      expect([outcome.reports, goes(outcome)]).toEqual([['callback_threw'], []]);
      const link = sharedPage.locator(`a[href^="${site.landing}?"]`);
      await expect(link).toBeVisible();
      expect(query(new URL((await link.getAttribute('href')) ?? ''))).toMatchObject({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
      await link.click({ position: { x: 5, y: 5 } });
      await expect.poll(async () => find(await readLog(sharedPage), 'goes')).toHaveLength(1);
    });

    test('on a phone what we offer is not hidden with the rest of the page', async ({ site, sharedPage }) => {
      await run(sharedPage, site, generation, {
        phone: true,
        answers: { stays: true },
        variant: '.full',
        page: paying(`IMP.request_pay(order(), function () { throw new Error('the merchant’s'); });`),
      });
      await expect(sharedPage.locator(`a[href^="${site.landing}?"]`)).toBeVisible();
    });

    test('of two payments the SDK keeps the last; the second one is reported', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        page: paying(
          `IMP.request_pay(order(), function () { seen('first'); }); IMP.request_pay(order({ merchant_uid: 'order_2' }), onPaid);`,
        ),
      });
      expect(find(outcome, 'first')).toEqual([]);
      expect(find(outcome, 'callback')).toMatchObject([[{}, { merchant_uid: 'order_2' }]]);
      expect(find(outcome, 'departure')).toEqual([[{ merchantUid: 'order_1' }], [{ merchantUid: 'order_2' }]]);
      expect(outcome.reports).toEqual(['already_open']);
    });

    test('single: a second payment is kept from the SDK, until the first one is over', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        tag: 'data-single',
        variant: '.full',
        page: paying(`IMP.request_pay(order(), function (rsp) { seen('first', rsp.merchant_uid); IMP.request_pay(order({ merchant_uid: 'order_3' }), onPaid); });
          seen('returned', IMP.request_pay(order({ merchant_uid: 'order_2' }), onPaid));`),
      });
      expect(find(outcome, 'returned')).toEqual([['<undefined>']]);
      expect(find(outcome, 'first')).toEqual([['order_1']]);
      expect(find(outcome, 'callback')).toMatchObject([[{}, { merchant_uid: 'order_3' }]]);
      expect(outcome.reports).toEqual(['already_open']);
    });

    test('IMP.close and IMP.communicate are there', async ({ site, sharedPage }) => {
      const page = paying(`seen('returned', IMP.close(), IMP.communicate({ result: 'check.closing' }));`);
      expect(find(await run(sharedPage, site, generation, { page }), 'returned')).toEqual([['<undefined>', '<undefined>']]);
    });

    test('unwrap: everything is as it was, in what the page reads now', async ({ site, sharedPage }) => {
      const page = paying(
        `ImpRedirect.unwrap(); var data = order(); IMP.request_pay(data, onPaid); show(data); seen('plain', Object.getOwnPropertyDescriptor(window, 'IMP').value === IMP);`,
      );
      const [plain, control] = [
        await run(sharedPage, site, generation, { page }),
        await run(sharedPage, site, generation, { page: page.replace('ImpRedirect.unwrap();', ''), tag: null }),
      ];
      const steady = ({ log }: Outcome) => JSON.stringify(log).replace(/req_\d+/g, 'req_');
      expect(steady(plain)).toBe(steady(control));
    });
  });

  test.describe(`nobody is ever called, ${generation}`, () => {
    const LEFT = [[{ merchantUid: 'order_1' }]];
    const silent = async (page: Page, site: Site, one: Case) => {
      const outcome = await run(page, site, generation, { tag: SOON, ...one });
      expect([find(outcome, 'callback'), goes(outcome), find(outcome, 'departure')]).toEqual([[], [], LEFT]);
      return outcome;
    };
    const neverLeft = async (page: Page, site: Site, one: Case) => {
      const outcome = await silent(page, site, one);
      await expect.poll(async () => find(await readLog(page), 'never_left')).toEqual(LEFT);
      return outcome;
    };
    const PAY = paying('IMP.request_pay(order(), onPaid);');
    const BLOCKED = 'window.open = function () { return null; };';

    test('it cannot be asked which gateways there are', async ({ site, sharedPage }) => {
      await neverLeft(sharedPage, site, { answers: { gateways: false }, page: PAY });
    });

    test('the payment cannot be prepared', async ({ site, sharedPage }) => {
      await neverLeft(sharedPage, site, { answers: { prepare: false }, page: PAY });
    });

    test('init was not called', async ({ site, sharedPage }) => {
      const outcome = await neverLeft(sharedPage, site, { page: 'function pay() { IMP.request_pay(order(), onPaid); }' });
      expect(find(outcome, 'alert')).toHaveLength(1);
    });

    for (const params of [`pg: 'naverpay', naverPopupMode: true`, `pg: 'paypal', popup: true`, `pg: 'eximbay'`, `pg: 'payco'`])
      test(`the window is blocked: ${params}`, async ({ site, sharedPage }) => {
        const page = paying(`${BLOCKED} IMP.request_pay(order({ ${params} }), onPaid);`);
        const outcome = await neverLeft(sharedPage, site, { page });
        expect(find(outcome, 'alert')).toEqual([[expect.stringContaining('팝업차단')]]);
      });

    test('SmilePay’s window is closed', async ({ site, sharedPage }) => {
      const page = paying(`window.open = function () { return { closed: true, location: {} }; };
        return new Promise(function (done) { window.alert = function (text) { seen('alert', text); done(); }; IMP.request_pay(order({ pg: 'smilepay' }), onPaid); });`);
      const outcome = await neverLeft(sharedPage, site, { page });
      expect(find(outcome, 'alert')).toEqual([['사용자가 결제를 취소하였습니다.']]);
    });

    test('but another gateway’s closed window is a result', async ({ site, sharedPage }) => {
      const page = paying(`window.open = function () { return { closed: true, location: {} }; };
        return new Promise(function (done) { IMP.request_pay(order({ pg: 'payco' }), function (rsp) { onPaid.call(this, rsp); done(); }); });`);
      const outcome = await run(sharedPage, site, generation, { page });
      expect(find(outcome, 'callback')).toMatchObject([[{}, { imp_uid: 'imp_1', imp_success: false }]]);
    });

    test('IMP.close', async ({ site, sharedPage }) => {
      await neverLeft(sharedPage, site, { answers: { prepare: false }, page: paying('IMP.request_pay(order(), onPaid); IMP.close();') });
    });

    test('the page was out of sight meanwhile', async ({ site, sharedPage }) => {
      const page = paying(`IMP.request_pay(order(), onPaid); setTimeout(() => document.dispatchEvent(new Event('visibilitychange')));`);
      await silent(sharedPage, site, { answers: { prepare: false }, page });
      await expect.poll(async () => find(await readLog(sharedPage), 'returned_without_result')).toEqual(LEFT);
    });

    test('the customer comes back out of the browser’s cache', async ({ site, sharedPage }) => {
      const page = paying(`IMP.request_pay(order(), onPaid); dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));`);
      const outcome = await silent(sharedPage, site, { tag: '', answers: { prepare: false }, page });
      expect(find(outcome, 'returned_without_result')).toEqual(LEFT);
    });

    test('one that was replaced by a second ends without a word of its own', async ({ site, sharedPage }) => {
      const page = paying(`IMP.request_pay(order(), onPaid); IMP.request_pay(order({ merchant_uid: 'order_2' }), onPaid);`);
      const outcome = await run(sharedPage, site, generation, { tag: SOON, answers: { prepare: false }, page });
      expect(outcome.reports).toEqual(['already_open']);
      await expect.poll(async () => find(await readLog(sharedPage), 'never_left')).toEqual([[{ merchantUid: 'order_2' }]]);
    });
  });

  test.describe(`the way home, ${generation}`, () => {
    /** What the SDK itself makes of a URL on a phone, when it is left alone with it and the payment is refused. */
    const sdkLanding = async (page: Page, site: Site, url: string) =>
      goes(
        await run(page, site, '1x', {
          phone: true,
          tag: null,
          answers: { failure: { success: false, merchant_uid: 'order_1', error_msg: '한도 초과' } },
          page: paying(`IMP.request_pay(order({ m_redirect_url: ${JSON.stringify(url)} }))`),
        }),
      )[0];
    const inject = async (page: Page, site: Site, redirectUrl: string) => {
      const own = `data-redirect-url="${redirectUrl.replaceAll('&', '&amp;')}"`;
      const outcome = await run(page, site, generation, { tag: own, page: paying('IMP.request_pay(order(), onPaid)') });
      return sentUrl(outcome);
    };

    for (const [what, given, sent, keys] of [
      ['one parameter', '/done?a=1', '/done?a=1', { a: '1' }],
      ['two parameters, which the SDK would glue its own to', '/done?a=1&b=2', '/done?a=1&b=2&', { a: '1', b: '2' }],
      ['a hash', '/done#/thanks', '/done#/thanks', {}],
      ['two parameters and a hash', '/done?a=1&b=2#/thanks', '/done?a=1&b=2&#/thanks', { a: '1', b: '2' }],
      ['a relative URL', 'done?a=1', '/cart/done?a=1', { a: '1' }],
      ['an earlier landing’s keys', '/done?a=1&imp_uid=imp_0&merchant_uid=order_0&imp_success=true', '/done?a=1', { a: '1' }],
      ['Korean', '/완료', '/%EC%99%84%EB%A3%8C', {}],
      ['Korean that is encoded', '/done?q=%EC%99%84', '/done?q=%EC%99%84', {}],
      ['Korean that is encoded twice', '/done?q=%25EC%2599%2584', '/done?q=%EC%99%84', {}],
    ] as const)
      test(`a URL with ${what} survives the SDK`, async ({ site, sharedPage }) => {
        const injected = await inject(sharedPage, site, given);
        expect(injected).toBe(site.shop + sent);
        const url = await sdkLanding(sharedPage, site, injected ?? '');
        expect(query(url)).toMatchObject({ ...keys, imp_uid: '', merchant_uid: 'order_1', imp_success: 'false', error_msg: '한도 초과' });
        expect(url?.hash).toBe(new URL(injected ?? '').hash);
      });

    test('a URL with a name and a password goes without them', async ({ site, sharedPage }) => {
      expect(await inject(sharedPage, site, site.shop.replace('//', '//name:secret@').concat('/done'))).toBe(`${site.shop}/done`);
    });

    test('what is in a URL’s placeholders is encoded', async ({ site, sharedPage }) => {
      const outcome = await run(sharedPage, site, generation, {
        tag: 'data-redirect-url="/orders/{merchant_uid}?sum={amount}"',
        variant: '.full',
        page: paying(`IMP.request_pay(order({ merchant_uid: 'A&B/1 완' }), onPaid)`),
      });
      expect(sentUrl(outcome)).toBe(`${site.shop}/orders/A%26B%2F1%20%EC%99%84?sum=12000`);
    });

    for (const merchantUid of ['2024+001', 'A&B', 'A#B', '50%', '주문 1'])
      test(`the merchant_uid ${merchantUid}, which the SDK would break, reaches the landing whole`, async ({ site, sharedPage }) => {
        const outcome = await run(sharedPage, site, generation, {
          phone: true,
          answers: { failure: REFUSED },
          page: paying(`IMP.request_pay(order({ merchant_uid: '${merchantUid}' }))`),
        });
        expect(query(goes(outcome)[0])).toMatchObject({ merchant_uid: merchantUid, error_msg: REFUSED.error_msg });
      });

    for (const [what, given, repaired] of [
      ['two parameters', '/mine?a=1&b=2#x', '/mine?a=1&b=2&#x'],
      ['location.href of a landing', '/mine?imp_uid=imp_0&merchant_uid=order_0&imp_success=false', '/mine'],
      ['a relative URL', 'mine', '/cart/mine'],
      ['double encoding', '/mine?q=%25EC%2599%2584', '/mine?q=%EC%99%84'],
      ['the text null', 'null', '/payments/complete'],
    ] as const)
      test(`repair: the merchant’s own URL with ${what}`, async ({ site, sharedPage }) => {
        const page = paying(`IMP.request_pay(order({ m_redirect_url: '${given}' }), onPaid)`);
        const alone = await run(sharedPage, site, generation, { variant: '.full', page });
        expect([sentUrl(alone), alone.reports]).toEqual([given, ['redirect_url_unsafe']]);
        const outcome = await run(sharedPage, site, generation, { tag: 'data-repair', variant: '.full', page });
        expect(sentUrl(outcome)).toBe(site.shop + repaired);
      });
  });
}
