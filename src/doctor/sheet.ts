import { BLOCKING, CODES, type Code, type Reason, type Words } from './findings.js';

/** How one check ended. `detail` is what was seen, without anything of a customer, an order or a secret. */
export type Result =
  | { readonly result: 'ok' }
  | { readonly result: 'finding'; readonly detail: Words }
  | { readonly result: 'not_checked'; readonly reason: Reason; readonly detail: Words };

/** What the checks write their results on. The first word about a check stands, but a finding outranks it: there are two pages. */
export interface Sheet {
  ok(...codes: Code[]): void;
  found(code: Code, detail: Words): void;
  skip(reason: Reason, codes: readonly Code[], detail?: Words): void;
  /** Every check with its result; those that nobody came to took an answer that was not there. */
  results(): { readonly code: Code; readonly result: Result }[];
}

const NONE: Words = { en: '', ko: '' };

export function createSheet(): Sheet {
  const written = new Map<Code, Result>();
  const write = (code: Code, result: Result) => {
    const before = written.get(code)?.result;
    if (!before || (result.result === 'finding' && before !== 'finding')) written.set(code, result);
  };
  return {
    ok(...codes) {
      for (const code of codes) write(code, { result: 'ok' });
    },
    found: (code, detail) => write(code, { result: 'finding', detail }),
    skip(reason, codes, detail = NONE) {
      for (const code of codes) write(code, { result: 'not_checked', reason, detail });
    },
    results: () =>
      CODES.map((code) => ({ code, result: written.get(code) ?? { result: 'not_checked', reason: 'needs_answer', detail: NONE } })),
  };
}

/** For CI: 1 where something was found, 2 where the main thing could not be checked, else 0. */
export function exitCodeOf(results: ReturnType<Sheet['results']>): 0 | 1 | 2 {
  if (results.some(({ result }) => result.result === 'finding')) return 1;
  const isBlocked = results.some(
    ({ code, result }) => result.result === 'not_checked' && (code === 'no_answer' || BLOCKING.includes(result.reason)),
  );
  return isBlocked ? 2 : 0;
}
