import type { Claim } from './core/claim.js';
import { type Actor, type ErrorCode, ImpRedirectError } from './core/errors.js';
import { describePhase, describeRecovered } from './core/messages.js';
import { type CompleteOptions, type ResolveUrl, resolveCompleteOptions } from './core/options.js';
import { isExpired, isOverdue, keyOf } from './core/outbox.js';
import { judgeReply, type Reply } from './core/outcome.js';
import { type Completion, type Confirmation, isLast, nextPhase, type Phase } from './core/phase.js';
import { MAX_TRIES, parseRetryAfterMs, retryDelayMs, TIMEOUT_MS } from './core/retry.js';
import type { cancel, elapsedMs, later, nowMs, random } from './edge/clock.js';
import type { emit } from './edge/events.js';
import type { postConfirm } from './edge/http.js';
import type { currentLanding, Landed, settle } from './edge/landing.js';
import type { isLeaving, isOnline, left, onReturn } from './edge/lifecycle.js';
import type { pageLanguage, whenParsed } from './edge/page.js';
import type { dropEntry, keepEntry, openStorage, readEntries, settleEntry } from './edge/storage.js';
import type { exclusively, hearTabs, tellTabs } from './edge/tabs.js';
import type { openBanner, openView } from './edge/view.js';

/** What the flow needs of the world. */
export interface CompleteEdges {
  readonly resolveUrl: ResolveUrl;
  readonly pageLanguage: typeof pageLanguage;
  readonly whenParsed: typeof whenParsed;
  readonly currentLanding: typeof currentLanding;
  readonly settle: typeof settle;
  readonly nowMs: typeof nowMs;
  readonly elapsedMs: typeof elapsedMs;
  readonly random: typeof random;
  readonly later: typeof later;
  readonly cancel: typeof cancel;
  readonly emit: typeof emit;
  readonly postConfirm: typeof postConfirm;
  readonly isLeaving: typeof isLeaving;
  readonly isOnline: typeof isOnline;
  readonly left: typeof left;
  readonly onReturn: typeof onReturn;
  readonly openStorage: typeof openStorage;
  readonly keepEntry: typeof keepEntry;
  readonly dropEntry: typeof dropEntry;
  readonly settleEntry: typeof settleEntry;
  readonly readEntries: typeof readEntries;
  readonly exclusively: typeof exclusively;
  readonly tellTabs: typeof tellTabs;
  readonly hearTabs: typeof hearTabs;
  readonly openView: typeof openView;
  readonly openBanner: typeof openBanner;
}

/** Told of each phase, and of the reply that led to it. */
type Watch = (phase: Phase, reply?: Reply) => void;

/** The confirm exchange about one payment. */
interface Exchange {
  /** Asks now or, where that was just done, as soon as it may be. */
  wake(byHand?: boolean): void;
  /** Takes what another page was answered as if it had asked itself. */
  hear(reply: Reply): void;
  phase: Phase;
  watch: Watch;
  isDeparture: boolean | undefined;
}

/** What nobody planned (a tap, the network's return) makes the server be asked no more often than this, in milliseconds. */
const WAKE_GAP_MS = 5000;

/** How long after a departure it is asked about, in milliseconds. */
const RECOVER_AFTER_MS = 60_000;

/** Flow 2: landing → claim → confirm → verdict → view, and what other pages left undone. See `complete` in index.ts. */
export function createComplete(edges: CompleteEdges): (options: CompleteOptions) => Promise<Completion | null> {
  const exchanges = new Map<string, Exchange>();
  let settings: CompleteOptions;
  let started = false;
  let shown: Claim | undefined;
  let current: { readonly key: string; readonly promise: Promise<Completion | null> } | undefined;

  // Told afterwards, and not waited for: what it throws stands in the console and stops nothing.
  const call = <T>(callback: ((value: T) => void) | undefined, value: T) => {
    Promise.resolve(value).then(callback);
  };
  const throwLater = (error: ImpRedirectError) => call(settings.onError ?? console.error, error);
  const report = (code: ErrorCode, detail: unknown, actor?: Actor, cause?: unknown) =>
    throwLater(new ImpRedirectError(code, detail, actor, cause));
  const locale = () => (/^ko/i.test(edges.pageLanguage()) ? 'ko' : 'en');

  const settled = async ({ claim, verdict }: Confirmation, isNews: boolean) => {
    const completion = { claim, verdict };
    // A server may answer with a number.
    const merchantUid = claim.merchantUid ?? `${verdict.answer.merchant_uid ?? ''}`;
    if (isNews) edges.emit('verdict', completion);
    if (!(await edges.settleEntry(claim, merchantUid, isNews && verdict.status === 'paid'))) return;
    // By then the page's own scripts are listening.
    await edges.whenParsed();
    edges.emit('paid', completion);
    call(settings.onPaid, completion);
  };

  /**
   * Opens the exchange about a payment, or goes on with the one that is open: it asks until there is a verdict or the visit's
   * tries are spent. It begins when it is woken.
   *
   * @param phase where it stands: at the beginning, or settled by an answer that is not the last word
   * @param isDeparture whether nobody waits for it: then it asks until the server is reached
   */
  const open = (phase: Phase, watch: Watch, isDeparture?: boolean): Exchange => {
    const { claim } = phase;
    const key = keyOf(claim);
    const known = exchanges.get(key);
    if (known) return Object.assign(known, { phase, watch, isDeparture });

    // How often the server was asked; and how often it, or what stands before it, was reached or should have been.
    let asked = 0;
    let tries = 0;
    let asking = false;
    let answered = false;
    // Whether the server has set the pace.
    let paced = false;
    // By the page's own clock: when to ask next, and the earliest that anybody may.
    let dueMs = Infinity;
    let notBeforeMs = 0;
    let timer: unknown;

    const tick = () => {
      edges.cancel(timer);
      const waitMs = dueMs - edges.elapsedMs();
      if (waitMs > 0) {
        if (dueMs < Infinity) timer = edges.later(tick, waitMs);
      } else if (!asking) {
        asking = true;
        edges.exclusively((claim.merchantUid ?? claim.impUid) as string, ask);
      }
    };

    const ask = async () => {
      // While we waited for our turn, another page was answered.
      if (dueMs > edges.elapsedMs()) {
        asking = false;
        return tick();
      }
      dueMs = Infinity;
      paced = false;
      edges.emit('attempt', { claim, attempt: ++asked });
      const { confirmUrl, timeoutMs = TIMEOUT_MS } = settings;
      // Only the first with keepalive: its quota may be spent, and Chrome 80 has none for another origin.
      const answer = edges.postConfirm(confirmUrl, claim, { timeoutMs, keepalive: asked + tries === 1 }).then((reply) => {
        asking = false;
        // Cut off by leaving: nobody knows. Who comes back asks at once.
        if (!reply.httpStatus && edges.isLeaving()) notBeforeMs = 0;
        else {
          edges.tellTabs(key, reply);
          exchange.hear(reply);
        }
      });
      // A page in the back/forward cache must hold no lock.
      await Promise.race([answer, edges.left()]);
    };

    const exchange: Exchange = {
      phase,
      watch,
      isDeparture,
      hear(reply) {
        const outcome = judgeReply(reply, claim);
        const error = outcome instanceof ImpRedirectError && outcome;
        const offline = !reply.httpStatus && !edges.isOnline();
        if (!offline) tries++;
        notBeforeMs = edges.elapsedMs() + WAKE_GAP_MS;
        answered = answered || !(error || outcome.status === 'pending');
        // Soon, it would be refused again.
        const refused = error && error.actor === 'merchant';
        const again = !answered && (!exchange.isDeparture || (error && !refused)) && tries < (settings.maxTries ?? MAX_TRIES);
        const before = exchange.phase;
        exchange.phase = nextPhase(before, outcome, again && !refused);
        const paceMs = +((!error && outcome.answer.poll_after_ms) || parseRetryAfterMs(reply.retryAfter, edges.nowMs()));
        paced = again && paceMs > 0;
        dueMs = again
          ? edges.elapsedMs() + retryDelayMs(settings, { tries: refused || offline ? Infinity : tries, random: edges.random(), paceMs })
          : Infinity;
        tick();
        if (exchange.phase === before) return;
        if (error) throwLater(error);
        if (exchange.phase.verdict) settled(exchange.phase, exchange.phase.verdict.status !== before.verdict?.status);
        exchange.watch(exchange.phase, reply);
      },
      wake(byHand) {
        if (byHand && exchange.phase.name === 'deferred') showRetrying();
        if (asking || ((answered || paced) && !byHand)) return;
        dueMs = Math.min(dueMs, notBeforeMs);
        tick();
      },
    };
    const showRetrying = () => {
      exchange.phase = { name: 'retrying', claim };
      exchange.watch(exchange.phase);
    };
    // Words for those who wait, whatever it is that takes so long: a slow server, or another page's turn.
    edges.later(() => {
      if (exchange.phase.name === 'confirming') showRetrying();
    }, TIMEOUT_MS);
    exchanges.set(key, exchange);
    return exchange;
  };

  /** Goes on with what other pages, or this one before a crash, left undone. */
  const drain = async () => {
    const entries = await edges.readEntries();
    const { recover, recoverAfterMs = RECOVER_AFTER_MS } = settings;
    for (const entry of entries) {
      const [kind, impUid, merchantUid, atMs] = entry;
      const claim: Claim = { kind: 'unknown', impUid, merchantUid, errorCode: null, errorMessage: null };
      const key = keyOf(claim);
      const isLanded = kind === 'landed';
      const resume = (watch: Watch) => open({ name: 'confirming', claim }, watch, !isLanded).wake();
      if (isExpired(entry, edges.nowMs())) {
        edges.dropEntry(kind, claim);
        if (isLanded) report('confirm_expired', key);
      } else if (!exchanges.has(key)) {
        if (isLanded) resume(() => {});
        // A bare attribute is empty, and on; "false" and "undefined" are off.
        else if (!/f/.test(`${recover}`) && isOverdue(entry, edges.nowMs(), recoverAfterMs)) {
          // Written down first: who comes back to the page at once does not ask at once.
          edges.keepEntry(kind, claim, atMs);
          resume((phase) => {
            const { name, verdict } = phase;
            // It is asked about again when it is due again.
            if (name !== 'retrying') exchanges.delete(key);
            if (!verdict) return;
            edges.emit('recovered', { claim, verdict });
            call(settings.onRecovered, { claim, verdict });
            if (recover === 'banner' && /paid|ready/.test(verdict.status)) edges.openBanner(describeRecovered(phase, locale()));
          });
        }
      }
    }
  };

  const land = ({ claim, reply: kept }: Landed) =>
    new Promise<Completion>((resolve) => {
      const named = claim.impUid ?? claim.merchantUid;
      const { result } = settings;
      shown = claim;
      let exchange: Exchange | undefined;
      const view = edges.openView(
        result,
        () => report('result_not_found', result),
        () => exchange?.wake(true),
      );
      const watch: Watch = (phase, reply) => {
        // In a single-page shop the card may be the next landing's by now.
        if (shown === claim) view(describePhase(phase, locale()));
        const { name, verdict = null } = phase;
        if (verdict && reply) edges.settle({ claim, reply });
        if (name === 'deferred') {
          if (current?.key === JSON.stringify(claim)) current = undefined;
          edges.emit('deferred', { claim });
        }
        if (verdict || name === 'deferred') resolve({ claim, verdict });
      };

      edges.emit('landing', { claim });
      let phase: Phase = { name: named ? 'confirming' : 'deferred', claim };
      if (kept) phase = nextPhase(phase, judgeReply(kept, claim), true);
      watch(phase);
      if (claim.kind === 'malformed' || !named) report('claim_unreadable', '', 'gateway');
      if (!named || (phase.verdict && isLast(phase.verdict))) return;
      edges.keepEntry('landed', claim).then((cause) => {
        if (cause) report('storage_unavailable', cause, 'customer', cause);
      });
      exchange = open(phase, watch);
      exchange.wake(true);
    });

  return (options) => {
    try {
      settings = resolveCompleteOptions(options, edges.resolveUrl);
    } catch (error) {
      return Promise.reject(error);
    }
    if (!started) {
      started = true;
      edges.openStorage();
      edges.hearTabs((key, reply) => exchanges.get(key)?.hear(reply));
      edges.onReturn(() => {
        for (const exchange of exchanges.values()) exchange.wake();
        drain();
      });
    }
    const landed = edges.currentLanding();
    const key = JSON.stringify(landed?.claim);
    if (landed && current?.key !== key) current = { key, promise: land(landed) };
    drain();
    return (landed && current?.promise) || Promise.resolve(null);
  };
}
