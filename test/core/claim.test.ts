import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/core/claim.js';
import { readClaim, readLanding } from '../../src/edge/landing.js';
import table from '../fixtures/landing-urls.json';

const SHOP = 'https://shop.example.kr/done';

/** The claim in a query; it must be a landing. */
const read = (query: string): Claim => {
  const claim = readClaim(`${SHOP}?${query}`);
  if (!claim) throw new Error(`not a landing: ${query}`);
  return claim;
};

describe('landing-urls.json: what each URL justifies', () => {
  it.each(table)('$id', ({ url, expect: wanted }) => {
    const claim = readClaim(url);
    if (wanted.kind === 'not-a-landing') expect(claim).toBeNull();
    else
      expect(claim).toEqual({
        kind: wanted.kind,
        impUid: wanted.imp_uid,
        merchantUid: wanted.merchant_uid,
        errorCode: wanted.error_code,
        errorMessage: wanted.error_msg,
      });
  });
});

describe('two tries in one URL: the fresh one counts, and their ids are never paired', () => {
  const OLD = 'imp_uid=imp_1&merchant_uid=order_1&imp_success=false&error_msg=old';
  it.each<[name: string, query: string, claim: Partial<Claim>]>([
    [
      'a new payment of a new order',
      `${OLD}&imp_uid=imp_2&merchant_uid=order_2&imp_success=true`,
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: 'order_2', errorMessage: null },
    ],
    [
      'a new payment of the same order',
      `${OLD}&imp_uid=imp_2&merchant_uid=order_1&imp_success=true`,
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: 'order_1', errorMessage: null },
    ],
    [
      'the order number first',
      'merchant_uid=order_1&imp_uid=imp_1&imp_success=false&merchant_uid=order_2&imp_uid=imp_2&imp_success=true',
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: 'order_2' },
    ],
    [
      'the order number first in the old try only',
      'merchant_uid=order_1&imp_uid=imp_1&imp_uid=imp_2&merchant_uid=order_2',
      { kind: 'unknown', impUid: 'imp_2', merchantUid: 'order_2' },
    ],
    [
      'the order number first in the fresh try only',
      `${OLD}&merchant_uid=order_2&imp_uid=imp_2&imp_success=true`,
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: 'order_2', errorMessage: null },
    ],
    [
      'the flag first',
      'imp_success=false&imp_uid=imp_1&merchant_uid=order_1&imp_success=true&imp_uid=imp_2&merchant_uid=order_2',
      { impUid: 'imp_2', merchantUid: 'order_2' },
    ],
    [
      'a fresh try without an order number',
      `${OLD}&imp_uid=imp_2&imp_success=true`,
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: null },
    ],
    [
      'a fresh try without a payment',
      `${OLD}&merchant_uid=order_2&imp_success=false`,
      { kind: 'claimed-failure', impUid: null, merchantUid: 'order_2', errorMessage: null },
    ],
    [
      'a fresh try whose payment is empty',
      `${OLD}&imp_uid=&merchant_uid=order_2&imp_success=false&error_msg=new`,
      { kind: 'claimed-failure', impUid: null, merchantUid: 'order_2', errorMessage: 'new' },
    ],
    [
      'a fresh try whose payment is "null"',
      `${OLD}&imp_uid=null&merchant_uid=order_2&imp_success=false`,
      { kind: 'claimed-failure', impUid: null, merchantUid: 'order_2', errorMessage: null },
    ],
    [
      'an old try whose payment is empty',
      'imp_uid=&merchant_uid=order_1&imp_success=false&error_msg=old&imp_uid=imp_2&merchant_uid=order_2&imp_success=true',
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: 'order_2', errorMessage: null },
    ],
    [
      'an old try of the same order whose payment is empty',
      'imp_uid=&merchant_uid=order_1&imp_success=false&error_msg=old&imp_uid=imp_2&merchant_uid=order_1&imp_success=true',
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: 'order_1', errorMessage: null },
    ],
    [
      'an old try whose payment is empty, a fresh one without an order number',
      'imp_uid=&merchant_uid=order_1&imp_success=false&imp_uid=imp_2&imp_success=true',
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: null },
    ],
    [
      'an old try whose payment is empty, a fresh one whose order number is',
      'imp_uid=&merchant_uid=order_1&imp_success=false&imp_uid=imp_2&merchant_uid=&imp_success=true',
      { kind: 'claimed-success', impUid: 'imp_2', merchantUid: null },
    ],
    [
      'three tries',
      `${OLD}&imp_uid=imp_2&merchant_uid=order_2&imp_success=false&imp_uid=imp_3&merchant_uid=order_3&imp_success=true`,
      { kind: 'claimed-success', impUid: 'imp_3', merchantUid: 'order_3' },
    ],
    [
      'a glued fresh try of which only the order number is whole',
      `${OLD}imp_uid=imp%2&merchant_uid=order_2`,
      { kind: 'malformed', impUid: null, merchantUid: 'order_2' },
    ],
    [
      'the same try twice',
      'imp_uid=imp_1&merchant_uid=order_1&imp_success=true&imp_uid=imp_1&merchant_uid=order_1&imp_success=true',
      { kind: 'claimed-success', impUid: 'imp_1', merchantUid: 'order_1' },
    ],
  ])('%s', (_, query, claim) => {
    expect(read(query)).toMatchObject(claim);
  });
});

describe('a damaged query gives what is certain and is called malformed', () => {
  it.each<[name: string, query: string]>([
    ['";" between all parameters', 'imp_uid=imp_1;merchant_uid=order_1;imp_success=true'],
    ['";" before the payment', 'step=3;imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['";" before the order number', 'imp_uid=imp_1;merchant_uid=order_1&imp_success=true'],
    ['"&amp;" between all parameters', 'imp_uid=imp_1&amp;merchant_uid=order_1&amp;imp_success=true'],
    ['"&amp;amp;" between all parameters', 'imp_uid=imp_1&amp;amp;merchant_uid=order_1&amp;amp;imp_success=true'],
    ['"&amp;" before one parameter', 'a=1&amp;imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['"??" before the first parameter', '?imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['"&?" before a parameter', 'a=1&?imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['"?" within a value', 'a=1?imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['no separator', 'a=1&b=2imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['no separator at all', 'a=1&b=2imp_uid=imp_1merchant_uid=order_1imp_success=true&merchant_uid=order_1'],
    ['"%26" between all parameters', 'imp_uid=imp_1%26merchant_uid=order_1%26imp_success=true'],
    ['"%26" and "%3D" throughout', 'imp_uid=imp_1%26merchant_uid%3Dorder_1%26imp_success%3Dtrue'],
    ['"%26" and "%3d" throughout', 'imp_uid=imp_1%26merchant_uid%3dorder_1%26imp_success%3dtrue'],
    ['"%26" behind a value of the shop', 'a=1%26imp_uid=imp_1&merchant_uid=order_1&imp_success=true'],
    ['a landing nested in an id', 'imp_uid=imp_1%26merchant_uid=order_1%26m_redirect_url=http%3A%2F%2Fx%3Fimp_uid%3Dimp_9'],
  ])('%s', (_, query) => {
    expect(read(query)).toMatchObject({ kind: 'malformed', impUid: 'imp_1', merchantUid: 'order_1' });
  });

  it.each<[name: string, raw: string]>([
    ['a broken percent sign', 'imp_%'],
    ['a percent sign without hexadecimal digits', 'imp_%ZZ'],
    ['bytes that are not UTF-8', 'imp_%BB%E7'],
    ['a NUL', 'imp_%00_1'],
    ['a line break inside', 'imp_%0A_1'],
    ['a lone surrogate', 'imp_\ud800'],
    ['300 characters', 'x'.repeat(300)],
    ['257 characters', 'x'.repeat(257)],
  ])('an id with %s is no id', (_, raw) => {
    expect(read(`imp_uid=${raw}&merchant_uid=order_1&imp_success=true`)).toMatchObject({
      kind: 'malformed',
      impUid: null,
      merchantUid: 'order_1',
    });
    expect(read(`imp_uid=imp_1&merchant_uid=${raw}&imp_success=true`)).toMatchObject({
      kind: 'malformed',
      impUid: 'imp_1',
      merchantUid: null,
    });
  });
});

describe('what is unusual and not damaged is read as it is', () => {
  it.each<[name: string, query: string, claim: Partial<Claim>]>([
    ['an id of 256 characters', `imp_uid=${'x'.repeat(256)}&imp_success=true`, { kind: 'claimed-success', impUid: 'x'.repeat(256) }],
    [
      '"&" and "=" in an order number, encoded',
      'merchant_uid=a%26b%3Dc&imp_success=true',
      { kind: 'claimed-success', merchantUid: 'a&b=c' },
    ],
    ['a Korean order number', 'merchant_uid=%EC%A3%BC%EB%AC%B8-1&imp_success=true', { kind: 'claimed-success', merchantUid: '주문-1' }],
    ['HTML in an id', 'imp_uid=%3Cimg+src%3Dx%3E&imp_success=true', { kind: 'claimed-success', impUid: '<img src=x>' }],
    [
      '"&" in a message, encoded',
      'merchant_uid=order_1&imp_success=false&error_msg=A%26B',
      { kind: 'claimed-failure', errorMessage: 'A&B' },
    ],
    ['"=" in a message', 'merchant_uid=order_1&imp_success=false&error_msg=a=b=c', { kind: 'claimed-failure', errorMessage: 'a=b=c' }],
    [
      'a return URL that names the keys, encoded',
      'return=%2Fpay%3Fimp_uid%3Dimp_9&imp_uid=imp_1&merchant_uid=order_1',
      { kind: 'unknown', impUid: 'imp_1', merchantUid: 'order_1' },
    ],
    [
      'keys in capitals, which are other keys',
      'IMP_UID=imp_9&MERCHANT_UID=order_9&imp_uid=imp_1',
      { kind: 'unknown', impUid: 'imp_1', merchantUid: null },
    ],
    [
      'prototype keys beside ours',
      '__proto__=1&constructor=2&imp_uid=imp_1&merchant_uid=order_1&toString=3',
      { kind: 'unknown', impUid: 'imp_1', merchantUid: 'order_1' },
    ],
    [
      'prototype keys as ids',
      'imp_uid=__proto__&merchant_uid=constructor&imp_success=true',
      { kind: 'claimed-success', impUid: '__proto__', merchantUid: 'constructor' },
    ],
    [
      'prototype keys as flags and errors',
      'imp_success=toString&imp_uid=imp_1&error_code=__proto__',
      { kind: 'claimed-failure', errorCode: '__proto__' },
    ],
  ])('%s', (_, query, claim) => {
    expect(read(query)).toMatchObject(claim);
    expect(Object.prototype).not.toHaveProperty('impUid');
  });

  it.each(['__proto__=1', 'constructor=imp_1&toString=true', 'hasOwnProperty=1&__proto__[imp_uid]=1'])(
    'prototype keys alone are no landing: %s',
    (query) => {
      expect(readClaim(`${SHOP}?${query}`)).toBeNull();
    },
  );
});

describe('where the query stands', () => {
  const QUERY = 'imp_uid=imp_1&merchant_uid=order_1&imp_success=true';
  it.each<[name: string, url: string, kind: Claim['kind']]>([
    ['before a hash', `${SHOP}?${QUERY}#result`, 'claimed-success'],
    ["before a hash router's route", `https://shop.example.kr/?${QUERY}#/done?from=cart`, 'claimed-success'],
    ["in a hash router's route", `https://shop.example.kr/#/done?${QUERY}`, 'claimed-success'],
    ["in a hash router's route, behind a query of the shop", `https://shop.example.kr/?utm=1#/done?${QUERY}`, 'claimed-success'],
    ['in a hash-bang route', `https://shop.example.kr/#!/done?${QUERY}`, 'claimed-success'],
    ['in the root route', `https://shop.example.kr/#/?${QUERY}`, 'claimed-success'],
    ['behind a hash, pasted on with "?"', `${SHOP}#result?${QUERY}`, 'malformed'],
    ['behind a hash, pasted on with "&"', `${SHOP}#result&${QUERY}`, 'malformed'],
    ['behind a query and a hash, pasted on with "&"', `${SHOP}?a=1#result&${QUERY}`, 'malformed'],
    ['as the whole hash', `${SHOP}#${QUERY}`, 'malformed'],
    ['alone, as location.search has it', `?${QUERY}`, 'claimed-success'],
    ["behind an app's scheme", `myapp://done?${QUERY}`, 'claimed-success'],
    ['behind text that is no URL', `http://[?${QUERY}`, 'claimed-success'],
  ])('%s', (_, url, kind) => {
    expect(readClaim(url)).toEqual({ kind, impUid: 'imp_1', merchantUid: 'order_1', errorCode: null, errorMessage: null });
  });

  it('reads a URL object and a location as well as text', () => {
    expect(readClaim(new URL(`${SHOP}?${QUERY}`))).toMatchObject({ impUid: 'imp_1' });
  });

  it.each([undefined, null, 0, '', {}, [], 'imp_uid=imp_1'])('finds no landing in %j', (value) => {
    expect(readClaim(value)).toBeNull();
  });
});

describe('the kind of a claim', () => {
  const IDS = 'imp_uid=imp_1&merchant_uid=order_1';
  it.each<[query: string, kind: Claim['kind']]>([
    ['imp_success=True', 'claimed-success'],
    ['imp_success=tRuE', 'claimed-success'],
    ['imp_success=+true%20', 'claimed-success'],
    ['imp_success=FALSE', 'claimed-failure'],
    ['success=False', 'claimed-failure'],
    ['imp_status=TRUE', 'claimed-success'],
    ['imp_status=fail', 'unknown'],
    ['imp_success=', 'unknown'],
    ['imp_success', 'unknown'],
    ['imp_success=0', 'unknown'],
    ['imp_success=yes', 'unknown'],
    ['imp_success=truefalse', 'unknown'],
    ['imp_success=true&success=true', 'claimed-success'],
    ['imp_success=true&success=', 'claimed-success'],
    ['imp_success=true&imp_status=false', 'unknown'],
    ['imp_success=true&error_code=F400', 'unknown'],
    ['imp_success=true&error_code=', 'claimed-success'],
    ['imp_success=true&error_code=undefined', 'claimed-success'],
    ['imp_success=true&error_msg=ok', 'claimed-success'],
    ['imp_success=false&error_code=F400', 'claimed-failure'],
    ['error_code=F400', 'claimed-failure'],
    ['error_msg=no', 'claimed-failure'],
    ['error_msg=%20', 'unknown'],
    ['error_coe=F1001', 'claimed-failure'],
    ['error_coe=', 'unknown'],
    ['error_coe=null', 'unknown'],
    ['imp_success=true&error_coe=F1001', 'unknown'],
    ['error_code=PAY_PROCESS_CANCELED', 'cancelled'],
    ['imp_success=true&error_code=PAY_PROCESS_CANCELED', 'unknown'],
  ])('%s is %s', (query, kind) => {
    expect(read(`${IDS}&${query}`)).toMatchObject({ kind, impUid: 'imp_1', merchantUid: 'order_1' });
    expect(read(`${query}&${IDS}`)).toMatchObject({ kind, impUid: 'imp_1', merchantUid: 'order_1' });
  });

  it('does not take the misspelt error_coe for a code', () => {
    expect(read(`${IDS}&error_coe=F1001`).errorCode).toBeNull();
  });

  it.each<[message: string, kind: Claim['kind']]>([
    ['사용자가 결제를 취소하셨습니다', 'cancelled'],
    ['사용자가 결제를 취소 하였습니다.', 'cancelled'],
    ['사용자가 결제를 취소하였습니다', 'cancelled'],
    ['[결제포기] 사용자가 결제를 취소하셨습니다', 'cancelled'],
    ['결제를 취소하였습니다.', 'cancelled'],
    ['결제를 취소했습니다.', 'cancelled'],
    ['F0005:결제가 중단되었습니다(imp_42234234).01 | 사용자가 결제를 취소 하였습니다.', 'cancelled'],
    ['User canceled', 'cancelled'],
    ['user has cancelled the payment', 'cancelled'],
    ['이미 취소된 거래입니다. 취소할 수 없습니다.', 'claimed-failure'],
    ['결제를 취소할 수 없습니다.', 'claimed-failure'],
    ['취소 기간이 지났습니다.', 'claimed-failure'],
    ['결제 취소 실패', 'claimed-failure'],
    ['The card was cancelled by its issuer', 'claimed-failure'],
    ['이미 결제가 이루어진 거래건입니다.', 'claimed-failure'],
    ['한도초과', 'claimed-failure'],
  ])('a failure that says "%s" is %s', (message, kind) => {
    expect(read(`${IDS}&imp_success=false&error_msg=${encodeURIComponent(message)}`)).toMatchObject({ kind, errorMessage: message });
    expect(read(`${IDS}&error_msg=${encodeURIComponent(message)}`).kind).toBe(kind);
  });
});

describe('what is a landing', () => {
  it.each<[query: string, isLanding: boolean]>([
    ['imp_uid', true],
    ['imp_status=true', true],
    ['error_code=1&error_msg=no', true],
    ['success=false&error_msg=no', true],
    ['success=true', false],
    ['error_code=1&success=false', false],
    ['error_msg=no', false],
    ['ximp_uid=1', false],
    ['imp_uid2=1', false],
    ['imp_uid[]=1', false],
    ['mailchimp_success=true&mailchimp_uid=1', false],
    ['error=access_denied&error_code=flow_state_already_used&error_description=x', false],
    ['code=1&message=no', false],
    ['paymentId=p_1', true],
    ['txId=t_1', true],
    ['resultCode=Success&paymentId=p_1', false],
    ['paymentId=p_1&resultCode=UserCancel', false],
    ['resultCode=Success&imp_uid=imp_1', true],
  ])('%s: %s', (query, isLanding) => {
    expect(readClaim(`${SHOP}?${query}`) !== null).toBe(isLanding);
    expect(readClaim(`${SHOP}?a=1&${query}&b=2#c`) !== null).toBe(isLanding);
  });

  it('does not read a message and a code of V2 into a landing of V1', () => {
    expect(read('imp_uid=imp_1&code=4%2F0AX&message=hello&paymentId=p_1')).toEqual({
      kind: 'unknown',
      impUid: 'imp_1',
      merchantUid: null,
      errorCode: null,
      errorMessage: null,
    });
  });
});

describe('the URL without the landing', () => {
  it.each<[url: string, cleanUrl: string]>([
    ['/done?imp_uid=1', '/done'],
    ['/done?imp_uid=1#result', '/done#result'],
    ['/done?imp_uid=1&merchant_uid=2&imp_success=true&success=&error_code=&error_msg=&error_coe=&imp_status=', '/done'],
    ['/done?a=1&imp_uid=1&b=2', '/done?a=1&b=2'],
    ['/done?b=%20+%2b&imp_uid=1&a&a=&=x&%ZZ=%', '/done?b=%20+%2b&a&a=&=x&%ZZ=%'],
    ['/done?imp_uid=1&&a=1', '/done?&a=1'],
    ['/done?imp_uid=1&a=b?c=d/e:f@g', '/done?a=b?c=d/e:f@g'],
    ['/done?a=1&b=2imp_uid=1&merchant_uid=2', '/done?a=1&b=2'],
    ['/done?a=1?imp_uid=1&merchant_uid=2', '/done?a=1'],
    ['/done?a=1;imp_uid=1&merchant_uid=2', '/done?a=1'],
    ['/done?a=1%26imp_uid=1&merchant_uid=2', '/done?a=1'],
    ['/done?code=1&message=2&imp_uid=1', '/done?code=1&message=2'],
    ['/done?txId=1&paymentId=2&code=3&message=4&pgCode=5', '/done'],
    ['/#/done?imp_uid=1', '/#/done'],
    ['/#/done?a=1&imp_uid=1&b=2', '/#/done?a=1&b=2'],
    ['/?a=1#/done?imp_uid=1', '/?a=1#/done'],
    ['/done#result&imp_uid=1', '/done#result'],
    ['/done#imp_uid=1', '/done'],
  ])('%s becomes %s', (url, cleanUrl) => {
    expect(readLanding(`https://shop.example.kr${url}`)?.cleanUrl).toBe(`https://shop.example.kr${cleanUrl}`);
  });
});

describe('long queries', () => {
  const timeOf = (work: () => unknown) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };

  /** How much longer 64 KB take in one piece than in eight: about 1 where time goes with the length, 8 where with its square. */
  const slowdown = (ofLength: (length: number) => string) => {
    const [whole, piece] = [ofLength(64_000), ofLength(8_000)];
    let least = Number.POSITIVE_INFINITY;
    // The machine may be busy with something else now and then, but not each time.
    for (let round = 0; round < 20 && least > 4; round++) {
      const pieces = timeOf(() => {
        for (let i = 0; i < 8; i++) readLanding(piece);
      });
      least = Math.min(least, timeOf(() => readLanding(whole)) / pieces);
    }
    return least;
  };

  it.each<[name: string, unit: string]>([
    ['parameters of the shop', 'a=1&'],
    ['separators', '&'],
    ['equals signs', '='],
    ['question marks', '?'],
    ['"amp;"', 'amp;'],
    ['percent signs', '%'],
    ['glued ids', 'imp_uid=1'],
    ['ids of many tries', 'imp_uid=1&imp_uid=2&'],
    ['ids with ";"', ';merchant_uid=x'],
    ['nested separators', '%26imp_uid%3D'],
    ['"m_redirect_url"', 'm_redirect_url'],
    ['beginnings of keys', 'imp_'],
    ['beginnings of a cancel text', '사용자'],
    ['"user "', 'user '],
    ['spaces', '+'],
    ['line breaks', '%0A'],
    ['hash signs', '#'],
    ['long parameters', `${'x'.repeat(255)}&`],
  ])('of %s take time in proportion to their length', (_, unit) => {
    for (const before of ['?imp_uid=1&', '?imp_uid=', '?imp_uid=1&error_msg=', '#a=1&imp_uid='])
      expect(slowdown((length) => SHOP + before + unit.repeat(length / unit.length))).toBeLessThan(4);
  });
});

describe('whatever the URL is', () => {
  const KEYS = [
    'imp_uid',
    'merchant_uid',
    'imp_success',
    'success',
    'imp_status',
    'error_code',
    'error_msg',
    'error_coe',
    'paymentId',
    'txId',
    'code',
    'message',
    'resultCode',
    'm_redirect_url',
    '__proto__',
    'constructor',
    'a',
    '',
  ];
  const VALUES = [
    'imp_1',
    'imp_2',
    'order_1',
    'true',
    'false',
    'TRUE',
    ' true ',
    'null',
    'undefined',
    '',
    '%',
    '%00',
    '%EC%82',
    '%26',
    '%3D',
    '+',
    '__proto__',
    '사용자가 결제를 취소',
    '\ud800',
  ];
  const SEPARATORS = ['&', '&', '&', '=', '=', '=', '?', ';', '&amp;', '%26', '#', '/', '%3D', ''];
  const soup = fc
    .array(
      fc.oneof(
        fc.constantFrom(...KEYS),
        fc.constantFrom(...VALUES),
        fc.constantFrom(...SEPARATORS),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));
  const parameter = fc.tuple(fc.constantFrom(...KEYS), fc.oneof(fc.constantFrom(...VALUES), fc.string())).map((pair) => pair.join('='));
  const query = fc.array(parameter, { maxLength: 12 }).map((parameters) => parameters.join('&'));
  const urls = fc.oneof(
    fc.string({ unit: 'binary' }),
    soup,
    soup.map((text) => `${SHOP}?${text}`),
    query.map((text) => `${SHOP}?${text}`),
    query.map((text) => `${SHOP}#/done?${text}`),
    query.map((text) => `${SHOP}#result&${text}`),
  );

  it('it is read without an exception, into a claim whose parts are what they should be', () => {
    fc.assert(
      fc.property(urls, (url) => {
        const claim = readClaim(url);
        if (!claim) return;
        expect(Object.keys(claim).sort()).toEqual(['errorCode', 'errorMessage', 'impUid', 'kind', 'merchantUid']);
        expect(['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed']).toContain(claim.kind);
        for (const id of [claim.impUid, claim.merchantUid])
          if (id !== null) {
            expect(id).toBe(id.trim());
            expect(id).not.toMatch(/^(|null|undefined|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$/);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
            expect(id).not.toMatch(/[\0-\x1f\ufffd]/);
            expect(id.length).toBeLessThanOrEqual(256);
          }
        for (const text of [claim.errorCode, claim.errorMessage])
          if (text !== null) expect(['', 'null', 'undefined']).not.toContain(text.trim());
      }),
      { numRuns: 5000 },
    );
  });

  it('it is read the same way twice, and cleaning it does not make it longer', () => {
    fc.assert(
      fc.property(urls, (url) => {
        const landing = readLanding(url);
        expect(readLanding(url)).toEqual(landing);
        if (landing) expect(landing.cleanUrl.length).toBeLessThan(url.length);
      }),
      { numRuns: 2000 },
    );
  });

  const blank = fc.constantFrom('', 'null', 'undefined');
  const attempt = (prefix: string) =>
    fc.record({
      imp_uid: fc.oneof({ weight: 2, arbitrary: fc.constantFrom(`imp_${prefix}1`, `imp_${prefix}2`) }, { weight: 1, arbitrary: blank }),
      merchant_uid: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(`order_${prefix}1`, 'order_same') }, { weight: 1, arbitrary: blank }),
      imp_success: fc.constantFrom('true', 'false', ''),
      error_msg: fc.constantFrom('', `text_${prefix}`),
    });
  const toQuery = (fields: Partial<Record<string, string>>) =>
    Object.entries(fields)
      .map((pair) => pair.join('='))
      .join('&');
  const isId = (value: string) => !/^(null|undefined)?$/.test(value);

  it('a pair of ids that comes out of two tries belongs to one of them', () => {
    fc.assert(
      fc.property(
        attempt('old'),
        attempt('new'),
        fc.constantFrom('&', '', ';', '?', '&amp;', '%26'),
        fc.constantFrom('', 'imp_uid', 'merchant_uid'),
        (old, whole, separator, missing) => {
          const { [missing as 'imp_uid']: _, ...fresh } = whole;
          const { impUid, merchantUid } = read(`${toQuery(old)}${separator}${toQuery(fresh)}`);
          if (impUid !== null && merchantUid !== null)
            expect([`${old.imp_uid} ${old.merchant_uid}`, missing ? 'one id' : `${whole.imp_uid} ${whole.merchant_uid}`]).toContain(
              `${impUid} ${merchantUid}`,
            );
        },
      ),
      { numRuns: 5000 },
    );
  });

  it("of two tries the fresh one's ids are the ones that are read", () => {
    fc.assert(
      fc.property(attempt('old'), attempt('new'), (old, fresh) => {
        const { impUid, merchantUid } = read(`${toQuery(old)}&${toQuery(fresh)}`);
        if (isId(fresh.imp_uid)) expect(impUid).toBe(fresh.imp_uid);
        if (isId(fresh.merchant_uid)) expect(merchantUid).toBe(fresh.merchant_uid);
      }),
      { numRuns: 2000 },
    );
  });

  const landingPair = fc
    .tuple(
      fc.constantFrom('imp_uid', 'merchant_uid', 'imp_success', 'imp_status', 'success', 'error_code', 'error_coe', 'error_msg'),
      fc.constantFrom('imp_1', 'true', 'false', '', 'null', '%EC%8B%A4'),
    )
    .map((pair) => pair.join('='));
  // Anything that can stand in a query, but for what would be ours or damage.
  const foreignPair = fc
    .array(
      fc.constantFrom('a', 'B', '0', '=', '%20', '%', '+', '.', '/', '?', ':', '@', '!', '*', '가', 'amp;', 'imp', '_uid', '[]', '~'),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''))
    .filter((text) => !/imp_uid|^[?]/.test(text));

  it('foreign pairs are kept to the letter, and what is left is no landing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(landingPair, foreignPair), { maxLength: 10 }),
        fc.constantFrom('', '#', '#result', '#/route?x=1'),
        (pairs, hash) => {
          const url = `${SHOP}?${['imp_uid=imp_1', ...pairs].join('&')}${hash}`;
          const landing = readLanding(url);
          const foreign = pairs.filter((pair) => !/^(imp_|merchant_|success|error_)/.test(pair)).join('&');
          expect(landing?.claim.kind).not.toBe('malformed');
          expect(landing?.cleanUrl).toBe(SHOP + (foreign && `?${foreign}`) + hash);
          expect(readClaim(landing?.cleanUrl)).toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('what is left of an undamaged URL of the table is no landing', () => {
    // Two landings in one URL, of which one is read: what is left is the other.
    const twofold = ['query-and-hash-disagree', 'v2-v1-mixed'];
    for (const { id, url } of table) {
      const landing = readLanding(url);
      if (landing && landing.claim.kind !== 'malformed' && !twofold.includes(id)) expect(readClaim(landing.cleanUrl), id).toBeNull();
    }
  });
});
