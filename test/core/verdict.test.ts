import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ids } from '../../src/core/claim.js';
import { ImpRedirectError } from '../../src/core/errors.js';
import { parseVerdict, type Reply } from '../../src/core/verdict.js';
import { answerText, IDS } from './helpers.js';

const { impUid, merchantUid } = IDS;

/** What an answer's body makes of a reply that came through; `null` where it is no verdict, and so the merchant's error. */
const parseText = (text: string, asked: Ids) => {
  const outcome = parseVerdict({ httpStatus: 200, text }, asked);
  if (!(outcome instanceof Error)) return outcome;
  expect(outcome).toMatchObject({ code: 'confirm_unreadable', actor: 'merchant' });
  return null;
};

describe('a reply', () => {
  it.each([200, 201, 202, 400, 401, 403, 404, 409, 422, 499])('a verdict counts with HTTP %i', (httpStatus) => {
    expect(parseVerdict({ httpStatus, text: answerText('paid') }, IDS)).toMatchObject({ status: 'paid' });
    expect(parseVerdict({ httpStatus, text: answerText('forged') }, IDS)).toMatchObject({ status: 'forged' });
    expect(parseVerdict({ httpStatus, text: answerText('pending') }, IDS)).toMatchObject({ status: 'pending' });
  });

  it.each([0, 408, 425, 429, 500, 502, 503, 504, 599])('HTTP %i means "later", whatever the body says', (httpStatus) => {
    for (const text of [undefined, '', answerText('paid'), answerText('failed')]) {
      const outcome = parseVerdict({ httpStatus, ...(text === undefined ? {} : { text }) }, IDS);
      expect(outcome).toBeInstanceOf(ImpRedirectError);
      expect(outcome).toMatchObject({ code: 'confirm_unreachable', actor: 'network' });
    }
  });

  it('tells the HTTP status where there was an answer, and the cause where there was none', () => {
    const cause = new TypeError('Failed to fetch');
    expect(parseVerdict({ httpStatus: 503, text: '' }, IDS)).toMatchObject({ message: expect.stringContaining('503') });
    expect(parseVerdict({ httpStatus: 0, cause }, IDS)).toMatchObject({ message: expect.stringContaining('Failed to fetch'), cause });
  });

  it.each<[httpStatus: number, name: string, text: string]>([
    [200, 'a login page', '<!doctype html><form>'],
    [200, 'nothing', ''],
    [200, '{}', '{}'],
    [200, "FastAPI's array", '["결제 동기화에 실패했습니다.",400]'],
    [200, 'a verdict for other ids', answerText('paid', { imp_uid: 'imp_2' })],
    [204, 'nothing', ''],
    [400, 'an Error as JSON', '{}'],
    [401, 'nothing', ''],
    [403, 'a page', '<h1>Forbidden</h1>'],
    [404, 'a page', 'Cannot POST /payments/complete'],
    [404, 'a status without ids', '{"status":"failed"}'],
  ])('HTTP %i with %s is an error for the merchant', (httpStatus, _, text) => {
    const outcome = parseVerdict({ httpStatus, text }, IDS);
    expect(outcome).toBeInstanceOf(ImpRedirectError);
    expect(outcome).toMatchObject({ code: 'confirm_unreadable', actor: 'merchant', message: expect.stringContaining(`${httpStatus}`) });
  });
});

describe('a verdict in a reply', () => {
  it.each(['paid', 'failed', 'cancelled', 'forged', 'pending'])(
    'makes a verdict of "%s" with both ids, and hands the answer on as it came',
    (status) => {
      const more = { amount: 12000, currency: 'USD', message: 'words', poll_after_ms: 3000, extra: { of: ['the', 'shop'] } };
      expect(parseText(answerText(status, more), IDS)).toEqual({
        status,
        answer: { status, imp_uid: impUid, merchant_uid: merchantUid, ...more },
      });
    },
  );

  it.each<[name: string, more: object, status: string]>([
    ['an account', { vbank_num: '110-123-456789' }, 'ready'],
    ['no account', {}, 'pending'],
    ['an empty account', { vbank_num: '' }, 'pending'],
    ['a null account', { vbank_num: null }, 'pending'],
    ['a bank and no account', { vbank_name: '국민은행', vbank_date: 1767225599 }, 'pending'],
  ])('"ready" with %s is %3$s', (_, more, status) => {
    expect(parseText(answerText('ready', { ...more }), IDS)?.status).toBe(status);
  });

  it.each<[name: string, text: unknown]>([
    ['no body', undefined],
    ['an empty body', ''],
    ['a word', 'paid'],
    ['a JSON string', '"paid"'],
    ['null', 'null'],
    ['true', 'true'],
    ['a number', '200'],
    ['an empty object', '{}'],
    ['an empty array', '[]'],
    ["FastAPI's array", '["결제 동기화에 실패했습니다.",400]'],
    ['a login page', '<!doctype html><title>로그인</title>'],
    ['half an answer', answerText('paid').slice(0, -1)],
    ['an answer and something else', `${answerText('paid')};`],
    ['a verdict in an array', `[${answerText('paid')}]`],
    ['a verdict in an envelope', `{"code":0,"response":${answerText('paid')}}`],
    ['only a status', '{"status":"paid"}'],
    ['no status', answerText(undefined)],
    ['a status in capitals', answerText('PAID')],
    ['a status with a space', answerText('paid ')],
    ['a status with a line break', answerText('paid\n')],
    ["the manual's status", answerText('success')],
    ["a virtual account in the manual's words", answerText('vbankIssued')],
    ['a status that is true', answerText(true)],
    ['a status that is a number', answerText(200)],
    ['a status that is null', answerText(null)],
    ['a status from the prototype', answerText('constructor')],
    ['a status of two words', answerText('paid|ready')],
  ])('%s is no verdict', (_, text) => {
    expect(parseText(text as string, IDS)).toBeNull();
  });

  it.each<[name: string, more: object]>([
    ['another payment', { imp_uid: 'imp_2' }],
    ['another order', { merchant_uid: 'order_2' }],
    ['another case', { merchant_uid: 'ORDER_1' }],
    ['no payment', { imp_uid: undefined }],
    ['no order', { merchant_uid: undefined }],
    ['a null payment', { imp_uid: null }],
    ['a null order', { merchant_uid: null }],
    ['both ids, exchanged', { imp_uid: merchantUid, merchant_uid: impUid }],
    ['an id in an array', { imp_uid: [impUid] }],
  ])('an answer for %s is no verdict', (_, more) => {
    expect(parseText(answerText('paid', { ...more }), IDS)).toBeNull();
  });

  it('is told apart from an answer that is none, for the developer', () => {
    const asked = { impUid, merchantUid };
    for (const more of [{ imp_uid: 'imp_2' }, { merchant_uid: undefined }])
      expect(parseVerdict({ httpStatus: 200, text: answerText('paid', more) }, asked)).toMatchObject({
        code: 'confirm_unreadable',
        message: expect.stringContaining('imp_uid or merchant_uid is missing in the answer, or not the one that was sent'),
      });
  });

  it('an id that is a number is not the same as its text', () => {
    expect(parseText(answerText('paid', { merchant_uid: 1001 }), { impUid, merchantUid: '1001' })).toBeNull();
  });

  it.each<[name: string, more: object]>([
    ['told by the server', {}],
    ['null', { imp_uid: null }],
    ['left out', { imp_uid: undefined }],
  ])('a payment that the landing did not name may be %s', (_, more) => {
    const asked = { impUid: null, merchantUid };
    expect(parseText(answerText('paid', { ...more }), asked)?.status).toBe('paid');
    expect(parseText(answerText('paid', { ...more, merchant_uid: 'order_2' }), asked)).toBeNull();
  });

  it('an order that the landing did not name may be told by the server', () => {
    const asked = { impUid, merchantUid: null };
    expect(parseText(answerText('paid'), asked)?.answer.merchant_uid).toBe(merchantUid);
    expect(parseText(answerText('paid', { imp_uid: 'imp_2' }), asked)).toBeNull();
  });

  it('takes prototype keys in ids and in the answer for what they are', () => {
    const asked = { impUid: '__proto__', merchantUid: 'constructor' };
    expect(parseText('{"status":"paid"}', asked)).toBeNull();
    expect(parseText('{"__proto__":{"status":"paid","imp_uid":"__proto__","merchant_uid":"constructor"}}', asked)).toBeNull();
    expect(parseText('{"status":"paid","imp_uid":"__proto__","merchant_uid":"constructor"}', asked)?.status).toBe('paid');
  });

  it('never throws, and never makes a verdict of text that does not name both ids', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.jsonValue().map((value) => answerText(value).split(impUid).join('imp_2')),
        ),
        (text) => {
          expect(parseText(text, IDS)).toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('names the request in what is reported, so that the server’s log of it is found', () => {
  const said = (reply: Partial<Reply>) =>
    `${parseVerdict({ httpStatus: 200, requestId: 'ab12', ...reply }, { impUid: 'imp_1', merchantUid: 'o' })}`;
  expect(said({ httpStatus: 503 })).toContain('confirm_unreachable 503 (request ab12)');
  expect(said({ text: '{}' })).toMatch(/confirm_unreadable .*\(request ab12\)/);
  expect(said({ httpStatus: 503, requestId: null })).not.toContain('request');
});
