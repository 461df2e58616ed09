import { exec } from 'node:child_process';
import type { Options } from './args.js';
import type { Words } from './findings.js';
import { exchange, inWords, isHtml, type Jar } from './http.js';

/** An order of the merchant's that nobody has paid. */
export interface Order {
  readonly merchantUid: string;
  /** In the currency's usual unit, as PortOne has it. */
  readonly amount: number;
  readonly currency: string;
  /** What is passed on by `pass`. */
  readonly passed: string | null;
}

/** Why there is no order; in words, without what the server said. */
export class NoOrder extends Error {
  constructor(readonly words: Words) {
    super(words.en);
  }
}

/** Gives the next order; `null` where the merchant has given no more. @throws NoOrder */
export type NextOrder = () => Promise<Order | null>;

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((holder, name) => Object.getOwnPropertyDescriptor(Object(holder), name)?.value, value);

const UNREADABLE = (options: Options): NoOrder =>
  new NoOrder({
    en: `no ${options.orderId} and ${options.orderAmount} (a number) in what tells of it: see --order-id and --order-amount`,
    ko: `${options.orderId}와 ${options.orderAmount}(숫자)이 없습니다. --order-id와 --order-amount를 보세요`,
  });

/** An order out of `ID:AMOUNT`, `ID:AMOUNT:CURRENCY`, or JSON. */
function readOrder(text: string, options: Options): Order {
  const { orderId, orderAmount, orderCurrency, orderPass, pass } = options;
  const [, id, number, unit] = /^([^\s{[]\S*?):(\d+(?:\.\d+)?)(?::([A-Z]{3}))?$/.exec(text.trim()) ?? [];
  if (id) return { merchantUid: id, amount: Number(number), currency: unit ?? 'KRW', passed: null };
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {}
  const merchantUid = at(told, orderId);
  const amount = Number(at(told, orderAmount));
  if (!/^(string|number)$/.test(typeof merchantUid) || !(amount > 0)) throw UNREADABLE(options);
  const passed = at(told, orderPass ?? pass ?? '');
  return {
    merchantUid: `${merchantUid}`,
    amount,
    currency: `${at(told, orderCurrency) ?? 'KRW'}`,
    passed: passed === undefined || passed === null ? null : `${passed}`,
  };
}

/** Makes an order as the merchant's checkout page does: `POST URL BODY`. */
async function createOrder(request: string, options: Options, jar: Jar): Promise<Order> {
  const [, method = 'POST', url = '', body = ''] = /^\s*(?:([A-Za-z]+)\s+)?(\S+)\s*([\s\S]*)$/.exec(request) ?? [];
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new NoOrder({
      en: `--create-order must be like 'POST http://localhost:3000/orders {"item":1}'`,
      ko: `--create-order는 'POST http://localhost:3000/orders {"item":1}'처럼 적으세요`,
    });
  const headers: Record<string, string> = { Accept: 'application/json', Origin: new URL(url).origin, 'Sec-Fetch-Site': 'same-origin' };
  if (body) headers['Content-Type'] = /^[[{]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded';
  if (jar.read(url)) headers.Cookie = jar.read(url);
  const answer = await exchange(url, { method: method.toUpperCase(), headers, ...(body && { body }) }, options.timeoutMs);
  if (answer.status < 200 || answer.status > 299 || isHtml(answer)) {
    const { en, ko } = inWords(answer, options.timeoutMs);
    throw new NoOrder({ en: `--create-order: ${en}`, ko: `--create-order: ${ko}` });
  }
  jar.keep(url, answer.headers);
  return readOrder(answer.text, options);
}

/** Runs the merchant's own command, which prints an order. */
const runCommand = (command: string, timeoutMs: number) =>
  new Promise<string>((resolve, reject) => {
    exec(command, { timeout: timeoutMs, maxBuffer: 1024 * 1024 }, (error, stdout) =>
      error
        ? reject(
            new NoOrder({
              en: `--order-command ended with ${error.code ?? error.signal}`,
              ko: `--order-command가 ${error.code ?? error.signal}로 끝났습니다`,
            }),
          )
        : resolve(stdout.trim().split('\n').at(-1) ?? ''),
    );
  });

/**
 * Where orders come from, as the merchant has said.
 *
 * @param jar of the one customer who makes them all
 */
export function createOrders(options: Options, jar: Jar): NextOrder {
  const given = [...options.order];
  return async () => {
    if (options.createOrder) return createOrder(options.createOrder, options, jar);
    const text = options.orderCommand ? await runCommand(options.orderCommand, Math.max(options.timeoutMs, 30_000)) : given.shift();
    return text === undefined ? null : readOrder(text, options);
  };
}
