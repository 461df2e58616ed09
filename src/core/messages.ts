import type { Claim, ClaimFlow } from './claim.js';
import type { Phase } from './phase.js';
import type { Answer, FinalVerdict, VerdictStatus } from './verdict.js';

/** A language that is built in. */
export type Locale = 'ko' | 'en';

/** What the card can say at one time. `incomplete` is what the gateway claims; `failed` is what the server says. */
export type ViewState = 'confirming' | 'incomplete' | 'retrying' | 'deferred' | Exclude<VerdictStatus, 'pending'>;

// What stands for "payment" where it is none, by its endings: 결제를, 결제가, 결제 내역, 결제하지; payment, pay again.
const INSTEAD: Readonly<Record<ClaimFlow, Readonly<Record<string, string>>>> = {
  certification: {
    를: '본인인증을',
    가: '본인인증이',
    ' 내역': '인증 내역',
    하지: '인증하지',
    ment: 'identity verification',
    ' again': 'verify again',
  },
  billing: {
    를: '결제수단 등록을',
    가: '결제수단 등록이',
    ' 내역': '등록 내역',
    하지: '등록하지',
    ment: 'payment method registration',
    ' again': 'register again',
  },
};

/** What it is about: a verdict knows better than a URL. */
const flowOf = ({ flow }: Claim, verdict: FinalVerdict | undefined): ClaimFlow | undefined =>
  verdict?.status === 'paid'
    ? undefined
    : verdict?.status === 'certified'
      ? 'certification'
      : verdict?.status === 'registered'
        ? 'billing'
        : flow;

/** The words about what it is that the customer comes back from. */
const wordsAbout = (flow: ClaimFlow | undefined, words: string): string =>
  flow
    ? words.replace(/(?:결제|([Pp])ay)(를|가| 내역|하지|ment| again)/g, (_, p: string | undefined, ending: string) => {
        const word = INSTEAD[flow][ending] as string;
        return p === 'P' ? word.charAt(0).toUpperCase() + word.slice(1) : word;
      })
    : words;

/** What the customer is to see, from top to bottom: text, the element that it goes into, and what stands before it there. */
export interface ViewModel {
  readonly state: ViewState;
  /** Title, text, the gateway's or the server's own words, the details, a button. A row without text is left out. */
  readonly rows: readonly (readonly [tag: 'h2' | 'p' | 'blockquote' | 'button', text: unknown, label?: string | undefined])[];
}

// The titles, the texts below them, the labels, the buttons: in the order in which they are taken apart. One text each is
// smaller than lists, and much smaller than objects with the same keys.
const WORDS: Readonly<Record<Locale, string>> = {
  en: [
    'Checking your payment',
    'Payment not confirmed yet',
    'Payment complete',
    'Please deposit',
    'Payment not completed',
    'Payment cancelled',
    'Payment does not match the order',
    'We checked your payment.',
    'Please do not pay again. Contact the shop.',
    'Still checking. Nothing is lost. Please do not pay again.',
    'Order: ',
    'Amount: ',
    'Account: ',
    'Due: ',
    'OK',
    'Check again',
  ].join('|'),
  ko: [
    '결제를 확인하고 있습니다',
    '아직 결제를 확인하지 못했습니다',
    '결제가 완료되었습니다',
    '입금해 주세요',
    '결제가 완료되지 않았습니다',
    '결제가 취소되었습니다',
    '결제 내역이 주문과 다릅니다',
    '결제가 완료되었는지 확인했어요.',
    '다시 결제하지 말고 쇼핑몰에 문의해 주세요.',
    '계속 확인하고 있습니다. 결제 내역은 남아 있습니다. 다시 결제하지 말아 주세요.',
    '주문번호: ',
    '금액: ',
    '계좌: ',
    '입금 기한: ',
    '확인',
    '다시 확인하기',
  ].join('|'),
};

/** The built-in language that is nearest to a page's own. */
export const localeOf = (language: string): Locale => (/^ko/i.test(language) ? 'ko' : 'en');

/** Of a link to the landing page, where the merchant's own page has stopped. */
export const offerText = (language: string): string =>
  localeOf(language) === 'ko' ? '결제 결과 확인하기' : 'See the result of your payment';

/**
 * What the customer is to see in a phase. Final words need a verdict, and only a settled phase has one.
 *
 * @param isBanner whether it is on another page, about a payment that had no landing
 */
export function describePhase({ name, claim, verdict }: Phase, locale: Locale, isBanner?: boolean): ViewModel {
  const [
    confirming,
    deferred,
    paid,
    ready,
    failed,
    cancelled,
    forged,
    recovered,
    warning,
    calm,
    orderLabel,
    amountLabel,
    accountLabel,
    dueLabel,
    close,
    again,
  ] = (FULL ? wordsAbout(flowOf(claim, verdict), WORDS[locale]) : WORDS[locale]).split('|');
  const { kind, impUid, merchantUid, errorMessage } = claim;
  const {
    merchant_uid = merchantUid,
    amount,
    currency = 'KRW',
    message,
    vbank_name,
    vbank_num,
    vbank_holder,
    vbank_date,
  } = (verdict?.answer ?? {}) as Answer & { readonly vbank_date: number };
  const claimsFailure = /failure|cancelled/.test(kind);
  const state =
    verdict?.status ??
    // "Already paid": the gateway refuses a second payment of an order that *is* paid. Never "not completed".
    (name === 'confirming' && claimsFailure && !/이미 결제/.test(`${errorMessage}`)
      ? 'incomplete'
      : (name as Exclude<Phase['name'], 'settled'>));
  const titles: Partial<Record<ViewState, string | undefined>> = {
    deferred,
    paid,
    ready,
    failed,
    cancelled,
    forged,
    incomplete: failed,
    ...(FULL && { certified: paid, registered: paid }),
  };
  const canAsk = (impUid ?? merchantUid) && /retrying|deferred/.test(state);
  const saying = message ?? (claimsFailure && !/paid|ready/.test(state) && errorMessage);
  return {
    state,
    rows: [
      // Where the server can be asked it is being checked, however long it takes.
      ['h2', (!canAsk && titles[state]) || confirming],
      ['p', isBanner ? recovered : canAsk ? calm : /deferred|forged/.test(state) && warning],
      // U+FFFD: EUC-KR bytes, read as UTF-8. Too long: a gateway's message is a sentence.
      ['blockquote', saying && !/\ufffd/.test(saying) && `${saying}`.slice(0, 200)],
      ['p', merchant_uid, orderLabel],
      ['p', amount?.toLocaleString(locale, (/^[A-Z]{3}$/.test(currency) && { style: 'currency', currency }) as object), amountLabel],
      ['p', vbank_num && [vbank_name, vbank_num, vbank_holder].join(' '), accountLabel],
      // In the shop's time zone, wherever the customer is.
      ['p', vbank_date > 0 && new Date(vbank_date * 1000).toLocaleString(locale, { timeZone: 'Asia/Seoul' }), dueLabel],
      ['button', isBanner ? close : canAsk && again],
    ],
  };
}
