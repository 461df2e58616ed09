import { ENDING_IDS, type EndingId } from './endings.js';

/** What becomes of an order's payment, and what goes wrong on the way. What is left out goes as it should. */
export interface Plan {
  /** How it ends. On the gateway's page it is what "pay" does; the page's other buttons stay the customer's. @default 'paid' */
  readonly ending?: EndingId | undefined;
  /** How the result comes back, whatever the device and the gateway. */
  readonly way?: 'redirect' | 'callback' | undefined;
  /**
   * The customer's way home: `twice`, as by a reload, a second tab or a browser that repeats itself; `lost`, where the gateway's
   * page is the last that is seen.
   *
   * @default 'once'
   */
  readonly landing?: 'once' | 'twice' | 'lost' | undefined;
  /**
   * The webhook: `first` is answered before the customer comes home; `slow` is sent after `delayMs`.
   *
   * @default 'at-once'
   */
  readonly webhook?: 'at-once' | 'first' | 'slow' | 'twice' | 'lost' | undefined;
  /** What is slow, or later, comes after this, in milliseconds. @default 3000 */
  readonly delayMs?: number | undefined;
  /** How many of the merchant's next questions about the order are answered with HTTP 503. @default 0 */
  readonly apiFailures?: number | undefined;
}

export const DELAY_MS = 3000;

const CHOICES: Readonly<Record<keyof Plan, readonly string[] | null>> = {
  ending: ENDING_IDS,
  way: ['redirect', 'callback'],
  landing: ['once', 'twice', 'lost'],
  webhook: ['at-once', 'first', 'slow', 'twice', 'lost'],
  delayMs: null,
  apiFailures: null,
};

/** A plan that is none would let a test pass without its fault. */
function check(plan: Plan): void {
  for (const [name, value] of Object.entries(plan)) {
    const choices = Object.hasOwn(CHOICES, name) ? CHOICES[name as keyof Plan] : undefined;
    if (choices === undefined) throw new TypeError(`a plan has no "${name}": ${Object.keys(CHOICES).join(', ')}`);
    const isRight = choices ? choices.includes(value as string) : typeof value === 'number' && value >= 0;
    if (value !== undefined && !isRight)
      throw new TypeError(`"${value}" is no ${name}: ${choices ? choices.join(', ') : 'a number from 0 on'}`);
  }
}

export interface Plans {
  /**
   * @param merchantUid `null`: of every order that has no plan of its own
   * @throws TypeError for what is no plan
   */
  set(merchantUid: string | null, plan: Plan): void;
  of(merchantUid: string): Plan;
  /** Whether this question is to fail. It counts. */
  failsNow(merchantUid: string): boolean;
}

export function createPlans(): Plans {
  const plans = new Map<string | null, Plan>();
  /** By plan and order: a plan for all is spent by each order for itself. */
  const failures = new WeakMap<Plan, Map<string, number>>();
  const of = (merchantUid: string) => plans.get(merchantUid) ?? plans.get(null) ?? {};
  return {
    set(merchantUid, plan) {
      check(plan);
      plans.set(merchantUid, { ...plan });
    },
    of,
    failsNow(merchantUid) {
      const plan = of(merchantUid);
      const counts = failures.get(plan) ?? new Map<string, number>();
      failures.set(plan, counts);
      const failed = counts.get(merchantUid) ?? 0;
      if (failed >= (plan.apiFailures ?? 0)) return false;
      counts.set(merchantUid, failed + 1);
      return true;
    },
  };
}
