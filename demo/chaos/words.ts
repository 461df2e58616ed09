import type { Locale } from '../merchant/products.js';
import type { EndingId } from '../stand-in/index.js';
import type { PlanRequest } from './routes.js';

export const locale: Locale = document.documentElement.lang === 'en' ? 'en' : 'ko';

type Plan = PlanRequest['plan'];
/** The faults that are chosen by a word. */
type Choice = 'way' | 'landing' | 'webhook';

const WORDS = {
  ko: {
    customer: '고객',
    server: '가맹점 서버',
    portone: '포트원과 결제창',
    order: '주문번호',
    names: { ending: '결말', way: '돌아오는 방법', landing: '도착', webhook: '웹훅', apiFailures: '포트원 조회' },
    way: { redirect: '페이지가 바뀜 (휴대폰)', callback: '콜백 (PC)' },
    landing: { once: '한 번', twice: '두 번 (다른 탭에서도)', lost: '돌아오지 못함' },
    webhook: { 'at-once': '바로', first: '고객보다 먼저', slow: '3초 뒤', twice: '두 번', lost: '오지 않음' },
    apiFailures: { 0: '정상', 1: '처음 한 번 503', 3: '처음 세 번 503' },
    atShop: '상점을 보고 있음',
    atGateway: '결제창을 보고 있음',
    landed: '도착 페이지가 열림',
    signalled: 'onPaid 신호',
  },
  en: {
    customer: 'The customer',
    server: "The merchant's server",
    portone: 'PortOne and the gateway',
    order: 'Order',
    names: { ending: 'Ending', way: 'The way back', landing: 'Landing', webhook: 'Webhook', apiFailures: "PortOne's API" },
    way: { redirect: 'a redirect (phones)', callback: 'a callback (PCs)' },
    landing: { once: 'once', twice: 'twice (in another tab too)', lost: 'never' },
    webhook: { 'at-once': 'at once', first: 'before the customer', slow: '3 s later', twice: 'twice', lost: 'never' },
    apiFailures: { 0: 'works', 1: '503 once', 3: '503 three times' },
    atShop: 'looks at the shop',
    atGateway: 'looks at the gateway',
    landed: 'the landing page opens',
    signalled: 'onPaid is signalled',
  },
} as const satisfies Record<Locale, object>;

export const words = WORDS[locale];

export const CHOICES = {
  way: ['redirect', 'callback'],
  landing: ['once', 'twice', 'lost'],
  webhook: ['at-once', 'first', 'slow', 'twice', 'lost'],
} as const satisfies { readonly [name in Choice]: readonly Plan[name][] };

export const API_FAILURES = [0, 1, 3] as const;

const STATUSES: Readonly<Record<string, string>> =
  locale === 'en'
    ? {}
    : {
        created: '주문만 함',
        pending: '확인 중',
        ready: '입금 대기',
        paid: '결제됨',
        failed: '실패',
        cancelled: '취소됨',
        forged: '위조',
        unknown: '없음',
        'ready, with an account': '가상계좌 발급',
      };

export const statusName = (status: unknown): string => STATUSES[`${status}`] ?? `${status}`;

const ko = locale === 'ko';

/** What the server's log says, in words. */
export function tellServer(event: string, fields: Readonly<Record<string, unknown>>): string {
  const { told, from, to, now, difference } = fields;
  switch (event) {
    case 'settled':
      return ko ? `주문이 바뀜: ${statusName(from)} → ${statusName(to)}` : `order: ${from} → ${to}`;
    case 'confirmed':
      return ko ? `페이지에 답함: ${statusName(told)}` : `answers the page: ${told}`;
    case 'webhook':
      return ko ? `웹훅을 받고 조회함: ${statusName(now)}` : `webhook taken, looked up: ${now}`;
    case 'mismatch':
      return ko ? `맞지 않아 따로 둠: ${difference}` : `does not match, parked: ${difference}`;
    case 'portone_unavailable':
    case 'unavailable':
      return ko ? '포트원에 물을 수 없음: 아직 모른다고 답함' : 'PortOne cannot be asked: answers "not known yet"';
    default:
      return event;
  }
}

/** What the stand-in has noted, in words. */
export function tellPortOne(name: string, detail: string): string {
  switch (name) {
    case 'requested':
      return ko ? `결제 요청을 받음: ${detail}` : `a payment is asked for: ${detail}`;
    case 'refused':
      return ko ? `결제창을 열지 않음: ${detail}` : `no window opens: ${detail}`;
    case 'opened':
      return ko ? '결제창을 보여 줌' : 'shows the gateway';
    case 'ended':
      return ko ? `결제창에서 끝남: ${statusName(detail)}` : `ended at the gateway: ${detail}`;
    case 'returned': {
      const claim = detail === 'callback' ? 'callback' : `?${detail.split('?').slice(1).join('?')}`;
      return ko ? `고객을 돌려보냄: ${claim}` : `sends the customer home: ${claim}`;
    }
    case 'stuck':
      return ko ? '고객을 돌려보내지 못함' : 'does not send the customer home';
    case 'webhook_sent':
      return ko ? `웹훅을 보냄: ${statusName(detail)}` : `sends the webhook: ${detail}`;
    case 'webhook_answered':
      return ko ? `웹훅의 응답: ${detail}` : `the webhook is answered: ${detail}`;
    case 'webhook_lost':
      return ko ? '웹훅을 보내지 않음' : 'sends no webhook';
    case 'asked':
      return ko ? `조회에 답함: ${statusName(detail)}` : `tells the server: ${detail}`;
    case 'asked_in_vain':
      return ko ? '조회에 503으로 답함' : 'answers the server 503';
    case 'changed':
      return ko ? `나중에 바뀜: ${statusName(detail)}` : `changes later: ${detail}`;
    default:
      return name;
  }
}

/** The endings by the gateway's own labels, which the server's page has; here in one line each. */
export const ENDING_NAMES: Readonly<Record<EndingId, string>> = ko
  ? {
      paid: '결제됨',
      vbank: '가상계좌 발급',
      'vbank-deposit': '가상계좌 발급, 3초 뒤 입금',
      cancel: '고객이 취소',
      'fail-limit': '한도 초과',
      'invalid-card': '카드번호 오류',
      'ids-only-failure': '실패, 성공 여부 표시 없음',
      'misspelt-failure': '실패, error_coe로 표시',
      'late-approval': '실패로 표시, 3초 뒤 승인',
      flagless: '결제됨, 성공 여부 표시 없음',
      'success-key': '결제됨, success로 표시',
      'false-but-paid': '결제됨, 실패로 표시',
      'forged-amount': '위조: 100원만 결제',
      'never-returns': '결제됨, 돌아오지 않음',
    }
  : {
      paid: 'paid',
      vbank: 'a virtual account',
      'vbank-deposit': 'a virtual account, paid into after 3 s',
      cancel: 'the customer cancels',
      'fail-limit': 'over the limit',
      'invalid-card': 'invalid card',
      'ids-only-failure': 'failed, and no flag',
      'misspelt-failure': 'failed, as error_coe',
      'late-approval': 'says failed, approved after 3 s',
      flagless: 'paid, and no flag',
      'success-key': 'paid, as success',
      'false-but-paid': 'paid, and says failed',
      'forged-amount': 'forged: only 100 is paid',
      'never-returns': 'paid, and never back',
    };
