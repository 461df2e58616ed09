// Merchants' servers as they are found, one for each host name: each takes requests of one look and no other, and answers in its
// own words. The pages that ask them are served from here too, on two ports: the second one is another origin.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';

/** The one order. Its number has everything in it that an encoding can lose. */
export const ORDER = { imp_uid: 'imp_448280090638', merchant_uid: '주문 7/2&x=3+4' } as const;

/** What a server says. */
export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  /** @default that of JSON, or of plain text */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** It never says anything. */
  readonly hangs?: boolean;
}

const VBANK = { vbank_name: '우리은행', vbank_num: '1002-123-456789', vbank_holder: '가게', vbank_date: 1_900_000_000 };
const LOGIN_PAGE = '<!doctype html><title>로그인</title><p>success paid PAID ok true 성공</p><form action="/login"></form>';

/** PortOne's own answer to its REST API, handed on. */
const envelope = (payment: object | null, code = 0, message: string | null = null): Answer => ({
  json: { code, message, response: payment && { ...ORDER, amount: 12000, currency: 'KRW', ...payment } },
});

/** Every shape of an answer, by what it is. */
export const ANSWERS = {
  // The contract's own.
  paid: { json: { status: 'paid', ...ORDER, amount: 12000 } },
  ready: { json: { status: 'ready', ...ORDER, ...VBANK } },
  'ready without an account': { json: { status: 'ready', ...ORDER } },
  failed: { json: { status: 'failed', ...ORDER, message: '한도 초과' } },
  cancelled: { json: { status: 'cancelled', ...ORDER } },
  forged: { status: 400, json: { status: 'forged', ...ORDER } },
  pending: { json: { status: 'pending', ...ORDER } },
  'paid, of another order': { json: { status: 'paid', ...ORDER, merchant_uid: 'm_2' } },
  'paid, by another payment': { json: { status: 'paid', ...ORDER, imp_uid: 'imp_2' } },
  'paid, without ids': { json: { status: 'paid' } },
  'paid, in a list': { json: [{ status: 'paid', ...ORDER }] },
  'paid, with 500': { status: 500, json: { status: 'paid', ...ORDER } },
  // The manual's.
  'manual: success': { json: { status: 'success', message: '일반 결제 성공' } },
  'manual: virtual account': { json: { status: 'vbankIssued', message: '가상계좌 발급 성공' } },
  'manual: forgery': { status: 400, json: { status: 'forgery', message: '위조된 결제시도' } },
  'manual: forgery with 200': { json: { status: 'forgery', message: '위조된 결제시도' } },
  'manual: an error': { status: 400, json: {} },
  // PortOne's envelope, as Java libraries hand it on.
  'envelope: paid': envelope({ status: 'paid' }),
  'envelope: ready': envelope({ status: 'ready', ...VBANK }),
  'envelope: ready without an account': envelope({ status: 'ready', vbank_num: null }),
  'envelope: failed': envelope({ status: 'failed', fail_reason: '한도 초과' }),
  'envelope: cancelled': envelope({ status: 'cancelled' }),
  'envelope: unknown payment': envelope(null, -1, '존재하지 않는 결제정보입니다.'),
  'envelope: an error beside a payment': envelope({ status: 'paid' }, 1, '결제금액이 다릅니다.'),
  'envelope: of another order': envelope({ status: 'paid', merchant_uid: 'm_2' }),
  'envelope: by another payment': envelope({ status: 'paid', imp_uid: 'imp_2' }),
  // V2's samples.
  'v2: PAID': { json: { status: 'PAID' } },
  'v2: virtual account': { json: { status: 'VIRTUAL_ACCOUNT_ISSUED' } },
  'v2: FAILED': { json: { status: 'FAILED', message: '결제 실패' } },
  'v2: 400': { status: 400, text: '결제 동기화에 실패했습니다.' },
  // Nested.
  'data.payStatus': { json: { ok: true, data: { payStatus: 'PAID' } } },
  'data.payStatus, waiting': { json: { ok: true, data: { payStatus: 'WAITING' } } },
  'data missing': { json: { ok: true } },
  'result.payment.state': { json: { result: { payment: { state: 'DONE' } } } },
  'result in a list': { json: { result: [{ state: 'DONE' }] } },
  // Booleans and numbers.
  'success: true': { json: { success: true } },
  'success: false': { json: { success: false } },
  'works: true': { json: { works: true } },
  true: { json: true },
  false: { json: false },
  null: { json: null },
  'ret: 1': { json: { ret: 1 } },
  'ret: 0': { json: { ret: 0 } },
  'code: 0': { json: { code: 0 } },
  'code: "0000"': { json: { code: '0000', msg: '성공' } },
  'code: 1': { json: { code: 1, msg: '실패' } },
  'verified: true': { json: { verified: true } },
  'completed: true': { json: { completed: true } },
  'isPaid: true': { json: { isPaid: true } },
  'isPaid: false': { json: { isPaid: false } },
  'status: 200': { json: { status: 200 } },
  'already done': { json: { success: false, error: '이미 처리된 결제' } },
  'another error': { json: { success: false, error: '금액 불일치' } },
  // Text.
  'text: success': { text: 'success' },
  'text: success, by JSP': { text: '\r\n\r\n\r\n  success\r\n', type: 'text/html;charset=utf-8' },
  'text: success, with a byte order mark': { text: '\ufeffsuccess', type: 'text/html' },
  'text: success, as JSON': { json: 'success' },
  'text: vbankIssued': { text: 'vbankIssued' },
  'text: forgery': { text: 'forgery' },
  'text: ok': { text: 'ok' },
  'text: 성공': { text: '성공' },
  'text: true': { text: 'true' },
  'text: 0': { text: '0' },
  'text: fail': { text: 'fail' },
  'text: not a success': { text: 'success 아님' },
  // A place to go.
  redirectUrl: { json: { redirectUrl: '/orders/7' } },
  'redirectUrl, to a script': { json: { redirectUrl: 'javascript:document.body.append("hacked")' } },
  'redirectUrl, empty': { json: { redirectUrl: null } },
  continueUrl: { json: { continueUrl: '$api/orders/7' } },
  'a redirect': { status: 302, headers: { Location: '/orders/7' } },
  'a page': { text: '<!doctype html><meta charset="utf-8"><h1>주문 완료</h1>', type: 'text/html' },
  // The status alone.
  'HTTP 200': { status: 200, text: '' },
  'HTTP 201': { status: 201, text: '' },
  'HTTP 204': { status: 204 },
  'HTTP 400': { status: 400, text: '' },
  'HTTP 404': { status: 404, text: 'Cannot POST' },
  'HTTP 500': { status: 500, text: 'down' },
  'no answer': { hangs: true },
  // The traps.
  'FastAPI: an error with 200': { json: ['결제 동기화에 실패했습니다.', 400] },
  'a login page with 200': { text: LOGIN_PAGE, type: 'text/html' },
} satisfies Record<string, Answer>;

export type AnswerName = keyof typeof ANSWERS;

/** One endpoint: what a request must look like. */
export interface Wanted {
  /** @default 'POST' */
  readonly method?: string;
  /** Percent-decoded. @default '/payments/complete' */
  readonly path?: string;
  /** All of the query. @default nothing */
  readonly query?: Readonly<Record<string, string>>;
  /** How the body is read; with nothing there must be no body, and nothing said of its type. */
  readonly type?: 'json' | 'form' | 'multipart' | 'form as JSON' | 'JSON as text';
  /** The body when it is read: all of it. */
  readonly body?: unknown;
  /** `$origin` is the page's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A cookie that it knows the customer by; none may come where it is ''. */
  readonly session?: string;
  /** Whether it is on the other origin; what its CORS allows there. Without 'preflight' there must be none. */
  readonly elsewhere?: readonly ('preflight' | 'credentials')[];
  /** Whether it is opened as a page, and not asked by a script. */
  readonly isPage?: boolean;
  /** One for each request, the last one for all that follow. @default paid */
  readonly answers?: readonly Answer[];
}

/** A merchant: the pages and the server. In attributes, scripts and answers `$api` is the other origin. */
export interface Site {
  /** Of our script tag, without `data-`. */
  readonly tag?: Readonly<Record<string, string>>;
  /** Markup before it. */
  readonly head?: string;
  /** What the page's own script does, after ours. */
  readonly script?: string;
  /** What the server gave the browser before; of the session, scripts see nothing. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** The page with the pay button: its markup, and the params of request_pay. */
  readonly shop?: { readonly body?: string; readonly script?: string; readonly params?: object };
  readonly wants?: readonly Wanted[];
}

/** A merchant who is there. */
export interface Merchant {
  readonly origin: string;
  /** The landing of the order. */
  landing(query?: Readonly<Record<string, string>>): string;
  /** What reached the server beside its pages, in order: "POST /payments/complete". */
  readonly calls: string[];
  /** Why it was refused, where it was. */
  readonly refusals: string[];
}

interface Running extends Merchant {
  readonly site: Site;
  readonly answered: Map<Wanted, number>;
}

const ALL_KINDS: Readonly<Record<NonNullable<Wanted['type']>, RegExp>> = {
  json: /^application\/json(; ?charset=utf-8)?$/i,
  form: /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i,
  multipart: /^multipart\/form-data; boundary=/,
  'form as JSON': /^application\/json$/i,
  'JSON as text': /^text\/plain/,
};

const escapeHtml = (text: string) => text.replace(/[&"<]/g, (c) => `&#${c.charCodeAt(0)};`);

// The gateway is left out: the customer is back at once.
const SDK = `window.IMP = {
  init() {},
  request_pay({ m_redirect_url, merchant_uid }) {
    const url = new URL(m_redirect_url);
    for (const [key, value] of [['imp_uid', '${ORDER.imp_uid}'], ['merchant_uid', merchant_uid], ['imp_success', 'true']])
      url.searchParams.append(key, value);
    location.href = url.href;
  },
};`;

// Tells the page around it every state that the card ever has, and what it says in the last one.
const WATCH = `window.states = [];
new MutationObserver(() => {
  const card = document.querySelector('.imp-redirect');
  const { state } = card?.dataset ?? {};
  if (state && state !== states[states.length - 1]) states.push(state);
  parent.postMessage({ states, text: card?.shadowRoot.querySelector('section').textContent }, '*');
}).observe(document, { childList: true, subtree: true, attributes: true });`;

// Dozens of new ones at a time take a busy machine's disk longer than anybody waits for them.
const NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined });";

export class PatternServer {
  readonly #running = new Map<string, Running>();
  readonly #servers: Server[] = [];
  #ports: readonly number[] = [];
  #script = '';
  #frames: readonly string[] = [];

  static async start(): Promise<PatternServer> {
    const server = new PatternServer();
    server.#script = await readFile(fileURLToPath(new URL('../../dist/imp-redirect.full.js', import.meta.url)), 'utf8');
    const listener = getRequestListener(server.#app().fetch);
    server.#ports = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<number>((resolve, reject) => {
            const http = createServer(listener);
            server.#servers.push(http);
            http.once('error', reject).listen({ port: 0, host: '127.0.0.1' }, () => resolve((http.address() as AddressInfo).port));
          }),
      ),
    );
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#servers.map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }

  /** Opens a merchant on a host of its own: nothing that is kept in the browser is another's. Browsers know where localhost's are. */
  open(site: Site): Merchant {
    const host = `m${this.#running.size}.shop.localhost`;
    const origin = `http://${host}:${this.#ports[0]}`;
    const running: Running = {
      site,
      origin,
      landing: (query = { ...ORDER, imp_success: 'true' }) => `${origin}/done?${new URLSearchParams(query)}`,
      calls: [],
      refusals: [],
      answered: new Map(),
    };
    this.#running.set(host, running);
    return running;
  }

  /** A page with other pages in frames, all of them in sight: what they show is in its `shown`, by origin. */
  frames(urls: readonly string[]): string {
    this.#frames = urls;
    return `http://shop.localhost:${this.#ports[0]}/frames`;
  }

  #app(): Hono {
    const app = new Hono();
    const merchantOf = (c: Context) => this.#running.get(new URL(c.req.url).hostname);
    app.get('/imp-redirect.full.js', (c) =>
      c.body(this.#script, 200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=600' }),
    );
    app.get('/favicon.ico', (c) => c.body(null, 204));
    app.get('/frames', (c) =>
      c.html(`<!doctype html><script>
        window.shown = {};
        onmessage = ({ origin, data }) => { shown[origin] = data; };
      </script>${this.#frames.map((url) => `<iframe src="${escapeHtml(url)}" style="width:40px;height:30px"></iframe>`).join('')}`),
    );
    app.get('/done', (c) => this.#page(c, merchantOf(c)));
    app.get('/shop', (c) => this.#page(c, merchantOf(c), true));
    app.all('*', (c) => this.#ask(c, merchantOf(c)));
    return app;
  }

  #resolve = (text: string, { origin }: Merchant) => text.replaceAll('$api', origin.replace(/\d+$/, `${this.#ports[1]}`));

  async #page(c: Context, merchant: Running | undefined, isShop = false): Promise<Response> {
    if (!merchant) return c.notFound();
    const { tag = {}, head = '', script = '', cookies = {}, shop = {} } = merchant.site;
    const attributes = Object.entries({ 'max-tries': '1', ...tag }).map(
      ([name, value]) => ` data-${name}="${escapeHtml(this.#resolve(value, merchant))}"`,
    );
    const ours = `<script src="/imp-redirect.full.js"${attributes.join('')}></script>`;
    const body = isShop
      ? `${shop.body ?? ''}<button id="pay">결제</button>${ours}<script>${SDK}
          document.querySelector('#pay').onclick = () => IMP.request_pay(${JSON.stringify({ ...ORDER, ...shop.params })});
          ${shop.script ?? ''}</script>`
      : `<main></main><script>${WATCH}${merchant.site.shop ? '' : NO_DATABASE}</script>${ours}<script>${this.#resolve(script, merchant)}</script>`;
    for (const [name, value] of Object.entries(cookies))
      c.header('Set-Cookie', `${name}=${value}; Path=/${/sess/i.test(name) ? '; HttpOnly' : ''}`, { append: true });
    return c.html(
      `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body>${body}</body></html>`,
    );
  }

  async #ask(c: Context, merchant: Running | undefined): Promise<Response> {
    if (!merchant) return c.notFound();
    const url = new URL(c.req.url);
    const { method } = c.req;
    const path = decodeURIComponent(url.pathname);
    merchant.calls.push(`${method} ${path}`);
    const refuse = (why: string) => {
      merchant.refusals.push(`${method} ${url.pathname}${url.search}: ${why}`);
      return c.text(why, 400);
    };
    const at = merchant.site.wants?.filter((wanted) => path === (wanted.path ?? '/payments/complete')) ?? [];
    const isElsewhere = +url.port === this.#ports[1];
    const allowed = at[0]?.elsewhere;
    if (isElsewhere !== !!allowed) return refuse('the wrong origin');
    if (allowed) {
      c.header('Access-Control-Allow-Origin', merchant.origin);
      if (allowed.includes('credentials')) c.header('Access-Control-Allow-Credentials', 'true');
      if (method === 'OPTIONS') {
        if (!allowed.includes('preflight')) return refuse('a preflight');
        c.header('Access-Control-Allow-Headers', 'content-type, authorization');
        return c.body(null, 204);
      }
    }
    const wanted = at.find((one) => method === (one.method ?? 'POST'));
    if (!wanted) return refuse('no such endpoint');
    const why = await whyNot(c, url, wanted, merchant.origin);
    if (why) return refuse(why);

    const { answers = [ANSWERS.paid] } = wanted;
    const count = merchant.answered.get(wanted) ?? 0;
    merchant.answered.set(wanted, count + 1);
    const answer = answers[Math.min(count, answers.length - 1)] as Answer;
    if (answer.hangs) return new Promise(() => {});
    const { json, text = json === undefined ? undefined : JSON.stringify(json), status = 200, headers = {} } = answer;
    const type = answer.type ?? (json === undefined ? 'text/plain;charset=utf-8' : 'application/json');
    for (const [name, value] of Object.entries({ ...(text && { 'Content-Type': type }), ...headers })) c.header(name, value);
    return text === undefined ? c.body(null, status as 204) : c.body(this.#resolve(text, merchant), status as 200);
  }
}

/** What a server does not like about a request. */
async function whyNot(c: Context, url: URL, wanted: Wanted, origin: string): Promise<string | undefined> {
  const { query = {}, type, body, headers = {}, session, isPage } = wanted;
  const { req } = c;
  const came = Object.fromEntries(url.searchParams);
  if (!isDeepStrictEqual(came, { ...query })) return `the query is ${JSON.stringify(came)}`;
  for (const [name, value] of Object.entries(headers))
    if (req.header(name) !== value.replace('$origin', origin)) return `the header ${name} is ${JSON.stringify(req.header(name))}`;
  if (session !== undefined && (getCookie(c, 'session') ?? '') !== session) return `the session is ${getCookie(c, 'session')}`;
  if ((req.header('Sec-Fetch-Mode') === 'navigate') !== !!isPage) return 'a page is not a script';

  const contentType = req.header('Content-Type');
  if (!type) return contentType || +(req.header('Content-Length') ?? 0) ? `a body, of type ${contentType}` : undefined;
  if (!ALL_KINDS[type].test(contentType ?? '')) return `the type is ${contentType}`;
  const read =
    type === 'form as JSON'
      ? Object.fromEntries(new URLSearchParams(await req.text()))
      : /json/i.test(type)
        ? JSON.parse(await req.text())
        : { ...(await req.parseBody({ all: true })) };
  return isDeepStrictEqual({ read }, { read: body }) ? undefined : `the body is ${JSON.stringify(read)}`;
}
