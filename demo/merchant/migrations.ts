/**
 * The merchant's tables, change by change. Each runs once, in its order; what has been released is never edited.
 *
 * - settlements: the one payment that decides an order
 * - fulfilments: what an order set off. The key lets it happen once; in a real shop, a worker ships what stands here while its
 *   order is still paid
 * - mismatches: payments that are not what they claim to be, or one too many, for a person to look at
 */
export const MIGRATIONS: readonly string[] = [
  `
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
  `,
  `
  -- When the sweep looks an order up next; null: never again. Only what may still change is in the index.
  ALTER TABLE orders ADD COLUMN sweep_at timestamptz;
  UPDATE orders SET sweep_at = now() WHERE status NOT IN ('paid', 'cancelled');
  ALTER TABLE orders ALTER COLUMN sweep_at SET DEFAULT now() + interval '2 minutes';
  CREATE INDEX orders_to_sweep ON orders (sweep_at) WHERE sweep_at IS NOT NULL;

  CREATE TABLE mismatches (
    order_id text NOT NULL REFERENCES orders (id),
    imp_uid text NOT NULL,
    difference text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, imp_uid)
  );

  -- Made by whichever server process comes first, and used by all.
  CREATE TABLE secrets (
    name text PRIMARY KEY,
    value text NOT NULL
  );
  `,
];
