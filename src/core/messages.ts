import type { Claim, ClaimFlow } from './claim.js';
import type { Phase } from './phase.js';
import type { Answer, FinalVerdict, VerdictStatus } from './verdict.js';

/** A language that is built in. */
export type Locale = 'ko' | 'en';

/** What the card can say at one time. `hint` is about the browser; `incomplete` is what the gateway claims; `failed` is what the server says. */
export type ViewState = 'hint' | 'confirming' | 'incomplete' | 'retrying' | 'deferred' | Exclude<VerdictStatus, 'pending'>;

// What stands for "payment" where it is none, by its endings: 결제를, 결제가, 결제인지, 결제 내역, 결제하지, 결제하기; payment, pay again.
const INSTEAD: Readonly<Record<ClaimFlow, Readonly<Record<string, string>>>> = {
  certification: {
    를: '본인인증을',
    가: '본인인증이',
    ' 내역': '인증 내역',
    하지: '인증하지',
    하기: '인증하기',
    인지: '본인인증인지',
    ment: 'identity verification',
    ' again': 'verify again',
  },
  billing: {
    를: '결제수단 등록을',
    가: '결제수단 등록이',
    ' 내역': '등록 내역',
    하지: '등록하지',
    하기: '등록하기',
    인지: '결제수단 등록인지',
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
    ? words.replace(/(?:결제|([Pp])ay)(를|가|인지| 내역|하[지기]|ment| again)/g, (_, p: string | undefined, ending: string) => {
        const word = INSTEAD[flow][ending] as string;
        return p === 'P' ? word.charAt(0).toUpperCase() + word.slice(1) : word;
      })
    : words;

/**
 * One element of the card: its tag, its text, and more. A row without text is left out.
 *
 * More of a `dd` is its label, of an `a` where it leads, of a `button` what it copies; a button without it asks again, or
 * closes the banner.
 */
export type Row = readonly [tag: 'h2' | 'p' | 'blockquote' | 'dd' | 'a' | 'button', text: unknown, more?: string | undefined];

/** What the customer is to see, from top to bottom: what is announced (a title, texts), the details, what can be pressed. */
export interface ViewModel {
  readonly state: ViewState;
  /** The language that it is in, as a BCP 47 tag. */
  readonly lang: string;
  readonly groups: readonly [announced: readonly Row[], details: readonly Row[], actions: readonly Row[]];
}

/** What the merchant says of the shop, for the card. */
export interface ShopOptions {
  /** Other words, or another language's: `imp-redirect/messages/ja.mjs`. As an attribute: JSON. Not in the script `imp-redirect.js`. */
  readonly messages?: Messages | undefined;
  /** Where the customer goes on: the shop. */
  readonly home?: string | undefined;
  /** Where it can be paid again: the cart, or the order. Shown after a verdict of `failed` or `cancelled` only. */
  readonly retry?: string | undefined;
  /** How the shop is reached, as text: shown while something is open, or wrong. */
  readonly contact?: string | undefined;
  /** The colour of what is to be pressed, as CSS has it. What is written on it is white: `#fee500;--imp-on-accent:#000`. */
  readonly accent?: string | undefined;
}

// Titles, texts, labels, what can be pressed: in the order in which they are taken apart. One text each is smaller than lists,
// and much smaller than objects with the same keys. A merchant's own are named.
const WORDS: Readonly<Record<Locale, string>> = {
  en: [
    'Checking your payment',
    'Payment not recognised',
    'Payment complete',
    'Please deposit',
    'Payment not completed',
    'Payment cancelled',
    'Payment does not match the order',
    'This takes longer than usual. Nothing is lost. Please do not pay again.',
    'Please do not pay again. Contact the shop.',
    'Order',
    'Item',
    'Amount',
    'Account',
    'Due',
    'Contact',
    'Copy',
    'Check again',
    'Pay again',
    'Receipt',
    'Continue',
  ].join('|'),
  ko: [
    '결제를 확인하고 있어요',
    '어떤 결제인지 확인하지 못했어요',
    '결제가 완료됐어요',
    '아래 계좌로 입금해 주세요',
    '결제가 완료되지 않았어요',
    '결제가 취소됐어요',
    '결제 내역이 주문과 달라요',
    '평소보다 오래 걸리고 있어요. 결제 내역은 남아 있으니 다시 결제하지 마세요.',
    '다시 결제하지 말고 쇼핑몰에 문의해 주세요.',
    '주문번호',
    '상품',
    '금액',
    '계좌',
    '입금 기한',
    '문의',
    '계좌번호 복사',
    '다시 확인하기',
    '다시 결제하기',
    '영수증 보기',
    '쇼핑 계속하기',
  ].join('|'),
};

// In the order of WORDS.
const WORD_NAMES = [
  'confirming',
  'unreadable',
  'paid',
  'ready',
  'failed',
  'cancelled',
  'forged',
  'calm',
  'warning',
  'order',
  'item',
  'amount',
  'account',
  'due',
  'contact',
  'copy',
  'again',
  'payAgain',
  'receipt',
  'goOn',
  'recovered',
] as const;

/** What the card says, by name; docs/customise.md shows which is what. */
export type WordName = (typeof WORD_NAMES)[number];

/** Words in place of the built-in ones. What is left out stays as it is. */
export interface Messages extends Partial<Readonly<Record<WordName, string>>> {
  /** The language that they are in, as a BCP 47 tag: dates, numbers and money follow it, and screen readers. */
  readonly locale?: string | undefined;
  /** What is said of an identity verification instead. */
  readonly certification?: Partial<Readonly<Record<WordName, string>>> | undefined;
  /** What is said of the registration of a payment method instead. */
  readonly billing?: Partial<Readonly<Record<WordName, string>>> | undefined;
}

/** Of a banner: why it is there. */
const RECOVERED: Readonly<Record<Locale, string>> = { ko: '결제가 완료됐는지 확인했어요.', en: 'We checked your payment.' };

/** What is said of a payment, and so of nothing else. */
const ABOUT_PAYMENT = /^(confirming|unreadable|paid|failed|cancelled|forged|calm|warning|payAgain|recovered)$/;

/** The words for what it is about, the merchant's own first. */
function wordsOf(flow: ClaimFlow | undefined, locale: Locale, messages: Messages | undefined): readonly string[] {
  const ofFlow = flow && messages?.[flow];
  return wordsAbout(flow, `${WORDS[locale]}|${RECOVERED[locale]}`)
    .split('|')
    .map((text, at) => {
      const name = WORD_NAMES[at] as WordName;
      return ofFlow?.[name] ?? (flow && ABOUT_PAYMENT.test(name) ? text : (messages?.[name] ?? text));
    });
}

/** The built-in language that is nearest to a page's own. */
export const localeOf = (language: string): Locale => (/^ko/i.test(language) ? 'ko' : 'en');

// A title, why, how without a link, the link.
const HINT: Readonly<Record<Locale, string>> = {
  en: 'Open this page in your browser|This app may not bring you back from your payment.|Choose "Open in browser" in the menu of this app.|Open in browser|Stay here',
  ko: '브라우저에서 결제해 주세요|이 앱에서는 결제가 끝나고 돌아오지 못할 수 있어요.|앱 메뉴에서 ‘다른 브라우저로 열기’를 눌러 주세요.|브라우저에서 열기|여기서 계속하기',
};

/**
 * What is said in an app's built-in browser, before a payment.
 *
 * @param url where the page opens in the customer's own browser, if there is such a thing
 */
export function describeHint(language: string, url: string | undefined): ViewModel {
  const lang = localeOf(language);
  const [title, why, how, open, stay] = HINT[lang].split('|');
  return {
    state: 'hint',
    lang,
    groups: [
      [
        ['h2', title],
        ['p', why],
        ['p', !url && how],
      ],
      [],
      [
        ['a', url && open, url],
        ['button', stay],
      ],
    ],
  };
}

/** Of a link to the landing page, where the merchant's own page has stopped. */
export const offerText = (language: string): string =>
  localeOf(language) === 'ko' ? '결제 결과 확인하기' : 'See the result of your payment';

/** A date in the shop's time zone, wherever the customer is, and how far off it is. */
function describeDate(ms: number, locale: string, nowMs: number): string {
  const minutes = (ms - nowMs) / 60_000;
  const [size, unit] =
    Math.abs(minutes) < 100 ? ([1, 'minute'] as const) : Math.abs(minutes) < 3000 ? ([60, 'hour'] as const) : ([1440, 'day'] as const);
  const date = new Date(ms).toLocaleString(locale, { timeZone: 'Asia/Seoul', dateStyle: 'long', timeStyle: 'short' });
  return `${date} (${new Intl.RelativeTimeFormat(locale).format(Math.trunc(minutes / size), unit)})`;
}

/**
 * What the customer is to see in a phase. Final words need a verdict, and only a settled phase has one.
 *
 * @param language as the page or the browser names it; the built-in one that is nearest is taken
 * @param isBanner whether it is on another page, about a payment that had no landing
 */
export function describePhase(
  { name, claim, verdict }: Phase,
  language: string,
  { home, retry, contact, messages }: ShopOptions,
  nowMs: number,
  isBanner?: boolean,
): ViewModel {
  const locale = localeOf(language);
  const [
    confirming,
    unreadable,
    paid,
    ready,
    failed,
    cancelled,
    forged,
    calm,
    warning,
    orderLabel,
    itemLabel,
    amountLabel,
    accountLabel,
    dueLabel,
    contactLabel,
    copy,
    again,
    payAgain,
    receipt,
    goOn,
    recovered,
  ] = FULL ? wordsOf(flowOf(claim, verdict), locale, messages) : WORDS[locale].split('|');
  const lang = (FULL && messages?.locale) || locale;
  const { kind, impUid, merchantUid, errorMessage } = claim;
  const {
    merchant_uid = merchantUid,
    name: item,
    amount,
    currency = 'KRW',
    message,
    vbank_name,
    vbank_num,
    vbank_holder,
    vbank_date,
    receipt_url,
  } = (verdict?.answer ?? {}) as Answer & { readonly vbank_date: number };
  const claimsFailure = /failure|cancelled/.test(kind);
  const state =
    verdict?.status ??
    // "Already paid": the gateway refuses a second payment of an order that *is* paid. Never "not completed".
    (name === 'confirming' && claimsFailure && !/이미 결제/.test(`${errorMessage}`)
      ? 'incomplete'
      : (name as Exclude<Phase['name'], 'settled'>));
  const titles: Partial<Record<ViewState, string | undefined>> = {
    deferred: unreadable,
    paid,
    ready,
    failed,
    cancelled,
    forged,
    incomplete: failed,
    ...(FULL && { certified: paid, registered: paid }),
  };
  const isOpen = /retrying|deferred/.test(state);
  const canAsk = (impUid ?? merchantUid) && isOpen;
  const saying = message ?? (claimsFailure && !/paid|ready/.test(state) && errorMessage);
  const isWrong = /deferred|forged/.test(state);
  return {
    state,
    lang,
    groups: [
      [
        // Where the server can be asked it is being checked, however long it takes.
        ['h2', (!canAsk && titles[state]) || confirming],
        ['p', FULL && isBanner ? recovered : canAsk ? calm : isWrong && warning],
        // U+FFFD: EUC-KR bytes, read as UTF-8. Too long: a gateway's message is a sentence.
        ['blockquote', saying && !/\ufffd/.test(saying) && `${saying}`.slice(0, 200)],
      ],
      [
        ['dd', merchant_uid, orderLabel],
        ['dd', item, itemLabel],
        ['dd', amount?.toLocaleString(lang, (/^[A-Z]{3}$/.test(currency) && { style: 'currency', currency }) as object), amountLabel],
        ['dd', vbank_num && [vbank_name, vbank_num, vbank_holder].join(' '), accountLabel],
        ['dd', vbank_date > 0 && describeDate(vbank_date * 1000, lang, nowMs), dueLabel],
        ['dd', (isOpen || /^f/.test(state)) && contact, contactLabel],
      ],
      [
        ['button', vbank_num && copy, `${vbank_num}`.replace(/\D/g, '')],
        ['button', FULL && isBanner ? 'OK' : canAsk && again],
        ['a', /failed|cancelled/.test(state) && retry && payAgain, retry],
        ['a', (verdict || isOpen) && !(FULL && isBanner) && home && goOn, home],
        ['a', /^https?:/.test(`${receipt_url}`) && receipt, receipt_url as string],
      ],
    ],
  };
}
