// The whole browser is killed between landing and answer, and started again on the same profile, as phones do it while the
// bank's app is open. No debugger is attached: the pages themselves tell the server what is to be known.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { chromium, expect, test } from '@playwright/test';
import { FaultServer, hang, paid } from './fault-server.js';
import { WHOLE_BROWSER } from './whole-browser.js';

/** How often the browser is killed, over both profiles. */
const KILLS = +(process.env.KILLS || 50);
const PROFILES = 2;
/** How many landings are measured. */
const LANDINGS = +(process.env.LANDINGS || 20);

// One after the other: what is measured is not to be disturbed by the other.
test.describe.configure({ mode: 'default' });

// Before our script: tells when an entry is durable, and on the shop's page goes to the next landing once the last order is paid.
const PROBE = `<script>
(() => {
  const fromMs = performance.now();
  const tell = (path) => fetch(path, { keepalive: true });
  const order = new URLSearchParams(location.search).get('merchant_uid');
  const { put } = IDBObjectStore.prototype;
  window.durable = new Promise((resolve) => {
    IDBObjectStore.prototype.put = function (...args) {
      const keys = Object.keys(JSON.parse(args[0])).map((key) => key.split('\\t'));
      if (order && keys.some(([kind, , merchantUid]) => kind === 'landed' && merchantUid === order))
        this.transaction.addEventListener('complete', () => resolve(performance.now() - fromMs));
      return put.apply(this, args);
    };
  });
  window.durable.then((ms) => tell('/durable?ms=' + ms));
  addEventListener('imp-redirect:paid', ({ detail }) => tell('/paid?order=' + detail.claim.merchantUid));
  if (location.pathname === '/shop')
    fetch('/next?copy=' + encodeURIComponent(localStorage.getItem('imp-redirect')))
      .then((response) => response.text())
      .then((next) => { location.href = next; });
})();
</script>`;

function killTree({ pid }: ChildProcess): void {
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', `${pid}`, '/T', '/F']);
  // Its process group: it leads one of its own.
  else process.kill(-(pid as number), 'SIGKILL');
}

/** Where what a test leaves behind, if it is ended, is gone with the next run. */
const profileAt = (name: string) => test.info().outputPath(`profile-${name}`);

/** What was measured is told, not asserted: it is the machine's as much as ours. */
function report(what: string): void {
  test.info().annotations.push({ type: 'measured', description: what });
  console.log(what);
}

const spread = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => `${Math.round(sorted[Math.ceil(sorted.length * part) - 1] ?? NaN)} ms`;
  return `median ${at(0.5)}, p95 ${at(0.95)}, of ${sorted.length}`;
};

interface Survival {
  readonly settled: string[];
  readonly signals: string[];
  readonly durableMs: number[];
  readonly copiesLost: number;
}

/** Lands, is killed, starts again in the shop, is paid there, lands with the next order, and so on, all on one profile. */
async function survive(kills: number, profile: string): Promise<Survival> {
  const server = await FaultServer.start();
  const signals: string[] = [];
  const durableMs: number[] = [];
  let copiesLost = 0;
  let browser: ChildProcess | undefined;
  const end = () => {
    if (browser?.exitCode === null && browser.signalCode === null) killTree(browser);
  };
  // A test runner that dies takes it along.
  process.once('exit', end);
  let order = 0;
  let release: (() => void) | undefined;
  let onDurable = () => {};

  /** Sends the shop's page on, once it is told that the order before is paid. */
  const goOn = () => {
    if (order <= 1 || signals.includes(`m_${order - 1}`)) release?.();
  };
  server.before = PROBE;
  server.also = (url: URL, response: ServerResponse) => {
    const { pathname, searchParams } = url;
    if (pathname === '/next') {
      if (order > 1 && !searchParams.get('copy')?.includes(`\\tm_${order - 1}"`)) copiesLost++;
      release = () => response.end(server.landing(order));
      goOn();
    } else if (pathname === '/durable') {
      durableMs.push(+(searchParams.get('ms') as string));
      response.end();
      onDurable();
    } else if (pathname === '/paid') {
      signals.push(searchParams.get('order') as string);
      response.end();
      goOn();
    } else return false;
    return true;
  };

  const launch = (path: string) => {
    browser = spawn(
      WHOLE_BROWSER.executablePath,
      ['--headless', `--user-data-dir=${profile}`, '--no-default-browser-check', ...(WHOLE_BROWSER.args ?? []), `${server.origin}${path}`],
      { detached: process.platform !== 'win32', stdio: 'ignore' },
    );
    return new Promise((resolve) => browser?.once('exit', resolve));
  };

  try {
    for (order = 1; order <= kills + 1; order++) {
      server.scripts.set(`m_${order}`, [hang, paid]);
      release = undefined;
      const durable = new Promise<void>((resolve) => {
        onDurable = resolve;
      });
      const gone = launch('/shop');
      await Promise.race([durable, gone.then(() => Promise.reject(new Error('the browser has ended by itself')))]);
      killTree(browser as ChildProcess);
      await gone;
    }
    return { settled: [...server.settled], signals, durableMs, copiesLost };
  } finally {
    end();
    process.off('exit', end);
    await server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

test(`${KILLS} kills of the whole browser between landing and answer lose no order, and each is told as paid once`, async () => {
  test.setTimeout(30_000 + KILLS * 10_000);
  const kills = Math.ceil(KILLS / PROFILES);
  const fromMs = Date.now();
  const survivals = await Promise.all(Array.from({ length: PROFILES }, (_, i) => survive(kills, profileAt(`${i}`))));
  for (const { settled, signals } of survivals) {
    const orders = Array.from({ length: kills }, (_, i) => `m_${i + 1}`);
    expect(settled).toEqual(orders);
    expect(signals).toEqual(orders);
  }

  report(`${PROFILES * kills} kills in ${Math.round((Date.now() - fromMs) / 1000)} s`);
  report(`durable after script start, the browser just started: ${spread(survivals.flatMap(({ durableMs }) => durableMs.slice(1)))}`);
  report(`copies in localStorage that were lost with the browser: ${survivals.reduce((sum, { copiesLost }) => sum + copiesLost, 0)}`);
});

test('a landing is durable soon after the script has started', async () => {
  test.setTimeout(30_000 + LANDINGS * 2_000);
  const profile = profileAt('warm');
  const server = await FaultServer.start();
  const context = await chromium.launchPersistentContext(profile, WHOLE_BROWSER);
  try {
    server.before = PROBE;
    server.also = ({ pathname }, response) => pathname === '/durable' && !!response.end();
    const durableMs: number[] = [];
    // In one tab: the gateway's redirect comes back in the one that it left from.
    const page = await context.newPage();
    for (let order = 0; order <= LANDINGS; order++) {
      await page.goto(server.landing(order));
      durableMs.push(await page.evaluate(() => (window as unknown as { durable: Promise<number> }).durable));
    }
    // The first one makes the database.
    report(`durable after script start, on a warm profile: ${spread(durableMs.slice(1))}`);
  } finally {
    await context.close();
    await server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
