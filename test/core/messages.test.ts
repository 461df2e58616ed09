import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Claim, ClaimKind } from '../../src/core/claim.js';
import { type Locale, localeOf, type Messages, type ShopOptions, type ViewState, type WordName } from '../../src/core/messages.js';
import type { Phase } from '../../src/core/phase.js';
import type { Answer } from '../../src/core/verdict.js';
import { claimOf, FINAL, type Final, finalVerdictOf, modelOf, NOW_MS, rowsOf } from './helpers.js';

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
const shown = (phase: Phase, locale: Locale = 'ko', isBanner = false, shop: ShopOptions = {}) =>
  rowsOf(modelOf(phase, locale, isBanner, shop)).map(([tag, text, more]) =>
    `${tag}: ${tag === 'dd' ? `${more}: ` : ''}${text}${tag !== 'dd' && more ? ` -> ${more}` : ''}`
      .replace(/[\u00a0\u202f]/g, ' ')
      .replace(/ AM (?=\d)/, ' 오전 ')
      .replace(' at ', ', '),
  );
const quoted = (phase: Phase) => rowsOf(modelOf(phase)).find(([tag]) => tag === 'blockquote')?.[1] ?? null;

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
    for (const locale of LOCALES) expect(modelOf(phase, locale).state).toBe(state);
  });

  it.each(FINAL.flatMap((status) => KINDS.map((kind) => [status, kind] as const)))(
    'settled as %s, whatever was claimed: %s',
    (status, kind) => {
      for (const errorMessage of [null, ALREADY_PAID])
        expect(modelOf(settled(status, {}, { kind, errorCode: 'F1002', errorMessage }), 'ko').state).toBe(status);
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
          expect(modelOf(phase, locale).state).toBe(name);
          // It reads as if nothing had been claimed.
          expect(shown(phase, locale)[0]).toBe(shown(open(name), locale)[0]);
        }
  });

  it('a code says nothing of it: each gateway has its own', () => {
    expect(modelOf(confirming({ kind: 'claimed-failure', errorCode: 'F1002' }), 'ko').state).toBe('incomplete');
    expect(modelOf(confirming({ kind: 'claimed-failure', errorCode: ALREADY_PAID }), 'ko').state).toBe('incomplete');
  });

  it.each(LOCALES)('every state has its title: %s', (locale) => {
    const titles = new Map<string, unknown>();
    for (const phase of [confirming(), confirming({ kind: 'claimed-failure' }), retrying(), deferred(), ...settledAll()]) {
      const model = modelOf(phase, locale);
      const { state } = model;
      const [tag, text] = rowsOf(model)[0] ?? [];
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
    const shop = { home: '/', retry: '/cart', contact: '02-1234-5678' };
    for (const locale of LOCALES) expect(shown(deferred(), locale, false, shop)).toEqual(shown(retrying(), locale, false, shop));
  });

  it.each<[phase: Phase, title: string]>([
    [confirming(), '결제를 확인하고 있어요'],
    [confirming({ kind: 'claimed-failure' }), '결제가 완료되지 않았어요'],
    [retrying({ kind: 'claimed-failure' }), '결제를 확인하고 있어요'],
    [deferred(), '결제를 확인하고 있어요'],
    // Nobody can be asked about it: it is not being checked.
    [deferred(NAMELESS), '어떤 결제인지 확인하지 못했어요'],
    [settled('paid'), '결제가 완료됐어요'],
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
      const { state } = modelOf(phase, locale);
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
  const CALM = {
    en: /^p: .*longer than usual\. Nothing is lost\. Please do not pay again\.$/,
    ko: /^p: .*오래 걸리고 있.* 남아 있.* 다시 결제하지 마세요\.$/,
  };
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
      expect(rows.filter((row) => row === BUTTON[locale])).toHaveLength(words === CALM ? 1 : 0);
    }
  });

  it.each(LOCALES)('from top to bottom: the title, the words, what the gateway said, the order, and the button: %s', (locale) => {
    const said = { kind: 'claimed-failure', errorMessage: '한도초과' } as const;
    const [title, words, ...rest] = shown(deferred(said), locale);
    expect(title).toMatch(/^h2: /);
    expect(words).toMatch(CALM[locale]);
    expect(rest).toEqual(['blockquote: 한도초과', locale === 'ko' ? 'dd: 주문번호: order_1' : 'dd: Order: order_1', BUTTON[locale]]);
  });
});

describe('what is no payment', () => {
  it.each<[locale: Locale, said: Partial<Claim>, phase: (said: Partial<Claim>) => Phase, title: string]>([
    ['ko', { flow: 'certification' }, confirming, '본인인증을 확인하고 있어요'],
    ['ko', { flow: 'certification', kind: 'claimed-failure' }, confirming, '본인인증이 완료되지 않았어요'],
    ['ko', { flow: 'certification', ...NAMELESS }, deferred, '어떤 본인인증인지 확인하지 못했어요'],
    ['ko', { flow: 'certification' }, (said) => settled('certified', {}, said), '본인인증이 완료됐어요'],
    ['ko', { flow: 'certification' }, (said) => settled('failed', {}, said), '본인인증이 완료되지 않았어요'],
    ['ko', { flow: 'certification' }, (said) => settled('cancelled', {}, said), '본인인증이 취소됐어요'],
    ['ko', { flow: 'billing' }, confirming, '결제수단 등록을 확인하고 있어요'],
    ['ko', { flow: 'billing' }, (said) => settled('registered', {}, said), '결제수단 등록이 완료됐어요'],
    // It was paid with the very registration.
    ['ko', { flow: 'billing' }, (said) => settled('paid', {}, said), '결제가 완료됐어요'],
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
  const RECOVERED = { en: 'p: We checked your payment.', ko: 'p: 결제가 완료됐는지 확인했어요.' };

  it.each(LOCALES.flatMap((locale) => (['paid', 'ready'] as const).map((status) => [locale, status] as const)))(
    'in %s, about "%s": the card of the verdict, what it is about below the title, and one button, which closes it',
    (locale, status) => {
      const phase = settled(status, { amount: 12000 }, { impUid: null });
      expect(modelOf(phase, locale, true).state).toBe(status);
      const [title, ...details] = shown(phase, locale);
      const rows = shown(phase, locale, true);
      expect(rows).toEqual([title, RECOVERED[locale], ...details, 'button: OK']);
      expect(rows.filter((row) => row === 'button: OK')).toHaveLength(1);
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
    ['ko', { amount: 12000 }, 'dd: 금액: ₩12,000'],
    ['en', { amount: 12000 }, 'dd: Amount: ₩12,000'],
    ['ko', { amount: 1234567, currency: 'KRW' }, 'dd: 금액: ₩1,234,567'],
    ['ko', { amount: 12.5, currency: 'USD' }, 'dd: 금액: US$12.50'],
    ['en', { amount: 12.5, currency: 'USD' }, 'dd: Amount: $12.50'],
    ['ko', { amount: 1200, currency: 'JPY' }, 'dd: 금액: JP¥1,200'],
    ['en', { amount: 1200, currency: 'JPY' }, 'dd: Amount: ¥1,200'],
    ['en', { amount: 0 }, 'dd: Amount: ₩0'],
    ['ko', { merchant_uid: 'order_1' }, 'dd: 주문번호: order_1'],
    ['en', { merchant_uid: 'order_1' }, 'dd: Order: order_1'],
    ['ko', ACCOUNT, 'dd: 계좌: 국민은행 110-123-456789 주식회사 상점'],
    ['en', ACCOUNT, 'dd: Account: 국민은행 110-123-456789 주식회사 상점'],
    ['ko', ACCOUNT, 'dd: 입금 기한: 2026년 1월 1일 오전 8:59 (47시간 후)'],
    ['en', ACCOUNT, 'dd: Due: January 1, 2026, 8:59 AM (in 47 hours)'],
  ])('%s %o: %s', (locale, answer, row) => {
    expect(shown(settled('ready', answer), locale)).toContain(row);
  });

  it.each(['America/Los_Angeles', 'Asia/Seoul', 'Pacific/Kiritimati'])(
    "the deadline is in the shop's time zone for a customer in %s",
    (zone) => {
      vi.stubEnv('TZ', zone);
      expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
      expect(shown(settled('ready', ACCOUNT), 'en')).toContain('dd: Due: January 1, 2026, 8:59 AM (in 47 hours)');
    },
  );

  it('an account without its holder is shown without', () => {
    for (const vbank_holder of [null, undefined]) {
      const { vbank_holder: _, ...account } = ACCOUNT;
      const row = shown(settled('ready', vbank_holder === undefined ? account : { ...account, vbank_holder })).find((text) =>
        text.startsWith('dd: 계좌'),
      );
      expect(row?.trimEnd()).toBe('dd: 계좌: 국민은행 110-123-456789');
    }
  });

  it("the order is the landing's until the server says otherwise", () => {
    expect(shown(confirming())).toContain('dd: 주문번호: order_1');
    expect(shown(confirming({ merchantUid: null })).join()).not.toContain('주문번호');
    expect(shown({ name: 'settled', claim: claimOf({ merchantUid: null }), verdict: finalVerdictOf('paid') })).toContain(
      'dd: 주문번호: order_1',
    );
  });

  it('what the server does not say is left out', () => {
    expect(shown(settled('paid'))).toEqual(['h2: 결제가 완료됐어요', 'dd: 주문번호: order_1']);
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
    expect(shown(settled('paid', nothing))).toEqual(['h2: 결제가 완료됐어요', 'dd: 주문번호: order_1']);
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
      expect(modelOf(settled('paid', answer as Partial<Answer>), locale).state).toBe('paid');
      expect(modelOf(settled('failed', answer as Partial<Answer>), locale).state).toBe('failed');
    }
  });
});

describe("the shop's own", () => {
  const SHOP: ShopOptions = { home: '/home', retry: '/cart', contact: '02-1234-5678' };
  const RECEIPT = { receipt_url: 'https://gateway.example/receipt?a=1&b=2' };
  const linksOf = (phase: Phase, shop = SHOP) => shown(phase, 'en', false, shop).filter((row) => row.startsWith('a: '));
  const contactOf = (phase: Phase) => shown(phase, 'en', false, SHOP).filter((row) => row.startsWith('dd: Contact'));

  it('"pay again" is there after "failed" and "cancelled" only: never while it may be paid', () => {
    for (const phase of [
      ...KINDS.flatMap((kind) => [confirming({ kind }), retrying({ kind }), deferred({ kind }), deferred({ kind, ...NAMELESS })]),
      ...settledAll(),
    ])
      expect(linksOf(phase).includes('a: Pay again -> /cart')).toBe(/^(failed|cancelled)$/.test(`${phase.verdict?.status}`));
    expect(linksOf(settled('failed'), { home: '/home' })).toEqual(['a: Continue -> /home']);
    expect(linksOf(settled('failed', {}, { flow: 'certification' }))[0]).toBe('a: Verify again -> /cart');
    expect(shown(settled('failed', {}, { flow: 'billing' }), 'ko', false, SHOP)).toContain('a: 다시 등록하기 -> /cart');
  });

  it('the way on is there wherever something is said that stays', () => {
    for (const phase of [retrying(), deferred(), deferred(NAMELESS), ...settledAll()])
      expect(linksOf(phase)).toContain('a: Continue -> /home');
    for (const phase of [confirming(), confirming({ kind: 'claimed-failure' })]) expect(linksOf(phase)).toEqual([]);
    for (const phase of settledAll()) expect(linksOf(phase, {})).toEqual([]);
  });

  it('how it is reached is there where something is open, or wrong', () => {
    for (const phase of [retrying(), deferred(), deferred(NAMELESS), settled('failed'), settled('forged')])
      expect(contactOf(phase)).toEqual(['dd: Contact: 02-1234-5678']);
    for (const phase of [confirming(), settled('paid'), settled('ready'), settled('cancelled')]) expect(contactOf(phase)).toEqual([]);
  });

  it('what was bought is named', () => {
    expect(shown(settled('paid', { name: '예가체프 200g' }))).toContain('dd: 상품: 예가체프 200g');
  });

  it("the server's receipt is a link, if it is one to the web", () => {
    expect(linksOf(settled('paid', RECEIPT), {})).toEqual(['a: Receipt -> https://gateway.example/receipt?a=1&b=2']);
    for (const receipt_url of [
      'javascript:alert(1)',
      ' javascript:alert(1)',
      '//gateway.example',
      '/receipt',
      'data:text/html,x',
      '',
      null,
      0,
      {},
    ])
      expect(linksOf(settled('paid', { receipt_url } as Partial<Answer>), {})).toEqual([]);
  });

  it('is not on a banner, which says little', () => {
    expect(shown(settled('paid', {}, {}), 'en', true, SHOP).filter((row) => row.startsWith('a: '))).toEqual([]);
  });

  it("an account's number is copied as digits, and shown with its dashes", () => {
    const rows = shown(settled('ready', { vbank_name: '신한은행', vbank_num: '110-123 456789' }), 'en');
    expect(rows).toContain('button: Copy -> 110123456789');
    expect(rows).toContain('dd: Account: 신한은행 110-123 456789 ');
  });

  it.each<[atMs: number, en: string, ko: string]>([
    [NOW_MS + 99 * 60_000, '(in 99 minutes)', '(99분 후)'],
    [NOW_MS + 47.9 * 3_600_000, '(in 47 hours)', '(47시간 후)'],
    [NOW_MS + 7.5 * 86_400_000, '(in 7 days)', '(7일 후)'],
    [NOW_MS - 30 * 60_000, '(30 minutes ago)', '(30분 전)'],
  ])('how far off a deadline is, in whole units that are left: %d', (atMs, en, ko) => {
    const due = (locale: Locale) => shown(settled('ready', { vbank_date: atMs / 1000 }), locale).join('\n');
    expect(due('en')).toContain(en);
    expect(due('ko')).toContain(ko);
  });
});

describe('words of the shop', () => {
  const NAMES: WordName[] = [
    ...(['confirming', 'unreadable', 'paid', 'ready', 'failed', 'cancelled', 'forged', 'calm', 'warning'] as const),
    ...(['order', 'item', 'amount', 'account', 'due', 'contact', 'copy', 'again', 'payAgain', 'receipt', 'goOn', 'recovered'] as const),
  ];
  const ANSWER = { name: 'x', amount: 1, vbank_num: '1', vbank_date: NOW_MS / 1000, receipt_url: 'https://r.example/' };
  const SHOP = { home: '/', retry: '/cart', contact: '1' };
  const everything = (messages?: Messages) =>
    [
      confirming(),
      retrying(),
      deferred(NAMELESS),
      ...FINAL.filter((status) => !/certified|registered/.test(status)).map((status) => settled(status, ANSWER)),
    ]
      .flatMap((phase) => [...shown(phase, 'en', false, { ...SHOP, messages }), ...shown(phase, 'en', true, { ...SHOP, messages })])
      .join('\n');

  it('each stands where its name says, and nothing else changes', () => {
    const usual = everything();
    const seen = new Set<string>();
    for (const name of NAMES) {
      const own = everything({ [name]: `<${name}>` });
      expect(own).toContain(`<${name}>`);
      expect(own).not.toBe(usual);
      seen.add(own);
    }
    expect(seen.size).toBe(NAMES.length);
    expect(everything(Object.fromEntries(NAMES.map((name) => [name, `<${name}>`])))).not.toMatch(/Checking|Order|Please|Copy|[a-z] again/);
    expect(everything({})).toBe(usual);
  });

  it('bring their own language, which dates and money follow', () => {
    const model = modelOf(settled('ready', { amount: 1234, currency: 'JPY', vbank_num: '1' }), 'en', false, {
      messages: { locale: 'ja', ready: '以下の口座にご入金ください' },
    });
    expect(model.lang).toBe('ja');
    expect(rowsOf(model).map(([, text]) => text)).toContain('￥1,234');
    expect(modelOf(confirming()).lang).toBe('ko');
  });

  it('may be others for what is no payment', () => {
    const messages = { paid: 'お支払いが完了しました', certification: { paid: '本人確認が完了しました' } };
    expect(shown(settled('paid'), 'en', false, { messages })[0]).toBe('h2: お支払いが完了しました');
    expect(shown(settled('certified'), 'en', false, { messages })[0]).toBe('h2: 本人確認が完了しました');
    // Never in words that were made for a payment.
    expect(shown(settled('registered'), 'en', false, { messages })[0]).toBe('h2: Payment method registration complete');
  });
});

describe('the nearest language', () => {
  it.each([
    ['ko', 'ko'],
    ['ko-KR', 'ko'],
    ['KO', 'ko'],
    ['en', 'en'],
    ['ja', 'en'],
    ['', 'en'],
  ] as const)('%j: %s', (language, locale) => {
    expect(localeOf(language)).toBe(locale);
  });
});
