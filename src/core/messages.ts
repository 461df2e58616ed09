import type { Claim } from './claim.js';
import type { Phase } from './phase.js';
import type { Answer, FinalVerdict, VerdictStatus } from './verdict.js';

/** A language that is built in. */
export type Locale = 'ko' | 'en';

/** What the card can say at one time. `incomplete` is what the gateway claims; `failed` is what the server says. */
export type ViewState = 'confirming' | 'incomplete' | 'deferred' | Exclude<VerdictStatus, 'pending'>;

/** What the customer is to see, from top to bottom: text, and the element that it goes into. */
export interface ViewModel {
  readonly state: ViewState;
  /** Title, text, the gateway's or the server's own words, labels and values. A row without text is left out. */
  readonly rows: readonly (readonly [tag: 'h2' | 'p' | 'blockquote', text: unknown])[];
}

interface Words extends Readonly<Record<ViewState, string>> {
  /** Below the title while nothing is certain and the money may have moved. */
  readonly warning: string;
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
    warning: 'Please do not pay again. Contact the shop.',
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
    warning: '다시 결제하지 말고 쇼핑몰에 문의해 주세요.',
    labels: ['주문번호', '금액', '계좌', '입금 기한'],
  },
};

/** What the customer is to see in a phase. Final words need a verdict, and only a settled phase has one. */
export function describePhase(phase: Phase, locale: Locale): ViewModel {
  const words = WORDS[locale];
  const { name, claim, verdict, pending }: { name: string; claim: Claim; verdict?: FinalVerdict; pending?: boolean } = phase;
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
    (claimsFailure && !/F1002|이미 결제/.test(`${claim.errorCode}${claim.errorMessage}`) && (name !== 'deferred' || pending)
      ? 'incomplete'
      : (name as 'confirming' | 'deferred'));
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
      ['h2', words[state]],
      ['p', /^d|fo/.test(state) && words.warning],
      // U+FFFD: EUC-KR bytes, read as UTF-8. Too long: a gateway's message is a sentence.
      ['blockquote', saying && !/\ufffd/.test(saying) && `${saying}`.slice(0, 200)],
      ...words.labels.map((label, i) => ['p', values[i] && `${label}: ${values[i]}`] as const),
    ],
  };
}
