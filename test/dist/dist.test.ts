import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { parse } from 'acorn';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const brotliSize = (name: string) => brotliCompressSync(readFileSync(new URL(`../../${name}`, import.meta.url))).length;

const SCRIPTS = ['dist/imp-redirect.js', 'dist/imp-redirect.full.js', 'dist/imp-redirect.debug.js', 'dist/imp-redirect.wrap.js'];
/** Those that confirm too. */
const WHOLE = SCRIPTS.filter((script) => !script.includes('.wrap.'));
/** Those whose size has a row in the READMEs. */
const QUOTED = ['dist/imp-redirect.js', 'dist/imp-redirect.wrap.js'];
const OUTPUTS = [...SCRIPTS, 'dist/imp-redirect.mjs'];

describe('size', () => {
  it.each([
    ['dist/imp-redirect.js', 6],
    ['dist/imp-redirect.full.js', 9.25],
    ['dist/imp-redirect.wrap.js', 1.5],
    ['dist/complete.html', 8],
  ])('%s is at most %d KiB brotli', (output, kibibytes) => {
    expect(brotliSize(output)).toBeLessThanOrEqual(kibibytes * 1024);
  });

  it.each(['README.md', 'README.ko.md'])('%s quotes the measured sizes', (readme) => {
    for (const script of QUOTED) {
      const name = script.replace('dist/', '');
      const row = file(readme)
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\``));
      expect(row, `${name} in ${readme}`).toContain(`| ${brotliSize(script)} B |`);
    }
  });
});

describe('browsers: iOS Safari 14 and Chrome 80', () => {
  it.each(OUTPUTS)('%s is ES2020 and nothing newer', (output) => {
    const sourceType = output.endsWith('.mjs') ? 'module' : 'script';
    expect(() => parse(file(output), { ecmaVersion: 2020, sourceType })).not.toThrow();
  });

  it('the check can fail: ES2021 is refused', () => {
    expect(() => parse('a ||= b', { ecmaVersion: 2020 })).toThrow();
  });

  it.each(OUTPUTS)('%s calls nothing that those browsers lack, and has no lookbehind, on which Safari 14 stops reading', (output) => {
    const newer =
      /\.(at|replaceAll|replaceChildren|findLast|hasOwn|toSorted|toReversed|with)\(|Promise\.any|AbortSignal\.(timeout|any)|randomUUID|structuredClone|WeakRef|\(\?<[=!]/;
    expect(newer.exec(file(output))?.[0]).toBeUndefined();
  });

  it.each(['README.md', 'README.ko.md'])('%s names them', (readme) => {
    expect(file(readme)).toContain('iOS Safari 14');
    expect(file(readme)).toContain('Chrome 80');
  });
});

describe('encoding', () => {
  it.each(WHOLE)('%s: Korean stands in UTF-8, not escaped, behind a byte order mark that outranks an EUC-KR page', (output) => {
    const script = file(output);
    expect(script.startsWith('\ufeff')).toBe(true);
    expect(script).toContain('결제를 확인하고 있습니다');
    expect(script).not.toMatch(/\\u(a[c-f]|[b-d])[\da-f]{2}/i);
  });
});

/** Runs a script tag in a page of its own. */
function runInPage(script: string, attributes = '') {
  const dom = new JSDOM(`<body><script ${attributes}>${file(script)}</script></body>`, {
    url: 'http://shop.example.kr/cart',
    runScripts: 'dangerously',
  });
  return dom.window as unknown as Record<string, unknown> & { ImpRedirect: Record<string, unknown>; close(): void };
}

describe('globals', () => {
  it.each(SCRIPTS)('%s adds ImpRedirect and nothing else', (script) => {
    const plain = new JSDOM('<body><script>void 0</script></body>', { url: 'http://shop.example.kr/cart', runScripts: 'dangerously' });
    const before = new Set(Object.getOwnPropertyNames(plain.window));
    const added = Object.getOwnPropertyNames(runInPage(script)).filter((name) => !before.has(name));
    expect(added).toEqual(['ImpRedirect']);
  });

  it.each<[script: string, names: string[]]>([
    ['dist/imp-redirect.js', ['complete', 'environment', 'readClaim', 'unwrap', 'wrap']],
    ['dist/imp-redirect.full.js', ['complete', 'environment', 'readClaim', 'unwrap', 'wrap']],
    ['dist/imp-redirect.debug.js', ['complete', 'diagnose', 'environment', 'readClaim', 'unwrap', 'wrap']],
    ['dist/imp-redirect.wrap.js', ['unwrap', 'wrap']],
  ])('%s publishes %o', (script, names) => {
    expect(Object.keys(runInPage(script).ImpRedirect).sort()).toEqual(names);
  });

  it.each(SCRIPTS)('%s: a tag without attributes starts nothing: window.IMP is left alone', (script) => {
    const page = runInPage(script);
    expect('IMP' in page).toBe(false);
    expect('PortOne' in page).toBe(false);
  });

  it.each(SCRIPTS)('%s: a tag with data-redirect-url wraps, window.IMP still reads undefined, and unwrap undoes it', (script) => {
    const page = runInPage(script, 'data-redirect-url="/payments/complete"');
    expect('IMP' in page).toBe(true);
    expect(page.IMP).toBeUndefined();
    (page.ImpRedirect as { unwrap(): void }).unwrap();
    expect('IMP' in page).toBe(false);
    expect('PortOne' in page).toBe(false);
  });

  // What a script has, and another has not, is told apart by what an attribute does there.
  it.each<[script: string, isFull: boolean]>([
    ['dist/imp-redirect.js', false],
    ['dist/imp-redirect.full.js', true],
    ['dist/imp-redirect.debug.js', true],
    ['dist/imp-redirect.wrap.js', false],
  ])('%s repairs a landing URL and wraps V2: %s', (script, isFull) => {
    const page = runInPage(script, 'data-redirect-url="/payments/complete" data-repair');
    const seen: unknown[] = [];
    page.IMP = { request_pay: (params: { m_redirect_url: string }) => seen.push(params.m_redirect_url) };
    (page.IMP as { request_pay(params: object): void }).request_pay({ merchant_uid: 'order_1', m_redirect_url: '/완료' });
    expect(seen).toEqual([isFull ? 'http://shop.example.kr/%EC%99%84%EB%A3%8C' : '/완료']);
    expect('PortOne' in page).toBe(isFull);
  });
});

describe('no third party', () => {
  it.each(OUTPUTS)('%s knows no URL but the one of the error docs', (output) => {
    const code = file(output).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    const urls = code.match(/https?:\/\/[\w./-]+/g) ?? [];
    expect([...new Set(urls)]).toEqual(['https://unpkg.com/imp-redirect/docs/errors.md']);
  });

  it.each(OUTPUTS)('%s sets no cookie and writes no HTML', (output) => {
    // A CSRF token may be in one.
    expect(file(output)).not.toMatch(/\.cookie\s*=[^=]/);
    if (/redirect\.(wrap\.)?js$/.test(output)) expect(file(output)).not.toMatch(/\.cookie\b/);
    expect(file(output)).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  });
});

describe('complete.html', () => {
  const page = file('dist/complete.html');

  it('holds the very script, and asks for no other file', () => {
    const script = file('dist/imp-redirect.js').replace('\ufeff', '');
    expect(page).toContain(script);
    expect(page.replace(script, '')).not.toMatch(/\bsrc=|<link|@import|url\(/);
  });

  it('says where it is configured, in its source, before the script', () => {
    expect(page.indexOf('To configure')).toBeGreaterThan(0);
    expect(page.indexOf('To configure')).toBeLessThan(page.indexOf('data-confirm-url="'));
  });

  it('tells a customer without JavaScript not to pay again', () => {
    const [, withoutScript = ''] = /<div id="payment-result">(.*?)<script/s.exec(page) ?? [];
    expect(withoutScript).toContain('다시 결제하지 말고');
    expect(withoutScript).toContain('do not pay again');
  });
});

describe('docs', () => {
  const codes = [...file('src/core/errors.ts').matchAll(/^ \* \| `(\w+)` \|/gm)].map(([, code]) => code as string);

  it('the codes are found', () => expect(codes).toContain('invalid_option'));

  it.each(['docs/errors.md', 'docs/errors.ko.md'])('%s has a section for each error code, and no other', (docs) => {
    const sections = [...file(docs).matchAll(/^## (\w+)$/gm)].map(([, code]) => code as string);
    expect(sections.sort()).toEqual([...codes].sort());
  });

  it.each(['README.md', 'README.ko.md'])('%s names every option, attribute, verdict and view state', (readme) => {
    const text = file(readme);
    for (const option of ['redirectUrl', 'inject', 'confirmUrl', 'result', 'onError']) expect(text).toContain(`| \`${option}\` |`);
    for (const attribute of ['data-redirect-url', 'data-inject', 'data-confirm-url', 'data-result'])
      expect(text).toContain(`\`${attribute}\``);
    for (const state of ['confirming', 'incomplete', 'deferred', 'paid', 'ready', 'failed', 'cancelled', 'forged', 'pending'])
      expect(text).toContain(`\`${state}\``);
  });
});

describe('structure', () => {
  it.each(['src/pay.ts', 'src/complete.ts', 'src/adapt.ts'])(
    '%s imports nothing of an edge but its types: it gets its edges as an argument',
    (flow) => {
      const imports = file(flow).match(/^import .*edge.*$/gm) ?? [];
      expect(imports.length).toBeGreaterThan(0);
      for (const line of imports) expect(line).toMatch(/^import type /);
    },
  );
});
