import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readClaim } from '../../src/edge/landing.js';
import { goToLanding, isMobilePage, pageLanguage, resolveUrl, whenParsed } from '../../src/edge/page.js';
import { SHOP } from './helpers.js';

beforeEach(() => {
  history.replaceState(null, '', '/shop/checkout?step=2#pay');
});
afterEach(() => {
  document.head.innerHTML = '';
  document.documentElement.removeAttribute('lang');
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const withBase = (href: string) => {
  document.head.innerHTML = `<base href="${href}">`;
};

describe('resolveUrl', () => {
  it.each<[given: string, resolved: string]>([
    ['/payments/complete', `${SHOP}/payments/complete`],
    ['complete?x=1#y', `${SHOP}/shop/complete?x=1#y`],
    ['./complete', `${SHOP}/shop/complete`],
    ['?paid=1', `${SHOP}/shop/checkout?paid=1`],
    ['#done', `${SHOP}/shop/checkout?step=2#done`],
    ['//shop.example.kr/x', `${SHOP}/x`],
    [`${SHOP}/x`, `${SHOP}/x`],
    ['http://127.0.0.1:4001/x', 'http://127.0.0.1:4001/x'],
    ['https://api.example.kr/confirm', 'https://api.example.kr/confirm'],
    ['HTTPS://API.example.kr/confirm', 'https://api.example.kr/confirm'],
    ['https://상점.example/x', 'https://xn--pu5ba9n.example/x'],
    [':4000/x', `${SHOP}/shop/:4000/x`],
  ])('%s is %s', (given, resolved) => {
    expect(resolveUrl(given)).toBe(resolved.replace('xn--pu5ba9n', new URL('https://상점.example').hostname.split('.')[0] as string));
  });

  it.each<[why: string, given: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a script', 'javascript:alert(1)'],
    ['a script in disguise', ' \tJaVa\nscript:alert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['a file', 'file:///etc/passwd'],
    ["an app's scheme", 'myapp://payment'],
    ['mail', 'mailto:shop@example.kr'],
    ['a relative URL to another origin', '//evil.example/x'],
    ['the same with backslashes', '\\\\evil.example\\x'],
    ['the same with one of each', '/\\evil.example/x'],
    ['the same with a tab', '/\t/evil.example/x'],
    ['a relative URL to another port', '//shop.example.kr:8080/x'],
    ['what is no URL', 'http://'],
    ['what is no URL either', 'https://[x'],
  ])('refuses %s', (_, given) => {
    expect(resolveUrl(given as string)).toBeFalsy();
  });

  it("resolves against the page's base, as a link would", () => {
    withBase(`${SHOP}/mall/`);
    expect(resolveUrl('complete')).toBe(`${SHOP}/mall/complete`);
  });

  it('refuses a relative URL where the base is another origin, and takes an absolute one', () => {
    withBase('https://cdn.example/assets/');
    expect(resolveUrl('complete')).toBeFalsy();
    expect(resolveUrl('/complete')).toBeFalsy();
    expect(resolveUrl(`${SHOP}/complete`)).toBe(`${SHOP}/complete`);
  });
});

describe('isMobilePage', () => {
  it.each<[userAgent: string, more: object, mobile: boolean]>([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)', {}, true],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', { maxTouchPoints: 5 }, true],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', { maxTouchPoints: 0 }, false],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', { userAgentData: { mobile: false } }, false],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', { userAgentData: { mobile: true } }, true],
  ])('%s %o: %s', (userAgent, more, mobile) => {
    vi.stubGlobal('navigator', { userAgent, maxTouchPoints: 0, ...more });
    expect(isMobilePage()).toBe(mobile);
  });
});

describe('pageLanguage', () => {
  it('is what the page says it is in', () => {
    document.documentElement.lang = 'ko-KR';
    expect(pageLanguage()).toBe('ko-KR');
  });

  it("is the browser's where the page does not say", () => {
    vi.stubGlobal('navigator', { language: 'en-GB' });
    expect(pageLanguage()).toBe('en-GB');
    document.documentElement.lang = '';
    expect(pageLanguage()).toBe('en-GB');
  });
});

describe('whenParsed', () => {
  const parsing = (state: DocumentReadyState) => Object.defineProperty(document, 'readyState', { configurable: true, value: state });
  afterEach(() => {
    Reflect.deleteProperty(document, 'readyState');
  });

  it.each<DocumentReadyState>(['interactive', 'complete'])('resolves at once where the page is %s', async (state) => {
    parsing(state);
    await expect(whenParsed()).resolves.not.toThrow();
  });

  it('waits for the deferred scripts of a page that is loading', async () => {
    parsing('loading');
    const parsed = vi.fn();
    const promise = whenParsed().then(parsed);
    await new Promise((resolve) => setImmediate(resolve));
    expect(parsed).not.toHaveBeenCalled();
    document.dispatchEvent(new Event('DOMContentLoaded'));
    await promise;
    expect(parsed).toHaveBeenCalledTimes(1);
  });
});

describe('goToLanding', () => {
  /** Where the customer is taken: jsdom itself cannot leave the page. */
  const gone = (landingUrl: string, response: unknown) => {
    const assign = vi.fn();
    vi.stubGlobal('location', { assign, href: location.href, origin: location.origin });
    goToLanding(landingUrl, response as Record<string, string | null>);
    vi.unstubAllGlobals();
    return assign.mock.calls.map(([url]) => `${url}`);
  };

  it('takes the fields along that a redirect has, and no others', () => {
    const response = {
      success: true,
      imp_uid: 'imp_1',
      merchant_uid: 'order_1',
      pay_method: 'card',
      buyer_email: 'a@b.kr',
      buyer_name: '홍길동',
      card_number: '4330',
      custom_data: '{}',
      paid_amount: 12000,
      status: 'paid',
    };
    expect(gone(`${SHOP}/complete`, response)).toEqual([`${SHOP}/complete?success=true&imp_uid=imp_1&merchant_uid=order_1`]);
  });

  it('encodes what is in them, and keeps query and hash of the landing URL', () => {
    const [url] = gone(`${SHOP}/complete?from=cart#result`, {
      imp_uid: null,
      merchant_uid: 'A&B=1+1',
      imp_success: false,
      error_code: 'F1002',
      error_msg: '한도 & 초과 #1',
    });
    const { searchParams, hash, pathname } = new URL(url as string);
    expect(Object.fromEntries(searchParams)).toEqual({
      from: 'cart',
      imp_uid: '',
      merchant_uid: 'A&B=1+1',
      imp_success: 'false',
      error_code: 'F1002',
      error_msg: '한도 & 초과 #1',
    });
    expect([pathname, hash]).toEqual(['/complete', '#result']);
  });

  it("takes the SDK's misspelt error_coe along", () => {
    expect(
      gone('/complete', { imp_success: false, imp_uid: null, merchant_uid: 'order_1', error_coe: 'F1001', error_msg: 'x' })[0],
    ).toContain('error_coe=F1001');
  });

  it('writes "nothing" for null and undefined', () => {
    expect(gone('/complete', { imp_uid: null, merchant_uid: undefined, success: undefined })).toEqual([
      `${SHOP}/complete?imp_uid=&merchant_uid=&success=`,
    ]);
  });

  it("appends the fresh fields as the gateway does, so that an earlier landing's are superseded", () => {
    const stale = '/complete?imp_uid=imp_old&merchant_uid=order_old&imp_success=false&error_msg=x&a=1';
    const [url] = gone(stale, { imp_uid: 'imp_1', merchant_uid: 'order_1' });
    expect(readClaim(url)).toMatchObject({ kind: 'unknown', impUid: 'imp_1', merchantUid: 'order_1', errorMessage: null });
  });

  it.each([undefined, null, {}, 'text', 7])('goes to the landing as it is where the response is %j', (response) => {
    expect(gone(`${SHOP}/complete`, response)).toEqual([`${SHOP}/complete`]);
  });

  it.each<[landingUrl: string, went: string]>([
    ['complete', `${SHOP}/shop/complete?imp_uid=imp_1`],
    ['moamoa://payment-success', 'moamoa://payment-success?imp_uid=imp_1'],
    ['https://other.example/done', 'https://other.example/done?imp_uid=imp_1'],
  ])("goes wherever the merchant's own m_redirect_url leads: %s", (landingUrl, went) => {
    expect(gone(landingUrl, { imp_uid: 'imp_1' })).toEqual([went]);
  });

  it.each(['javascript:alert(1)//', 'JavaScript:alert(1)', ' java\nscript:alert(1)', 'vbscript:x'])(
    'never runs a script: %j',
    (landingUrl) => {
      expect(gone(landingUrl, { imp_uid: 'imp_1' })).toEqual([]);
    },
  );

  it('goes there for real: a fragment can be followed in this page', () => {
    goToLanding('#done', {});
    expect(location.hash).toBe('#done');
  });
});
