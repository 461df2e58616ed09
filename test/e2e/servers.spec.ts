// The servers that merchants have, asked in their own way and understood in their own words: what a string can say by attributes
// of the script tag alone.
import { test as base, expect, type Frame, type Page } from '@playwright/test';
import { ANSWERS, type Answer, type AnswerName, type Merchant, ORDER, PatternServer, type Site, type Wanted } from './pattern-server.js';
import { card, readOutbox } from './support.js';

const test = base.extend<{ readonly patterns: PatternServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from it.
  patterns: async ({}, use) => {
    const patterns = await PatternServer.start();
    await use(patterns);
    await patterns.close();
  },
});

/** One merchant, and how the landing ends there. */
interface Case extends Site {
  readonly name: string;
  /** The card's last state. @default 'paid' */
  readonly state?: string;
  /** What the card says, among other things. */
  readonly says?: string;
  /** What reaches the server. @default one call of its one endpoint */
  readonly calls?: readonly string[];
  /** The landing's query. @default both ids */
  readonly query?: Readonly<Record<string, string>>;
  /** The code of what is reported. @default nothing is */
  readonly error?: string;
  /** What else is so. */
  readonly also?: (frame: Frame) => Promise<unknown>;
}

const callTo = ({ method = 'POST', path = '/payments/complete' }: Wanted) => `${method} ${path}`;

const statesIn = (page: Page) => page.evaluate<string[]>('states');
const isFinal = (state: string) => /^(paid|ready)$/.test(state);

/** How many land at once: a busy machine takes its time for each. */
const AT_ONCE = 20;

/** Lands with each merchant: each in a frame of one page, on an origin of its own. */
async function landWithAll(page: Page, patterns: PatternServer, cases: readonly Case[]) {
  const problems: string[] = [];
  page.on('console', (message) => problems.push(`${message.location().url} ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`${error.stack}`));
  for (let from = 0; from < cases.length; from += AT_ONCE) {
    const landings = cases.slice(from, from + AT_ONCE).map((one) => ({ one, merchant: patterns.open(one) }));
    /** A table of what is so with each. */
    const each = <T>(tell: (one: Case, merchant: Merchant) => T) =>
      Object.fromEntries(landings.map(({ one, merchant }) => [one.name, tell(one, merchant)]));
    await page.goto(patterns.frames(landings.map(({ one, merchant }) => merchant.landing(one.query))));

    const readCards = () => page.evaluate<Record<string, { states: string[]; text: string }>>('shown');
    // The last state, the words that are looked for, and whether it ever said that it is paid, or to be paid into.
    await expect.soft
      .poll(async () => {
        const cards = await readCards();
        return each(({ says = '' }, { origin }) => {
          const { states = [], text = '' } = cards[origin] ?? {};
          return [states.at(-1), text.includes(says) ? says : text, states.some(isFinal)];
        });
      })
      .toEqual(each(({ state = 'paid', says = '' }) => [state, says, isFinal(state)]));

    expect.soft(each((_, { refusals }) => refusals)).toEqual(each(() => []));
    expect.soft(each((_, { calls }) => calls)).toEqual(each(({ wants = [], calls = wants.map(callTo) }) => calls));
    // What the browser says of a request by itself is not ours; and the pages have no database here.
    const told = (origin: string) =>
      problems
        .filter((problem) => problem.includes(`${origin}/`) && !/Failed to load|CORS policy|storage_unavailable/.test(problem))
        .join();
    await expect.soft
      .poll(() => each(({ error = '' }, { origin }) => (error && told(origin).includes(error) ? error : told(origin))))
      .toEqual(each(({ error = '' }) => error));
    for (const { one, merchant } of landings)
      await one.also?.(page.frames().find((frame) => frame.url().startsWith(`${merchant.origin}/`)) as Frame);
  }
}

const { imp_uid, merchant_uid } = ORDER;
const tokenInHead = (name: string, content: string) => `<meta name="${name}" content="${content}">`;
const inStorage = (storage: 'local' | 'session', key: string, value: string) =>
  `<script>${storage}Storage.setItem(${JSON.stringify(key)}, ${JSON.stringify(value)})</script>`;

// As Laravel writes it: base64, percent-encoded in the cookie and decoded in the header.
const LARAVEL_TOKEN = 'eyJpdiI6Ik1/+PT0ifQ==';
const DJANGO_TOKEN = 'k3Vq0ZbXw9';
const RAILS_TOKEN = 'Zk3/9+tA==';
const JWT = 'eyJhbGciOi.eyJzdWIi.c2ln';

/** What the server gets of the order under other names. */
const asJson = (name: string, body: string, expected: unknown): Case => ({
  name,
  tag: { 'confirm-url': '/payments/complete', body },
  wants: [{ type: 'json', body: expected }],
});

const asForm = (name: string, body: string, expected: unknown): Case => ({
  name,
  tag: { 'confirm-url': '/payments/complete', encoding: 'form', body },
  wants: [{ type: 'form', body: expected }],
});

test('a request has the URL, the method and the encoding that the server wants', async ({ page, patterns }) => {
  await landWithAll(page, patterns, [
    { name: 'JSON, as it is by default', tag: { 'confirm-url': '/payments/complete' }, wants: [{ type: 'json', body: ORDER }] },
    {
      name: 'a form, as jQuery sends it',
      tag: { 'confirm-url': '/payments/complete', encoding: 'form' },
      wants: [{ type: 'form', body: ORDER }],
    },
    asForm('a form with one id, as in the manual', 'imp_uid={imp_uid}', { imp_uid }),
    {
      name: 'multipart',
      tag: { 'confirm-url': '/payments/complete', encoding: 'multipart' },
      wants: [{ type: 'multipart', body: ORDER }],
    },
    {
      name: 'a form under a JSON header, as an old manual had it',
      tag: { 'confirm-url': '/payments/complete', encoding: 'form', headers: '{"Content-Type":"application/json"}' },
      wants: [{ type: 'form as JSON', body: ORDER }],
    },
    {
      name: 'POST with the id in the path, and no body',
      tag: { 'confirm-url': '/verifyIamport/{imp_uid}', encoding: 'none' },
      wants: [{ path: `/verifyIamport/${imp_uid}` }],
    },
    {
      name: 'GET with the id in the path',
      tag: { 'confirm-url': '/verify/{imp_uid}', method: 'GET' },
      wants: [{ method: 'GET', path: `/verify/${imp_uid}` }],
    },
    {
      name: 'GET with the order in the path, to be encoded, on an absolute URL',
      tag: { 'confirm-url': '/payment/{merchant_uid}/validation', method: 'get' },
      wants: [{ method: 'GET', path: `/payment/${merchant_uid}/validation` }],
    },
    {
      name: 'POST with the order in the query',
      tag: { 'confirm-url': '/payment/pay/?x={merchant_uid}', encoding: 'none' },
      wants: [{ path: '/payment/pay/', query: { x: merchant_uid } }],
    },
    {
      name: 'ids in the query and in the body',
      tag: { 'confirm-url': '/pay?type=card&id={imp_uid}' },
      wants: [{ path: '/pay', query: { type: 'card', id: imp_uid }, type: 'json', body: ORDER }],
    },
    {
      name: 'a URL beside the page',
      tag: { 'confirm-url': 'api/verify/{imp_uid}', method: 'GET' },
      wants: [{ method: 'GET', path: `/api/verify/${imp_uid}` }],
    },
    {
      name: 'PATCH',
      tag: { 'confirm-url': '/orders/{merchant_uid}', method: 'PATCH', body: '{"imp_uid":{imp_uid}}' },
      wants: [{ method: 'PATCH', path: `/orders/${merchant_uid}`, type: 'json', body: { imp_uid } }],
    },
    {
      name: 'a URL from a <meta>, which a template engine filled',
      head: tokenInHead('payment-id', '77'),
      tag: { 'confirm-url': '/payments/{meta:payment-id}/complete' },
      wants: [{ path: '/payments/77/complete', type: 'json', body: ORDER }],
    },
    {
      name: 'what the landing does not have is null in JSON',
      query: { merchant_uid },
      tag: { 'confirm-url': '/payments/complete' },
      wants: [{ type: 'json', body: { imp_uid: null, merchant_uid } }],
    },
    {
      name: 'and empty in a form',
      query: { merchant_uid },
      tag: { 'confirm-url': '/payments/complete', encoding: 'form' },
      wants: [{ type: 'form', body: { imp_uid: '', merchant_uid } }],
    },
    {
      name: 'an id is no step up in the path, and no template',
      query: { imp_uid: '..', merchant_uid: '{cookie:secret}', imp_success: 'true' },
      cookies: { secret: 'secret' },
      tag: { 'confirm-url': '/api/pay/{imp_uid}/?o={merchant_uid}', method: 'GET', answers: 'portone-manual' },
      wants: [{ method: 'GET', path: '/api/pay//', query: { o: '{cookie:secret}' }, answers: [ANSWERS['manual: success']] }],
    },
  ]);
});

test('a request calls the ids what the server calls them, and puts them where it looks', async ({ page, patterns }) => {
  await landWithAll(page, patterns, [
    asJson('impUid', '{"impUid":{imp_uid},"merchantUid":{merchant_uid}}', { impUid: imp_uid, merchantUid: merchant_uid }),
    asJson('imp_id', '{"imp_id":{imp_uid},"merchant_id":{merchant_uid}}', { imp_id: imp_uid, merchant_id: merchant_uid }),
    asJson('payment_uid', '{"payment_uid":{imp_uid},"order_uid":{merchant_uid}}', { payment_uid: imp_uid, order_uid: merchant_uid }),
    asJson('orderId alone', '{"orderId":{merchant_uid}}', { orderId: merchant_uid }),
    asForm('uid and mid', 'uid={imp_uid}&mid={merchant_uid}', { uid: imp_uid, mid: merchant_uid }),
    asForm('paynum', 'paynum={imp_uid}', { paynum: imp_uid }),
    asJson('with constants', '{ "imp_uid": {imp_uid}, "pg": "kakaopay", "type": 1, "agree": true, "memo": "" }', {
      imp_uid,
      pg: 'kakaopay',
      type: 1,
      agree: true,
      memo: '',
    }),
    asForm('with constants in a form', 'mode=pay&imp_uid={imp_uid}&memo=%EA%B0%80+b', { mode: 'pay', imp_uid, memo: '가 b' }),
    asJson('nested', '{"payment":{"imp_uid":{imp_uid},"order":{"uid":{merchant_uid}}}}', {
      payment: { imp_uid, order: { uid: merchant_uid } },
    }),
    asJson('in a list', '[{"imp_uid":{imp_uid}},{merchant_uid}]', [{ imp_uid }, merchant_uid]),
    asJson('as the whole body', '{imp_uid}', imp_uid),
    asForm('nested, as PHP and Rails read it', 'payment[imp_uid]={imp_uid}&payment[order]={merchant_uid}', {
      'payment[imp_uid]': imp_uid,
      'payment[order]': merchant_uid,
    }),
    asForm('twice under one name', 'ids[]={imp_uid}&ids[]={merchant_uid}', { 'ids[]': [imp_uid, merchant_uid] }),
  ]);
});

test('a request proves that it is the customer’s: cookies, CSRF tokens, a bearer, headers', async ({ page, patterns }) => {
  const session = { session: 's1' };
  const form = { 'confirm-url': '/payments/complete', encoding: 'form' };
  await landWithAll(page, patterns, [
    {
      name: 'a session cookie',
      cookies: session,
      tag: { 'confirm-url': '/payments/complete' },
      wants: [{ session: 's1', type: 'json', body: ORDER }],
    },
    {
      name: 'no cookies where there are to be none',
      cookies: session,
      tag: { 'confirm-url': '/payments/complete', credentials: 'omit' },
      wants: [{ session: '', type: 'json', body: ORDER }],
    },
    {
      name: 'Spring, by header',
      head: tokenInHead('_csrf', '5f-1') + tokenInHead('_csrf_header', 'X-CSRF-TOKEN'),
      cookies: session,
      tag: { 'confirm-url': '/payments/complete', csrf: 'spring' },
      wants: [{ session: 's1', type: 'json', body: ORDER, headers: { 'x-csrf-token': '5f-1' } }],
    },
    {
      name: 'Spring, by a header of another name',
      head: tokenInHead('_csrf', '5f-1') + tokenInHead('_csrf_header', 'X-XSRF-TOKEN') + tokenInHead('_csrf_parameter', '_csrf'),
      tag: { ...form, csrf: 'spring' },
      wants: [{ type: 'form', body: ORDER, headers: { 'x-xsrf-token': '5f-1' } }],
    },
    {
      name: 'Spring, where the page names the token and not the header',
      head: tokenInHead('_csrf', '5f-1'),
      tag: { ...form, headers: '{"X-CSRF-TOKEN":"{meta:_csrf}"}' },
      wants: [{ type: 'form', body: ORDER, headers: { 'x-csrf-token': '5f-1' } }],
    },
    {
      name: 'Spring, in the URL',
      head: tokenInHead('_csrf', '5f/1'),
      tag: { ...form, 'confirm-url': '/pay?_csrf={meta:_csrf}' },
      wants: [{ path: '/pay', query: { _csrf: '5f/1' }, type: 'form', body: ORDER }],
    },
    {
      name: 'Spring, in the form',
      head: tokenInHead('_csrf', '5f+1'),
      tag: { ...form, body: 'imp_uid={imp_uid}&_csrf={meta:_csrf}' },
      wants: [{ type: 'form', body: { imp_uid, _csrf: '5f+1' } }],
    },
    {
      name: 'Laravel, by its <meta>',
      head: tokenInHead('csrf-token', LARAVEL_TOKEN),
      tag: { 'confirm-url': '/payments/complete', csrf: 'laravel' },
      wants: [{ type: 'json', body: ORDER, headers: { 'x-csrf-token': LARAVEL_TOKEN } }],
    },
    {
      name: 'Laravel, by its cookie',
      cookies: { 'XSRF-TOKEN': encodeURIComponent(LARAVEL_TOKEN), ...session },
      tag: { 'confirm-url': '/payments/complete', csrf: 'laravel' },
      wants: [{ session: 's1', type: 'json', body: ORDER, headers: { 'x-xsrf-token': LARAVEL_TOKEN } }],
    },
    {
      name: 'Laravel, in the form',
      head: tokenInHead('csrf-token', LARAVEL_TOKEN),
      tag: { ...form, body: '_token={meta:csrf-token}&imp_uid={imp_uid}' },
      wants: [{ type: 'form', body: { _token: LARAVEL_TOKEN, imp_uid } }],
    },
    {
      name: 'Django, by header',
      cookies: { other: 'csrftoken=1', csrftoken: DJANGO_TOKEN },
      tag: { ...form, csrf: 'django' },
      wants: [{ type: 'form', body: ORDER, headers: { 'x-csrftoken': DJANGO_TOKEN } }],
    },
    {
      name: 'Django, in the form',
      cookies: { csrftoken: DJANGO_TOKEN },
      tag: { ...form, body: 'imp_uid={imp_uid}&csrfmiddlewaretoken={cookie:csrftoken}' },
      wants: [{ type: 'form', body: { imp_uid, csrfmiddlewaretoken: DJANGO_TOKEN } }],
    },
    {
      name: 'Rails, by header',
      head: tokenInHead('csrf-param', 'authenticity_token') + tokenInHead('csrf-token', RAILS_TOKEN),
      tag: { 'confirm-url': '/payments/complete', csrf: 'rails' },
      wants: [{ type: 'json', body: ORDER, headers: { 'x-csrf-token': RAILS_TOKEN } }],
    },
    {
      name: 'Rails, in the form',
      head: tokenInHead('csrf-token', RAILS_TOKEN),
      tag: { ...form, body: 'authenticity_token={meta:csrf-token}&imp_uid={imp_uid}' },
      wants: [{ type: 'form', body: { authenticity_token: RAILS_TOKEN, imp_uid } }],
    },
    {
      name: 'a bearer from localStorage',
      head: inStorage('local', 'accessToken', JWT),
      tag: { 'confirm-url': '/payments/complete', headers: '{"Authorization":"Bearer {local:accessToken}"}' },
      wants: [{ type: 'json', body: ORDER, headers: { authorization: `Bearer ${JWT}` } }],
    },
    {
      name: 'a bearer from sessionStorage, beside a header of the shop’s own',
      head: inStorage('session', 'auth.token', JWT),
      tag: {
        'confirm-url': '/verify/{imp_uid}',
        encoding: 'none',
        headers: '{"Authorization":"Bearer {session:auth.token}","X-Shop":"7"}',
      },
      wants: [{ path: `/verify/${imp_uid}`, headers: { authorization: `Bearer ${JWT}`, 'x-shop': '7' } }],
    },
    {
      name: 'a bearer from a cookie, in the body',
      cookies: { token: JWT },
      tag: { 'confirm-url': '/payments/complete', body: '{"imp_uid":{imp_uid},"token":{cookie:token}}' },
      wants: [{ type: 'json', body: { imp_uid, token: JWT } }],
    },
    {
      name: 'X-Requested-With, which PHP looks at',
      tag: { ...form, headers: '{"X-Requested-With":"XMLHttpRequest"}' },
      wants: [{ type: 'form', body: ORDER, headers: { 'x-requested-with': 'XMLHttpRequest' } }],
    },
  ]);
});

test('Django looks at the Referer, up to version 3, where it is asked over TLS', async ({ page, patterns }) => {
  const site = { tag: { 'confirm-url': '/payments/complete', csrf: 'django' }, cookies: { csrftoken: DJANGO_TOKEN } };
  await landWithAll(page, patterns, [
    {
      name: 'the origin alone is enough',
      ...site,
      wants: [{ type: 'json', body: ORDER, headers: { 'x-csrftoken': DJANGO_TOKEN, referer: '$origin/' } }],
    },
  ]);
});

test('a server on another origin is asked without a preflight where the encoding allows it', async ({ page, patterns }) => {
  const url = '$api/payments/complete';
  await landWithAll(page, patterns, [
    {
      name: 'JSON, after a preflight',
      cookies: { session: 's1' },
      tag: { 'confirm-url': url },
      wants: [{ elsewhere: ['preflight'], session: '', type: 'json', body: ORDER }],
      calls: ['OPTIONS /payments/complete', 'POST /payments/complete'],
    },
    {
      name: 'a bearer, after a preflight',
      head: inStorage('local', 'token', JWT),
      tag: { 'confirm-url': '$api/verify/{imp_uid}', method: 'GET', headers: '{"Authorization":"Bearer {local:token}"}' },
      wants: [{ elsewhere: ['preflight'], method: 'GET', path: `/verify/${imp_uid}`, headers: { authorization: `Bearer ${JWT}` } }],
      calls: [`OPTIONS /verify/${imp_uid}`, `GET /verify/${imp_uid}`],
    },
    { name: 'a form', tag: { 'confirm-url': url, encoding: 'form' }, wants: [{ elsewhere: [], type: 'form', body: ORDER }] },
    { name: 'multipart', tag: { 'confirm-url': url, encoding: 'multipart' }, wants: [{ elsewhere: [], type: 'multipart', body: ORDER }] },
    {
      name: 'JSON that calls itself text',
      tag: { 'confirm-url': url, headers: '{"Content-Type":"text/plain"}' },
      wants: [{ elsewhere: [], type: 'JSON as text', body: ORDER }],
    },
    {
      name: 'GET',
      tag: { 'confirm-url': '$api/verify/{imp_uid}?order={merchant_uid}', method: 'GET' },
      wants: [{ elsewhere: [], method: 'GET', path: `/verify/${imp_uid}`, query: { order: merchant_uid } }],
    },
    {
      name: 'no body',
      tag: { 'confirm-url': '$api/verify/{imp_uid}', encoding: 'none' },
      wants: [{ elsewhere: [], path: `/verify/${imp_uid}` }],
    },
    {
      name: 'a form with the session',
      cookies: { session: 's1' },
      tag: { 'confirm-url': url, encoding: 'form', credentials: 'include' },
      wants: [{ elsewhere: ['credentials'], session: 's1', type: 'form', body: ORDER }],
    },
  ]);
});

test('a script of the page gives what no string can say', async ({ page, patterns }) => {
  const byScript = (name: string, options: string, wanted: Wanted | undefined, more: Partial<Case> = {}): Case => ({
    name,
    script: `ImpRedirect.complete({ result: 'main', maxTries: 1, ${options} })`,
    wants: wanted ? [wanted] : [],
    ...more,
  });
  const url = "confirmUrl: '/payments/complete'";
  await landWithAll(page, patterns, [
    byScript('a URL', 'confirmUrl: (fields) => "/verify/" + fields.imp_uid, method: "GET"', {
      method: 'GET',
      path: `/verify/${imp_uid}`,
    }),
    byScript('a JSON body', `${url}, body: ({ imp_uid: id }) => JSON.stringify({ payments: [{ id }] })`, {
      type: 'json',
      body: { payments: [{ id: imp_uid }] },
    }),
    byScript('a form', `${url}, encoding: 'form', body: ({ imp_uid }) => new URLSearchParams({ imp_uid, a: '1' })`, {
      type: 'form',
      body: { imp_uid, a: '1' },
    }),
    byScript(
      'a multipart form',
      `${url}, encoding: 'multipart', body({ merchant_uid }) { const data = new FormData(); data.append('order', merchant_uid); return data; }`,
      { type: 'multipart', body: { order: merchant_uid } },
    ),
    byScript('a header', `${url}, headers: { Authorization: () => 'Bearer ' + ['a', 'b'].join('.') }`, {
      type: 'json',
      body: ORDER,
      headers: { authorization: 'Bearer a.b' },
    }),
    byScript(
      'a verdict’s word',
      `${url}, answers: (answer, status) => (status === 200 && answer.ok && answer.data.payStatus === 'PAID' ? 'paid' : undefined)`,
      { type: 'json', body: ORDER, answers: [ANSWERS['data.payStatus']] },
    ),
    byScript(
      'a verdict with its details',
      `${url}, answers: (text) => ({ status: text === 'vbankIssued' && 'ready', vbank_name: '국민은행', vbank_num: '1-2-3' })`,
      { type: 'json', body: ORDER, answers: [ANSWERS['text: vbankIssued']] },
      { state: 'ready', says: '국민은행 1-2-3' },
    ),
    byScript(
      '"already done", which is a success',
      `${url}, answers: ({ success, error }) => (success || error === '이미 처리된 결제' ? 'paid' : 'failed')`,
      { type: 'json', body: ORDER, answers: [ANSWERS['already done']] },
    ),
    byScript(
      'no word',
      `${url}, answers: () => undefined`,
      { type: 'json', body: ORDER },
      { state: 'deferred', error: 'confirm_unreadable' },
    ),
    byScript(
      'a word that is none',
      `${url}, answers: () => true`,
      { type: 'json', body: ORDER },
      { state: 'deferred', error: 'confirm_unreadable' },
    ),
    byScript(
      'nothing that may be thrown',
      `${url}, answers: (a) => a.b.c.d`,
      { type: 'json', body: ORDER },
      { state: 'deferred', error: 'confirm_unreadable' },
    ),
    byScript(
      'the whole exchange, with its own bearer',
      `answers: 'portone-manual', async confirm({ imp_uid }, signal) {
        const response = await fetch('/verify/' + imp_uid, { headers: { Authorization: 'Bearer mine' }, signal });
        return response.json();
      }`,
      {
        method: 'GET',
        path: `/verify/${imp_uid}`,
        headers: { authorization: 'Bearer mine' },
        answers: [ANSWERS['manual: success']],
      },
    ),
    byScript('an exchange that gives text', `answers: 'text', confirm: () => 'success'`, undefined),
    byScript('an exchange that gives nothing', 'confirm() {}', undefined, { state: 'deferred', error: 'confirm_unreadable' }),
    byScript(
      'an exchange that fails at first',
      `maxTries: 3, baseDelayMs: 1, async confirm(fields) {
        if (!(window.tries = (window.tries ?? 0) + 1) || tries < 2) throw new Error('offline');
        return { status: 'paid', ...fields };
      }`,
      undefined,
      { error: 'confirm_unreachable' },
    ),
    byScript(
      'an exchange that does not end',
      'timeoutMs: 200, confirm: (fields, signal) => new Promise(() => { window.signal = signal; })',
      undefined,
      { state: 'deferred', error: 'confirm_unreachable', also: (frame) => expect.poll(() => frame.evaluate('signal.aborted')).toBe(true) },
    ),
  ]);
});

test('two steps: it is paid when it is saved too', async ({ page, patterns }) => {
  const tag = {
    'confirm-url': '/verify/{imp_uid}',
    method: 'GET',
    answers: 'rest-envelope',
    next: '{"confirmUrl":"/orders/save","encoding":"form","body":"order={merchant_uid}","headers":{"X-Requested-With":"XMLHttpRequest"}}',
    'max-tries': '3',
    'base-delay-ms': '1',
  };
  const verify = (answer: AnswerName): Wanted => ({ method: 'GET', path: `/verify/${imp_uid}`, answers: [ANSWERS[answer]] });
  const save = (...answers: Answer[]): Wanted => ({
    path: '/orders/save',
    type: 'form',
    body: { order: merchant_uid },
    headers: { 'x-requested-with': 'XMLHttpRequest' },
    answers,
  });
  const [first, second] = [`GET /verify/${imp_uid}`, 'POST /orders/save'];
  await landWithAll(page, patterns, [
    { name: 'both good', tag, wants: [verify('envelope: paid'), save(ANSWERS['HTTP 200'])], says: '12,000' },
    { name: 'created', tag, wants: [verify('envelope: paid'), save(ANSWERS['HTTP 201'])] },
    { name: 'a virtual account is saved too', tag, wants: [verify('envelope: ready'), save(ANSWERS['HTTP 204'])], state: 'ready' },
    {
      name: 'not saved at first',
      tag,
      wants: [verify('envelope: paid'), save(ANSWERS['HTTP 500'], ANSWERS['HTTP 200'])],
      calls: [first, second, first, second],
      error: 'confirm_unreachable',
    },
    { name: 'refused', tag, wants: [verify('envelope: paid'), save(ANSWERS['HTTP 400'])], state: 'deferred', error: 'confirm_unreadable' },
    {
      name: 'never saved',
      tag,
      wants: [verify('envelope: paid'), save(ANSWERS['HTTP 500'])],
      calls: [first, second, first, second, first, second],
      state: 'deferred',
      error: 'confirm_unreachable',
    },
    { name: 'not paid, so not saved', tag, wants: [verify('envelope: failed')], state: 'failed' },
    { name: 'unknown, so not saved', tag, wants: [verify('envelope: unknown payment')], state: 'deferred', error: 'confirm_unreadable' },
  ]);
});

/** What a server answers, the words that the merchant has chosen, and what is made of it. */
type Understood = readonly [answer: AnswerName, answers: string | undefined, state: string, says?: string];

/** What is reported where there is no verdict. */
const errorOf = (answer: AnswerName, state: string): Partial<Case> => {
  const { status = 200 } = ANSWERS[answer] as Answer;
  if (state !== 'deferred' || /^(pending|ready without|envelope: ready without|isPaid: false|data.payStatus, waiting)/.test(answer))
    return {};
  return { error: status >= 500 || /^(no answer|a redirect)$/.test(answer) ? 'confirm_unreachable' : 'confirm_unreadable' };
};

const askedFor = ([answer, answers, state, says = '']: Understood): Case => ({
  name: `${answer} / ${answers ?? 'by default'}`,
  tag: { 'confirm-url': '/payments/complete', ...(answers && { answers }), 'timeout-ms': answer === 'no answer' ? '300' : '10000' },
  wants: [{ type: 'json', body: ORDER, answers: [ANSWERS[answer]] }],
  state,
  says,
  ...errorOf(answer, state),
});

test('answers are understood in the words that the merchant has chosen', async ({ page, patterns }) => {
  const cases: Understood[] = [
    ['paid', undefined, 'paid', '12,000'],
    ['paid', 'imp-redirect', 'paid'],
    ['ready', undefined, 'ready', '우리은행 1002-123-456789'],
    ['failed', undefined, 'failed', '한도 초과'],
    ['cancelled', undefined, 'cancelled'],
    ['forged', undefined, 'forged'],
    ['manual: success', 'portone-manual', 'paid', '일반 결제 성공'],
    ['manual: virtual account', 'portone-manual', 'ready', '가상계좌 발급 성공'],
    ['manual: forgery', 'portone-manual', 'forged', '위조된 결제시도'],
    ['manual: forgery with 200', 'portone-manual', 'forged'],
    ['envelope: paid', 'rest-envelope', 'paid', '12,000'],
    ['envelope: ready', 'rest-envelope', 'ready', '우리은행 1002-123-456789'],
    ['envelope: failed', 'rest-envelope', 'failed'],
    ['envelope: cancelled', 'rest-envelope', 'cancelled'],
    ['v2: PAID', 'v2', 'paid'],
    ['v2: virtual account', 'v2', 'ready'],
    ['v2: FAILED', 'v2', 'failed', '결제 실패'],
    ['data.payStatus', 'data.payStatus PAID=paid WAITING=pending', 'paid'],
    ['result.payment.state', 'result.payment.state DONE=paid', 'paid'],
    ['result in a list', 'result.0.state DONE=paid', 'paid'],
    ['success: true', 'success true=paid', 'paid'],
    ['success: false', 'success true=paid false=failed', 'failed'],
    ['works: true', 'works true=paid', 'paid'],
    ['true', '. true=paid false=failed', 'paid'],
    ['false', '. true=paid false=failed', 'failed'],
    ['ret: 1', 'ret 1=paid', 'paid'],
    ['code: 0', 'code 0=paid', 'paid'],
    ['code: "0000"', 'code 0000=paid', 'paid'],
    ['verified: true', 'verified true=paid', 'paid'],
    ['completed: true', 'completed true=paid', 'paid'],
    ['isPaid: true', 'isPaid true=paid', 'paid'],
    ['isPaid: false', 'isPaid true=paid false=pending', 'deferred'],
    ['status: 200', 'status 200=paid', 'paid'],
    ['text: success', 'text', 'paid'],
    ['text: success, by JSP', 'text', 'paid'],
    ['text: success, with a byte order mark', 'text', 'paid'],
    ['text: success, as JSON', 'text', 'paid'],
    ['text: vbankIssued', 'text', 'ready'],
    ['text: forgery', 'text', 'forged'],
    ['text: ok', '. ok=paid', 'paid'],
    ['text: 성공', '. 성공=paid', 'paid'],
    ['text: true', '. true=paid', 'paid'],
    ['text: 0', '. 0=paid', 'paid'],
    ['text: fail', '. success=paid fail=failed', 'failed'],
    ['HTTP 200', 'http 200=paid 201=paid 204=paid', 'paid'],
    ['HTTP 201', 'http 200=paid 201=paid 204=paid', 'paid'],
    ['HTTP 204', 'http 200=paid 201=paid 204=paid', 'paid'],
    ['null', 'http 200=paid', 'paid'],
    ['HTTP 400', 'http 200=paid 400=failed', 'failed'],
  ];
  await landWithAll(page, patterns, cases.map(askedFor));
});

test('what is no verdict in the chosen words is none', async ({ page, patterns }) => {
  const cases: Understood[] = [
    ['ready without an account', undefined, 'deferred'],
    ['pending', undefined, 'deferred'],
    ['paid, of another order', undefined, 'deferred'],
    ['paid, by another payment', undefined, 'deferred'],
    ['paid, without ids', undefined, 'deferred'],
    ['paid, in a list', undefined, 'deferred'],
    ['paid, with 500', undefined, 'deferred'],
    ['manual: an error', 'portone-manual', 'deferred'],
    ['envelope: ready without an account', 'rest-envelope', 'deferred'],
    ['envelope: unknown payment', 'rest-envelope', 'deferred'],
    ['envelope: an error beside a payment', 'rest-envelope', 'deferred'],
    ['envelope: of another order', 'rest-envelope', 'deferred'],
    ['envelope: by another payment', 'rest-envelope', 'deferred'],
    ['v2: 400', 'v2', 'deferred'],
    ['FastAPI: an error with 200', '. true=paid 400=paid', 'deferred'],
    ['data missing', 'data.payStatus PAID=paid', 'deferred'],
    ['data.payStatus, waiting', 'data.payStatus PAID=paid WAITING=pending', 'deferred'],
    ['success: false', 'success true=paid', 'deferred'],
    ['another error', 'success true=paid', 'deferred'],
    ['ret: 0', 'ret 1=paid', 'deferred'],
    ['code: 1', 'code 0=paid', 'deferred'],
    ['code: "0000"', 'code 0=paid', 'deferred'],
    ['text: fail', 'text', 'deferred'],
    ['text: not a success', 'text', 'deferred'],
    ['text: 0', 'text', 'deferred'],
    ['HTTP 400', 'http 200=paid 201=paid', 'deferred'],
    ['HTTP 404', 'http 200=paid', 'deferred'],
    ['HTTP 500', 'http 500=paid', 'deferred'],
    ['a redirect', 'http 200=paid', 'deferred'],
    ['no answer', 'http 200=paid', 'deferred'],
    ['redirectUrl, to a script', 'redirectUrl *=page', 'deferred'],
    ['redirectUrl, empty', 'redirectUrl *=page', 'deferred'],
  ];
  await landWithAll(page, patterns, cases.map(askedFor));
});

const VOCABULARIES: Readonly<Record<string, readonly AnswerName[]>> = {
  'imp-redirect': ['paid', 'ready'],
  'portone-manual': ['manual: success', 'manual: virtual account'],
  'rest-envelope': ['envelope: paid', 'envelope: ready'],
  v2: ['v2: PAID', 'v2: virtual account'],
  text: ['text: success', 'text: success, as JSON', 'text: vbankIssued', 'true'],
};
const TRAPS: readonly AnswerName[] = [
  'data.payStatus',
  'success: true',
  'status: 200',
  'HTTP 200',
  'HTTP 201',
  'FastAPI: an error with 200',
  'a login page with 200',
];

for (const [chosen, own] of Object.entries(VOCABULARIES))
  test(`an answer in other words than the chosen ones is never paid: ${chosen}`, async ({ page, patterns }) => {
    const others = [...Object.values(VOCABULARIES).flat(), ...TRAPS].filter((answer) => !own.includes(answer));
    await landWithAll(
      page,
      patterns,
      others.map((answer) => askedFor([answer, chosen, 'deferred'])),
    );
  });

test('the server says where the page goes', async ({ page, patterns }) => {
  const ordersPage: Wanted = { method: 'GET', path: '/orders/7', isPage: true, answers: [ANSWERS['a page']] };
  const asks = (answer: AnswerName): Wanted => ({ type: 'json', body: ORDER, answers: [ANSWERS[answer]] });
  const cases: Record<string, Site> = {
    'POST /payments/complete, GET /orders/7': {
      tag: { 'confirm-url': '/payments/complete', answers: 'redirectUrl *=page' },
      wants: [asks('redirectUrl'), ordersPage],
    },
    // On the other origin.
    'POST /payments/complete, GET  /orders/7': {
      tag: { 'confirm-url': '/payments/complete', answers: 'continueUrl *=page' },
      wants: [asks('continueUrl'), { ...ordersPage, elsewhere: [] }],
    },
    'POST /payments/complete': {
      tag: { 'confirm-url': '/payments/complete', encoding: 'submit' },
      wants: [{ isPage: true, type: 'form', body: ORDER, answers: [ANSWERS['a page']] }],
    },
    'POST  /payments/complete': {
      head: tokenInHead('_csrf', '5f-1'),
      cookies: { session: 's1' },
      tag: {
        'confirm-url': '/payments/complete',
        encoding: 'submit',
        body: 'submit=1&action=pay&paynum={imp_uid}&order[id]={merchant_uid}&_csrf={meta:_csrf}',
      },
      wants: [
        {
          isPage: true,
          session: 's1',
          type: 'form',
          body: { submit: '1', action: 'pay', paynum: imp_uid, 'order[id]': merchant_uid, _csrf: '5f-1' },
          answers: [ANSWERS['a page']],
        },
      ],
    },
    // The server's answer to the form is a redirect.
    'POST /payments/complete, GET /orders/7 ': {
      tag: { 'confirm-url': '/payments/complete', encoding: 'submit' },
      wants: [{ isPage: true, type: 'form', body: ORDER, answers: [ANSWERS['a redirect']] }, ordersPage],
    },
    'GET /pay/done': {
      tag: { 'confirm-url': '/pay/done', encoding: 'submit', method: 'GET', body: 'id={imp_uid}' },
      wants: [{ isPage: true, method: 'GET', path: '/pay/done', query: { id: imp_uid }, answers: [ANSWERS['a page']] }],
    },
  };
  for (const [calls, site] of Object.entries(cases)) {
    const merchant = patterns.open(site);
    await page.goto(merchant.landing());
    await expect.soft(page.locator('h1'), calls).toHaveText('주문 완료');
    expect.soft(merchant.refusals, calls).toEqual([]);
    expect.soft(merchant.calls.join(', '), calls).toBe(calls.trim().replace('  ', ' '));
  }
});

test('a server that is the landing itself is not asked: it has the merchant’s own parameters in its URL', async ({ page, patterns }) => {
  const query = { ...ORDER, imp_success: 'true' };
  for (const [redirectUrl, wanted] of [
    [
      '/orders/{merchant_uid}/paid?amount={amount}&name={name}',
      { path: `/orders/${merchant_uid}/paid`, query: { amount: '12000', name: '양말 & 모자', ...query } },
    ],
    ['$api/pay/result?order={merchant_uid}', { path: '/pay/result', query: { order: merchant_uid, ...query }, elsewhere: [] }],
  ] as const) {
    const merchant = patterns.open({
      tag: { 'redirect-url': redirectUrl },
      shop: { params: { amount: 12000, name: '양말 & 모자' } },
      wants: [{ ...wanted, method: 'GET', isPage: true, answers: [ANSWERS['a page']] }],
    });
    await page.goto(`${merchant.origin}/shop`);
    await page.locator('#pay').click();
    await expect.soft(page.locator('h1')).toHaveText('주문 완료');
    expect.soft(merchant.refusals).toEqual([]);
    expect.soft(merchant.calls).toEqual([`GET ${wanted.path}`]);
  }
});

const SEAT = '창가 7열 & "A"';
const FORM = `<form id="order"><input name="buyer" value="김&철수"><input type="hidden" name="seat"><select name="qty"><option>1<option selected>2</select>
  <input type="checkbox" name="gift" value="y" checked><input type="checkbox" name="news" value="y"><textarea name="memo">문 앞
에</textarea></form>`;

/** What is kept in this browser: in the database, in its copy, and with the page's history entry. */
const keptBy = async (page: Page) => JSON.stringify([await readOutbox(page), await page.evaluate(() => history.state)]);

/** Where a merchant keeps something of the page, and where it goes. */
const CONTEXTS: readonly (Site & { readonly name: string; readonly wants: readonly [Wanted, ...Wanted[]] })[] = [
  {
    name: 'params of request_pay, in JSON',
    tag: {
      'context-params': 'amount custom_data',
      body: '{"imp_uid":{imp_uid},"amount":{amount},"data":{custom_data},"coupon":{coupon}}',
    },
    shop: { params: { amount: 12000, custom_data: { seat: SEAT, ids: [1, 2] }, buyer_name: '김' } },
    wants: [{ type: 'json', body: { imp_uid, amount: 12000, data: { seat: SEAT, ids: [1, 2] }, coupon: null } }],
  },
  {
    name: 'params of request_pay, in a form, a URL and a header',
    tag: {
      'context-params': 'amount,custom_data, name',
      'confirm-url': '/orders/{name}?amount={amount}',
      encoding: 'form',
      body: 'uid={imp_uid}&data={custom_data}',
      headers: '{"X-Amount":"{amount} won"}',
    },
    shop: { params: { amount: 12000, custom_data: { seat: SEAT }, name: '양말/모자' } },
    wants: [
      {
        path: '/orders/양말/모자',
        query: { amount: '12000' },
        type: 'form',
        body: { uid: imp_uid, data: JSON.stringify({ seat: SEAT }) },
        headers: { 'x-amount': '12000 won' },
      },
    ],
  },
  {
    name: 'the fields of a form',
    tag: {
      'context-form': '#order',
      encoding: 'form',
      body: 'imp_uid={imp_uid}&buyer={buyer}&seat={seat}&qty={qty}&gift={gift}&news={news}&memo={memo}',
    },
    shop: { body: FORM, script: `document.querySelector('[name=seat]').value = ${JSON.stringify(SEAT)};` },
    wants: [{ type: 'form', body: { imp_uid, buyer: '김&철수', seat: SEAT, qty: '2', gift: 'y', news: '', memo: '문 앞\n에' } }],
  },
  {
    name: 'what a function says when the payment begins',
    tag: { 'redirect-url': '', body: '{"imp_uid":{imp_uid},"order":{"member":{member},"items":{items},"seat":{seat}}}' },
    shop: {
      script: `let member = 1;
        ImpRedirect.wrap({ redirectUrl: '/done', context: () => ({ member, items: [{ id: 1, qty: 2 }], seat: ${JSON.stringify(SEAT)} }) });
        member = 'kim';`,
    },
    wants: [{ type: 'json', body: { imp_uid, order: { member: 'kim', items: [{ id: 1, qty: 2 }], seat: SEAT } } }],
  },
  {
    name: 'names that only a form has',
    tag: { 'context-form': '#order', encoding: 'form', body: 'imp_uid={imp_uid}&coupon={coupon-id}&seat={order[seat]}' },
    shop: {
      body: `<form id="order"><input name="coupon-id" value="c7"><input name="order[seat]" value="${SEAT.replaceAll('"', '&quot;')}"></form>`,
    },
    wants: [{ type: 'form', body: { imp_uid, coupon: 'c7', seat: SEAT } }],
  },
  {
    name: 'to functions of a script',
    tag: { 'confirm-url': '', 'context-params': 'custom_data' },
    script: `ImpRedirect.complete({
      confirmUrl: '/payments/complete', result: 'main', maxTries: 1,
      headers: { 'X-Seat': ({ custom_data }) => encodeURIComponent(custom_data.seat) },
    })`,
    shop: { params: { custom_data: { seat: SEAT } } },
    wants: [{ type: 'json', body: ORDER, headers: { 'x-seat': encodeURIComponent(SEAT) } }],
  },
  {
    name: 'to a function in the second step of a script',
    tag: { 'confirm-url': '', 'context-params': 'custom_data' },
    script: `ImpRedirect.complete({
      confirmUrl: '/verify', result: 'main', maxTries: 1,
      next: { confirmUrl: '/payments/complete', body: ({ imp_uid, custom_data }) => JSON.stringify({ imp_uid, custom_data }) },
    })`,
    shop: { params: { custom_data: { seat: SEAT } } },
    wants: [
      { type: 'json', body: { imp_uid, custom_data: { seat: SEAT } } },
      { path: '/verify', type: 'json', body: ORDER },
    ],
  },
];

for (const { name, tag: own, wants, ...site } of CONTEXTS)
  test(`what the page knew comes back with the customer, and is gone with the verdict: ${name}`, async ({ page, patterns }) => {
    const tag = { 'confirm-url': '/payments/complete', 'redirect-url': '/done', ...own };
    const merchant = patterns.open({
      ...site,
      // What is empty here is given by script.
      tag: Object.fromEntries(Object.entries(tag).filter(([, value]) => value)),
      // At first the server is down: what is kept must be there after a reload.
      wants: [{ ...wants[0], answers: [ANSWERS['HTTP 500'], ANSWERS.paid] }, ...wants.slice(1)],
    });
    await page.goto(`${merchant.origin}/shop`);
    await page.locator('#pay').click();
    await expect(card(page)).toHaveAttribute('data-state', 'deferred');
    expect(merchant.refusals).toEqual([]);
    expect((await statesIn(page)).filter(isFinal)).toEqual([]);
    await expect.poll(() => keptBy(page)).toMatch(/창가|custom_data/);

    await page.reload();
    await expect(card(page)).toHaveAttribute('data-state', 'paid');
    expect(merchant.refusals).toEqual([]);
    expect(merchant.calls).toHaveLength(2 * wants.length);
    await expect.poll(() => keptBy(page)).not.toMatch(/창가|custom_data/);
  });

test('what the page knew comes back where the database did not get it in time, and where there is none', async ({ page, patterns }) => {
  for (const pages of ['/shop', '/shop /done']) {
    await page.addInitScript((without) => {
      if (without.includes(location.pathname)) Object.defineProperty(window, 'indexedDB', { value: undefined });
    }, pages);
    const merchant = patterns.open({
      tag: {
        'redirect-url': '/done',
        'context-params': 'amount',
        'confirm-url': '/payments/complete',
        body: '{"imp_uid":{imp_uid},"amount":{amount}}',
      },
      shop: { params: { amount: 12000 } },
      wants: [{ type: 'json', body: { imp_uid, amount: 12000 } }],
    });
    await page.goto(`${merchant.origin}/shop`);
    await page.locator('#pay').click();
    await expect.soft(card(page), pages).toHaveAttribute('data-state', 'paid');
    expect.soft(merchant.refusals, pages).toEqual([]);
  }
});

test('a password in a form is not kept', async ({ page, patterns }) => {
  const merchant = patterns.open({
    tag: { 'redirect-url': '/done', 'context-form': '#order', 'confirm-url': '/payments/complete' },
    shop: { body: '<form id="order"><input name="buyer" value="kim"><input type="password" name="pin" value="s3cret"></form>' },
    wants: [{ type: 'json', body: ORDER, answers: [ANSWERS['HTTP 500']] }],
  });
  await page.goto(`${merchant.origin}/shop`);
  await page.locator('#pay').click();
  await expect(card(page)).toHaveAttribute('data-state', 'deferred');
  await expect.poll(() => keptBy(page)).toContain('kim');
  expect(await keptBy(page)).not.toContain('s3cret');
});

test('what the page knew reaches onVerdict, after a failure too, and is gone afterwards', async ({ page, patterns }) => {
  for (const answer of ['paid', 'ready', 'failed', 'cancelled', 'forged'] as const) {
    const merchant = patterns.open({
      tag: { 'redirect-url': '/done', 'context-params': 'custom_data' },
      script: `ImpRedirect.complete({
        confirmUrl: '/payments/complete', result: 'main',
        onVerdict({ claim, verdict, context }) { window.told = [claim.merchantUid, verdict.status, context]; },
      })`,
      shop: { params: { custom_data: { seat: SEAT } } },
      wants: [{ type: 'json', body: ORDER, answers: [ANSWERS[answer]] }],
    });
    await page.goto(`${merchant.origin}/shop`);
    await page.locator('#pay').click();
    await expect(card(page)).toHaveAttribute('data-state', answer);
    await expect.poll(() => page.evaluate('window.told'), answer).toEqual([merchant_uid, answer, { custom_data: { seat: SEAT } }]);
    expect.soft(merchant.refusals).toEqual([]);
    await expect.poll(() => keptBy(page), answer).not.toMatch(/창가|custom_data/);
  }
});

test('what one payment was begun with is not another’s', async ({ page, patterns }) => {
  const merchant = patterns.open({
    tag: {
      'redirect-url': '/done',
      'context-params': 'amount',
      'confirm-url': '/payments/complete',
      body: '{"order":{merchant_uid},"amount":{amount}}',
      answers: 'portone-manual',
    },
    shop: { params: { amount: 12000 } },
    wants: [{ type: 'json', body: { order: 'm_2', amount: null }, answers: [ANSWERS['manual: success']] }],
  });
  await page.goto(`${merchant.origin}/shop`);
  await page.route(/\/done/, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Gateway</h1>' }));
  await page.locator('#pay').click();
  await expect(page.locator('h1')).toHaveText('Gateway');
  await page.unroute(/\/done/);
  await page.goto(merchant.landing({ merchant_uid: 'm_2' }));
  await expect(card(page)).toHaveAttribute('data-state', 'paid');
  expect(merchant.refusals).toEqual([]);
  expect(await keptBy(page)).toContain('"amount":12000');
});
