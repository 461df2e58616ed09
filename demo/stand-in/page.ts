import type { Context } from 'hono';
import { html, raw } from 'hono/html';

export type Language = 'ko' | 'en';
export type Words = Readonly<Record<Language, string>>;
export type Markup = ReturnType<typeof html>;

/** `?lang=` first, then the browser's preference; Korean where neither says. */
export function readLanguage(c: Context): Language {
  const asked = c.req.query('lang') ?? c.req.header('accept-language') ?? 'ko';
  return /^(ko|\*)/i.test(asked) ? 'ko' : 'en';
}

/** An amount as it is written to customers. */
export function formatAmount(amount: number, currency: string, language: Language): string {
  if (currency === 'KRW' && language === 'ko') return `${amount.toLocaleString('ko')}원`;
  return new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 2, minimumFractionDigits: 0 }).format(
    amount,
  );
}

/** A value as a literal inside an inline script, where no markup can end the script. */
export const scriptLiteral = (value: unknown) =>
  raw(JSON.stringify(value).replace(/[<\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));

const STYLE = raw(`
:root { color-scheme: light; --ink: #191f28; --soft: #6b7684; --line: #e5e8eb; --ground: #f4f6f8; --brand: #1b4fd8; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); word-break: keep-all; overflow-wrap: anywhere;
  font: 16px/1.5 -apple-system, BlinkMacSystemFont, 'Apple SD Gothic Neo', 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', sans-serif; }
main { max-width: 480px; min-height: 100vh; margin: 0 auto; background: #fff; display: flex; flex-direction: column; }
header { display: flex; align-items: center; min-height: 56px; padding: 0 8px 0 20px; background: var(--brand); color: #fff; font-weight: 700; letter-spacing: .02em; }
header span { flex: 1; }
header a { color: #fff; font-size: 14px; font-weight: 500; text-decoration: none; padding: 11px 12px; }
header button { all: unset; width: 44px; height: 44px; text-align: center; font-size: 20px; line-height: 44px; cursor: pointer; }
.practice { margin: 0; padding: 8px 20px; background: #fff6d6; color: #6b5200; font-size: 13px; }
section, footer { padding: 0 20px; }
h1 { font-size: 22px; margin: 28px 0 8px; line-height: 1.35; }
h2 { font-size: 14px; font-weight: 600; color: var(--soft); margin: 28px 0 8px; }
p { margin: 0 0 12px; }
.soft { color: var(--soft); font-size: 14px; }
.merchant { margin: 24px 0 0; }
.amount { font-size: 30px; font-weight: 700; line-height: 1.3; margin: 0 0 16px; letter-spacing: -.01em; font-variant-numeric: tabular-nums; }
dl { margin: 0 0 20px; padding: 14px 16px; border-radius: 12px; background: var(--ground); display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; font-size: 14px; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; }
.ending { font: inherit; font-weight: 500; width: 100%; min-height: 52px; padding: 10px 16px; border: 0; background: #fff; color: var(--ink); cursor: pointer; text-align: left; }
.group { border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.group .ending { display: flex; align-items: center; justify-content: space-between; gap: 12px; }
.group .ending::after { content: ''; flex: none; width: 8px; height: 8px; border: solid #b0b8c1; border-width: 2px 2px 0 0; transform: rotate(45deg); }
.group .ending + .ending { border-top: 1px solid var(--line); }
.usual .ending { font-weight: 600; text-align: center; border: 1px solid #c9d2dc; border-radius: 12px; margin: 0 0 8px; }
.usual .ending.first { background: var(--brand); border-color: var(--brand); color: #fff; font-size: 17px; min-height: 56px; }
.ending:active { filter: brightness(.94); }
button:focus-visible, a:focus-visible { outline: 3px solid #7aa2ff; outline-offset: -3px; }
footer { margin-top: auto; padding-top: 20px; padding-bottom: 24px; color: var(--soft); font-size: 12px; }
.spinner { width: 32px; height: 32px; margin: 48px 0 0; border: 4px solid var(--line); border-top-color: var(--brand); border-radius: 50%; animation: turn 1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation: none; } }
`);

interface PageParts {
  readonly language: Language;
  readonly title: string;
  readonly body: Markup;
  /** More styles, for this page alone. */
  readonly style?: string;
}

/** A whole document around a body; everything that is interpolated into a body is escaped by `html`. */
export const renderPage = ({ language, title, body, style = '' }: PageParts): Markup => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${STYLE}${raw(style)}</style>
</head>
<body>${body}</body>
</html>`;

/** A page that says one thing. */
export const renderNotice = (language: Language, heading: string, text: string, busy = false): Markup =>
  renderPage({
    language,
    title: heading,
    body: html`<main><header><span>SAFE PAY</span></header><section role="status">${busy ? html`<div class="spinner"></div>` : ''}<h1>${heading}</h1><p class="soft">${text}</p></section></main>`,
  });
