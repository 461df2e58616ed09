import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as base, type Page } from '@playwright/test';

export const GENERATIONS = ['1x', 'v1'] as const;
export type Generation = (typeof GENERATIONS)[number];

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const SDK_PATHS: Readonly<Record<Generation, string>> = { '1x': '/js/iamport.payment-1.2.0.js', v1: '/v1/iamport.js' };

const SCRIPTS: Readonly<Record<string, string>> = {
  '/imp-redirect.js': file('dist/imp-redirect.js'),
  '/imp-redirect.full.js': file('dist/imp-redirect.full.js'),
  [SDK_PATHS['1x']]: file('.demo/sdk/iamport-1x.js'),
  [SDK_PATHS.v1]: file('.demo/sdk/iamport-v1.js'),
};

/** A merchant's site whose pages are written by the tests. All that they load is built, and may be cached. */
export interface Site {
  readonly shop: string;
  /** Where the SDK comes from, and where its gateway is: another site. */
  readonly portone: string;
  readonly landing: string;
  readonly sdk: Readonly<Record<Generation, string>>;
  /** The pages, by their path. */
  readonly pages: Map<string, string>;
}

const gatewayPage = (response: string) =>
  `<!doctype html><script>(opener || parent).postMessage({ type: 'portone-stand-in:ended', response: ${response} }, '*')</script>`;

export const test = base.extend<object, { readonly site: Site; readonly sharedPage: Page }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: that is how a fixture says that it needs no other.
    async ({}, use) => {
      const pages = new Map<string, string>();
      const server = createServer(({ url }, response) => {
        const { pathname, search } = new URL(url ?? '/', 'http://localhost');
        const script = SCRIPTS[pathname];
        if (script) {
          response.setHeader('cache-control', 'max-age=3600');
          response.setHeader('content-type', 'text/javascript; charset=utf-8');
          return response.end(script);
        }
        // The gateway says at once how the payment ended.
        const page = pathname === '/gateway' ? gatewayPage(decodeURIComponent(search.slice(1))) : pages.get(pathname);
        response.statusCode = page === undefined ? 404 : 200;
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end(page);
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as AddressInfo;
      const shop = `http://localhost:${port}`;
      const portone = `http://127.0.0.1:${port}`;
      const sdk = { '1x': portone + SDK_PATHS['1x'], v1: portone + SDK_PATHS.v1 };
      await use({ shop, portone, landing: `${shop}/payments/complete`, sdk, pages });
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
    { scope: 'worker' },
  ],
  /** One for many tests, each of which opens a document of its own in it. */
  sharedPage: [
    async ({ browser }, use) => {
      const page = await browser.newPage();
      await use(page);
      await page.close();
    },
    { scope: 'worker' },
  ],
});

/** One thing that was seen on a page: what it was, and its values in plain words. */
export type Entry = readonly [what: string, ...values: unknown[]];

/** How the stand-in's server answers the SDK on a page. */
export interface Answers {
  /** It cannot be asked which gateways there are: the SDK waits for ever. */
  readonly gateways?: false;
  /** Every request is refused with these fields. */
  readonly failure?: Readonly<Record<string, unknown>>;
  /** No request is answered. */
  readonly prepare?: false;
  /** The gateway stays over the page on phones too. */
  readonly stays?: true;
  /** The gateway's answer comes at once, without a frame over the page: for the many pages that are about something else. */
  readonly frameless?: boolean;
}

export interface Outcome {
  readonly log: Entry[];
  /** The codes of what was reported to the console. */
  readonly reports: string[];
}

declare global {
  interface Window {
    /** For the pages: writes something down. */
    seen(what: string, ...values: unknown[]): void;
    /** An order's params. */
    order(more?: object): Record<string, unknown>;
    /** Writes down what params look like: now, in a callback, and at the end. */
    show(params: object): void;
    /** A callback. */
    onPaid(this: unknown, ...values: unknown[]): void;
    /** What the page's button does. */
    pay?(): unknown;
    /** Waits until the page is quiet, puts our tag onto it if it comes that late, pays, and waits again. */
    pressPay(late: boolean): Promise<Outcome>;
    seenSoFar(): Entry[];
  }
}

/** Runs in the page, before anything else: writes down what happens, and answers the SDK in its server's place. */
function record(portone: string, generation: Generation, answers: Answers): void {
  const log: Entry[] = [];
  const reports: string[] = [];
  const shown: object[] = [];
  let pending = 0;

  const inWords = (value: unknown): unknown => {
    if (value === undefined) return '<undefined>';
    if (typeof value === 'function') return '<function>';
    if (value === window) return '<window>';
    if (value instanceof Error) return `<${value.name}: ${value.message}>`;
    if (Array.isArray(value)) return value.map(inWords);
    if (typeof value !== 'object' || value === null) return value;
    const prototype = Object.getPrototypeOf(value);
    const name = prototype === Object.prototype ? null : (prototype?.constructor?.name ?? 'null');
    const entries = Object.keys(value).map((key) => [key, inWords((value as Record<string, unknown>)[key])]);
    return { ...(name && { '<class>': name }), ...Object.fromEntries(entries) };
  };
  const seen = (what: string, ...values: unknown[]) => void log.push([what, ...values.map(inWords)]);
  const showAll = () => {
    for (const params of shown) seen('params', params, Object.keys(params), 'm_redirect_url' in params, Object.isFrozen(params));
  };

  const answer = ({ mobile, params }: { mobile: boolean; params: Record<string, unknown> }) => {
    if (answers.failure) return { failure: answers.failure };
    const { merchant_uid, amount } = params;
    const success = generation === '1x' && { success: true };
    const response = { ...success, imp_success: true, imp_uid: 'imp_1', merchant_uid, paid_amount: amount };
    const leaves = mobile && !answers.stays;
    if (answers.frameless && !leaves) return { failure: response };
    const gateway_url = `${portone}/gateway?${encodeURIComponent(JSON.stringify(response))}`;
    return { gateway_url, way: leaves ? 'redirect' : 'callback', imp_uid: 'imp_1' };
  };
  const respond = (url: string, init?: RequestInit): Response => {
    const nothing = new Response('', { status: 500 });
    const gateways = ['html5_inicis', 'naverpay', 'paypal', 'eximbay', 'payco', 'smilepay'];
    if (url.startsWith(`${portone}/users/pg/`))
      return answers.gateways === false ? nothing : Response.json({ code: 0, data: gateways.map((pg_provider) => ({ pg_provider })) });
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : null;
    if (url === `${portone}/sdk/prepare`) {
      seen('sent', body.params, body.mobile);
      return answers.prepare === false ? nothing : Response.json(answer(body));
    }
    seen('posted', url, body);
    return Response.json({ ok: true });
  };

  const later = () => new Promise((resolve) => setTimeout(resolve));
  const isBusy = () => pending > 0 || !!document.querySelector('.imp-dialog');
  const settle = async () => {
    let wasBusy: boolean;
    do {
      wasBusy = isBusy();
      for (let turn = 0; turn < 3; turn++) await later();
    } while (wasBusy || isBusy());
  };
  const addTag = () =>
    new Promise((resolve) => {
      const own = document.createElement('script');
      own.src = '/imp-redirect.js';
      own.dataset.redirectUrl = '/payments/complete';
      own.onload = resolve;
      document.head.append(own);
    });

  window.fetch = async (url, init) => {
    pending++;
    try {
      await later();
      return respond(String(url), init);
    } finally {
      setTimeout(() => pending--);
    }
  };
  window.alert = (message) => seen('alert', message);
  console.log = (...values) => seen('console', ...values);
  console.error = (...values) => void reports.push(...values.map((value) => `${value?.code ?? value}`));
  addEventListener('error', ({ message }) => seen('error', message));
  addEventListener('unhandledrejection', ({ reason }) => seen('rejection', reason));
  (window as unknown as { navigation: EventTarget }).navigation.addEventListener('navigate', (event) => {
    const { destination } = event as unknown as { destination: { url: string; sameDocument: boolean } };
    if (destination.sameDocument) return;
    seen('goes', destination.url);
    event.preventDefault();
  });

  window.seen = seen;
  window.seenSoFar = () => log;
  window.order = (more) => ({ pg: 'html5_inicis', merchant_uid: 'order_1', name: '연필', amount: 12_000, buyer_name: '김손님', ...more });
  window.show = (params) => {
    shown.push(params);
    showAll();
  };
  window.onPaid = function (...values) {
    seen('callback', this, ...values);
    showAll();
  };
  window.pressPay = async (late) => {
    await settle();
    if (late) await addTag();
    try {
      await window.pay?.();
    } catch (error) {
      seen('threw', error);
    }
    await settle();
    showAll();
    const { IMP } = window as unknown as { IMP?: Record<string, unknown> };
    seen('members', IMP && Object.keys(IMP).map((name) => `${name}: ${typeof IMP[name]}`));
    return { log, reports };
  };
}

/** Makes the page think that it is in another browser: what a page reads of it, it can change. */
export const userAgent = (text: string): string =>
  `<script>Object.defineProperty(navigator, 'userAgent', { get: () => '${text}' })</script>`;

export const PHONE = userAgent('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1');

/** The recorder, as a page's first script. The page stays where it is, wherever it is sent. */
export const recorder = ({ portone }: Site, generation: Generation, answers: Answers = {}): string =>
  `<script>(${record})(${[portone, generation, answers].map((value) => JSON.stringify(value)).join()})</script>`;

export const script = (url: string): string => `<script src="${url}"></script>`;

/** Our tag; of an attribute that is given twice the first one counts. */
export const tag = (attributes = '', variant: '' | '.full' = ''): string =>
  `<script src="/imp-redirect${variant}.js" ${attributes} data-redirect-url="/payments/complete"></script>`;
