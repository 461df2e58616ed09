import type { Claim } from '../../src/core/claim.js';
import { describePhase, type Locale, type ShopOptions, type ViewModel } from '../../src/core/messages.js';
import type { Phase } from '../../src/core/phase.js';
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

/** A time for what is shown. */
export const NOW_MS = Date.UTC(2025, 11, 30);

export const modelOf = (phase: Phase, locale: Locale = 'ko', isBanner = false, shop: ShopOptions = {}): ViewModel =>
  describePhase(phase, locale, shop, NOW_MS, isBanner);

/** What stands on a card, from top to bottom. */
export const rowsOf = ({ groups }: ViewModel) => groups.flat().filter(([, text]) => text);

/** All that a customer reads, line by line. */
export const textOf = (model: ViewModel): string =>
  rowsOf(model)
    .map(([tag, text, more]) => (tag === 'dd' ? `${more}: ${text}` : `${text}`))
    .join('\n');

/** What some work throws; it must. */
export const caught = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};
