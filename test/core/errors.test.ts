import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Actor, type ErrorCode, ImpRedirectError } from '../../src/core/errors.js';

// Every code: one more, or one fewer, does not compile.
const CODES = Object.keys({
  invalid_option: 1,
  result_not_found: 1,
  claim_unreadable: 1,
  confirm_unreachable: 1,
  confirm_unreadable: 1,
  confirm_expired: 1,
  wrapped_late: 1,
  already_open: 1,
  merchant_uid_missing: 1,
  redirect_url_unsafe: 1,
  callback_threw: 1,
  context_failed: 1,
  value_missing: 1,
  sdk_not_found: 1,
  script_twice: 1,
  storage_unavailable: 1,
} satisfies Record<ErrorCode, 1>) as ErrorCode[];

describe('ImpRedirectError', () => {
  it.each(CODES)('%s: says its code, what it is about, and where its section is', (code) => {
    const error = new ImpRedirectError(code, 'the detail');
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(ImpRedirectError);
    expect(error.code).toBe(code);
    expect(error.message).toContain(code);
    expect(error.message).toContain('the detail');
    const link = /https:\S+/.exec(error.message)?.[0] ?? '';
    expect(new URL(link).hash).toBe(`#${code}`);
    expect(new URL(link).pathname).toMatch(/\/imp-redirect\/docs\/errors\.md$/);
  });

  it('the table of codes in the docstring has them all, and no other, and says who must act', () => {
    const source = readFileSync(new URL('../../src/core/errors.ts', import.meta.url), 'utf8');
    const table = [...source.matchAll(/^ \* \| `(\w+)` \| (\w+) \| .+ \|$/gm)].map(([, code, actor]) => [code, actor]);
    const actors: Record<ErrorCode, Actor> = {
      invalid_option: 'merchant',
      result_not_found: 'merchant',
      claim_unreadable: 'gateway',
      confirm_unreachable: 'network',
      confirm_unreadable: 'merchant',
      confirm_expired: 'merchant',
      wrapped_late: 'merchant',
      already_open: 'customer',
      merchant_uid_missing: 'merchant',
      redirect_url_unsafe: 'merchant',
      callback_threw: 'merchant',
      context_failed: 'merchant',
      value_missing: 'merchant',
      sdk_not_found: 'merchant',
      script_twice: 'merchant',
      storage_unavailable: 'customer',
    };
    expect(Object.fromEntries(table)).toEqual(actors);
    expect(table).toHaveLength(CODES.length);
  });

  it('has its name, in a minified script too', () => {
    expect(`${new ImpRedirectError('invalid_option', 'x')}`).toMatch(/^ImpRedirectError: invalid_option x/);
    expect(Object.getOwnPropertyNames(new ImpRedirectError('invalid_option'))).toContain('name');
  });

  it('names the merchant where nobody else is named', () => {
    expect(new ImpRedirectError('invalid_option').actor).toBe('merchant');
    expect(new ImpRedirectError('confirm_unreachable', 0, 'network').actor).toBe('network');
  });

  it('keeps the very thing that it was caused by', () => {
    const cause = { thrown: 'by something else' };
    expect(new ImpRedirectError('confirm_unreachable', '', 'network', cause).cause).toBe(cause);
    expect(new ImpRedirectError('confirm_unreadable').cause).toBeUndefined();
  });

  it('takes any detail, an element too', () => {
    for (const detail of [undefined, null, 404, {}, [], new TypeError('x')])
      expect(new ImpRedirectError('result_not_found', detail).code).toBe('result_not_found');
  });
});
