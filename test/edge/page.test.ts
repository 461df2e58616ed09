import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { injectQuery } from '../../demo/stand-in/sdk/inject-query.js';
import { readClaim } from '../../src/edge/landing.js';
import {
  damageOf,
  goToLanding,
  inspectUrl,
  isMobilePage,
  makeSafeUrl,
  pageLanguage,
  resolveUrl,
  whenParsed,
  withResponse,
} from '../../src/edge/page.js';
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

/** What the SDK makes of a landing URL: what it would be damaged by, it is damaged by here. */
const returned = (landingUrl: string) =>
  injectQuery(landingUrl, SHOP, [
    ['imp_uid', 'imp_9'],
    ['merchant_uid', 'order_9'],
    ['imp_success', 'true'],
  ]);
const HOME = { kind: 'claimed-success', impUid: 'imp_9', merchantUid: 'order_9' };

describe('makeSafeUrl', () => {
  const HOST = new URL('https://상점.example').hostname;

  it.each<[given: string, safe: string]>([
    // Relative.
    ['/payments/complete', `${SHOP}/payments/complete`],
    ['complete', `${SHOP}/shop/complete`],
    ['?a=1', `${SHOP}/shop/checkout?a=1`],
    ['//shop.example.kr/x', `${SHOP}/x`],
    // Not ASCII.
    ['/완료', `${SHOP}/%EC%99%84%EB%A3%8C`],
    ['/a?이름=홍', `${SHOP}/a?%EC%9D%B4%EB%A6%84=%ED%99%8D`],
    ['/a#완료', `${SHOP}/a#%EC%99%84%EB%A3%8C`],
    ['https://상점.example/x', `https://${HOST}/x`],
    ['/a b', `${SHOP}/a%20b`],
    // Credentials.
    ['https://user:secret@shop.example.kr/x', 'https://shop.example.kr/x'],
    ['https://user@shop.example.kr/x', 'https://shop.example.kr/x'],
    // Encoded twice.
    ['/%25EC%2599%2584', `${SHOP}/%EC%99%84`],
    ['/a?b=%25EC%2599%2584', `${SHOP}/a?b=%EC%99%84`],
    ['/a?b=100%25', `${SHOP}/a?b=100%25`],
    // An earlier landing's keys.
    ['/a?imp_uid=imp_1&merchant_uid=order_1&imp_success=true', `${SHOP}/a`],
    ['/a?imp_uid=imp_1&b=1&merchant_uid=order_1', `${SHOP}/a?b=1`],
    ['/a?b=1&imp_uid=imp_1', `${SHOP}/a?b=1`],
    ['/a?success=false&error_code=F1&error_msg=x&error_coe=y&imp_status=z', `${SHOP}/a`],
    ['/a?imp_uid=imp_1#done', `${SHOP}/a#done`],
    ['/a#/done?imp_uid=imp_1&merchant_uid=order_1', `${SHOP}/a#/done`],
    ['/a?b=1#/done?c=2&imp_success=true', `${SHOP}/a?b=1#/done?c=2`],
    ['/a?imp_uid=&merchant_uid=', `${SHOP}/a`],
    // What is none of them.
    ['/a?mailchimp_success=1', `${SHOP}/a?mailchimp_success=1`],
    ['/a?my_imp_uid=1', `${SHOP}/a?my_imp_uid=1`],
    ['/imp_uid=1', `${SHOP}/imp_uid=1`],
    // Two parameters or more.
    ['/a?b=1&c=2', `${SHOP}/a?b=1&c=2&`],
    ['/a?b=1&c=2&d=3#done', `${SHOP}/a?b=1&c=2&d=3&#done`],
    ['/a?b=1&c=2&', `${SHOP}/a?b=1&c=2&`],
    ['/a?b=1&', `${SHOP}/a?b=1`],
    ['/a?b=1', `${SHOP}/a?b=1`],
    ['/a?', `${SHOP}/a`],
    ['/a?#done', `${SHOP}/a#done`],
    ['/a?b=1&imp_uid=x&c=2&merchant_uid=y', `${SHOP}/a?b=1&c=2&`],
    // The hash.
    ['/a#', `${SHOP}/a#`],
    ['/a#done', `${SHOP}/a#done`],
    ['/#/pay/done?x=1&y=2', `${SHOP}/#/pay/done?x=1&y=2`],
    // Nothing is the page itself.
    ['', `${SHOP}/shop/checkout?step=2`],
  ])('%s is %s', (given, safe) => {
    expect(makeSafeUrl(given)).toBe(safe);
  });

  it.each([
    'moamoa://payment-success',
    'moamoa://완료?a=1&b=2',
    'intent:#Intent;scheme=x;end',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://[x',
    'http://',
  ])('leaves alone what is no http: or https: URL: %s', (given) => {
    expect(makeSafeUrl(given)).toBe(given);
  });

  it("makes of the page's own URL, after one landing, the next one's", () => {
    history.replaceState(null, '', '/완료?b=1&imp_uid=imp_1&merchant_uid=order_1&imp_success=false&error_msg=x#/route');
    const safe = makeSafeUrl(location.href);
    expect(safe).toBe(`${SHOP}/%EC%99%84%EB%A3%8C?b=1#/route`);
    expect(readClaim(returned(safe))).toMatchObject(HOME);
  });

  it.each<[name: string, given: string]>([
    ['no query', '/a'],
    ['one parameter', '/a?b=1'],
    ['two', '/a?b=1&c=2'],
    ['many', '/a?b=1&c=2&d=3&e=4'],
    ['a hash', '/a?b=1&c=2#/done'],
    ['a hash with a query', '/a#/done?b=1&c=2'],
    ['stale keys', '/a?imp_uid=imp_1&merchant_uid=order_1&error_msg=x&b=1&c=2'],
    ['stale keys in the hash', '/a#/done?imp_uid=imp_1&merchant_uid=order_1'],
    ['an empty parameter', '/a?&b=1'],
    ['a parameter without a value', '/a?b&c'],
    ['a "?" in a value', '/a?next=/x?y=1'],
  ])('the SDK brings the customer home with its own keys readable: %s', (_, given) => {
    const url = returned(makeSafeUrl(given));
    expect(readClaim(url)).toMatchObject(HOME);
    expect(new URL(url).hash).toBe(new URL(makeSafeUrl(given)).hash);
  });

  it('and without us it would not', () => {
    expect(readClaim(returned(`${SHOP}/a?b=1&c=2`))).not.toMatchObject(HOME);
  });

  describe('whatever it is given', () => {
    const part = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '1', '-', '_', '.', '한', ' ', '+', '%20', '%25', '%EC', '&amp;', '😀', '"') }),
      fc.constantFrom('imp_uid', 'merchant_uid', 'success', 'b', 'order', '%25EC%2599'),
    );
    const pair = fc.tuple(part, fc.option(part)).map(([name, value]) => (value === null ? name : `${name}=${value}`));
    const query = fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join('&'));
    const url = fc
      .record({
        origin: fc.constantFrom('', SHOP, 'https://상점.example', 'https://user:pw@shop.example.kr', 'HTTP://shop.example.kr:80'),
        path: fc.array(part, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
        query: fc.option(query),
        hash: fc.option(
          fc.oneof(
            part,
            fc.tuple(part, query).map(([route, more]) => `/${route}?${more}`),
          ),
        ),
      })
      .map(
        ({ origin, path, query: search, hash }) =>
          `${origin}${origin ? path : path.replace(/^\/+/, '/')}${search === null ? '' : `?${search}`}${hash === null ? '' : `#${hash}`}`,
      );

    it('it is absolute, ASCII, without credentials, and the same once more', () => {
      fc.assert(
        fc.property(url, (given) => {
          const safe = makeSafeUrl(given);
          expect(safe).toMatch(/^https?:\/\/[!-~]+$/);
          const { username, password, href } = new URL(safe);
          expect([username, password]).toEqual(['', '']);
          expect(href).toBe(safe);
          expect(makeSafeUrl(safe)).toBe(safe);
        }),
        { numRuns: 2000 },
      );
    });

    it('the hash is kept, but for what is encoded twice in it and an earlier landing', () => {
      const hashed = fc.tuple(url, fc.string({ unit: fc.constantFrom('a', '/', '!', '=', '한', '#', ' ', '?x=1'), minLength: 1 }));
      fc.assert(
        fc.property(hashed, ([given, hash]) => {
          const before = given.split('#')[0] as string;
          expect(new URL(makeSafeUrl(`${before}#${hash}`)).hash).toBe(new URL(`${SHOP}/#${hash}`).hash);
        }),
        { numRuns: 1000 },
      );
    });

    it('the SDK brings its own keys home', () => {
      // What the SDK itself damages, a value that it encodes once more, is none of the landing's keys.
      fc.assert(
        fc.property(url, (given) => {
          const claim = readClaim(returned(makeSafeUrl(given)));
          expect(claim).toMatchObject({ impUid: 'imp_9', merchantUid: 'order_9' });
        }),
        { numRuns: 2000 },
      );
    });
  });
});

describe('damageOf', () => {
  it.each<[given: string, damage: string]>([
    [`${SHOP}/a`, ''],
    [`${SHOP}/a?b=1`, ''],
    [`${SHOP}/a?b=1&c=2&`, ''],
    [`${SHOP}/a?b=1&c=2&#done`, ''],
    [`${SHOP}/a#/done?b=1&c=2`, ''],
    ['HTTPS://shop.example.kr/a', ''],
    ['/a', 'relative'],
    ['undefined', 'a text that says that there is none'],
    ['null', 'a text that says that there is none'],
    ['undefined/a', 'relative'],
    ['b/c', 'relative'],
    ['moamoa://payment-success', ''],
    [`${SHOP}/완료`, 'not ASCII'],
    [`${SHOP}/a b`, 'not ASCII'],
    ['https://user:pw@shop.example.kr/a', 'with credentials'],
    [`${SHOP}/a?mail=a@b.kr`, ''],
    [`${SHOP}/%25EC`, 'encoded twice'],
    [`${SHOP}/100%25`, ''],
    [`${SHOP}/a?imp_uid=imp_1`, "with an earlier landing's keys"],
    [`${SHOP}/a#/b?merchant_uid=order_1`, "with an earlier landing's keys"],
    [`${SHOP}/a?mailchimp_success=1`, ''],
    [`${SHOP}/a?b=1&c=2`, 'two parameters without "&" at the end'],
    [`${SHOP}/a?b=1&c=2#done`, 'two parameters without "&" at the end'],
    ['/완료?b=1&c=2', 'relative, not ASCII, two parameters without "&" at the end'],
  ])('%s: %s', (given, damage) => {
    expect(damageOf(given)).toBe(damage);
    // Asked again it says the same.
    expect(damageOf(given)).toBe(damage);
  });

  it('is empty for what makeSafeUrl has made, and not for what it would change', () => {
    for (const given of ['/a', '/완료?b=1&c=2', 'https://user@shop.example.kr/', '/%25EC', '/a?imp_uid=1#x', `${SHOP}/a?b=1&c=2#d`]) {
      expect(damageOf(makeSafeUrl(given))).toBe('');
      expect(damageOf(given)).not.toBe('');
    }
  });
});

describe('inspectUrl', () => {
  it('tells both, and again where the same text means another URL now', () => {
    const base = document.head.appendChild(document.createElement('base'));
    for (const directory of ['a', 'b', 'a']) {
      base.href = `${SHOP}/${directory}/`;
      for (const given of ['done', 'done', `${SHOP}/safe`])
        expect(inspectUrl(given)).toMatchObject({ safe: makeSafeUrl(given), damage: damageOf(given) });
    }
    base.remove();
  });

  it('parses the URL of a page once, however many payments it has', () => {
    const parse = vi.spyOn(window, 'URL');
    for (let payment = 0; payment < 3; payment++) inspectUrl(`${SHOP}/of-many-payments`);
    expect(parse).toHaveBeenCalledTimes(1);
    parse.mockRestore();
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

describe('goToLanding, to a landing URL with a response', () => {
  /** Where the customer is taken: jsdom itself cannot leave the page. */
  const gone = (landingUrl: string, response: unknown) => {
    const assign = vi.fn();
    vi.stubGlobal('location', { assign });
    goToLanding(withResponse(landingUrl, response as Record<string, string | null>));
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
    goToLanding(withResponse('#done', {}));
    expect(location.hash).toBe('#done');
  });
});
