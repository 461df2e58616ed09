import type { Database, Queryable } from './database.js';
import type { Log } from './log.js';
import { logName, type Order, readOrder } from './orders.js';
import type { Payment, PortOne } from './portone.js';
import type { Enqueue } from './queue.js';
import { mayBecome, type OrderStatus, type PaymentStatus } from './transition.js';

/** What the order's own row remembers of the payment that decided it. */
interface Settlement {
  readonly imp_uid: string;
  readonly fail_reason: string | null;
  readonly vbank_name: string | null;
  readonly vbank_num: string | null;
  readonly vbank_holder: string | null;
  readonly vbank_date: number | null;
}

/** The truth about an order, as far as it is known; `null` where there is no such order. */
export interface Settled {
  readonly status: PaymentStatus | 'forged';
  readonly order: Order;
  readonly settlement: Settlement | null;
}

export interface Ids {
  readonly impUid: string | null;
  readonly merchantUid: string | null;
}

/** What sent us to look: the customer's page, PortOne's webhook, or our own sweep. */
export type Occasion = 'return' | 'webhook' | 'sweep';

export type Settle = (ids: Ids, occasion: Occasion) => Promise<Settled | null>;

// Eximbay issues "accounts" without a number, to be paid at a convenience store.
const hasAccount = (payment: Payment) => payment.vbank_num !== null && payment.vbank_num !== 'unknown';

/** PortOne's `ready` means that an account was issued, or that the customer is in the window, or has closed it. */
const statusOf = (payment: Payment): PaymentStatus => (payment.status === 'ready' && !hasAccount(payment) ? 'pending' : payment.status);

const movesMoney = (status: PaymentStatus) => status === 'paid' || status === 'ready' || status === 'cancelled';

const lockOrder = async (tx: Queryable, id: string) =>
  (await tx.query<Order>('SELECT * FROM orders WHERE id = $1 FOR UPDATE', [id])).rows[0] as Order;

const readSettlement = async (tx: Queryable, orderId: string) =>
  (await tx.query<Settlement>('SELECT * FROM settlements WHERE order_id = $1', [orderId])).rows[0] ?? null;

/** What is paid is looked up no more: of what becomes of it later, the webhook tells. What somebody pays just now is, soon. */
const writeStatus = (tx: Queryable, id: string, status: OrderStatus) =>
  tx.query(
    `UPDATE orders SET status = $2, sweep_at = CASE $2 WHEN 'paid' THEN NULL
       WHEN 'pending' THEN least(sweep_at, now() + interval '2 minutes')
       ELSE coalesce(sweep_at, now() + interval '2 minutes') END WHERE id = $1`,
    [id, status],
  );

const writeSettlement = async (tx: Queryable, orderId: string, status: PaymentStatus, payment: Payment): Promise<Settlement> => {
  const { rows } = await tx.query<Settlement>(
    `INSERT INTO settlements (order_id, imp_uid, status, fail_reason, vbank_name, vbank_num, vbank_holder, vbank_date)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (order_id) DO UPDATE SET imp_uid = $2, status = $3, fail_reason = $4, vbank_name = $5, vbank_num = $6,
       vbank_holder = $7, vbank_date = $8, settled_at = now()
     RETURNING *`,
    [
      orderId,
      payment.imp_uid,
      status,
      payment.fail_reason,
      payment.vbank_name,
      hasAccount(payment) ? payment.vbank_num : null,
      payment.vbank_holder,
      payment.vbank_date || null,
    ],
  );
  return rows[0] as Settlement;
};

export interface SettleOptions {
  readonly db: Database;
  readonly portone: PortOne;
  readonly enqueue: Enqueue;
  readonly log: Log;
  /** The merchant's accounts with the gateways (`pg_id`): a payment in a test account is none. Left out: they are not looked at. */
  readonly pgIds?: readonly string[] | undefined;
}

/**
 * Makes the one function that settles orders. The landing page, the webhook and the sweep all end in it, and none is believed:
 * they only say where to look.
 *
 * A paid order is answered from its own row, if it is asked about by its own payment or by none, and so is a cancelled one about
 * its own payment; unless a webhook says that there is news: it may be about a cancellation.
 *
 * @throws PortOneUnavailable when PortOne cannot be asked; then nothing has changed
 * @throws DatabaseUnavailable likewise
 * @throws Overloaded when too many wait for PortOne already; then nothing has changed either
 */
export function createSettle({ db, portone, enqueue, log, pgIds }: SettleOptions): Settle {
  async function findPayment(impUid: string | null, order: Order | null): Promise<Payment | null> {
    const payment = impUid === null ? null : await portone.findByImpUid(impUid);
    const orderId = order?.id ?? payment?.merchant_uid;
    if (!orderId || payment?.status === 'paid' || (payment && payment.merchant_uid !== orderId)) return payment;
    // A customer who goes back and pays again lands as a failure, with the id of the try that failed; or tries again what is
    // paid, and leaves. The order is paid.
    return (await portone.findPaid(orderId)) ?? payment ?? portone.findByMerchantUid(orderId);
  }

  /** Whether the payment is this order's, and worth what the order costs. */
  function mismatch(payment: Payment, order: Order): string | null {
    if (payment.merchant_uid !== order.id) return 'order';
    if (!movesMoney(statusOf(payment))) return null;
    if (payment.amount !== order.amount) return 'amount';
    if (payment.currency !== order.currency) return 'currency';
    if (pgIds && !pgIds.includes(payment.pg_id ?? '')) return 'gateway account';
    return null;
  }

  /** Parks a payment for a person to look at, and says so once. Nothing is cancelled by itself: the mistake may be ours. */
  async function park(orderId: string, { imp_uid }: Payment, difference: string): Promise<void> {
    const { rows } = await db.query(
      'INSERT INTO mismatches (order_id, imp_uid, difference) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING order_id',
      [orderId, imp_uid, difference],
    );
    if (rows.length > 0) log('mismatch', { order: logName(orderId), difference });
  }

  async function apply(orderId: string, payment: Payment | null, occasion: Occasion): Promise<Settled> {
    let from: OrderStatus = 'created';
    let isOwedAgain = false;
    const settled = await db.transaction(async (tx): Promise<Settled> => {
      const order = await lockOrder(tx, orderId);
      const before = await readSettlement(tx, orderId);
      from = order.status;
      if (!payment) {
        // A customer is here who says to have paid it; the sweep looks at what nobody may ever have tried to pay.
        if (order.status === 'created' && occasion === 'return') await writeStatus(tx, orderId, 'pending');
        return { status: order.status === 'created' ? 'pending' : order.status, order, settlement: before };
      }
      const status = statusOf(payment);
      if (!mayBecome({ status: order.status, impUid: before?.imp_uid ?? null }, { status, impUid: payment.imp_uid }))
        return { status: order.status as PaymentStatus, order, settlement: before };
      await writeStatus(tx, orderId, status);
      const settlement = await writeSettlement(tx, orderId, status, payment);
      if (status === 'paid') {
        const { rows } = await tx.query('INSERT INTO fulfilments (order_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING order_id', [
          orderId,
        ]);
        isOwedAgain = rows.length === 0;
      }
      return { status, order: { ...order, status }, settlement };
    });
    // Once it is so, and not before: a transaction may fail at its end.
    if (settled.order.status !== from) log('settled', { order: logName(orderId), from, to: settled.order.status });
    if (payment && isOwedAgain) await park(orderId, payment, 'paid again');
    if (payment?.status === 'paid' && payment.imp_uid !== settled.settlement?.imp_uid) await park(orderId, payment, 'paid twice');
    return settled;
  }

  return async (ids, occasion) => {
    const asked = ids.merchantUid === null ? null : await readOrder(db, ids.merchantUid);
    if (ids.merchantUid !== null && !asked) return null;
    if (asked && occasion !== 'webhook' && (asked.status === 'paid' || asked.status === 'cancelled')) {
      const settlement = await readSettlement(db, asked.id);
      const isOwn = ids.impUid === settlement?.imp_uid || (ids.impUid === null && asked.status === 'paid');
      if (isOwn) return { status: asked.status, order: asked, settlement };
    }

    return enqueue(() => lookUp(ids.impUid, asked, occasion));
  };

  async function lookUp(impUid: string | null, asked: Order | null, occasion: Occasion): Promise<Settled | null> {
    const payment = await findPayment(impUid, asked);
    const order = asked ?? (payment && (await readOrder(db, payment.merchant_uid)));
    if (!order) return null;

    const difference = payment && mismatch(payment, order);
    if (difference) {
      await park(order.id, payment, difference);
      return { status: 'forged', order, settlement: null };
    }
    // Paid, and partly taken back before we heard of it: a person decides whether that is this order's price.
    if (payment?.status === 'paid' && payment.cancel_amount) {
      if ((await readSettlement(db, order.id))?.imp_uid !== payment.imp_uid) await park(order.id, payment, 'partly cancelled');
      return apply(order.id, null, occasion);
    }
    return apply(order.id, payment, occasion);
  }
}
