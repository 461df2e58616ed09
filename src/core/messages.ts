import type { Phase } from './phase.js';
import type { Answer, VerdictStatus } from './verdict.js';

/** A language that is built in. */
export type Locale = 'ko' | 'en';

/** What the card can say at one time. `incomplete` is what the gateway claims; `failed` is what the server says. */
export type ViewState = 'confirming' | 'incomplete' | 'retrying' | 'deferred' | Exclude<VerdictStatus, 'pending'>;

/** What the customer is to see, from top to bottom: text, and the element that it goes into. */
export interface ViewModel {
  readonly state: ViewState;
  /** Title, text, the gateway's or the server's own words, labels and values. A row without text is left out. */
  readonly rows: readonly (readonly [tag: 'h2' | 'p' | 'blockquote' | 'button', text: unknown])[];
}

interface Words extends Readonly<Record<Exclude<ViewState, 'retrying'>, string>> {
  /** Below the title while the server is going to be asked: the money may have moved. */
  readonly calm: string;
  /** Below the title where only a person can help. */
  readonly warning: string;
  /** The button that asks at once, and the banner's. */
  readonly again: string;
  readonly close: string;
  /** What the banner is about: a payment that had no landing. */
  readonly recovered: string;
  /** The labels of the details: order number, amount, virtual account, its deadline. */
  readonly labels: readonly string[];
}

const WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    confirming: 'Checking your payment',
    incomplete: 'The payment was not completed',
    deferred: 'Not confirmed yet',
    paid: 'Payment complete',
    ready: 'Waiting for deposit',
    failed: 'The payment was not completed',
    cancelled: 'The payment was cancelled',
    forged: 'The payment does not match the order',
    calm: 'We keep checking, and nothing is lost. Please do not pay again.',
    warning: 'Please do not pay again. Contact the shop.',
    again: 'Check again',
    close: 'Close',
    recovered: 'We have checked your payment.',
    labels: ['Order', 'Amount', 'Account', 'Due'],
  },
  ko: {
    confirming: '결제를 확인하고 있습니다',
    incomplete: '결제가 완료되지 않았습니다',
    deferred: '아직 결제를 확인하지 못했습니다',
    paid: '결제가 완료되었습니다',
    ready: '입금을 기다리고 있습니다',
    failed: '결제가 완료되지 않았습니다',
    cancelled: '결제가 취소되었습니다',
    forged: '결제 내용이 주문과 다릅니다',
    calm: '결제를 계속 확인하고 있으며, 결제 내역은 사라지지 않습니다. 다시 결제하지 말아 주세요.',
    warning: '다시 결제하지 말고 쇼핑몰에 문의해 주세요.',
    again: '다시 확인하기',
    close: '닫기',
    recovered: '결제가 완료되었는지 확인했어요.',
    labels: ['주문번호', '금액', '계좌', '입금 기한'],
  },
};

/** What the customer is to see in a phase. Final words need a verdict, and only a settled phase has one. */
export function describePhase(phase: Phase, locale: Locale): ViewModel {
  const words = WORDS[locale];
  const { name, claim, verdict } = phase;
  const {
    merchant_uid = claim.merchantUid,
    amount,
    currency = 'KRW',
    message,
    vbank_name,
    vbank_num,
    vbank_holder,
    vbank_date = 0,
  } = verdict?.answer ?? ({} as Answer);
  const claimsFailure = /failure|cancelled/.test(claim.kind);
  const state =
    verdict?.status ??
    // F1002, "already paid": the gateway refuses a second payment of an order that *is* paid. Never "not completed".
    (claimsFailure && !/F1002|이미 결제/.test(`${claim.errorCode}${claim.errorMessage}`) && name === 'confirming'
      ? 'incomplete'
      : (name as Exclude<Phase['name'], 'settled'>));
  const isOpen = /retrying|deferred/.test(state);
  const named = claim.impUid ?? claim.merchantUid;
  const saying = message ?? (claimsFailure && !/paid|ready/.test(state) && claim.errorMessage);
  const values = [
    merchant_uid,
    amount?.toLocaleString(locale, /^[A-Z]{3}$/.test(currency) ? { style: 'currency', currency } : {}),
    vbank_num && [vbank_name, vbank_num, vbank_holder].join(' '),
    // In the shop's time zone, wherever the customer is.
    vbank_date > 0 && new Date(vbank_date * 1000).toLocaleString(locale, { timeZone: 'Asia/Seoul' }),
  ];
  return {
    state,
    rows: [
      ['h2', state === 'retrying' ? words.confirming : words[state]],
      ['p', state === 'forged' || !named ? words.warning : isOpen && words.calm],
      // U+FFFD: EUC-KR bytes, read as UTF-8. Too long: a gateway's message is a sentence.
      ['blockquote', saying && !/\ufffd/.test(saying) && `${saying}`.slice(0, 200)],
      ...words.labels.map((label, i) => ['p', values[i] && `${label}: ${values[i]}`] as const),
      ['button', named && isOpen && words.again],
    ],
  };
}

/** What the customer is to see on another page, about a payment that had no landing. */
export function describeRecovered(phase: Phase, locale: Locale): ViewModel {
  const { recovered, close } = WORDS[locale];
  const { state, rows } = describePhase(phase, locale);
  return { state, rows: [['p', recovered], ...rows, ['button', close]] };
}
