// A bare static host for the completion page, in a folder, and a server that answers by the order's number: one for each test.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const dist = (name: string) => readFile(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), 'utf8');

/** 2.4 days from now, in seconds. */
const DUE = Math.floor(Date.now() / 1000) + 207_360;
const BOUGHT = { amount: 39_000, name: '에티오피아 예가체프 200g 외 1건' };
const READY = {
  status: 'ready',
  ...BOUGHT,
  vbank_name: '신한은행',
  vbank_num: '110-123-456789',
  vbank_holder: '(주)모퉁이',
  vbank_date: DUE,
};
const FAILURE = `imp_success=false&error_code=F400&error_msg=${encodeURIComponent('[8051] 카드 한도가 초과되었습니다.')}`;

interface State {
  /** What the landing says beside the ids. */
  readonly query?: string;
  /** What the server answers; nothing, for ever, where there is none. */
  readonly answer?: object;
  readonly httpStatus?: number;
  /** Of the tag. */
  readonly attributes?: string;
  /** What the card says then, in its `data-state`. */
  readonly shows?: string;
}

/** Everything that the card can show, and how a customer gets there. */
export const STATES: Readonly<Record<string, State>> = {
  confirming: {},
  incomplete: { query: FAILURE },
  retrying: { httpStatus: 503 },
  deferred: { httpStatus: 503, attributes: ' data-max-tries="1"' },
  paid: { answer: { status: 'paid', ...BOUGHT, receipt_url: 'https://gateway.example/receipt/1' } },
  ready: { answer: READY },
  failed: { query: FAILURE, answer: { status: 'failed' } },
  cancelled: { answer: { status: 'cancelled', ...BOUGHT } },
  forged: { answer: { status: 'forged' }, httpStatus: 400 },
  malformed: { query: 'imp_uid=%ZZ&imp_success=true', shows: 'deferred' },
};

/** The landing of a state. */
export const queryOf = (state: string): string =>
  state === 'malformed'
    ? (STATES.malformed?.query as string)
    : `imp_uid=imp_123456789012&merchant_uid=${state}&${STATES[state]?.query ?? 'imp_success=true'}`;

export class ResultServer {
  origin = '';
  /** Bodies of requests to confirm. */
  readonly posts: { readonly imp_uid: string; readonly merchant_uid: string }[] = [];
  /** Answers in place of the state's own. */
  answers: Readonly<Record<string, object>> = {};
  /** A page at /page, instead of the completion page. */
  page = '';
  #held: Promise<void> | undefined;
  #release = (): void => {};
  readonly #server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const send = (type: string, text: string) => response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(text);
    if (request.method === 'POST') {
      let text = '';
      for await (const chunk of request) text += chunk;
      const ids = JSON.parse(text);
      this.posts.push(ids);
      await this.#held;
      const { answer = {}, httpStatus = 200 } = STATES[ids.merchant_uid] ?? {};
      const said = this.answers[ids.merchant_uid] ?? answer;
      if ('status' in said || httpStatus !== 200)
        response.writeHead(httpStatus, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ...ids, ...said }));
    } else if (pathname === '/shop/result/done.html') {
      const { attributes = '' } = STATES[searchParams.get('merchant_uid') ?? 'malformed'] ?? {};
      const lang = searchParams.get('lang') ?? 'ko';
      const accent = searchParams.get('accent') ?? '';
      send(
        'text/html',
        (await dist('complete.html'))
          .replace('<html lang="ko">', `<html lang="${lang}">`)
          .replace('<h1>결제 결과</h1>', `<h1>${lang === 'ko' ? '모퉁이 로스터스' : 'Corner Roasters'}</h1>`)
          .replace('data-retry=""', 'data-retry="/cart"')
          .replace('data-contact=""', `data-contact="02-1234-5678"${attributes}`)
          .replace('data-accent=""', `data-accent="${accent}"`),
      );
    } else if (pathname === '/page') send('text/html', this.page);
    else if (/^\/imp-redirect[\w.]*$/.test(pathname)) send('text/javascript', await dist(pathname.slice(1)));
    else response.writeHead(404).end();
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  /** The completion page in a state. */
  landing(state: string, more = ''): string {
    return `${this.origin}/shop/result/done.html?${more}${queryOf(state)}`;
  }

  /** Answers nobody until {@link release}. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
    this.#held = undefined;
  }

  /** Ends every connection, and with them what was never answered. */
  drop(): void {
    this.release();
    this.#server.closeAllConnections();
  }

  close(): void {
    this.#server.close();
    this.drop();
  }
}
