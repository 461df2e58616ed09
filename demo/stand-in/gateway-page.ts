import { html } from 'hono/html';
import { ENDINGS, type Ending } from './endings.js';
import { formatAmount, type Language, type Markup, renderNotice, renderPage, scriptLiteral, type Words } from './page.js';
import type { Payment } from './payments.js';
import type { EndedMessage, SdkResponse } from './sdk/prepare.js';

const WORDS = {
  title: { ko: '안전결제', en: 'Secure payment' },
  practice: { ko: '연습용 결제창입니다. 실제로 결제되지 않습니다.', en: 'A practice gateway: nothing is charged.' },
  close: { ko: '결제창 닫기', en: 'Close the payment window' },
  otherLanguage: { ko: 'English', en: '한국어' },
  goods: { ko: '상품', en: 'Order' },
  orderNumber: { ko: '주문번호', en: 'Order no.' },
  unpaid: { ko: '연습: 결제되지 않는 경우', en: 'Practice: not paid' },
  odd: { ko: '연습: 결제되지만 평소와 다른 경우', en: 'Practice: paid, but out of the ordinary' },
  unknown: { ko: '존재하지 않는 결제입니다', en: 'There is no such payment' },
  unknownText: { ko: '상점에서 다시 시작해 주세요.', en: 'Please start again at the shop.' },
  again: { ko: '비정상 접근입니다', en: 'This window has already been used' },
  againText: {
    ko: '이미 처리된 결제창입니다. 상점에서 주문 상태를 확인해 주세요.',
    en: 'The payment has already been handled. Please look up your order at the shop.',
  },
  stuck: { ko: '결제를 처리하고 있습니다', en: 'Your payment is being handled' },
  stuckText: { ko: '잠시만 기다려 주세요. 창을 닫지 마세요.', en: 'One moment, please. Do not close this window.' },
  returned: { ko: '결제창을 닫는 중입니다', en: 'Closing the payment window' },
} as const satisfies Record<string, Words>;

const button = (id: string, { label }: Ending, language: Language) =>
  html`<button class="ending${id === 'paid' ? ' first' : ''}" name="ending" value="${id}" data-ending="${id}">${label[language]}</button>`;

const merchantName = ({ company, opener_origin }: Payment) => company ?? (opener_origin ? new URL(opener_origin).host : '—');

/** The gateway's window: the order, and one button for each ending. */
export function renderGateway(payment: Payment, language: Language): Markup {
  const say = (word: keyof typeof WORDS) => WORDS[word][language];
  const other = language === 'ko' ? 'en' : 'ko';
  const endings: [string, Ending][] = Object.entries(ENDINGS);
  const buttons = (group: Ending['group']) =>
    endings.filter(([, ending]) => ending.group === group).map(([id, ending]) => button(id, ending, language));
  return renderPage({
    language,
    title: `${say('title')} · ${merchantName(payment)}`,
    body: html`<main>
<form method="post" action="?lang=${language}">
<header><span>SAFE PAY</span><a href="?lang=${other}" lang="${other}" hreflang="${other}">${say('otherLanguage')}</a><button name="ending" value="cancel" aria-label="${say('close')}">✕</button></header>
<p class="practice">${say('practice')}</p>
<section>
<p class="merchant">${merchantName(payment)}</p>
<p class="amount" data-amount="${payment.amount}">${formatAmount(payment.amount, payment.currency, language)}</p>
<dl>
<dt>${say('goods')}</dt><dd>${payment.name}</dd>
<dt>${say('orderNumber')}</dt><dd>${payment.merchant_uid}</dd>
</dl>
<div class="usual">${buttons('usual')}</div>
<h2>${say('unpaid')}</h2>
<div class="group">${buttons('unpaid')}</div>
<h2>${say('odd')}</h2>
<div class="group">${buttons('odd')}</div>
</section>
</form>
<footer>${payment.pg_provider} · ${payment.imp_uid}</footer>
</main>`,
  });
}

/** Hands the result to the page around the iframe, which is told by its origin: no other page may read it. */
export function renderReturn(response: SdkResponse, openerOrigin: string | null, language: Language): Markup {
  const message: EndedMessage = { type: 'portone-stand-in:ended', response };
  return renderPage({
    language,
    title: WORDS.returned[language],
    body: html`<script>(opener || parent).postMessage(${scriptLiteral(message)}, ${scriptLiteral(openerOrigin ?? '*')})</script>`,
  });
}

export const renderUnknown = (language: Language) => renderNotice(language, WORDS.unknown[language], WORDS.unknownText[language]);
export const renderUsed = (language: Language) => renderNotice(language, WORDS.again[language], WORDS.againText[language]);
export const renderStuck = (language: Language) => renderNotice(language, WORDS.stuck[language], WORDS.stuckText[language], true);
