import { describe, expect, it } from 'vitest';
import { type Device, type Environment, escapeUrl, isMobile, readEnvironment } from '../../src/core/environment.js';

const device = (userAgent: string, more: Partial<Device> = {}): Device => ({ userAgent, maxTouchPoints: 0, ...more });

const IOS = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-S921N)';
const ANDROID_WV =
  'Mozilla/5.0 (Linux; Android 14; SM-S921N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';

type Row = [name: string, device: Device, expected: Environment];
const phone = (inApp: Environment['inApp'], webView: boolean): Environment => ({ mobile: true, inApp, webView });
const PC: Environment = { mobile: false, inApp: null, webView: false };

describe('readEnvironment', () => {
  it.each<Row>([
    ['Safari on an iPhone', device(`${IOS} Version/17.5 Mobile/15E148 Safari/604.1`), phone(null, false)],
    ['Chrome on an iPhone', device(`${IOS} CriOS/124.0.6367.111 Mobile/15E148 Safari/604.1`), phone(null, false)],
    [
      'an iPod',
      device('Mozilla/5.0 (iPod touch; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 Version/15.6 Mobile/15E148 Safari/604.1'),
      phone(null, false),
    ],
    [
      'an iPad that says so',
      device('Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Version/12.1 Mobile/15E148 Safari/604.1'),
      phone(null, false),
    ],
    ['an iPad that says it is a Mac', device(`${MAC} ${SAFARI}`, { maxTouchPoints: 5 }), phone(null, false)],
    [
      'Chrome on Android',
      device(`${ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36`, { maxTouchPoints: 5 }),
      phone(null, false),
    ],
    [
      'Samsung Internet',
      device(`${ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36`),
      phone(null, false),
    ],
    ['Firefox on Android', device('Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0'), phone(null, false)],
    [
      'an Android tablet',
      device('Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36'),
      phone(null, false),
    ],
    [
      'a phone that hides behind a desktop user agent, by its client hint',
      device(`${WINDOWS} ${CHROME}`, { userAgentData: { mobile: true } }),
      phone(null, false),
    ],

    ['Chrome on Windows', device(`${WINDOWS} ${CHROME}`, { userAgentData: { mobile: false } }), PC],
    ['Chrome on Windows with a touch screen', device(`${WINDOWS} ${CHROME}`, { maxTouchPoints: 10 }), PC],
    ['Safari on a Mac', device(`${MAC} ${SAFARI}`), PC],
    ['Chrome on a Mac with one touch point', device(`${MAC} ${CHROME}`, { maxTouchPoints: 1 }), PC],
    ['Firefox on Linux', device('Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0'), PC],
    ['Whale on Windows', device(`${WINDOWS} AppleWebKit/537.36 Chrome/124.0.0.0 Whale/3.26.244.21 Safari/537.36`), PC],
    ['no user agent at all', device(''), PC],
    ['a client hint that says nothing', device(`${WINDOWS} ${CHROME}`, { userAgentData: {} }), PC],

    ['KakaoTalk on iOS', device(`${IOS} Mobile/15E148 KAKAOTALK 10.4.5`), phone('kakaotalk', true)],
    ['KakaoTalk on Android', device(`${ANDROID_WV};KAKAOTALK 2410450`), phone('kakaotalk', true)],
    ['KakaoTalk on Android, in app', device(`${ANDROID_WV} KAKAOTALK/10.8.5 (INAPP)`), phone('kakaotalk', true)],
    [
      'Naver on iOS',
      device(`${IOS} Version/17.0 Mobile/15E148 Safari/605.1 NAVER(inapp; search; 2000; 12.12.50; 14PROMAX)`),
      phone('naver', true),
    ],
    ['Naver on Android', device(`${ANDROID_WV} NAVER(inapp; search; 1000; 12.5.1)`), phone('naver', true)],
    ['Naver, another of its apps', device(`${ANDROID_WV} NAVER(higgs; search; 1000; 12.5.1)`), phone('naver', true)],
    ['Daum', device(`${ANDROID_WV} DaumApps/8.2.3 DaumDevice/mobile`), phone('daum', true)],
    ['Band on iOS', device(`${IOS} Mobile/15E148 BAND/16.2.0 (iOS 17.5)`), phone('band', true)],
    ['Band on Android', device(`${ANDROID_WV} BAND/16.2.0 (Android 14)`), phone('band', true)],
    ['LINE on iOS', device(`${IOS} Mobile/15E148 Safari Line/13.0.0`), phone('line', true)],
    ['LINE on Android', device(`${ANDROID_WV} Line/13.0.0/IAB`), phone('line', true)],
    [
      'Instagram on iOS',
      device(`${IOS} Mobile/15E148 Instagram 337.0.0.30.93 (iPhone15,2; iOS 17_5; ko_KR; ko)`),
      phone('instagram', true),
    ],
    ['Instagram on Android', device(`${ANDROID_WV} Instagram 337.0.0.35.102 Android`), phone('instagram', true)],
    ['Facebook on iOS', device(`${IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/467.0.0.49.107;FBBV/612345678]`), phone('facebook', true)],
    ['Facebook on Android', device(`${ANDROID_WV} [FB_IAB/FB4A;FBAV/467.0.0.49.107;]`), phone('facebook', true)],

    ["an unknown app's web view on Android", device(ANDROID_WV), phone(null, true)],
    ["an unknown app's web view on iOS", device(`${IOS} Mobile/15E148`), phone(null, true)],
    [
      "an unknown app's web view on an iPad that says so",
      device('Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'),
      phone(null, true),
    ],

    ['a desktop app called online', device(`${WINDOWS} ${CHROME} Online/2.0 Offline/1.0 OutlineBrowser/3`), PC],
    ['a desktop app called husband', device(`${WINDOWS} ${CHROME} Husband/2.0 Broadband/1.0`), PC],
    ['words that begin like an app', device(`${WINDOWS} ${CHROME} Lineage/1.0 BandLab/2.0 line band`), PC],
    [
      "Naver's and Daum's crawlers",
      device('Mozilla/5.0 (compatible; Yeti/1.1; +http://naver.me/spd) (compatible; Daum/4.1; +http://cs.daum.net/)'),
      PC,
    ],
  ])('%s', (_, given, expected) => {
    expect(readEnvironment(given)).toEqual(expected);
  });

  it('looks at nothing else that a navigator has', () => {
    const seen: PropertyKey[] = [];
    const get = (target: Device, key: PropertyKey) => {
      seen.push(key);
      return Reflect.get(target, key);
    };
    readEnvironment(new Proxy(device('x'), { get }));
    expect([...new Set(seen)].sort()).toEqual(['maxTouchPoints', 'userAgent', 'userAgentData']);
  });
});

describe("isMobile holds whatever the SDK's own rule takes for mobile", () => {
  const sdkRule = (userAgent: string) => /\b(iPhone|iP[ao]d)/.test(userAgent) || /Android/i.test(userAgent) || /Mobile/i.test(userAgent);
  it.each([
    'iPhone',
    'iPad',
    'iPod',
    'Android',
    'android',
    'ANDROID',
    'Mobile',
    'mobile',
    'IEMobile/11',
    'Opera Mobi',
    'BlackBerry Mobile',
    'x iPhone',
    '',
  ])('"%s"', (userAgent) => {
    expect(isMobile(device(userAgent))).toBe(sdkRule(userAgent));
  });
});

describe('the way out of an app', () => {
  const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-S911N; wv)';
  const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)';
  const PAGE = 'https://shop.example.kr/cart?a=1&b=%EA%B2%B0#top';

  it.each([
    ['kakaotalk', ANDROID, PAGE, `kakaotalk://web/openExternal?url=${encodeURIComponent(PAGE)}`],
    ['kakaotalk', IPHONE, PAGE, `kakaotalk://web/openExternal?url=${encodeURIComponent(PAGE)}`],
    ['line', IPHONE, PAGE, 'https://shop.example.kr/cart?a=1&b=%EA%B2%B0&openExternalBrowser=1#top'],
    ['line', ANDROID, 'https://shop.example.kr/cart', 'https://shop.example.kr/cart?openExternalBrowser=1'],
    ['instagram', ANDROID, PAGE, 'intent://shop.example.kr/cart?a=1&b=%EA%B2%B0#Intent;scheme=https;package=com.android.chrome;end'],
    ['naver', ANDROID, 'http://localhost:4000/', 'intent://localhost:4000/#Intent;scheme=http;package=com.android.chrome;end'],
    ['naver', IPHONE, PAGE, undefined],
    ['facebook', IPHONE, PAGE, undefined],
  ] as const)('%s, %s', (inApp, userAgent, href, url) => {
    expect(escapeUrl(href, inApp, userAgent)).toBe(url);
  });
});
