import { randomBytes } from 'node:crypto';
import type { Database, Queryable } from './database.js';
import type { OrderStatus } from './transition.js';

export interface Order {
  readonly id: string;
  readonly session: string;
  readonly name: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: OrderStatus;
}

/** The part of an order's number that may be logged: enough to find it by, too little to ask about it with. */
export const logName = (orderId: string) => orderId.slice(0, 19);

/** Nobody may guess one, for who knows it is told how the order stands. At most 40 characters: PortOne's limit. */
function createOrderId(): string {
  const day = new Date().toISOString().slice(2, 10).replaceAll('-', '');
  return `order-${day}-${randomBytes(12).toString('hex')}`;
}

export async function createOrder(
  db: Database,
  { session, name, amount, currency }: Pick<Order, 'session' | 'name' | 'amount' | 'currency'>,
): Promise<Order> {
  const { rows } = await db.query<Order>(
    'INSERT INTO orders (id, session, name, amount, currency) VALUES ($1, $2, $3, $4, $5) RETURNING *',
    [createOrderId(), session, name, amount, currency],
  );
  return rows[0] as Order;
}

export async function readOrder(db: Queryable, id: string): Promise<Order | null> {
  const { rows } = await db.query<Order>('SELECT * FROM orders WHERE id = $1', [id]);
  return rows[0] ?? null;
}

export interface ListedOrder extends Order {
  readonly created_at: Date;
  readonly vbank_name: string | null;
  readonly vbank_num: string | null;
}

/** A session's orders, newest first; not those that were only prepared and never tried to pay. */
export async function listOrders(db: Database, session: string): Promise<ListedOrder[]> {
  const { rows } = await db.query<ListedOrder>(
    `SELECT orders.*, vbank_name, vbank_num FROM orders LEFT JOIN settlements ON order_id = id
     WHERE session = $1 AND orders.status <> 'created' ORDER BY created_at DESC LIMIT 20`,
    [session],
  );
  return rows;
}
