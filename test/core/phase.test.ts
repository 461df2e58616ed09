import { describe, expect, it } from 'vitest';
import { ImpRedirectError } from '../../src/core/errors.js';
import { nextPhase, type Phase } from '../../src/core/phase.js';
import type { FinalVerdict } from '../../src/core/verdict.js';
import { claimOf, finalVerdictOf, verdictOf } from './helpers.js';

const claim = claimOf();
const FIRST: Phase[] = [
  { name: 'confirming', claim },
  { name: 'deferred', claim },
];
const FINAL: FinalVerdict['status'][] = ['paid', 'ready', 'failed', 'cancelled', 'forged'];

describe.each(FIRST)('after a confirm attempt while $name', (phase) => {
  it.each(FINAL)('the verdict "%s" settles the landing', (status) => {
    const verdict = finalVerdictOf(status);
    const next = nextPhase(phase, verdict);
    expect(next).toEqual({ name: 'settled', claim, verdict });
    expect(next.name === 'settled' && next.verdict).toBe(verdict);
  });

  it('the verdict "pending" does not, and neither does an account that was not issued', () => {
    expect(nextPhase(phase, verdictOf('pending'))).toEqual({ name: 'deferred', claim, pending: true });
    expect(nextPhase(phase, verdictOf('ready'))).toEqual({ name: 'deferred', claim, pending: true });
  });

  it.each(['confirm_unreachable', 'confirm_unreadable'] as const)('%s defers the landing and says nothing of the payment', (code) => {
    expect(nextPhase(phase, new ImpRedirectError(code))).toEqual({ name: 'deferred', claim, pending: false });
  });

  it('the phase before is left as it was', () => {
    const before = structuredClone(phase);
    nextPhase(phase, finalVerdictOf('paid'));
    expect(phase).toEqual(before);
  });
});
