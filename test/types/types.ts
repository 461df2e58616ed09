// Compiled, never run: what must compile, and what must not. An `@ts-expect-error` that expects too much is an error itself.
import { describePhase } from '../../src/core/messages.js';
import { nextPhase, type Phase } from '../../src/core/phase.js';
import { parseVerdict } from '../../src/core/verdict.js';
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
  type InAppBrowser,
  type Locale,
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
export const parsed: Verdict | null = parseVerdict('{}', { impUid: null, merchantUid: 'order_1' });
// @ts-expect-error it may be none at all
export const certain: Verdict = parseVerdict('{}', claim);
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
// @ts-expect-error failure exists only as a verdict
export const failedPhase: Phase = { name: 'failed', claim };
// @ts-expect-error nor is there success
export const paidPhase: Phase = { name: 'paid', claim };
export const settled: Phase = { name: 'settled', claim, verdict: finalVerdict };
export const deferred: Phase = { name: 'deferred', claim, pending: true };
export const next: Phase = nextPhase({ name: 'confirming', claim }, verdict);
// @ts-expect-error a claim is no outcome
nextPhase({ name: 'confirming', claim }, claim);
// @ts-expect-error a phase is shown, not a claim
describePhase(claim, 'ko');
// @ts-expect-error nor a verdict alone
describePhase(finalVerdict, 'ko');
// @ts-expect-error a language that is not built in
describePhase(settled, 'ja');

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
      return verdict.answer.message ?? '';
    default:
      return never(verdict.status);
  }
}

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
export const statuses: readonly VerdictStatus[] = ['paid', 'ready', 'failed', 'cancelled', 'forged', 'pending'];
export const locales: readonly Locale[] = ['ko', 'en'];
export const host: ElementLike = element;
export { done };
