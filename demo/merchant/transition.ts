/** How an order stands. `created`: nobody has tried to pay it, as far as we know. `pending`: somebody has. */
export type OrderStatus = 'created' | 'pending' | 'ready' | 'paid' | 'failed' | 'cancelled';

/** What PortOne says about one payment, in the order's words: `pending` is a `ready` without an account. */
export type PaymentStatus = Exclude<OrderStatus, 'created'>;

/**
 * Whether a payment may change an order. One order can have several payments, one per try, and news of them arrives late,
 * twice and out of turn; so what is settled gives way only to what outranks it.
 *
 * @param order how the order stands, and by which payment
 * @param payment what PortOne says
 */
export function mayBecome(
  order: { readonly status: OrderStatus; readonly impUid: string | null },
  payment: { readonly status: PaymentStatus; readonly impUid: string },
): boolean {
  const samePayment = order.impUid === payment.impUid;
  switch (order.status) {
    case 'paid':
      return samePayment && payment.status === 'cancelled';
    case 'cancelled':
      // The cancelled payment itself cannot come back; "paid" about it is old news.
      return !samePayment && payment.status === 'paid';
    case 'ready':
      return payment.status === 'paid' || payment.status === 'ready' || (samePayment && payment.status !== 'pending');
    default:
      // A failure is not the end: some gateways approve late, and the customer may try again.
      return true;
  }
}
