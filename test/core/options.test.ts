import { describe, expect, it, vi } from 'vitest';
import { ImpRedirectError } from '../../src/core/errors.js';
import {
  type CompleteOptions,
  type ResolveUrl,
  resolveCompleteOptions,
  resolveWrapOptions,
  type WrapOptions,
} from '../../src/core/options.js';

/** As the page does it: absolute, or false. */
const resolveUrl: ResolveUrl = (url) =>
  url === '/complete' ? 'http://shop.example.kr/complete' : url === 'https://api.example.kr/c' ? url : false;

const caught = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

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

  it('takes options that are undefined, as a script tag without the attribute gives them', () => {
    expect(resolveCompleteOptions({ confirmUrl: '/complete', result: undefined, onError: undefined }, resolveUrl)).toMatchObject({
      confirmUrl: 'http://shop.example.kr/complete',
    });
  });

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
  ])('refuses %s', (_, options, name, value) => {
    const error = caught(() => resolveCompleteOptions(options as CompleteOptions, resolveUrl));
    expect(error).toBeInstanceOf(ImpRedirectError);
    expect(error).toMatchObject(isInvalid(name, value));
  });
});
