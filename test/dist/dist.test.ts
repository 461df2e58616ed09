import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
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
const QUOTED = [...SCRIPTS, 'dist/imp-redirect.headless.mjs', 'dist/imp-redirect.element.js', 'dist/complete.html'];
const OUTPUTS = [
  ...SCRIPTS,
  'dist/imp-redirect.element.js',
  'dist/imp-redirect.mjs',
  'dist/imp-redirect.headless.mjs',
  'dist/imp-redirect.element.mjs',
];

describe('size', () => {
  it.each([
    ['dist/imp-redirect.js', 7],
    ['dist/imp-redirect.full.js', 11.75],
    ['dist/imp-redirect.wrap.js', 1.5],
    ['dist/imp-redirect.headless.mjs', 4],
    ['dist/imp-redirect.element.js', 0.5],
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

describe('Subresource Integrity', () => {
  const integrity: Record<string, string> = JSON.parse(file('dist/integrity.json'));
  const hashOf = (name: string) =>
    `sha384-${createHash('sha384')
      .update(readFileSync(new URL(`../../${name}`, import.meta.url)))
      .digest('base64')}`;

  it('integrity.json has the hash of every output', () => {
    expect(integrity).toEqual(Object.fromEntries(OUTPUTS.map((output) => [output.replace('dist/', ''), hashOf(output)])));
  });

  it.each(['README.md', 'README.ko.md'])("%s names this version, and this build's hash", (readme) => {
    const [, version, name, hash] = /imp-redirect@([\d.]+)\/(dist\/[\w.-]+)"\s+integrity="([^"]*)"/.exec(file(readme)) ?? [];
    expect(version).toBe(JSON.parse(file('package.json')).version);
    expect(hash).toBe(hashOf(`${name}`));
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
    expect(script).toContain('결제를 확인하고 있어요');
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
    ['dist/imp-redirect.js', ['complete', 'unwrap', 'wrap']],
    ['dist/imp-redirect.full.js', ['complete', 'environment', 'readClaim', 'suggestBrowser', 'unwrap', 'wrap']],
    ['dist/imp-redirect.debug.js', ['complete', 'diagnose', 'environment', 'readClaim', 'suggestBrowser', 'unwrap', 'wrap']],
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
    // The name of what is drawn, which nobody asks for, is no address.
    const urls = (code.match(/https?:\/\/[\w./-]+/g) ?? []).filter((url) => url !== 'http://www.w3.org/2000/svg');
    const docs = /full|debug|redirect\.mjs/.test(output) ? ['https://unpkg.com/imp-redirect/docs/errors.md'] : [];
    expect([...new Set(urls)]).toEqual(docs);
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

  it('is configured in one marked place, which is before the script', () => {
    const [place = ''] = /▼ 여기만 고치세요[\s\S]*?>"use strict"/.exec(page.replace('\ufeff', '')) ?? [];
    for (const name of ['confirm-url', 'home', 'retry', 'contact', 'locale', 'accent']) {
      expect(place).toContain(`    data-${name} `);
      expect(place).toContain(`\n  data-${name}="`);
      expect(page.match(new RegExp(`data-${name}="`, 'g'))).toHaveLength(1);
    }
    expect(place).toContain('<h1>');
  });

  it('tells how it is to be served', () => {
    expect(page).toContain('"Cache-Control: no-store"');
    expect(page).toContain('"Referrer-Policy: no-referrer"');
  });

  it('has a policy of its own, with the hashes of what is in it, and nothing that is unsafe', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hashes = (tag: string) =>
      [...page.matchAll(new RegExp(`<${tag}\\b[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))].map(
        ([, text]) =>
          `'sha256-${createHash('sha256')
            .update(text as string)
            .digest('base64')}'`,
      );
    expect(hashes('script')).toHaveLength(1);
    expect(hashes('style')).toHaveLength(1);
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashes('script')}`,
      `style-src ${hashes('style')}`,
      "connect-src 'self' https:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('tells a customer without JavaScript that the shop will confirm, and nobody to pay again', () => {
    const [, withoutScript = ''] = /<div id="payment-result">([\s\S]*)<\/div>/.exec(page) ?? [];
    expect(withoutScript).toContain('다시 결제하지 말고');
    expect(withoutScript).toContain('do not pay again');
    const [, noscript = ''] = /<noscript>([\s\S]*)<\/noscript>/.exec(withoutScript) ?? [];
    expect(noscript).toContain('쇼핑몰이 직접 확인해요');
    expect(noscript).toContain('The shop confirms your payment by itself');
  });
});

describe('words of other languages', () => {
  const dictionaries = readdirSync(new URL('../../dist/messages', import.meta.url));
  const names = [...(/const WORD_NAMES = \[([\s\S]*?)\]/.exec(file('src/core/messages.ts'))?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
    ([, name]) => name as string,
  );

  it('are Japanese and Chinese, as JSON and as modules with types', () => {
    expect(dictionaries.sort()).toEqual(['ja', 'zh'].flatMap((name) => [`${name}.d.mts`, `${name}.json`, `${name}.mjs`]));
  });

  it.each(['ja', 'zh'])('%s says everything, and of what is no payment all that is said otherwise', async (name) => {
    const words = JSON.parse(file(`dist/messages/${name}.json`));
    expect(names).toHaveLength(21);
    expect(Object.keys(words).sort()).toEqual([...names, 'locale', 'certification', 'billing'].sort());
    for (const flow of ['certification', 'billing']) {
      const otherwise = ['confirming', 'unreadable', 'paid', 'failed', 'cancelled', 'forged', 'calm', 'warning', 'payAgain', 'recovered'];
      expect(Object.keys(words[flow]).sort()).toEqual(otherwise.sort());
      for (const text of otherwise) expect(words[flow][text]).not.toMatch(/支払います|お支払い(?!方法)|付款|paid|pay/i);
    }
    expect((await import(`../../dist/messages/${name}.mjs`)).default).toEqual(words);
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
