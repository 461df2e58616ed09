import { describe, expect, it } from 'vitest';
import { LANDING_KEY } from '../../src/core/claim.js';
import { encodePart, fill, type PayParams, toText, withLandingUrl } from '../../src/core/request.js';

const LANDING = 'http://shop.example.kr/payments/complete';
const read = (params: object) => params as Record<string, unknown>;

describe('withLandingUrl', () => {
  it('gives a copy with the landing URL and everything else as it was', () => {
    const custom_data = { seats: ['A1', 'A2'] };
    const params = { pg: 'html5_inicis', amount: 12000, merchant_uid: 'order_1', digital: false, popup: null, custom_data };
    const copy = withLandingUrl(params, LANDING);
    expect(copy).not.toBe(params);
    expect(copy).toEqual({ ...params, m_redirect_url: LANDING });
    expect(read(copy).custom_data).toBe(custom_data);
    expect(Object.keys(copy)).toEqual([...Object.keys(params), 'm_redirect_url']);
  });

  it.each(['', null, undefined])('takes the place of an m_redirect_url that is %j', (m_redirect_url) => {
    const params = { m_redirect_url, amount: 1 };
    expect(withLandingUrl(params, LANDING)).toEqual({ m_redirect_url: LANDING, amount: 1 });
    expect(params.m_redirect_url).toBe(m_redirect_url);
  });

  it("never touches the merchant's object, not even when the SDK writes into the copy", () => {
    const params = Object.freeze({ amount: 1, merchant_uid: undefined });
    const copy = withLandingUrl(params, LANDING) as Record<string, unknown>;
    copy.merchant_uid = 'nobody_1';
    copy.request_id = 'req_1';
    copy.amount = 2;
    expect(copy).toMatchObject({ merchant_uid: 'nobody_1', request_id: 'req_1', amount: 2 });
    expect(params).toEqual({ amount: 1, merchant_uid: undefined });
    expect('m_redirect_url' in params).toBe(false);
  });

  it("keeps what the params inherit: a class instance's methods and accessors", () => {
    class Order {
      readonly price = 3000;
      get amount() {
        return this.price * 2;
      }
      label() {
        return `order of ${this.amount}`;
      }
    }
    const copy = withLandingUrl(new Order() as PayParams, LANDING) as unknown as Order & PayParams;
    expect(copy.amount).toBe(6000);
    expect(copy.label()).toBe('order of 6000');
    expect(copy).toBeInstanceOf(Order);
    expect(copy.m_redirect_url).toBe(LANDING);
  });

  it('keeps the value of a getter, and symbols', () => {
    const tag = Symbol('tag');
    const copy = read(
      withLandingUrl(
        {
          get merchant_uid() {
            return 'order_1';
          },
          [tag]: 1,
        } as PayParams,
        LANDING,
      ),
    );
    expect(copy.merchant_uid).toBe('order_1');
    expect(copy[tag as never]).toBe(1);
  });

  it('takes an object without a prototype', () => {
    expect(read(withLandingUrl(Object.assign(Object.create(null), { amount: 1 }), LANDING)).amount).toBe(1);
  });
});

describe('fill', () => {
  const FIELDS = {
    imp_uid: 'imp_1',
    merchant_uid: 'a/b?c=1&d',
    amount: 12000,
    none: null,
    'order-no': 'x-1',
    'a.b': 'dot',
    'tags[]': 'list',
  };
  const asJson = (value: unknown) => JSON.stringify(value ?? null);

  it.each<[template: string, filled: string]>([
    ['/verify/{imp_uid}', '/verify/imp_1'],
    ['/verify/{imp_uid}/{merchant_uid}', '/verify/imp_1/a%2Fb%3Fc%3D1%26d'],
    ['/verify?x={merchant_uid}&y={imp_uid}#{imp_uid}', '/verify?x=a%2Fb%3Fc%3D1%26d&y=imp_1#imp_1'],
    // As a URL's path has braces once it was parsed.
    ['http://shop.example.kr/verify/%7Bimp_uid%7D', 'http://shop.example.kr/verify/imp_1'],
    ['/verify/%7Bimp_uid}', '/verify/imp_1'],
    ['/{imp_uid}{imp_uid}', '/imp_1imp_1'],
    ['/{amount}', '/12000'],
    ['/{order-no}/{a.b}/{tags[]}', '/x-1/dot/list'],
    ['/{none}/{unknown}/', '///'],
    ['', ''],
    ['/nothing', '/nothing'],
    // What is no name in braces stays.
    ['/{}', '/{}'],
    ['/{ imp_uid }', '/{ imp_uid }'],
    ['/{imp_uid', '/{imp_uid'],
    ['/imp_uid}', '/imp_uid}'],
    ['/{"imp_uid"}', '/{"imp_uid"}'],
    ['/%7b%7d', '/%7b%7d'],
    ['/{{imp_uid}}', '/{imp_1}'],
  ])('%s: %s', (template, filled) => {
    expect(fill(template, FIELDS, encodePart)).toBe(filled);
  });

  it.each<[template: string, value: unknown]>([
    ['{"uid":{imp_uid}}', { uid: 'imp_1' }],
    ['{"uid":{imp_uid},"data":{"amount":{amount},"n":{none},"u":{unknown}}}', { uid: 'imp_1', data: { amount: 12000, n: null, u: null } }],
    ['{"a":{},"b":[{"c":{merchant_uid}}]}', { a: {}, b: [{ c: 'a/b?c=1&d' }] }],
    ['{imp_uid}', 'imp_1'],
    ['[{imp_uid},{amount}]', ['imp_1', 12000]],
  ])('the braces of JSON are none of its own: %s', (template, value) => {
    expect(JSON.parse(fill(template, FIELDS, asJson))).toEqual(value);
  });

  it('what is filled in is not read as a template again', () => {
    expect(fill('{a}/{b}', { a: '{b}', b: '{a}' }, String)).toBe('{b}/{a}');
    expect(fill('{a}', { a: '$& $1 $`' }, String)).toBe('$& $1 $`');
  });

  it('the encoder is told the value and the name, those with a source too', () => {
    const seen: unknown[] = [];
    fill('{imp_uid} {meta:csrf-token} {cookie:XSRF-TOKEN} {local:auth.token}', FIELDS, (value, name) => {
      seen.push([value, name]);
      return '';
    });
    expect(seen).toEqual([
      ['imp_1', 'imp_uid'],
      [undefined, 'meta:csrf-token'],
      [undefined, 'cookie:XSRF-TOKEN'],
      [undefined, 'local:auth.token'],
    ]);
  });

  it('a function makes it all by itself', () => {
    const made = { any: 'thing' };
    expect(
      fill(
        (fields) => {
          expect(fields).toBe(FIELDS);
          return made;
        },
        FIELDS,
        () => {
          throw new Error('not asked');
        },
      ),
    ).toBe(made);
  });
});

describe('encodePart', () => {
  it.each<[value: unknown, encoded: string]>([
    ['imp_1', 'imp_1'],
    ['a/b', 'a%2Fb'],
    ['주문 1', '%EC%A3%BC%EB%AC%B8%201'],
    ['100%', '100%25'],
    ['a&b=c#d?e+f', 'a%26b%3Dc%23d%3Fe%2Bf'],
    ['{imp_uid}', '%7Bimp_uid%7D'],
    [0, '0'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    ['', ''],
    // No step up, whoever wrote the id.
    ['.', ''],
    ['..', ''],
    ['...', ''],
    ['../..', '..%2F..'],
    ['..a', '..a'],
    ['1.5', '1.5'],
    ['..\n', '..%0A'],
    [{ seat: 1 }, '%7B%22seat%22%3A1%7D'],
    [['a', 'b'], '%5B%22a%22%2C%22b%22%5D'],
  ])('%j: %s', (value, encoded) => {
    expect(encodePart(value)).toBe(encoded);
  });

  it('no value changes a path around it', () => {
    for (const value of ['..', '.', '/', '//evil.example', '\\..', '%2e%2e', '..%2f', '?', '#', '@', ':', '..;'])
      expect(new URL(`http://shop.example.kr/a/b/${encodePart(value)}/c`).pathname).toMatch(/^\/a\/b\/[^/]*\/c$/);
  });
});

describe('toText', () => {
  it.each<[value: unknown, text: string]>([
    ['a', 'a'],
    [1, '1'],
    [true, 'true'],
    [null, ''],
    [undefined, ''],
    [{ a: 1 }, '{"a":1}'],
    [[1, 2], '[1,2]'],
  ])('%j: %s', (value, text) => {
    expect(toText(value)).toBe(text);
  });
});

describe("the fields of a callback's response that a landing URL has too", () => {
  it.each<[key: string, isLandingKey: boolean]>([
    ['imp_uid', true],
    ['merchant_uid', true],
    ['imp_success', true],
    ['success', true],
    ['error_code', true],
    ['error_coe', true],
    ['error_msg', true],
    ['buyer_email', false],
    ['buyer_name', false],
    ['buyer_tel', false],
    ['buyer_addr', false],
    ['card_number', false],
    ['custom_data', false],
    ['paid_amount', false],
    ['pg_tid', false],
    ['receipt_url', false],
    ['status', false],
    ['vbank_num', false],
    ['mailchimp_success', false],
    ['__proto__', false],
  ])('%s: %s', (key, isLandingKey) => {
    expect(LANDING_KEY.test(key)).toBe(isLandingKey);
  });
});
