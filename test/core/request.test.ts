import { describe, expect, it } from 'vitest';
import { LANDING_KEY } from '../../src/core/claim.js';
import { type PayParams, withLandingUrl } from '../../src/core/request.js';

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
