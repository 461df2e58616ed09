import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { MIGRATIONS } from './migrations.js';

/** What a query can be sent to: the database, or one of its transactions. */
export interface Queryable {
  query<Row>(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** A PostgreSQL: the one embedded in this process, or a server. The SQL is the same. */
export interface Database extends Queryable {
  /** Commits what the work did, or, where it throws, nothing of it. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Several statements, without values. */
  exec(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

/** The database cannot be used now: it is not there, it ends what it was doing, or everybody waits for the same. Nothing has changed. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's is running too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Keeps a second process out of the directory: the embedded PostgreSQL does not. A lock whose process is gone is taken over. */
function lock(path: string): void {
  const owner = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  if (owner && owner !== process.pid && isRunning(owner)) throw new Error(`process ${owner} is using it`);
  writeFileSync(path, `${process.pid}`);
  process.once('exit', () => rmSync(path, { force: true }));
}

const CREATE = fileURLToPath(new URL('create-database.mjs', import.meta.url));

/** The embedded one takes all of its buffers at its start: its default is 128 MB. */
const BUFFERS = '16MB';

function openEmbedded(path?: string): Database {
  if (path) {
    mkdirSync(dirname(path), { recursive: true });
    lock(`${path}.lock`);
    execFileSync(process.execPath, [CREATE, path], { stdio: 'pipe' });
  }
  const db = new PGlite({ ...(path && { dataDir: path }), startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${BUFFERS}`] });
  const queryable = (on: Pick<PGlite, 'query'>): Queryable => ({ query: (sql, values) => on.query(sql, values as unknown[]) });
  return {
    ...queryable(db),
    transaction: (work) => db.transaction((tx) => work(queryable(tx))),
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
  };
}

const INT8 = 20;
/** A bigint as a number, as the embedded one gives it: ours are unix seconds and counts. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/** Of PostgreSQL's classes: connections, deadlocks, resources, what an operator ends, a lock or a statement that takes too long. */
const PASSING = /^(08|40|53|55P03|57)/;

/** What PostgreSQL says of any other class tells of a mistake of ours; what it did not say is the connection's. */
function rethrow(error: unknown): never {
  const { code, severity, message } = error as pg.DatabaseError;
  throw severity && !PASSING.test(code ?? '') ? error : new DatabaseUnavailable(message || code, { cause: error });
}

const ignore = () => {};

/** More than what settles at a time (see `QueueOptions`): who only reads waits for nobody's lock. */
const CONNECTIONS = 10;

function openServer(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: CONNECTIONS,
    connectionTimeoutMillis: 5000,
    statement_timeout: 10_000,
    lock_timeout: 5000,
    idle_in_transaction_session_timeout: 10_000,
  });
  // A connection that breaks while nobody uses it: the pool opens another one.
  pool.on('error', ignore);
  const queryable = (on: Pick<pg.Pool | pg.PoolClient, 'query'>): Queryable => ({
    query: <Row>(sql: string, values?: readonly unknown[]) =>
      (on.query(sql, values as unknown[]) as unknown as Promise<{ rows: Row[] }>).catch(rethrow),
  });
  return {
    ...queryable(pool),
    async transaction(work) {
      const client = await pool.connect().catch(rethrow);
      let broken: Error | undefined;
      // A connection that breaks between two statements tells it here alone; the next statement rejects.
      client.on('error', ignore);
      try {
        const tx = queryable(client);
        await tx.query('BEGIN');
        const result = await work(tx);
        await tx.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((cause: Error) => {
          broken = cause;
        });
        throw error;
      } finally {
        client.off('error', ignore);
        client.release(broken);
      }
    },
    exec: (sql) => pool.query(sql),
    close: () => pool.end(),
  };
}

/** Two processes that start at once: the second one waits, and finds nothing to do. */
const migrate = (db: Database): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('imp-redirect demo migrations'))`);
    await tx.query('CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
    const { rows } = await tx.query<{ version: number }>('SELECT version FROM migrations');
    const applied = new Set(rows.map(({ version }) => version));
    for (const [version, sql] of MIGRATIONS.entries()) {
      if (applied.has(version)) continue;
      // One by one: a query with values, even none, may be one statement only.
      for (const statement of sql.split(/;\s*$/m)) if (statement.trim()) await tx.query(statement);
      await tx.query('INSERT INTO migrations (version) VALUES ($1)', [version]);
    }
  });

/**
 * Opens the merchant's database and brings its tables up to date.
 *
 * @param place `postgres://…`, a server; or a directory for an embedded one, created where it is missing; none for one in memory
 * @throws Error where another process has the directory open, or the server cannot be reached
 */
export async function openDatabase(place?: string): Promise<Database> {
  const db = place && /^postgres(ql)?:/.test(place) ? openServer(place) : openEmbedded(place);
  try {
    await migrate(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}
