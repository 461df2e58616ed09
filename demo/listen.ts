import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

/** A port that is taken before what answers on it is there. */
export interface Listener {
  /** From now on this answers; until then, everybody is told to come back in a second. */
  readonly serve: (app: Hono) => void;
  /** @param patienceMs how long what is being answered may take, in milliseconds. @default 0 */
  readonly close: (patienceMs?: number) => Promise<void>;
}

/** A port that another program has. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

const notReady = () => new Response(null, { status: 503, headers: { 'Retry-After': '1' } });

const bind = (server: Server, port: number, host: string) =>
  new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') reject(new PortTaken(`${host} port ${port}`, { cause: error }));
      else if (host === '::1') resolve(false);
      else reject(error);
    });
    server.listen({ port, host }, () => resolve(true));
  });

/**
 * Takes a port on this machine only.
 *
 * @param hosts `::1` is left out where the machine has no IPv6
 * @throws PortTaken
 */
export async function listen(port: number, hosts: readonly ('127.0.0.1' | '::1')[]): Promise<Listener> {
  let answer: (request: Request, connection: object) => Response | Promise<Response> = notReady;
  const servers: Server[] = [];
  const close = async (patienceMs = 0) => {
    const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    const closeNow = () => {
      for (const server of servers) server.closeAllConnections();
    };
    if (patienceMs === 0) closeNow();
    const timer = setTimeout(closeNow, patienceMs);
    await closed;
    clearTimeout(timer);
  };
  try {
    for (const host of hosts) {
      const server = createServer(getRequestListener((request, connection) => answer(request, connection)));
      if (await bind(server, port, host)) servers.push(server);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    serve(app) {
      answer = (request, connection) => app.fetch(request, connection);
    },
    close,
  };
}
