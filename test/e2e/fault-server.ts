// A merchant's server that can go wrong in every way, one for each test, on a port of its own.
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const readDist = () =>
  Promise.all(
    ['complete.html', 'imp-redirect.js', 'imp-redirect.full.js'].map((name) =>
      readFile(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), 'utf8'),
    ),
  );
let dist: Promise<string[]> | undefined;

// The completion page's own: it runs no other script, and asks servers on https only.
const CSP = /<meta http-equiv="Content-Security-Policy"[^>]*>/;

const OWN_TAG = 'data-confirm-url="/payments/complete"';

/** What the landing sends. */
interface Ids {
  readonly imp_uid: string | null;
  readonly merchant_uid: string | null;
}

/** One POST to the confirm URL, as the server saw it. */
export interface Post extends Ids {
  readonly atMs: number;
  /** How many were open for its order when it came, itself included. */
  readonly inFlight: number;
}

/** What a fault may do. */
export interface Exchange extends Ids {
  readonly response: ServerResponse;
  /** Settles the order: once, however often it is asked for. */
  settle(): void;
  /** Whether the other side still listens. */
  isOpen(): boolean;
  /** The body of a verdict for the ids that were asked for. */
  body(status: string, more?: object): string;
  /** Notes that the other side is told a verdict now. */
  tell(status: string): void;
  /** Answers with a verdict. */
  answer(status: string, more?: object, httpStatus?: number): void;
}

export type Fault = (exchange: Exchange) => unknown;

const JSON_TYPE = { 'Content-Type': 'application/json' };

export const paid: Fault = (exchange) => {
  exchange.settle();
  exchange.answer('paid');
};

export const verdict =
  (status: string, more: object = {}): Fault =>
  ({ answer }) =>
    answer(status, more, status === 'forged' ? 400 : 200);

export const pending = (pollAfterMs?: number): Fault => verdict('pending', { poll_after_ms: pollAfterMs });

export const reset: Fault = ({ response }) => response.socket?.resetAndDestroy();

export const settleThenReset: Fault = (exchange) => {
  exchange.settle();
  reset(exchange);
};

/** Half of the verdict, and the connection is gone. */
export const half: Fault = ({ response, body }) => {
  const text = body('paid');
  response.writeHead(200, JSON_TYPE);
  response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
};

export const hang: Fault = () => {};

/** The headers and half of the verdict, and then nothing. */
export const stall: Fault = ({ response, body }) => {
  response.writeHead(200, JSON_TYPE);
  response.write(body('paid').slice(0, 20));
};

export const status =
  (code: number, headers: OutgoingHttpHeaders = {}): Fault =>
  ({ response }) =>
    response.writeHead(code, headers).end();

/** What a hotel's network answers with, or a session that has ended. */
export const html: Fault = ({ response }) =>
  response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>paid</title><form>status: paid, thank you. Log in</form>');

export const redirect = (to: string): Fault => status(307, { Location: to });

/** A verdict, byte by byte. */
export const trickle =
  (byteMs: number): Fault =>
  async (exchange) => {
    exchange.settle();
    exchange.response.writeHead(200, JSON_TYPE);
    for (const byte of exchange.body('paid')) {
      await new Promise((resolve) => setTimeout(resolve, byteMs));
      exchange.response.write(byte);
    }
    exchange.tell('paid');
    exchange.response.end();
  };

/** A server that takes its time, and drops what it does when nobody is waiting for it any more. */
export const slow =
  (delayMs: number, then: Fault = paid): Fault =>
  async (exchange) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (exchange.isOpen()) await then(exchange);
  };

/** What has one verdict to say and is told when to say it. */
export function gate(then: Fault = paid): { readonly fault: Fault; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { fault: (exchange) => opened.then(() => then(exchange)), open: () => open() };
}

/** The two ids of the nth order. */
export const ids = (order: number): { readonly imp_uid: string; readonly merchant_uid: string } => ({
  imp_uid: `imp_${order}`,
  merchant_uid: `m_${order}`,
});

const escapeHtml = (text: string) => text.replace(/[&"<]/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (tag: string, nonce: string, body: string) => `<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>Shop</title>
<link rel="icon" href="data:,"><script${nonce} src="/imp-redirect${/banner/.test(tag) ? '.full' : ''}.js"${tag}></script></head><body>${body}</body></html>`;

export class FaultServer {
  /** What is done with the POSTs about any order, one after the other; the last one for all that follow. */
  script: Fault[] = [paid];
  /** The same for single orders, by `merchant_uid`. */
  readonly scripts = new Map<string, Fault[]>();
  /** Attributes of the script tag, on all pages. */
  tag: Readonly<Record<string, string | number>> = {};
  /** Headers of all pages. */
  headers: OutgoingHttpHeaders = {};
  /** Of the script tags; for a Content-Security-Policy. */
  nonce = '';
  /** Markup before the script tag, on all pages. */
  before = '';
  /** Answers paths that this server does not know; says whether it did. */
  also: (url: URL, response: ServerResponse) => boolean = () => false;
  /** Who may read the answers from another origin. */
  allowOrigin = '';
  /** Whether the port is closed as soon as a landing was served. */
  refuseAfterLanding = false;

  readonly posts: Post[] = [];
  /** The orders that are paid for. The server settles each once: that is the server's part. */
  readonly settled = new Set<string>();
  /** When the browser was first told a verdict about an order: "m_1 paid". */
  readonly told = new Map<string, number>();
  mostInFlight = 0;

  onPost: (post: Post) => void = () => {};

  #completePage = '';
  #script = '';
  #fullScript = '';
  readonly #inFlight = new Map<string, number>();
  readonly #server: Server = createServer((request, response) => this.#handle(request, response));
  #port = 0;

  static async start(port = 0): Promise<FaultServer> {
    const server = new FaultServer();
    server.#port = port;
    dist ??= readDist();
    [server.#completePage, server.#script, server.#fullScript] = (await dist) as [string, string, string];
    await server.open();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The landing of the nth order. */
  landing(order = 1, path = '/payments/complete'): string {
    return `${this.origin}${path}?${new URLSearchParams({ ...ids(order), imp_success: 'true' })}`;
  }

  /** How many POSTs about an order are open. */
  inFlight(order: string): number {
    return this.#inFlight.get(order) ?? 0;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.#server.once('error', reject).listen({ port: this.#port, host: '127.0.0.1' }, resolve),
    );
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** From now on connections are refused, and those there are have ended. */
  refuse(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url as string, this.origin);
    const { pathname, searchParams } = url;
    const headers = this.allowOrigin && {
      'Access-Control-Allow-Origin': this.allowOrigin,
      'Access-Control-Allow-Headers': 'content-type',
    };
    if (headers) for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);

    if (request.method === 'POST' && pathname === '/payments/complete') this.#confirm(request, response);
    else if (this.also(url, response)) return;
    else if (request.method === 'OPTIONS' && headers) response.writeHead(204).end();
    else if (request.method !== 'GET') response.writeHead(404).end();
    else this.#serve(pathname, searchParams, response);
  }

  #serve(path: string, query: URLSearchParams, response: ServerResponse): void {
    const attributes = Object.entries(this.tag).map(([name, value]) => ` data-${name}="${escapeHtml(`${value}`)}"`);
    const ours = (this.tag['confirm-url'] ? '' : ` ${OWN_TAG}`) + attributes.join('');
    const nonce = this.nonce && ` nonce="${this.nonce}"`;
    const send = (type: string, text: string, headers: OutgoingHttpHeaders = {}) =>
      response
        .writeHead(200, { ...this.headers, ...headers, 'Content-Type': `text/${type}; charset=utf-8` })
        .end(text.replace('<script', `${this.before}<script`));

    if (path === '/imp-redirect.js') send('javascript', this.#script);
    else if (path === '/imp-redirect.full.js') send('javascript', this.#fullScript);
    else if (/complete$|landing$/.test(path)) {
      if (this.refuseAfterLanding) this.#server.close();
      const text = path.endsWith('landing')
        ? page(`${ours} data-result="main"`, nonce, '<h1>Thanks</h1><main></main>')
        : (this.before || this.tag['confirm-url'] ? this.#completePage.replace(CSP, '') : this.#completePage).replace(OWN_TAG, ours.trim());
      send('html', text, this.refuseAfterLanding ? { Connection: 'close' } : {});
    } else if (path === '/shop')
      send(
        'html',
        page(
          `${ours} data-redirect-url="/payments/complete"`,
          nonce,
          `<h1>Shop</h1><button id="pay">Pay</button><script${nonce}>
            window.IMP = { request_pay({ m_redirect_url }) { location.href = '/gateway?' + encodeURIComponent(m_redirect_url); } };
            document.querySelector('#pay').onclick = () => IMP.request_pay({ merchant_uid: ${JSON.stringify(ids(1).merchant_uid)} });
          </script>`,
        ),
      );
    else if (path === '/frame')
      send('html', `<!doctype html><title>Shop</title><h1>Shop</h1><iframe src="${escapeHtml(query.get('src') ?? '')}"></iframe>`);
    else send('html', '<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>');
  }

  async #confirm(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      return;
    }
    const asked: Ids = JSON.parse(text);
    const number = /\d+$/.exec(asked.merchant_uid ?? asked.imp_uid ?? '')?.[0];
    const order = asked.merchant_uid ?? `m_${number}`;

    const inFlight = this.inFlight(order) + 1;
    this.#inFlight.set(order, inFlight);
    this.mostInFlight = Math.max(this.mostInFlight, inFlight);
    let open = true;
    response.on('close', () => {
      open = false;
      this.#inFlight.set(order, this.inFlight(order) - 1);
    });
    const post = { ...asked, atMs: Date.now(), inFlight };
    this.posts.push(post);
    this.onPost(post);

    const tell = (status: string) => {
      const key = `${order} ${status}`;
      if (!this.told.has(key)) this.told.set(key, Date.now());
    };
    const body = (status: string, more = {}) =>
      JSON.stringify({ status, imp_uid: asked.imp_uid ?? `imp_${number}`, merchant_uid: order, amount: 12000, currency: 'KRW', ...more });
    const script = this.scripts.get(order) ?? this.script;
    const fault = (script.length > 1 ? script.shift() : script[0]) as Fault;
    await fault({
      ...asked,
      response,
      settle: () => this.settled.add(order),
      isOpen: () => open,
      body,
      tell,
      answer(status, more, httpStatus = 200) {
        tell(status);
        response.writeHead(httpStatus, JSON_TYPE).end(body(status, more));
      },
    });
  }
}

/** The same server as a process of its own, which can be killed. */
export interface ServerProcess {
  readonly origin: string;
  readonly process: ChildProcess;
  /** Resolves with the next POST that reaches it. */
  nextPost(): Promise<Post>;
}

type Message = { readonly port: number } | { readonly post: Post };

/** Starts it, either never answering or answering that the order is paid. */
export async function startProcess(answers: 'hang' | 'paid', port = 0): Promise<ServerProcess> {
  const child = fork(here, [answers, `${port}`], { execArgv: ['--import', 'tsx'] });
  const next = <T>(read: (message: Message) => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      child.once('exit', () => reject(new Error('the server has ended')));
      child.on('message', (message: Message) => {
        const value = read(message);
        if (value !== undefined) resolve(value);
      });
    });
  const taken = await next((message) => ('port' in message ? message.port : undefined));
  return {
    origin: `http://127.0.0.1:${taken}`,
    process: child,
    nextPost: () => next((message) => ('post' in message ? message.post : undefined)),
  };
}

if (process.argv[1] === here) {
  const [, , answers, port] = process.argv;
  const server = await FaultServer.start(+(port as string));
  const send = (message: Message) => process.send?.(message);
  server.script = [answers === 'hang' ? hang : paid];
  // However long it is away, it is asked twice a second.
  server.tag = { 'base-delay-ms': 1, 'max-delay-ms': 1, 'max-tries': 1000 };
  server.onPost = (post) => send({ post });
  send({ port: +new URL(server.origin).port });
}
