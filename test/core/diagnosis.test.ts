import { beforeEach, describe, expect, it } from 'vitest';
import { diagnosisOf } from '../../src/core/diagnosis.js';
import { type ErrorCode, ImpRedirectError, made } from '../../src/core/errors.js';

const CODES = [
  'invalid_option',
  'result_not_found',
  'claim_unreadable',
  'confirm_unreachable',
  'confirm_unreadable',
  'confirm_expired',
  'wrapped_late',
  'already_open',
  'merchant_uid_missing',
  'redirect_url_unsafe',
  'callback_threw',
  'context_failed',
  'value_missing',
  'storage_unavailable',
  'sdk_not_found',
  'script_twice',
] as const satisfies ErrorCode[];

beforeEach(() => {
  made.clear();
});

describe('diagnosisOf', () => {
  it('is nothing where all is well', () => {
    expect(diagnosisOf([], 'ko')).toEqual([]);
  });

  it.each(CODES)('%s: says in both languages what is wrong, and links to its section', (code) => {
    const [ko] = diagnosisOf([[code, 'detail']], 'ko');
    const [en] = diagnosisOf([[code, 'detail']], 'en');
    expect(ko?.message).toMatch(/[가-힣].*[.]$/);
    expect(en?.message).toMatch(/^[^가-힣]+[.]$/);
    for (const diagnosis of [ko, en])
      expect(diagnosis).toMatchObject({ code, url: `https://unpkg.com/imp-redirect/docs/errors.md#${code}` });
  });

  it('keeps their order', () => {
    expect(
      diagnosisOf(
        [...CODES].map((code) => [code, ''] as const),
        'en',
      ).map(({ code }) => code),
    ).toEqual(CODES);
  });

  it.each<[code: ErrorCode, detail: unknown, told: string]>([
    ['invalid_option', 'encoding = xml', 'encoding = xml'],
    ['result_not_found', '#resutl', '#resutl'],
    ['confirm_unreachable', 503, '503'],
    ['confirm_unreadable', '200 ["status"] is not v2; portone-manual would fit', '200 ["status"] is not v2; portone-manual would fit'],
    // Of URLs not what is in their queries.
    ['redirect_url_unsafe', 'relative: /done?order=order_1&name=홍길동#x -> y', 'relative'],
    // These may name an order, or quote somebody.
    ['confirm_expired', 'imp_1 order_1', ''],
    ['callback_threw', new Error('홍길동님'), ''],
    ['context_failed', new TypeError('홍길동'), ''],
    ['claim_unreadable', '한도초과', ''],
    ['invalid_option', 'inject = sometimes', 'inject = sometimes'],
    ['result_not_found', '#result', '#result'],
    ['confirm_unreadable', '200 ["code"] is not text; rest-envelope would fit', '200 ["code"] is not text; rest-envelope would fit'],
    ['redirect_url_unsafe', 'relative: done?a=1 -> http://shop/done?a=1', 'relative'],
    ['claim_unreadable', 'imp_1', ''],
    ['confirm_expired', 'landed\timp_1\torder_1', ''],
    ['callback_threw', new Error('order_1'), ''],
    ['context_failed', new Error('order_1'), ''],
    ['value_missing', '{orderId}', '{orderId}'],
    ['value_missing', 'contextParams amuont', 'contextParams amuont'],
    ['already_open', 'order_1', ''],
    ['merchant_uid_missing', 'order_1', ''],
    ['wrapped_late', 'order_1', ''],
  ])('%s with %s tells: "%s"', (code, detail, told) => {
    expect(diagnosisOf([[code, detail]], 'ko')[0]?.detail).toBe(told);
  });
});

describe('a confirm URL that is not understood, by its HTTP status', () => {
  const told = (detail: string, locale: 'ko' | 'en') => diagnosisOf([['confirm_unreadable', detail]], locale)[0]?.message;

  it.each([
    ['401', 'data-credentials'],
    ['403 {message} is not imp-redirect; no vocabulary would fit', 'data-csrf'],
    ['404', 'status'],
    ['405', 'data-method'],
    ['415', 'data-encoding'],
    ['200 {status} is not v2; portone-manual would fit', 'answers'],
    ['400 {} is not imp-redirect; no vocabulary would fit', 'answers'],
  ])('%s: points to %s', (detail, pointer) => {
    for (const locale of ['ko', 'en'] as const) expect(told(detail, locale)).toContain(pointer);
    expect(told(detail, 'ko')).toMatch(/[가-힣].*[.]$/);
  });
});

describe('what errors there were', () => {
  it('is one of each, with the last detail', () => {
    new ImpRedirectError('confirm_unreachable', 503);
    new ImpRedirectError('result_not_found', '#a');
    new ImpRedirectError('confirm_unreachable', 500);
    expect([...made]).toEqual([
      ['confirm_unreachable', 500],
      ['result_not_found', '#a'],
    ]);
  });
});
