import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Claim, ClaimKind } from '../../src/core/claim.js';
import { describePhase, type Locale, type ViewState } from '../../src/core/messages.js';
import type { Phase } from '../../src/core/phase.js';
import type { Answer, FinalVerdict } from '../../src/core/verdict.js';
import { claimOf, finalVerdictOf } from './helpers.js';

const LOCALES: Locale[] = ['ko', 'en'];
const KINDS: ClaimKind[] = ['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed'];
const FINAL: FinalVerdict['status'][] = ['paid', 'ready', 'failed', 'cancelled', 'forged'];
const ALREADY_PAID = '이미 결제가 이루어진 거래건입니다.';

const confirming = (said: Partial<Claim> = {}): Phase => ({ name: 'confirming', claim: claimOf(said) });
const deferred = (said: Partial<Claim> = {}, pending?: boolean): Phase => ({
  name: 'deferred',
  claim: claimOf(said),
  ...(pending === undefined ? {} : { pending }),
});
const settled = (status: FinalVerdict['status'], more: Partial<Answer> = {}, said: Partial<Claim> = {}): Phase => ({
  name: 'settled',
  claim: claimOf(said),
  verdict: finalVerdictOf(status, more),
});

/** What stands on the card: rows without text are left out. Intl's spaces, and its Korean "AM", differ between releases of ICU. */
const shown = (phase: Phase, locale: Locale = 'ko') =>
  describePhase(phase, locale)
    .rows.filter(([, text]) => text)
    .map(([tag, text]) => `${tag}: ${text}`.replace(/[\u00a0\u202f]/g, ' ').replace(/\. AM (?=\d)/, '. 오전 '));
const quoted = (phase: Phase) => describePhase(phase, 'ko').rows.find(([tag]) => tag === 'blockquote')?.[1] || null;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the state of the card', () => {
  it.each<[phase: string, kind: ClaimKind, made: Phase, state: ViewState]>(
    KINDS.flatMap((kind) => {
      const claims = /failure|cancelled/.test(kind);
      return [
        ['confirming', kind, confirming({ kind }), claims ? 'incomplete' : 'confirming'],
        ['deferred: nobody could be asked', kind, deferred({ kind }, false), 'deferred'],
        ['deferred: nothing to ask by', kind, deferred({ kind, impUid: null, merchantUid: null }), 'deferred'],
        ['deferred: the server does not know yet', kind, deferred({ kind }, true), claims ? 'incomplete' : 'deferred'],
      ] as [string, ClaimKind, Phase, ViewState][];
    }),
  )('%s, %s', (_, _kind, phase, state) => {
    for (const locale of LOCALES) expect(describePhase(phase, locale).state).toBe(state);
  });

  it.each(FINAL.flatMap((status) => KINDS.map((kind) => [status, kind] as const)))(
    'settled as %s, whatever was claimed: %s',
    (status, kind) => {
      for (const errorCode of [null, 'F1002']) expect(describePhase(settled(status, {}, { kind, errorCode }), 'ko').state).toBe(status);
    },
  );

  it.each<[name: string, said: Partial<Claim>]>([
    ['by its code', { errorCode: 'F1002', errorMessage: ALREADY_PAID }],
    ['by its code alone', { errorCode: 'F1002' }],
    ["by its message alone, as the SDK's own redirect has it", { errorMessage: ALREADY_PAID }],
  ])('an order that is already paid is never called "not completed": %s', (_, said) => {
    const kind = 'claimed-failure';
    expect(describePhase(confirming({ kind, ...said }), 'ko').state).toBe('confirming');
    expect(describePhase(deferred({ kind, ...said }, false), 'ko').state).toBe('deferred');
    expect(describePhase(deferred({ kind, ...said }, true), 'ko').state).toBe('deferred');
  });

  it.each(LOCALES)('every state has its title: %s', (locale) => {
    const titles = new Map<string, unknown>();
    for (const phase of [confirming(), confirming({ kind: 'claimed-failure' }), deferred(), ...FINAL.map((status) => settled(status))]) {
      const { state, rows } = describePhase(phase, locale);
      const [tag, text] = rows[0] ?? [];
      expect(tag).toBe('h2');
      expect(text).toMatch(locale === 'ko' ? /[가-힣]/ : /^[A-Z][a-z ]+$/);
      titles.set(state, text);
    }
    expect([...titles.keys()].sort()).toEqual(['cancelled', 'confirming', 'deferred', 'failed', 'forged', 'incomplete', 'paid', 'ready']);
  });

  it('says in Korean what facts and issue ask for', () => {
    expect(shown(confirming({ kind: 'claimed-failure' }))[0]).toBe('h2: 결제가 완료되지 않았습니다');
    expect(shown(settled('paid'))[0]).toBe('h2: 결제가 완료되었습니다');
  });
});

describe('nothing provisional sounds like a success', () => {
  // "Not completed" is the one way in which the word may be said.
  const SUCCESS = /완료되었|완료됐|성공|감사|(?<!not )complete|paid|success|thank|done|received/i;
  const provisional = KINDS.flatMap((kind) =>
    [null, 'F1002'].flatMap((errorCode) => {
      const said = { kind, errorCode };
      return [confirming(said), deferred(said), deferred(said, false), deferred(said, true)];
    }),
  );
  it.each(LOCALES)('in %s', (locale) => {
    expect(provisional).toHaveLength(40);
    for (const phase of provisional) expect(shown(phase, locale).join('\n')).not.toMatch(SUCCESS);
  });

  it.each(LOCALES)('and of what is final only "paid" does: %s', (locale) => {
    for (const status of FINAL) expect(SUCCESS.test(shown(settled(status), locale)[0] as string)).toBe(status === 'paid');
  });
});

describe('the warning not to pay again', () => {
  const warns = (phase: Phase) =>
    shown(phase, 'en').includes('p: Please do not pay again. Contact the shop.') &&
    shown(phase, 'ko').includes('p: 다시 결제하지 말고 쇼핑몰에 문의해 주세요.');
  it('is given while nothing is certain, and where the payment does not match the order', () => {
    expect(warns(deferred())).toBe(true);
    expect(warns(deferred({ kind: 'claimed-failure' }, false))).toBe(true);
    expect(warns(settled('forged'))).toBe(true);
  });

  it('is not given elsewhere', () => {
    for (const phase of [
      confirming(),
      confirming({ kind: 'claimed-failure' }),
      settled('paid'),
      settled('ready'),
      settled('failed'),
      settled('cancelled'),
    ])
      expect(warns(phase)).toBe(false);
  });
});

describe("the gateway's message", () => {
  const MESSAGE = '[8051] <b>한도초과</b> & "잔액 부족"  100%';
  const FAILURE = { kind: 'claimed-failure', errorMessage: MESSAGE } as const;

  it('is shown verbatim for a claimed failure and a cancellation, before and without a verdict', () => {
    for (const kind of ['claimed-failure', 'cancelled'] as const)
      for (const phase of [confirming({ ...FAILURE, kind }), deferred({ ...FAILURE, kind }, true), deferred({ ...FAILURE, kind }, false)])
        expect(quoted(phase)).toBe(MESSAGE);
  });

  it('stands alone in its element, without a prefix', () => {
    expect(shown(confirming(FAILURE))).toContain(`blockquote: ${MESSAGE}`);
  });

  it('stays beside a verdict that agrees with it, and goes where the verdict is "paid" or "ready"', () => {
    expect(quoted(settled('failed', {}, FAILURE))).toBe(MESSAGE);
    expect(quoted(settled('cancelled', {}, FAILURE))).toBe(MESSAGE);
    expect(quoted(settled('paid', {}, FAILURE))).toBeNull();
    expect(quoted(settled('ready', {}, FAILURE))).toBeNull();
  });

  it('is not shown where no failure is claimed', () => {
    for (const kind of ['claimed-success', 'unknown', 'malformed'] as const) expect(quoted(confirming({ ...FAILURE, kind }))).toBeNull();
  });

  it("gives way to the server's own words", () => {
    expect(quoted(settled('failed', { message: '카드사 점검 중입니다' }, FAILURE))).toBe('카드사 점검 중입니다');
    expect(quoted(settled('paid', { message: '고맙습니다' }, FAILURE))).toBe('고맙습니다');
  });

  it('is cut at 200 characters', () => {
    const long = '가'.repeat(199);
    expect(quoted(confirming({ ...FAILURE, errorMessage: `${long}나` }))).toBe(`${long}나`);
    expect(quoted(confirming({ ...FAILURE, errorMessage: `${long}나다` }))).toBe(`${long}나`);
    expect(quoted(settled('failed', { message: `${long}나다` }))).toBe(`${long}나`);
  });

  it('is dropped where its bytes were not UTF-8', () => {
    expect(quoted(confirming({ ...FAILURE, errorMessage: '\ufffd\ufffd\ufffd 실패' }))).toBeNull();
    expect(quoted(confirming({ ...FAILURE, errorMessage: `${'가'.repeat(300)}\ufffd` }))).toBeNull();
    expect(quoted(settled('failed', { message: 'x\ufffd' }))).toBeNull();
  });
});

describe('the details', () => {
  const DEADLINE = Date.UTC(2025, 11, 31, 23, 59, 59) / 1000;
  const ACCOUNT = { vbank_name: '국민은행', vbank_num: '110-123-456789', vbank_holder: '주식회사 상점', vbank_date: DEADLINE };

  it.each<[locale: Locale, answer: Partial<Answer>, row: string]>([
    ['ko', { amount: 12000 }, 'p: 금액: ₩12,000'],
    ['en', { amount: 12000 }, 'p: Amount: ₩12,000'],
    ['ko', { amount: 1234567, currency: 'KRW' }, 'p: 금액: ₩1,234,567'],
    ['ko', { amount: 12.5, currency: 'USD' }, 'p: 금액: US$12.50'],
    ['en', { amount: 12.5, currency: 'USD' }, 'p: Amount: $12.50'],
    ['ko', { amount: 1200, currency: 'JPY' }, 'p: 금액: JP¥1,200'],
    ['en', { amount: 1200, currency: 'JPY' }, 'p: Amount: ¥1,200'],
    ['en', { amount: 0 }, 'p: Amount: ₩0'],
    ['ko', { merchant_uid: 'order_1' }, 'p: 주문번호: order_1'],
    ['en', { merchant_uid: 'order_1' }, 'p: Order: order_1'],
    ['ko', ACCOUNT, 'p: 계좌: 국민은행 110-123-456789 주식회사 상점'],
    ['en', ACCOUNT, 'p: Account: 국민은행 110-123-456789 주식회사 상점'],
    ['ko', ACCOUNT, 'p: 입금 기한: 2026. 1. 1. 오전 8:59:59'],
    ['en', ACCOUNT, 'p: Due: 1/1/2026, 8:59:59 AM'],
  ])('%s %o: %s', (locale, answer, row) => {
    expect(shown(settled('ready', answer), locale)).toContain(row);
  });

  it.each(['America/Los_Angeles', 'Asia/Seoul', 'Pacific/Kiritimati'])(
    "the deadline is in the shop's time zone for a customer in %s",
    (zone) => {
      vi.stubEnv('TZ', zone);
      expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
      expect(shown(settled('ready', ACCOUNT), 'en')).toContain('p: Due: 1/1/2026, 8:59:59 AM');
    },
  );

  it('an account without its holder is shown without', () => {
    for (const vbank_holder of [null, undefined]) {
      const { vbank_holder: _, ...account } = ACCOUNT;
      const row = shown(settled('ready', vbank_holder === undefined ? account : { ...account, vbank_holder })).find((text) =>
        text.startsWith('p: 계좌'),
      );
      expect(row?.trimEnd()).toBe('p: 계좌: 국민은행 110-123-456789');
    }
  });

  it("the order is the landing's until the server says otherwise", () => {
    expect(shown(confirming())).toContain('p: 주문번호: order_1');
    expect(shown(confirming({ merchantUid: null })).join()).not.toContain('주문번호');
    expect(shown({ name: 'settled', claim: claimOf({ merchantUid: null }), verdict: finalVerdictOf('paid') })).toContain(
      'p: 주문번호: order_1',
    );
  });

  it('what the server does not say is left out', () => {
    expect(shown(settled('paid'))).toEqual(['h2: 결제가 완료되었습니다', 'p: 주문번호: order_1']);
  });

  it('PortOne\'s own "nothing" (0 and null) is left out too', () => {
    const nothing = {
      vbank_name: null,
      vbank_num: null,
      vbank_holder: null,
      vbank_date: 0,
      message: null,
      amount: null,
    } as unknown as Partial<Answer>;
    expect(shown(settled('paid', nothing))).toEqual(['h2: 결제가 완료되었습니다', 'p: 주문번호: order_1']);
  });

  it.each<[name: string, answer: object]>([
    ['a currency that is null', { amount: 12000, currency: null }],
    ['an empty currency', { amount: 12000, currency: '' }],
    ['a currency in Korean', { amount: 12000, currency: '원' }],
    ['an amount that is text', { amount: '12000' }],
    ['an amount that is an object', { amount: { total: 12000 } }],
    ['a message that is a number', { message: 404 }],
    ['a message that is an Error as JSON', { message: {} }],
    ['a deadline that is text', { vbank_date: '2026-01-01' }],
    ['a deadline beyond all dates', { vbank_date: 1e20 }],
    ['an account that is a number', { vbank_num: 110123456789 }],
  ])('%s does not keep the verdict from being shown', (_, answer) => {
    for (const locale of LOCALES) {
      expect(describePhase(settled('paid', answer as Partial<Answer>), locale).state).toBe('paid');
      expect(describePhase(settled('failed', answer as Partial<Answer>), locale).state).toBe('failed');
    }
  });
});
