import type { CartItem } from './cart.js';
import { lang } from './words.js';

/** An order that waits for its payment. The server made its number and its amount. */
export interface PreparedOrder {
  readonly merchant_uid: string;
  readonly name: string;
  readonly amount: number;
  readonly currency: string;
  /** By which the server knows its customer in another browser. */
  readonly token: string;
  readonly items: readonly CartItem[];
}

export type Preparation = PreparedOrder | 'empty' | 'preparing' | 'not prepared';

const SETTLE_MS = 250;
const RETRY_MS = 3000;

/**
 * Keeps an order ready for what is in the cart, so that a click on "pay" need not wait for the server: a browser opens a
 * payment window only in the task of the click itself.
 */
export function createPreparer(changed: (preparation: Preparation) => void): (items: readonly CartItem[]) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;

  async function prepare(items: readonly CartItem[]): Promise<void> {
    const mine = ++latest;
    try {
      const response = await fetch('/orders', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ items, lang }),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const order = await response.json();
      if (mine === latest) changed({ ...order, items });
    } catch {
      if (mine !== latest) return;
      changed('not prepared');
      timer = setTimeout(prepare, RETRY_MS, items);
    }
  }

  return (items) => {
    const first = latest === 0;
    latest++;
    clearTimeout(timer);
    changed(items.length > 0 ? 'preparing' : 'empty');
    if (items.length > 0) timer = setTimeout(prepare, first ? 0 : SETTLE_MS, items);
  };
}
