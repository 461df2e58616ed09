import type { Database, Queryable } from './database.js';
import type { Log } from './log.js';
import { logName, type Order, readOrder } from './orders.js';
import type { Payment, PortOne } from './portone.js';
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

export type Settle = (ids: Ids, options?: { readonly askAgain?: boolean }) => Promise<Settled | null>;

// Eximbay issues "accounts" without a number, to be paid at a convenience store.
const hasAccount = (payment: Payment) => payment.vbank_num !== null && payment.vbank_num !== 'unknown';

/** PortOne's `ready` means that an account was issued, or that the customer is in the window, or has closed it. */
const statusOf = (payment: Payment): PaymentStatus => (payment.status === 'ready' && !hasAccount(payment) ? 'pending' : payment.status);

const movesMoney = (status: PaymentStatus) => status === 'paid' || status === 'ready' || status === 'cancelled';

const lockOrder = async (tx: Queryable, id: string) =>
  (await tx.query<Order>('SELECT * FROM orders WHERE id = $1 FOR UPDATE', [id])).rows[0] as Order;

const readSettlement = async (tx: Queryable, orderId: string) =>
  (await tx.query<Settlement>('SELECT * FROM settlements WHERE order_id = $1', [orderId])).rows[0] ?? null;

const writeStatus = (tx: Queryable, id: string, status: OrderStatus) =>
  tx.query('UPDATE orders SET status = $2 WHERE id = $1', [id, status]);

const writeSettlement = (tx: Queryable, orderId: string, status: PaymentStatus, payment: Payment) =>
  tx.query(
    `INSERT INTO settlements (order_id, imp_uid, status, fail_reason, vbank_name, vbank_num, vbank_holder, vbank_date)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (order_id) DO UPDATE SET imp_uid = $2, status = $3, fail_reason = $4, vbank_name = $5, vbank_num = $6,
       vbank_holder = $7, vbank_date = $8, settled_at = now()`,
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

/**
 * Makes the one function that settles orders. The landing page and the webhook both end in it, and neither is believed:
 * they only say where to look.
 *
 * A paid order is answered from its own row, if it is asked about by its own payment or by none; unless `askAgain`: a webhook
 * may be about a cancellation.
 *
 * @throws PortOneUnavailable when PortOne cannot be asked; then nothing has changed
 */
export function createSettle({ db, portone, log }: { db: Database; portone: PortOne; log: Log }): Settle {
  async function findPayment(impUid: string | null, order: Order | null): Promise<Payment | null> {
    const payment = impUid === null ? null : await portone.findByImpUid(impUid);
    const orderId = order?.id ?? payment?.merchant_uid;
    if (!orderId || payment?.status === 'paid' || (payment && payment.merchant_uid !== orderId)) return payment;
    // A customer who goes back and pays again lands as a failure, with the id of the try that failed. The order is paid.
    const latest = await portone.findByMerchantUid(orderId);
    return latest && (!payment || latest.status === 'paid') ? latest : payment;
  }

  /** Whether the payment is this order's, and worth what the order costs. */
  function mismatch(payment: Payment, order: Order): string | null {
    if (payment.merchant_uid !== order.id) return 'order';
    if (!movesMoney(statusOf(payment))) return null;
    if (payment.amount !== order.amount) return 'amount';
    if (payment.currency !== order.currency) return 'currency';
    return null;
  }

  const apply = (orderId: string, payment: Payment | null): Promise<Settled> =>
    db.transaction(async (tx) => {
      const order = await lockOrder(tx, orderId);
      const before = await readSettlement(tx, orderId);
      if (!payment) {
        if (order.status === 'created') await writeStatus(tx, orderId, 'pending');
        return { status: order.status === 'created' ? 'pending' : order.status, order, settlement: before };
      }
      const status = statusOf(payment);
      if (!mayBecome({ status: order.status, impUid: before?.imp_uid ?? null }, { status, impUid: payment.imp_uid })) {
        if (status === 'paid' && before?.imp_uid !== payment.imp_uid) log('paid_twice', { order: logName(orderId) });
        return { status: order.status as PaymentStatus, order, settlement: before };
      }
      await writeStatus(tx, orderId, status);
      await writeSettlement(tx, orderId, status, payment);
      if (status === 'paid') await tx.query('INSERT INTO fulfilments (order_id) VALUES ($1) ON CONFLICT DO NOTHING', [orderId]);
      if (status !== order.status) log('settled', { order: logName(orderId), from: order.status, to: status });
      return { status, order: { ...order, status }, settlement: await readSettlement(tx, orderId) };
    });

  return async (ids, { askAgain = false } = {}) => {
    const asked = ids.merchantUid === null ? null : await readOrder(db, ids.merchantUid);
    if (ids.merchantUid !== null && !asked) return null;
    if (asked?.status === 'paid' && !askAgain) {
      const settlement = await readSettlement(db, asked.id);
      if (ids.impUid === null || ids.impUid === settlement?.imp_uid) return { status: 'paid', order: asked, settlement };
    }

    const payment = await findPayment(ids.impUid, asked);
    const order = asked ?? (payment && (await readOrder(db, payment.merchant_uid)));
    if (!order) return null;

    const difference = payment && mismatch(payment, order);
    if (difference) {
      // For a person to look at. Nothing is cancelled automatically: the mistake may be ours.
      log('mismatch', { order: logName(order.id), difference });
      return { status: 'forged', order, settlement: null };
    }
    // Paid, and partly taken back before we heard of it: a person decides whether that is this order's price.
    if (payment?.status === 'paid' && payment.cancel_amount) {
      log('partly_cancelled', { order: logName(order.id) });
      return apply(order.id, null);
    }
    return apply(order.id, payment);
  };
}
