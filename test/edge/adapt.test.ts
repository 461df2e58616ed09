import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { type AdaptEdges, askAdapted } from '../../src/adapt.js';
import { made } from '../../src/core/errors.js';
import type { CompleteOptions } from '../../src/core/options.js';
import type { Context } from '../../src/core/outbox.js';
import { parseVerdict, type Reply } from '../../src/core/verdict.js';
import { inTime } from '../../src/edge/http.js';
import { CONFIRM, IDS, SHOP } from './helpers.js';

interface Sent {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: Headers; readonly signal: AbortSignal };
}

/** The world: a server that answers these, one after the other, and then the last one again; a page with these values. */
function createWorld(
  replies: readonly (Reply | (() => Promise<Reply>))[] = [{ httpStatus: 200, text: '{}' }],
  values: Record<string, string> = {},
  context?: Context,
  written: string | null = null,
) {
  const sent: Sent[] = [];
  const edges = {
    inTime: vi.fn(inTime),
    send: vi.fn(async (url: string, init: RequestInit) => {
      sent.push({ url, init: init as Sent['init'] });
      const reply = replies[sent.length - 1] ?? replies.at(-1);
      return typeof reply === 'function' ? reply() : (reply as Reply);
    }),
    readPassed: vi.fn((name: string) => values[`query:${name}`] ?? null),
    lookUp: vi.fn((name: string) => values[name]),
    takeVerdict: vi.fn(() => {
      const taken = written;
      written = null;
      return taken;
    }),
    submitForm: vi.fn((_method: string, _action: string, _fields: Iterable<[string, string]>) => {}),
    resolveUrl: vi.fn((url: string) => /^(https?:|\/(?!\/))/.test(url) && new URL(url, SHOP).href),
    goToLanding: vi.fn(),
    readContext: vi.fn(async () => context),
  } satisfies AdaptEdges;
  return {
    edges,
    sent,
    ask: (options: Partial<CompleteOptions> = {}, ids: Parameters<typeof askAdapted>[1] = IDS, waits = true) =>
      askAdapted({ confirmUrl: CONFIRM, ...options }, ids, 10_000, true, waits, edges),
    /** The one request. */
    request: () => {
      expect(sent).toHaveLength(1);
      return sent[0] as Sent;
    },
  };
}
/** What is not in the body must be there. */
const BY_ID = `${CONFIRM}/{imp_uid}`;
const headersOf = ({ init }: Sent) => Object.fromEntries(init.headers);
const statusOf = (reply: Reply) => {
  const outcome = parseVerdict(reply, IDS);
  return outcome instanceof Error ? outcome.code : outcome.status;
};
const answered = (status: string, more: object = {}, httpStatus = 200): Reply => ({
  httpStatus,
  text: JSON.stringify({ status, imp_uid: 'imp_1', merchant_uid: 'order_1', ...more }),
});

let warn: Mock;
beforeEach(() => {
  warn = vi.fn();
  vi.spyOn(console, 'error').mockImplementation(warn);
});
afterEach(() => {
  expect(warn).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a request that would name no payment', () => {
  const ORDER_ONLY = { impUid: null, merchantUid: 'order_1' };
  it.each<[name: string, options: Partial<CompleteOptions>, ids?: typeof ORDER_ONLY]>([
    ['its one id is not known', { confirmUrl: `${SHOP}/verify/{imp_uid}`, method: 'GET' }, ORDER_ONLY],
    ['the same of a form', { encoding: 'form', body: 'imp_uid={imp_uid}' }, ORDER_ONLY],
    ['the same of JSON', { body: '{"uid":{imp_uid}}' }, ORDER_ONLY],
    ['the same of a form that leaves the page', { encoding: 'submit', body: 'imp_uid={imp_uid}' }, ORDER_ONLY],
    ['a GET whose ids are in the body, which it has not', { method: 'GET', body: 'imp_uid={imp_uid}' }],
    ['an encoding without a body', { encoding: 'none' }],
    ['a placeholder that is none of ours', { confirmUrl: `${SHOP}/verify/{impUid}`, method: 'GET' }],
    ['what stands on the page only', { confirmUrl: `${SHOP}/verify/{meta:shop}`, method: 'GET' }],
  ])('is not sent, and no answer: %s', async (_, options, ids) => {
    const world = createWorld([{ httpStatus: 200, text: 'true' }], { 'meta:shop': 'coffee' });
    const reply = await world.ask({ answers: 'http 200=paid 400=failed', ...options }, ids);
    expect([world.sent, world.edges.submitForm.mock.calls]).toEqual([[], []]);
    expect(statusOf(reply)).toBe('confirm_unreadable');
    expect(parseVerdict(reply, ids ?? IDS)).toMatchObject({
      actor: 'merchant',
      message: expect.stringContaining('neither id is in the request'),
    });
  });

  it.each<[name: string, options: Partial<CompleteOptions>]>([
    ['what was kept names it', { confirmUrl: `${SHOP}/orders/{order_no}`, method: 'GET' }],
    ['a function may have named it', { confirmUrl: () => `${SHOP}/orders/7`, method: 'GET' }],
    ['a second request', { next: { confirmUrl: `${SHOP}/save`, encoding: 'none' } }],
  ])('is one only where nothing names it: %s', async (_, options) => {
    const world = createWorld([answered('paid')], {}, { order_no: 7 });
    await world.ask(options);
    expect(world.sent.length).toBeGreaterThan(0);
  });
});

describe('what a developer is told of placeholders', () => {
  it.each<[name: string, body: string, told: string | undefined]>([
    ['one that stands for nothing', '{"a":{amuont},"b":{imp_uid}}', '{amuont}'],
    ['one that was kept', '{"a":{amount}}', undefined],
    ['one that is merely empty on this landing', '{"a":{imp_uid},"b":{merchant_uid}}', undefined],
    ['what this page may have', '{"a":{merchant_uid},"b":{meta:token},"c":{query:t}}', undefined],
  ])('%s', async (_, body, told) => {
    made.clear();
    const world = createWorld([answered('paid')], {}, { amount: 1000 });
    await world.ask({ body }, { impUid: null, merchantUid: 'order_1' });
    expect(made.get('value_missing')).toBe(told);
  });
});

describe('a parameter that is passed on', () => {
  const TOKEN = { 'query:t': 'a.b' };
  it.each<[name: string, options: Partial<CompleteOptions>, expected: unknown]>([
    ['JSON', {}, { t: 'a.b', imp_uid: 'imp_1', merchant_uid: 'order_1' }],
    ['a body of the merchant’s own', { body: '{"uid":{imp_uid},"token":{query:t}}' }, { uid: 'imp_1', token: 'a.b' }],
  ])('is in the body: %s', async (_, options, expected) => {
    const world = createWorld([answered('paid')], TOKEN);
    await world.ask({ pass: 't', ...options });
    expect(JSON.parse(world.request().init.body as string)).toEqual(expected);
  });

  it('is in a form too, and null in JSON where the URL has none', async () => {
    const world = createWorld([answered('pending')], TOKEN);
    await world.ask({ pass: 't', encoding: 'form' });
    expect(`${world.request().init.body}`).toBe('t=a.b&imp_uid=imp_1&merchant_uid=order_1');
    const without = createWorld([answered('pending')]);
    await without.ask({ pass: 't' });
    expect(JSON.parse(without.request().init.body as string)).toEqual({ t: null, imp_uid: 'imp_1', merchant_uid: 'order_1' });
  });

  it('takes no place of an id, and names no payment by itself', async () => {
    const world = createWorld([answered('paid')], { 'query:imp_uid': 'imp_9', 'query:t"': 'x' });
    await world.ask({ pass: 'imp_uid' });
    expect(JSON.parse(world.request().init.body as string)).toEqual({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
    const odd = createWorld([answered('paid')], TOKEN);
    expect(statusOf(await odd.ask({ body: '{"t":{query:t}}' }))).toBe('confirm_unreadable');
    expect(odd.sent).toEqual([]);
  });
});

describe('a verdict that the server wrote into the page', () => {
  const text = (status: string, more = {}) => answered(status, more).text as string;

  it('is taken, and nobody is asked', async () => {
    const world = createWorld([answered('failed')], {}, undefined, text('paid', { amount: 1000 }));
    expect(JSON.parse((await world.ask()).text as string)).toMatchObject({ status: 'paid', amount: 1000 });
    expect(world.sent).toEqual([]);
  });

  it('counts once: a pending one is asked about afterwards', async () => {
    const world = createWorld([answered('paid')], {}, undefined, text('pending'));
    expect(statusOf(await world.ask())).toBe('pending');
    expect(statusOf(await world.ask())).toBe('paid');
    expect(world.sent).toHaveLength(1);
  });

  it.each([
    ['is about another payment', text('paid', { imp_uid: 'imp_9' })],
    ['is about another order', text('paid', { merchant_uid: 'order_9' })],
    ['has no ids', '{"status":"paid"}'],
    ['has no words of ours', text('success')],
    ['is no JSON', '<p>paid</p>'],
    ['is empty', ''],
  ])('is none where it %s', async (_, written) => {
    const world = createWorld([answered('failed')], {}, undefined, written);
    expect(statusOf(await world.ask())).toBe('failed');
    expect(world.sent).toHaveLength(1);
  });

  it('is in our words, whatever those of its answers are', async () => {
    const world = createWorld([answered('failed', {}, 400)], {}, undefined, text('failed'));
    expect(statusOf(await world.ask({ answers: 'http 200=paid 400=failed' }))).toBe('failed');
    expect(world.sent).toEqual([]);
  });

  it('is left for who waits for it, and a second request is still made', async () => {
    const world = createWorld([answered('paid')], {}, undefined, text('paid'));
    await world.ask({ next: { confirmUrl: `${SHOP}/save` } }, IDS, false);
    expect(world.edges.takeVerdict).not.toHaveBeenCalled();
    await world.ask({ next: { confirmUrl: `${SHOP}/save` } });
    expect(world.sent.map(({ url }) => url)).toEqual([CONFIRM, `${SHOP}/save`, `${SHOP}/save`]);
  });
});

describe('without options', () => {
  it('it is our own contract: one POST of both ids as JSON, and the reply as it came', async () => {
    const reply = { ...answered('paid', { any: ['thing'] }), retryAfter: '3' };
    const world = createWorld([reply]);
    expect(await world.ask()).toBe(reply);
    const { url, init } = world.request();
    expect([url, init.method, init.keepalive, init.credentials ?? 'same-origin']).toEqual([CONFIRM, 'POST', true, 'same-origin']);
    expect(headersOf(world.request())).toEqual({ 'content-type': 'application/json' });
    expect(JSON.parse(init.body as string)).toEqual({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
  });

  it('it has a null where the landing has no id', async () => {
    const world = createWorld();
    await world.ask({}, { impUid: null, merchantUid: 'order_1' });
    expect(JSON.parse(world.request().init.body as string)).toEqual({ imp_uid: null, merchant_uid: 'order_1' });
  });

  it('it carries what is in an id as text', async () => {
    const ids = { impUid: '"},{"a":{imp_uid}\u2028', merchantUid: '../../{merchant_uid}' };
    const world = createWorld();
    await world.ask({}, ids);
    expect(JSON.parse(world.request().init.body as string)).toEqual({ imp_uid: ids.impUid, merchant_uid: ids.merchantUid });
  });
});

describe('the URL', () => {
  const VALUES = { 'meta:_csrf': 'a&b', 'cookie:sid': 'c/d', 'local:token': 'e f', 'session:x': '' };
  it.each<[confirmUrl: CompleteOptions['confirmUrl'], url: string]>([
    [`${SHOP}/verify/{imp_uid}`, '/verify/imp_1'],
    [`${SHOP}/verify/%7Bimp_uid%7D/%7Bmerchant_uid%7D`, '/verify/imp_1/order_1'],
    [`${SHOP}/pay?x={merchant_uid}&_csrf={meta:_csrf}`, '/pay?x=order_1&_csrf=a%26b'],
    [`${SHOP}/{cookie:sid}/{local:token}/{session:x}/{local:none}/z`, '/c%2Fd/e%20f///z'],
    [({ imp_uid }) => `${SHOP}/by-function/${imp_uid}`, '/by-function/imp_1'],
  ])('%s', async (confirmUrl, url) => {
    const world = createWorld(undefined, VALUES);
    await world.ask({ confirmUrl });
    expect(world.request().url).toBe(SHOP + url);
  });

  it('an id cannot lead elsewhere', async () => {
    for (const impUid of ['..', '.', '../users', '//evil.example', '?a=1', '#x']) {
      const world = createWorld();
      await world.ask({ confirmUrl: `${SHOP}/verify/{imp_uid}/done` }, { impUid, merchantUid: null });
      expect(new URL(world.request().url).pathname).toMatch(/^\/verify\/[^/]*\/done$/);
      expect(new URL(world.request().url).search).toBe('');
    }
  });
});

describe('method, encoding and body', () => {
  const bodyOf = (body: unknown) => {
    if (body instanceof FormData) return ['multipart', [...body]];
    if (body instanceof URLSearchParams) return ['form', `${body}`];
    return [typeof body, body];
  };
  const JSON_TYPE = { 'content-type': 'application/json' };

  it.each<[name: string, options: Partial<CompleteOptions>, method: string, body: unknown[], headers: object]>([
    ['JSON', { encoding: 'json' }, 'POST', ['string', '{"imp_uid":"imp_1","merchant_uid":"a&b=1"}'], JSON_TYPE],
    ['a form', { encoding: 'form' }, 'POST', ['form', 'imp_uid=imp_1&merchant_uid=a%26b%3D1'], {}],
    [
      'a multipart form',
      { encoding: 'multipart' },
      'POST',
      [
        'multipart',
        [
          ['imp_uid', 'imp_1'],
          ['merchant_uid', 'a&b=1'],
        ],
      ],
      {},
    ],
    ['no body', { encoding: 'none', confirmUrl: BY_ID }, 'POST', ['undefined', undefined], {}],
    ['GET', { method: 'GET', confirmUrl: BY_ID }, 'GET', ['undefined', undefined], {}],
    ['get', { method: 'get', encoding: 'form', body: 'a=1', confirmUrl: BY_ID }, 'get', ['undefined', undefined], {}],
    ['PUT', { method: 'PUT' }, 'PUT', ['string', '{"imp_uid":"imp_1","merchant_uid":"a&b=1"}'], JSON_TYPE],
    ['PATCH with a form', { method: 'PATCH', encoding: 'form' }, 'PATCH', ['form', 'imp_uid=imp_1&merchant_uid=a%26b%3D1'], {}],
    [
      'nested JSON of other names',
      { body: '{"data":{"uid":{imp_uid},"order":{merchant_uid}},"list":[{none}]}' },
      'POST',
      ['string', '{"data":{"uid":"imp_1","order":"a&b=1"},"list":[null]}'],
      JSON_TYPE,
    ],
    ['a text as JSON', { body: '{imp_uid}' }, 'POST', ['string', '"imp_1"'], JSON_TYPE],
    ['other names in a form', { encoding: 'form', body: 'impUid={imp_uid}&fixed=1+1' }, 'POST', ['form', 'impUid=imp_1&fixed=1+1'], {}],
    ['a name that is repeated', { encoding: 'form', body: 'a[]=1&a[]={imp_uid}' }, 'POST', ['form', 'a%5B%5D=1&a%5B%5D=imp_1'], {}],
    ['a function that gives text', { body: ({ imp_uid }) => `raw ${imp_uid}` }, 'POST', ['string', 'raw imp_1'], JSON_TYPE],
    ['a function that gives a form', { body: () => new URLSearchParams('a=1') }, 'POST', ['form', 'a=1'], {}],
    ['a function that gives text for a form', { encoding: 'form', body: () => 'a=1' }, 'POST', ['form', 'a=1'], {}],
    ['an empty body', { body: '', confirmUrl: BY_ID }, 'POST', ['string', ''], JSON_TYPE],
  ])('%s', async (_, options, method, body, headers) => {
    const world = createWorld();
    await world.ask(options, { impUid: 'imp_1', merchantUid: 'a&b=1' });
    const sent = world.request();
    expect([sent.init.method, bodyOf(sent.init.body), headersOf(sent)]).toEqual([method, body, headers]);
  });

  it.each(['same-origin', 'include', 'omit', undefined] as const)('credentials: %s', async (credentials) => {
    const world = createWorld();
    await world.ask({ credentials });
    expect(world.request().init.credentials).toBe(credentials);
  });

  it('tells at most its origin where it goes, and never the landing URL', async () => {
    const world = createWorld();
    await world.ask();
    expect(world.request().init.referrerPolicy).toMatch(/^(origin|no-referrer|strict-origin)$/);
  });
});

describe('submit', () => {
  const submitted = async (options: Partial<CompleteOptions> = {}, waits = true) => {
    const world = createWorld();
    const reply = await world.ask({ encoding: 'submit', ...options }, IDS, waits);
    expect(world.sent).toEqual([]);
    return { reply, calls: world.edges.submitForm.mock.calls.map(([method, action, fields]) => [method, action, [...fields]]) };
  };
  const BOTH = [
    ['imp_uid', 'imp_1'],
    ['merchant_uid', 'order_1'],
  ];

  it.each<[options: Partial<CompleteOptions>, call: unknown[]]>([
    [{}, ['POST', CONFIRM, BOTH]],
    [{ method: 'GET' }, ['GET', CONFIRM, BOTH]],
    [{ confirmUrl: `${SHOP}/done/{imp_uid}`, body: 'no={merchant_uid}' }, ['POST', `${SHOP}/done/imp_1`, [['no', 'order_1']]]],
  ])('%o: the page is left by a form, and that is the verdict', async (options, call) => {
    const { reply, calls } = await submitted(options);
    expect(calls).toEqual([call]);
    expect(statusOf(reply)).toBe('page');
  });

  it('takes nobody away who does not wait for it', async () => {
    expect((await submitted({}, false)).calls).toEqual([]);
  });
});

describe('headers', () => {
  const VALUES = { 'local:token': 'abc', 'meta:x': 'from meta' };
  it.each<[name: string, options: Partial<CompleteOptions>, headers: Record<string, string>]>([
    ['a fixed one', { headers: { 'X-Requested-With': 'XMLHttpRequest' } }, { 'x-requested-with': 'XMLHttpRequest' }],
    ['a template', { headers: { Authorization: 'Bearer {local:token}' } }, { authorization: 'Bearer abc' }],
    ['a function', { headers: { 'X-Order': ({ merchant_uid }) => `no ${merchant_uid}` } }, { 'x-order': 'no order_1' }],
    ['one that comes out empty', { headers: { 'X-Token': '{local:none}', 'X-Empty': '' } }, {}],
    ['an id, not encoded', { headers: { 'X-Id': '{imp_uid}/{merchant_uid}' } }, { 'x-id': 'imp_1/order_1' }],
    ['a type that outranks', { headers: { 'Content-Type': 'text/plain' } }, { 'content-type': 'text/plain' }],
    ['the same in another case', { headers: { 'content-type': 'text/plain' } }, { 'content-type': 'text/plain' }],
  ])('%s', async (_, options, headers) => {
    const world = createWorld(undefined, VALUES);
    await world.ask(options);
    expect(headersOf(world.request())).toEqual({ 'content-type': 'application/json', ...headers });
  });

  it('a JSON type over a form body is what the merchant said', async () => {
    const world = createWorld();
    await world.ask({ encoding: 'form', headers: { 'Content-Type': 'application/json' } });
    expect(headersOf(world.request())).toEqual({ 'content-type': 'application/json' });
    expect(`${world.request().init.body}`).toBe('imp_uid=imp_1&merchant_uid=order_1');
  });
});

describe('csrf', () => {
  const PAGES: [name: string, values: Record<string, string>, headers: Record<string, string>][] = [
    ['Spring', { 'meta:_csrf_header': 'X-CSRF-TOKEN', 'meta:_csrf': 's1' }, { 'x-csrf-token': 's1' }],
    ['Spring with a header of its own', { 'meta:_csrf_header': 'X-My', 'meta:_csrf': 's1' }, { 'x-my': 's1' }],
    ['Laravel', { 'meta:csrf-token': 'l1' }, { 'x-csrf-token': 'l1' }],
    ['Laravel by cookie', { 'cookie:XSRF-TOKEN': 'l2' }, { 'x-xsrf-token': 'l2' }],
    ['Django', { 'cookie:csrftoken': 'd1' }, { 'x-csrftoken': 'd1' }],
    ['Rails', { 'meta:csrf-token': 'r1' }, { 'x-csrf-token': 'r1' }],
    ['none of them', {}, {}],
    // A page may have written the token by itself: without the header's name it cannot be sent, and the request goes on.
    ["Spring without the header's name", { 'meta:_csrf': 's1' }, {}],
  ];
  it.each(PAGES)('sends what a page of %s has', async (_, values, headers) => {
    for (const csrf of [true, '', 'true', 'spring', 'laravel', 'django', 'rails']) {
      const world = createWorld(undefined, values);
      await world.ask({ csrf });
      expect(headersOf(world.request())).toEqual({ 'content-type': 'application/json', ...headers });
    }
  });

  it.each([undefined, false, 'false'])('sends nothing with csrf: %j, and looks for nothing', async (csrf) => {
    const world = createWorld(undefined, { 'cookie:csrftoken': 'd1' });
    await world.ask({ csrf });
    expect(headersOf(world.request())).toEqual({ 'content-type': 'application/json' });
    expect(world.edges.lookUp).not.toHaveBeenCalled();
  });

  it('gives way to a header that the merchant names', async () => {
    const world = createWorld(undefined, { 'meta:csrf-token': 'l1' });
    await world.ask({ csrf: true, headers: { 'X-CSRF-Token': 'mine' } });
    expect(headersOf(world.request())['x-csrf-token']).toBe('mine');
  });
});

describe('what was kept of the page', () => {
  const CONTEXT = { amount: 12000, 'order-no': 'n 1', memo: '"문 앞"', imp_uid: 'imp_evil', nested: { a: 1 } };

  it.each<[name: string, options: Partial<CompleteOptions>, read: boolean]>([
    ['nothing asks for it', {}, false],
    ['only ids are asked for', { confirmUrl: `${SHOP}/{imp_uid}`, body: '{"a":{imp_uid},"b":{merchant_uid}}' }, false],
    ['only the page is asked', { headers: { A: '{meta:x}', B: '{cookie:x}', C: '{local:x}', D: '{session:x}' }, csrf: true }, false],
    ['it is in the URL', { confirmUrl: `${SHOP}/{amount}` }, true],
    ['it is in a URL that was parsed', { confirmUrl: `${SHOP}/%7Bamount%7D` }, true],
    ['its name begins like an id', { confirmUrl: `${SHOP}/{imp_uid_2}` }, true],
    ['its name has a hyphen', { confirmUrl: `${SHOP}/{order-no}` }, true],
    ['its name has a dot', { body: '{"a":{order.no}}' }, true],
    ['its name is that of a list', { encoding: 'form', body: 'a={tags[]}' }, true],
    ['it is in the body', { body: '{"amount":{amount}}' }, true],
    ['it is in a header', { headers: { 'X-Amount': '{amount}' } }, true],
    ['it is in the second step', { next: { confirmUrl: `${SHOP}/save`, body: '{"amount":{amount}}' } }, true],
    ['the URL is a function', { confirmUrl: () => CONFIRM }, true],
    ['the body is a function', { body: () => '{}' }, true],
    ['a header is a function', { headers: { A: () => 'a' } }, true],
    ["the second step's body is a function", { next: { confirmUrl: `${SHOP}/save`, body: () => '{}' } }, true],
    ['the merchant asks by itself', { confirm: () => ({}) }, true],
  ])('is read only where it is asked for: %s', async (_, options, read) => {
    const world = createWorld(undefined, {}, CONTEXT);
    await world.ask(options);
    expect(world.edges.readContext.mock.calls).toEqual(read ? [[IDS]] : []);
  });

  it('is read for whom nobody waits, too: it tells what is no payment', async () => {
    const world = createWorld([answered('certified')], {}, { imp_flow: 'certification' });
    expect(statusOf(await world.ask({}, IDS, false))).toBe('certified');
  });

  it('is filled in, and an id is never overridden by it', async () => {
    const world = createWorld(undefined, {}, CONTEXT);
    await world.ask({
      confirmUrl: `${SHOP}/pay/{imp_uid}/{order-no}?a={amount}&m={memo}`,
      body: '{"amount":{amount},"memo":{memo},"nested":{nested},"gone":{gone}}',
      headers: { 'X-Amount': '{amount}', 'X-Nested': '{nested}' },
    });
    const sent = world.request();
    expect(sent.url).toBe(`${SHOP}/pay/imp_1/n%201?a=12000&m=%22%EB%AC%B8%20%EC%95%9E%22`);
    expect(JSON.parse(sent.init.body as string)).toEqual({ amount: 12000, memo: '"문 앞"', nested: { a: 1 }, gone: null });
    expect(headersOf(sent)).toMatchObject({ 'x-amount': '12000', 'x-nested': '{"a":1}' });
  });

  it('is not there: nothing is filled in', async () => {
    const world = createWorld();
    await world.ask({ confirmUrl: `${SHOP}/pay/{merchant_uid}/{amount}`, body: '{"amount":{amount}}' });
    expect([world.request().url, world.request().init.body]).toEqual([`${SHOP}/pay/order_1/`, '{"amount":null}']);
  });

  it('goes to functions, with both ids', async () => {
    const world = createWorld(undefined, {}, CONTEXT);
    const body = vi.fn(() => '{}');
    await world.ask({ body });
    expect(body.mock.calls).toEqual([[{ ...CONTEXT, imp_uid: 'imp_1', merchant_uid: 'order_1' }]]);
  });
});

describe('confirm', () => {
  it.each<[name: string, returned: unknown, answers: CompleteOptions['answers'], status: string]>([
    ['an answer of our own contract', { status: 'paid', imp_uid: 'imp_1', merchant_uid: 'order_1' }, undefined, 'paid'],
    ['a promise of one', Promise.resolve({ status: 'failed', imp_uid: 'imp_1', merchant_uid: 'order_1' }), undefined, 'failed'],
    ["the server's own words", { status: 'success' }, 'portone-manual', 'paid'],
    ['a word', 'success', 'text', 'paid'],
    ['true', true, 'text', 'paid'],
    ['a word of nobody', 'paid', undefined, 'confirm_unreadable'],
    ['an answer without ids', { status: 'paid' }, undefined, 'confirm_unreadable'],
    ['nothing', undefined, undefined, 'confirm_unreadable'],
    ['nothing, as text', undefined, 'text', 'confirm_unreadable'],
    ['a function', () => 'paid', 'text', 'confirm_unreadable'],
    ['what is no JSON', 1n, 'text', 'confirm_unreachable'],
  ])('that gives %s', async (_, returned, answers, status) => {
    const world = createWorld();
    const confirm = vi.fn((_fields: unknown, _signal: unknown) => returned);
    expect(statusOf(await world.ask({ confirm, answers }))).toBe(status);
    expect(world.sent).toEqual([]);
    expect(confirm.mock.calls).toEqual([[{ imp_uid: 'imp_1', merchant_uid: 'order_1' }, expect.any(AbortSignal)]]);
  });

  it.each<[name: string, confirm: () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('of the merchant');
      },
    ],
    ['rejects', () => Promise.reject(new Error('of the merchant'))],
  ])('that %s means "not now"', async (_, confirm) => {
    expect(await createWorld().ask({ confirm })).toMatchObject({ httpStatus: 0, cause: { message: 'of the merchant' } });
  });

  it('that never ends is given up after the time-out, whether it heeds the signal or not', async () => {
    vi.useFakeTimers();
    const world = createWorld();
    let signal: AbortSignal | undefined;
    let reply: Reply | undefined;
    const promise = world
      .ask({
        confirm: (_fields, given) => {
          signal = given as AbortSignal;
          return new Promise(() => {});
        },
      })
      .then((value) => {
        reply = value;
      });
    await vi.advanceTimersByTimeAsync(9_999);
    expect([reply, signal?.aborted]).toEqual([undefined, false]);
    await vi.advanceTimersByTimeAsync(1);
    await promise;
    expect(signal?.aborted).toBe(true);
    expect(statusOf(reply as Reply)).toBe('confirm_unreachable');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the whole exchange', () => {
  it('is given the time-out, and its requests the one signal', async () => {
    const world = createWorld([answered('paid')]);
    await world.ask({ next: { confirmUrl: `${SHOP}/save` } });
    expect(world.edges.inTime.mock.calls.map(([ms]) => ms)).toEqual([10_000]);
    expect(world.sent[0]?.init.signal).toBeInstanceOf(AbortSignal);
    expect(world.sent[0]?.init.signal).toBe(world.sent[1]?.init.signal);
  });

  it.each([true, false])('outlives the page as it is told: %s', async (keepalive) => {
    const world = createWorld();
    await askAdapted({ confirmUrl: CONFIRM }, IDS, 10_000, keepalive, true, world.edges);
    expect(world.request().init.keepalive).toBe(keepalive);
  });

  it('that fails is a reply too', async () => {
    const cause = new TypeError('Failed to fetch');
    expect(await createWorld([() => Promise.reject(cause)]).ask()).toEqual({ httpStatus: 0, cause });
  });

  it.each<[name: string, options: Partial<CompleteOptions>]>([
    [
      'the URL',
      {
        confirmUrl: () => {
          throw new Error('of the merchant');
        },
      },
    ],
    [
      'the body',
      {
        body: () => {
          throw new Error('of the merchant');
        },
      },
    ],
  ])('never rejects, even where a function for %s throws', async (_, options) => {
    const world = createWorld();
    expect(await world.ask(options)).toMatchObject({ httpStatus: 0, cause: { message: 'of the merchant' } });
    expect(world.sent).toEqual([]);
  });

  it('an answer in another vocabulary is put into our words', async () => {
    const reply = { httpStatus: 200, text: '{"code":0,"response":{"status":"paid","amount":1000}}' };
    expect(JSON.parse((await createWorld([reply]).ask({ answers: 'rest-envelope' })).text ?? '')).toEqual({
      status: 'paid',
      amount: 1000,
      imp_uid: 'imp_1',
      merchant_uid: 'order_1',
    });
  });
});

describe('a second step', () => {
  const next = {
    confirmUrl: `${SHOP}/save/{imp_uid}`,
    method: 'PUT',
    encoding: 'form',
    body: 'a={amount}',
    headers: { 'X-A': '{imp_uid}' },
  } as const;

  it.each<[status: string, follows: boolean]>([
    ['paid', true],
    ['ready', true],
    ['failed', false],
    ['cancelled', false],
    ['forged', false],
    ['pending', false],
    ['nonsense', false],
  ])('follows a first answer of "%s": %s', async (status, follows) => {
    const world = createWorld([answered(status, { vbank_num: '1' }), { httpStatus: 201, text: 'saved' }], {}, { amount: 5 });
    expect(statusOf(await world.ask({ next }))).toBe(status === 'nonsense' ? 'confirm_unreadable' : status);
    expect(world.sent).toHaveLength(follows ? 2 : 1);
    if (!follows) return;
    const { url, init } = world.sent[1] as Sent;
    expect([url, init.method, `${init.body}`, init.headers.get('X-A')]).toEqual([`${SHOP}/save/imp_1`, 'PUT', 'a=5', 'imp_1']);
  });

  it('does not follow a page that is read for none', async () => {
    const world = createWorld([{ httpStatus: 200, text: '<form>' }]);
    expect(statusOf(await world.ask({ next }))).toBe('confirm_unreadable');
    expect(world.sent).toHaveLength(1);
  });

  it.each<[httpStatus: number, status: string]>([
    [200, 'paid'],
    [204, 'paid'],
    [299, 'paid'],
    [400, 'confirm_unreadable'],
    [404, 'confirm_unreadable'],
    [429, 'confirm_unreachable'],
    [503, 'confirm_unreachable'],
  ])('that is answered with HTTP %i: %s', async (httpStatus, status) => {
    // Whatever it says: the first one has said it.
    const world = createWorld([answered('paid'), answered('paid', {}, httpStatus)]);
    expect(statusOf(await world.ask({ next }))).toBe(status);
  });

  it('that fails means that both are made again', async () => {
    const world = createWorld([answered('paid'), () => Promise.reject(new TypeError('Failed to fetch'))]);
    expect(statusOf(await world.ask({ next }))).toBe('confirm_unreachable');
  });

  it('follows a merchant that asks by itself too', async () => {
    const world = createWorld([{ httpStatus: 200, text: '' }]);
    expect(statusOf(await world.ask({ next, confirm: () => 'success', answers: 'text' }))).toBe('paid');
    expect(world.sent).toHaveLength(1);
  });
});

describe("a page of the server's", () => {
  const to = (redirectUrl: unknown): Reply => ({ httpStatus: 200, text: JSON.stringify({ redirectUrl }) });
  const answers = 'redirectUrl *=page';

  it.each(['/orders/1', 'https://other.example/done', `${SHOP}/orders/1`])(
    '%s: the customer goes there, and that is the verdict',
    async (url) => {
      const world = createWorld([to(url)]);
      expect(statusOf(await world.ask({ answers }))).toBe('page');
      expect(world.edges.goToLanding.mock.calls).toEqual([[new URL(url, SHOP).href]]);
    },
  );

  it('takes nobody there who does not wait for it', async () => {
    const world = createWorld([to('/orders/1')]);
    expect(statusOf(await world.ask({ answers }, IDS, false))).toBe('page');
    expect(world.edges.goToLanding).not.toHaveBeenCalled();
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example/x', ''])(
    'is never a script, nor what is no URL: "%s"',
    async (url) => {
      const world = createWorld([to(url)]);
      expect(statusOf(await world.ask({ answers }))).toBe('confirm_unreadable');
      expect(world.edges.goToLanding).not.toHaveBeenCalled();
    },
  );

  it.each([null, 7, true, {}, ['/orders/1']])('is none where the server named none: %j', async (url) => {
    const world = createWorld([to(url)]);
    expect(statusOf(await world.ask({ answers }))).toBe('confirm_unreadable');
    expect(world.edges.goToLanding).not.toHaveBeenCalled();
  });

  it('of our own contract is none without its URL', async () => {
    const world = createWorld([answered('page')]);
    expect(statusOf(await world.ask())).toBe('confirm_unreadable');
    expect(world.edges.goToLanding).not.toHaveBeenCalled();
  });
});

describe('what is no payment', () => {
  const CERTIFIED = { ...IDS, flow: 'certification' };
  const certification = { confirmUrl: `${SHOP}/certify`, encoding: 'form', answers: 'ok true=certified' } as const;

  it.each<[flow: string | undefined, status: string, verdict: string]>([
    [undefined, 'paid', 'paid'],
    [undefined, 'ready', 'ready'],
    [undefined, 'failed', 'failed'],
    [undefined, 'certified', 'confirm_unreadable'],
    [undefined, 'registered', 'confirm_unreadable'],
    ['billing', 'registered', 'registered'],
    ['billing', 'paid', 'paid'],
    ['billing', 'certified', 'confirm_unreadable'],
    ['billing', 'failed', 'failed'],
    ['certification', 'certified', 'certified'],
    ['certification', 'paid', 'confirm_unreadable'],
    ['certification', 'ready', 'confirm_unreadable'],
    ['certification', 'registered', 'confirm_unreadable'],
    ['certification', 'failed', 'failed'],
    ['certification', 'cancelled', 'cancelled'],
  ])('%s: a server that says "%s" has said %s', async (flow, status, verdict) => {
    const world = createWorld([answered(status, { vbank_num: '1' })]);
    expect(statusOf(await world.ask({}, { ...IDS, ...(flow && { flow }) }))).toBe(verdict);
  });

  it('a verification goes to its own URL, in its own words, and a payment to the other', async () => {
    const world = createWorld([{ httpStatus: 200, text: '{"ok":true}' }]);
    expect(statusOf(await world.ask({ certification }, CERTIFIED))).toBe('certified');
    expect([world.request().url, `${world.request().init.body}`]).toEqual([`${SHOP}/certify`, 'imp_uid=imp_1&merchant_uid=order_1']);
    const shop = createWorld([answered('paid')]);
    expect(statusOf(await shop.ask({ certification }))).toBe('paid');
    expect(shop.request().url).toBe(CONFIRM);
  });

  it('one that has lost its mark is known by what was kept', async () => {
    const world = createWorld([{ httpStatus: 200, text: '{"ok":true}' }], {}, { imp_flow: 'certification' });
    expect(statusOf(await world.ask({ certification }))).toBe('certified');
    expect(world.request().url).toBe(`${SHOP}/certify`);
  });

  it('without a URL of its own it is asked about like a payment, by `confirm` too', async () => {
    const world = createWorld([answered('certified')]);
    expect(statusOf(await world.ask({}, CERTIFIED))).toBe('certified');
    expect(world.request().url).toBe(CONFIRM);
    const confirm = vi.fn(() => ({ status: 'certified', imp_uid: 'imp_1', merchant_uid: 'order_1' }));
    expect(statusOf(await createWorld().ask({ confirm }, CERTIFIED))).toBe('certified');
    expect(confirm).toHaveBeenCalledTimes(1);
  });

  it('with one, `confirm` is for payments', async () => {
    const world = createWorld([{ httpStatus: 200, text: '{"ok":true}' }]);
    const confirm = vi.fn();
    expect(statusOf(await world.ask({ certification, confirm }, CERTIFIED))).toBe('certified');
    expect(confirm).not.toHaveBeenCalled();
  });

  it('the second step is for payments and registrations', async () => {
    const next = { confirmUrl: `${SHOP}/save` };
    for (const [flow, status, sent] of [
      ['certification', 'certified', 1],
      ['billing', 'registered', 2],
    ] as const) {
      const world = createWorld([answered(status)]);
      await world.ask({ next }, { ...IDS, flow });
      expect(world.sent).toHaveLength(sent);
    }
  });
});
