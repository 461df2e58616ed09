import type { ShopConfig } from '../merchant/shop.js';
import { find } from './elements.js';

export { create, find } from './elements.js';

/** What the server told the page, beside its scripts. */
export const config = JSON.parse(find('#shop-config').textContent) as ShopConfig;

export const say = (text: string) => {
  find('#notice').textContent = text;
};
