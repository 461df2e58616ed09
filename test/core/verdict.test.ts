import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVerdict } from '../../src/core/verdict.js';
import { answerText, IDS } from './helpers.js';

const { impUid, merchantUid } = IDS;

describe('parseVerdict', () => {
  it.each(['paid', 'failed', 'cancelled', 'forged', 'pending'])(
    'makes a verdict of "%s" with both ids, and hands the answer on as it came',
    (status) => {
      const more = { amount: 12000, currency: 'USD', message: 'words', poll_after_ms: 3000, extra: { of: ['the', 'shop'] } };
      expect(parseVerdict(answerText(status, more), IDS)).toEqual({
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
    expect(parseVerdict(answerText('ready', { ...more }), IDS)?.status).toBe(status);
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
    expect(parseVerdict(text as string, IDS)).toBeNull();
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
    expect(parseVerdict(answerText('paid', { ...more }), IDS)).toBeNull();
  });

  it('an id that is a number is not the same as its text', () => {
    expect(parseVerdict(answerText('paid', { merchant_uid: 1001 }), { impUid, merchantUid: '1001' })).toBeNull();
  });

  it.each<[name: string, more: object]>([
    ['told by the server', {}],
    ['null', { imp_uid: null }],
    ['left out', { imp_uid: undefined }],
  ])('a payment that the landing did not name may be %s', (_, more) => {
    const asked = { impUid: null, merchantUid };
    expect(parseVerdict(answerText('paid', { ...more }), asked)?.status).toBe('paid');
    expect(parseVerdict(answerText('paid', { ...more, merchant_uid: 'order_2' }), asked)).toBeNull();
  });

  it('an order that the landing did not name may be told by the server', () => {
    const asked = { impUid, merchantUid: null };
    expect(parseVerdict(answerText('paid'), asked)?.answer.merchant_uid).toBe(merchantUid);
    expect(parseVerdict(answerText('paid', { imp_uid: 'imp_2' }), asked)).toBeNull();
  });

  it('takes prototype keys in ids and in the answer for what they are', () => {
    const asked = { impUid: '__proto__', merchantUid: 'constructor' };
    expect(parseVerdict('{"status":"paid"}', asked)).toBeNull();
    expect(parseVerdict('{"__proto__":{"status":"paid","imp_uid":"__proto__","merchant_uid":"constructor"}}', asked)).toBeNull();
    expect(parseVerdict('{"status":"paid","imp_uid":"__proto__","merchant_uid":"constructor"}', asked)?.status).toBe('paid');
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
          expect(parseVerdict(text, IDS)).toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });
});
