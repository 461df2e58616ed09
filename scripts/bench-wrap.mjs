// Measures, in a real Chromium, what our scripts cost a page: a wrapped request_pay against a bare one, and what a script does
// at load on a CPU that is four times slower. It prints, and judges nothing: `node scripts/build.mjs && node scripts/bench-wrap.mjs`
//
// Each is told twice: by the clock, which a busy machine makes longer, and as time that the page's thread has had of a CPU.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { chromium } from '@playwright/test';
import { findChromium } from './browser.mjs';

const CALLS = 500;
const LOADS = 20;
const SLOW_DOWN = 4;
const SCRIPTS = ['imp-redirect.wrap.js', 'imp-redirect.js', 'imp-redirect.full.js'];
const START = `ImpRedirect.wrap({ redirectUrl: '/done', onError() {} })`;

const dist = (name) => readFileSync(new URL(`../dist/${name}`, import.meta.url), 'utf8').replace('\ufeff', '');

// Both call back later, and do nothing else: what is measured is what stands in front of them.
const SDKS = {
  '1.2.0': 'window.IMP = {}; window.IMP.request_pay = function (params, callback) { window.back = callback; };',
  current: `var IMP = (function () {
    var imp = {}, request_pay = function (params, callback) { window.back = callback; };
    Object.defineProperty(imp, 'request_pay', { enumerable: true, get: function () { return request_pay; } });
    return imp;
  })();`,
};

// Each puts nothing in the place of one thing that a call does.
const WITHOUT = {
  'localStorage, writing': 'Storage.prototype.setItem = function () {};',
  'localStorage, reading too': 'Storage.prototype.getItem = function () { return null; }; Storage.prototype.setItem = function () {};',
  'the database': 'IDBDatabase.prototype.transaction = function () { throw 0; };',
  'URL parsing': `window.URL = function () { return { href: 'http://127.0.0.1/done', protocol: 'http:', searchParams: { append() {} } }; };`,
  'the event': 'document.dispatchEvent = function () {};',
  timers: 'window.setTimeout = function () { return 0; }; window.clearTimeout = function () {};',
  'a listener': 'document.addEventListener = function () {};',
};

/** Calls in a task each, as customers do: what is begun by one is done before the next. */
const measureCalls = (calls) => `(async () => {
  const { port1, port2 } = new MessageChannel();
  const took = [];
  for (let call = 0; call < ${calls}; call++) {
    const params = { pg: 'html5_inicis', pay_method: 'card', merchant_uid: 'order_' + (call % 3), name: 'Order', amount: 12000 };
    const callback = function () {};
    const begin = performance.now();
    IMP.request_pay(params, callback);
    took.push((performance.now() - begin) * 1000);
    await new Promise((resolve) => { port1.onmessage = resolve; port2.postMessage(0); });
    window.back({ merchant_uid: params.merchant_uid, imp_uid: 'imp_' + call, success: true });
    await new Promise((resolve) => { port1.onmessage = resolve; port2.postMessage(0); });
  }
  return took;
})()`;

const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const print = (name, took, cpu, digits = 0) =>
  console.log(
    [
      name.padEnd(58),
      ...[
        ['median', quantile(took, 0.5)],
        ['p95', quantile(took, 0.95)],
        ['least', Math.min(...took)],
        ['CPU', cpu],
      ].map(([what, value]) => `${what} ${value.toFixed(digits)}`.padEnd(14)),
    ].join(' '),
  );

const server = createServer((_, response) =>
  response
    .writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      // For a clock that is as fine as it can be.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    })
    .end('<!doctype html><title>Shop</title><link rel="icon" href="data:,"><p>Shop</p>'),
);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}/`;
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });

/** A page of a customer who has not been here before, with classic scripts run one after the other. */
async function openPage(...scripts) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(origin);
  for (const script of scripts) await page.evaluate(script);
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  /** What its thread has had of a CPU, in milliseconds. */
  const cpuMs = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime').value * 1000;
  return { page, session, cpuMs, close: () => context.close() };
}

async function timeCalls(...scripts) {
  const { page, cpuMs, close } = await openPage(...scripts);
  // The first ones are not compiled yet.
  await page.evaluate(measureCalls(300));
  const before = await cpuMs();
  const took = await page.evaluate(measureCalls(CALLS));
  const cpu = (((await cpuMs()) - before) / CALLS) * 1000;
  await close();
  return { took, cpu };
}

console.log(`Chromium ${browser.version()}: ${CALLS} calls each, in microseconds; CPU: with all that follows, more than a bare one`);
for (const [generation, sdk] of Object.entries(SDKS)) {
  const bare = await timeCalls(sdk);
  print(`SDK ${generation}: bare`, bare.took, 0);
  for (const name of SCRIPTS) {
    const { took, cpu } = await timeCalls(dist(name), START, sdk);
    print(`SDK ${generation}: ${name}`, took, cpu - bare.cpu);
    if (generation === 'current') continue;
    for (const [what, stub] of [...Object.entries(WITHOUT), ['any of these', Object.values(WITHOUT).join('\n')]]) {
      const less = await timeCalls(dist(name), START, sdk, stub);
      print(`  without ${what}`, less.took, less.cpu - bare.cpu);
    }
  }
}

console.log(`The first call of a page, ${LOADS} pages, in microseconds`);
for (const name of ['', ...SCRIPTS]) {
  const took = [];
  let cpu = 0;
  for (let load = 0; load < LOADS; load++) {
    const { page, cpuMs, close } = await openPage(...(name ? [dist(name), START] : []), SDKS['1.2.0']);
    const before = await cpuMs();
    took.push(...(await page.evaluate(measureCalls(1))));
    cpu += (await cpuMs()) - before;
    await close();
  }
  print(name || 'bare', took, (cpu / LOADS) * 1000);
}

// Each in a page of its own, for what a browser does once it does not do again: a script before it has been compiled and run, so
// that what is told is our script's and not the first script's. "Runs" is from its first statement to its last.
console.log(`At load, ${SLOW_DOWN} times slower, ${LOADS} pages, in milliseconds`);
const measureLoad = (source) => {
  const script = (text) => {
    const element = document.createElement('script');
    element.textContent = text;
    document.head.append(element);
  };
  script('(() => { new URL("/a", document.baseURI); window.began = performance.now(); })()');
  const begin = performance.now();
  script(`window.began = performance.now();\n${source}\n;window.ended = performance.now();`);
  return [performance.now() - begin, window.ended - window.began];
};
for (const [name, source] of [
  ['nothing', ''],
  ...SCRIPTS.flatMap((name) => [
    [name, dist(name)],
    [`${name}, and wrap() called`, `${dist(name)};${START}`],
  ]),
]) {
  const took = [];
  for (let load = 0; load < LOADS; load++) {
    const { page, session, close } = await openPage();
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW_DOWN });
    took.push(await page.evaluate(measureLoad, source));
    await close();
  }
  for (const [part, what] of ['is compiled and runs', 'runs'].entries())
    print(
      `${name} ${what}`,
      took.map((times) => times[part]),
      0,
      2,
    );
}

await browser.close();
server.close();
