// Compiled, never run: what must compile, and what must not. An `@ts-expect-error` that expects too much is an error itself.
import { describePhase } from '../../src/core/messages.js';
import { keyOf, type Times } from '../../src/core/outbox.js';
import { isLast, nextPhase, type Phase } from '../../src/core/phase.js';
import { retryDelayMs } from '../../src/core/retry.js';
import { type Outcome, parseVerdict } from '../../src/core/verdict.js';
import {
  type Actor,
  type Answer,
  type Claim,
  type ClaimKind,
  type CompleteOptions,
  type Completion,
  complete,
  type ElementLike,
  type Environment,
  type ErrorCode,
  environment,
  type FinalVerdict,
  type Ids,
  ImpRedirectError,
  type ImpRedirectEvents,
  type InAppBrowser,
  type Locale,
  type RetryOptions,
  readClaim,
  type Verdict,
  type VerdictStatus,
  type WrapOptions,
  wrap,
} from '../../src/index.js';

declare const claim: Claim;
declare const verdict: Verdict;
declare const finalVerdict: FinalVerdict;
declare const answer: Answer;
declare const element: HTMLElement;
declare const retryOptions: RetryOptions;

/** Compiles only where every case was looked at. */
declare function never(nothing: never): never;

// --- Only parseVerdict makes a verdict. ---

// @ts-expect-error a verdict cannot be written down
export const forgedByHand: Verdict = { status: 'paid', answer };
// @ts-expect-error nor can a final one
export const finalByHand: FinalVerdict = { status: 'paid', answer: {} };
// @ts-expect-error the server's answer is none before it is parsed
export const unparsed: Verdict = answer;
// @ts-expect-error what the URL says is none
export const claimed: Verdict = claim;
export const judged: Outcome = parseVerdict({ httpStatus: 200, text: '{}' }, { impUid: null, merchantUid: 'order_1' });
// @ts-expect-error a text is no reply: its HTTP status counts
parseVerdict('{}', { impUid: null, merchantUid: 'order_1' });
// @ts-expect-error it may be none at all
export const certain: Verdict = parseVerdict({ httpStatus: 200, text: '{}' }, claim);
// @ts-expect-error "pending" ends nothing
export const notFinal: FinalVerdict = verdict;
if (verdict.status !== 'pending') {
  const status: FinalVerdict['status'] = verdict.status;
  void status;
}

// --- Only a verdict can be shown as final. ---

// @ts-expect-error a settled phase needs a verdict
export const settledWithout: Phase = { name: 'settled', claim };
// @ts-expect-error a claim is no verdict
export const settledByClaim: Phase = { name: 'settled', claim, verdict: claim };
// @ts-expect-error a verdict that is written down is none
export const settledByHand: Phase = { name: 'settled', claim, verdict: { status: 'paid', answer: {} } };
// @ts-expect-error "pending" does not settle
export const settledByPending: Phase = { name: 'settled', claim, verdict };
// @ts-expect-error nothing is settled yet
export const confirmingWith: Phase = { name: 'confirming', claim, verdict: finalVerdict };
// @ts-expect-error nor while it is asked again
export const retryingWith: Phase = { name: 'retrying', claim, verdict: finalVerdict };
// @ts-expect-error nor where it is not
export const deferredWith: Phase = { name: 'deferred', claim, verdict: finalVerdict };
// @ts-expect-error not even "none"
export const confirmingNull: Phase = { name: 'confirming', claim, verdict: null };
// @ts-expect-error why a phase is deferred is not told: a claim must not be believed because of it
export const deferredPending: Phase = { name: 'deferred', claim, pending: true };
// @ts-expect-error a phase is of a landing
export const ofNothing: Phase = { name: 'retrying' };
// @ts-expect-error failure exists only as a verdict
export const failedPhase: Phase = { name: 'failed', claim };
// @ts-expect-error nor is there success
export const paidPhase: Phase = { name: 'paid', claim };
export const settled: Phase = { name: 'settled', claim, verdict: finalVerdict };
export const deferred: Phase = { name: 'deferred', claim };
export const retrying: Phase = { name: 'retrying', claim };
export const next: Phase = nextPhase({ name: 'confirming', claim }, verdict, true);
// @ts-expect-error whether the server is asked again must be said
nextPhase({ name: 'confirming', claim }, verdict);
// @ts-expect-error a claim is no outcome
nextPhase({ name: 'confirming', claim }, claim, true);
// @ts-expect-error nor is "not asked yet"
nextPhase({ name: 'confirming', claim }, undefined, true);
// @ts-expect-error only a final verdict may be the last word
isLast(verdict);
if (next.verdict) {
  const name: 'settled' = next.name;
  const status: FinalVerdict['status'] = next.verdict.status;
  void [name, status];
}
// @ts-expect-error a phase is shown, not a claim
describePhase(claim, 'ko');
// @ts-expect-error nor a verdict alone
describePhase(finalVerdict, 'ko');
// @ts-expect-error a language that is not built in
describePhase(settled, 'ja');
// @ts-expect-error the banner too shows a phase, and no claim
describePhase(claim, 'ko', true);

// --- What is remembered over page loads: two ids and two times. ---

export const key: string = keyOf('landed', { impUid: 'imp_1' });
// @ts-expect-error nothing else
keyOf('landed', { impUid: 'imp_1', amount: 12000 });
// @ts-expect-error a verdict is not kept as "failed": the server is asked
keyOf('failed', { impUid: 'imp_1' });
export const times: Times = [0, 0];
// @ts-expect-error two times, and nothing else
export const timesWithAmount: Times = [0, 0, 12000];
// @ts-expect-error what is remembered is not changed in place
times[1] = 1;

// --- retryDelayMs ---

export const delayMs: number = retryDelayMs({}, 1, 0.5, 0);
// @ts-expect-error dice are thrown outside
retryDelayMs({}, 1, undefined, 0);
// @ts-expect-error what the server asks for is said, and 0 where it asks for nothing
retryDelayMs({}, 1, 0.5);

// --- wrap ---

const done: undefined = wrap({ redirectUrl: '/payments/complete' }) as undefined;
wrap({ redirectUrl: '/payments/complete', inject: 'always' });
wrap({ redirectUrl: '/payments/complete', inject: 'mobile' });
wrap({ redirectUrl: '/payments/complete', inject: undefined });
// @ts-expect-error no options
wrap();
// @ts-expect-error no landing URL
wrap({});
// @ts-expect-error no landing URL beside what is optional
wrap({ inject: 'mobile' });
// @ts-expect-error a landing URL that is missing
wrap({ redirectUrl: undefined });
// @ts-expect-error a landing URL that is no text
wrap({ redirectUrl: new URL('https://shop.example.kr/') });
// @ts-expect-error a word that inject does not know
wrap({ redirectUrl: '/payments/complete', inject: 'sometimes' });
// @ts-expect-error inject is not a switch
wrap({ redirectUrl: '/payments/complete', inject: true });
// @ts-expect-error a typo
wrap({ redirectURL: '/payments/complete' });
// @ts-expect-error a typo in what is optional
wrap({ redirectUrl: '/payments/complete', injekt: 'mobile' });

// --- complete ---

const promise: Promise<Completion | null> = complete({ confirmUrl: '/payments/complete' });
complete({ confirmUrl: '/payments/complete', result: '#result', onError: (error) => console.warn(error.code, error.actor, error.cause) });
complete({ confirmUrl: '/payments/complete', result: element });
complete({ confirmUrl: '/payments/complete', result: undefined, onError: undefined });
complete({ confirmUrl: '/payments/complete', onError: () => {} });
// @ts-expect-error no options
complete();
// @ts-expect-error no confirm URL
complete({ result: '#result' });
// @ts-expect-error a typo
complete({ confirmUrl: '/payments/complete', results: '#result' });
// @ts-expect-error getElementById may find nothing
complete({ confirmUrl: '/payments/complete', result: document.getElementById('result') });
// @ts-expect-error not an element
complete({ confirmUrl: '/payments/complete', result: {} });
// @ts-expect-error not a function
complete({ confirmUrl: '/payments/complete', onError: 'log' });
complete({ confirmUrl: '/payments/complete', timeoutMs: 5000, maxTries: 3, baseDelayMs: 1000, maxDelayMs: 60_000, recoverAfterMs: 0 });
complete({
  confirmUrl: '/payments/complete',
  timeoutMs: undefined,
  maxTries: undefined,
  baseDelayMs: undefined,
  maxDelayMs: undefined,
  recover: undefined,
  recoverAfterMs: undefined,
  onPaid: undefined,
  onRecovered: undefined,
});
for (const recover of [true, false, 'banner'] as const) complete({ confirmUrl: '/payments/complete', recover });
complete({
  confirmUrl: '/payments/complete',
  onPaid: ({ claim, verdict }) => console.log(claim.merchantUid, verdict?.answer.amount),
  onRecovered: ({ claim, verdict }) => console.log(claim.merchantUid, verdict?.status),
});
complete({ confirmUrl: '/payments/complete', onPaid: async () => {} });
// @ts-expect-error a number is no text: only the script tag's attributes are
complete({ confirmUrl: '/payments/complete', timeoutMs: '5000' });
// @ts-expect-error nor is a count
complete({ confirmUrl: '/payments/complete', maxTries: '3' });
// @ts-expect-error nor is nothing
complete({ confirmUrl: '/payments/complete', baseDelayMs: null });
// @ts-expect-error nor is a switch
complete({ confirmUrl: '/payments/complete', maxDelayMs: false });
// @ts-expect-error nor is a date
complete({ confirmUrl: '/payments/complete', recoverAfterMs: new Date() });
// @ts-expect-error a time without its unit is none of the options
complete({ confirmUrl: '/payments/complete', timeout: 5000 });
// @ts-expect-error tries, not retries
complete({ confirmUrl: '/payments/complete', maxRetries: 3 });
// @ts-expect-error a word that recover does not know
complete({ confirmUrl: '/payments/complete', recover: 'popup' });
// @ts-expect-error what an attribute may be, an option may not
complete({ confirmUrl: '/payments/complete', recover: '' });
// @ts-expect-error recover is no time
complete({ confirmUrl: '/payments/complete', recover: 60_000 });
// @ts-expect-error not a function
complete({ confirmUrl: '/payments/complete', onPaid: true });
// @ts-expect-error onPaid is told how the landing ended, and no amount
complete({ confirmUrl: '/payments/complete', onPaid: (amount: number) => void amount });
// @ts-expect-error there is no callback for failures: failure is a verdict
complete({ confirmUrl: '/payments/complete', onFailed: () => {} });
// @ts-expect-error options are not changed once they are given
retryOptions.maxTries = 3;
// @ts-expect-error these are options of complete
wrap({ redirectUrl: '/payments/complete', recover: true });
// @ts-expect-error onError gets our errors, and nothing narrower
complete({ confirmUrl: '/payments/complete', onError: (error: TypeError & { mine: true }) => void error });

export async function afterwards(): Promise<string> {
  const completion = await promise;
  // @ts-expect-error the page may be no landing
  completion.claim;
  if (!completion) return 'no landing';
  // @ts-expect-error there may be no final answer
  completion.verdict.status;
  // @ts-expect-error a claim says nothing of money
  completion.claim.status;
  // @ts-expect-error nor whether it was a success
  completion.claim.success;
  // @ts-expect-error what the server said cannot be changed
  completion.verdict = finalVerdict;
  const { verdict } = completion;
  if (!verdict) return 'no final answer yet';
  // @ts-expect-error PortOne's and the manual's "success" is no status
  if (verdict.status === 'success') return 'never';
  // @ts-expect-error V2's word is no status either
  if (verdict.status === 'PAID') return 'never';
  // @ts-expect-error what is pending is not handed out as a verdict
  if (verdict.status === 'pending') return 'never';
  // @ts-expect-error an amount may be missing
  verdict.answer.amount.toFixed();
  const more: unknown = verdict.answer.shop_field;
  void more;
  switch (verdict.status) {
    case 'paid':
      return `${verdict.answer.amount ?? 0} ${verdict.answer.currency ?? 'KRW'}`;
    case 'ready':
      return [verdict.answer.vbank_name, verdict.answer.vbank_num, verdict.answer.vbank_holder].join(' ');
    case 'failed':
    case 'cancelled':
    case 'forged':
    case 'certified':
    case 'registered':
      return verdict.answer.message ?? '';
    case 'page':
      return '';
    default:
      return never(verdict.status);
  }
}

// --- events ---

document.addEventListener('imp-redirect:departure', (event) => event.detail.merchantUid.length);
document.addEventListener('imp-redirect:returned_without_result', (event) => event.detail.merchantUid.length);
document.addEventListener('imp-redirect:never_left', (event) => event.detail.merchantUid.length);
document.addEventListener('imp-redirect:landing', (event) => event.detail.claim.kind === 'claimed-failure');
document.addEventListener('imp-redirect:attempt', (event) => event.detail.attempt.toFixed() + event.detail.claim.impUid);
document.addEventListener('imp-redirect:verdict', (event) => event.detail.verdict?.status === 'ready');
document.addEventListener('imp-redirect:deferred', (event) => event.detail.claim.merchantUid);
document.addEventListener('imp-redirect:paid', (event) => event.detail.verdict?.answer.amount?.toFixed());
document.addEventListener('imp-redirect:recovered', (event) => event.detail.verdict?.status);
document.addEventListener('imp-redirect:paid', (event: CustomEvent<Completion>) => void event, { once: true });
window.addEventListener('imp-redirect:paid', (event) => event.detail.verdict?.answer.currency);
window.addEventListener('imp-redirect:returned_without_result', ({ detail: { merchantUid } }) => merchantUid);
addEventListener('imp-redirect:attempt', ({ detail }) => detail.attempt + 1);
export const events: readonly `imp-redirect:${keyof ImpRedirectEvents}`[] = [
  'imp-redirect:departure',
  'imp-redirect:never_left',
  'imp-redirect:returned_without_result',
  'imp-redirect:landing',
  'imp-redirect:attempt',
  'imp-redirect:verdict',
  'imp-redirect:deferred',
  'imp-redirect:paid',
  'imp-redirect:recovered',
];
export function eachEvent(name: keyof ImpRedirectEvents): string {
  switch (name) {
    case 'departure':
    case 'never_left':
    case 'returned_without_result':
    case 'landing':
    case 'attempt':
    case 'verdict':
    case 'deferred':
    case 'paid':
    case 'recovered':
      return name;
    default:
      return never(name);
  }
}
// @ts-expect-error what is paid is in the verdict, not beside it
document.addEventListener('imp-redirect:paid', (event) => event.detail.amount);
// @ts-expect-error a departure has no verdict
document.addEventListener('imp-redirect:departure', (event) => event.detail.verdict);
// @ts-expect-error nor has what is deferred
document.addEventListener('imp-redirect:deferred', (event) => event.detail.verdict);
// @ts-expect-error nor a landing
document.addEventListener('imp-redirect:landing', (event) => event.detail.verdict);
// @ts-expect-error what came of an attempt is not known when it begins
window.addEventListener('imp-redirect:attempt', (event) => event.detail.verdict);
// @ts-expect-error an attempt's number is no text
window.addEventListener('imp-redirect:attempt', (event) => event.detail.attempt.trim());
// @ts-expect-error a listener for another detail
document.addEventListener('imp-redirect:paid', (event: CustomEvent<{ amount: number }>) => void event);
// @ts-expect-error what the server said cannot be changed by who hears of it
document.addEventListener('imp-redirect:verdict', (event) => (event.detail.verdict = finalVerdict));
// @ts-expect-error an event that there is not is any event: it has no detail
document.addEventListener('imp-redirect:failed', (event) => event.detail);
// @ts-expect-error nor has the name without ours before it
window.addEventListener('paid', (event) => event.detail);

// --- readClaim ---

export function words(url: unknown): string {
  const read = readClaim(url);
  // @ts-expect-error the URL may be no landing
  read.kind;
  if (!read) return '';
  const ids: Ids = read;
  // @ts-expect-error either id may be missing
  ids.impUid.length;
  // @ts-expect-error there is no kind "paid"
  if (read.kind === 'paid') return '';
  switch (read.kind) {
    case 'claimed-success':
    case 'unknown':
    case 'malformed':
      return '';
    case 'claimed-failure':
    case 'cancelled':
      return read.errorMessage ?? read.errorCode ?? '';
    default:
      return never(read.kind);
  }
}
export function tamper(read: Claim): void {
  // @ts-expect-error a claim cannot be changed
  read.kind = 'claimed-success';
}
readClaim(location);
readClaim(new URL('https://shop.example.kr/'));
readClaim('?imp_uid=imp_1');

// --- environment ---

const page: Environment = environment();
// @ts-expect-error it is asked of the browser, not told
environment({ userAgent: '' });
// @ts-expect-error an app that is not known
if (page.inApp === 'tiktok') void page;
export function appName(app: InAppBrowser): string {
  switch (app) {
    case 'kakaotalk':
    case 'naver':
    case 'daum':
    case 'band':
    case 'line':
    case 'instagram':
    case 'facebook':
      return app;
    default:
      return never(app);
  }
}

// --- errors ---

export function whose(error: unknown): string {
  if (!(error instanceof ImpRedirectError)) return '';
  // @ts-expect-error a code that is not ours
  if (error.code === 'E_UNKNOWN') return '';
  const code: ErrorCode = error.code;
  const actor: Actor = error.actor;
  switch (code) {
    case 'invalid_option':
    case 'result_not_found':
    case 'claim_unreadable':
    case 'confirm_unreachable':
    case 'confirm_unreadable':
    case 'confirm_expired':
    case 'wrapped_late':
    case 'already_open':
    case 'merchant_uid_missing':
    case 'redirect_url_unsafe':
    case 'callback_threw':
    case 'context_failed':
    case 'value_missing':
    case 'sdk_not_found':
    case 'script_twice':
    case 'storage_unavailable':
      return actor;
    default:
      return never(code);
  }
}
// @ts-expect-error a code that is not ours
export const foreign = new ImpRedirectError('oops');

// --- The names that options, claims and verdicts are handed on by. ---

export const options: [WrapOptions, CompleteOptions] = [{ redirectUrl: '/payments/complete' }, { confirmUrl: '/payments/complete' }];
export const kinds: readonly ClaimKind[] = ['claimed-success', 'claimed-failure', 'cancelled', 'unknown', 'malformed'];
export const statuses: readonly VerdictStatus[] = [
  'paid',
  'ready',
  'failed',
  'cancelled',
  'forged',
  'pending',
  'page',
  'certified',
  'registered',
];
export const locales: readonly Locale[] = ['ko', 'en'];
export const host: ElementLike = element;
export { done };
