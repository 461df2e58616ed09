// Starts servers on loopback, and has them examined.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { afterEach } from 'vitest';
import { readArgs } from '../../src/doctor/args.js';
import type { Code } from '../../src/doctor/findings.js';
import { createPortOne, type PortOne, servePortOne } from '../../src/doctor/portone.js';
import { examine } from '../../src/doctor/run.js';
import { exitCodeOf } from '../../src/doctor/sheet.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Serves an app until the test ends. @returns its origin */
export async function serve(app: Pick<Hono, 'fetch'>): Promise<string> {
  const server = createServer(getRequestListener((request) => app.fetch(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const atEnd = (close: () => unknown) => closing.push(close);

/** A PortOne for one test, and its address. */
export async function playPortOne(options = {}): Promise<{ portone: PortOne; api: string }> {
  const portone = createPortOne(options);
  const { url, close } = await servePortOne(portone, 0);
  closing.push(close);
  return { portone, api: url };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Runs the doctor by a command line, without a terminal. */
export async function examineBy(args: readonly string[], portone: PortOne | null) {
  const options = readArgs(args, {});
  if (options === 'help') throw new Error('no help is wanted');
  const results = await examine(options, portone);
  const codesOf = (kind: string) => results.filter(({ result }) => result.result === kind).map(({ code }) => code);
  const resultOf = (code: Code) => results.find((entry) => entry.code === code)?.result;
  return {
    results,
    found: codesOf('finding'),
    fine: codesOf('ok'),
    skipped: codesOf('not_checked'),
    resultOf,
    exitCode: exitCodeOf(results),
  };
}
