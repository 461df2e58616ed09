// Finds the programs of a PostgreSQL server for the tests, or installs them.
import { existsSync, readdirSync } from 'node:fs';
import { installFromDebian } from './debian.mjs';

const DEBIAN = '/usr/lib/postgresql';
const PREFIXES = ['/opt/homebrew/opt/postgresql/bin', '/usr/local/opt/postgresql/bin', '/usr/local/pgsql/bin', '/usr/pgsql/bin'];

/** @returns the directory of `initdb` and `postgres`, or `null`. `POSTGRES_BIN` outranks all. */
export function findPostgres() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const onPath = (process.env.PATH ?? '').split(':');
  const candidates = [process.env.POSTGRES_BIN, ...versions.map((version) => `${DEBIAN}/${version}/bin`), ...PREFIXES, ...onPath];
  return candidates.find((directory) => directory && existsSync(`${directory}/initdb`) && existsSync(`${directory}/postgres`)) ?? null;
}

/** Installs a PostgreSQL if need be; ends this process, saying what to do, if none can be had. */
export function ensurePostgres() {
  if (findPostgres()) return;
  console.log("No PostgreSQL server found. Installing Debian's …");
  installFromDebian('postgresql');
  if (findPostgres()) return;
  console.error(
    'The tests of the merchant server need the programs of a PostgreSQL server (initdb, postgres); they start one of their own.\n' +
      'Install PostgreSQL, or set POSTGRES_BIN to the directory of its programs; then run `npm test` again.',
  );
  process.exit(1);
}
