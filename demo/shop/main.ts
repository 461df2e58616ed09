import { type CartItem, createCart } from './cart.js';
import { createDevelopersPanel } from './developers.js';
import { createMethods } from './methods.js';
import { createPreparer, type Preparation, type PreparedOrder } from './order.js';
import { showOrders } from './orders.js';
import { find, say } from './page.js';
import { pay, sdkIsThere, startSdk } from './pay.js';
import { formatMoney, words } from './words.js';

let order: PreparedOrder | null = null;
let cart: readonly CartItem[] = [];

const NOTICES = { empty: words.emptyCart, preparing: '', 'not prepared': words.notPrepared };

function show(preparation: Preparation): void {
  order = typeof preparation === 'string' ? null : preparation;
  const button = find<HTMLButtonElement>('#pay');
  button.disabled = !order;
  // For who looks on: see demo/chaos.
  button.dataset.order = order?.merchant_uid ?? '';
  if (typeof preparation === 'string') {
    say(NOTICES[preparation]);
    if (preparation === 'empty') {
      find('#order-name').textContent = '';
      find('#total').textContent = '\u00a0';
    }
    return;
  }
  say(sdkIsThere() ? '' : words.noSdk);
  find('#order-name').textContent = preparation.name;
  find('#total').textContent = formatMoney(preparation.amount, preparation.currency);
}

const prepare = createPreparer(show);

/** The same order can be tried again until it is settled; after that the cart needs a new one. */
async function refresh(): Promise<void> {
  const orders = await showOrders();
  const status = orders.find(({ merchant_uid }) => merchant_uid === order?.merchant_uid)?.status;
  if (status === 'paid' || status === 'ready' || status === 'cancelled') prepare(cart);
}

createDevelopersPanel();
const methods = createMethods();
createCart((items) => {
  cart = items;
  prepare(items);
});
startSdk();
refresh();

find<HTMLFormElement>('#checkout').addEventListener('submit', (event) => {
  event.preventDefault();
  if (order) pay(order, methods.chosen(), refresh);
});
// Back from the gateway by the back button: the page is as it was left, and the world is not.
addEventListener('pageshow', (event) => {
  if (event.persisted) refresh();
});
// A payment whose landing was elsewhere, or never.
document.addEventListener('imp-redirect:verdict', refresh);
