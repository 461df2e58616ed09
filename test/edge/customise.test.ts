// What docs/customise.md and docs/customise.ko.md list is what there is: words, parts, custom properties, options, ways out of apps.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { escapeUrl, type InAppBrowser } from '../../src/core/environment.js';
import { describePhase, type Locale, type Messages, type Row, type ShopOptions } from '../../src/core/messages.js';
import { COMPLETE_NAMES } from '../../src/core/options.js';
import type { Phase } from '../../src/core/phase.js';
import { openBanner, openView } from '../../src/edge/view.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The rows of the table whose first cell, in its first row, is this. */
function tableOf(doc: string, first: string): string[][] {
  const lines = doc.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  const rows = lines.slice(from, lines.indexOf('', from));
  expect(from, first).toBeGreaterThan(0);
  return rows.map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
}

const codes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

// As the source has it: whatever else is true of a word, it has a name.
const [, wordList = ''] = /WORD_NAMES = \[([^\]]*)\]/.exec(read('src/core/messages.ts')) ?? [];
const WORD_NAMES = [...wordList.matchAll(/'(\w+)'/g)].map(([, name]) => name as string);

/** All that the card ever says, in one list. */
function said(locale: Locale, messages?: Messages): string[] {
  const claim = { kind: 'unknown', impUid: 'imp_1', merchantUid: 'order_1', errorCode: null, errorMessage: null } as const;
  const answer = { amount: 1, name: 'x', vbank_num: '1', vbank_date: 1, receipt_url: 'https://a.example' };
  const shop: ShopOptions = { home: '/', retry: '/cart', contact: '1', messages };
  const phases: unknown[] = [
    { name: 'confirming', claim },
    { name: 'deferred', claim },
    { name: 'deferred', claim: { ...claim, impUid: null, merchantUid: null } },
    ...['paid', 'ready', 'failed', 'cancelled', 'forged'].map((status) => ({ name: 'settled', claim, verdict: { status, answer } })),
  ];
  return phases.flatMap((phase) =>
    [false, true].flatMap((isBanner) =>
      describePhase(phase as Phase, locale, shop, 0, isBanner)
        .groups.flat()
        .flatMap(([tag, text, more]) => (tag === 'dd' ? [`${more}`] : [`${text}`])),
    ),
  );
}

/** The built-in text of a name: what another text takes the place of. */
function wordOf(name: string, locale: Locale): string {
  const own = said(locale, { [name]: '§' });
  const texts = new Set(said(locale).filter((_, at) => own[at] === '§'));
  expect([...texts], name).toHaveLength(1);
  return [...texts][0] as string;
}

describe.each([
  ['docs/customise.md', { option: 'option', property: 'property', part: 'part', name: 'name', app: 'app, as `environment()` names it' }],
  ['docs/customise.ko.md', { option: '옵션', property: '변수', part: '파트', name: '이름', app: '앱(`environment()`의 이름)' }],
])('%s', (path, heads) => {
  const doc = read(path);

  it('has every word, in both languages', () => {
    const [, , ...rows] = tableOf(doc, heads.name);
    expect(WORD_NAMES).toHaveLength(21);
    expect(rows.map((row) => row.slice(0, 3))).toEqual(WORD_NAMES.map((name) => [`\`${name}\``, wordOf(name, 'ko'), wordOf(name, 'en')]));
    for (const row of rows) expect(row[3]).toMatch(/\S/);
  });

  it('has every part of the card and of the banners, and no other', () => {
    const rows: Row[] = (['h2', 'p', 'blockquote', 'dd', 'a', 'button'] as const).map((tag) => [tag, 'text']);
    const model = { state: 'paid', lang: 'ko', groups: [rows, [], []] } as const;
    openView(
      undefined,
      undefined,
      () => {},
      () => {},
    )(model);
    openBanner(model);
    const real = ['.imp-redirect', '.imp-redirect-banner'].map((selector) =>
      [...(document.querySelector(selector)?.shadowRoot?.querySelectorAll('[part]') ?? [])].map((element) => element.getAttribute('part')),
    );
    const [, , ...listed] = tableOf(doc, heads.part);
    const parts = listed.map(([cell]) => codes(cell)[0]);
    expect(new Set(parts).size).toBe(parts.length);
    for (const set of real) expect([...new Set(set)].sort()).toEqual([...parts].sort());
  });

  it('has every custom property, with its default', () => {
    const source = read('src/core/style.ts') + read('src/edge/view.ts');
    const real = new Map([...source.matchAll(/var\((--imp-[\w-]+),([^()]*)\)/g)].map(([, name, value]) => [name, value]));
    expect([...new Set(source.match(/--imp-[\w-]+/g))].sort()).toEqual([...real.keys()].sort());
    const [, , ...rows] = tableOf(doc, heads.property);
    expect(Object.fromEntries(rows.map(([name, value]) => [codes(name)[0], codes(value)[0]]))).toEqual(Object.fromEntries(real));
    expect(new Set(doc.match(/--imp-[\w-]+/g))).toEqual(new Set(real.keys()));
  });

  it('has options that there are, each with its own attribute', () => {
    const [, , ...rows] = tableOf(doc, heads.option);
    expect(rows.map(([name]) => codes(name)[0])).toEqual(['home', 'retry', 'contact', 'accent', 'locale', 'messages', 'view', 'onPhase']);
    for (const [option, attribute] of rows) {
      const [name = ''] = codes(option);
      expect(name).toMatch(COMPLETE_NAMES);
      if (name !== 'onPhase') expect(codes(attribute)).toEqual([`data-${name}`]);
    }
    for (const [, attribute = ''] of doc.matchAll(/\bdata-((?!state)[a-z-]+)=["']/g))
      expect(attribute.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())).toMatch(
        new RegExp(`${COMPLETE_NAMES.source}|^redirectUrl$`),
      );
  });

  it('names what complete.html lets one change', () => {
    const page = read('src/complete.html');
    const section = doc.split('\n## ').find((part) => /^.*`complete\.html`/.test(part)) ?? '';
    const [, marked = ''] = /▼([\s\S]*)▲/.exec(page) ?? [];
    const attributes = [...marked.matchAll(/^ {4}(data-[\w-]+) /gm)].map(([, name]) => name as string);
    expect(attributes).toHaveLength(7);
    for (const name of attributes) expect(section).toContain(`\`${name}\``);
    const [, policy = ''] = /(connect-src [^;]*)/.exec(page) ?? [];
    expect(section).toContain(`\`${policy}\``);
    for (const header of ['Cache-Control: no-store', 'Referrer-Policy: no-referrer']) {
      expect(page).toContain(header);
      expect(section).toContain(`\`${header}\``);
    }
  });

  it('names the languages that there are words of', () => {
    expect(readdirSync(join(root, 'src/messages')).sort()).toEqual(['ja.json', 'zh.json']);
    for (const name of ['ja.mjs', 'zh.mjs', 'ja.json', 'zh.json']) expect(doc).toContain(name);
  });

  it('has the way out of each app', () => {
    const [, union = ''] = /type InAppBrowser = (.*);/.exec(read('src/core/environment.ts')) ?? [];
    const [, , ...rows] = tableOf(doc, heads.app);
    expect(rows.flatMap(([apps]) => codes(apps)).sort()).toEqual([...union.matchAll(/'(\w+)'/g)].map(([, app]) => app).sort());
    for (const [apps, android, ios] of rows)
      for (const app of codes(apps) as InAppBrowser[])
        for (const [cell, userAgent] of [
          [android, 'Android'],
          [ios, 'iPhone'],
        ] as const) {
          const [way] = codes(cell).map((code) => code.replace('…', ''));
          const url = escapeUrl('https://shop.example.kr/cart', app, userAgent);
          // No way that a link could take: the app's menu.
          if (way) expect(url).toContain(way);
          else expect(url).toBeUndefined();
        }
  });
});
