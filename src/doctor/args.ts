import { parseArgs } from 'node:util';
import { VOCABULARIES } from '../core/answers.js';
import type { Lang, Words } from './findings.js';

/** What the doctor is asked to do. URLs are absolute. */
export interface Options {
  readonly confirmUrl: string;
  /** The completion page; left out: whatever a GET of the confirm URL gives. */
  readonly page?: string | undefined;
  /** A page with PortOne's SDK. */
  readonly checkout?: string | undefined;
  readonly webhook?: string | undefined;

  readonly outside: boolean;
  readonly portonePort: number;
  readonly apiKey?: string | undefined;
  readonly apiSecret?: string | undefined;

  readonly order: readonly string[];
  readonly createOrder?: string | undefined;
  readonly orderCommand?: string | undefined;
  /** Where an order's fields are in what tells of it: names with dots between. */
  readonly orderId: string;
  readonly orderAmount: string;
  readonly orderCurrency: string;
  readonly orderPass?: string | undefined;

  /** How the landing page asks, by the names of `complete`'s options; what is left out is the tag's, or else the default. */
  readonly method?: string | undefined;
  readonly encoding?: 'json' | 'form' | 'multipart' | 'none' | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly csrf?: boolean | undefined;
  readonly credentials?: 'same-origin' | 'include' | 'omit' | undefined;
  readonly answers?: string | undefined;
  readonly pass?: string | undefined;
  /** Cookies of a customer's, as in a `Cookie` header. */
  readonly cookie?: string | undefined;

  /** How long one request may take, in milliseconds: as long as the landing page waits. */
  readonly timeoutMs: number;
  readonly json: boolean;
  readonly lang: Lang;
}

/** A command line that cannot be obeyed; the words say what to write instead. */
export class UsageError extends Error {
  readonly words: Words;

  constructor(en: string, ko: string) {
    super(en);
    this.words = { en, ko };
  }
}

const FLAGS = {
  page: { type: 'string' },
  checkout: { type: 'string' },
  webhook: { type: 'string' },
  outside: { type: 'boolean' },
  'portone-port': { type: 'string' },
  'api-key': { type: 'string' },
  'api-secret': { type: 'string' },
  order: { type: 'string', multiple: true },
  'create-order': { type: 'string' },
  'order-command': { type: 'string' },
  'order-id': { type: 'string' },
  'order-amount': { type: 'string' },
  'order-currency': { type: 'string' },
  'order-pass': { type: 'string' },
  method: { type: 'string' },
  encoding: { type: 'string' },
  body: { type: 'string' },
  headers: { type: 'string' },
  csrf: { type: 'boolean' },
  credentials: { type: 'string' },
  answers: { type: 'string' },
  pass: { type: 'string' },
  cookie: { type: 'string' },
  'timeout-ms': { type: 'string' },
  lang: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export const FLAG_NAMES: readonly string[] = Object.keys(FLAGS);

/** How many letters two names differ by. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (letter === b[j] ? 0 : 1)));
    row = next;
  }
  return row[b.length] as number;
}

/** The name that was meant, perhaps. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const plain = name.replace(/^data-/, '').toLowerCase();
  const near = (other: string) => distance(plain, other) / Math.max(plain.length, other.length);
  return names.find((other) => other === plain) ?? [...names].sort((a, b) => near(a) - near(b)).find((other) => near(other) < 0.4);
}

/** The language of an environment. */
export const langOf = (env: Readonly<Record<string, string | undefined>>): Lang =>
  /^ko/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'ko' : 'en';

function readUrl(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    throw new UsageError(
      `${name} must be a whole URL, such as http://localhost:3000/payments/complete`,
      `${name}: http://localhost:3000/payments/complete처럼 전체 URL을 적으세요`,
    );
  // They would stand in logs, and fetch refuses them.
  if (new URL(value).username)
    throw new UsageError(
      `${name}: no user and password in a URL; use --headers '{"Authorization":"Basic …"}'`,
      `${name}: URL에 사용자 이름과 비밀번호를 넣지 말고 --headers '{"Authorization":"Basic …"}'를 쓰세요`,
    );
  return value;
}

function readNumber(name: string, value: string | undefined, fallback: number, max: number): number {
  if (value === undefined) return fallback;
  if (!/^\d{1,8}$/.test(value) || +value < 1 || +value > max)
    throw new UsageError(`${name} must be a number from 1 to ${max}`, `${name}: 1부터 ${max}까지의 숫자를 적으세요`);
  return +value;
}

function readOneOf<T extends string>(name: string, value: string | undefined, words: readonly T[]): T | undefined {
  if (value === undefined || words.includes(value as T)) return value as T | undefined;
  throw new UsageError(`${name} must be one of ${words.join(', ')}`, `${name}: ${words.join(', ')} 중 하나를 적으세요`);
}

function readHeaders(value: string | undefined): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  try {
    const headers: unknown = JSON.parse(value);
    if (headers && typeof headers === 'object' && !Array.isArray(headers))
      return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, `${text}`]));
  } catch {}
  // Not quoted: a token may be in it.
  throw new UsageError(
    `--headers must be JSON, such as '{"X-Requested-With":"XMLHttpRequest"}'`,
    `--headers: '{"X-Requested-With":"XMLHttpRequest"}' 같은 JSON을 적으세요`,
  );
}

/**
 * Reads the command line.
 *
 * @param args what stands behind `imp-redirect doctor`
 * @param env the language, where `--lang` does not tell
 * @returns `help` where only help is wanted
 * @throws UsageError
 */
export function readArgs(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options | 'help' {
  const names = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).map((arg) => /^--([^=]+)/.exec(arg)?.[1]);
  for (const name of names)
    if (name && !FLAG_NAMES.includes(name)) {
      const meant = nearest(name, FLAG_NAMES);
      throw new UsageError(
        `there is no option --${name}${meant ? `; did you mean --${meant}?` : ''}`,
        `--${name} 옵션은 없습니다${meant ? `. --${meant}인가요?` : ''}`,
      );
    }
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    const [message = ''] = (error as Error).message.split('\n');
    throw new UsageError(message, message);
  }
  const { values, positionals } = parsed;
  if (values.help) return 'help';
  const [confirmUrl, ...more] = positionals;
  if (!confirmUrl)
    throw new UsageError(
      'the confirm URL is missing: imp-redirect doctor http://localhost:3000/payments/complete',
      '확인 주소가 없습니다: imp-redirect doctor http://localhost:3000/payments/complete',
    );
  if (more.length > 0)
    throw new UsageError(
      'one confirm URL at a time; put quotes around what has spaces in it',
      '확인 주소는 하나만 적으세요. 띄어쓰기가 있는 값은 따옴표로 감싸세요',
    );
  const sources = [values.order, values['create-order'], values['order-command']].filter(Boolean).length;
  if (!values.outside && sources === 0)
    throw new UsageError(
      'it takes orders to pay: --order ID:AMOUNT three times, --create-order, or --order-command; or --outside, for what can be seen without',
      '결제해 볼 주문이 필요합니다. --order 주문번호:금액을 세 번 적거나, --create-order나 --order-command를 쓰세요. 주문 없이 볼 수 있는 것만 보려면 --outside를 쓰세요',
    );
  if (sources > 1)
    throw new UsageError(
      'give one of --order, --create-order and --order-command',
      '--order, --create-order, --order-command 중 하나만 쓰세요',
    );
  const { method, body, answers, pass, cookie } = values;
  if (answers && !/\s/.test(answers) && !Object.hasOwn(VOCABULARIES, answers))
    throw new UsageError(
      `--answers must be one of ${Object.keys(VOCABULARIES).join(', ')}, or words such as "success true=paid"`,
      `--answers: ${Object.keys(VOCABULARIES).join(', ')} 중 하나나 "success true=paid" 같은 말을 적으세요`,
    );
  return {
    confirmUrl: readUrl('confirm-url', confirmUrl) as string,
    page: readUrl('--page', values.page),
    checkout: readUrl('--checkout', values.checkout),
    webhook: readUrl('--webhook', values.webhook),
    outside: values.outside ?? false,
    portonePort: readNumber('--portone-port', values['portone-port'], 4002, 65535),
    apiKey: values['api-key'],
    apiSecret: values['api-secret'],
    order: values.order ?? [],
    createOrder: values['create-order'],
    orderCommand: values['order-command'],
    orderId: values['order-id'] ?? 'merchant_uid',
    orderAmount: values['order-amount'] ?? 'amount',
    orderCurrency: values['order-currency'] ?? 'currency',
    orderPass: values['order-pass'],
    method: method?.toUpperCase(),
    encoding: readOneOf('--encoding', values.encoding, ['json', 'form', 'multipart', 'none']),
    body,
    headers: readHeaders(values.headers),
    csrf: values.csrf,
    credentials: readOneOf('--credentials', values.credentials, ['same-origin', 'include', 'omit']),
    answers,
    pass,
    cookie,
    timeoutMs: readNumber('--timeout-ms', values['timeout-ms'], 10_000, 600_000),
    json: values.json ?? false,
    lang: readOneOf('--lang', values.lang, ['ko', 'en']) ?? langOf(env),
  };
}

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
