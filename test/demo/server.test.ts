import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, PortTaken } from '../../demo/listen.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

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
