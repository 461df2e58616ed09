// Express 5 and PostgreSQL: the landing page's confirm, PortOne's webhook, and one settle() for both.
// Environment: PORT, DATABASE_URL, PORTONE_API_URL, PORTONE_API_KEY, PORTONE_API_SECRET, ORDER_TOKEN_SECRET.
// The contract, and why it is as it is: ../merchant-server.md. The sweep, the limits and the queue are in demo/merchant.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import express from 'express';
import pg from 'pg';

const { PORT = 3000, DATABASE_URL, PORTONE_API_URL = 'https://api.iamport.kr', ORDER_TOKEN_SECRET } = process.env;
const { PORTONE_API_KEY: imp_key, PORTONE_API_SECRET: imp_secret } = process.env;

if (!ORDER_TOKEN_SECRET) throw new Error('ORDER_TOKEN_SECRET is missing: anybody could sign tokens.');

const db = new pg.Pool({ connectionString: DATABASE_URL });
db.on('error', console.error); // A connection that breaks while nobody uses it: the pool opens another one.
await db.query(`
  CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY, name text NOT NULL, amount integer NOT NULL, currency text NOT NULL,
    status text NOT NULL DEFAULT 'created', imp_uid text UNIQUE, details jsonb NOT NULL DEFAULT '{}');
  CREATE TABLE IF NOT EXISTS fulfilments (order_id text PRIMARY KEY REFERENCES orders)`);
const readOrder = async (id) => (await db.query('SELECT * FROM orders WHERE id = $1', [id])).rows[0] ?? null;

// The UPDATE takes the row's lock, and looks at the row again once it has it: of many at once, one changes it. A worker ships
// what stands in fulfilments; it is written in the same statement, so neither is there without the other.
const APPLY = `
  WITH changed AS (
    UPDATE orders SET status = $2, imp_uid = $3, details = $4
    WHERE id = $1 AND (status IN ('created', 'pending', 'failed')
      OR status = 'ready' AND ($2 IN ('paid', 'ready') OR imp_uid = $3 AND $2 <> 'pending')
      OR status = 'paid' AND $2 = 'cancelled' AND imp_uid = $3
      OR status = 'cancelled' AND $2 = 'paid' AND imp_uid <> $3)
    RETURNING id, status)
  INSERT INTO fulfilments SELECT id FROM changed WHERE status = 'paid' ON CONFLICT DO NOTHING`;

/** PortOne could not be asked. Nothing is known, so nothing has failed. */
class Unavailable extends Error {}

async function askPortOne(path, init) {
  try {
    const response = await fetch(PORTONE_API_URL + path, { ...init, redirect: 'error', signal: AbortSignal.timeout(5000) });
    if (response.status === 404 && path.startsWith('/payments/')) return null;
    if (response.status === 401) token = null;
    const body = await response.json();
    if (!response.ok || body.code !== 0) throw new Error(`HTTP ${response.status}`);
    return body.response;
  } catch (cause) {
    throw new Unavailable('PortOne', { cause });
  }
}

let token = null;
async function findPayment(path, id, status = '') {
  if (/^\.+$/.test(id)) return null; // It would walk up the path.
  if (!token || token.expired_at < Date.now() / 1000 + 60)
    token = await askPortOne('/users/getToken', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ imp_key, imp_secret }),
    });
  return askPortOne(path + encodeURIComponent(id) + status, { headers: { Authorization: token.access_token } });
}

/** Where every road ends. None is believed: it only says where to look. `null`: no such order. */
async function settle(impUid, merchantUid, isNews = false) {
  let order = merchantUid && (await readOrder(merchantUid));
  if (merchantUid && !order) return null;
  if (!isNews && order?.status === 'paid' && (impUid ?? order.imp_uid) === order.imp_uid) return order;

  let payment = impUid && (await findPayment('/payments/', impUid));
  order ||= payment && (await readOrder(payment.merchant_uid));
  if (!order) return null;
  // Another try of the same order may have been paid, an older one too.
  if (!payment || (payment.merchant_uid === order.id && payment.status !== 'paid'))
    payment = (await findPayment('/payments/find/', order.id, '/paid')) ?? payment ?? (await findPayment('/payments/find/', order.id));
  if (!payment) return order;

  const { imp_uid, vbank_num, vbank_name, vbank_holder, vbank_date, fail_reason } = payment;
  // "ready" without an account: the customer is in the gateway's window, or has left it.
  const status = payment.status === 'ready' && !vbank_num ? 'pending' : payment.status;
  const isWorth = payment.amount === order.amount && payment.currency === order.currency;
  if (payment.merchant_uid !== order.id || (/paid|ready|cancelled/.test(status) && !isWorth)) {
    console.error(`forged ${order.id.slice(0, 19)}`); // For a person to look at.
    return { ...order, status: 'forged', details: {} };
  }
  if (status === 'paid' && payment.cancel_amount) return order; // Partly taken back: a person decides.
  const details =
    status === 'ready'
      ? { vbank_num, vbank_name, vbank_holder, vbank_date }
      : status === 'failed' && fail_reason
        ? { message: fail_reason }
        : {};
  const { rowCount } = await db.query(APPLY, [order.id, status, imp_uid, details]);
  if (rowCount) console.log(`settled ${order.id.slice(0, 19)}`);
  const after = await readOrder(order.id);
  if (status === 'paid' && after.imp_uid !== imp_uid) console.error(`paid twice ${order.id.slice(0, 19)}`);
  return after;
}

const sign = (id) => createHmac('sha256', ORDER_TOKEN_SECRET).update(id).digest();
const isTokenOf = (id, t) => {
  const given = Buffer.from(`${t}`, 'hex');
  return given.length === 32 && timingSafeEqual(given, sign(id));
};
const isId = (id) => typeof id === 'string' && /^[^\p{Cc}\p{Cs}]{1,256}$/u.test(id);
const isOwnPage = (req) => {
  const [site, origin] = [req.get('Sec-Fetch-Site'), req.get('Origin')];
  return site ? site === 'same-origin' : !origin || origin.replace(/^https?:\/\//, '') === req.get('Host');
};

const app = express().disable('x-powered-by');

// Stands for your checkout. The price is the server's; the token goes into the landing URL: m_redirect_url `…/complete?t=${token}`.
app.post('/orders', async (_, res) => {
  const order = { id: `order-${randomBytes(12).toString('hex')}`, name: '모퉁이 블렌드', amount: 12000, currency: 'KRW' };
  await db.query('INSERT INTO orders (id, name, amount, currency) VALUES ($1, $2, $3, $4)', Object.values(order));
  res.status(201).json({ merchant_uid: order.id, amount: order.amount, token: sign(order.id).toString('hex') });
});

app.post('/payments/complete', express.json({ limit: '16kb' }), async (req, res) => {
  if (!isOwnPage(req)) return res.status(403).json({ code: 'foreign_origin' });
  const { imp_uid = null, merchant_uid = null, t } = Object(req.body);
  const ids = [imp_uid, merchant_uid].filter((id) => id !== null);
  if (ids.length === 0 || !ids.every(isId)) return res.status(400).json({ code: 'invalid_request' });
  const unknown = { status: 'pending', imp_uid, merchant_uid };
  try {
    const order = await settle(imp_uid, merchant_uid);
    if (!order && merchant_uid !== null) return res.status(404).json({ code: 'order_not_found' });
    // The work is done for whoever asks; how it stands is told to the order's own customer.
    if (!order || !isTokenOf(order.id, t)) return res.json(unknown);
    const { id, name, amount, currency, details } = order;
    const status = order.status === 'created' ? 'pending' : order.status;
    res
      .status(status === 'forged' ? 400 : 200)
      .json({ status, imp_uid: imp_uid ?? order.imp_uid, merchant_uid: id, amount, currency, name, ...details });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    res.status(202).set('Retry-After', '3').json(unknown);
  }
});

// Unsigned, and sent once: anybody may have sent it, and the sweep finds what it has missed.
app.post('/payments/webhook', express.json({ limit: '16kb' }), express.urlencoded({ limit: '16kb' }), async (req, res) => {
  const { imp_uid, merchant_uid } = Object(req.body);
  if (!isId(imp_uid) || !isId(merchant_uid)) return res.status(400).json({ code: 'invalid_request' });
  await settle(imp_uid, merchant_uid, true);
  res.status(200).end();
});

app.use((error, _req, res, _next) => {
  if (error instanceof Unavailable) return res.status(503).set('Retry-After', '3').json({ code: 'payment_not_known_yet' });
  if (error.status === 413) return res.status(413).json({ code: 'too_large' });
  if (error.expose) return res.status(400).json({ code: 'invalid_request' });
  console.error(error.message);
  res.status(500).json({ code: 'internal_error' });
});

app.listen(PORT, '127.0.0.1', () => console.log('listening'));
