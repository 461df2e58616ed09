export type Locale = 'ko' | 'en';

export interface Product {
  readonly name: Readonly<Record<Locale, string>>;
  /** In won. */
  readonly price: number;
}

/** What the shop sells, and for how much. The page only shows the prices; this is where they are true. */
export const PRODUCTS: Readonly<Record<string, Product>> = {
  corner: { name: { ko: '모퉁이 블렌드', en: 'Corner Blend' }, price: 14_000 },
  yirgacheffe: { name: { ko: '예가체프 첫물', en: 'First Pick Yirgacheffe' }, price: 18_000 },
  night: { name: { ko: '밤길 디카페인', en: 'Night Walk Decaf' }, price: 16_000 },
};
