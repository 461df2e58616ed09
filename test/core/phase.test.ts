import { describe, expect, it } from 'vitest';
import { ImpRedirectError } from '../../src/core/errors.js';
import { isLast, nextPhase, type Phase } from '../../src/core/phase.js';
import type { Outcome } from '../../src/core/verdict.js';
import { claimOf, FINAL, type Final, finalVerdictOf, verdictOf } from './helpers.js';

const claim = claimOf();
const OPEN = ['confirming', 'retrying', 'deferred'] as const;
const openPhase = (name: (typeof OPEN)[number]): Phase => ({ name, claim });
const settled = (status: Final): Phase => ({ name: 'settled', claim, verdict: finalVerdictOf(status, { message: 'before' }) });

/** Every way in which the server has not said how it ended. */
const UNKNOWN: [name: string, outcome: Outcome][] = [
  ['the verdict "pending"', verdictOf('pending')],
  ['an account that was not issued', verdictOf('ready')],
  ['a server that cannot be reached', new ImpRedirectError('confirm_unreachable', 503, 'network')],
  ['a refusal', new ImpRedirectError('confirm_unreadable', 404)],
];

describe('while there is no final answer', () => {
  it.each(OPEN.flatMap((name) => FINAL.map((status) => [name, status] as const)))(
    '%s: the verdict "%s" settles the landing',
    (name, status) => {
      const verdict = finalVerdictOf(status);
      for (const again of [true, false]) {
        const next = nextPhase(openPhase(name), verdict, again);
        expect(next).toEqual({ name: 'settled', claim, verdict });
        expect(next.verdict).toBe(verdict);
        expect(next.claim).toBe(claim);
      }
    },
  );

  it.each(OPEN.flatMap((name) => UNKNOWN.map(([what, outcome]) => [name, what, outcome] as const)))(
    '%s: %s says nothing of the payment, and only whether the server is asked again soon is told',
    (name, _, outcome) => {
      for (const [again, then] of [
        [true, 'retrying'],
        [false, 'deferred'],
      ] as const) {
        const phase = openPhase(name);
        const next = nextPhase(phase, outcome, again);
        expect(next).toEqual({ name: then, claim });
        expect(next.claim).toBe(claim);
        // The same object is how the flow knows that nothing has changed.
        expect(next === phase).toBe(name === then);
      }
    },
  );
});

describe('after a final answer', () => {
  const ACCEPTED: Record<Final, Final[]> = {
    paid: ['cancelled'],
    ready: [...FINAL],
    failed: [...FINAL],
    forged: [...FINAL],
    cancelled: [],
    page: [...FINAL],
    certified: [...FINAL],
    registered: [...FINAL],
  };
  const steps = FINAL.flatMap((from) => FINAL.map((to) => [from, to, ACCEPTED[from].includes(to) ? 'accepted' : 'refused'] as const));

  it.each(steps)('%s → %s is %s', (from, to, judgement) => {
    for (const again of [true, false]) {
      const phase = settled(from);
      const verdict = finalVerdictOf(to, { message: 'after' });
      const next = nextPhase(phase, verdict, again);
      if (judgement === 'refused') expect(next).toBe(phase);
      else {
        expect(next).toEqual({ name: 'settled', claim, verdict });
        expect(next.verdict).toBe(verdict);
      }
    }
  });

  it('as many steps are refused as can be no news: from "paid" seven, from "cancelled" eight', () => {
    expect(steps.filter(([, , judgement]) => judgement === 'refused').map(([from, to]) => `${from} → ${to}`)).toEqual([
      'paid → paid',
      'paid → ready',
      'paid → failed',
      'paid → forged',
      'paid → page',
      'paid → certified',
      'paid → registered',
      'cancelled → paid',
      'cancelled → ready',
      'cancelled → failed',
      'cancelled → cancelled',
      'cancelled → forged',
      'cancelled → page',
      'cancelled → certified',
      'cancelled → registered',
    ]);
  });

  it.each(FINAL.flatMap((status) => UNKNOWN.map(([what, outcome]) => [status, what, outcome] as const)))(
    '%s: %s changes nothing',
    (status, _, outcome) => {
      const phase = settled(status);
      for (const again of [true, false]) expect(nextPhase(phase, outcome, again)).toBe(phase);
    },
  );
});

it('the phase before is left as it was', () => {
  for (const before of [...OPEN.map(openPhase), ...FINAL.map(settled)])
    for (const [, outcome] of [...UNKNOWN, ...FINAL.map((status) => [status, finalVerdictOf(status)] as const)]) {
      const phase = Object.freeze({ ...before });
      nextPhase(phase, outcome, true);
      expect(phase).toEqual(before);
    }
});

it.each<[status: Final, last: boolean]>([
  ['paid', true],
  ['cancelled', true],
  ['forged', true],
  ['page', true],
  ['certified', true],
  ['registered', true],
  ['ready', false],
  ['failed', false],
])('"%s" leaves nothing to ask: %s', (status, last) => {
  expect(isLast(finalVerdictOf(status))).toBe(last);
});

// Every order of eight outcomes; those that have led to the same phase with the same things said go on as one, counted together.
describe('over every order of eight outcomes', () => {
  const DEPTH = 8;
  const verdicts = new Map(FINAL.map((status) => [status, finalVerdictOf(status)]));
  const cancelled = verdicts.get('cancelled') as Outcome;
  const paid = verdicts.get('paid') as Outcome;
  const moves = [...verdicts.values(), ...UNKNOWN.map(([, outcome]) => outcome)].flatMap((outcome) =>
    [true, false].map((again) => ({ outcome, again })),
  );
  const finalOf = (outcome: Outcome) => (outcome instanceof Error || outcome.status === 'pending' ? undefined : outcome.status);

  interface State {
    readonly phase: Phase;
    /** How it has ended, as the server said, now or before. */
    readonly said: ReadonlySet<Final>;
    readonly orders: number;
  }
  const broken = new Set<string>();
  const seen = new Set<string>();
  let states: State[] = [{ phase: openPhase('confirming'), said: new Set(), orders: 1 }];

  for (let depth = 0; depth < DEPTH; depth++) {
    const next = new Map<string, State>();
    for (const { phase, said, orders } of states)
      for (const { outcome, again } of moves) {
        const after = nextPhase(phase, outcome, again);
        const now = finalOf(outcome);
        const saidNow = now ? new Set([...said, now]) : said;
        const was = phase.verdict?.status;
        const is = after.verdict?.status;
        const hold = (promise: string, isKept: boolean) => {
          if (!isKept) broken.add(`${promise}: ${was ?? phase.name}, then ${now ?? 'nothing'} (${again}) → ${is ?? after.name}`);
        };

        hold('what is paid stays paid or is cancelled', was !== 'paid' || is === 'paid' || is === 'cancelled');
        hold('what is cancelled stays so', was !== 'cancelled' || is === 'cancelled');
        hold('what is settled stays settled', !was || !!is);
        hold('no verdict is invented', !is || (saidNow.has(is) && after.verdict === verdicts.get(is)));
        hold('a verdict changes to what was just said', is === was || is === now);
        hold('it is settled once the server has said how it ended, and not before', !!is === saidNow.size > 0);
        hold('only what is settled has a verdict', (after.name === 'settled') === !!is);
        hold('what is open says whether the server is asked again', !!is || after.name === (again ? 'retrying' : 'deferred'));
        hold('nothing new is the same object', !!now || is !== was || after.name !== phase.name || after === phase);
        hold(
          'what is paid or cancelled, and is said again, is the same object',
          is !== was || !/paid|cancelled/.test(`${is}`) || after === phase,
        );
        hold('the claim stays what it was', after.claim === claim);
        hold('it can still be paid, or is cancelled', is === 'cancelled' || nextPhase(after, paid, again).verdict?.status === 'paid');
        hold('it can still be cancelled', nextPhase(after, cancelled, again).verdict?.status === 'cancelled');

        seen.add(is ?? after.name);
        const key = JSON.stringify([after, [...saidNow].sort()]);
        next.set(key, { phase: after, said: saidNow, orders: orders + (next.get(key)?.orders ?? 0) });
      }
    states = [...next.values()];
  }

  it('nothing is invented, lost, undone or stuck', () => {
    expect([...broken]).toEqual([]);
  });

  it('what was ever said to be paid ends as paid or cancelled', () => {
    const ends = states.filter(({ said }) => said.has('paid')).map(({ phase }) => phase.verdict?.status);
    expect(new Set(ends)).toEqual(new Set(['paid', 'cancelled']));
  });

  it('all of them were looked at', () => {
    expect(moves).toHaveLength(24);
    expect(states.reduce((sum, { orders }) => sum + orders, 0)).toBe(24 ** DEPTH);
    expect([...seen].sort()).toEqual([
      'cancelled',
      'certified',
      'deferred',
      'failed',
      'forged',
      'page',
      'paid',
      'ready',
      'registered',
      'retrying',
    ]);
  });
});
