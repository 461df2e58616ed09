import { create, find } from './page.js';
import { words } from './words.js';

export type Method = keyof typeof words.methods;

/** What `request_pay` is told for each; `unregistered` is a gateway that nobody has signed up with. */
const PARAMS: Readonly<Record<Method, { readonly pg: string; readonly pay_method: string }>> = {
  card: { pg: 'html5_inicis', pay_method: 'card' },
  kakaopay: { pg: 'kakaopay', pay_method: 'card' },
  naverpay: { pg: 'naverpay', pay_method: 'card' },
  tosspayments: { pg: 'tosspayments', pay_method: 'card' },
  vbank: { pg: 'html5_inicis', pay_method: 'vbank' },
  unregistered: { pg: 'unregistered', pay_method: 'card' },
};

/** Offers the payment methods; the first is chosen. */
export function createMethods(): { readonly chosen: () => { readonly pg: string; readonly pay_method: string } } {
  const host = find('#methods');
  for (const method of Object.keys(PARAMS) as Method[]) {
    const input = create('input', { type: 'radio', name: 'method', value: method, checked: method === 'card' });
    const label = create('label', { data: { method } }, input, create('span', {}, words.methods[method]));
    if (method === 'unregistered') label.append(create('small', {}, words.testing));
    host.append(label);
  }
  return { chosen: () => PARAMS[find<HTMLInputElement>('input:checked', host).value as Method] };
}
