import { describe, expect, it } from 'vitest';
import { type ErrorCode, ImpRedirectError } from '../../src/core/errors.js';

const CODES: ErrorCode[] = ['invalid_option', 'result_not_found', 'claim_unreadable', 'confirm_unreachable', 'confirm_unreadable'];

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
