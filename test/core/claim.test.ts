import { describe, expect, it } from 'vitest';
import { readClaim } from '../../src/edge/query.js';
import table from '../fixtures/landing-urls.json';

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
