import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ImpRedirectError } from '../../src/core/errors.js';
import {
  COMPLETE_NAMES,
  type CompleteOptions,
  isOn,
  pick,
  type ResolveUrl,
  resolveCompleteOptions,
  resolveWrapOptions,
  WRAP_NAMES,
  type WrapOptions,
} from '../../src/core/options.js';
import { caught } from './helpers.js';

/** As the page does it: absolute, or false. */
const resolveUrl: ResolveUrl = (url) =>
  url === '/complete' ? 'http://shop.example.kr/complete' : url === 'https://api.example.kr/c' ? url : false;

const OPTIONAL = [
  'result',
  'recover',
  'recoverAfterMs',
  'onPaid',
  'onRecovered',
  'onError',
  'timeoutMs',
  'maxTries',
  'baseDelayMs',
  'maxDelayMs',
  'method',
  'encoding',
  'body',
  'headers',
  'csrf',
  'credentials',
  'next',
  'certification',
  'confirm',
  'answers',
  'onVerdict',
  'view',
  'onPhase',
  'locale',
  'home',
  'retry',
  'contact',
  'accent',
  'messages',
  'pass',
] as const satisfies (keyof CompleteOptions)[];

const WRAP_OPTIONAL = [
  'inject',
  'repair',
  'callback',
  'single',
  'resultTimeoutMs',
  'certification',
  'context',
  'contextForm',
  'contextParams',
  'onError',
] as const satisfies (keyof WrapOptions)[];

/** A script tag's are text. */
const NUMBERS = [1, 10_000, '10000', 99_999_999];

const isInvalid = (name: string, value: unknown) => ({
  code: 'invalid_option',
  actor: 'merchant',
  message: expect.stringContaining(`${name} = ${value}`),
});

describe('resolveWrapOptions', () => {
  it('makes the landing URL absolute and keeps the rest', () => {
    expect(resolveWrapOptions({ redirectUrl: '/complete' }, resolveUrl)).toEqual({ redirectUrl: 'http://shop.example.kr/complete' });
    expect(resolveWrapOptions({ redirectUrl: 'https://api.example.kr/c', inject: 'mobile' }, resolveUrl)).toEqual({
      redirectUrl: 'https://api.example.kr/c',
      inject: 'mobile',
    });
  });

  it.each(['always', 'mobile', undefined] as const)('takes inject: %s', (inject) => {
    expect(resolveWrapOptions({ redirectUrl: '/complete', inject }, resolveUrl).inject).toBe(inject);
  });

  it.each<[name: (typeof WRAP_OPTIONAL)[number], values: unknown[]]>([
    ['repair', [true, false, '', 'true', 'false']],
    ['callback', ['landing']],
    ['single', [true, false, '', 'true', 'false']],
    ['resultTimeoutMs', NUMBERS],
    // A bare attribute is empty.
    ['certification', [true, false, '']],
    ['context', [() => ({})]],
    ['contextForm', ['#order']],
    ['contextParams', ['amount custom_data', ['amount'], '']],
    ['onError', [() => {}]],
  ])('%s may be any of %o, and is handed on as it is', (name, values) => {
    for (const value of values)
      expect(resolveWrapOptions({ redirectUrl: '/complete', [name]: value } as WrapOptions, resolveUrl)[name]).toBe(value);
  });

  it.each(WRAP_OPTIONAL)('%s may be undefined, and is then not given', (name) => {
    expect(resolveWrapOptions({ redirectUrl: '/complete', [name]: undefined } as WrapOptions, resolveUrl)[name]).toBeUndefined();
  });

  it('leaves the given options alone, frozen ones too', () => {
    const given = Object.freeze({ redirectUrl: '/complete' });
    resolveWrapOptions(given, resolveUrl);
    expect(given).toEqual({ redirectUrl: '/complete' });
  });

  it.each<[why: string, options: unknown, name: string, value: unknown]>([
    ['no options', undefined, 'redirectUrl', undefined],
    ['null', null, 'redirectUrl', undefined],
    ['no URL', {}, 'redirectUrl', undefined],
    ['a URL that cannot be used', { redirectUrl: 'javascript:alert(1)' }, 'redirectUrl', 'javascript:alert(1)'],
    ['a relative URL to another origin', { redirectUrl: '//evil.example/complete' }, 'redirectUrl', '//evil.example/complete'],
    ["a typo in the URL's name", { redirectURL: '/complete' }, 'redirectURL', '/complete'],
    ['a typo beside the URL', { redirectUrl: '/complete', injekt: 'mobile' }, 'injekt', 'mobile'],
    ['an option of complete', { redirectUrl: '/complete', confirmUrl: '/complete' }, 'confirmUrl', '/complete'],
    ['a word that inject does not know', { redirectUrl: '/complete', inject: 'sometimes' }, 'inject', 'sometimes'],
    ['inject in another case', { redirectUrl: '/complete', inject: 'Mobile' }, 'inject', 'Mobile'],
    ['an empty inject', { redirectUrl: '/complete', inject: '' }, 'inject', ''],
    ['inject: true', { redirectUrl: '/complete', inject: true }, 'inject', true],
    ['inject: null', { redirectUrl: '/complete', inject: null }, 'inject', null],
    ['a word that begins like one', { redirectUrl: '/complete', inject: 'mobile-only' }, 'inject', 'mobile-only'],
    ['a word that callback does not know', { redirectUrl: '/complete', callback: 'always' }, 'callback', 'always'],
    ['an empty callback', { redirectUrl: '/complete', callback: '' }, 'callback', ''],
    ['callback: true', { redirectUrl: '/complete', callback: true }, 'callback', true],
    ['a time with its unit', { redirectUrl: '/complete', resultTimeoutMs: '10m' }, 'resultTimeoutMs', '10m'],
    ['no time', { redirectUrl: '/complete', resultTimeoutMs: 0 }, 'resultTimeoutMs', 0],
    ['an empty time', { redirectUrl: '/complete', resultTimeoutMs: '' }, 'resultTimeoutMs', ''],
    ['a typo in context', { redirectUrl: '/complete', contexts: 'a' }, 'contexts', 'a'],
    ['a name that begins like one', { redirectUrl: '/complete', contextFormat: 'a' }, 'contextFormat', 'a'],
    ['an option of complete that is like one', { redirectUrl: '/complete', timeoutMs: 1 }, 'timeoutMs', 1],
    ['certification that is no JSON', { redirectUrl: '/complete', certification: 'yes' }, 'certification', 'yes'],
  ])('refuses %s', (_, options, name, value) => {
    const error = caught(() => resolveWrapOptions(options as WrapOptions, resolveUrl));
    expect(error).toBeInstanceOf(ImpRedirectError);
    expect(error).toMatchObject(isInvalid(name, value));
  });
});

describe('resolveCompleteOptions', () => {
  it('makes the confirm URL absolute and keeps the rest', () => {
    const onError = vi.fn();
    const result = { nodeType: 1 };
    expect(resolveCompleteOptions({ confirmUrl: '/complete' }, resolveUrl)).toEqual({ confirmUrl: 'http://shop.example.kr/complete' });
    const resolved = resolveCompleteOptions({ confirmUrl: 'https://api.example.kr/c', result, onError }, resolveUrl);
    expect(resolved.confirmUrl).toBe('https://api.example.kr/c');
    expect(resolved.result).toBe(result);
    expect(resolved.onError).toBe(onError);
    expect(onError).not.toHaveBeenCalled();
  });

  it('takes every option that is undefined, as a script tag without the attribute gives it, for one that is not given', () => {
    const undefineds = Object.fromEntries(OPTIONAL.map((name) => [name, undefined]));
    const resolved = resolveCompleteOptions({ confirmUrl: '/complete', ...undefineds }, resolveUrl);
    expect(resolved).toEqual({ confirmUrl: 'http://shop.example.kr/complete' });
    for (const name of OPTIONAL) expect(resolved[name]).toBeUndefined();
  });

  it('the options are these, and no other', () => {
    const source = readFileSync(new URL('../../src/core/options.ts', import.meta.url), 'utf8');
    const retry = readFileSync(new URL('../../src/core/retry.ts', import.meta.url), 'utf8');
    const [, ofWrap = '', ofComplete = ''] = source.split(/export interface (?:WrapOptions|ConfirmRequest)/);
    const namesIn = (text: string) => [...text.matchAll(/^ {2}(?:readonly )?(\w+)\?[:(]/gm)].map(([, name]) => name).sort();
    const messages = readFileSync(new URL('../../src/core/messages.ts', import.meta.url), 'utf8');
    const [, shop = ''] = /interface ShopOptions \{([\s\S]*?)\n\}/.exec(messages) ?? [];
    expect(namesIn(`${ofComplete}${retry}${shop}`)).toEqual([...OPTIONAL].sort());
    expect(namesIn(ofWrap)).toEqual([...WRAP_OPTIONAL].sort());
  });

  it.each<[name: keyof CompleteOptions, values: unknown[]]>([
    ['timeoutMs', NUMBERS],
    ['maxTries', NUMBERS],
    ['baseDelayMs', NUMBERS],
    ['maxDelayMs', NUMBERS],
    ['recoverAfterMs', NUMBERS],
    // A bare attribute is empty: it is there, and that is what it says.
    ['recover', [true, false, 'true', 'false', 'banner', '']],
    ['onPaid', [() => {}]],
    ['onRecovered', [() => {}]],
    ['onError', [() => {}]],
    ['result', ['#result', { nodeType: 1 }, '']],
    ['method', ['GET', 'get', 'PUT']],
    ['encoding', ['json', 'form', 'multipart', 'submit', 'none']],
    ['body', ['a={imp_uid}', '', () => 'a']],
    ['headers', [{ A: 'b' }, {}]],
    ['csrf', [true, false, '', 'spring', 'false']],
    ['credentials', ['include', 'omit', 'same-origin']],
    ['next', [{ confirmUrl: '/save' }]],
    ['certification', [{ confirmUrl: '/certify' }]],
    ['confirm', [() => {}]],
    ['view', [true, false, 'false', '']],
    ['onPhase', [() => {}]],
    ['locale', ['ko', 'en', '', 'ja']],
    ['home', ['/', '']],
    ['retry', ['/cart', '']],
    ['contact', ['02-1234-5678', '']],
    ['accent', ['#1f5f5b', '']],
    ['messages', [{ paid: 'x' }]],
    ['answers', ['portone-manual', 'status paid', () => {}]],
    ['onVerdict', [() => {}]],
  ])('%s may be any of %o, and is handed on as it is', (name, values) => {
    for (const value of values)
      expect(resolveCompleteOptions({ confirmUrl: '/complete', [name]: value } as CompleteOptions, resolveUrl)[name]).toBe(value);
  });

  it('takes them all together', () => {
    const given = {
      confirmUrl: '/complete',
      result: '#result',
      recover: 'banner',
      recoverAfterMs: 1,
      timeoutMs: 2,
      maxTries: 3,
      baseDelayMs: 4,
      maxDelayMs: 5,
      onPaid: () => {},
      onRecovered: () => {},
      onError: () => {},
    } as const;
    expect(resolveCompleteOptions(Object.freeze(given), resolveUrl)).toEqual({ ...given, confirmUrl: 'http://shop.example.kr/complete' });
  });

  describe.each(['timeoutMs', 'maxTries', 'baseDelayMs', 'maxDelayMs', 'recoverAfterMs'])('%s', (name) => {
    it.each<[why: string, value: unknown]>([
      ['a word', 'abc'],
      ['a negative number', -1],
      ['a negative number as text', '-1'],
      ['a fraction', 1.5],
      ['a fraction as text', '1.5'],
      ['an empty attribute', ''],
      ['a space', ' '],
      ['a number with a space', ' 10'],
      ['a number with a line break', '10\n'],
      ['a number with its unit', '10s'],
      ['two numbers', '10 20'],
      ['a number in other digits', '１０'],
      ['a number in hexadecimal', '0x10'],
      ['a number with a sign', '+10'],
      ['a number beyond all times', 1e21],
      ['Infinity', Infinity],
      ['NaN', NaN],
      ['null', null],
      ['true', true],
      ['an object', {}],
      ['nothing, in a list', []],
      ['what begins like undefined', 'undefined!'],
    ])('refuses %s', (_, value) => {
      expect(caught(() => resolveCompleteOptions({ confirmUrl: '/complete', [name]: value } as never, resolveUrl))).toMatchObject(
        isInvalid(name, value),
      );
    });
  });

  it.each<[name: 'headers' | 'next' | 'certification', text: string, value: unknown]>([
    ['headers', '{"Authorization":"Bearer {local:token}","X-A":"b"}', { Authorization: 'Bearer {local:token}', 'X-A': 'b' }],
    ['headers', '{}', {}],
    [
      'next',
      '{"confirmUrl":"/save","method":"PUT","body":"{\\"a\\":{imp_uid}}"}',
      { confirmUrl: '/save', method: 'PUT', body: '{"a":{imp_uid}}' },
    ],
    ['certification', '{"confirmUrl":"/certify","answers":"ok true=certified"}', { confirmUrl: '/certify', answers: 'ok true=certified' }],
  ])('%s may be JSON, for an attribute is text: %s', (name, text, value) => {
    expect(resolveCompleteOptions({ confirmUrl: '/complete', [name]: text } as never, resolveUrl)[name]).toEqual(value);
  });

  it('text of the others that looks like JSON is text', () => {
    const body = '{"uid":{imp_uid}}';
    expect(resolveCompleteOptions({ confirmUrl: '/complete', body }, resolveUrl).body).toBe(body);
  });

  it.each<[name: string, options: object]>([
    ['a function', { confirmUrl: () => '/any' }],
    ['nothing, beside `confirm`', { confirm: () => ({}) }],
    ['what is no URL, beside `confirm`', { confirm: () => ({}), confirmUrl: 'javascript:alert(1)' }],
  ])('confirmUrl may be %s, and is handed on as it is', (_, options) => {
    const given = options as CompleteOptions;
    expect(resolveCompleteOptions(given, () => false)).toEqual({ ...given, confirmUrl: given.confirmUrl });
  });

  it('names from the prototype are no options: old libraries put theirs on Object.prototype', () => {
    const given = Object.assign(Object.create({ each: () => {} }), { confirmUrl: '/complete' });
    expect(resolveCompleteOptions(given, resolveUrl)).toEqual({ confirmUrl: 'http://shop.example.kr/complete' });
  });

  it.each(['blob:http://shop.example.kr/x', 'hxxp://shop.example.kr/x', 'data:,http'])(
    'refuses a resolved URL that is not http: %s',
    (url) => {
      expect(caught(() => resolveCompleteOptions({ confirmUrl: url }, () => url))).toMatchObject(isInvalid('confirmUrl', url));
      expect(caught(() => resolveWrapOptions({ redirectUrl: url }, () => url))).toMatchObject(isInvalid('redirectUrl', url));
    },
  );

  it.each<[why: string, options: unknown, name: string, value: unknown]>([
    ['no options', undefined, 'confirmUrl', undefined],
    ['null', null, 'confirmUrl', undefined],
    ['no URL', { result: '#result' }, 'confirmUrl', undefined],
    ['an empty URL', { confirmUrl: '' }, 'confirmUrl', ''],
    ['a relative URL to another origin', { confirmUrl: '//evil.example/c' }, 'confirmUrl', '//evil.example/c'],
    ['a URL that cannot be used', { confirmUrl: 'javascript:alert(1)' }, 'confirmUrl', 'javascript:alert(1)'],
    ["a typo in the URL's name", { confirmurl: '/complete' }, 'confirmurl', '/complete'],
    ['a typo beside the URL', { confirmUrl: '/complete', onerror: null }, 'onerror', null],
    ['a typo in result', { confirmUrl: '/complete', results: '#result' }, 'results', '#result'],
    ['an option of wrap', { confirmUrl: '/complete', redirectUrl: '/complete' }, 'redirectUrl', '/complete'],
    ['a number without its unit', { confirmUrl: '/complete', timeout: 10_000 }, 'timeout', 10_000],
    ["a typo in a number's name", { confirmUrl: '/complete', timeoutMS: 10_000 }, 'timeoutMS', 10_000],
    ["a count with a time's unit", { confirmUrl: '/complete', maxTriesMs: 3 }, 'maxTriesMs', 3],
    ['a name that ends like one', { confirmUrl: '/complete', xtimeoutMs: 3 }, 'xtimeoutMs', 3],
    ['a typo in a callback', { confirmUrl: '/complete', onpaid: null }, 'onpaid', null],
    ['a callback that there is not', { confirmUrl: '/complete', onFailed: null }, 'onFailed', null],
    ['a word that recover does not know', { confirmUrl: '/complete', recover: 'yes' }, 'recover', 'yes'],
    ['recover in another case', { confirmUrl: '/complete', recover: 'Banner' }, 'recover', 'Banner'],
    ['a word that begins like one of its', { confirmUrl: '/complete', recover: 'banners' }, 'recover', 'banners'],
    ['recover as a number', { confirmUrl: '/complete', recover: 1 }, 'recover', 1],
    ['recover: null', { confirmUrl: '/complete', recover: null }, 'recover', null],
    ['an encoding that is not known', { confirmUrl: '/complete', encoding: 'xml' }, 'encoding', 'xml'],
    ['an encoding in another case', { confirmUrl: '/complete', encoding: 'JSON' }, 'encoding', 'JSON'],
    ['an empty encoding', { confirmUrl: '/complete', encoding: '' }, 'encoding', ''],
    ['a word that begins like one of them', { confirmUrl: '/complete', encoding: 'forms' }, 'encoding', 'forms'],
    ['headers that are no JSON', { confirmUrl: '/complete', headers: 'X-A: b' }, 'headers', 'X-A: b'],
    ['half of them', { confirmUrl: '/complete', headers: '{"X-A":"b"' }, 'headers', '{"X-A":"b"'],
    ['a second step that is no JSON', { confirmUrl: '/complete', next: '/save' }, 'next', '/save'],
    ['certification that is no JSON', { confirmUrl: '/complete', certification: '/certify' }, 'certification', '/certify'],
    ['an option of wrap that is like one', { confirmUrl: '/complete', contextParams: 'amount' }, 'contextParams', 'amount'],
    ['a typo in answers', { confirmUrl: '/complete', answer: 'text' }, 'answer', 'text'],
    ['a vocabulary that there is not', { confirmUrl: '/complete', answers: 'portone-manul' }, 'answers', 'portone-manul'],
    ['where a word is, and no word', { confirmUrl: '/complete', answers: 'data.status' }, 'answers', 'data.status'],
    ['a typo in headers', { confirmUrl: '/complete', header: '{}' }, 'header', '{}'],
  ])('refuses %s', (_, options, name, value) => {
    const error = caught(() => resolveCompleteOptions(options as CompleteOptions, resolveUrl));
    expect(error).toBeInstanceOf(ImpRedirectError);
    expect(error).toMatchObject(isInvalid(name, value));
  });
});

describe('the attributes of a tag', () => {
  it('are picked by their names: a foreign one is none of ours', () => {
    const tag = { redirectUrl: '/complete', inject: 'mobile', foreign: 'x', confirmUrl: '/confirm', contextParams: 'amount' };
    expect(pick(tag, WRAP_NAMES)).toEqual({ redirectUrl: '/complete', inject: 'mobile', contextParams: 'amount' });
    expect(pick(tag, COMPLETE_NAMES)).toEqual({ confirmUrl: '/confirm' });
  });

  it('are all named', () => {
    for (const name of ['redirectUrl', ...WRAP_OPTIONAL]) expect(name).toMatch(WRAP_NAMES);
    for (const name of ['confirmUrl', ...OPTIONAL]) expect(name).toMatch(COMPLETE_NAMES);
  });
});

it.each<[option: unknown, on: boolean]>([
  [true, true],
  ['', true],
  ['true', true],
  ['repair', true],
  [false, false],
  ['false', false],
  [undefined, false],
  ['undefined', false],
  ['off', false],
])('an option that is %j is on: %s', (option, on) => {
  expect(isOn(option)).toBe(on);
});

// imp-redirect.js: see vite.config.ts.
describe('in the script without what is not a default', () => {
  type Options = typeof import('../../src/core/options.js');
  let small: Options;
  beforeAll(async () => {
    vi.stubGlobal('FULL', false);
    vi.resetModules();
    small = await import('../../src/core/options.js');
  });
  afterAll(() => {
    vi.unstubAllGlobals();
  });

  it('its own options are as in the other', () => {
    const given = {
      confirmUrl: '/complete',
      pass: 't',
      result: '#result',
      recover: true,
      home: '/',
      accent: '#000',
      timeoutMs: 2,
      onPaid: () => {},
    } as const;
    expect(small.resolveCompleteOptions(given, resolveUrl)).toEqual({ ...given, confirmUrl: 'http://shop.example.kr/complete' });
    const wrap = { redirectUrl: '/complete', inject: 'mobile', resultTimeoutMs: '1000' } as never;
    expect(small.resolveWrapOptions(wrap, resolveUrl)).toMatchObject({ inject: 'mobile', resultTimeoutMs: '1000' });
    expect(caught(() => small.resolveWrapOptions({ ...(wrap as object), inject: 'x' } as never, resolveUrl))).toMatchObject({
      code: 'invalid_option',
    });
  });

  it('a URL may not be a function', () => {
    expect(
      caught(() => small.resolveCompleteOptions({ confirmUrl: () => '/complete' }, (url) => typeof url === 'string' && url)),
    ).toMatchObject({
      code: 'invalid_option',
    });
  });
});
