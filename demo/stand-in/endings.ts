import { GATEWAYS } from './gateways.js';
import type { Payment, RestPayment } from './payments.js';

/** What comes back about an ending besides the two ids. */
export interface EndingClaim {
  readonly imp_success?: boolean;
  readonly success?: boolean;
  readonly error_code?: string;
  /** As PortOne's SDK misspells it. */
  readonly error_coe?: string;
  readonly error_msg?: string;
}

/** One way in which a payment can end at the gateway. */
export interface Ending {
  readonly label: { readonly ko: string; readonly en: string };
  /** How the gateway page groups it. */
  readonly group: 'usual' | 'unpaid' | 'odd';
  /** What becomes of the payment. `now` is in unix seconds. */
  settle(payment: Payment, now: number): Partial<RestPayment>;
  /** What becomes of it later, when the customer is long gone. */
  later?(payment: Payment, now: number): Partial<RestPayment>;
  /** What the landing and the callback say; `null` where the customer never comes back. */
  readonly claim: EndingClaim | null;
  /** The callback gets the ids and the claim alone, whichever SDK it is. */
  readonly idsOnly?: true;
}

const VIRTUAL_ACCOUNT_LIFETIME_S = 3 * 24 * 60 * 60;
const CANCELLED = '사용자가 결제를 취소하셨습니다';

const paid: Ending['settle'] = (_, now) => ({ status: 'paid', paid_at: now });
const issueAccount: Ending['settle'] = ({ imp_uid, pg_provider }, now) => ({
  pay_method: 'vbank',
  vbank_num: `56${imp_uid.replace(/\D/g, '')}`,
  vbank_name: '신한은행',
  vbank_holder: GATEWAYS[pg_provider]?.hidesHolder ? null : '포트원연습',
  vbank_date: now + VIRTUAL_ACCOUNT_LIFETIME_S,
});
const failed =
  (reason: string): Ending['settle'] =>
  (_, now) => ({ status: 'failed', failed_at: now, fail_reason: reason });

const failing = (error_code: string, error_msg: string): Pick<Ending, 'settle' | 'claim'> => ({
  settle: failed(error_msg),
  claim: { imp_success: false, error_code, error_msg },
});

/** All that the gateway page offers, in its order. */
export const ENDINGS = {
  paid: {
    label: { ko: '결제하기', en: 'Pay' },
    group: 'usual',
    settle: paid,
    claim: { imp_success: true },
  },
  vbank: {
    label: { ko: '가상계좌 발급', en: 'Issue a virtual account' },
    group: 'usual',
    settle: issueAccount,
    claim: { imp_success: true },
  },
  cancel: {
    label: { ko: '결제 취소 (✕)', en: 'Cancel (✕)' },
    group: 'unpaid',
    settle: (payment, now) => (GATEWAYS[payment.pg_provider]?.cancelFails ? failed(CANCELLED)(payment, now) : {}),
    claim: { imp_success: false, error_msg: CANCELLED },
  },
  'fail-limit': {
    label: { ko: '한도 초과', en: 'Over the limit' },
    group: 'unpaid',
    ...failing('8051', '[8051] 한도초과'),
  },
  'invalid-card': {
    label: { ko: '카드번호 오류', en: 'Invalid card' },
    group: 'unpaid',
    ...failing('8014', '카드번호가 올바르지 않습니다.'),
  },
  'ids-only-failure': {
    label: { ko: '잔액 부족 (성공 여부 표시 없음)', en: 'No funds (and no flag)' },
    group: 'unpaid',
    settle: failed('잔액이 부족합니다.'),
    claim: { error_code: '8053', error_msg: '잔액이 부족합니다.' },
    idsOnly: true,
  },
  'misspelt-failure': {
    label: { ko: '한도 초과 (error_code가 아니라 error_coe로 표시)', en: 'Over the limit (error_coe, not error_code)' },
    group: 'unpaid',
    settle: failed('[8051] 한도초과'),
    claim: { error_coe: '8051', error_msg: '[8051] 한도초과' },
    idsOnly: true,
  },
  flagless: {
    label: { ko: '실시간 계좌이체 (성공 여부 표시 없음)', en: 'Bank transfer (and no flag)' },
    group: 'odd',
    settle: (payment, now) => ({ ...paid(payment, now), pay_method: 'trans' }),
    claim: {},
  },
  'success-key': {
    label: { ko: 'imp_success 대신 success로 표시', en: 'The flag is success, not imp_success' },
    group: 'odd',
    settle: paid,
    claim: { success: true },
  },
  'false-but-paid': {
    label: { ko: '결제됐지만 실패로 표시', en: 'It says failed, yet is paid' },
    group: 'odd',
    settle: paid,
    claim: { imp_success: false },
  },
  'forged-amount': {
    label: { ko: '금액 위조 (100원만 결제)', en: 'Forged amount (only 100 is paid)' },
    group: 'odd',
    settle: (payment, now) => ({ ...paid(payment, now), amount: 100 }),
    claim: { imp_success: true },
  },
  'late-approval': {
    label: { ko: '실패로 표시했다가 나중에 승인', en: 'It says failed, and is approved later' },
    group: 'odd',
    ...failing('8999', '응답 시간이 초과되었습니다.'),
    later: (payment, now) => ({ ...paid(payment, now), failed_at: 0, fail_reason: null }),
  },
  'vbank-deposit': {
    label: { ko: '가상계좌 발급, 잠시 뒤 입금', en: 'A virtual account, and a deposit soon' },
    group: 'odd',
    settle: issueAccount,
    later: paid,
    claim: { imp_success: true },
  },
  'never-returns': {
    label: { ko: '결제 후 돌아오지 않음', en: 'Paid, and never back' },
    group: 'odd',
    settle: paid,
    claim: null,
  },
} as const satisfies Record<string, Ending>;

export type EndingId = keyof typeof ENDINGS;

/** Every one of them, for who offers a choice. */
export const ENDING_IDS = Object.keys(ENDINGS) as readonly EndingId[];

/** @returns `null` for an id that is none */
export const findEnding = (id: string): Ending | null => (Object.hasOwn(ENDINGS, id) ? ENDINGS[id as EndingId] : null);

/** What a second try at a paid order ends in, whatever the customer pressed. */
export const ALREADY_PAID: Pick<Ending, 'settle' | 'claim'> = failing('F1002', '이미 결제가 이루어진 거래건입니다.');
