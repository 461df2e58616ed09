import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, PortTaken } from '../../demo/listen.js';
import { freePort } from './postgres.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A directory of this test's own. */
function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'imp-redirect-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A port that somebody else has. */
async function takenPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Runs the demo's server until it ends. */
async function runDemo(env: Record<string, string>) {
  const server = spawn(process.execPath, ['--import', 'tsx', 'demo/server.ts'], { cwd: root, env: { ...process.env, ...env } });
  closing.push(() => server.kill());
  let said = '';
  server.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(server, 'close');
  return { code, said };
}

/** Most memory that a process has had so far, in bytes: of a Linux. */
const peakMemory = (pid: number) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

describe('the demo', () => {
  it('keeps its database in a directory that it makes, takes 400 MiB at most, and ends when it is told to', async () => {
    const DATA_DIR = join(scratch(), 'made/data');
    const PORT = `${await freePort()}`;
    const GATEWAY_PORT = `${await freePort()}`;
    const server = spawn(process.execPath, ['--import', 'tsx', 'demo/server.ts'], {
      cwd: root,
      env: { ...process.env, PORT, GATEWAY_PORT, DATA_DIR },
    });
    closing.push(() => server.kill());
    let said = '';
    await new Promise<void>((resolve, reject) => {
      server.once('close', () => reject(new Error(`it ended: ${said}`)));
      // Read to its end: what it logs is not to meet a closed pipe.
      server.stdout.on('data', (chunk) => {
        said += chunk;
        if (said.includes('Ctrl+C')) resolve();
      });
    });
    expect(readdirSync(DATA_DIR)).toContain('PG_VERSION');

    const shop = `http://127.0.0.1:${PORT}`;
    for (let i = 0; i < 100; i++) {
      for (const path of ['/', '/payments/complete', '/imp-redirect.full.js']) await (await fetch(shop + path)).text();
      const body = JSON.stringify({ items: [{ id: 'corner', quantity: 1 }] });
      const order = await fetch(`${shop}/orders`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      expect(order.status).toBe(201);
      const { merchant_uid } = (await order.json()) as { merchant_uid: string };
      const confirm = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ merchant_uid }) };
      await (await fetch(`${shop}/payments/complete`, confirm)).text();
    }
    if (process.platform === 'linux') expect(peakMemory(server.pid as number)).toBeLessThanOrEqual(400 * 1024 * 1024);

    server.kill('SIGTERM');
    const [code] = await once(server, 'close');
    expect(code).toBe(0);
    expect(existsSync(`${DATA_DIR}.lock`)).toBe(false);
  });

  it('does not take a directory that has something else in it', async () => {
    const DATA_DIR = scratch();
    writeFileSync(join(DATA_DIR, 'thesis.txt'), 'mine');
    const { code, said } = await runDemo({ PORT: `${await freePort()}`, GATEWAY_PORT: `${await freePort()}`, DATA_DIR });
    expect(code).toBe(1);
    expect(said).toContain(`The database ${DATA_DIR} could not be opened`);
    expect(said).toContain('not empty');
    expect(readdirSync(DATA_DIR)).toEqual(['thesis.txt']);
  });
});

describe('a port that is taken', () => {
  it('is told as such', async () => {
    const port = await takenPort();
    await expect(listen(port, ['127.0.0.1'])).rejects.toThrow(PortTaken);
  });

  it.each(['PORT', 'GATEWAY_PORT'])('as %s ends the demo, which says which one and how to choose another', async (name) => {
    const port = await takenPort();
    const other = await takenPort();
    closing.pop()?.();
    const ports = name === 'PORT' ? { PORT: `${port}`, GATEWAY_PORT: `${other}` } : { PORT: `${other}`, GATEWAY_PORT: `${port}` };
    const { code, said } = await runDemo(ports);
    expect(code).toBe(1);
    expect(said).toContain(`Port ${port} is taken by another program`);
    expect(said).toContain(`${name}=`);
  });

  it('is free again once it is let go, and answers nothing but "later" until there is something to serve', async () => {
    const port = await takenPort();
    await closing.pop()?.();
    const listener = await listen(port, ['127.0.0.1']);
    closing.push(listener.close);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503);
    listener.serve(new Hono().get('/', (c) => c.text('shop')));
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('shop');
  });
});
