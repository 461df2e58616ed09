import type { Options } from './args.js';
import { CHECKS, docsUrl, type Lang, REASONS, type Words } from './findings.js';
import { exitCodeOf, type Sheet } from './sheet.js';

type Results = ReturnType<Sheet['results']>;

const WORDS = {
  ok: { en: 'ok', ko: '정상' },
  finding: { en: 'FINDING', ko: '문제' },
  not_checked: { en: 'not checked', ko: '확인 안 함' },
  seen: { en: 'seen', ko: '관찰' },
  fix: { en: 'fix', ko: '해결' },
} as const satisfies Record<string, Words>;

/** Letters of Hangul are two columns wide in a terminal. */
const pad = (text: string, columns: number) =>
  text + ' '.repeat(Math.max(columns - [...text].reduce((sum, letter) => sum + (/[가-힣]/.test(letter) ? 2 : 1), 0), 0));

const INDENT = ' '.repeat(13);

function summary(results: Results, lang: Lang): string {
  const count = (kind: 'ok' | 'finding' | 'not_checked') => results.filter(({ result }) => result.result === kind).length;
  const [ok, found, skipped] = [count('ok'), count('finding'), count('not_checked')];
  return lang === 'ko'
    ? `정상 ${ok}, 문제 ${found}, 확인 안 함 ${skipped}`
    : `${ok} ok, ${found} ${found === 1 ? 'finding' : 'findings'}, ${skipped} not checked`;
}

/** The report for a person: one line a check, and below a finding what was seen and its one fix. */
export function toText(results: Results, lang: Lang): string {
  const lines: string[] = [];
  for (const { code, result } of results) {
    const { title, finding, fix } = CHECKS[code];
    const head = pad(WORDS[result.result][lang], INDENT.length) + pad(code, 21);
    if (result.result === 'finding') {
      lines.push(head + finding[lang]);
      if (result.detail[lang]) lines.push(`${INDENT}${WORDS.seen[lang]}: ${result.detail[lang]}`);
      lines.push(`${INDENT}${WORDS.fix[lang]}: ${fix[lang]}`, `${INDENT}${docsUrl(code, lang)}`);
    } else if (result.result === 'not_checked') {
      const detail = result.detail[lang] && ` (${result.detail[lang]})`;
      lines.push(`${head}${REASONS[result.reason][lang]}${detail}`);
    } else lines.push(head + title[lang]);
  }
  return `${lines.join('\n')}\n\n${summary(results, lang)}\n`;
}

/** The report for a program; docs/doctor.md describes it. */
export function toJson(results: Results, { confirmUrl, outside, lang }: Pick<Options, 'confirmUrl' | 'outside' | 'lang'>): string {
  const checks = results.map(({ code, result }) => {
    if (result.result === 'finding')
      return {
        code,
        result: result.result,
        message: CHECKS[code].finding[lang],
        detail: result.detail[lang],
        fix: CHECKS[code].fix[lang],
        url: docsUrl(code, lang),
      };
    if (result.result === 'ok') return { code, result: result.result, message: CHECKS[code].title[lang] };
    return { code, result: result.result, reason: result.reason, message: REASONS[result.reason][lang], detail: result.detail[lang] };
  });
  const count = (kind: string) => checks.filter(({ result }) => result === kind).length;
  const report = {
    version: 1,
    // A confirm URL may have a secret in its query.
    confirmUrl: confirmUrl.replace(/[?#].*/, ''),
    mode: outside ? 'outside' : 'portone',
    exitCode: exitCodeOf(results),
    ok: count('ok'),
    findings: count('finding'),
    notChecked: count('not_checked'),
    checks,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
