// A small merchant's server that does everything right. The other files here each replace one part of it by a wrong one.
import { type Context, Hono } from 'hono';

export interface Order {
  readonly id: string;
  readonly amount: number;
  /** What was answered when it was settled. */
  settled: Answer | null;
}

export interface Payment {
  readonly imp_uid: string;
  readonly merchant_uid: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
}

export interface Request {
  readonly imp_uid: string | null;
  readonly merchant_uid: string | null;
  readonly amount?: number;
}

export interface Answer {
  readonly status: string;
  readonly imp_uid: string | null;
  readonly merchant_uid: string;
  readonly amount: number;
}

/** PortOne could not be asked. */
export class Unavailable extends Error {}

/** What a server is made of. */
export interface Parts {
  /** Refuses a request before it is read. */
  guard(c: Context): Response | undefined;
  read(c: Context): Promise<Request>;
  /** PortOne's REST API: `response` of its envelope, or `null` for HTTP 404. */
  askPortOne(api: string, path: string): Promise<Payment | null>;
  find(ask: (path: string) => Promise<Payment | null>, request: Request, order: Order): Promise<Payment | null>;
  judge(payment: Payment | null, order: Order, request: Request): string;
  settled(c: Context, order: Order, request: Request): Response | undefined;
  answer(c: Context, answer: Answer): Response | Promise<Response>;
  unavailable(c: Context, request: Request): Response;
  unknown(c: Context, request: Request): Response;
  webhook(c: Context): Promise<Response>;
  page(c: Context): Response;
  checkout(c: Context): Response;
}

export const isJson = (c: Context) => /^application\/json\b/.test(c.req.header('content-type') ?? '');

/** A handler that never comes back. */
export const never = () => new Promise<Response>(() => {});

async function fetchEnvelope(url: string, init: RequestInit): Promise<{ response: unknown } | null> {
  const answer = await fetch(url, init).catch(() => null);
  if (answer?.status === 404) return null;
  if (!answer?.ok) throw new Unavailable();
  return (await answer.json()) as { response: unknown };
}

/** PortOne's access token. */
export async function login(api: string): Promise<string> {
  const body = JSON.stringify({ imp_key: 'key', imp_secret: 'secret' });
  const envelope = await fetchEnvelope(`${api}/users/getToken`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  return (envelope as { response: { access_token: string } }).response.access_token;
}

const PAGE = '<!doctype html><title>Result</title><script src="/imp-redirect.js" data-confirm-url="/confirm"></script>';
const CHECKOUT =
  '<!doctype html><title>Cart</title><script src="/imp-redirect.js" data-redirect-url="/complete"></script><script src="https://cdn.iamport.kr/v1/iamport.js"></script>';

export const NO_STORE = { 'Cache-Control': 'no-store' };

export const RIGHT: Parts = {
  guard: () => undefined,
  read: (c) => (isJson(c) ? c.req.json() : c.req.parseBody().then((form) => form as unknown as Request)),
  async askPortOne(api, path) {
    const envelope = await fetchEnvelope(api + path, { headers: { Authorization: await login(api) } });
    return envelope && (envelope.response as Payment);
  },
  find: async (ask, { imp_uid }, order) =>
    (imp_uid && (await ask(`/payments/${encodeURIComponent(imp_uid)}`))) || ask(`/payments/find/${encodeURIComponent(order.id)}`),
  judge(payment, order) {
    if (!payment) return 'pending';
    if (payment.merchant_uid !== order.id) return 'forged';
    return payment.status === 'paid' && payment.amount !== order.amount ? 'forged' : payment.status;
  },
  settled: (c, { settled }) => (settled ? c.json(settled) : undefined),
  answer: (c, answer) => c.json(answer, answer.status === 'forged' ? 400 : 200),
  unavailable: (c) => c.json({ message: 'later' }, 503, { 'Retry-After': '3' }),
  unknown: (c) => c.json({ message: 'no such order' }, 404),
  webhook: async (c) => c.body(null, 200),
  page: (c) => c.html(PAGE, 200, NO_STORE),
  checkout: (c) => c.html(CHECKOUT),
};

/** Makes a server of the right parts, with the wrong ones in their place. */
export function createShop(api: string, wrong: Partial<Parts> = {}): Hono {
  const parts = { ...RIGHT, ...wrong };
  const orders = new Map<string, Order>();
  const app = new Hono();

  app.post('/orders', (c) => {
    const id = `order-${orders.size + 1}`;
    orders.set(id, { id, amount: 12_000, settled: null });
    return c.json({ merchant_uid: id, amount: 12_000 }, 201);
  });

  app.post('/confirm', async (c) => {
    const refused = parts.guard(c);
    if (refused) return refused;
    const request = await parts.read(c);
    const order = orders.get(`${request.merchant_uid}`);
    if (!order) return parts.unknown(c, request);
    const known = parts.settled(c, order, request);
    if (known) return known;
    try {
      const payment = await parts.find((path) => parts.askPortOne(api, path), request, order);
      const status = parts.judge(payment, order, request);
      const answer = { status, imp_uid: request.imp_uid ?? payment?.imp_uid ?? null, merchant_uid: order.id, amount: order.amount };
      if (status === 'paid') order.settled = answer;
      return await parts.answer(c, answer);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return parts.unavailable(c, request);
    }
  });

  app.post('/webhook', (c) => parts.webhook(c));
  app.get('/complete', (c) => parts.page(c));
  app.get('/checkout', (c) => parts.checkout(c));
  app.get('/imp-redirect.js', (c) => c.body('// the bundle', 200, { 'Content-Type': 'text/javascript' }));
  return app;
}
