import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { DatabaseUnavailable } from './database.js';
import type { Log } from './log.js';
import { logName } from './orders.js';
import { PortOneUnavailable } from './portone.js';
import { Overloaded } from './queue.js';
import { ConfirmRequest, invalidRequest, limitBody, ownOriginOnly, parseJson, parseJsonOrForm, WebhookRequest } from './requests.js';
import { readSession } from './session.js';
import type { Ids, Settle, Settled } from './settle.js';
import type { Tokens } from './tokens.js';

export interface PaymentsOptions {
  readonly settle: Settle;
  readonly answer: Answer;
  readonly limitRate: MiddlewareHandler;
  readonly log: Log;
}

/** What a customer's page asks about: the ids, and the token that may have come with them. */
interface Question extends Ids {
  readonly token: string | null;
}

/** The confirm contract: the ids that were asked for come back the same, so that the answer says what it is about. */
function toVerdict({ status, order, settlement }: Settled, asked: Ids) {
  const account = status === 'ready' ? settlement : null;
  return {
    status,
    imp_uid: asked.impUid ?? settlement?.imp_uid ?? null,
    merchant_uid: order.id,
    amount: order.amount,
    currency: order.currency,
    name: order.name,
    ...(status === 'failed' && settlement?.fail_reason && { message: settlement.fail_reason }),
    ...(account && {
      vbank_name: account.vbank_name,
      vbank_num: account.vbank_num,
      vbank_holder: account.vbank_holder,
      vbank_date: account.vbank_date,
    }),
  };
}

export type Verdict =
  | ReturnType<typeof toVerdict>
  | { readonly status: 'pending'; readonly imp_uid: string | null; readonly merchant_uid: string | null };

/**
 * Answers a customer's page, whatever road its question took.
 *
 * @returns `null` where there is no such order
 */
export const createAnswer =
  (settle: Settle, tokens: Tokens) =>
  async (c: Context, { token, ...asked }: Question): Promise<Verdict | null> => {
    const settled = await settle(asked, 'return');
    if (!settled && asked.merchantUid !== null) return null;
    // The work is done for whoever asks; how it stands is told to whose order it is. A number alone is nobody's: it may be guessed,
    // or stand in a link that was passed on.
    const mayKnow = settled && (readSession(c) === settled.order.session || tokens.isFor(token, settled.order.id));
    return mayKnow ? toVerdict(settled, asked) : { status: 'pending', imp_uid: asked.impUid, merchant_uid: asked.merchantUid };
  };

export type Answer = ReturnType<typeof createAnswer>;

/** How long a page is to wait that asks about what is not known, in seconds. */
const RETRY_AFTER_S = 3;

/** The two ways that news of a payment reaches the merchant: the landing page's confirm, and PortOne's webhook. */
export function createPayments({ settle, answer, limitRate, log }: PaymentsOptions): Hono {
  const payments = new Hono();

  payments.post('/complete', limitRate, limitBody, ownOriginOnly, async (c) => {
    const request = await parseJson(c, ConfirmRequest);
    if (!request) return invalidRequest(c);
    const { imp_uid, merchant_uid, t } = request;
    try {
      const verdict = await answer(c, { impUid: imp_uid, merchantUid: merchant_uid, token: t });
      if (!verdict) return c.json({ code: 'order_not_found', message: '주문을 찾을 수 없습니다.' }, 404);
      log('confirmed', { order: merchant_uid && logName(merchant_uid), told: verdict.status });
      return c.json(verdict, verdict.status === 'forged' ? 400 : 200);
    } catch (error) {
      if (!(error instanceof PortOneUnavailable)) throw error;
      // Never "failed": PortOne was not asked, so nobody knows.
      log('portone_unavailable', { error: reasonOf(error) });
      return c.json({ status: 'pending', imp_uid, merchant_uid }, 202, { 'Retry-After': `${RETRY_AFTER_S}` });
    }
  });

  payments.post('/webhook', limitBody, async (c) => {
    const request = await parseJsonOrForm(c, WebhookRequest);
    if (!request) return invalidRequest(c);
    const settled = await settle({ impUid: request.imp_uid, merchantUid: request.merchant_uid }, 'webhook');
    log('webhook', { order: logName(request.merchant_uid), now: settled?.status ?? null });
    return c.body(null, 200);
  });

  return payments;
}

/** What went wrong, and what that was caused by. */
export const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error ? `${message}: ${cause.message}` : message);

/** Where something could not be done in time: when to come back. */
export const retryAfterOf = (error: Error): number | null =>
  error instanceof Overloaded
    ? error.retryAfterS
    : error instanceof PortOneUnavailable || error instanceof DatabaseUnavailable
      ? RETRY_AFTER_S
      : null;
