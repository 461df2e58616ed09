import { mkdirSync } from 'node:fs';
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

/**
 * Opens the merchant's database, an embedded PostgreSQL, and brings its tables up to date.
 *
 * @param path a directory, created where it is missing; none for a database in memory
 */
export async function openDatabase(path?: string): Promise<Database> {
  if (path) mkdirSync(path, { recursive: true });
  const db = path ? new PGlite(path) : new PGlite();
  await db.exec(MIGRATION);
  return db;
}
