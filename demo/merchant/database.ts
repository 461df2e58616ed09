import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

export type Database = PGlite;

/** What a query can be sent to: the database, or one of its transactions. */
export type Queryable = Pick<PGlite, 'query'>;

// settlements: the one payment that decides an order. fulfilments: what the order set off, once.
const MIGRATION = `
  CREATE TABLE IF NOT EXISTS orders (
    id text PRIMARY KEY,
    session text NOT NULL,
    name text NOT NULL,
    amount integer NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    status text NOT NULL DEFAULT 'created'
      CHECK (status IN ('created', 'pending', 'ready', 'paid', 'failed', 'cancelled')),
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS orders_by_session ON orders (session, created_at DESC);

  CREATE TABLE IF NOT EXISTS settlements (
    order_id text PRIMARY KEY REFERENCES orders (id),
    imp_uid text NOT NULL UNIQUE,
    status text NOT NULL,
    fail_reason text,
    vbank_name text,
    vbank_num text,
    vbank_holder text,
    vbank_date bigint,
    settled_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE IF NOT EXISTS fulfilments (
    order_id text PRIMARY KEY REFERENCES orders (id),
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Keeps a second process out of the directory: the embedded PostgreSQL does not. A lock whose process is gone is taken over. */
function lock(path: string): void {
  const owner = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  if (owner && owner !== process.pid && isRunning(owner)) throw new Error(`process ${owner} is using it`);
  writeFileSync(path, `${process.pid}`);
  process.once('exit', () => rmSync(path, { force: true }));
}

/**
 * Opens the merchant's database, an embedded PostgreSQL, and brings its tables up to date.
 *
 * @param path a directory, created where it is missing; none for a database in memory
 * @throws Error where another process has it open
 */
export async function openDatabase(path?: string): Promise<Database> {
  if (path) {
    mkdirSync(path, { recursive: true });
    lock(`${path}.lock`);
  }
  const db = path ? new PGlite(path) : new PGlite();
  await db.exec(MIGRATION);
  return db;
}
