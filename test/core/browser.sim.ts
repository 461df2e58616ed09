// A simulated world for the schedule tests: a merchant's server, browsers that can be killed, tabs, pages. The pages run the real
// flows with the real edges (all but the SDK's and the view's) over a small fake of each browser API. Time is virtual, chance is
// seeded: the same schedule always ends the same.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { transformSync } from '@swc/core';
import { randomOf } from '../../scripts/random.js';
import { type CompleteEdges, createComplete } from '../../src/complete.js';
import type { Ids } from '../../src/core/claim.js';
import type { ViewModel } from '../../src/core/messages.js';
import { type CompleteOptions, resolveWrapOptions } from '../../src/core/options.js';
import { keyOf as entryKeyOf, type Outbox, partsOf, rewrite } from '../../src/core/outbox.js';
import { MAX_TRIES } from '../../src/core/retry.js';
import type { PayEdges } from '../../src/pay.js';
import { rowsOf } from './helpers.js';

const SHOP = 'https://shop.example.kr';
const NAME = 'imp-redirect';

// ---------------------------------------------------------------------------------------------------------------- the real edges

/** What an edge may see of the platform; what a page does not give is `undefined`, and the real one is out of reach. */
const GLOBALS = (
  'window self globalThis indexedDB localStorage sessionStorage setTimeout clearTimeout setInterval setImmediate queueMicrotask Date Math ' +
  'performance navigator crypto BroadcastChannel addEventListener removeEventListener document location history fetch AbortController ' +
  'AbortSignal CustomEvent Event requestAnimationFrame process'
).split(' ');

type Module = Record<string, unknown>;

const sourcePath = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

const core: Record<string, Module> = {};
for (const file of readdirSync(sourcePath('core')))
  if (file.endsWith('.ts')) {
    const name = file.slice(0, -3);
    core[name] = (await import(`../../src/core/${name}.ts`)) as Module;
  }

const requireCore = (path: string): Module => {
  const found = core[/([\w-]+)\.js$/.exec(path)?.[1] as string];
  if (!found) throw new Error(`the edges import core only, not ${path}`);
  return found;
};

/** Compiles modules of src/ into one, so that each page can have its own: with its own state, in its own world. */
function compile(paths: readonly string[]): (globals: readonly unknown[]) => Module {
  const codes = paths.map((path) => {
    const { code } = transformSync(readFileSync(sourcePath(path), 'utf8'), {
      swcrc: false,
      configFile: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    return `(() => {${code}\n})();`;
  });
  const run = compileFunction(codes.join('\n'), ['exports', 'require', ...GLOBALS], { filename: `${paths}` });
  return (globals) => {
    const exported: Module = {};
    run(exported, requireCore, ...globals);
    return exported;
  };
}

const loadEdges = compile(['clock', 'events', 'http', 'landing', 'lifecycle', 'page', 'storage', 'tabs'].map((name) => `edge/${name}.ts`));
const loadPay = compile(['pay.ts']);

// --------------------------------------------------------------------------------------------------------------------- the world

/** What the merchant's server, or what stands before it, does with a confirm. */
export type Answer =
  | 'truth'
  | 'pending'
  | 'pending, paced'
  | '503'
  | '503, seconds'
  | '503, date'
  | '429'
  | '404'
  | 'html'
  | 'other ids'
  | 'half'
  | 'refused'
  | 'hangs'
  | 'slow'
  | 'settles, then resets';

/** What the server learns about a payment, one after the other; the last is how it ends. */
export const FATES = {
  paid: ['paid'],
  'paid late': ['pending', 'paid'],
  'failed late': ['pending', 'failed'],
  deposited: ['ready', 'paid'],
  failed: ['failed'],
  'approved late': ['failed', 'paid'],
  cancelled: ['cancelled'],
  refunded: ['paid', 'cancelled'],
  forged: ['forged'],
} as const;
export type Fate = keyof typeof FATES;

export type IdbFault = 'works' | 'denied' | 'open fails' | 'open hangs' | 'put fails' | 'full' | 'stuck' | 'lost';
export type CopyFault = 'works' | 'throws' | 'full';
/** What becomes of a page that is left, and of its request: as measured in three engines. */
export type Cache = 'rejects' | 'rejects on return' | 'rejects after show' | 'keeps' | 'none';
/** Which ids a landing has, and which of an order's payments it is about: the first one failed, where there are two. */
export type Which = 'both' | 'impUid' | 'merchantUid' | 'first';
export type Said = 'success' | 'failure' | 'nothing';

export interface BrowserKind {
  readonly locks: boolean;
  readonly channel: boolean;
  /** Whether a `keepalive` request is refused: where the quota is spent. */
  readonly noKeepalive: boolean;
}

export interface Setup {
  /** `null` for a world without chance. */
  readonly seed: number | null;
  readonly orders: readonly Fate[];
  readonly browsers: readonly BrowserKind[];
  readonly maxTries: number | undefined;
  readonly timeoutMs?: number;
  readonly recover: true | 'banner' | undefined;
}

interface Timer {
  atMs: number;
  order: number;
  work: (() => void) | undefined;
  name: string;
  page: Page | undefined;
}

interface Order {
  readonly merchantUid: string;
  readonly fate: readonly string[];
  stage: number;
  /** How often it was settled as paid: the server's own rule is once. */
  settlements: number;
}

/** What a browser owes an order: it has landed (or departed, to be recovered), and this is where that stands written. */
interface Debt {
  readonly key: string;
  /** Of a departure: when it was, and what has landed since. */
  readonly departed: { merchantUid: string; atMs: number; landed: Set<string> } | undefined;
  /** In the database, where no kill reaches it. */
  durable: boolean;
  /** When it went into the copy. */
  copiedAtMs: number;
}

/** How long the database takes for an entry at the most, where it works. */
const DURABLE_MS = 700;
/** A kill takes what localStorage was given in the last seconds. */
const COPY_LOSS_MS = 5000;
/** A kill takes what happened to a tab in the last second. */
const TAB_LOSS_MS = 1000;
const MIN_GAP_MS = 500;
const NO_WORDS_MS = 15_000;
export const DAY_MS = 86_400_000;

// Errors are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;

const REFUSED = new Error('SecurityError');

/** Resolves when no microtask is left: a tick comes after them all. */
const flush = () => new Promise<void>((resolve) => process.nextTick(resolve));

export class World {
  nowMs = 0;
  readonly violations: string[] = [];
  readonly log: string[] | undefined;
  readonly random: () => number;
  readonly browsers: Browser[];
  readonly server: Server;
  private readonly heap: Timer[] = [];
  private count = 0;
  /** Whether any page's code has run since the microtasks did. */
  dirty = false;
  /** How many requests there have been. */
  asked = 0;

  constructor(
    readonly setup: Setup,
    trace = false,
  ) {
    if (trace) this.log = [];
    this.random = setup.seed === null ? () => 0.5 : randomOf(setup.seed);
    this.server = new Server(this, setup.orders);
    this.browsers = setup.browsers.map((kind, i) => new Browser(this, kind, `b${i}`));
  }

  note(text: string): void {
    this.log?.push(`${(this.nowMs / 1000).toFixed(3).padStart(9)}  ${text}`);
  }

  violate(text: string): void {
    this.note(`!!! ${text}`);
    this.violations.push(text);
  }

  between(fromMs: number, toMs: number): number {
    return fromMs + Math.floor(this.random() * (toMs - fromMs + 1));
  }

  later(delayMs: number, name: string, work: () => void, page?: Page): Timer {
    const timer: Timer = { atMs: this.nowMs + Math.max(0, delayMs), order: this.count++, work, name, page };
    const { heap } = this;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (!before(timer, heap[above] as Timer)) break;
      heap[i] = heap[above] as Timer;
      i = above;
    }
    heap[i] = timer;
    return timer;
  }

  /** What is still to come, soonest first. */
  agenda(): Timer[] {
    return this.heap.filter(({ work, page }) => work && !page?.dead).sort((a, b) => (before(a, b) ? -1 : 1));
  }

  private next(): Timer | undefined {
    for (let top = this.heap[0]; top; top = this.heap[0]) {
      if (top.work) return top;
      this.pop();
    }
    return undefined;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Timer;
    if (!heap.length) return;
    let i = 0;
    for (;;) {
      let below = 2 * i + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1] as Timer, heap[below] as Timer)) below++;
      if (!before(heap[below] as Timer, last)) break;
      heap[i] = heap[below] as Timer;
      i = below;
    }
    heap[i] = last;
  }

  async settle(): Promise<void> {
    if (!this.dirty) return;
    this.dirty = false;
    await flush();
  }

  /** The next thing that happens by itself, if it is due by then. */
  async step(untilMs = Infinity): Promise<boolean> {
    if (this.dirty) await this.settle();
    const timer = this.next();
    if (!timer || timer.atMs > untilMs) return false;
    this.pop();
    this.nowMs = timer.atMs;
    const work = timer.work as () => void;
    timer.work = undefined;
    work();
    if (this.dirty) await this.settle();
    return true;
  }

  /** Until a page asks, if one does soon. */
  async untilAsked(): Promise<void> {
    const { asked } = this;
    for (const untilMs = this.nowMs + 120_000; asked === this.asked; ) if (!(await this.step(untilMs))) return;
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    while (await this.step(untilMs));
    this.nowMs = untilMs;
  }

  tabs(): Tab[] {
    return this.browsers.flatMap((browser) => browser.tabs);
  }

  pages(): Page[] {
    return this.tabs().flatMap(({ page }) => (page?.runs ? [page] : []));
  }

  /** Nobody is left without a next step. */
  checkExits(): void {
    for (const page of this.pages()) page.checkExit();
  }
}

const before = (a: Timer, b: Timer) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

// -------------------------------------------------------------------------------------------------------------------- the server

interface Post {
  readonly page: Page;
  readonly key: string;
  readonly order: string;
  readonly ids: { imp_uid: string | null; merchant_uid: string | null };
  readonly keepalive: boolean;
  done: boolean;
  /** It will not arrive, or its answer will not. */
  dropped: boolean;
  lost: boolean;
  resolve(response: object, half?: boolean): void;
  reject(cause: unknown): void;
}

export class Server {
  answer: Answer = 'truth';
  readonly orders: Order[];
  /** Which final answers were given about what was asked. */
  readonly said = new Set<string>();
  /** What a final answer was given about, whether it arrived or not. */
  readonly final = new Map<string, { readonly merchantUid: string; readonly atMs: number }>();
  /** Requests that wait for a reply by hand, if that is how it is run. */
  held: Post[] | undefined;

  constructor(
    private readonly world: World,
    fates: readonly Fate[],
  ) {
    this.orders = fates.map((fate, i) => ({ merchantUid: `order_${i}`, fate: FATES[fate], stage: 0, settlements: 0 }));
  }

  /** The truth about a payment now. */
  private look({ imp_uid, merchant_uid }: Post['ids']): { order: Order; impUid: string; status: string } | undefined {
    const index = /\d+/.exec(`${imp_uid ?? merchant_uid}`)?.[0];
    const order = this.orders[Number(index)];
    if (!order) return undefined;
    const first = imp_uid?.endsWith('a');
    return { order, impUid: imp_uid ?? `imp_${index}`, status: first ? 'failed' : (order.fate[order.stage] as string) };
  }

  /** Asks PortOne, settles what is paid, and says how it is. */
  private verdict(post: Post): { readonly status: string; readonly [key: string]: unknown } {
    const found = this.look(post.ids);
    if (!found) return { status: 'forged', ...post.ids };
    const { order, impUid, status } = found;
    if (status !== 'pending') {
      this.said.add(status + post.key);
      this.final.set(post.key, { merchantUid: order.merchantUid, atMs: this.world.nowMs });
    }
    if (status === 'paid' && !order.settlements) order.settlements++;
    const more = status === 'ready' ? { vbank_num: '123-456' } : {};
    return { status, imp_uid: impUid, merchant_uid: order.merchantUid, ...more };
  }

  /** The bank goes on. */
  move(index: number): void {
    const order = this.orders[index] as Order;
    order.stage = Math.min(order.stage + 1, order.fate.length - 1);
    this.world.note(`${order.merchantUid} is ${order.fate[order.stage]}`);
  }

  finish(index: number): void {
    const order = this.orders[index] as Order;
    order.stage = order.fate.length - 1;
  }

  receive(post: Post): void {
    this.reply(post, this.answer);
  }

  reply(post: Post, answer: Answer): void {
    const { world } = this;
    const back = (delayMs: number, status: number, body: unknown, retryAfter: string | null = null) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      world.later(delayMs, `reply ${status} ${post.key}`, () => {
        if (post.done || post.lost) return;
        world.note(`${post.page.name} gets ${status} ${text.slice(0, 60)}`);
        post.page.pace(post.key, status, text, retryAfter);
        post.resolve({ status, headers: { get: () => retryAfter }, text: () => Promise.resolve(text) });
      });
    };
    const soonMs = world.between(1, 80);
    const reset = () => world.later(soonMs, `reset ${post.key}`, () => post.reject(new TypeError('Failed to fetch')));
    world.note(`server: ${answer} for ${post.key}`);
    switch (answer) {
      case 'truth': {
        const verdict = this.verdict(post);
        back(soonMs, /forged|failed/.test(verdict.status) ? 400 : 200, verdict);
        break;
      }
      case 'slow':
        back(world.between(8000, 12_000), 200, this.verdict(post));
        break;
      case 'settles, then resets':
        this.verdict(post);
        reset();
        break;
      case 'half':
        this.verdict(post);
        world.later(soonMs, `half ${post.key}`, () =>
          post.resolve({ status: 200, headers: { get: () => null }, text: () => Promise.reject(new TypeError('aborted')) }, true),
        );
        break;
      case 'pending':
        back(soonMs, 202, { status: 'pending', ...post.ids });
        break;
      case 'pending, paced':
        back(soonMs, 202, { status: 'pending', ...post.ids, poll_after_ms: [300, 2000, 30_000, 600_000][world.between(0, 3)] });
        break;
      case '503':
        back(soonMs, 503, '{"status":"paid"}');
        break;
      case '503, seconds':
        back(soonMs, 503, '', `${[0, 2, 30, 100_000][world.between(0, 3)]}`);
        break;
      case '503, date':
        // By the server's clock, which is right.
        back(soonMs, 503, '', new Date(EPOCH_MS + world.nowMs + world.between(-5, 60) * 1000).toUTCString());
        break;
      case '429':
        back(soonMs, 429, '');
        break;
      case '404':
        back(soonMs, 404, 'Not Found');
        break;
      case 'html':
        back(soonMs, 200, '<title>Free Wi-Fi: paid</title>');
        break;
      case 'other ids':
        back(soonMs, 200, { status: 'paid', imp_uid: 'imp_9', merchant_uid: 'order_9' });
        break;
      case 'refused':
        reset();
        break;
      case 'hangs':
    }
  }
}

const EPOCH_MS = Date.UTC(2026, 10, 22);

// ------------------------------------------------------------------------------------------------------------------- the browser

interface Lock {
  readonly page: Page;
  readonly run: () => void;
}

interface Transaction {
  readonly page: Page;
  readonly get: { result?: unknown; onsuccess?: () => void };
  written: string | undefined;
  error: unknown;
  oncomplete?: () => void;
  onabort?: () => void;
}

export class Browser {
  /** Whether the network is there, and whether the browser believes so. */
  network = true;
  onLine = true;
  /** How far the clock on the wall is off. */
  skewMs = 0;
  tabs: Tab[] = [];
  private pageCount = 0;

  idb: IdbFault = 'works';
  copy: CopyFault = 'works';
  /** When each was not to be relied on last. */
  idbFailedAtMs = -Infinity;
  copyFailedAtMs = -Infinity;
  /** Whether the paid mark may have been lost. */
  killed = false;
  /** Connections opened before this are dead. */
  generation = 0;
  created = false;
  stored: string | undefined;
  transactions: Transaction[] = [];
  active: Transaction | undefined;
  private life = 0;

  readonly local = new Map<string, string>();
  private journal: { atMs: number; key: string; was: string | undefined }[] = [];

  readonly locks = new Map<string, { holder: Lock | undefined; queue: Lock[] }>();
  readonly channels = new Set<{ page: Page; onmessage?: (event: { data: unknown }) => void }>();

  readonly debts = new Map<string, Debt>();
  /** How often `paid` was signalled, by order. */
  readonly signals = new Map<string, number>();
  /** Orders that a page was told are paid, and those whose signal a death may have taken. */
  readonly told = new Set<string>();
  readonly excused = new Set<string>();
  /** What is in flight, by order. */
  readonly posts = new Map<string, Set<Post>>();

  constructor(
    readonly world: World,
    readonly kind: BrowserKind,
    readonly name: string,
  ) {}

  get wallMs(): number {
    return EPOCH_MS + this.world.nowMs + this.skewMs;
  }

  nameOfPage(): string {
    return `${this.name}p${this.pageCount++}`;
  }

  fail(idb: IdbFault, copy: CopyFault): void {
    const { nowMs } = this.world;
    if (idb !== 'works' || this.idb !== 'works') this.idbFailedAtMs = nowMs;
    if (copy !== 'works' || this.copy !== 'works') this.copyFailedAtMs = nowMs;
    this.copy = copy;
    this.idb = idb;
    if (idb === 'lost') {
      // The connections that are open, once; new ones work.
      this.generation++;
      this.idb = 'works';
    }
    this.pump();
  }

  copyWorks(): boolean {
    return this.copy === 'works';
  }

  /** @param silently nobody is told */
  connect(network: boolean, silently: boolean): void {
    this.world.note(`${this.name} is ${network ? 'online' : 'offline'}`);
    const was = this.onLine;
    this.network = network;
    if (!silently) this.onLine = network;
    const pages = this.tabs.flatMap(({ page }) => (page?.runs ? [page] : []));
    if (!network) for (const page of pages) page.cut();
    else if (!silently && !was) for (const page of pages) page.wake('online');
  }

  setClock(skewMs: number): void {
    this.skewMs = skewMs;
  }

  // localStorage

  setLocal(key: string, value: string | undefined): void {
    this.journal.push({ atMs: this.world.nowMs, key, was: this.local.get(key) });
    if (value === undefined) this.local.delete(key);
    else this.local.set(key, value);
  }

  // IndexedDB: one transaction after the other

  pump(): void {
    if (this.active || this.idb === 'stuck') return;
    const transaction = this.transactions.shift();
    if (!transaction) return;
    this.active = transaction;
    const { world, life } = this;
    const { page } = transaction;
    const end = (abort: unknown) => {
      this.active = undefined;
      transaction.error = abort;
      if (abort) {
        if (!page.dead) this.idbFailedAtMs = world.nowMs;
        page.enter(() => transaction.onabort?.());
      } else page.enter(() => transaction.oncomplete?.());
      this.pump();
    };
    world.later(world.between(1, 8), 'idb get', () => {
      if (life !== this.life) return;
      // Of a page that is gone, or in the cache where nothing runs.
      if (!page.runs) return end(new Error('AbortError'));
      transaction.get.result = this.stored;
      page.enter(() => transaction.get.onsuccess?.());
      world.later(world.between(1, 8), 'idb commit', () => {
        if (life !== this.life) return;
        const { written } = transaction;
        if (page.dead && world.random() < 0.5) return end(new Error('AbortError'));
        if (written !== undefined) {
          const isFull = this.idb === 'full' && written.length > (this.stored?.length ?? 0);
          if (this.idb === 'put fails' || isFull) return end(new Error('QuotaExceededError'));
          this.stored = written;
        }
        end(undefined);
      });
    });
  }

  // Web Locks

  grant(name: string): void {
    const entry = this.locks.get(name);
    if (!entry || entry.holder) return;
    for (let lock = entry.queue.shift(); lock; lock = entry.queue.shift()) {
      if (lock.page.dead) continue;
      // What is wanted is not given to a page in the cache: it is thrown out instead.
      if (lock.page.frozen) {
        lock.page.die();
        continue;
      }
      entry.holder = lock;
      lock.page.enter(lock.run);
      return;
    }
  }

  /** The customer opens a page. */
  open(address: Address, tab = new Tab(this)): void {
    tab.go(address);
  }

  /** Whether what is written down here was never answered. */
  isLost({ key, departed, durable, copiedAtMs }: Debt): boolean {
    if (!durable && copiedAtMs === Infinity) return false;
    const { final, orders } = this.world.server;
    if (!departed) return !final.has(key);
    if (!this.world.setup.recover) return false;
    // Only what was paid can be lost, and what is settled is not.
    const order = orders.find(({ merchantUid }) => merchantUid === departed.merchantUid);
    if (order?.settlements || order?.fate.at(-1) !== 'paid') return false;
    // An answer about the payment before this departure is none to this one.
    for (const [other, { merchantUid, atMs }] of final)
      if (merchantUid === departed.merchantUid && atMs >= departed.atMs && (departed.landed.has(other) || !other.includes('a"')))
        return false;
    return true;
  }

  /** The process dies, in the middle of whatever it does. */
  kill(restore: boolean): void {
    const { world } = this;
    world.note(`${this.name} is killed${restore ? ', and opens its tabs again' : ''}`);
    this.killed = true;
    this.life++;
    for (const tab of this.tabs) tab.dieAll();
    const { active } = this;
    const isWritten = active?.written !== undefined && this.idb === 'works';
    if (isWritten && world.random() < 0.5) this.stored = active?.written;
    this.active = undefined;
    this.transactions = [];
    for (const { atMs, key, was } of this.journal.reverse())
      if (atMs > world.nowMs - COPY_LOSS_MS) {
        if (was === undefined) this.local.delete(key);
        else this.local.set(key, was);
      }
    this.journal = [];
    for (const debt of this.debts.values()) if (debt.copiedAtMs > world.nowMs - COPY_LOSS_MS) debt.copiedAtMs = Infinity;
    this.tabs = restore ? this.tabs.filter((tab) => tab.restore()) : [];
  }

  /** What the customer, or the browser by itself, may do at any time. */
  wipe(): void {
    this.world.note(`${this.name}: storage is wiped`);
    this.stored = undefined;
    this.local.clear();
    this.journal = [];
    this.debts.clear();
    this.idbFailedAtMs = this.copyFailedAtMs = this.world.nowMs;
  }

  /** Writes down what must not be lost from here on. */
  owe(key: string, page: Page, departed?: string): void {
    const { world } = this;
    const name = departed ?? key;
    let debt = this.debts.get(name);
    if (departed || !debt)
      debt = {
        key,
        departed: departed ? { merchantUid: departed, atMs: world.nowMs, landed: new Set() } : undefined,
        durable: false,
        copiedAtMs: Infinity,
      };
    this.debts.set(name, debt);
    if (this.copyWorks()) debt.copiedAtMs = Math.min(debt.copiedAtMs, world.nowMs);
    const sinceMs = world.nowMs;
    const { leaves } = page;
    if (this.idb === 'works')
      world.later(DURABLE_MS, 'debt', () => {
        const worked = page.runs && page.leaves === leaves && page.generation === this.generation && this.idbFailedAtMs < sinceMs;
        if (worked && this.debts.get(name) === debt) debt.durable = true;
      });
  }
}

// ----------------------------------------------------------------------------------------------------------------------- the tab

interface HistoryEntry {
  readonly url: string;
  readonly state: unknown;
  /** What it is a landing of, if it is one. */
  readonly key: string;
}

const GATEWAY: HistoryEntry = { url: 'https://gateway.example/', state: null, key: '' };

export class Tab {
  page: Page | undefined;
  /** The page behind "back", in the cache or not. */
  behind: { page: Page | undefined; entry: HistoryEntry } | undefined;
  private saved: { atMs: number; entry: HistoryEntry }[] = [];
  private current = GATEWAY;
  /** What the card said last, at this address. */
  shown = '';
  readonly name: string;

  constructor(readonly browser: Browser) {
    browser.tabs.push(this);
    this.name = browser.name;
  }

  get entry(): HistoryEntry {
    return this.current;
  }

  set entry(entry: HistoryEntry) {
    this.current = entry;
    this.saved.push({ atMs: this.browser.world.nowMs, entry });
  }

  go({ url, key }: Address): void {
    this.dieAll();
    this.shown = '';
    this.entry = { url, key, state: null };
    // What a reload of an old landing is about is not what the customer has left for since.
    for (const { departed } of this.browser.debts.values()) departed?.landed.add(key);
    this.load();
  }

  load(): void {
    this.page?.die();
    if (!this.entry.url.startsWith(SHOP)) return;
    this.page = new Page(this);
    this.page.start();
  }

  dieAll(): void {
    this.page?.die();
    this.behind?.page?.die();
    this.page = this.behind = undefined;
  }

  /** After a kill; false where the browser does not remember the tab. It is loaded when somebody looks at it. */
  restore(): boolean {
    const { nowMs } = this.browser.world;
    const kept = this.saved.filter(({ atMs }) => atMs <= nowMs - TAB_LOSS_MS).at(-1);
    if (!kept) return false;
    this.current = kept.entry;
    this.shown = '';
    return true;
  }

  /** "Duplicate tab": the same address, and the same history. */
  duplicate(): Tab {
    const tab = new Tab(this.browser);
    tab.entry = structuredClone(this.entry);
    tab.load();
    return tab;
  }

  close(): void {
    this.dieAll();
    this.browser.tabs = this.browser.tabs.filter((tab) => tab !== this);
  }

  /** Leaves for the gateway, or for any other site. */
  async leave(cache: Cache): Promise<void> {
    const { page } = this;
    if (!page?.runs) return;
    this.behind?.page?.die();
    this.behind = { page, entry: this.entry };
    await page.leave(cache);
    this.entry = GATEWAY;
    this.page = undefined;
  }

  async comeBack(): Promise<void> {
    const { behind } = this;
    if (!behind) return;
    this.behind = undefined;
    this.entry = behind.entry;
    this.page = behind.page?.dead ? undefined : behind.page;
    if (this.page) await this.page.comeBack();
    else this.load();
  }
}

// ---------------------------------------------------------------------------------------------------------------------- the page

type Listener = (event: { type: string; persisted?: boolean; detail?: unknown }) => void;

class Target {
  private listeners: { type: string; listener: Listener; once: boolean | undefined }[] = [];

  readonly add = (type: string, listener: Listener, options?: { once?: boolean }): void => {
    this.listeners.push({ type, listener, once: options?.once });
  };

  dispatch(event: { type: string; persisted?: boolean; detail?: unknown }): void {
    for (const entry of [...this.listeners])
      if (entry.type === event.type) {
        if (entry.once) this.listeners.splice(this.listeners.indexOf(entry), 1);
        entry.listener(event);
      }
  }
}

class Abort {
  readonly signal: { onabort?: () => void } = {};
  abort(): void {
    this.signal.onabort?.();
  }
}

class FakeEvent {
  constructor(
    readonly type: string,
    readonly init: { detail: unknown },
  ) {}
  get detail(): unknown {
    return this.init.detail;
  }
}

/** What is known of the tries about one payment in one page. */
interface Tries {
  count: number;
  /** How many answers to other pages it was told. */
  heard: number;
  lastAtMs: number;
  /** The last one was cut off by leaving: who comes back asks at once. */
  cutOff: boolean;
  /** What came of the last one that was not cut off. */
  outcome: string;
  /** Before this the server does not want to be asked, if nobody taps. */
  paceMs: number;
}

const OPEN_STATES = /^(confirming|incomplete|retrying)$/;
const SAID_STATES = /^(paid|ready|failed|cancelled|forged)$/;

export class Page {
  readonly name: string;
  readonly world: World;
  readonly browser: Browser;
  dead = false;
  frozen = false;
  leaves = 0;
  /** Which of the browser's connections it has. */
  readonly generation: number;
  private readonly startedAtMs: number;
  private readonly listeners = new Target();
  private readonly onDocument = new Target();
  private readonly atReturn: (() => void)[] = [];
  private readonly rejectedBeforeShow: (() => void)[] = [];
  private readonly rejectedAfterShow: (() => void)[] = [];

  /** What the card shows, since when, and what its button does. */
  state = '';
  private sinceMs = 0;
  private press: (() => void) | undefined;
  private hasButton = false;
  /** What it is a landing of, if it is one. */
  readonly key: string;

  readonly tries = new Map<string, Tries>();
  private readonly flying = new Set<Post>();
  private waits = 0;
  /** How often it waits for its turn. */
  private turns = 0;
  private turnMs = 0;
  /** What a customer or the platform did that may ask once more. */
  wakes = 0;
  /** Orders told as paid, and not signalled or found signalled yet. */
  private readonly signalling = new Set<string>();
  private paidCalls = 0;
  private paidEvents = 0;
  private lastRecovered = '';
  private readonly document: { hidden: boolean; readyState: string };
  private run: (() => void) | undefined;
  private requestPay: ((params: object) => void) | undefined;

  constructor(readonly tab: Tab) {
    this.browser = tab.browser;
    this.world = tab.browser.world;
    this.name = tab.browser.nameOfPage();
    this.key = tab.entry.key;
    this.startedAtMs = this.world.nowMs;
    this.generation = this.browser.generation;
    const { onDocument } = this;
    this.document = Object.assign({ hidden: false, readyState: 'loading' }, {
      baseURI: `${SHOP}/`,
      documentElement: { lang: 'ko' },
      addEventListener: onDocument.add,
      dispatchEvent: (event: FakeEvent) => {
        onDocument.dispatch(event);
        return true;
      },
    } as object);
  }

  /** Whether its code can run. */
  get runs(): boolean {
    return !this.dead && !this.frozen;
  }

  /** Runs a callback of the platform's: now, when the cache gives the page back, or never. */
  enter(work: () => void): void {
    if (this.dead) return;
    if (this.frozen) {
      this.atReturn.push(work);
      return;
    }
    this.world.dirty = true;
    work();
  }

  start(): void {
    const { world, browser, tab } = this;
    world.note(`${this.name} loads ${tab.entry.url.slice(SHOP.length)}${tab.entry.state ? ' with a state' : ''}`);
    const values = this.globals();
    const edges = loadEdges(values) as unknown as CompleteEdges & PayEdges & { readonly postConfirm: CompleteEdges['askServer'] };
    if (this.key) browser.owe(this.key, this);
    const counted = {
      __proto__: edges,
      // By our own contract; test/edge/adapt.test.ts has the others.
      askServer: edges.postConfirm,
      later: (work: () => void, delayMs: number) => {
        this.waits++;
        const timer = { over: false, id: undefined as unknown };
        timer.id = edges.later(() => {
          if (!timer.over) this.waits--;
          timer.over = true;
          work();
        }, delayMs);
        return timer;
      },
      cancel: (known: { over: boolean; id: unknown } | undefined) => {
        if (!known) return;
        if (!known.over) this.waits--;
        known.over = true;
        edges.cancel(known.id);
      },
      exclusively: (name: string, work: () => Promise<unknown>) => {
        this.turns++;
        return edges.exclusively(name, () => {
          this.turns--;
          this.turnMs = world.nowMs;
          return work();
        });
      },
      openView: (_target: unknown, _accent: unknown, _missing: unknown, press: () => void) => {
        this.press = press;
        return (model: ViewModel) => this.paint(model);
      },
      remountView: () => {},
      openBanner: ({ state }: ViewModel) => {
        if (!world.server.said.has(state + this.lastRecovered))
          world.violate(`${this.name}: a banner says ${state}, and the server has not`);
      },
    } as object as CompleteEdges;
    this.listen();
    const complete = createComplete(counted);
    const options: CompleteOptions = {
      confirmUrl: '/payments/complete',
      maxTries: world.setup.maxTries,
      timeoutMs: world.setup.timeoutMs,
      recover: world.setup.recover,
      onPaid: () => {
        this.paidCalls++;
      },
      onError: ({ code }) => {
        world.note(`${this.name} reports ${code}`);
        const idbWorked = browser.idb === 'works' && browser.idbFailedAtMs < this.startedAtMs && !this.leaves;
        if (code === 'confirm_expired' || (code === 'storage_unavailable' && idbWorked))
          world.violate(`${this.name} reports ${code} for nothing`);
      },
    };
    this.run = () => {
      complete(options).then(
        (completion) => {
          const { claim, verdict } = completion ?? {};
          if (claim && verdict && !world.server.said.has(verdict.status + keyOf(claim)))
            world.violate(`${this.name}: the promise says ${verdict.status}, and the server has not`);
        },
        (error) => world.violate(`${this.name}: complete() rejects: ${error}`),
      );
    };
    this.requestPay = (params) => {
      const { wrap } = loadPay(values) as { wrap(options: object, edges: object): void };
      wrap(
        { redirectUrl: '/done' },
        {
          __proto__: edges,
          resolveWrapOptions,
          interceptSdk: (replace: (original: () => void) => (params: object) => void) => {
            replace(() => {})(params);
            return () => {};
          },
          interceptV2: () => () => {},
        },
      );
    };
    this.enter(() => this.run?.());
    world.later(world.between(0, 60), 'parsed', () =>
      this.enter(() => {
        this.document.readyState = 'interactive';
        this.onDocument.dispatch({ type: 'DOMContentLoaded' });
      }),
    );
  }

  /** Follows what the page is told, as a merchant's own script would. */
  private listen(): void {
    const { world, browser, onDocument } = this;
    const told = (name: string, listener: (detail: Told) => void) =>
      onDocument.add(`${NAME}:${name}`, ({ detail }) => listener(detail as Told));
    told('verdict', ({ claim, verdict }) => {
      if (!world.server.said.has(verdict.status + keyOf(claim)))
        world.violate(`${this.name}: the event says ${verdict.status}, and the server has not`);
      if (verdict.status === 'paid') {
        browser.told.add(verdict.answer.merchant_uid);
        this.signalling.add(verdict.answer.merchant_uid);
      }
    });
    told('recovered', ({ claim }) => {
      this.lastRecovered = keyOf(claim);
    });
    told('paid', ({ claim, verdict }) => {
      const order = verdict.answer.merchant_uid;
      world.note(`${this.name} signals paid for ${order}`);
      this.paidEvents++;
      this.signalling.delete(order);
      const times = (browser.signals.get(order) ?? 0) + 1;
      browser.signals.set(order, times);
      if (verdict.status !== 'paid' || !world.server.said.has(`paid${keyOf(claim)}`))
        world.violate(`${this.name} signals paid for ${order}, and the server has not said so`);
      const idbFailed = browser.idbFailedAtMs > -Infinity;
      const markMayBeLost = idbFailed && (browser.killed || browser.copyFailedAtMs > -Infinity);
      if (times > 1 && !markMayBeLost) world.violate(`${browser.name}: paid signalled ${times} times for ${order}`);
    });
  }

  private paint(model: ViewModel): void {
    const { world } = this;
    const { state } = model;
    world.note(`${this.name} shows ${state}`);
    this.checkWords();
    if (SAID_STATES.test(state) && !world.server.said.has(state + this.key))
      world.violate(`${this.name} shows ${state}, and the server has not said so`);
    // Nor does a reload.
    const { tab } = this;
    if ((tab.shown === 'paid' && !/^(paid|cancelled)$/.test(state)) || (tab.shown === 'cancelled' && state !== 'cancelled'))
      world.violate(`${this.name} goes from ${tab.shown} to ${state}`);
    tab.shown = state;
    if (state !== this.state) this.sinceMs = world.nowMs;
    this.state = state;
    this.hasButton = rowsOf(model).some(([tag]) => tag === 'button');
    if (/^(retrying|deferred)$/.test(state) && this.hasButton !== !!this.key) world.violate(`${this.name}: ${state} without a next step`);
  }

  /** No spinner goes on for long. */
  private checkWords(): void {
    const forMs = this.world.nowMs - Math.max(this.sinceMs, this.turnMs);
    if (/^(confirming|incomplete)$/.test(this.state) && !this.turns && forMs > NO_WORDS_MS + 500)
      this.world.violate(`${this.name} shows ${this.state} for ${Math.round(forMs / 1000)} s`);
  }

  /** All that its future depends on, as far as it can be seen from outside. */
  signature(): unknown {
    const { nowMs } = this.world;
    return [
      this.state,
      this.hasButton,
      this.frozen,
      [...this.tries].map(([key, { count, lastAtMs, cutOff, outcome }]) => [key, count, Math.min(nowMs - lastAtMs, 6000), cutOff, outcome]),
    ];
  }

  checkExit(): void {
    this.checkWords();
    if (OPEN_STATES.test(this.state) && !this.waits && !this.flying.size && !this.turns)
      this.world.violate(`${this.name} shows ${this.state}, and nothing is going to happen`);
    if (this.paidCalls !== this.paidEvents)
      this.world.violate(`${this.name}: onPaid called ${this.paidCalls} times for ${this.paidEvents} events`);
  }

  // What the customer and the platform do

  wake(type: 'online' | 'visibilitychange'): void {
    this.wakes++;
    this.enter(() => (type === 'online' ? this.listeners : this.onDocument).dispatch({ type }));
  }

  get canTap(): boolean {
    return this.hasButton && this.runs;
  }

  tap(): void {
    if (!this.canTap || !this.press) return;
    this.world.note(`${this.name}: check again`);
    this.wakes++;
    for (const tries of this.tries.values()) tries.paceMs = 0;
    this.enter(this.press);
  }

  again(): void {
    this.world.note(`${this.name} calls complete() again`);
    this.wakes++;
    for (const tries of this.tries.values()) tries.paceMs = 0;
    this.enter(() => this.run?.());
  }

  depart(merchantUid: string): void {
    this.browser.owe(keyOf({ impUid: null, merchantUid }), this, merchantUid);
    this.enter(() => this.requestPay?.({ merchant_uid: merchantUid }));
  }

  /** The network is gone: half of what is in flight is told so, the rest waits for its time-out. */
  cut(): void {
    for (const post of [...this.flying])
      if (this.world.random() <= 0.5) post.reject(new TypeError('Failed to fetch'));
      else post.lost = true;
  }

  async leave(cache: Cache): Promise<void> {
    const { world } = this;
    world.note(`${this.name} is left (${cache})`);
    this.leaves++;
    this.listeners.dispatch({ type: 'pagehide', persisted: cache !== 'none' });
    world.dirty = true;
    await world.settle();
    const rejection = () => new TypeError('NetworkError when attempting to fetch resource.');
    for (const post of [...this.flying]) {
      const tries = this.tries.get(post.key) as Tries;
      if (cache === 'rejects' || cache === 'rejects on return') tries.cutOff = true;
      if (cache === 'rejects') post.reject(rejection());
      else if (cache === 'rejects on return') this.rejectedBeforeShow.push(() => post.reject(rejection()));
      else if (cache === 'rejects after show') this.rejectedAfterShow.push(() => post.reject(rejection()));
      // Whoever has the lock next may ask, whatever becomes of this one.
      this.browser.posts.get(post.order)?.delete(post);
    }
    await world.settle();
    if (cache === 'none') this.die();
    else this.frozen = true;
  }

  async comeBack(): Promise<void> {
    const { world, listeners } = this;
    world.note(`${this.name} comes back`);
    this.frozen = false;
    this.wakes++;
    this.sinceMs = world.nowMs;
    world.dirty = true;
    for (const work of this.rejectedBeforeShow.splice(0)) work();
    await world.settle();
    world.dirty = true;
    listeners.dispatch({ type: 'pageshow', persisted: true });
    await world.settle();
    world.dirty = true;
    for (const work of [...this.rejectedAfterShow.splice(0), ...this.atReturn.splice(0)]) this.enter(work);
    await world.settle();
  }

  die(): void {
    if (this.dead) return;
    const { browser } = this;
    this.dead = true;
    for (const order of this.signalling) browser.excused.add(order);
    for (const post of [...this.flying]) {
      post.done = true;
      if (!post.keepalive && this.world.random() < 0.5) post.dropped = true;
      this.land(post);
    }
    for (const channel of browser.channels) if (channel.page === this) browser.channels.delete(channel);
    for (const [name, entry] of browser.locks)
      if (entry.holder?.page === this) {
        entry.holder = undefined;
        this.world.later(0, 'grant', () => browser.grant(name));
      }
  }

  // The platform

  private land(post: Post): void {
    this.flying.delete(post);
    this.browser.posts.get(post.order)?.delete(post);
  }

  private fetch(_url: string, init: { body: string; keepalive: boolean; signal: { onabort?: () => void } }): Promise<object> {
    const { world, browser } = this;
    const ids = JSON.parse(init.body) as Post['ids'];
    const key = keyOf({ impUid: ids.imp_uid, merchantUid: ids.merchant_uid });
    const order = `${ids.merchant_uid ?? ids.imp_uid}`;
    world.note(`${this.name} asks about ${key}${init.keepalive ? '' : ' (no keepalive)'}`);

    const known = this.tries.get(key);
    const maxTries = world.setup.maxTries ?? MAX_TRIES;
    const tries = known ?? { count: 0, heard: 0, lastAtMs: -Infinity, cutOff: false, outcome: '', paceMs: 0 };
    this.tries.set(key, tries);
    if (!tries.cutOff && world.nowMs - tries.lastAtMs < MIN_GAP_MS)
      world.violate(`${this.name} asks about ${key} twice within ${world.nowMs - tries.lastAtMs} ms`);
    if (world.nowMs < tries.paceMs)
      world.violate(`${this.name} asks about ${key} ${tries.paceMs - world.nowMs} ms before the server wants it`);
    world.asked++;
    // While an account is shown it is asked about again and again, at its own pace.
    if (!(this.state === 'ready' && key.includes(this.key))) tries.count++;
    tries.lastAtMs = world.nowMs;
    tries.cutOff = false;
    if (tries.count > maxTries + this.wakes) world.violate(`${this.name} asks about ${key} for the ${tries.count}th time`);

    const others = browser.posts.get(order) ?? new Set();
    browser.posts.set(order, others);
    if (others.size && browser.kind.locks) world.violate(`${browser.name}: two requests in flight for ${order}`);

    return new Promise((resolve, reject) => {
      const end = (work: () => void) => {
        if (post.done) return;
        post.done = true;
        this.land(post);
        this.enter(work);
      };
      const post: Post = {
        page: this,
        key,
        order,
        ids,
        keepalive: init.keepalive,
        done: false,
        dropped: false,
        lost: false,
        resolve: (response, half) => {
          if (!post.lost)
            end(() => {
              if (half && !browser.onLine) tries.count--;
              resolve(response);
            });
        },
        reject: (cause) =>
          end(() => {
            if (!tries.cutOff) tries.outcome = '';
            // Offline, it was no try.
            if (!browser.onLine) tries.count--;
            reject(cause);
          }),
      };
      this.flying.add(post);
      others.add(post);
      init.signal.onabort = () => post.reject(new Error('AbortError'));
      const refused = init.keepalive && browser.kind.noKeepalive;
      if (refused || !browser.network)
        world.later(world.between(1, 5), `unsent ${key}`, () => post.reject(new TypeError('Failed to fetch')));
      else
        world.later(world.between(1, 80), `arrives ${key}`, () => {
          if (post.dropped) return;
          if (world.server.held) world.server.held.push(post);
          else world.server.receive(post);
        });
    });
  }

  /** What the server asks of those whom it answers. */
  pace(key: string, status: number, text: string, retryAfter: string | null): void {
    const tries = this.tries.get(key);
    if (!tries) return;
    tries.outcome = `${status} ${retryAfter} ${/"status":"\w+/.exec(text)}`;
    let ms = status === 503 && /^\d+$/.test(`${retryAfter}`) ? Number(retryAfter) * 1000 : 0;
    if (status === 202) ms = JSON.parse(text).poll_after_ms ?? 0;
    // The visit's tries may be spent: then it is up to whoever comes back.
    if (this.runs && ms && tries.count + tries.heard < (this.world.setup.maxTries ?? MAX_TRIES))
      tries.paceMs = this.world.nowMs + Math.min(ms, 120_000);
  }

  private timeout(work: () => void, delayMs: number): Timer {
    // Whole milliseconds, as browsers have it.
    return this.world.later(Math.max(1, Math.trunc(delayMs)), 'timer', () => this.enter(work), this);
  }

  /** In the order of GLOBALS. */
  private globals(): unknown[] {
    const { world, browser, tab, document } = this;
    const page = this;
    const local =
      <A extends unknown[], T>(work: (...args: A) => T, writes = false) =>
      (...args: A): T => {
        if (browser.copy === 'throws') throw new Error('SecurityError');
        if (writes && browser.copy === 'full' && `${args[1]}`.length > (browser.local.get(`${args[0]}`)?.length ?? 0))
          throw new Error('QuotaExceededError');
        return work(...args);
      };
    const given: Record<string, unknown> = {
      document,
      addEventListener: this.listeners.add,
      localStorage: {
        getItem: local((key: string) => browser.local.get(key) ?? null),
        setItem: local((key: string, value: string) => browser.setLocal(key, value), true),
        removeItem: local((key: string) => browser.setLocal(key, undefined)),
      },
      indexedDB: { open: () => this.openDatabase() },
      setTimeout: (work: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => this.timeout(() => work(...args), +delayMs),
      clearTimeout: (timer: Timer | undefined) => {
        if (timer) timer.work = undefined;
      },
      Date: { now: () => browser.wallMs, parse: Date.parse },
      Math: { random: world.random, abs: Math.abs },
      performance: { now: () => world.nowMs - this.startedAtMs },
      navigator: {
        get onLine() {
          return browser.onLine;
        },
        language: 'ko-KR',
        get locks() {
          if (!browser.kind.locks) throw REFUSED;
          return { request: (name: string, work: () => Promise<unknown>) => page.lock(name, work) };
        },
      },
      location: {
        get href() {
          return tab.entry.url;
        },
        origin: SHOP,
      },
      history: {
        get state() {
          return tab.entry.state;
        },
        replaceState(state: unknown, _title: string, url = tab.entry.url) {
          tab.entry = { ...tab.entry, state: structuredClone(state), url: new URL(url, SHOP).href };
        },
      },
      fetch: (url: string, init: Parameters<Page['fetch']>[1]) => this.fetch(url, init),
      AbortController: Abort,
      CustomEvent: FakeEvent,
    };
    given.BroadcastChannel = class {
      readonly page = page;
      onmessage?: (event: { data: unknown }) => void;
      constructor() {
        if (!browser.kind.channel) throw REFUSED;
        browser.channels.add(this);
      }
      postMessage(message: [string, unknown]) {
        const data = structuredClone(message);
        for (const other of browser.channels)
          if (other !== this)
            world.later(world.between(1, 4), `message ${message[0]}`, () => {
              // To a page in the cache nothing is told.
              if (!other.page.runs) return;
              const tries = other.page.tries.get(message[0]);
              if (tries) {
                tries.heard++;
                tries.paceMs = 0;
              }
              other.page.enter(() => other.onmessage?.({ data }));
            });
      }
    };
    return GLOBALS.map((name) => given[name]);
  }

  private lock(name: string, work: () => Promise<unknown>): Promise<unknown> {
    const { browser, world } = this;
    return new Promise((resolve, reject) => {
      const entry = browser.locks.get(name) ?? { holder: undefined, queue: [] };
      browser.locks.set(name, entry);
      const lock: Lock = {
        page: this,
        run: async () => {
          try {
            resolve(await work());
          } catch (cause) {
            reject(cause);
          }
          if (entry.holder === lock) entry.holder = undefined;
          if (entry.queue.length) world.later(0, 'grant', () => browser.grant(name));
        },
      };
      entry.queue.push(lock);
      world.later(world.between(0, 2), 'grant', () => browser.grant(name));
    });
  }

  private openDatabase(): object {
    const { browser, world } = this;
    if (browser.idb === 'denied') throw new Error('SecurityError');
    const { generation } = browser;
    const connection = {
      createObjectStore: () => {},
      transaction: () => {
        if (generation !== browser.generation) throw new Error('InvalidStateError');
        const transaction: Transaction & { objectStore?: () => object } = { page: this, get: {}, written: undefined, error: undefined };
        transaction.objectStore = () => ({
          get: () => transaction.get,
          put: (value: string) => {
            transaction.written = value;
          },
        });
        browser.transactions.push(transaction);
        browser.pump();
        return transaction;
      },
    };
    const request: Record<'onupgradeneeded' | 'onsuccess' | 'onerror', (() => void) | undefined> & { result: object; error: unknown } = {
      result: connection,
      error: undefined,
      onupgradeneeded: undefined,
      onsuccess: undefined,
      onerror: undefined,
    };
    const fault = browser.idb;
    if (fault !== 'open hangs')
      // Slow at times: the first open of a cold profile.
      world.later(world.between(1, world.random() < 0.1 ? 300 : 20), 'idb open', () =>
        this.enter(() => {
          if (fault === 'open fails') {
            request.error = new Error('UnknownError');
            request.onerror?.();
            return;
          }
          if (!browser.created) request.onupgradeneeded?.();
          browser.created = true;
          request.onsuccess?.();
        }),
      );
    return request;
  }
}

interface Told {
  readonly claim: { impUid: string | null; merchantUid: string | null };
  readonly verdict: { status: string; answer: { merchant_uid: string } };
}

export interface Address {
  readonly url: string;
  readonly key: string;
}

export function landingOf(order: number, which: Which, said: Said): Address {
  const impUid = which === 'merchantUid' ? null : `imp_${order}${which === 'first' ? 'a' : ''}`;
  const merchantUid = which === 'impUid' ? null : `order_${order}`;
  const query = [
    impUid && `imp_uid=${impUid}`,
    merchantUid && `merchant_uid=${merchantUid}`,
    said !== 'nothing' && `imp_success=${said === 'success'}`,
  ];
  return { url: `${SHOP}/done?${query.filter(Boolean).join('&')}`, key: keyOf({ impUid, merchantUid }) };
}

export const SHOP_PAGE: Address = { url: `${SHOP}/`, key: '' };

export const entriesOf = (browser: Browser) =>
  [browser.stored, browser.local.get(NAME)].flatMap((text) => {
    let entries: ReturnType<typeof partsOf>[] = [];
    rewrite(text, (outbox: Outbox) => {
      entries = Object.keys(outbox).map(partsOf);
    });
    return entries;
  });

const keyOf = (ids: Partial<Ids>) => entryKeyOf('landed', ids);
