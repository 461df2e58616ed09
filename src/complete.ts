import type { Claim, Ids } from './core/claim.js';
import { ImpRedirectError } from './core/errors.js';
import { describePhase } from './core/messages.js';
import { type CompleteOptions, type ResolveUrl, resolveCompleteOptions } from './core/options.js';
import { type EntryKind, isExpired, isOverdue, keyOf, partsOf } from './core/outbox.js';
import { type Completion, type Confirmation, isLast, nextPhase, type Phase } from './core/phase.js';
import { MAX_PACE_MS, MAX_TRIES, parseRetryAfterMs, retryDelayMs, TIMEOUT_MS } from './core/retry.js';
import { soon } from './core/soon.js';
import { parseVerdict, type Reply, type Verdict } from './core/verdict.js';
import type { cancel, elapsedMs, later, nowMs, random } from './edge/clock.js';
import type { emit } from './edge/events.js';
import type { currentLanding, Landed, settle } from './edge/landing.js';
import type { isHidden, isLeaving, isOnline, left, onReturn } from './edge/lifecycle.js';
import type { pageLanguage, whenParsed } from './edge/page.js';
import type { dropEntry, exclusively, keepEntry, openStorage, readEntries, settleEntry } from './edge/storage.js';
import type { hearTabs, tellTabs } from './edge/tabs.js';
import type { openBanner, openView, remountView } from './edge/view.js';

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
  readonly askServer: AskServer;
  readonly isLeaving: typeof isLeaving;
  readonly isOnline: typeof isOnline;
  readonly isHidden: typeof isHidden;
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
  readonly remountView: typeof remountView;
  readonly openBanner: typeof openBanner;
}

/**
 * Asks the merchant's server, once, by our own contract or by its own. It never throws.
 *
 * @param timeoutMs how long the whole exchange may take, in milliseconds
 * @param keepalive whether it outlives the page
 * @param waits whether a customer waits for it
 * @returns what it answered, in our words
 */
export type AskServer = (options: CompleteOptions, ids: Ids, timeoutMs: number, keepalive: boolean, waits: boolean) => Promise<Reply>;

/** Told of each phase, and of the reply that led to it. */
type Watch = (phase: Phase, reply?: Reply) => void;

/** The confirm exchange about one payment. */
interface Exchange {
  /**
   * Begins it, or goes on with it: it asks until there is a verdict or the visit's tries are spent.
   *
   * @param phase where it stands
   * @param kind of what entry, where no customer waits for it: about a departure it asks until the server is reached
   */
  pursue(phase: Phase, watch: Watch, kind?: EntryKind): void;
  /** Takes what another page was answered as if it had asked itself. */
  hear(reply: Reply): void;
  /** Asks now or, where that was just done or the server has set another pace, as soon as it may be. */
  wake(): void;
}

/** What nobody planned (a tap, the network's return) makes the server be asked no more often than this, in milliseconds. */
const WAKE_GAP_MS = 5000;

/** How often it is asked whether a virtual account has been paid into, while the customer looks at it, in milliseconds. */
const DEPOSIT_PACE_MS = 30_000;

/** How long after a departure it is asked about, in milliseconds. */
const RECOVER_AFTER_MS = 60_000;

/** Flow 2: landing → claim → confirm → verdict → view, and what other pages left undone. See `complete` in index.ts. */
export function createComplete(edges: CompleteEdges): (options: CompleteOptions) => Promise<Completion | null> {
  const exchanges = new Map<string, Exchange>();
  let settings: CompleteOptions;
  let started = false;
  let shown: string | undefined;
  let latest: Phase | undefined;
  let promise: Promise<Completion | null> | undefined;

  const report = (error: ImpRedirectError) => soon(settings.onError ?? console.error, error);
  const modelOf = (phase: Phase, isBanner?: boolean) =>
    describePhase(phase, settings.locale || edges.pageLanguage(), settings, edges.nowMs(), isBanner);

  const settled = async (completion: Confirmation) => {
    const { claim, verdict } = completion;
    // A server may answer with a number.
    const merchantUid = claim.merchantUid ?? `${verdict.answer.merchant_uid ?? ''}`;
    edges.emit('verdict', completion);
    // By then the page's own scripts are listening. A page that goes before that has signalled nothing, and marked nothing.
    await edges.whenParsed();
    const [isNew, context] = await edges.settleEntry(claim, merchantUid, verdict.status === 'paid');
    if (FULL) soon(settings.onVerdict, { ...completion, context });
    if (!isNew) return;
    edges.emit('paid', completion);
    soon(settings.onPaid, completion);
  };

  /** The exchange about a payment, landing or departure: the one that is open, or a new one. */
  const exchangeAbout = (claim: Claim): Exchange => {
    const key = keyOf('landed', claim);
    let phase: Phase;
    let watch: Watch;
    let kind: EntryKind | undefined;
    // How often the server was asked; and how often, by other pages too, it was reached or should have been.
    let asked = 0;
    let tries = 0;
    let asking = false;
    // By the page's own clock: when to ask next, and the earliest that anybody may.
    let dueMs = Infinity;
    let notBeforeMs = 0;
    let timer: unknown;

    const tick = () => {
      edges.cancel(timer);
      const waitMs = dueMs - edges.elapsedMs();
      if (waitMs > 0) {
        if (dueMs < Infinity) timer = edges.later(tick, waitMs);
      } else if (!asking && !(phase.verdict && edges.isHidden())) {
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
      edges.emit('attempt', { claim, attempt: ++asked });
      const { timeoutMs = TIMEOUT_MS } = settings;
      // Only the first with keepalive: its quota may be spent, and Chrome 80 has none for another origin.
      const answer = edges.askServer(settings, claim, timeoutMs, asked < 2, !kind).then((reply) => {
        asking = false;
        // Cut off by leaving: nobody knows. Who comes back asks at once.
        if (!reply.httpStatus && edges.isLeaving()) notBeforeMs = 0;
        else {
          // First of all: who waits for our turn to end would ask. A page is sent to the server's own by its own answer.
          if (!(FULL && (parseVerdict(reply, claim) as Verdict).status === 'page')) edges.tellTabs(key, reply);
          exchange.hear(reply);
        }
      });
      // A page in the back/forward cache must hold no lock.
      await Promise.race([answer, edges.left()]);
    };

    // Whom nobody waits for may have any verdict.
    const isDone = () => phase.verdict && (kind || isLast(phase.verdict));
    const showRetrying = () => {
      phase = { name: 'retrying', claim };
      watch(phase);
    };
    const exchange = exchanges.get(key) ?? {
      pursue(...args: [Phase, Watch, EntryKind?]) {
        [phase, watch, kind] = args;
        watch(phase);
        // Words for those who wait, whatever it is that takes so long: a slow server, its pace, or another page's turn.
        edges.later(() => {
          if (phase.name === 'confirming') showRetrying();
        }, TIMEOUT_MS);
        exchange.wake();
      },
      hear(reply: Reply) {
        const before = phase;
        const outcome = parseVerdict(reply, claim);
        const error = outcome instanceof ImpRedirectError && outcome;
        const offline = !reply.httpStatus && !edges.isOnline();
        if (!offline) tries++;
        // Soon, it would be refused again.
        const refused = error && error.actor === 'merchant';
        const again =
          !isDone() &&
          (kind === 'departed' ? error && !refused : error || outcome.status === 'pending') &&
          tries < (settings.maxTries ?? MAX_TRIES);
        phase = nextPhase(before, outcome, again && !refused);
        const paceMs =
          Math.min(+((!error && outcome.answer.poll_after_ms) || parseRetryAfterMs(reply.retryAfter, edges.nowMs())), MAX_PACE_MS) || 0;
        const delayMs = retryDelayMs(settings, refused || offline ? Infinity : tries, edges.random(), paceMs);
        const waitsForDeposit = !kind && phase.verdict?.status === 'ready';
        dueMs = again ? edges.elapsedMs() + delayMs : waitsForDeposit ? edges.elapsedMs() + Math.max(paceMs, DEPOSIT_PACE_MS) : Infinity;
        notBeforeMs = edges.elapsedMs() + Math.max(paceMs, WAKE_GAP_MS);
        tick();
        if (phase === before) {
          // How far the deadline is has changed.
          if (waitsForDeposit) watch(phase);
          return;
        }
        if (error) report(error);
        if (phase.verdict) settled({ claim, verdict: phase.verdict });
        watch(phase, reply);
      },
      wake() {
        if (isDone()) return;
        dueMs = Math.min(dueMs, notBeforeMs);
        tick();
      },
    };
    exchanges.set(key, exchange);
    return exchange;
  };

  /** Goes on with what other pages, or this one before a crash, left undone. */
  const drain = async () => {
    // A server that answers with a page of its own is for those who land.
    if (FULL && settings.encoding === 'submit') return;
    // There must be a place for a banner, and somebody who listens.
    await edges.whenParsed();
    const outbox = await edges.readEntries();
    const { recover, recoverAfterMs = RECOVER_AFTER_MS } = settings;
    for (const [entry, times] of Object.entries(outbox)) {
      const [kind, impUid, merchantUid] = partsOf(entry);
      const claim: Claim = { kind: 'unknown', impUid, merchantUid, errorCode: null, errorMessage: null };
      const key = keyOf('landed', claim);
      const isLanded = kind === 'landed';
      const resume = (watch: Watch) => exchangeAbout(claim).pursue({ name: 'confirming', claim }, watch, kind);
      if (isExpired(times, edges.nowMs())) {
        edges.dropEntry(kind, claim);
        if (isLanded) report(new ImpRedirectError('confirm_expired', key));
      } else if (!exchanges.has(key)) {
        if (isLanded) resume(() => {});
        // A bare attribute is empty, and on; "false" and "undefined" are off.
        else if (kind === 'departed' && !/f/.test(`${recover}`) && isOverdue(times, edges.nowMs(), recoverAfterMs)) {
          // Written down first: who comes back to the page at once does not ask at once.
          edges.keepEntry(kind, claim, times[0]);
          resume((phase) => {
            const { verdict } = phase;
            // It is asked about again when it is due again.
            if (/d$/.test(phase.name)) exchanges.delete(key);
            if (!verdict) return;
            edges.emit('recovered', { claim, verdict });
            soon(settings.onRecovered, { claim, verdict });
            if (FULL && recover === 'banner' && /paid|ready/.test(verdict.status)) edges.openBanner(modelOf(phase, true));
          });
        }
      }
    }
  };

  const land = ({ claim, reply: kept }: Landed, key: string) =>
    new Promise<Completion>((resolve) => {
      const named = claim.impUid ?? claim.merchantUid;
      const { result, view, accent } = settings;
      shown = key;
      // As an attribute, too.
      const show =
        !VIEW || /false/.test(`${view}`)
          ? undefined
          : edges.openView(
              result,
              accent,
              () => report(new ImpRedirectError('result_not_found', result)),
              () => exchangeAbout(claim).pursue({ name: 'retrying', claim }, watch),
            );
      const watch: Watch = (phase, reply) => {
        const { name, verdict = null } = phase;
        // In a single-page shop the card may be the next landing's by now.
        if (shown === key) {
          if (FULL || !VIEW) latest = phase;
          show?.(modelOf(phase));
          soon(settings.onPhase, phase);
          if (name === 'deferred') promise = undefined;
        }
        if (verdict && reply && !(FULL && verdict.status === 'page')) edges.settle({ claim, reply });
        if (name === 'deferred') edges.emit('deferred', { claim });
        if (verdict || name === 'deferred') resolve({ claim, verdict });
      };

      edges.emit('landing', { claim });
      let phase: Phase = { name: named ? 'confirming' : 'deferred', claim };
      if (kept) phase = nextPhase(phase, parseVerdict(kept, claim), true);
      if (!named) watch(phase);
      if (claim.kind === 'malformed' || !named) report(new ImpRedirectError('claim_unreadable', '', 'gateway'));
      if (!named) return;
      if (!phase.verdict)
        edges.keepEntry('landed', claim).then((cause) => {
          if (cause) report(new ImpRedirectError('storage_unavailable', cause, 'customer', cause));
        });
      exchangeAbout(claim).pursue(phase, watch);
    });

  return (options) => {
    try {
      // A page may give by script what its tag cannot say.
      settings = resolveCompleteOptions({ ...settings, ...options }, edges.resolveUrl);
    } catch (error) {
      return Promise.reject(error);
    }
    if (!started) {
      started = true;
      edges.openStorage();
      edges.hearTabs(([key, reply]) => exchanges.get(key)?.hear(reply));
      edges.onReturn(() => {
        for (const exchange of exchanges.values()) exchange.wake();
        drain();
      });
    }
    const landed = edges.currentLanding();
    const key = JSON.stringify(landed?.claim);
    if (landed && promise && shown === key) {
      if (VIEW) edges.remountView(FULL ? settings.result : undefined);
      // A component that is made again, or twice, is told where it stands; and it may be a tap that called.
      if (FULL || !VIEW) {
        soon(settings.onPhase, latest as Phase);
        exchanges.get(keyOf('landed', landed.claim))?.wake();
      }
    } else if (landed) promise = land(landed, key);
    drain();
    return (landed && promise) || Promise.resolve(null);
  };
}
