import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Events } from './events.js';
import { formatAmount, type Language, readLanguage, renderPage, type Words } from './page.js';
import { nowInSeconds, type Payment, type PaymentStore } from './payments.js';
import type { Notify } from './webhook.js';

interface ConsoleOptions {
  readonly store: PaymentStore;
  readonly events: Events;
  readonly notify: Notify;
}

/** What a merchant can do to a payment in PortOne's console. */
const ACTIONS = {
  deposit: {
    label: { ko: '입금 처리', en: 'Deposit' },
    applies: ({ status, vbank_num }: Payment) => status === 'ready' && vbank_num !== null,
    change: () => ({ status: 'paid', paid_at: nowInSeconds() }) as const,
  },
  cancel: {
    label: { ko: '결제 취소(환불)', en: 'Cancel (refund)' },
    applies: ({ status }: Payment) => status === 'paid',
    change: ({ amount }: Payment) => ({ status: 'cancelled', cancelled_at: nowInSeconds(), cancel_amount: amount }) as const,
  },
};

const WORDS = {
  title: { ko: '결제 내역 (연습용 포트원 콘솔)', en: 'Payments (practice PortOne console)' },
  none: { ko: '아직 결제가 없습니다.', en: 'No payments yet.' },
  ready: { ko: '미결제', en: 'ready' },
  account: { ko: '입금 대기', en: 'awaiting deposit' },
  paid: { ko: '결제완료', en: 'paid' },
  failed: { ko: '실패', en: 'failed' },
  cancelled: { ko: '취소', en: 'cancelled' },
} as const satisfies Record<string, Words>;

const STYLE = `
main { max-width: 760px; }
li { display: grid; grid-template-columns: 1fr auto; gap: 4px 16px; align-items: center; padding: 14px 0; border-bottom: 1px solid var(--line); }
ul { list-style: none; margin: 0; padding: 0; }
li form { grid-column: 1 / -1; margin: 4px 0 0; }
.status { font-size: 13px; font-weight: 600; padding: 2px 10px; border-radius: 99px; background: var(--ground); justify-self: end; }
.status.paid { background: #e3f6ea; color: #0b6b34; }
.status.failed, .status.cancelled { background: #fdeaea; color: #b3191f; }
li button { font: inherit; font-size: 14px; min-height: 44px; padding: 0 16px; border: 1px solid var(--line); border-radius: 8px; background: #fff; cursor: pointer; }
`;

function renderPayment(payment: Payment, language: Language) {
  const { imp_uid, merchant_uid, name, amount, currency, status, pg_provider, vbank_name, vbank_num, fail_reason } = payment;
  const state = status === 'ready' && vbank_num ? 'account' : status;
  const actions = Object.entries(ACTIONS).filter(([, { applies }]) => applies(payment));
  return html`<li data-imp-uid="${imp_uid}" data-status="${status}">
<strong>${name || merchant_uid}</strong><strong>${formatAmount(amount, currency, language)}</strong>
<span class="soft">${merchant_uid} · ${imp_uid} · ${pg_provider}</span><span class="status ${status}">${WORDS[state][language]}</span>
${vbank_num ? html`<span class="soft">${vbank_name} ${vbank_num}</span>` : ''}${fail_reason ? html`<span class="soft">${fail_reason}</span>` : ''}
${actions.map(([id, { label }]) => html`<form method="post" action="/console/${imp_uid}/${id}?lang=${language}"><button data-action="${id}">${label[language]}</button></form>`)}
</li>`;
}

/** A small console: all payments, with a deposit into a virtual account and a refund, each telling the merchant by webhook. */
export function createConsole({ store, events, notify }: ConsoleOptions): Hono {
  const routes = new Hono();

  routes.get('/', (c) => {
    const language = readLanguage(c);
    const title = WORDS.title[language];
    const payments = store.all();
    const list = payments.length
      ? html`<ul>${payments.map((payment) => renderPayment(payment, language))}</ul>`
      : html`<p class="soft">${WORDS.none[language]}</p>`;
    return c.html(renderPage({ language, title, style: STYLE, body: html`<main><section><h1>${title}</h1>${list}</section></main>` }));
  });

  routes.post('/console/:imp_uid/:action{deposit|cancel}', (c) => {
    const payment = store.get(c.req.param('imp_uid'));
    const action = ACTIONS[c.req.param('action') as keyof typeof ACTIONS];
    if (!payment) return c.text('no such payment', 404);
    if (!action.applies(payment)) return c.text(`a ${payment.status} payment cannot get this: ${c.req.param('action')}`, 409);
    Object.assign(payment, action.change(payment));
    events.note('changed', payment, payment.status);
    void notify(payment);
    return c.redirect(`/?lang=${readLanguage(c)}`, 303);
  });
  return routes;
}
