import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Context, Hono } from 'hono';
import { Cart, priceCart } from './cart.js';
import type { Database } from './database.js';
import { serveFile } from './files.js';
import { type Log, logToConsole } from './log.js';
import { createOrder, listOrders } from './orders.js';
import { createPayments } from './payments.js';
import { createPortOne, type PortOneOptions, PortOneUnavailable } from './portone.js';
import type { Locale } from './products.js';
import { invalidRequest, limitBody, ownOriginOnly, parseJson } from './requests.js';
import { ensureSession, readSession } from './session.js';
import { createSettle } from './settle.js';
import { fillIn, type ShopOptions, serveShop } from './shop.js';

export interface MerchantOptions extends ShopOptions {
  readonly db: Database;
  readonly portone: PortOneOptions;
  /** Where the built bundle is. */
  readonly distDir: string;
  readonly log?: Log;
}

const THANKS_PAGE = fileURLToPath(new URL('../shop/thanks.html', import.meta.url));

/** Makes the merchant's server: the shop, its orders, and the two roads by which a payment's truth gets in. */
export function createMerchant({ db, portone, distDir, log = logToConsole, ...shop }: MerchantOptions): { app: Hono } {
  const settle = createSettle({ db, portone: createPortOne(portone), log });
  const app = new Hono();

  app.use(async (c, next) => {
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
  });

  app.get('/', (c) => {
    ensureSession(c);
    return serveShop(c, shop);
  });

  app.post('/orders', limitBody, ownOriginOnly, async (c) => {
    const cart = await parseJson(c, Cart);
    if (!cart) return invalidRequest(c);
    const { id, name, amount, currency } = await createOrder(db, { session: ensureSession(c), ...priceCart(cart) });
    return c.json({ merchant_uid: id, name, amount, currency }, 201);
  });

  app.get('/orders', async (c) => {
    const session = readSession(c);
    const orders = session ? await listOrders(db, session) : [];
    c.header('Cache-Control', 'no-store');
    return c.json({
      orders: orders.map(({ id, name, amount, currency, status, created_at, vbank_name, vbank_num }) => ({
        merchant_uid: id,
        name,
        amount,
        currency,
        status,
        created_at: created_at.toISOString(),
        ...(status === 'ready' && { vbank_name, vbank_num }),
      })),
    });
  });

  // A landing's address holds the payment's ids: it is told to no other site, and kept in no cache.
  const serveLanding = (file: string, lang: Locale) => async (c: Context) =>
    c.html(fillIn(await readFile(file, 'utf8'), lang), 200, { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });

  app.get('/payments/complete', serveLanding(`${distDir}/complete.html`, 'ko'));
  app.get('/en/payments/complete', serveLanding(`${distDir}/complete.html`, 'en'));
  app.get('/thanks', serveLanding(THANKS_PAGE, 'ko'));
  app.get('/en/thanks', serveLanding(THANKS_PAGE, 'en'));

  app.route('/payments', createPayments({ settle }));

  for (const name of ['imp-redirect.js', 'imp-redirect.full.js', 'imp-redirect.wrap.js', 'imp-redirect.mjs'])
    app.get(`/${name}`, serveFile(distDir, 'no-cache'));
  app.get('/assets/:name', serveFile(`${shop.shopDir}/assets`, 'public, max-age=31536000, immutable'));
  app.get('/favicon.ico', (c) => c.body(null, 204));

  app.notFound((c) => c.json({ code: 'not_found' }, 404));

  app.onError((error, c) => {
    const unavailable = error instanceof PortOneUnavailable;
    const { cause } = error;
    log(unavailable ? 'portone_unavailable' : 'error', {
      path: c.req.path,
      error: cause instanceof Error ? `${error.message}: ${cause.message}` : error.message,
    });
    // Never "failed": PortOne was not asked, so nobody knows.
    if (unavailable) return c.json({ code: 'payment_not_known_yet' }, 503, { 'Retry-After': '3' });
    return c.json({ code: 'internal_error' }, 500);
  });

  return { app };
}
