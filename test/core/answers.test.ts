import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answers, translate, VOCABULARIES, type VocabularyName } from '../../src/core/answers.js';
import { ImpRedirectError } from '../../src/core/errors.js';
import { parseVerdict } from '../../src/core/verdict.js';
import { IDS } from './helpers.js';

const { impUid, merchantUid } = IDS;
const BOTH = { imp_uid: impUid, merchant_uid: merchantUid };
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

/** What becomes of a body: a verdict's word, `null` where it is none. */
function statusOf(body: unknown, answers: Answers | undefined, httpStatus = 200) {
  const outcome = parseVerdict(translate({ httpStatus, text: textOf(body) }, IDS, answers), IDS);
  return outcome instanceof ImpRedirectError ? null : outcome.status;
}
const answerOf = (body: unknown, answers: Answers, httpStatus = 200) => {
  const outcome = parseVerdict(translate({ httpStatus, text: textOf(body) }, IDS, answers), IDS);
  return outcome instanceof ImpRedirectError ? null : outcome.answer;
};

const FAST_API = ['결제 동기화에 실패했습니다.', 400];
const LOGIN = '<!doctype html><title>로그인</title><form>status success paid</form>';

describe('the vocabularies', () => {
  it.each<[name: VocabularyName, body: unknown, status: string | null]>([
    ['imp-redirect', { status: 'paid', ...BOTH }, 'paid'],
    ['imp-redirect', { status: 'ready', vbank_num: '1', ...BOTH }, 'ready'],
    ['imp-redirect', { status: 'failed', ...BOTH }, 'failed'],
    ['imp-redirect', { status: 'cancelled', ...BOTH }, 'cancelled'],
    ['imp-redirect', { status: 'forged', ...BOTH }, 'forged'],
    ['imp-redirect', { status: 'pending', ...BOTH }, 'pending'],
    ['imp-redirect', { status: 'certified', ...BOTH }, 'certified'],
    ['imp-redirect', { status: 'registered', ...BOTH }, 'registered'],
    // Our own contract has both ids.
    ['imp-redirect', { status: 'paid' }, null],
    ['imp-redirect', { status: 'success', ...BOTH }, null],

    ['portone-manual', { status: 'success' }, 'paid'],
    ['portone-manual', { status: 'success', message: '일반 결제 성공', ...BOTH }, 'paid'],
    ['portone-manual', { status: 'vbankIssued', message: '가상계좌 발급 성공' }, 'ready'],
    ['portone-manual', { status: 'forgery', message: '위조된 결제시도' }, 'forged'],
    ['portone-manual', { status: 'paid' }, null],
    ['portone-manual', { status: 'Success' }, null],
    ['portone-manual', { status: 'success ' }, null],
    ['portone-manual', { result: 'success' }, null],
    ['portone-manual', { data: { status: 'success' } }, null],
    ['portone-manual', 'success', null],

    ['rest-envelope', { code: 0, message: null, response: { status: 'paid', ...BOTH } }, 'paid'],
    ['rest-envelope', { code: 0, response: { status: 'ready', vbank_num: '110-1' } }, 'ready'],
    ['rest-envelope', { code: 0, response: { status: 'failed', fail_reason: 'x' } }, 'failed'],
    ['rest-envelope', { code: 0, response: { status: 'cancelled' } }, 'cancelled'],
    ['rest-envelope', { response: { status: 'paid' } }, 'paid'],
    ['rest-envelope', { code: 1, response: { status: 'paid' } }, null],
    ['rest-envelope', { code: -1, message: '존재하지 않는 결제정보입니다.', response: null }, null],
    ['rest-envelope', { code: 'E1', response: { status: 'paid' } }, null],
    ['rest-envelope', { status: 'paid' }, null],
    ['rest-envelope', { code: 0, response: 'paid' }, null],
    // "ready" without an account: the customer left the gateway's window.
    ['rest-envelope', { code: 0, response: { status: 'ready' } }, 'pending'],

    ['v2', { status: 'PAID' }, 'paid'],
    ['v2', { status: 'VIRTUAL_ACCOUNT_ISSUED' }, 'ready'],
    ['v2', { status: 'FAILED' }, 'failed'],
    ['v2', { status: 'CANCELLED' }, 'cancelled'],
    ['v2', { status: 'PAY_PENDING' }, 'pending'],
    ['v2', { status: 'PARTIAL_CANCELLED' }, null],
    ['v2', { status: 'READY' }, null],
    ['v2', { status: 'paid' }, null],

    ['text', 'success', 'paid'],
    ['text', 'ok', 'paid'],
    ['text', ' ok\r\n', 'paid'],
    ['text', 'true', 'paid'],
    ['text', '성공', 'paid'],
    ['text', '"success"', 'paid'],
    ['text', 'vbankIssued', 'ready'],
    ['text', 'forgery', 'forged'],
    ['text', 'false', null],
    ['text', 'OK', null],
    ['text', 'not ok', null],
    ['text', 'success!', null],
    ['text', '1', null],
    ['text', '', null],
    ['text', { status: 'success' }, null],
  ])('%s: %j is %s', (name, body, status) => {
    expect(statusOf(body, name)).toBe(status);
  });

  it('are these', () => {
    expect(Object.keys(VOCABULARIES)).toEqual(['imp-redirect', 'portone-manual', 'rest-envelope', 'v2', 'text']);
  });

  it('are never guessed: without a name it is our own contract', () => {
    for (const body of [{ status: 'success' }, { code: 0, response: { status: 'paid' } }, { status: 'PAID' }, 'success'])
      expect(statusOf(body, undefined)).toBeNull();
    expect(statusOf({ status: 'paid', ...BOTH }, undefined)).toBe('paid');
  });

  it('our own contract is handed on to the letter', () => {
    const reply = { httpStatus: 200, text: ` ${JSON.stringify({ status: 'paid', ...BOTH, more: { of: 'it' } })}\n`, retryAfter: '3' };
    expect(translate(reply, IDS)).toBe(reply);
    expect(translate(reply, IDS, 'imp-redirect')).toBe(reply);
  });

  it.each(Object.keys(VOCABULARIES) as VocabularyName[])('%s: what is nothing is no verdict', (name) => {
    for (const body of [
      '',
      LOGIN,
      FAST_API,
      'null',
      '{}',
      '[]',
      '0',
      '200',
      '[null]',
      '{"status":null}',
      '{"response":null}',
      '{"status":"',
    ])
      expect(statusOf(body, name)).toBeNull();
    expect(statusOf(undefined, name)).toBeNull();
  });

  it('name no status of which the others know nothing', () => {
    for (const spec of Object.values(VOCABULARIES))
      for (const word of spec.split(' ').slice(1))
        if (!word.startsWith('!'))
          expect(word.split('=').at(-1)).toMatch(/^(paid|ready|failed|cancelled|forged|pending|certified|registered)$/);
  });
});

describe('a spec', () => {
  it.each<[spec: string, body: unknown, status: string | null]>([
    ['status paid failed', { status: 'paid' }, 'paid'],
    ['status paid failed', { status: 'failed' }, 'failed'],
    ['status paid failed', { status: 'cancelled' }, null],
    ['data.payStatus PAID=paid WAITING=pending', { data: { payStatus: 'PAID' } }, 'paid'],
    ['data.payStatus PAID=paid WAITING=pending', { data: { payStatus: 'WAITING' } }, 'pending'],
    ['data.payStatus PAID=paid', { data: null }, null],
    ['data.payStatus PAID=paid', { data: 'PAID' }, null],
    ['data.payStatus PAID=paid', { 'data.payStatus': 'PAID' }, null],
    ['data.payment.status ok=paid', { data: { payment: { status: 'ok' } } }, 'paid'],
    ['data.0.status ok=paid', { data: [{ status: 'ok' }] }, 'paid'],
    ['success true=paid false=failed', { success: true }, 'paid'],
    ['success true=paid false=failed', { success: false }, 'failed'],
    ['success true=paid false=failed', { success: 'true' }, 'paid'],
    ['success true=paid false=failed', { success: 1 }, null],
    ['success true=paid false=failed', {}, null],
    ['code 0=paid', { code: 0 }, 'paid'],
    ['code 0=paid', { code: '0' }, 'paid'],
    ['code 0=paid', { code: null }, null],
    ['code 0=paid', { code: '' }, null],
    ['code 0=paid', { code: false }, null],
    ['. paid', 'paid', 'paid'],
    ['. 1=paid', '1', 'paid'],
    ['. true=paid', true, 'paid'],
    ['status !code paid', { code: 0, status: 'paid' }, 'paid'],
    ['status !code paid', { code: 7, status: 'paid' }, null],
    ['status !error paid', { error: 'x', status: 'paid' }, null],
    ['status !error paid', { error: '', status: 'paid' }, 'paid'],
    ['  status   paid  '.trim(), { status: 'paid' }, 'paid'],
    ['status\n paid', { status: 'paid' }, 'paid'],
    // What is no verdict's word means none.
    ['status ok=done', { status: 'ok' }, null],
    ['status ok=', { status: 'ok' }, null],
    ['status', { status: 'paid' }, null],
    ['', { '': 'paid' }, null],
    ['x *=paid', {}, null],
    ['x *=paid', { x: '' }, null],
    ['x *=paid', { x: 0 }, null],
    ['x *=paid', { x: 'anything' }, 'paid'],
    ['x no=failed *=paid', { x: 'no' }, 'failed'],
    ['x no=failed *=paid', { x: 'other' }, 'paid'],
  ])('"%s": %j is %s', (spec, body, status) => {
    expect(statusOf(body, spec)).toBe(status);
  });

  it.each<[spec: string, httpStatus: number, body: string, status: string | null]>([
    ['http 200=paid 201=paid 402=failed', 200, 'anything', 'paid'],
    ['http 200=paid 201=paid 402=failed', 201, '', 'paid'],
    ['http 200=paid 201=paid 402=failed', 402, '{}', 'failed'],
    ['http 200=paid 201=paid 402=failed', 404, '', null],
    ['http 200=paid', 204, '', null],
    // Later, whatever it says.
    ['http 500=failed', 500, '', null],
    ['http 200=paid', 0, '', null],
  ])('"%s": HTTP %i with "%s" is %s', (spec, httpStatus, body, status) => {
    expect(statusOf(body, spec, httpStatus)).toBe(status);
  });

  it.each<[name: string, spec: string, body: unknown]>([
    ['a list of the word', 'status paid', { status: ['paid'] }],
    ['a list in a list', 'status paid', { status: [['paid']] }],
    ['the whole as a list of the word', '. success=paid', ['success']],
    ['the text of an object', 'status [object-Object]=paid', { status: {} }],
    ['a number of the HTTP status in the body', 'http 200=paid', { http: 200 }],
  ])('%s is not the word', (_, spec, body) => {
    expect(statusOf(body, spec, 201)).toBeNull();
  });

  it.each(['constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'])(
    'a name of the prototype is no vocabulary: "%s"',
    (name) => {
      for (const body of [{ status: 'paid' }, 'paid', 'success']) expect(statusOf(body, name)).toBeNull();
    },
  );

  it.each<[spec: string, body: unknown]>([
    ['constructor.name Object=paid', {}],
    ['constructor.name String=paid', 'text'],
    ['__proto__.constructor.name Object=paid', {}],
    ['toString *=paid', {}],
    ['status.constructor *=paid', { status: 'failed' }],
  ])('what an answer merely inherits is not said by the server: "%s" of %j', (spec, body) => {
    expect(statusOf(body, spec)).toBeNull();
  });

  it('leads to a page that the server names', () => {
    expect(answerOf({ redirectUrl: '/orders/1' }, 'redirectUrl *=page')).toMatchObject({ status: 'page', page: '/orders/1' });
    expect(statusOf({ redirectUrl: null }, 'redirectUrl *=page')).toBeNull();
    expect(statusOf({}, 'redirectUrl *=page')).toBeNull();
  });
});

describe('a function', () => {
  it('gets the answer, as JSON or else as text, and the HTTP status', () => {
    const seen: unknown[] = [];
    const answers = (answer: unknown, httpStatus: number) => {
      seen.push([answer, httpStatus]);
      return undefined;
    };
    for (const [text, httpStatus] of [
      ['{"a":1}', 200],
      [' ok\n', 201],
      ['', 404],
    ] as const)
      translate({ httpStatus, text }, IDS, answers);
    expect(seen).toEqual([
      [{ a: 1 }, 200],
      ['ok', 201],
      ['', 404],
    ]);
  });

  it.each<[name: string, answers: Answers, status: string | null]>([
    ["a verdict's word", () => 'paid', 'paid'],
    ['an answer', () => ({ status: 'failed', message: 'x' }), 'failed'],
    ['an account that was issued', () => ({ status: 'ready', vbank_num: '1' }), 'ready'],
    ['another word', () => 'success' as never, null],
    ['nothing', () => undefined, null],
    ['null', () => null as never, null],
    ['an answer without a status', () => ({ message: 'x' }), null],
    ['true', () => true as never, null],
    ['a promise', (async () => 'paid') as never, null],
    [
      'nothing, but throws',
      () => {
        throw new Error('of the merchant');
      },
      null,
    ],
  ])('that returns %s', (_, answers, status) => {
    expect(statusOf({ any: 'thing' }, answers)).toBe(status);
  });

  it("a word alone keeps the answer's fields", () => {
    expect(answerOf({ amount: 12000, memo: 'x' }, () => 'paid')).toEqual({ amount: 12000, memo: 'x', status: 'paid', ...BOTH });
  });
});

describe('the ids', () => {
  it.each<[name: string, more: object, isVerdict: boolean]>([
    ['the same', BOTH, true],
    ['none: they were asked for', {}, true],
    ['null: they were asked for', { imp_uid: null, merchant_uid: null }, true],
    ['another payment', { imp_uid: 'imp_2' }, false],
    ['another order', { merchant_uid: 'order_2' }, false],
    ['an order in another case', { merchant_uid: 'ORDER_1' }, false],
    ['an order that is a number', { merchant_uid: 1 }, false],
  ])('in an answer: %s', (_, more, isVerdict) => {
    expect(statusOf({ status: 'success', ...more }, 'portone-manual')).toBe(isVerdict ? 'paid' : null);
    expect(statusOf({ code: 0, response: { status: 'paid', ...more } }, 'rest-envelope')).toBe(isVerdict ? 'paid' : null);
    expect(statusOf({ ...more }, (answer) => ({ status: 'paid', ...(answer as object) }))).toBe(isVerdict ? 'paid' : null);
  });

  it('that the landing did not have are told by the server, or null', () => {
    const asked = { impUid: null, merchantUid };
    const read = (more: object) =>
      JSON.parse(translate({ httpStatus: 200, text: JSON.stringify({ status: 'success', ...more }) }, asked, 'portone-manual').text ?? '');
    expect(read({ imp_uid: 'imp_9' })).toEqual({ status: 'paid', imp_uid: 'imp_9', merchant_uid: merchantUid });
    expect(read({})).toEqual({ status: 'paid', imp_uid: null, merchant_uid: merchantUid });
  });
});

describe('what is handed on', () => {
  it.each<[name: string, answers: Answers, body: object, answer: object]>([
    [
      'the fields beside the word',
      'portone-manual',
      { status: 'success', message: '결제 성공', amount: 1000 },
      { message: '결제 성공', amount: 1000 },
    ],
    [
      'the fields within the envelope, and none of it',
      'rest-envelope',
      { code: 0, message: null, response: { status: 'ready', amount: 1000, vbank_num: '1', vbank_name: '국민' } },
      { amount: 1000, vbank_num: '1', vbank_name: '국민' },
    ],
    ['the fields in the same place as the word', 'data.s ok=paid', { a: 1, data: { s: 'ok', amount: 5 } }, { s: 'ok', amount: 5 }],
    ['that an account was issued, where the number is not told', 'portone-manual', { status: 'vbankIssued' }, { issued: true }],
  ])('%s', (_, answers, body, answer) => {
    const { status: _status, imp_uid, merchant_uid, ...rest } = answerOf(body, answers) ?? {};
    expect(rest).toEqual(answer);
    expect([imp_uid, merchant_uid]).toEqual([impUid, merchantUid]);
  });

  it("the total of V2's amount, which has parts", () => {
    expect(answerOf({ status: 'PAID', amount: { total: 1000, paid: 900 } }, 'v2')?.amount).toBe(1000);
    expect(answerOf({ status: 'PAID', amount: 1000 }, 'v2')?.amount).toBe(1000);
    expect(answerOf({ status: 'PAID', amount: null }, 'v2')?.amount ?? null).toBeNull();
  });

  it.each([0, 408, 425, 429, 500, 503])('nothing of HTTP %i is read: it means "later"', (httpStatus) => {
    const reply = { httpStatus, text: '{"status":"success"}' };
    expect(translate(reply, IDS, 'portone-manual')).toBe(reply);
    const answers = () => {
      throw new Error('not asked');
    };
    expect(translate(reply, IDS, answers)).toBe(reply);
  });

  it('HTTP status and Retry-After', () => {
    expect(translate({ httpStatus: 400, text: '{"status":"forgery"}', retryAfter: '3' }, IDS, 'portone-manual')).toMatchObject({
      httpStatus: 400,
      retryAfter: '3',
    });
    expect(statusOf({ status: 'forgery' }, 'portone-manual', 400)).toBe('forged');
    expect(statusOf({ status: 'success' }, 'portone-manual', 503)).toBeNull();
  });
});

describe('an answer that is not understood', () => {
  it.each<[body: unknown, answers: Answers, cause: string]>([
    [{ status: 'success', buyer_name: '홍길동' }, 'v2', '200 {status} is not v2; portone-manual would fit'],
    [{ code: 0, response: { status: 'paid' } }, 'text', '200 {code,response} is not text; rest-envelope would fit'],
    ['홍길동님', 'portone-manual', '200 string is not portone-manual; no vocabulary would fit'],
    ['ok', 'v2', '200 string is not v2; text would fit'],
    ['null', 'v2', '200 {} is not v2; no vocabulary would fit'],
    [{ status: 'paid' }, 'v2', '200 {status} is not v2; imp-redirect would fit'],
    [{ status: 'success' }, 'imp-redirect', '200 {status} is not imp-redirect; portone-manual would fit'],
  ])('%j: tells what came by its names, nothing of what is in it, and which would fit', (body, answers, cause) => {
    const reply = translate({ httpStatus: 200, text: textOf(body) }, IDS, answers);
    expect(reply).toEqual({ httpStatus: 200, text: '', cause });
    expect(parseVerdict(reply, IDS)).toMatchObject({ code: 'confirm_unreadable', message: expect.stringContaining(cause) });
    expect(cause).not.toContain('홍길동');
  });
});

describe('whatever a server says', () => {
  const PATHS: Record<VocabularyName, (value: Record<string, unknown>) => unknown> = {
    'imp-redirect': (value) => value.status,
    'portone-manual': (value) => value.status,
    'rest-envelope': (value) => (value.response as Record<string, unknown>).status,
    v2: (value) => value.status,
    text: (value) => value,
  };
  const PAID: Record<VocabularyName, unknown[]> = {
    'imp-redirect': ['paid'],
    'portone-manual': ['success'],
    'rest-envelope': ['paid'],
    v2: ['PAID'],
    text: ['success', 'ok', 'true', true, '성공'],
  };
  const word = fc.constantFrom<unknown>('paid', 'success', 'PAID', 'ok', 'true', true, '성공', 0, 1, null, 'failed', 'vbankIssued');
  const key = fc.constantFrom('status', 'response', 'code', 'data', 'imp_uid', 'merchant_uid', 'constructor', '__proto__', '0');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.jsonValue(),
      fc.constantFrom<unknown>(impUid, merchantUid),
      fc.array(tie('tree'), { maxLength: 2 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    tree.map((value) => JSON.stringify(value)),
    word.map(String),
    // So that every vocabulary meets its own word, too.
    word.map((status) => JSON.stringify({ status, response: { status }, imp_uid: impUid, merchant_uid: merchantUid })),
  );

  it.each(Object.keys(VOCABULARIES) as VocabularyName[])('%s: it is "paid" only where its own word stands in its own place', (name) => {
    let paid = 0;
    fc.assert(
      fc.property(body, fc.constantFrom(200, 201, 400, 404, 503), (text, httpStatus) => {
        const status = statusOf(text, name, httpStatus);
        if (status !== 'paid') return;
        paid++;
        let value: unknown = text.trim();
        try {
          value = JSON.parse(text);
        } catch {}
        expect(PAID[name]).toContain(PATHS[name](value as never));
        expect(httpStatus).not.toBe(503);
      }),
      { numRuns: 5000 },
    );
    // It has looked at some.
    if (name !== 'imp-redirect') expect(paid).toBeGreaterThan(0);
  });

  it('it never throws, whatever the spec', () => {
    fc.assert(
      fc.property(body, fc.string(), (text, spec) => {
        expect(() => translate({ httpStatus: 200, text }, IDS, spec)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});
