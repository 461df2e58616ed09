// A PostgreSQL server of a test's own: made, started, stopped and deleted by it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { findPostgres } from '../../scripts/postgres.mjs';

export interface Cluster {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** PostgreSQL refuses to run as root: then as the user that its package has made. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** Calls until it no longer rejects: the server is not there at once. */
async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`postgres has ended: ${server.exitCode}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      // It refuses, or says that it is starting up.
    }
  }
}

/** @throws Error where there is no PostgreSQL on this machine, or it does not start */
export async function startPostgres(): Promise<Cluster> {
  const bin = findPostgres();
  if (!bin) throw new Error('no PostgreSQL server on this machine: run npm test once, or install it');
  const user = unprivileged();
  const directory = mkdtempSync(`${tmpdir()}/imp-redirect-postgres-`);
  if (user.uid !== undefined && user.gid !== undefined) chownSync(directory, user.uid, user.gid);
  const options = { ...user, cwd: directory };
  const made = spawnSync(`${bin}/initdb`, ['-D', `${directory}/data`, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  // Its data need not outlive the machine; a killed process they do outlive.
  const args = [
    '-D',
    `${directory}/data`,
    '-p',
    `${port}`,
    '-h',
    '127.0.0.1',
    '-k',
    directory,
    '-c',
    'fsync=off',
    '-c',
    'max_connections=60',
  ];
  const server = spawn(`${bin}/postgres`, args, { ...options, stdio: 'ignore' });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(url, server);
  return {
    url,
    async stop() {
      server.kill('SIGINT');
      if (server.exitCode === null) await once(server, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
