import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { Cart, priceCart } from './cart.js';
import type { Database } from './database.js';
import { serveFile } from './files.js';
import { countRequests, limitRate } from './limits.js';
import { type Log, logToConsole, nameRequest, withRequest } from './log.js';
import { createOrder, listOrders } from './orders.js';
import { createAnswer, createPayments, reasonOf, retryAfterOf } from './payments.js';
import { createPortOne, type PortOneOptions } from './portone.js';
import type { Locale } from './products.js';
import { createQueue, type QueueOptions } from './queue.js';
import { invalidRequest, limitBody, ownOriginOnly, parseJson } from './requests.js';
import { ensureSession, readSession } from './session.js';
import { createSettle, type Ids } from './settle.js';
import { embedVerdict, fillIn, type ShopOptions, serveShop, toLanguage } from './shop.js';
import { createSweep, type Sweep } from './sweep.js';
import { createTokens } from './tokens.js';

export interface MerchantOptions extends ShopOptions {
  readonly db: Database;
  readonly portone: PortOneOptions;
  /** What order tokens are signed with: see `readSecret`. */
  readonly tokenSecret: string;
  /** The merchant's accounts with the gateways, where payments in others (test accounts) are to be refused. */
  readonly pgIds?: readonly string[] | undefined;
  /** Where the built bundle is. */
  readonly distDir: string;
  /** What a landing URL claims: the bundle's own `readClaim`, which runs on servers too. */
  readonly readClaim: (url: string) => Ids | null;
  readonly log?: Log;
  /** How often one address may ask within a minute: order, confirm, land. @default 600 */
  readonly requestsPerMinute?: number;
  readonly queue?: QueueOptions;
  /** See `SweepOptions`. */
  readonly sweepPaceMs?: number;
}

export interface Merchant {
  readonly app: Hono;
  readonly sweep: Sweep;
}

const page = (name: string) => fileURLToPath(new URL(`../shop/${name}`, import.meta.url));
const THANKS_PAGE = page('thanks.html');
const RETURN_PAGE = page('return.html');

/** How long a landing page may wait for the verdict that is written into it, in milliseconds. Later, its script asks. */
const RENDER_PATIENCE_MS = 1500;

/** Makes the merchant's server: the shop, its orders, and the three roads by which a payment's truth gets in. */
export function createMerchant({
  db,
  portone,
  tokenSecret,
  pgIds,
  distDir,
  readClaim,
  log: sink = logToConsole,
  requestsPerMinute = 600,
  queue,
  sweepPaceMs,
  ...shop
}: MerchantOptions): Merchant {
  const log = withRequest(sink);
  const settle = createSettle({ db, portone: createPortOne(portone), enqueue: createQueue(queue), log, pgIds });
  const tokens = createTokens(tokenSecret);
  const answer = createAnswer(settle, tokens);
  const count = countRequests(requestsPerMinute);
  const limited = limitRate(count);
  const app = new Hono();

  app.use(nameRequest);
  // The payment window is another site's, and talks to the page that opened it; the completion page has a policy of its own.
  app.use(secureHeaders({ crossOriginOpenerPolicy: false, crossOriginResourcePolicy: false, strictTransportSecurity: false }));

  app.get('/', (c) => {
    ensureSession(c);
    return serveShop(c, shop);
  });

  // Each will be looked up by the sweep, too.
  app.post('/orders', limited, limitBody, ownOriginOnly, async (c) => {
    const cart = await parseJson(c, Cart);
    if (!cart) return invalidRequest(c);
    const { id, name, amount, currency } = await createOrder(db, { session: ensureSession(c), ...priceCart(cart) });
    return c.json({ merchant_uid: id, name, amount, currency, token: tokens.sign(id) }, 201);
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
  const PRIVATE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' };
  const serveLanding = (file: string, lang: Locale) => async (c: Context) =>
    c.html(fillIn(await readFile(file, 'utf8'), lang), 200, PRIVATE);

  app.get('/payments/complete', serveLanding(`${distDir}/complete.html`, 'ko'));
  app.get('/en/payments/complete', serveLanding(`${distDir}/complete.html`, 'en'));
  app.get('/thanks', serveLanding(THANKS_PAGE, 'ko'));
  app.get('/en/thanks', serveLanding(THANKS_PAGE, 'en'));

  /** Confirms while it renders: one round trip less, and something to read without JavaScript. Who asks too often gets the page alone. */
  const serveReturn = (lang: Locale) => async (c: Context) => {
    const claim = (await count(c)) === 0 ? readClaim(c.req.url) : null;
    const asked = claim && { impUid: claim.impUid, merchantUid: claim.merchantUid, token: c.req.query('t') ?? null };
    const verdict =
      asked && (asked.impUid ?? asked.merchantUid) !== null
        ? await Promise.race([
            answer(c, asked).catch((error: Error) => {
              log('not_rendered', { error: reasonOf(error) });
              return null;
            }),
            new Promise<null>((resolve) => setTimeout(resolve, RENDER_PATIENCE_MS, null).unref()),
          ])
        : null;
    return c.html(embedVerdict(toLanguage(await readFile(RETURN_PAGE, 'utf8'), lang), lang, verdict), 200, PRIVATE);
  };
  app.get('/payments/return', serveReturn('ko'));
  app.get('/en/payments/return', serveReturn('en'));

  app.route('/payments', createPayments({ settle, answer, limitRate: limited, log }));

  for (const name of ['imp-redirect.js', 'imp-redirect.full.js', 'imp-redirect.wrap.js', 'imp-redirect.mjs'])
    app.get(`/${name}`, serveFile(distDir, 'no-cache'));
  app.get('/assets/:name', serveFile(`${shop.shopDir}/assets`, 'public, max-age=31536000, immutable'));
  app.get('/favicon.ico', (c) => c.body(null, 204));

  app.notFound((c) => c.json({ code: 'not_found' }, 404));

  app.onError((error, c) => {
    const retryAfter = retryAfterOf(error);
    log(retryAfter ? 'unavailable' : 'error', { path: c.req.path, error: reasonOf(error) });
    // Nothing is known yet, and nothing has failed.
    if (retryAfter) return c.json({ code: 'payment_not_known_yet' }, 503, { 'Retry-After': `${retryAfter}` });
    return c.json({ code: 'internal_error' }, 500);
  });

  return { app, sweep: createSweep({ db, settle, log, ...(sweepPaceMs !== undefined && { paceMs: sweepPaceMs }) }) };
}
