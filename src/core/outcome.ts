import type { Ids } from './claim.js';
import { ImpRedirectError } from './errors.js';
import { parseVerdict, type Verdict } from './verdict.js';

/** What came back over the wire, before any judgement. */
export interface Reply {
  /** The HTTP status; 0 where there was no answer. */
  readonly httpStatus: number;
  readonly text?: string;
  /** The `Retry-After` header, where there was one. */
  readonly retryAfter?: string | null;
  /** What the attempt died of. */
  readonly cause?: unknown;
}

/**
 * How one confirm attempt ended.
 *
 * - answered: a verdict
 * - refused: an error whose actor is the merchant; asking again the same way will not help
 * - unreachable: `confirm_unreachable`, whose actor is the network; asking again may help
 */
export type Outcome = Verdict | ImpRedirectError;

/**
 * Judges a reply. A verdict counts with 4xx as with 2xx: PortOne's own sample server answers 400 for a forgery. No answer,
 * 408, 425, 429 and 5xx mean "later", whatever the body says.
 */
export const judgeReply = ({ httpStatus, text, cause }: Reply, asked: Ids): Outcome =>
  /^(0|5|408|425|429)/.test(`${httpStatus}`)
    ? new ImpRedirectError('confirm_unreachable', httpStatus || cause, 'network', cause)
    : (parseVerdict(text as string, asked) ?? new ImpRedirectError('confirm_unreadable', httpStatus));
