// What a merchant's server gets when it comes back: 100,000 customers landed while it was down, and each page tries again by
// itself. Seeded, and in whole milliseconds, so the numbers are the same on every machine. A 503 costs the server nothing here,
// which flatters those who ask often.
import { MAX_PACE_MS, MAX_TRIES, retryDelayMs, TIMEOUT_MS } from '../src/core/retry.js';
import { randomOf } from './random.js';

/** What a wait may depend on: the number of tries, from 1; what the server asks for, or `NaN`. */
interface Wait {
  readonly tries: number;
  readonly random: number;
  readonly paceMs: number;
}

/** How long to wait for the next try, in milliseconds; `Infinity` gives up. */
export type Policy = (wait: Wait) => number;

export const CUSTOMERS = 100_000;
/** They land from 0 on, evenly spread. */
const LANDING_MS = 2000;
/** What does not fit into the server's queue gets a 503 at once. */
const QUEUE_MS = 1000;
const UNTIL_MS = 660_000;

export interface Scenario {
  /** The server is down from 0 on. Whole seconds. */
  readonly outageMs: number;
  /** Whether a try fails at once meanwhile (refused, or answered by what stands before the server), or at the time-out, unseen by the server. */
  readonly hangs: boolean;
  /** How many confirms it serves per second afterwards. */
  readonly capacity: number;
  /** What a 503 asks for, in seconds; `NaN` for nothing. The backlog is how many orders have asked and are not served yet. */
  readonly retryAfter: (backlog: number, capacity: number) => number;
  readonly seed: number;
}

export interface Result {
  /** Tries that arrive in each second since the start, counted from second to second. */
  readonly perSecond: Uint32Array;
  /** The most of them in one second after the outage. */
  readonly peak: number;
  readonly triesPerOrder: number;
  /** When the customers got their answers, in order, and how long each of them had waited, sorted. */
  readonly toldAtMs: Float64Array;
  readonly waitsMs: Float64Array;
  /** From 0 to 1. */
  readonly toldShare: number;
  /** From the end of the outage until 95 % of all customers are told; `Infinity` where that was not reached. */
  readonly told95Ms: number;
  /** How many still wait for their next try at the end. */
  readonly waiting: number;
}

const wholeMs = (ms: number) => Math.max(1, Math.round(ms));

/** What `share` of all customers do not exceed; `Infinity` where the values are of too few of them. */
export const quantile = (sorted: Float64Array, share: number): number => sorted[Math.ceil(share * CUSTOMERS) - 1] ?? Infinity;

export function simulate(policy: Policy, { outageMs, hangs, capacity, retryAfter, seed }: Scenario): Result {
  const random = randomOf(seed);
  const landedAtMs = Float64Array.from({ length: CUSTOMERS }, () => Math.floor(random() * LANDING_MS));
  const tries = new Uint16Array(CUSTOMERS);
  const seen = new Uint8Array(CUSTOMERS);
  const perSecond = new Uint32Array(Math.ceil(UNTIL_MS / 1000));
  const toldAtMs = new Float64Array(CUSTOMERS);
  const waitsMs = new Float64Array(CUSTOMERS);

  // A customer waits for one try at most, so the calendar is a linked list per millisecond.
  const first = new Int32Array(UNTIL_MS).fill(-1);
  const next = new Int32Array(CUSTOMERS);
  let waiting = 0;
  const schedule = (customer: number, atMs: number) => {
    if (atMs === Infinity) return;
    waiting += 1;
    if (atMs >= UNTIL_MS) return;
    next[customer] = first[atMs] as number;
    first[atMs] = customer;
  };

  for (const [customer, atMs] of landedAtMs.entries()) schedule(customer, atMs);

  let total = 0;
  let told = 0;
  let orders = 0;
  let idleAtMs = 0;
  for (let nowMs = 0; nowMs < UNTIL_MS; nowMs += 1) {
    const second = Math.floor(nowMs / 1000);
    const down = nowMs < outageMs;
    for (let customer = first[nowMs] as number, following: number; customer >= 0; customer = following) {
      following = next[customer] as number;
      waiting -= 1;
      total += 1;
      perSecond[second] = (perSecond[second] as number) + 1;
      const tried = (tries[customer] as number) + 1;
      tries[customer] = tried;
      if (down && hangs) {
        schedule(customer, nowMs + TIMEOUT_MS + wholeMs(policy({ tries: tried, random: random(), paceMs: Number.NaN })));
        continue;
      }
      if (!seen[customer]) orders += 1;
      seen[customer] = 1;
      const queuedMs = Math.max(0, idleAtMs - nowMs);
      if (!down && queuedMs < QUEUE_MS) {
        idleAtMs = nowMs + queuedMs + 1000 / capacity;
        toldAtMs[told] = idleAtMs;
        waitsMs[told] = idleAtMs - (landedAtMs[customer] as number);
        told += 1;
        continue;
      }
      const paceMs = 1000 * Math.ceil(retryAfter(orders - told + (queuedMs * capacity) / 1000, capacity));
      schedule(customer, nowMs + wholeMs(policy({ tries: tried, random: random(), paceMs })));
    }
  }

  return {
    perSecond,
    peak: Math.max(...perSecond.subarray(outageMs / 1000)),
    triesPerOrder: total / CUSTOMERS,
    toldAtMs: toldAtMs.subarray(0, told),
    waitsMs: waitsMs.subarray(0, told).sort(),
    toldShare: told / CUSTOMERS,
    told95Ms: quantile(toldAtMs.subarray(0, told), 0.95) - outageMs,
    waiting,
  };
}

/** Connections are refused, and a 503 asks for nothing. */
export const STORM: Scenario = { outageMs: 60_000, hangs: false, capacity: 2000, retryAfter: () => Number.NaN, seed: 1 };

/** A short outage, and a server that serves at once whoever comes. */
export const BLIP = { outageMs: 2000, capacity: 1_000_000 };

export const ours: Policy = ({ tries, random, paceMs }) =>
  tries < MAX_TRIES ? retryDelayMs({}, tries, random, Math.min(paceMs, MAX_PACE_MS) || 0) : Infinity;
const doubledMs = (firstMs: number, { tries }: Wait) => Math.min(30_000, firstMs * 2 ** (tries - 1));

const HONEST: Partial<Scenario> = { retryAfter: (backlog, capacity) => backlog / capacity };

type Row = readonly [en: string, ko: string, policy: Policy, scenario?: Partial<Scenario>];
export const ROWS = {
  ours: ['**imp-redirect**', '**imp-redirect**', ours],
  retryAfter: ['imp-redirect, each 503 with `Retry-After: 30`', 'imp-redirect, 503마다 `Retry-After: 30`', ours, { retryAfter: () => 30 }],
  backlog: ['imp-redirect, `Retry-After`: backlog / capacity', 'imp-redirect, `Retry-After`: 밀린 주문 / 처리량', ours, HONEST],
  hanging: ['imp-redirect, requests hang until the time-out', 'imp-redirect, 시간 초과까지 응답 없음', ours, { hangs: true }],
  fixed: ['every second', '1초마다', () => 1000],
  exponential: ['2 s doubling to 30 s, not random', '2초에서 30초까지 두 배씩, 무작위 없음', (wait) => doubledMs(2000, wait)],
  fullJitter: ['random up to 1 s, doubling to 30 s', '1초에서 30초까지 두 배씩, 무작위', (wait) => wait.random * doubledMs(1000, wait)],
  fourTries: ['four tries, then none', '네 번 시도하고 그만둠', (wait) => (wait.tries < 4 ? ours(wait) : Infinity)],
} satisfies Record<string, Row>;

export type Results = Record<keyof typeof ROWS, { readonly storm: Result; readonly blip: Result }>;

export const simulateAll = () =>
  Object.fromEntries(
    Object.entries<Row>(ROWS).map(([key, [, , policy, scenario]]) => [
      key,
      { storm: simulate(policy, { ...STORM, ...scenario }), blip: simulate(policy, { ...STORM, ...scenario, ...BLIP }) },
    ]),
  ) as Results;

const WORDS = {
  en: {
    head: ['policy', 'most requests/s after the outage', 'requests per order', '95 % told after', 'told', '2 s blip: median, p95 wait'],
    units: { s: ' s', percent: ' %' },
    late: { never: 'never', notYet: 'not within 10 min' },
  },
  ko: {
    head: ['재시도 방식', '장애 뒤 초당 최대 요청', '주문당 요청', '95%가 답을 받기까지', '답을 받은 비율', '2초 장애: 대기 중앙값, p95'],
    units: { s: '초', percent: '%' },
    late: { never: '받지 못함', notYet: '10분 안에는 못 받음' },
  },
};

/** The READMEs, and the language of each. Their tables stand between two comments. */
export const READMES = { 'README.md': 'en', 'README.ko.md': 'ko' } as const;
export const TABLE = /(?<=<!-- storm -->\n)[\s\S]*?(?=<!-- \/storm -->)/;

/** A Markdown table, with the line's end. */
export function tableOf(results: Results, language: keyof typeof WORDS): string {
  const { head, units, late } = WORDS[language];
  const secondsOf = (ms: number, digits: number) => (ms / 1000).toFixed(digits) + units.s;
  const rows = Object.entries<Row>(ROWS).map(([key, [en, ko]]) => {
    const { storm, blip } = results[key as keyof Results];
    return [
      language === 'en' ? en : ko,
      storm.peak.toLocaleString('en'),
      storm.triesPerOrder.toFixed(1),
      storm.told95Ms < Infinity ? secondsOf(storm.told95Ms, 0) : storm.waiting ? late.notYet : late.never,
      Math.floor(storm.toldShare * 100) + units.percent,
      [0.5, 0.95].map((share) => secondsOf(quantile(blip.waitsMs, share), 1)).join(', '),
    ];
  });
  return [head, ['---', '--:', '--:', '--:', '--:', '--:'], ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
