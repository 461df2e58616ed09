import { describe, expect, it } from 'vitest';
import { allowsRequest, allowsScript, splitPolicies } from '../../src/doctor/csp.js';

const PAGE = 'http://shop.example.kr/complete';

describe('where a request may go', () => {
  it.each([
    ["connect-src 'self'", 'http://shop.example.kr/confirm', true],
    ["connect-src 'self'", 'https://shop.example.kr/confirm', true],
    ["connect-src 'self'", 'http://shop.example.kr:8080/confirm', false],
    ["connect-src 'none'", 'http://shop.example.kr/confirm', false],
    ['connect-src', 'http://shop.example.kr/confirm', false],
    ['connect-src *', 'https://api.example/confirm', true],
    ['connect-src https:', 'https://api.example/confirm', true],
    ['connect-src https:', 'http://api.example/confirm', false],
    ['connect-src http:', 'https://api.example/confirm', true],
    ['connect-src api.example', 'https://api.example/confirm', true],
    ['connect-src https://api.example', 'http://api.example/confirm', false],
    ['connect-src https://api.example:8443', 'https://api.example/confirm', false],
    ['connect-src https://api.example:*', 'https://api.example:9/confirm', true],
    ['connect-src https://*.example', 'https://api.example/confirm', true],
    ['connect-src https://*.api.example', 'https://api.example/confirm', false],
    ['connect-src https://api.example/pay/', 'https://api.example/pay/confirm', true],
    ['connect-src https://api.example/pay', 'https://api.example/pay/confirm', false],
    ["default-src 'self'", 'https://api.example/confirm', false],
    ["default-src 'none'; connect-src *", 'https://api.example/confirm', true],
    ["connect-src 'none'; connect-src *", 'https://api.example/confirm', false],
    ["script-src 'none'", 'https://api.example/confirm', true],
    ["CONNECT-SRC 'SELF'", 'http://shop.example.kr/confirm', true],
  ])('%s: %s %s', (policy, url, allowed) => {
    expect(allowsRequest([policy], url, PAGE)).toBe(allowed);
  });
});

describe('which script may run', () => {
  const at = (url: string | null, nonce = '') => ({ url, text: 'x', nonce });
  it.each([
    ["script-src 'self'", at('http://shop.example.kr/a.js'), true],
    ["script-src-elem 'none'; script-src 'self'", at('http://shop.example.kr/a.js'), false],
    ["script-src 'self' 'strict-dynamic'", at('http://shop.example.kr/a.js'), false],
    ["script-src 'nonce-abc'", at('https://cdn.example/a.js', 'abc'), true],
    ["script-src 'nonce-abc'", at('https://cdn.example/a.js', 'abd'), false],
    ["script-src 'unsafe-inline'", at(null), true],
    ["script-src 'unsafe-inline' 'nonce-abc'", at(null), false],
    ["script-src 'self'", at(null), false],
    ["script-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='", at(null), true],
    ["script-src 'sha256-LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE='", at(null), true],
    ["script-src 'sha384-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='", at(null), false],
  ])('%s: %o %s', (policy, script, allowed) => {
    expect(allowsScript([policy], script, PAGE)).toBe(allowed);
  });
});

it('a header may hold several policies, and a page has none more often than one', () => {
  expect(splitPolicies("default-src 'self', script-src 'none'", ['img-src *'])).toEqual([
    "default-src 'self'",
    "script-src 'none'",
    'img-src *',
  ]);
  expect(splitPolicies(null, [])).toEqual([]);
});
