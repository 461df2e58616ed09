// The doctor finds what is wrong with a server, and nothing else on it.
import { describe, expect, it } from 'vitest';
import { CODES, type Code } from '../../src/doctor/findings.js';
import { examineBy, playPortOne, serve } from './doctor.fixture.js';
import { amountFromBody, amountOfBodyOnly } from './servers/amount-from-body.js';
import { amountNotCompared } from './servers/amount-not-compared.js';
import { believesBrowser } from './servers/believes-browser.js';
import { corsRefused, corsUnheard } from './servers/cors.js';
import { csrf } from './servers/csrf.js';
import { failedWhenDown } from './servers/failed-when-down.js';
import { foreignPayment } from './servers/foreign-payment.js';
import { formOnly, jsonRefused } from './servers/form-only.js';
import { idsMissing } from './servers/ids-missing.js';
import { impUidOnly } from './servers/imp-uid-only.js';
import { loginPage, toLogin } from './servers/login-page.js';
import { createManualSample } from './servers/manual-sample.js';
import { noAnswer } from './servers/no-answer.js';
import { noVerdict } from './servers/no-verdict.js';
import { otherWords } from './servers/other-words.js';
import { redirect } from './servers/redirect.js';
import { repeatIsError } from './servers/repeat-is-error.js';
import { createShop, type Parts } from './servers/shop.js';
import { statusNotRead } from './servers/status-not-read.js';
import { trap } from './servers/trap.js';
import { unknownOrder } from './servers/unknown-order.js';
import { webhookFormOnly, webhookJsonOnly } from './servers/webhook.js';
import { wrongField } from './servers/wrong-field.js';

/** How long a server is waited for that never answers. */
const SHORT = ['--timeout-ms', '1000'];

async function examineShop(parts: Partial<Parts>, args: readonly string[] = [], own = true) {
  const { portone, api } = await playPortOne();
  const shop = await serve(createShop(api, parts));
  const pages = own ? ['--page', `${shop}/complete`, '--checkout', `${shop}/checkout`] : [];
  return examineBy(
    [`${shop}/confirm`, '--create-order', `POST ${shop}/orders`, '--webhook', `${shop}/webhook`, ...pages, ...args],
    portone,
  );
}

describe('a server that does everything right', () => {
  it('is clean: every check is made, and nothing is found', async () => {
    const { found, fine, skipped, exitCode } = await examineShop({});
    expect({ found, skipped, exitCode }).toEqual({ found: [], skipped: [], exitCode: 0 });
    expect(fine).toEqual(CODES);
  });
});

describe('one fault, one finding', () => {
  it.each<[string, Partial<Parts>, Code, string[]?]>([
    ['it never answers on success', noAnswer, 'no_answer', SHORT],
    ['it answers 200 with an empty object', noVerdict, 'no_verdict'],
    ['it answers 200 with a list that says 400', trap, 'no_verdict'],
    ['it speaks in other words', otherWords, 'other_words'],
    ['it does not echo the ids', idsMissing, 'ids_missing'],
    ['it compares a field of the envelope', wrongField, 'wrong_field'],
    ['it believes the browser', believesBrowser, 'portone_not_asked'],
    ['a repeated confirm is an error to it', repeatIsError, 'repeat_differs'],
    ['it cannot do without an imp_uid', impUidOnly, 'merchant_uid_alone'],
    ['it compares no amount', amountNotCompared, 'amount_not_compared'],
    ["it compares what was paid with the request's amount", amountFromBody, 'amount_from_body'],
    ["it compares the order with the request's amount", amountOfBodyOnly, 'amount_from_body'],
    ["it takes any order's payment", foreignPayment, 'foreign_payment'],
    ['it does not read the status', statusNotRead, 'unpaid_is_paid'],
    ['it says failed where PortOne is down', failedWhenDown, 'portone_down'],
    ['an unknown order has failed', unknownOrder, 'unknown_order'],
    ['it wants a CSRF token', csrf, 'csrf'],
    ['it reads forms only', formOnly, 'content_type'],
    ['it refuses JSON by its type', jsonRefused, 'content_type'],
    ['it redirects', redirect, 'redirect'],
    ['it redirects to a login', toLogin, 'login_page'],
    ['it answers with a login page', loginPage, 'login_page'],
    ['its webhook takes JSON only', webhookJsonOnly, 'webhook_form'],
    ['its webhook takes forms only', webhookFormOnly, 'webhook_json'],
  ])('%s: %s', async (_, parts, code, args = []) => {
    const { found, exitCode } = await examineShop(parts, args);
    expect({ found, exitCode }).toEqual({ found: [code], exitCode: 1 });
  });

  it.each([
    ['is not told to browsers', corsUnheard],
    ['is refused', corsRefused],
  ])('a page on another origin %s: cors', async (_, parts) => {
    const { found, resultOf } = await examineShop(parts, ['--page', 'http://www.shop.test/complete'], false);
    expect({ found, page: resultOf('page_unreadable')?.result }).toEqual({ found: ['cors'], page: 'not_checked' });
  });

  it('what goes on behind a finding is found too: other words, and an amount out of the request', async () => {
    const { found } = await examineShop({ ...otherWords, ...amountOfBodyOnly });
    expect(found).toEqual(['other_words', 'amount_from_body']);
  });
});

describe("the sample of PortOne's own guide", () => {
  it('never answers on success, compares a field of the envelope, and has not read its token', async () => {
    const { portone, api } = await playPortOne();
    const shop = await serve(createManualSample(api));
    const { found, exitCode, resultOf } = await examineBy(
      [`${shop}/payment/complete`, '--create-order', `POST ${shop}/orders`, ...SHORT],
      portone,
    );
    expect(found).toEqual(['no_answer', 'token_unread', 'wrong_field', 'unknown_order']);
    expect(exitCode).toBe(1);
    expect(resultOf('wrong_field')).toMatchObject({ detail: { en: expect.stringContaining('`response` is null') } });
  });
});

describe('words that the server is told to have', () => {
  it('by --answers: clean', async () => {
    const { found, exitCode } = await examineShop(otherWords, ['--answers', 'portone-manual']);
    expect({ found, exitCode }).toEqual({ found: [], exitCode: 0 });
  });

  it('by --encoding: clean', async () => {
    expect((await examineShop(formOnly, ['--encoding', 'form'])).found).toEqual([]);
  });

  it("by the page's own tag, of the full script", async () => {
    const page = `<!doctype html><script src="/imp-redirect.full.js" data-confirm-url="/confirm" data-encoding="form"></script>`;
    const { found } = await examineShop({ ...formOnly, page: (c) => c.html(page, 200, { 'Cache-Control': 'no-store' }) });
    expect(found).toEqual(['script_missing']);
  });

  it('by --csrf, with the token that is on the page', async () => {
    const page =
      '<!doctype html><meta name="csrf-token" content="token-of-the-page"><script src="/imp-redirect.js" data-confirm-url="/confirm"></script>';
    const parts: Partial<Parts> = { ...csrf, page: (c) => c.html(page, 200, { 'Cache-Control': 'no-store' }) };
    expect((await examineShop(parts)).found).toEqual(['csrf']);
    expect((await examineShop(parts, ['--csrf'])).found).toEqual([]);
  });
});
