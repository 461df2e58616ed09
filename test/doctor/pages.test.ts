// What is wrong with a completion page, or with a checkout page.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Code } from '../../src/doctor/findings.js';
import { examineBy, playPortOne, serve } from './doctor.fixture.js';
import { createShop, NO_STORE, type Parts } from './servers/shop.js';

const TAG = '<script src="/imp-redirect.js" data-confirm-url="/confirm"></script>';
const WRAP = '<script src="/imp-redirect.js" data-redirect-url="/complete"></script>';
const SDK = '<script src="https://cdn.iamport.kr/v1/iamport.js"></script>';
const OLD_SDK = '<script src="https://cdn.iamport.kr/js/iamport.payment-1.2.0.js"></script>';

async function examinePages(parts: Partial<Parts>, args: readonly string[] = []) {
  const { portone, api } = await playPortOne();
  const shop = await serve(createShop(api, parts));
  const given = args.length > 0 ? args : ['--page', `${shop}/complete`, '--checkout', `${shop}/checkout`];
  return examineBy([`${shop}/confirm`, '--create-order', `POST ${shop}/orders`, ...given], portone);
}

const page = (html: string, headers: Record<string, string> = {}): Partial<Parts> => ({
  page: (c) => c.html(`<!doctype html>${html}`, 200, { ...NO_STORE, ...headers }),
});
const checkout = (html: string): Partial<Parts> => ({ checkout: (c) => c.html(`<!doctype html>${html}`) });
const policy = (text: string, html = TAG) => page(html, { 'Content-Security-Policy': text });
const meta = (text: string) => page(`<meta http-equiv="Content-Security-Policy" content="${text}">${TAG}`);

describe('one fault, one finding', () => {
  it.each<[string, Partial<Parts>, Code]>([
    ['it is not there', { page: (c) => c.text('Not found', 404) }, 'page_unreadable'],
    ['it is a redirect that drops the query', { page: (c) => c.redirect('/checkout') }, 'page_unreadable'],
    ['it leads to another site', { page: (c) => c.redirect('https://login.example/') }, 'page_unreadable'],
    ['it is no HTML', { page: (c) => c.json({}) }, 'page_unreadable'],
    ['nothing is said of caches', { page: (c) => c.html(TAG) }, 'page_cached'],
    ['caches may keep it', page(TAG, { 'Cache-Control': 'public, max-age=600' }), 'page_cached'],
    ['our script is not on it', page('<h1>Thanks</h1>'), 'script_missing'],
    [
      'our script is not where the tag says',
      page('<script src="/js/imp-redirect.js" data-confirm-url="/confirm"></script>'),
      'script_missing',
    ],
    ['our tag is a module', page('<script type="module" src="/imp-redirect.js" data-confirm-url="/confirm"></script>'), 'script_missing'],
    ['it asks elsewhere', page('<script src="/imp-redirect.js" data-confirm-url="/payments/complete"></script>'), 'other_confirm_url'],
    ["scripts of its own origin are not in the header's policy", policy('script-src https://cdn.example'), 'csp_script'],
    ["nor in the meta's", meta("default-src 'none'; connect-src 'self'"), 'csp_script'],
    ['a nonce is wanted, and the tag has none', policy("script-src 'nonce-abc' 'strict-dynamic' 'self'"), 'csp_script'],
    ['one of two policies blocks it', policy("script-src 'self', script-src 'none'"), 'csp_script'],
    ['the policy blocks the request', policy("script-src 'self'; connect-src https://api.example"), 'csp_confirm'],
    ["the meta's policy blocks the request", meta("default-src 'none'; script-src 'self'"), 'csp_confirm'],
    ['our tag stands behind the SDK', checkout(SDK + WRAP), 'script_late'],
    ['our tag is deferred', checkout(WRAP.replace('<script', '<script defer') + SDK), 'script_late'],
    ['our tag is loaded whenever', checkout(WRAP.replace('<script', '<script async') + SDK), 'script_late'],
    ['the SDK is there twice', checkout(WRAP + SDK + SDK), 'sdk_twice'],
    ['an old SDK is there too', checkout(WRAP + SDK + OLD_SDK), 'sdk_twice'],
    ['the completion page has the SDK twice', page(TAG + SDK + OLD_SDK), 'sdk_twice'],
    ['the checkout page has no script of ours', checkout(SDK), 'script_missing'],
  ])('%s', async (_, parts, code) => {
    const { found, exitCode } = await examinePages(parts);
    expect({ found, exitCode }).toEqual({ found: [code], exitCode: 1 });
  });
});

describe('what is right', () => {
  const inline = '// imp-redirect\n';
  const hash = createHash('sha256').update(inline).digest('base64');

  it.each<[string, Partial<Parts>]>([
    ['a nonce', policy("script-src 'nonce-abc' 'strict-dynamic'", TAG.replace('<script', '<script nonce="abc"'))],
    ['a path', policy("script-src http://*:* 'self'; connect-src 'self'")],
    [
      'a hash, as in complete.html',
      policy(
        `default-src 'none'; script-src 'sha256-${hash}'; connect-src http:`,
        `<script data-confirm-url="/confirm">${inline}</script>`,
      ),
    ],
    [
      'inline scripts as such',
      policy("script-src 'unsafe-inline'; connect-src *", `<script data-confirm-url="/confirm">${inline}</script>`),
    ],
    ['no directive about it', policy("frame-ancestors 'none'; style-src 'none'")],
    ['a redirect within the site that keeps the query', { ...page(TAG), checkout: (c) => c.html(`<!doctype html>${WRAP}${SDK}`) }],
    ['a bundle of its own', page('<script>document.dispatchEvent(new Event("imp-redirect:landing"))</script>')],
    ['both generations of the SDK', checkout(`${WRAP}${SDK}<script src="https://cdn.portone.io/v2/browser-sdk.js"></script>`)],
    ['an SDK that is deferred', checkout(SDK.replace('<script', '<script defer') + WRAP)],
  ])('%s', async (_, parts) => {
    expect((await examinePages(parts)).found).toEqual([]);
  });

  it('no page is looked for where none is given and none is there', async () => {
    const { found, resultOf } = await examinePages({}, ['--lang', 'en']);
    expect(found).toEqual([]);
    expect(resultOf('page_unreadable')).toMatchObject({ reason: 'no_page' });
    expect(resultOf('script_late')).toMatchObject({ reason: 'no_checkout' });
  });
});
