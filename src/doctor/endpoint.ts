import { randomBytes } from 'node:crypto';
import type { Ids } from '../core/claim.js';
import type { CompleteOptions } from '../core/options.js';
import { type Asked, ask, fittingWords, type How, readAnswer } from './confirm.js';
import type { Code, Words } from './findings.js';
import { exchange, inWords, isHtml, mediaType } from './http.js';
import { type NextOrder, NoOrder, type Order } from './orders.js';
import type { PortOne } from './portone.js';
import { about, lackOfCors, plain, SHAPE, shapeOf } from './refusal.js';
import type { Sheet } from './sheet.js';

/** What the checks of an endpoint need. */
export interface Patient {
  readonly sheet: Sheet;
  readonly how: How;
  /** `null`: nobody plays it, and only what can be seen from outside is checked. */
  readonly portone: PortOne | null;
  readonly nextOrder: NextOrder;
  readonly webhook: string | undefined;
}

/** An order number that no shop has. */
export const unknownId = () => `doctor-${randomBytes(8).toString('hex')}`;

/** An order that nobody has made. */
const noOrder = (): Order => ({ merchantUid: unknownId(), amount: 1000, currency: 'KRW', passed: null });

const READING = ['content_type', 'no_verdict', 'other_words', 'ids_missing'] as const satisfies Code[];
const TRUTH = ['portone_not_asked', 'token_unread', 'wrong_field', 'repeat_differs', 'merchant_uid_alone'] as const satisfies Code[];
const FORGERY = ['amount_not_compared', 'amount_from_body'] as const satisfies Code[];
const OTHERS = ['portone_down', 'foreign_payment', 'unpaid_is_paid'] as const satisfies Code[];
const WEBHOOKS = ['webhook_json', 'webhook_form'] as const satisfies Code[];

/** The same request in another encoding; nothing where it has no body, or one of the merchant's own writing. */
function otherEncoding({ request }: How): 'json' | 'form' | undefined {
  const { encoding = 'json', method = 'POST', body } = request;
  if (/^get$/i.test(method) || encoding === 'none' || body !== undefined) return undefined;
  return encoding === 'json' ? 'form' : 'json';
}

const withRequest = (how: How, request: Partial<CompleteOptions>): How => ({ ...how, request: { ...how.request, ...request } });

/** Checks one endpoint, as its customers' landing pages see it. */
export async function checkEndpoint({ sheet, how: given, portone, nextOrder, webhook }: Patient): Promise<void> {
  let how = given;
  const { timeoutMs } = given;
  const seen = ({ answer, read }: Asked): Words => {
    if (read) return plain(`HTTP ${answer?.status}, ${read.status}`);
    return answer ? inWords(answer, timeoutMs) : plain('-');
  };

  async function takeOrder(codes: readonly Code[]): Promise<Order | null> {
    try {
      const order = await nextOrder();
      if (!order) sheet.skip('no_order', codes);
      return order;
    } catch (error) {
      if (!(error instanceof NoOrder)) throw error;
      sheet.skip('order_failed', codes, error.words);
      return null;
    }
  }

  /** Looks at what every answer must be like. @returns whether there is more to look at */
  async function checkShape(asked: Asked): Promise<Asked | null> {
    const { answer, ids } = asked;
    if (!answer) {
      sheet.skip('unsendable', [...SHAPE, 'cors']);
      return null;
    }
    if (answer.why === 'unreachable') {
      sheet.skip('unreachable', [...SHAPE, 'cors']);
      return null;
    }
    if (asked.read) {
      sheet.ok(...SHAPE);
      const lack = await lackOfCors(asked, how);
      if (lack) sheet.found('cors', lack);
      else sheet.ok('cors');
      return asked;
    }
    const shape = shapeOf(answer);
    // A page on another origin may be refused for its origin alone.
    const own = new URL(asked.sent?.url ?? how.pageOrigin).origin;
    if (shape === 'csrf' && own !== how.pageOrigin) {
      const again = await ask(ids, noOrder(), { ...how, pageOrigin: own });
      if (again.answer && shapeOf(again.answer) !== 'csrf') {
        sheet.found('cors', seen(asked));
        sheet.ok('csrf');
        how = { ...how, pageOrigin: own };
        return asked;
      }
    }
    if (shape) {
      for (const code of SHAPE) {
        if (code === shape) break;
        sheet.ok(code);
      }
      sheet.found(shape, seen(asked));
      if (shape !== 'no_answer') return null;
    } else sheet.ok(...SHAPE);
    const lack = await lackOfCors(asked, how);
    if (lack && shape !== 'no_answer') sheet.found('cors', lack);
    else if (!shape) sheet.ok('cors');
    return asked;
  }

  /** Finds out how the endpoint can be understood, and goes by it from then on. */
  async function checkReading(asked: Asked, order: Order): Promise<Asked> {
    let heard = asked;
    const encoding = otherEncoding(how);
    if (!heard.read && heard.answer?.status && !fittingWords(heard.answer, heard.ids) && encoding) {
      const other = withRequest(how, { encoding });
      const again = await ask(heard.ids, order, other);
      if (again.answer && (again.read || fittingWords(again.answer, again.ids))) {
        sheet.found('content_type', plain(`data-encoding="${encoding}"`));
        how = other;
        heard = again;
      }
    }
    if (!heard.read && heard.answer?.status) {
      const answers = fittingWords(heard.answer, heard.ids);
      if (!answers) {
        sheet.found('no_verdict', seen(heard));
        return heard;
      }
      sheet.found('other_words', plain(`data-answers="${answers}"`));
      how = withRequest(how, { answers });
      heard = { ...heard, read: readAnswer(heard.answer, heard.ids, how) };
    }
    if (!heard.read) return heard;
    if (!heard.read.echoes) sheet.found('ids_missing', seen(heard));
    sheet.ok(...READING);
    return heard;
  }

  /** An answer that must not be "paid". @returns whether it is a verdict, and not "paid" */
  function refuses(asked: Asked, code: Code, step: Words): boolean {
    if (asked.read?.status === 'paid') {
      sheet.found(code, about(step, seen(asked)));
      return false;
    }
    if (asked.read) return true;
    if (asked.answer) sheet.found(asked.answer.status ? 'no_verdict' : 'no_answer', about(step, seen(asked)));
    return false;
  }

  /** A server that never answers may still be seen to throw, or not to, by what PortOne says. */
  async function checkSilent(asked: Asked, order: Order, tester: PortOne): Promise<void> {
    const lower = tester.pay({ merchantUid: order.merchantUid, amount: order.amount / 2, currency: order.currency, status: 'paid' });
    const mismatch = await ask({ ...asked.ids, impUid: lower }, order, how);
    if (mismatch.answer?.status !== 0) return;
    tester.mood = 'down';
    const onError = await ask(asked.ids, order, how);
    tester.mood = 'empty';
    const onNothing = await ask(asked.ids, order, how);
    tester.mood = 'well';
    // It answers errors, and an empty `response` is none to it: it has never looked inside.
    if (onError.answer?.status && onNothing.answer?.status === 0)
      sheet.found('wrong_field', {
        en: "it goes on where PortOne's `response` is null, so it does not look into it",
        ko: '포트원의 `response`가 null이어도 그대로 진행함. `response` 안을 보지 않음',
      });
  }

  /** What was compared in a right payment's stead. */
  async function checkWrongField(asked: Asked, order: Order, tester: PortOne): Promise<void> {
    const { amount } = order;
    const withAmount = await ask(asked.ids, order, how, { amount, paid_amount: amount });
    if (withAmount.read?.status === 'paid') {
      sheet.found('amount_from_body', about({ en: 'with the amount in the request', ko: '요청에 금액을 적으면' }, seen(withAmount)));
      return;
    }
    tester.mood = 'spread';
    const spread = await ask(asked.ids, order, how);
    tester.mood = 'well';
    const beside: Words = { en: '; it reads `amount` beside `response`, not in it', ko: '; `response` 안이 아니라 밖의 `amount`를 읽음' };
    const more = spread.read?.status === 'paid' ? beside : plain('');
    sheet.found('wrong_field', { en: seen(asked).en + more.en, ko: seen(asked).ko + more.ko });
  }

  /** A right payment: the one thing that must work. @returns whether it is taken for paid */
  async function checkRight(order: Order, tester: PortOne): Promise<{ heard: Asked; isPaid: boolean } | null> {
    const impUid = tester.pay({ ...order, status: 'paid' });
    const ids: Ids = { impUid, merchantUid: order.merchantUid };
    const asked = await checkShape(await ask(ids, order, how));
    if (!asked) return null;
    // Refused for its origin: now as from the own one.
    const first = how.pageOrigin === given.pageOrigin ? asked : await ask(ids, order, how);
    if (first.answer?.status === 0) {
      noteToken(tester);
      await checkSilent(first, order, tester);
      return { heard: first, isPaid: false };
    }
    const heard = await checkReading(first, order);
    noteToken(tester);
    if (tester.asked === 0 && heard.answer?.status) {
      if (heard.read?.status === 'paid') sheet.found('portone_not_asked', seen(heard));
      else sheet.skip(tester.refused > 0 ? 'wrong_credentials' : 'not_asked', [...TRUTH, ...FORGERY, ...OTHERS]);
      sheet.skip('believes', [...TRUTH, ...FORGERY, ...OTHERS]);
      return { heard, isPaid: false };
    }
    sheet.ok('portone_not_asked');
    if (!heard.read) return { heard, isPaid: false };
    if (heard.read.status === 'paid') sheet.ok('wrong_field');
    else if (heard.read.status === 'pending') sheet.skip('neutral', ['wrong_field', ...FORGERY, ...OTHERS]);
    else await checkWrongField(heard, order, tester);
    return { heard, isPaid: heard.read.status === 'paid' };
  }

  function noteToken(tester: PortOne): void {
    if (tester.askedWithoutToken > 0)
      sheet.found('token_unread', { en: 'Authorization holds no token', ko: 'Authorization에 토큰이 없음' });
    else if (tester.asked > 0) sheet.ok('token_unread');
  }

  async function checkRepeats({ ids, read }: Asked, order: Order): Promise<void> {
    const again = await ask(ids, order, how);
    if (again.read?.status === 'paid' && again.read.amount === read?.amount) sheet.ok('repeat_differs');
    else sheet.found('repeat_differs', seen(again));
    const alone = await ask({ ...ids, impUid: null }, order, how);
    if (!alone.answer) sheet.skip('unsendable', ['merchant_uid_alone']);
    else if (alone.read?.status === 'paid') sheet.ok('merchant_uid_alone');
    else sheet.found('merchant_uid_alone', seen(alone));
  }

  async function checkWebhook(code: (typeof WEBHOOKS)[number], { ids }: Asked, url: string): Promise<void> {
    const told = { imp_uid: `${ids.impUid}`, merchant_uid: `${ids.merchantUid}`, status: 'paid' };
    const isJson = code === 'webhook_json';
    const answer = await exchange(
      url,
      {
        method: 'POST',
        headers: { 'Content-Type': isJson ? 'application/json' : 'application/x-www-form-urlencoded' },
        body: isJson ? JSON.stringify(told) : new URLSearchParams(told).toString(),
      },
      timeoutMs,
    );
    if (answer.why === 'unreachable') sheet.skip('unreachable', [code]);
    else if (answer.status >= 200 && answer.status < 300) sheet.ok(code);
    else sheet.found(code, inWords(answer, timeoutMs));
  }

  /** Another order, if there is one to be had: what was answered about the first may have been settled, or refused for good. */
  const spareFor = async (order: Order): Promise<Order | null> => {
    const spare = await nextOrder().catch(() => null);
    return spare && spare.merchantUid !== order.merchantUid ? spare : null;
  };

  /** Payments of too little; then with an amount in the request: the order's, or what was paid. */
  async function checkAmounts(order: Order, tester: PortOne): Promise<void> {
    const lowerOf = (amount: number) => (amount > 100 ? 100 : amount / 2);
    const pay = ({ merchantUid, amount, currency }: Order): Ids => ({
      impUid: tester.pay({ merchantUid, amount: lowerOf(amount), currency, status: 'paid' }),
      merchantUid,
    });
    const step = { en: 'too little was paid', ko: '적게 결제함' };
    if (!refuses(await ask(pay(order), order, how), 'amount_not_compared', step)) return sheet.skip('needs_answer', FORGERY);
    sheet.ok('amount_not_compared');
    const other = (await spareFor(order)) ?? order;
    for (const told of [other.amount, lowerOf(other.amount)]) {
      const asked = await ask(pay(other), other, how, { amount: told, paid_amount: told });
      const withAmount = { en: `${step.en}, and the request names an amount`, ko: `${step.ko}, 요청에 금액을 적음` };
      if (asked.read?.status === 'paid') sheet.found('amount_from_body', about(withAmount, seen(asked)));
    }
    sheet.ok('amount_from_body');
  }

  async function checkOthers(order: Order, tester: PortOne): Promise<void> {
    const fail = ({ merchantUid, amount, currency }: Order): Ids => ({
      impUid: tester.pay({ merchantUid, amount, currency, status: 'failed' }),
      merchantUid,
    });
    const failed = fail(order);
    tester.mood = 'down';
    const down = await ask(failed, order, how);
    tester.mood = 'well';
    const isUnknown = down.read ? down.read.status === 'pending' : /^(5|408|425|429)/.test(`${down.answer?.status}`);
    if (isUnknown) sheet.ok('portone_down');
    else sheet.found('portone_down', seen(down));

    const { merchantUid, amount, currency } = order;
    const foreign = tester.pay({ merchantUid: unknownId(), amount, currency, status: 'paid' });
    const isRefused = refuses(await ask({ impUid: foreign, merchantUid }, order, how), 'foreign_payment', {
      en: "another order's payment",
      ko: '다른 주문의 결제',
    });
    if (isRefused) sheet.ok('foreign_payment');
    const other = isRefused ? order : await spareFor(order);
    if (!other) return sheet.skip('no_order', ['unpaid_is_paid']);
    const asked = await ask(other === order ? failed : fail(other), other, how);
    if (refuses(asked, 'unpaid_is_paid', { en: 'a failed payment', ko: '실패한 결제' })) sheet.ok('unpaid_is_paid');
  }

  async function checkUnknown(): Promise<Asked> {
    return ask({ impUid: 'imp_doctor', merchantUid: unknownId() }, noOrder(), how);
  }

  function judgeUnknown(asked: Asked): void {
    const { answer } = asked;
    if (!answer?.status && !asked.answer) return;
    const isOurs = (how.request.answers ?? 'imp-redirect') === 'imp-redirect';
    const isSaid =
      answer &&
      (answer.status === 404 || answer.status === 422) &&
      (mediaType(answer) === 'application/json' || (!isOurs && !isHtml(answer)));
    if (isSaid) sheet.ok('unknown_order');
    else sheet.found('unknown_order', seen(asked));
  }

  if (!portone) {
    sheet.skip(
      'outside',
      [...READING, ...TRUTH, ...FORGERY, ...OTHERS, ...WEBHOOKS].filter((code) => code !== 'portone_not_asked'),
    );
    const asked = await checkShape(await checkUnknown());
    if (!asked?.answer?.status) return;
    if (asked.read?.status === 'paid') {
      sheet.found('portone_not_asked', seen(asked));
      return;
    }
    sheet.skip('outside', ['portone_not_asked']);
    judgeUnknown(how.pageOrigin === given.pageOrigin ? asked : await checkUnknown());
    return;
  }

  if (!webhook) sheet.skip('no_webhook', WEBHOOKS);
  const order = await takeOrder([...SHAPE, 'cors', ...READING, ...TRUTH, ...FORGERY, ...OTHERS, 'unknown_order', ...WEBHOOKS]);
  if (!order) return;
  const right = await checkRight(order, portone);
  if (!right) return;
  const { heard, isPaid } = right;
  if (webhook) for (const code of WEBHOOKS) await checkWebhook(code, heard, webhook);
  if (isPaid && portone.asked > 0) await checkRepeats(heard, order);
  else sheet.skip('needs_paid', ['repeat_differs', 'merchant_uid_alone']);
  judgeUnknown(await checkUnknown());
  if (!heard.read || heard.read.status === 'pending' || portone.asked === 0) return;

  const second = await takeOrder(FORGERY);
  const third = await takeOrder(OTHERS);
  if (second) await checkAmounts(second, portone);
  if (third) await checkOthers(third, portone);
}
