// The contract itself: the document is well-formed, its examples are of it, and the client reads and asks as it says.
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Ids } from '../../src/core/claim.js';
import { parseRetryAfterMs } from '../../src/core/retry.js';
import { type Answer, isLater, parseVerdict } from '../../src/core/verdict.js';
import { postConfirm } from '../../src/edge/http.js';
import { arbitraryOf, faultsAs, OPENAPI, type Schema } from './schema.js';

afterEach(() => vi.unstubAllGlobals());

const { schemas, headers } = OPENAPI.components;
const IDS = { imp_uid: 'imp_1', merchant_uid: 'order_1' };
const asIds = ({ imp_uid, merchant_uid }: { readonly imp_uid?: unknown; readonly merchant_uid?: unknown }) =>
  ({ impUid: imp_uid, merchantUid: merchant_uid }) as Ids;

/** What the client makes of an answer: the verdict's status, or `null` where it is none. */
function readStatus(answer: unknown, asked = asIds(IDS), httpStatus = 200) {
  const outcome = parseVerdict({ httpStatus, text: JSON.stringify(answer) }, asked);
  return outcome instanceof Error ? null : outcome.status;
}

describe('docs/openapi.json', () => {
  it('is an OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    // It may change what it is given.
    expect(await validator.validate({ ...structuredClone(OPENAPI) })).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it.each(Object.keys(schemas))('%s: its examples are of it', (name) => {
    for (const example of schemas[name]?.examples ?? []) expect(faultsAs(name, example)).toBe('');
  });

  it('has an example of each verdict, and says in words what each field of one is', () => {
    for (const { $ref } of schemas.Verdict?.oneOf ?? []) {
      const { examples, properties } = schemas[($ref as string).split('/').at(-1) as string] as Schema;
      expect(examples).not.toHaveLength(0);
      for (const [name, value] of Object.entries(properties ?? {}))
        if (!/^(status|imp_uid|merchant_uid)$/.test(name)) expect([name, value]).toEqual([name, expect.toSatisfy(isDescribed)]);
    }
  });

  const isDescribed = ({ $ref, ...schema }: Schema & { description?: string }): boolean =>
    $ref ? isDescribed(schemas[$ref.split('/').at(-1) as string] as Schema) : !!schema.description;

  it('asks for a pace wherever it says "later", and the client reads it', () => {
    const pace = new RegExp(headers.RetryAfter?.schema.pattern as string);
    for (const { post } of Object.values(OPENAPI.paths))
      for (const [status, response] of Object.entries(post.responses))
        expect([status, !!response.headers?.['Retry-After']]).toEqual([status, ['202', '429', '503'].includes(status)]);
    for (const [text, waitMs] of [
      ['3', 3000],
      ['Tue, 24 Nov 2026 00:00:30 GMT', 30_000],
    ] as const) {
      expect(text).toMatch(pace);
      expect(parseRetryAfterMs(text, Date.UTC(2026, 10, 24))).toBe(waitMs);
    }
    for (const text of ['', '0', 'soon', '-1', '3 s', '1.5.2']) expect(text).not.toMatch(pace);
  });
});

describe('a verdict of the contract', () => {
  const verdicts = fc.oneof(...(schemas.Verdict?.oneOf ?? []).map(arbitraryOf)) as fc.Arbitrary<Answer & typeof IDS>;

  it('is read by the client as that verdict, with all that is in it', () => {
    fc.assert(
      fc.property(verdicts, (verdict) => {
        expect(faultsAs('Verdict', verdict)).toBe('');
        const outcome = parseVerdict({ httpStatus: 200, text: JSON.stringify(verdict) }, asIds(verdict));
        expect(outcome).toMatchObject({ status: verdict.status });
        expect('answer' in outcome && JSON.stringify(outcome.answer)).toBe(JSON.stringify(verdict));
      }),
      { numRuns: 2000 },
    );
  });

  it('is read the same where an id was not sent, and is none for another id, or where HTTP says "later"', () => {
    fc.assert(
      fc.property(verdicts, fc.constantFrom(400, 404, 409), fc.constantFrom(0, 408, 425, 429, 500, 503), (verdict, refused, later) => {
        const asked = asIds(verdict);
        expect(readStatus(verdict, { ...asked, impUid: null })).toBe(verdict.status);
        expect(readStatus(verdict, { ...asked, merchantUid: null })).toBe(verdict.status);
        expect(readStatus(verdict, { ...asked, impUid: `${verdict.imp_uid}2` })).toBeNull();
        expect(readStatus(verdict, { ...asked, merchantUid: `${verdict.merchant_uid}2` })).toBeNull();
        expect(readStatus(verdict, asked, refused)).toBe(verdict.status);
        expect(readStatus(verdict, asked, later)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('comes in each of its statuses, and in no other', () => {
    const words = (schema: Schema): unknown[] => [schema.const, ...(schema.enum ?? [])].filter(Boolean);
    const statuses = (schemas.Verdict?.oneOf ?? []).flatMap(({ $ref }) =>
      words(schemas[($ref as string).split('/').at(-1) as string]?.properties?.status as Schema),
    );
    expect(statuses.sort()).toEqual(['cancelled', 'certified', 'failed', 'forged', 'paid', 'pending', 'ready', 'registered']);
  });

  it.each(['202', '429', '500', '503'])('does not come with HTTP %s, unless it is pending', (status) => {
    const content = JSON.stringify(OPENAPI.paths['/payments/complete']?.post.responses[status]?.content);
    expect(content).not.toMatch(/schemas\/(?!Pending|Error)/);
    expect(isLater(Number(status))).toBe(status !== '202');
  });
});

describe('what is no verdict', () => {
  const paid = { status: 'paid', ...IDS };
  const ready = { status: 'ready', ...IDS, vbank_num: '1002-000', vbank_name: '우리은행' };
  const without = (answer: object, name: string) => ({ ...answer, [name]: undefined });

  it.each<[name: string, answer: unknown]>([
    ['nothing', null],
    ['an empty object', {}],
    ['a word', 'paid'],
    ['true', true],
    ['a list', [paid]],
    ["FastAPI's list", ['결제 동기화에 실패했습니다.', 400]],
    ["PortOne's own envelope", { code: 0, message: null, response: { ...paid, amount: 12000 } }],
    ["the manual's success", { status: 'success', message: '일반 결제 성공' }],
    ["the manual's success with both ids", { ...paid, status: 'success' }],
    ["the manual's forgery", { status: 'forgery', message: '위조된 결제시도' }],
    ["V2's words", { ...paid, status: 'PAID' }],
    ['a status that is true', { ...paid, status: true }],
    ['success: true', { ...IDS, success: true }],
    ['no status', { ...IDS }],
    ['no imp_uid', without(paid, 'imp_uid')],
    ['no merchant_uid', without(paid, 'merchant_uid')],
    ['a merchant_uid that is a number', { ...paid, merchant_uid: 1001 }],
    ['an id in a list', { ...paid, imp_uid: ['imp_1'] }],
    ['the ids under other names', { status: 'paid', impUid: 'imp_1', merchantUid: 'order_1' }],
    ['a status of ours, which no server gives', { ...paid, status: 'page', vbank_num: 0, merchant_uid: undefined }],
    ...(schemas.Error?.examples ?? []).map((example): [string, unknown] => [`an error: ${JSON.stringify(example)}`, example]),
    ...['invalid_request', 'foreign_origin', 'too_large', 'too_many_requests', 'internal_error'].map((code): [string, unknown] => [
      `an error: ${code}`,
      { code, message: 'words', ...IDS },
    ]),
  ])('%s: neither to the contract nor to the client', (_, answer) => {
    expect(faultsAs('Verdict', JSON.parse(JSON.stringify(answer)))).not.toBe('');
    expect(readStatus(answer)).toBeNull();
  });

  // A server that keeps to the contract tells its customers right. The client takes more, so that a small slip of a server's costs
  // its customers nothing, and shows no more than is true.
  it.each<[name: string, answer: object, read: string, why: string]>([
    ['an amount in text', { ...paid, amount: '12000' }, 'paid', 'it is shown as it came'],
    ['an amount below nothing', { ...paid, amount: -1 }, 'paid', 'the amount is for display; the server compares'],
    ['a currency by its sign', { ...paid, currency: '₩' }, 'paid', 'the amount is shown without a currency'],
    ['a receipt that is a script', { ...paid, receipt_url: 'javascript:alert(1)' }, 'paid', 'there is no link'],
    ['a message that is none', { ...paid, message: { ko: '말' } }, 'paid', 'what is not text is shown as text'],
    ['paid, and no payment named', { ...paid, imp_uid: null }, 'paid', 'the landing may have had none; the server knows it'],
    ['paid, and no order named', { ...paid, merchant_uid: null }, 'paid', 'so too; but "paid" is not signalled once over all pages then'],
    ['ready without an account', without(ready, 'vbank_num'), 'pending', 'the customer has left the window'],
    ['ready with an empty account', { ...ready, vbank_num: '' }, 'pending', 'the same'],
    ['ready with an account in a number', { ...ready, vbank_num: 1002000 }, 'ready', 'shown; but a leading 0 is lost on the way'],
    ['a deadline in milliseconds', { ...ready, vbank_date: 1_900_000_000_000 }, 'ready', 'a date far away is shown'],
    ['a deadline in text', { ...ready, vbank_date: '2026-12-31' }, 'ready', 'no deadline is shown'],
    ['pending with a pace in text', { status: 'pending', ...IDS, poll_after_ms: '5000' }, 'pending', 'it is read as a number'],
    ['pending with a pace below nothing', { status: 'pending', ...IDS, poll_after_ms: -1 }, 'pending', 'its own pace is used'],
    ['failed for no order', { status: 'failed', imp_uid: 'imp_1', merchant_uid: null }, 'failed', 'the landing may have had none'],
  ])('%s: not of the contract, and the client reads it as %3$s', (_, answer, status) => {
    expect(faultsAs('Verdict', JSON.parse(JSON.stringify(answer)))).not.toBe('');
    const { imp_uid, merchant_uid } = answer as typeof IDS;
    expect(readStatus(answer, asIds({ imp_uid, merchant_uid }))).toBe(status);
  });
});

describe('what the landing page asks', () => {
  const asked = async (ids: Ids, query = '', pass?: string) => {
    const fetch = vi.fn(async () => new Response('{}'));
    vi.stubGlobal('fetch', fetch);
    vi.stubGlobal('location', { search: query });
    await postConfirm({ confirmUrl: '/payments/complete', pass }, ids, 1000, false);
    const [[url, init]] = fetch.mock.calls as unknown as [[string, RequestInit]];
    return { url, method: init.method, headers: init.headers, body: JSON.parse(init.body as string) };
  };

  it.each<[name: string, ids: Ids, query?: string, pass?: string]>([
    ['both ids', { impUid: 'imp_1', merchantUid: 'order_1' }],
    ['the payment alone', { impUid: 'imp_1', merchantUid: null }],
    ['the order alone', { impUid: null, merchantUid: 'order_1' }],
    ['the order token too', { impUid: 'imp_1', merchantUid: 'order_1' }, '?t=abc.def', 't'],
    ['an order token that is not there', { impUid: 'imp_1', merchantUid: 'order_1' }, '', 't'],
    ['a parameter of another name', { impUid: 'imp_1', merchantUid: 'order_1' }, '?order_key=%ED%82%A4', 'order_key'],
  ])('is of the contract: %s', async (_, ids, query, pass) => {
    const { body, ...request } = await asked(ids, query, pass);
    expect(request).toEqual({ url: '/payments/complete', method: 'POST', headers: { 'Content-Type': 'application/json' } });
    expect(faultsAs('ConfirmRequest', body)).toBe('');
  });

  it.each<[name: string, body: unknown]>([
    ['nobody', { imp_uid: null, merchant_uid: null }],
    ['nothing', {}],
    ['an empty id', { imp_uid: '', merchant_uid: null }],
    ['a number', { imp_uid: 1, merchant_uid: 'order_1' }],
    ['an object', { imp_uid: { $ne: '' }, merchant_uid: 'order_1' }],
    ['a control character', { imp_uid: 'imp_1\u0000', merchant_uid: null }],
    ['a long id', { imp_uid: 'a'.repeat(257), merchant_uid: null }],
    ['an amount', { imp_uid: 'imp_1', merchant_uid: 'order_1', amount: 100 }],
  ])('is never about %s', (_, body) => {
    expect(faultsAs('ConfirmRequest', body)).not.toBe('');
  });
});
