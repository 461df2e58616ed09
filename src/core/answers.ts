import type { Ids } from './claim.js';
import { type Answer, isLater, type Reply, type VerdictStatus } from './verdict.js';

/** Sets of words that servers answer with. */
export type VocabularyName = 'imp-redirect' | 'portone-manual' | 'rest-envelope' | 'v2' | 'text';

/**
 * What an answer's words mean: a vocabulary's name; or where the word is and what each means, in one text
 * (`"data.payStatus PAID=paid WAITING=pending"`); or a function, which gets the answer (JSON, or else text) and the HTTP
 * status, and returns a verdict's word, or an answer with a `status`, or nothing.
 */
export type Answers =
  | VocabularyName
  | (string & {})
  | ((answer: unknown, httpStatus: number) => VerdictStatus | (Answer & { readonly status?: VerdictStatus }) | undefined);

/**
 * Where the word is in the answer ("." is all of it, "http" the HTTP status), then each word and what it means, if that is not
 * the same; "*" is any text, and "_" stands for a space; "!code" is no verdict where the answer has a `code` that is not 0.
 */
export const VOCABULARIES: Readonly<Record<VocabularyName, string>> = {
  'imp-redirect': 'status paid ready failed cancelled forged pending certified registered',
  'portone-manual': 'status success=paid vbankIssued=ready forgery=forged',
  'rest-envelope': 'response.status !code paid ready failed cancelled',
  v2: 'status PAID=paid VIRTUAL_ACCOUNT_ISSUED=ready FAILED=failed CANCELLED=cancelled PAY_PENDING=pending',
  text: '. success=paid ok=paid true=paid 성공=paid vbankIssued=ready forgery=forged',
};

/** What a server said, in our words; nothing where it is not in its own. */
function interpret(value: unknown, httpStatus: number, answers: Answers): (Answer & { readonly status?: unknown }) | undefined {
  if (typeof answers === 'function') {
    const said = answers(value, httpStatus);
    return typeof said === 'object' ? said : { ...(value as Answer), status: said };
  }
  const [path, ...words] = (VOCABULARIES[answers as VocabularyName] ?? answers).split(/\s+/) as [string, ...string[]];
  let holder: Answer = {};
  let said = path === 'http' ? httpStatus : value;
  if (!/^(http|\.)$/.test(path))
    for (const name of path.split('.')) {
      holder = said as Answer;
      // An answer says what is its own, and nothing that every object has.
      said = Object.getOwnPropertyDescriptor(holder, name)?.value;
    }
  if (typeof said === 'object') return;
  for (const word of words) {
    const [is, means = is] = word.split('=') as [string, string?];
    if (/^!/.test(is) && (value as Answer)[is.slice(1)]) return;
    if (is === `${said}`.replace(/\s/g, '_') || (is === '*' && typeof said === 'string' && said))
      return {
        ...holder,
        status: means,
        ...(means === 'page' && { page: said }),
        ...(means === 'ready' && is !== means && { issued: true }),
      };
  }
}

/** V2 has an amount with parts. */
const totalOf = ({ amount }: { readonly amount?: unknown }) =>
  typeof amount === 'object' && { amount: (amount as { total?: number } | null)?.total };

/**
 * Puts a server's reply into the words of our own contract, where it is a verdict in its own; an answer's other fields stay.
 * An id that is in it must be the one that was asked for.
 *
 * @returns a reply without text where it is none; `cause` tells what came, by its names, and which vocabularies have such words
 */
export function translate(reply: Reply, { impUid, merchantUid }: Ids, answers: Answers = 'imp-redirect'): Reply {
  const { httpStatus, text = '' } = reply;
  if (isLater(httpStatus)) return reply;
  let value: unknown = text.trim();
  try {
    value = JSON.parse(text);
  } catch {}
  const attempt = (vocabulary: Answers) => {
    try {
      const { status, imp_uid = impUid, merchant_uid = merchantUid, ...rest } = interpret(value, httpStatus, vocabulary) ?? {};
      return status && { ...rest, ...totalOf(rest), status, imp_uid: imp_uid ?? impUid, merchant_uid: merchant_uid ?? merchantUid };
    } catch {}
  };
  const verdict = attempt(answers);
  if (verdict) return answers === 'imp-redirect' ? reply : { ...reply, text: JSON.stringify(verdict) };
  const fitting = Object.keys(VOCABULARIES).filter(attempt);
  // A server's own names may be a customer's.
  const names = Object.keys(Object(value)).filter((name) =>
    /^(status|state|result|success|ok|code|message|error|response|data|paid)$/.test(name),
  );
  const shape = typeof value === 'object' ? `{${names}}` : typeof value;
  return { ...reply, text: '', cause: `${httpStatus} ${shape} is not ${answers}; ${fitting.join(' or ') || 'no vocabulary'} would fit` };
}
