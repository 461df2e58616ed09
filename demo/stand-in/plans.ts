import type { EndingId } from './endings.js';

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

export interface Plans {
  /** @param merchantUid `null`: of every order that has no plan of its own */
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
