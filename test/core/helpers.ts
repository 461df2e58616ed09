import type { Claim } from '../../src/core/claim.js';
import { type Answer, type FinalVerdict, parseVerdict, type Verdict, type VerdictStatus } from '../../src/core/verdict.js';

export const IDS = { impUid: 'imp_448280090638', merchantUid: 'order_1' } as const;

/** How a payment can end, as the server says. */
export type Final = FinalVerdict['status'];
export const FINAL: readonly Final[] = ['paid', 'ready', 'failed', 'cancelled', 'forged', 'page', 'certified', 'registered'];

/** A claim of the usual ids that says nothing, but for what is given. */
export const claimOf = (said: Partial<Claim> = {}): Claim => ({
  kind: 'unknown',
  ...IDS,
  errorCode: null,
  errorMessage: null,
  ...said,
});

/** The body of an answer as our contract has it, for the usual ids. */
export const answerText = (status: unknown, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ status, imp_uid: IDS.impUid, merchant_uid: IDS.merchantUid, ...more });

/** A verdict made in the only way there is. */
export function verdictOf(status: VerdictStatus, more: Partial<Answer> = {}): Verdict {
  const verdict = parseVerdict({ httpStatus: 200, text: answerText(status, more) }, IDS);
  if (verdict instanceof Error) throw verdict;
  return verdict;
}

/** The same, where it is known to be a final one. */
export const finalVerdictOf = (status: Final, more: Partial<Answer> = {}): FinalVerdict =>
  verdictOf(status, status === 'ready' ? { vbank_num: '1234', ...more } : more) as FinalVerdict;

/** What some work throws; it must. */
export const caught = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};
