import { z } from 'zod';
import { PRODUCTS, type Product } from './products.js';

const CartItem = z.object({
  id: z.string().refine((id) => Object.hasOwn(PRODUCTS, id)),
  quantity: z.number().int().min(1).max(9),
});

/** What the browser may send to make an order: what and how many, never for how much. */
export const Cart = z.object({
  items: z
    .array(CartItem)
    .min(1)
    .refine((items) => new Set(items.map(({ id }) => id)).size === items.length),
  lang: z.enum(['ko', 'en']).default('ko'),
});

export type Cart = z.output<typeof Cart>;

/** An order's name as the gateway shows it, and what it costs. */
export function priceCart({ items, lang }: Cart): { name: string; amount: number; currency: string } {
  const lines = items.map(({ id, quantity }) => ({ product: PRODUCTS[id] as Product, quantity }));
  const [first] = lines;
  const others = lines.length - 1;
  const name = first?.product.name[lang] ?? '';
  return {
    name: others === 0 ? name : lang === 'ko' ? `${name} 외 ${others}건` : `${name} and ${others} more`,
    amount: lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0),
    currency: 'KRW',
  };
}
