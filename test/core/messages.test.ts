import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Claim, ClaimKind } from '../../src/core/claim.js';
import { describePhase, type Locale, type ViewState } from '../../src/core/messages.js';
import type { Phase } from '../../src/core/phase.js';
import type { Answer } from '../../src/core/verdict.js';
import { claimOf, FINAL, type Final, finalVerdictOf } from './helpers.js';

const LOCALES: Locale[] = ['ko', 'en'];
const KINDS: ClaimKind[] = ['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed'];
const NAMELESS = { impUid: null, merchantUid: null };
const ALREADY_PAID = '이미 결제가 이루어진 거래건입니다.';

const open = (name: 'confirming' | 'retrying' | 'deferred', said: Partial<Claim> = {}): Phase => ({ name, claim: claimOf(said) });
const confirming = (said?: Partial<Claim>) => open('confirming', said);
const retrying = (said?: Partial<Claim>) => open('retrying', said);
const deferred = (said?: Partial<Claim>) => open('deferred', said);
const settled = (status: Final, more: Partial<Answer> = {}, said: Partial<Claim> = {}): Phase => ({
  name: 'settled',
  claim: claimOf(said),
  verdict: finalVerdictOf(status, more),
});
const FLOWS = { certified: 'certification', registered: 'billing' } as const;
/** Every verdict, about what it is a verdict about. */
const settledAll = () =>
  FINAL.map((status) => settled(status, {}, status === 'certified' || status === 'registered' ? { flow: FLOWS[status] } : {}));

/** What stands on the card: rows without text are left out. Intl's spaces, and its Korean "AM", differ between releases of ICU. */
const shown = (phase: Phase, locale: Locale = 'ko', isBanner = false) =>
  describePhase(phase, locale, isBanner)
    .rows.filter(([, text]) => text)
    .map(([tag, text, label = '']) => `${tag}: ${label}${text}`.replace(/[\u00a0\u202f]/g, ' ').replace(/\. AM (?=\d)/, '. 오전 '));
const quoted = (phase: Phase) => describePhase(phase, 'ko').rows.find(([tag]) => tag === 'blockquote')?.[1] || null;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the state of the card', () => {
  it.each<[name: string, kind: ClaimKind, phase: Phase, state: ViewState]>(
    KINDS.flatMap((kind) => [
      ['confirming', kind, confirming({ kind }), /failure|cancelled/.test(kind) ? 'incomplete' : 'confirming'],
      ['retrying', kind, retrying({ kind }), 'retrying'],
      ['deferred', kind, deferred({ kind }), 'deferred'],
      ['deferred, with nothing to ask by', kind, deferred({ kind, ...NAMELESS }), 'deferred'],
    ]),
  )('%s, %s: %4$s', (_, _kind, phase, state) => {
    for (const locale of LOCALES) expect(describePhase(phase, locale).state).toBe(state);
  });

  it.each(FINAL.flatMap((status) => KINDS.map((kind) => [status, kind] as const)))(
    'settled as %s, whatever was claimed: %s',
    (status, kind) => {
      for (const errorMessage of [null, ALREADY_PAID])
        expect(describePhase(settled(status, {}, { kind, errorCode: 'F1002', errorMessage }), 'ko').state).toBe(status);
    },
  );

  it.each<[name: string, said: Partial<Claim>]>([
    ['with its code', { errorCode: 'F1002', errorMessage: ALREADY_PAID }],
    ["without one, as the SDK's own redirect has it", { errorMessage: ALREADY_PAID }],
    ['with words before it', { errorMessage: `[F1002] ${ALREADY_PAID}` }],
  ])('an order that is already paid, as its message says, is never called "not completed": %s', (_, said) => {
    for (const locale of LOCALES)
      for (const kind of ['claimed-failure', 'cancelled'] as const)
        for (const name of ['confirming', 'retrying', 'deferred'] as const) {
          const phase = open(name, { kind, ...said });
          expect(describePhase(phase, locale).state).toBe(name);
          // It reads as if nothing had been claimed.
          expect(shown(phase, locale)[0]).toBe(shown(open(name), locale)[0]);
        }
  });

  it('a code says nothing of it: each gateway has its own', () => {
    expect(describePhase(confirming({ kind: 'claimed-failure', errorCode: 'F1002' }), 'ko').state).toBe('incomplete');
    expect(describePhase(confirming({ kind: 'claimed-failure', errorCode: ALREADY_PAID }), 'ko').state).toBe('incomplete');
  });

  it.each(LOCALES)('every state has its title: %s', (locale) => {
    const titles = new Map<string, unknown>();
    for (const phase of [confirming(), confirming({ kind: 'claimed-failure' }), retrying(), deferred(), ...settledAll()]) {
      const { state, rows } = describePhase(phase, locale);
      const [tag, text] = rows[0] ?? [];
      expect(tag).toBe('h2');
      expect(text).toMatch(locale === 'ko' ? /^[가-힣 ]+$/ : /^[A-Z][a-z ]+$/);
      titles.set(state, text);
    }
    expect([...titles.keys()].sort()).toEqual(['confirming', 'deferred', 'incomplete', 'retrying', ...FINAL].sort());
    // It is still being checked: nothing has happened that a customer must know.
    expect(titles.get('retrying')).toBe(titles.get('confirming'));
    expect(titles.get('deferred')).toBe(titles.get('confirming'));
    // The server's own page is on its way, and says the rest.
    expect(titles.get('page')).toBe(titles.get('confirming'));
    // What is no payment is not called one.
    expect(titles.get('certified')).not.toBe(titles.get('paid'));
    expect(titles.get('registered')).not.toBe(titles.get('paid'));
    expect(new Set(titles.values()).size).toBeLessThanOrEqual(titles.size - 4);
    expect(titles.get('incomplete')).toBe(titles.get('failed'));
  });

  it('a try more or less changes no word, and so takes the focus from no button', () => {
    for (const locale of LOCALES) expect(describePhase(deferred(), locale).rows).toEqual(describePhase(retrying(), locale).rows);
  });

  it.each<[phase: Phase, title: string]>([
    [confirming(), '결제를 확인하고 있습니다'],
    [confirming({ kind: 'claimed-failure' }), '결제가 완료되지 않았습니다'],
    [retrying({ kind: 'claimed-failure' }), '결제를 확인하고 있습니다'],
    [deferred(), '결제를 확인하고 있습니다'],
    // Nobody can be asked about it: it is not being checked.
    [deferred(NAMELESS), '아직 결제를 확인하지 못했습니다'],
    [settled('paid'), '결제가 완료되었습니다'],
  ])('says in Korean what facts and issues ask for: %2$s', (phase, title) => {
    expect(shown(phase)[0]).toBe(`h2: ${title}`);
  });
});

describe('nothing provisional sounds like an end', () => {
  // "Not completed" is the one way in which the word may be said.
  const SUCCESS = /완료되었|완료됐|성공|감사|(?<!not )complete|paid|success|thank|done|received/i;
  const FAILURE = /실패|취소|않았|거절|오류|잘못|fail|cancel|not complete|declin|reject|error|wrong|sorry/i;
  const provisional = KINDS.flatMap((kind) =>
    [{}, { errorCode: 'F1002' }, { errorMessage: ALREADY_PAID }].flatMap((error) =>
      [{}, NAMELESS].flatMap((ids) => {
        const said = { kind, ...error, ...ids };
        return [confirming(said), retrying(said), deferred(said)];
      }),
    ),
  );

  it.each(LOCALES)('like a success: %s', (locale) => {
    expect(provisional).toHaveLength(90);
    for (const phase of provisional) expect(shown(phase, locale).join('\n')).not.toMatch(SUCCESS);
  });

  it.each(LOCALES)('like a failure, but for what the gateway itself has just said: %s', (locale) => {
    const states = new Set<ViewState>();
    for (const phase of provisional) {
      const { state } = describePhase(phase, locale);
      states.add(state);
      expect(FAILURE.test(shown(phase, locale).join('\n'))).toBe(state === 'incomplete');
    }
    expect([...states].sort()).toEqual(['confirming', 'deferred', 'incomplete', 'retrying']);
  });

  it.each(LOCALES)('and of what is final only "paid", and what was done without paying, sounds like a success: %s', (locale) => {
    for (const phase of settledAll())
      expect(SUCCESS.test(shown(phase, locale)[0] as string)).toBe(/^(paid|certified|registered)$/.test(`${phase.verdict?.status}`));
  });
});

describe('the words below the title', () => {
  // It is being checked; nothing is lost; do not pay again.
  const CALM = { en: /^p: .*checking.* Nothing is lost.* do not pay again/, ko: /^p: .*확인하고 있.* 남아 있.* 다시 결제하지 말아/ };
  const WARNING = { en: /^p: Please do not pay again\. Contact the shop\.$/, ko: /^p: 다시 결제하지 말고 쇼핑몰에 문의해 주세요\.$/ };
  const BUTTON = { en: 'button: Check again', ko: 'button: 다시 확인하기' };

  it.each<[name: string, phase: Phase, words: typeof CALM | null]>([
    ['confirming', confirming(), null],
    ['what the gateway claims', confirming({ kind: 'claimed-failure' }), null],
    ...KINDS.flatMap((kind): [string, Phase, typeof CALM][] => [
      [`retrying, ${kind}`, retrying({ kind }), CALM],
      [`deferred, ${kind}`, deferred({ kind }), CALM],
      [`deferred, ${kind}, with the order's number alone`, deferred({ kind, impUid: null }), CALM],
      [`deferred, ${kind}, with the payment's number alone`, deferred({ kind, merchantUid: null }), CALM],
      [`deferred, ${kind}, with nothing to ask by`, deferred({ kind, ...NAMELESS }), WARNING],
    ]),
    ['forged', settled('forged'), WARNING],
    ...(['paid', 'ready', 'failed', 'cancelled'] as const).map((status): [string, Phase, null] => [status, settled(status), null]),
  ])('%s', (_, phase, words) => {
    for (const locale of LOCALES) {
      const rows = shown(phase, locale);
      if (words) expect(rows[1]).toMatch(words[locale]);
      expect(rows.filter((row) => CALM[locale].test(row) || WARNING[locale].test(row))).toHaveLength(words ? 1 : 0);
      // Who is told to wait can ask; who is told to ask the shop cannot.
      expect(rows.filter((row) => row.startsWith('button'))).toEqual(words === CALM ? [BUTTON[locale]] : []);
    }
  });

  it.each(LOCALES)('from top to bottom: the title, the words, what the gateway said, the order, and the button: %s', (locale) => {
    const said = { kind: 'claimed-failure', errorMessage: '한도초과' } as const;
    const [title, words, ...rest] = shown(deferred(said), locale);
    expect(title).toMatch(/^h2: /);
    expect(words).toMatch(CALM[locale]);
    expect(rest).toEqual(['blockquote: 한도초과', locale === 'ko' ? 'p: 주문번호: order_1' : 'p: Order: order_1', BUTTON[locale]]);
  });
});

describe('what is no payment', () => {
  it.each<[locale: Locale, said: Partial<Claim>, phase: (said: Partial<Claim>) => Phase, title: string]>([
    ['ko', { flow: 'certification' }, confirming, '본인인증을 확인하고 있습니다'],
    ['ko', { flow: 'certification', kind: 'claimed-failure' }, confirming, '본인인증이 완료되지 않았습니다'],
    ['ko', { flow: 'certification', ...NAMELESS }, deferred, '아직 본인인증을 확인하지 못했습니다'],
    ['ko', { flow: 'certification' }, (said) => settled('certified', {}, said), '본인인증이 완료되었습니다'],
    ['ko', { flow: 'certification' }, (said) => settled('failed', {}, said), '본인인증이 완료되지 않았습니다'],
    ['ko', { flow: 'certification' }, (said) => settled('cancelled', {}, said), '본인인증이 취소되었습니다'],
    ['ko', { flow: 'billing' }, confirming, '결제수단 등록을 확인하고 있습니다'],
    ['ko', { flow: 'billing' }, (said) => settled('registered', {}, said), '결제수단 등록이 완료되었습니다'],
    // It was paid with the very registration.
    ['ko', { flow: 'billing' }, (said) => settled('paid', {}, said), '결제가 완료되었습니다'],
    ['en', { flow: 'certification' }, confirming, 'Checking your identity verification'],
    ['en', { flow: 'certification' }, (said) => settled('certified', {}, said), 'Identity verification complete'],
    ['en', { flow: 'billing' }, confirming, 'Checking your payment method registration'],
    ['en', { flow: 'billing' }, (said) => settled('registered', {}, said), 'Payment method registration complete'],
  ])('%s, %o: %4$s', (locale, said, phase, title) => {
    expect(shown(phase(said), locale)[0]).toBe(`h2: ${title}`);
  });

  it.each(LOCALES)('is nowhere told in the words of one, but for a payment method: %s', (locale) => {
    const OF_A_PAYMENT = { ko: /결제(?!수단)/, en: /pay(?!ment method)/i };
    for (const flow of ['certification', 'billing'] as const)
      for (const phase of [
        ...KINDS.flatMap((kind) =>
          [{}, NAMELESS].flatMap((ids) => [confirming, retrying, deferred].map((make) => make({ flow, kind, ...ids }))),
        ),
        ...FINAL.filter((status) => status !== 'paid').map((status) => settled(status, {}, { flow })),
      ])
        expect(shown(phase, locale).join('\n')).not.toMatch(OF_A_PAYMENT[locale]);
  });

  it.each(LOCALES)('is not called a payment that is complete, where only its verdict tells what it is: %s', (locale) => {
    for (const status of ['certified', 'registered'] as const)
      expect(shown(settled(status), locale)[0]).not.toBe(shown(settled('paid'), locale)[0]);
  });
});

describe('the banner about a payment that had no landing', () => {
  const RECOVERED = { en: 'p: We checked your payment.', ko: 'p: 결제가 완료되었는지 확인했어요.' };

  it.each(LOCALES.flatMap((locale) => (['paid', 'ready'] as const).map((status) => [locale, status] as const)))(
    'in %s, about "%s": the card of the verdict, what it is about below the title, and one button, which closes it',
    (locale, status) => {
      const phase = settled(status, { amount: 12000 }, { impUid: null });
      expect(describePhase(phase, locale, true).state).toBe(status);
      const [title, ...details] = shown(phase, locale);
      const rows = shown(phase, locale, true);
      expect(rows).toEqual([title, RECOVERED[locale], ...details, locale === 'ko' ? 'button: 확인' : 'button: OK']);
      expect(rows.filter((row) => row.startsWith('button'))).toHaveLength(1);
    },
  );
});

describe("the gateway's message", () => {
  const MESSAGE = '[8051] <b>한도초과</b> & "잔액 부족"  100%';
  const FAILURE = { kind: 'claimed-failure', errorMessage: MESSAGE } as const;

  it('is shown verbatim for a claimed failure and a cancellation, before and without a verdict', () => {
    for (const kind of ['claimed-failure', 'cancelled'] as const)
      for (const name of ['confirming', 'retrying', 'deferred'] as const) expect(quoted(open(name, { ...FAILURE, kind }))).toBe(MESSAGE);
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
