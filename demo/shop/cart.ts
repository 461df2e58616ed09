import { PRODUCTS } from '../merchant/products.js';
import { create } from './page.js';
import { lang, words } from './words.js';

export interface CartItem {
  readonly id: string;
  readonly quantity: number;
}

const MOST = 9;

/**
 * Puts a quantity stepper on every product. One bag of the first is in the cart to begin with.
 *
 * @param changed called with what is in the cart, at once and after every change
 */
export function createCart(changed: (items: readonly CartItem[]) => void): void {
  const products = [...document.querySelectorAll<HTMLElement>('[data-product]')];
  const quantities = new Map(products.map(({ dataset }, i) => [dataset.product as string, i === 0 ? 1 : 0]));
  const renders: (() => void)[] = [];

  const update = () => {
    for (const render of renders) render();
    changed([...quantities].filter(([, quantity]) => quantity > 0).map(([id, quantity]) => ({ id, quantity })));
  };

  for (const product of products) {
    const id = product.dataset.product as string;
    const count = create('output', {});
    const step = (label: string, text: string, by: number) => {
      const onclick = () => {
        quantities.set(id, Math.min(MOST, Math.max(0, (quantities.get(id) ?? 0) + by)));
        update();
      };
      const button = create('button', { type: 'button', onclick }, text);
      button.setAttribute('aria-label', `${label}: ${PRODUCTS[id]?.name[lang]}`);
      return button;
    };
    const [fewer, more] = [step(words.fewer, '−', -1), step(words.more, '+', 1)];
    product.append(create('div', { className: 'stepper' }, fewer, count, more));
    renders.push(() => {
      const quantity = quantities.get(id) ?? 0;
      count.value = `${quantity}`;
      fewer.disabled = quantity === 0;
      more.disabled = quantity === MOST;
      product.dataset.quantity = `${quantity}`;
    });
  }
  update();
}
