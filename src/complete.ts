import type { Claim } from './core/claim.js';
import { ImpRedirectError } from './core/errors.js';
import { describePhase } from './core/messages.js';
import { type CompleteOptions, type ResolveUrl, resolveCompleteOptions } from './core/options.js';
import { judgeReply } from './core/outcome.js';
import { nextPhase, type Phase } from './core/phase.js';
import type { FinalVerdict } from './core/verdict.js';
import type { postConfirm } from './edge/http.js';
import type { currentLanding, Landed, settle } from './edge/landing.js';
import type { forgetDeparture } from './edge/storage.js';
import type { openView } from './edge/view.js';

/** How a landing ended, for now. */
export interface Completion {
  /** What the landing URL said. */
  readonly claim: Claim;
  /** What the server said; `null` while there is no final answer: not a failure, and worth asking again. */
  readonly verdict: FinalVerdict | null;
}

/** What the flow needs of the world. */
export interface CompleteEdges {
  readonly resolveUrl: ResolveUrl;
  readonly pageLanguage: () => string;
  readonly currentLanding: typeof currentLanding;
  readonly settle: typeof settle;
  readonly forgetDeparture: typeof forgetDeparture;
  readonly postConfirm: typeof postConfirm;
  readonly openView: typeof openView;
}

let current: { readonly key: string | null | undefined; readonly promise: Promise<Completion | null> } | undefined;

/** Flow 2: landing → claim → confirm → verdict → view. See `complete` in index.ts. */
export function complete(options: CompleteOptions, edges: CompleteEdges): Promise<Completion | null> {
  const landed = edges.currentLanding();
  // The confirm URL too: a call that was refused for a bad one must not stand in the way of a call with a good one.
  const key = landed && JSON.stringify([landed.claim, options?.confirmUrl]);
  const promise = key && current?.key === key ? current.promise : land(landed, options, edges);
  current = { key, promise };
  return promise;
}

async function land(landed: Landed | null | undefined, options: CompleteOptions, edges: CompleteEdges): Promise<Completion | null> {
  const { confirmUrl, result, onError = console.error } = resolveCompleteOptions(options, edges.resolveUrl);
  if (!landed) return null;
  const { claim, reply: kept } = landed;
  // Told afterwards, and not waited for: what onError throws stands in the console and stops nothing.
  const report = (error: ImpRedirectError) => {
    Promise.resolve(error).then(onError);
  };
  const view = edges.openView(result, () => report(new ImpRedirectError('result_not_found', result)));
  const show = (phase: Phase) => view(describePhase(phase, /^ko/i.test(edges.pageLanguage()) ? 'ko' : 'en'));
  const named = claim.impUid ?? claim.merchantUid;
  const first: Phase = { name: named ? 'confirming' : 'deferred', claim };
  show(first);
  if (claim.kind === 'malformed' || !named) report(new ImpRedirectError('claim_unreadable', '', 'gateway'));
  if (named) {
    const reply = kept ?? (await edges.postConfirm(confirmUrl, claim));
    const outcome = judgeReply(reply, claim);
    const phase = nextPhase(first, outcome);
    show(phase);
    if (phase.name === 'settled') {
      edges.forgetDeparture();
      edges.settle({ claim, reply });
      return { claim, verdict: phase.verdict };
    }
    if (outcome instanceof Error) report(outcome);
  }
  current = undefined;
  return { claim, verdict: null };
}
