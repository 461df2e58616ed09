import { create, find } from './page.js';
import { formatMoney, lang, words } from './words.js';

export interface OrderView {
  readonly merchant_uid: string;
  readonly name: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: Exclude<keyof typeof words.status, 'forged'>;
  readonly created_at: string;
  readonly vbank_name?: string | null;
  readonly vbank_num?: string | null;
}

const formatTime = (iso: string) =>
  new Date(iso).toLocaleString(lang, { month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' });

function row(order: OrderView): HTMLLIElement {
  const { merchant_uid, name, amount, currency, status, created_at, vbank_name, vbank_num } = order;
  const item = create(
    'li',
    { data: { order: merchant_uid, status } },
    create('strong', {}, name),
    create('span', { className: 'amount' }, formatMoney(amount, currency)),
    create('time', { dateTime: created_at }, formatTime(created_at)),
    create('span', { className: 'chip' }, words.status[status]),
  );
  if (vbank_num) item.append(create('p', {}, `${words.deposit}: ${vbank_name ?? ''} ${vbank_num}`));
  if (status === 'pending') {
    // The landing page is also where an order is asked about again.
    const landing = `${lang === 'en' ? '/en' : ''}/payments/complete?merchant_uid=${encodeURIComponent(merchant_uid)}`;
    item.append(create('p', {}, create('a', { href: landing }, words.check)));
  }
  return item;
}

/** Shows this browser's orders anew. @returns the orders, or none where they could not be had */
export async function showOrders(): Promise<readonly OrderView[]> {
  try {
    const response = await fetch('/orders');
    const { orders } = (await response.json()) as { orders: OrderView[] };
    find('#orders').replaceChildren(...orders.map(row));
    return orders;
  } catch {
    return [];
  }
}
