import type { PreparedOrder } from './order.js';
import { config, find, say } from './page.js';
import { words } from './words.js';

interface PayResponse {
  readonly imp_uid?: string | null;
  readonly merchant_uid?: string | null;
  readonly error_msg?: string | null;
}

interface Sdk {
  readonly init: (code: string) => void;
  readonly request_pay: (params: Record<string, unknown>, callback?: (response: PayResponse) => void) => void;
}

/** What our tag has put here, unless a switch left it out. */
interface Bundle {
  readonly wrap: (options: { readonly redirectUrl: string; readonly inject: 'always' | 'mobile' }) => void;
}

declare global {
  interface Window {
    IMP?: Sdk;
  }
}

const CUSTOMER = { buyer_name: '김손님', buyer_email: 'customer@example.com', buyer_tel: '010-0000-0000' };

export const sdkIsThere = () => !!window.IMP;

/** Names the merchant to the SDK. */
export const startSdk = () => window.IMP?.init(config.impCode);

/** The confirm that a shop without our landing page does in its callback, and with `?callback=own` this one. */
async function confirm({ imp_uid, error_msg }: PayResponse, merchant_uid: string, done: () => void): Promise<void> {
  const output = find<HTMLOutputElement>('#callback-result');
  try {
    const response = await fetch('/payments/complete', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ imp_uid: imp_uid || null, merchant_uid }),
    });
    const { status, message } = await response.json();
    const said = words.status[status as keyof typeof words.status];
    if (!said) throw new Error(`HTTP ${response.status}`);
    output.dataset.status = status;
    const reason = message ?? (status === 'pending' && error_msg);
    output.value = reason ? `${said}: ${reason}` : said;
  } catch {
    output.dataset.status = 'unknown';
    output.value = words.notConfirmed;
  }
  done();
}

/**
 * Opens the payment: as every merchant does it, without `m_redirect_url`.
 *
 * @param confirmed called after the page's own callback, where it has one
 */
export function pay(order: PreparedOrder, method: { readonly pg: string; readonly pay_method: string }, confirmed: () => void): void {
  if (!window.IMP) {
    say(words.noSdk);
    return;
  }
  const { merchant_uid, name, amount, currency, token, items } = order;
  const { switches, landingPath } = config;
  // The tag has named the way home; this one's has the order's token, for a customer who comes home in another browser.
  (window as { ImpRedirect?: Bundle }).ImpRedirect?.wrap({ redirectUrl: `${landingPath}?t=${token}`, inject: switches.inject });
  const params = {
    ...method,
    merchant_uid,
    name,
    amount: switches.amount ?? amount,
    currency,
    ...CUSTOMER,
    ...(method.pg === 'naverpay' && {
      naverProducts: items.map(({ id, quantity }) => ({ categoryType: 'PRODUCT', categoryId: 'GENERAL', uid: id, name, count: quantity })),
    }),
  };
  if (switches.callback === 'own') window.IMP.request_pay(params, (response) => confirm(response, merchant_uid, confirmed));
  else window.IMP.request_pay(params);
}
