// What is no payment of V1, and what is told about a page that is wrong: the built scripts, an SDK of our own writing for each
// generation, and a merchant's server that writes down what it is asked.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { test as base, card, expect, expectState, expectStates, readOutbox } from './support.js';

const readDist = (name: string) => readFile(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), 'utf8');

/** What both V1 generations do: away through the gateway where there is a URL, or else the callback. */
const METHODS = `{
  request_pay: function (params, callback) { return go(params, callback, { imp_success: true }); },
  certification: function (params, callback) { return go(params, callback, { success: true }); },
}`;
const GO = `
  var passed = [];
  function away(url, fields) { location.href = '/gateway?to=' + encodeURIComponent(url) + '&fields=' + encodeURIComponent(new URLSearchParams(fields)); }
  function go(params, callback, flag) {
    passed.push(params);
    var fields = Object.assign({ imp_uid: 'imp_1', merchant_uid: params.merchant_uid }, window.fields || flag);
    if (window.isPc) setTimeout(callback, 0, fields); else away(params.m_redirect_url, fields);
  }`;
const SDKS = {
  '/sdk-1x.js': `${GO} window.IMP = {}; Object.assign(window.IMP, ${METHODS});`,
  '/sdk-v1.js': `${GO} var IMP = (function (all) {
      var imp = {};
      Object.keys(all).forEach(function (name) { Object.defineProperty(imp, name, { enumerable: true, get: function () { return all[name]; } }); });
      return imp;
    })(${METHODS});`,
  '/sdk-v2.js': `${GO} var PortOne = {
      version: '2', requestIdentityVerification: function () { return this.version; },
      requestPayment: function (request) {
        passed.push(request);
        if (window.isPc) return Promise.resolve({ paymentId: request.paymentId, txId: 'tx_1', transactionType: 'PAYMENT' });
        away(request.redirectUrl, { transactionType: 'PAYMENT', txId: 'tx_1', paymentId: request.paymentId });
        return new Promise(function () {});
      },
    };`,
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A merchant's server: its pages, its answers, and what it was asked. */
class Merchant {
  readonly pages = new Map<string, string>();
  readonly answers = new Map<string, (asked: Asked) => { status?: number; text?: string; json?: object }>();
  readonly asked: Asked[] = [];
  /** Where the gateway was told to send customers back to. */
  readonly homes: string[] = [];
  readonly #server = createServer((request, response) => this.#handle(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url as string, this.origin);
    let body = '';
    for await (const chunk of request) body += chunk;
    const send = (type: string, text: string, status = 200) =>
      response.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store' }).end(text);

    const answer = this.answers.get(pathname);
    if (answer) {
      const asked = { method: request.method as string, path: pathname, body };
      this.asked.push(asked);
      const { status = 200, json, text = JSON.stringify(json) } = answer(asked);
      send(json ? 'application/json' : 'text/plain', text ?? '', status);
    } else if (pathname === '/gateway') {
      // As gateways do: appended where there is a query already.
      const home = searchParams.get('to') as string;
      this.homes.push(home);
      const [, path, query = '', hash] = /^([^?#]*)(\?[^#]*)?(.*)/.exec(home) as RegExpExecArray;
      response.writeHead(302, { Location: `${path}${query}${query ? '&' : '?'}${searchParams.get('fields')}${hash}` }).end();
    } else if (pathname in SDKS) send('text/javascript', SDKS[pathname as keyof typeof SDKS]);
    else if (/^\/imp-redirect\.\w+\.js$/.test(pathname)) send('text/javascript', await readDist(pathname.slice(1)));
    else if (this.pages.has(pathname)) send('text/html', this.pages.get(pathname) as string);
    else send('text/plain', 'Not found', 404);
  }
}

interface Fixtures {
  readonly merchant: Merchant;
}
const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here.
  merchant: async ({}, use) => {
    const merchant = new Merchant();
    await merchant.start();
    await use(merchant);
    await merchant.close();
  },
});

type Tag = Readonly<Record<string, string>>;
const escapeHtml = (text: string) => text.replace(/[&"<]/g, (character) => `&#${character.charCodeAt(0)};`);
/** A script tag of ours. */
const ours = (tag: Tag, script = 'imp-redirect.full.js') =>
  `<script src="/${script}"${Object.entries(tag)
    .map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`)
    .join('')}></script>`;
const html = (head: string, lang = 'ko') =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${head}</head><body><h1>Shop</h1><main></main></body></html>`;
const sdk = (name: keyof typeof SDKS) => `<script src="${name}"></script>`;

const CERTIFICATION = JSON.stringify({
  confirmUrl: '/certifications/{imp_uid}',
  method: 'GET',
  answers: 'response.certified true=certified false=failed',
});
const certified = () => ({ json: { code: 0, message: null, response: { certified: true, name: '홍길동' } } });

interface Calls {
  readonly IMP: Record<'request_pay' | 'certification', (params: object, callback?: unknown) => unknown>;
}
const call = (page: Page, method: 'request_pay' | 'certification', params: object) =>
  page.evaluate(([name, given]) => void (window as unknown as Calls).IMP[name](given), [method, params] as const);

for (const sdkPath of ['/sdk-v1.js', '/sdk-1x.js'] as const) {
  const generation = sdkPath.slice(5, 7);

  for (const way of ['redirect', 'callback'] as const)
    test(`an identity verification comes home by ${way}, and is asked about as one, SDK ${generation}`, async ({
      page,
      merchant,
      seen,
      events,
    }) => {
      const tag = { 'redirect-url': '/done?shop=1', certification: 'true', 'context-params': 'pg' };
      merchant.pages.set('/checkout', html(ours(tag) + sdk(sdkPath)));
      merchant.pages.set('/done', html(ours({ 'confirm-url': '/payments', certification: CERTIFICATION, result: 'main' })));
      merchant.answers.set('/certifications/imp_1', certified);
      if (way === 'callback') await page.addInitScript('window.isPc = true');
      await page.goto(`${merchant.origin}/checkout`);
      await call(page, 'certification', { merchant_uid: 'order_1', pg: 'danal' });
      await page.waitForURL('**/done?**');
      await expectState(page, 'certified');

      expect(merchant.homes).toEqual(way === 'redirect' ? [`${merchant.origin}/done?shop=1&imp_flow=certification&`] : []);
      expect(merchant.asked).toEqual([{ method: 'GET', path: '/certifications/imp_1', body: '' }]);
      await expect(card(page)).toContainText('본인인증이 완료됐어요');
      expectStates(seen, ['confirming', 'certified']);
      for (const { text } of seen) expect(text).not.toMatch(/결제|paid/i);
      expect(page.url()).toMatch(/\/done\?shop=1&?$/);
      const verdicts = events.filter(({ name }) => name === 'verdict');
      expect(verdicts.map(({ detail }) => [detail.claim.flow, detail.verdict.status])).toEqual([['certification', 'certified']]);
      await expect.poll(() => readOutbox(page)).toEqual({ database: [], copy: [] });
      expect(events.filter(({ name }) => name === 'paid')).toEqual([]);

      await page.reload();
      await expectState(page, 'certified');
      await expect(card(page)).toContainText('본인인증이 완료됐어요');
      expect(merchant.asked).toHaveLength(1);
    });
}

test("an identity verification with the merchant's own URL has no mark there, and is none the less one", async ({
  page,
  merchant,
  seen,
}) => {
  merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done', certification: 'true' }) + sdk('/sdk-v1.js')));
  merchant.pages.set('/mine', html(ours({ 'confirm-url': '/payments', certification: CERTIFICATION, result: 'main' })));
  merchant.answers.set('/certifications/imp_1', certified);
  merchant.answers.set('/payments', () => ({ json: { status: 'paid', imp_uid: 'imp_1', merchant_uid: 'order_1' } }));
  await page.goto(`${merchant.origin}/checkout`);
  await call(page, 'certification', { merchant_uid: 'order_1', m_redirect_url: `${merchant.origin}/mine` });
  await expectState(page, 'certified');
  expect(merchant.homes).toEqual([`${merchant.origin}/mine`]);
  expect(merchant.asked.map(({ path }) => path)).toEqual(['/certifications/imp_1']);
  for (const { text } of seen) expect(text).not.toMatch(/결제가 완료|paid/i);
});

test('a server that says "paid" about an identity verification is not believed', async ({ page, merchant, seen, events }) => {
  const certification = JSON.stringify({ confirmUrl: '/certifications' });
  merchant.pages.set('/done', html(ours({ 'confirm-url': '/payments', certification, result: 'main', 'max-tries': '1' })));
  merchant.answers.set('/certifications', () => ({ json: { status: 'paid', imp_uid: 'imp_1', merchant_uid: 'order_1' } }));
  await page.goto(`${merchant.origin}/done?imp_flow=certification&imp_uid=imp_1&merchant_uid=order_1&success=true`);
  await expectState(page, 'deferred');
  expect(JSON.parse(merchant.asked[0]?.body ?? '')).toEqual({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
  for (const { text } of seen) expect(text).not.toMatch(/결제|완료|paid/i);
  expect(events.filter(({ name }) => /verdict|paid/.test(name))).toEqual([]);
});

test('an identity verification that nobody asked us about goes its own way', async ({ page, merchant }) => {
  merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done' }) + sdk('/sdk-v1.js')));
  await page.goto(`${merchant.origin}/checkout`);
  await call(page, 'certification', { merchant_uid: 'order_1', m_redirect_url: `${merchant.origin}/mine` });
  await page.waitForURL('**/mine?**');
  expect(merchant.homes).toEqual([`${merchant.origin}/mine`]);
  expect(await page.evaluate(() => localStorage.getItem('imp-redirect'))).toBeNull();
});

for (const [status, title] of [
  ['registered', '결제수단 등록이 완료됐어요'],
  ['paid', '결제가 완료됐어요'],
] as const)
  test(`a billing key comes home as one, and is ${status}`, async ({ page, merchant, events, seen }) => {
    const body = '{"imp_uid":{imp_uid},"merchant_uid":{merchant_uid},"customer_uid":{customer_uid}}';
    merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done', 'context-params': 'customer_uid' }) + sdk('/sdk-1x.js')));
    merchant.pages.set('/done', html(ours({ 'confirm-url': '/billings', result: 'main', body })));
    merchant.answers.set('/billings', () => ({ json: { status, imp_uid: 'imp_1', merchant_uid: 'order_1' } }));
    await page.goto(`${merchant.origin}/checkout`);
    await call(page, 'request_pay', { merchant_uid: 'order_1', amount: 0, customer_uid: 'customer_1' });
    await expectState(page, status);
    await expect(card(page)).toContainText(title);
    expect(merchant.homes).toEqual([`${merchant.origin}/done?imp_flow=billing`]);
    expect(merchant.asked.map((asked) => JSON.parse(asked.body))).toEqual([
      { imp_uid: 'imp_1', merchant_uid: 'order_1', customer_uid: 'customer_1' },
    ]);
    expect(page.url()).toBe(`${merchant.origin}/done`);
    expect(seen[0]?.text).toContain('결제수단 등록을 확인하고');
    await expect
      .poll(async () => ((await readOutbox(page)).database as string[][]).map(([kind]) => kind))
      .toEqual(status === 'paid' ? ['paid'] : []);
    expect(events.filter(({ name }) => name === 'paid')).toHaveLength(status === 'paid' ? 1 : 0);
    expect(events.find(({ name }) => name === 'landing')?.detail.claim.flow).toBe('billing');
  });

test.describe('a landing of PortOne V2', () => {
  const tag = { 'confirm-url': '/v2', answers: 'v2', body: '{"paymentId":{merchant_uid}}', result: 'main' };

  test('is asked about by its paymentId, and read in V2’s words', async ({ page, merchant, seen, events }) => {
    merchant.pages.set('/done', html(ours(tag)));
    merchant.answers.set('/v2', () => ({ json: { status: 'PAID', id: 'order_1', amount: 12000 } }));
    await page.goto(`${merchant.origin}/done?utm=1&transactionType=PAYMENT&txId=tx_1&paymentId=order_1`);
    await expectState(page, 'paid');
    expect(merchant.asked.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([['POST', { paymentId: 'order_1' }]]);
    expectStates(seen, ['confirming', 'paid']);
    expect(events.find(({ name }) => name === 'landing')?.detail.claim).toMatchObject({
      kind: 'unknown',
      impUid: 'tx_1',
      merchantUid: 'order_1',
    });
    expect(page.url()).toBe(`${merchant.origin}/done?utm=1`);
  });

  test('with a code and a message is a claimed failure, which the server may know better', async ({ page, merchant, seen, events }) => {
    merchant.pages.set('/done', html(ours(tag)));
    merchant.answers.set('/v2', () => ({ json: { status: 'FAILED' } }));
    const query = new URLSearchParams({ paymentId: 'order_1', code: 'FAILURE_TYPE_PG', message: '한도를 초과했습니다' });
    await page.goto(`${merchant.origin}/done?${query}`);
    await expectState(page, 'failed');
    expectStates(seen, ['incomplete', 'failed']);
    expect(seen[0]?.text).toContain('한도를 초과했습니다');
    expect(events.find(({ name }) => name === 'landing')?.detail.claim).toEqual({
      kind: 'claimed-failure',
      impUid: null,
      merchantUid: 'order_1',
      errorCode: 'FAILURE_TYPE_PG',
      errorMessage: '한도를 초과했습니다',
    });
    expect(page.url()).toBe(`${merchant.origin}/done`);
  });

  for (const order of ['first', 'last'] as const) {
    const head = (name: string) => {
      const both = [ours({ 'redirect-url': '/done?order={paymentId}', ...(name && { [name]: 'mobile' }) }), sdk('/sdk-v2.js')];
      return html((order === 'first' ? both : both.reverse()).join(''));
    };
    const pay = (page: Page, request: object) =>
      page.evaluate((given) => {
        const { PortOne } = window as unknown as {
          PortOne: { requestPayment(request: object): Promise<unknown>; requestIdentityVerification(): string };
        };
        const before = JSON.stringify(given);
        const promise = PortOne.requestPayment(given);
        const facts = { version: PortOne.requestIdentityVerification(), untouched: JSON.stringify(given) === before };
        return Promise.race([promise, 0]).then((result) => ({ ...facts, result }));
      }, request);

    test(`requestPayment has a way home, and comes back to the landing, our tag ${order}`, async ({ page, merchant }) => {
      merchant.pages.set('/checkout', head(''));
      merchant.pages.set('/done', html(ours(tag)));
      merchant.answers.set('/v2', () => ({ json: { status: 'PAID' } }));
      await page.goto(`${merchant.origin}/checkout`);
      await page.evaluate(
        () =>
          void (window as unknown as { PortOne: { requestPayment(request: object): unknown } }).PortOne.requestPayment({
            paymentId: 'order_1',
          }),
      );
      await expectState(page, 'paid');
      expect(merchant.homes).toEqual([`${merchant.origin}/done?order=order_1`]);
      expect(page.url()).toBe(`${merchant.origin}/done?order=order_1`);
      await expect
        .poll(async () => (await readOutbox(page)).copy)
        .toEqual([['paid', null, 'order_1', expect.any(Number), expect.any(Number)]]);
    });

    test(`requestPayment gives its promise on a PC, and leaves nothing behind, our tag ${order}`, async ({ page, merchant }) => {
      await page.addInitScript('window.isPc = true');
      merchant.pages.set('/checkout', head(''));
      await page.goto(`${merchant.origin}/checkout`);
      expect(await pay(page, { paymentId: 'order_1', orderName: 'x' })).toEqual({
        version: '2',
        untouched: true,
        result: { paymentId: 'order_1', txId: 'tx_1', transactionType: 'PAYMENT' },
      });
      const passed = await page.evaluate(() => (window as unknown as { passed: object[] }).passed);
      expect(passed).toEqual([{ paymentId: 'order_1', orderName: 'x', redirectUrl: `${merchant.origin}/done?order=order_1` }]);
      await expect.poll(() => readOutbox(page)).toEqual({ database: [], copy: [] });
    });

    test(`requestPayment keeps the merchant's own URL, our tag ${order}`, async ({ page, merchant }) => {
      await page.addInitScript('window.isPc = true');
      merchant.pages.set('/checkout', head('inject'));
      await page.goto(`${merchant.origin}/checkout`);
      await pay(page, { paymentId: 'order_1', redirectUrl: 'https://other.example/mine' });
      await pay(page, { paymentId: 'order_2' });
      const passed = await page.evaluate(() => (window as unknown as { passed: { redirectUrl?: string }[] }).passed);
      expect(passed.map(({ redirectUrl }) => redirectUrl)).toEqual(['https://other.example/mine', undefined]);
    });
  }
});

test.describe('what diagnose() says', () => {
  const DEBUG = 'imp-redirect.debug.js';
  const LANDED = '?imp_uid=imp_777&merchant_uid=order_777&imp_success=true';

  interface Diagnosis {
    readonly code: string;
    readonly message: string;
    readonly detail: string;
    readonly url: string;
  }
  const diagnose = (page: Page): Promise<Diagnosis[]> =>
    page.evaluate(() => (window as unknown as { ImpRedirect: { diagnose(): Diagnosis[] } }).ImpRedirect.diagnose());
  const codesOf = async (page: Page) => (await diagnose(page)).map(({ code }) => code);
  const detailOf = async (page: Page, code: string) => (await diagnose(page)).find((told) => told.code === code)?.detail;

  test('data-debug prints a table at load, and again when a confirmation is put off', async ({ page, merchant }) => {
    const tables: Promise<Diagnosis[]>[] = [];
    page.on('console', (message) => {
      if (message.type() === 'table') tables.push(message.args()[0]?.jsonValue() as Promise<Diagnosis[]>);
    });
    const tag = { debug: '', 'confirm-url': '/payments', 'redirect-url': '/done', 'max-tries': '1' };
    merchant.pages.set('/done', html(sdk('/sdk-v1.js') + ours(tag, DEBUG), 'en'));
    merchant.answers.set('/payments', () => ({ status: 503, text: 'busy' }));
    await page.goto(`${merchant.origin}/done${LANDED}`);
    await expectState(page, 'deferred');
    await expect.poll(() => tables.length).toBeGreaterThan(1);
    const printed = await Promise.all(tables);
    expect(printed[0]?.map(({ code }) => code)).toContain('wrapped_late');
    const last = printed.at(-1) ?? [];
    expect(last.map(({ code }) => code).sort()).toEqual(['confirm_unreachable', 'wrapped_late']);
    for (const { message, url, code } of last) {
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(url).toContain(`#${code}`);
    }
    expect(JSON.stringify(printed)).not.toMatch(/_777/);
  });

  test('without data-debug nothing is printed', async ({ page, merchant }) => {
    const tables: unknown[] = [];
    page.on('console', (message) => message.type() === 'table' && tables.push(message));
    merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done' }, DEBUG)));
    await page.goto(`${merchant.origin}/checkout`);
    expect(await codesOf(page)).toEqual(['sdk_not_found']);
    expect(tables).toEqual([]);
  });

  test('an attribute that is none of ours, by its name: a typing error, mostly', async ({ page, merchant }) => {
    merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done', 'confirm-ulr': '/c' }, DEBUG) + sdk('/sdk-v1.js')));
    await page.goto(`${merchant.origin}/checkout`);
    expect(await codesOf(page)).toEqual(['invalid_option']);
    expect(await detailOf(page, 'invalid_option')).toBe('confirmUlr');
  });

  test('SDK not found, until there is one; in the language of the page', async ({ page, merchant }) => {
    merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done' }, DEBUG)));
    await page.goto(`${merchant.origin}/checkout`);
    expect(await diagnose(page)).toEqual([
      {
        code: 'sdk_not_found',
        message: expect.stringMatching(/[가-힣]/),
        detail: '',
        url: expect.stringMatching(/^https:.*#sdk_not_found$/),
      },
    ]);
    await page.addScriptTag({ url: '/sdk-v1.js' });
    expect(await diagnose(page)).toEqual([]);
    merchant.pages.set('/checkout', html(sdk('/sdk-v2.js') + ours({ 'redirect-url': '/done' }, DEBUG)));
    await page.goto(`${merchant.origin}/checkout`);
    expect(await diagnose(page)).toEqual([]);
  });

  test('wrapped late', async ({ page, merchant }) => {
    merchant.pages.set('/checkout', html(sdk('/sdk-v1.js') + ours({ 'redirect-url': '/done' }, DEBUG)));
    await page.goto(`${merchant.origin}/checkout`);
    expect(await codesOf(page)).toEqual(['wrapped_late']);
    merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done' }, DEBUG) + sdk('/sdk-v1.js')));
    await page.goto(`${merchant.origin}/checkout`);
    expect(await codesOf(page)).toEqual([]);
  });

  test('a URL that will not bring everybody home: what is wrong with it, and nothing of what is in it', async ({ page, merchant }) => {
    await page.addInitScript('window.isPc = true');
    merchant.pages.set('/checkout', html(ours({ 'redirect-url': '/done' }, DEBUG) + sdk('/sdk-v1.js')));
    await page.goto(`${merchant.origin}/checkout`);
    // With a callback of its own the page stays.
    await page.evaluate(() => {
      const params = { merchant_uid: 'order_777', m_redirect_url: '완료?merchant_uid=order_777&a=1' };
      (window as unknown as Calls).IMP.request_pay(params, () => {});
    });
    await expect.poll(() => codesOf(page)).toEqual(['redirect_url_unsafe']);
    const detail = await detailOf(page, 'redirect_url_unsafe');
    expect(detail).toBe('relative, not ASCII, with an earlier landing\'s keys, two parameters without "&" at the end');
  });

  test('a confirm URL that cannot be reached: nobody there, another origin without CORS, a server that is down', async ({
    page,
    merchant,
  }) => {
    const nobody = new Merchant();
    await nobody.start();
    const dead = nobody.origin;
    const stranger = new Merchant();
    await stranger.start();
    stranger.answers.set('/payments', () => ({ json: { status: 'paid' } }));
    merchant.answers.set('/payments', () => ({ status: 502, text: '<h1>Bad Gateway imp_777</h1>' }));
    await nobody.close();
    for (const [url, detail] of [
      [`${dead}/payments`, /^$/],
      [`${stranger.origin}/payments`, /^$/],
      ['/payments', /^502$/],
    ] as const) {
      merchant.pages.set('/done', html(ours({ 'confirm-url': url, 'max-tries': '1' }, DEBUG) + sdk('/sdk-v1.js')));
      await page.goto(`${merchant.origin}/done${LANDED}`);
      await expectState(page, 'deferred');
      expect(await codesOf(page)).toEqual(['confirm_unreachable']);
      expect(await detailOf(page, 'confirm_unreachable')).toMatch(detail);
    }
    await stranger.close();
  });

  const ENVELOPE = {
    code: 0,
    message: null,
    response: { imp_uid: 'imp_777', merchant_uid: 'order_777', status: 'paid', buyer_name: '홍길동' },
  };
  const NOT_UNDERSTOOD: readonly (readonly [
    name: string,
    answers: string | undefined,
    answer: { status?: number; text?: string; json?: object },
    fits: string,
  ])[] = [
    ['an envelope, in its own contract', undefined, { json: ENVELOPE }, 'rest-envelope'],
    ['an envelope, read as V2', 'v2', { json: ENVELOPE }, 'rest-envelope'],
    ["the manual's word, in its own contract", undefined, { json: { status: 'success', message: '홍길동' } }, 'portone-manual'],
    ['V2’s word, in its own contract', undefined, { json: { status: 'PAID', id: 'order_777' } }, 'v2'],
    ['plain text, in its own contract', undefined, { text: 'success' }, 'text'],
    ["plain text, read as the manual's", 'portone-manual', { text: 'success' }, 'text'],
    ['our own contract, read as V2', 'v2', { json: { status: 'paid', imp_uid: 'imp_777', merchant_uid: 'order_777' } }, 'imp-redirect'],
    ['a page to log in on', 'portone-manual', { text: '<h1>홍길동 imp_777</h1>' }, 'no vocabulary'],
    ['an error', 'rest-envelope', { status: 404, json: { error: 'order_777' } }, 'no vocabulary'],
  ];
  for (const [name, answers, answer, fits] of NOT_UNDERSTOOD)
    test(`an answer that is not understood, and which answers would fit: ${name}`, async ({ page, merchant }) => {
      const tag = { 'confirm-url': '/payments', 'max-tries': '1', ...(answers && { answers }) };
      merchant.pages.set('/done', html(ours(tag, DEBUG) + sdk('/sdk-v1.js')));
      merchant.answers.set('/payments', () => answer);
      await page.goto(`${merchant.origin}/done${LANDED}`);
      await expectState(page, 'deferred');
      expect(await codesOf(page)).toEqual(['confirm_unreadable']);
      const detail = await detailOf(page, 'confirm_unreadable');
      expect(detail?.split(' ')[0]).toBe(`${answer.status ?? 200}`);
      expect(detail).toContain(`; ${fits} would fit`);
      expect(JSON.stringify(await diagnose(page))).not.toMatch(/_777|홍길동/);
    });

  test('storage that is blocked', async ({ page, merchant }) => {
    for (const name of ['localStorage', 'indexedDB', 'sessionStorage'])
      await page.addInitScript(`Object.defineProperty(window, '${name}', { get() { throw new DOMException('no', 'SecurityError'); } });`);
    merchant.pages.set('/done', html(ours({ 'confirm-url': '/payments' }, DEBUG) + sdk('/sdk-v1.js')));
    merchant.answers.set('/payments', () => ({ json: { status: 'paid', imp_uid: 'imp_777', merchant_uid: 'order_777' } }));
    await page.goto(`${merchant.origin}/done${LANDED}`);
    await expectState(page, 'paid');
    await expect.poll(() => codesOf(page)).toEqual(['storage_unavailable']);
  });

  test('the script twice: one global, one verdict, and it is told', async ({ page, merchant, events }) => {
    const tag = ours({ 'confirm-url': '/payments', 'redirect-url': '/done' }, DEBUG);
    merchant.pages.set('/done', html(tag + tag + sdk('/sdk-v1.js')));
    merchant.answers.set('/payments', () => ({ json: { status: 'paid', imp_uid: 'imp_777', merchant_uid: 'order_777' } }));
    await page.goto(`${merchant.origin}/done${LANDED}`);
    await expectState(page, 'paid');
    expect(merchant.asked).toHaveLength(1);
    await expect.poll(() => events.filter(({ name }) => name === 'paid').length).toBe(1);
    expect(await codesOf(page)).toEqual(['script_twice']);
  });

  test('another of the scripts first: it is told too', async ({ page, merchant }) => {
    for (const first of ['imp-redirect.wrap.js', 'imp-redirect.full.js']) {
      const tag = { 'redirect-url': '/done' };
      merchant.pages.set('/checkout', html(ours(tag, first) + ours(tag, DEBUG) + sdk('/sdk-v1.js')));
      await page.goto(`${merchant.origin}/checkout`);
      expect(await codesOf(page)).toEqual(['script_twice']);
    }
  });

  test('nothing, where all is well', async ({ page, merchant }) => {
    merchant.pages.set('/done', html(ours({ 'confirm-url': '/payments', 'redirect-url': '/done' }, DEBUG) + sdk('/sdk-v1.js')));
    merchant.answers.set('/payments', () => ({ json: { status: 'paid', imp_uid: 'imp_777', merchant_uid: 'order_777' } }));
    await page.goto(`${merchant.origin}/done${LANDED}`);
    await expectState(page, 'paid');
    expect(await diagnose(page)).toEqual([]);
  });
});
