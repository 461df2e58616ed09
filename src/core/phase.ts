import type { Claim } from './claim.js';
import type { Outcome } from './outcome.js';
import type { FinalVerdict, Verdict } from './verdict.js';

/**
 * Where a landing stands. There is no `failed` among them: failure exists only as a verdict.
 *
 * - `confirming`: the server is being asked for the first time
 * - `deferred`: there is no final answer; nothing is lost, and asking again is possible. `pending`: the server has said so itself
 * - `settled`: there is one
 */
export type Phase =
  | { readonly name: 'confirming'; readonly claim: Claim }
  | { readonly name: 'deferred'; readonly claim: Claim; readonly pending?: boolean }
  | { readonly name: 'settled'; readonly claim: Claim; readonly verdict: FinalVerdict };

/** The phase after a confirm attempt. */
export function nextPhase({ claim }: Phase, outcome: Outcome): Phase {
  const pending = (outcome as Verdict).status === 'pending';
  return pending || outcome instanceof Error
    ? { name: 'deferred', claim, pending }
    : { name: 'settled', claim, verdict: outcome as FinalVerdict };
}
