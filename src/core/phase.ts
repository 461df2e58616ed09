import type { Claim } from './claim.js';
import type { Context } from './outbox.js';
import type { FinalVerdict, Outcome } from './verdict.js';

/**
 * Where a landing stands. There is no `failed` among them: failure exists only as a verdict.
 *
 * - `confirming`: the server is being asked for the first time
 * - `retrying`: there is no final answer yet, and it is asked again soon, or now
 * - `deferred`: there is none, and it is not asked again soon; nothing is lost.
 * - `settled`: there is one
 */
export type Phase =
  | { readonly name: 'confirming'; readonly claim: Claim; readonly verdict?: never }
  | { readonly name: 'retrying' | 'deferred'; readonly claim: Claim; readonly verdict?: never }
  | Settled;

/** The one phase with a verdict. */
export interface Settled extends Confirmation {
  readonly name: 'settled';
}

/** How a landing ended, for now. */
export interface Completion {
  /** What the landing URL said; of an order that never landed, its ids. */
  readonly claim: Claim;
  /** What the server said; `null` while there is no final answer: not a failure, and worth asking again. */
  readonly verdict: FinalVerdict | null;
}

/** How it ended, finally. */
export interface Confirmation extends Completion {
  readonly verdict: FinalVerdict;
  /** To `onVerdict`: what `wrap` kept of the page that the payment began on. Untrusted: it was kept by the browser. */
  readonly context?: Context | undefined;
}

/** Whether an answer leaves nothing to ask: a virtual account may be paid into, and a failed order may be approved late. */
export const isLast = (verdict: FinalVerdict): boolean => !/ready|failed/.test(verdict.status);

/** What was true and what is said now, where the one cannot follow the other. */
const BACKWARD = /^(paid (?!cancelled)|cancelled)/;

/**
 * The phase after a confirm attempt. A final answer gives way to a later one, except that what was paid can only be cancelled,
 * and what is cancelled stays so: an answer that was overtaken on its way must not undo it.
 *
 * @param again whether the server is asked again soon
 * @returns the same object where nothing has changed
 */
export function nextPhase(phase: Phase, outcome: Outcome, again: boolean): Phase {
  const { claim, verdict } = phase;
  if (outcome instanceof Error || outcome.status === 'pending') {
    const name = again ? 'retrying' : 'deferred';
    return verdict || name === phase.name ? phase : { name, claim };
  }
  const isKnown = JSON.stringify(verdict) === JSON.stringify(outcome);
  return isKnown || BACKWARD.test(`${verdict?.status} ${outcome.status}`)
    ? phase
    : { name: 'settled', claim, verdict: outcome as FinalVerdict };
}
