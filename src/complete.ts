import type { Claim } from './core/claim.js';
import { ImpRedirectError } from './core/errors.js';
import { describe } from './core/messages.js';
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

let current: { readonly key: string | undefined; readonly promise: Promise<Completion | null> } | undefined;

/** Flow 2: landing → claim → confirm → verdict → view. See `complete` in index.ts. */
export function complete(options: CompleteOptions, edges: CompleteEdges): Promise<Completion | null> {
  const landed = edges.currentLanding();
  const key = JSON.stringify(landed?.claim);
  const promise = key && current?.key === key ? current.promise : land(landed, options, edges);
  current = { key, promise };
  return promise;
}

async function land(landed: Landed | null | undefined, options: CompleteOptions, edges: CompleteEdges): Promise<Completion | null> {
  const { confirmUrl, result, onError = console.error } = resolveCompleteOptions(options, edges.resolveUrl);
  if (!landed) return null;
  const { claim, reply } = landed;
  const view = edges.openView(result, () => onError(new ImpRedirectError('result_not_found', result)));
  const show = (phase: Phase) => view(describe(phase, /^ko/i.test(edges.pageLanguage()) ? 'ko' : 'en'));
  const readable = claim.impUid ?? claim.merchantUid;
  const first: Phase = { name: readable ? 'confirming' : 'deferred', claim };
  show(first);
  if (claim.kind === 'malformed' || !readable) onError(new ImpRedirectError('claim_unreadable', '', 'gateway'));
  if (readable) {
    const answered = reply ?? (await edges.postConfirm(confirmUrl, claim));
    const outcome = judgeReply(answered, claim);
    const phase = nextPhase(first, outcome);
    show(phase);
    if (phase.name === 'settled') {
      edges.forgetDeparture();
      edges.settle({ claim, reply: answered });
      return { claim, verdict: phase.verdict };
    }
    if (outcome instanceof Error) onError(outcome);
  }
  current = undefined;
  return { claim, verdict: null };
}
