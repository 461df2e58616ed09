// The command as it is shipped: dist/cli.mjs, in a process of its own.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CHECKS, CODES, type Lang } from '../../src/doctor/findings.js';
import { freePort, serve } from './doctor.fixture.js';
import { createShop, type Parts } from './servers/shop.js';
import { wrongField } from './servers/wrong-field.js';

const CLI = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));
const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

const runCli = (args: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ code: unknown; out: string; said: string }>((resolve) => {
    const { LANG: _, LC_ALL: __, LC_MESSAGES: ___, ...inherited } = process.env;
    execFile(process.execPath, [CLI, ...args], { env: { ...inherited, ...env } }, (error, out, said) => {
      resolve({ code: error ? error.code : 0, out, said });
    });
  });

async function doctor(parts: Partial<Parts>, ...args: string[]) {
  const port = await freePort();
  const shop = await serve(createShop(`http://127.0.0.1:${port}`, parts));
  return runCli([
    ...['doctor', `${shop}/confirm`, '--portone-port', `${port}`, '--create-order', `POST ${shop}/orders`],
    ...['--webhook', `${shop}/webhook`, '--page', `${shop}/complete`, '--checkout', `${shop}/checkout`, ...args],
  ]);
}

describe('imp-redirect doctor', () => {
  it('ends with 0 where nothing is found', async () => {
    const { code, out, said } = await doctor({}, '--lang', 'en');
    expect([code, out.match(/^ok /gm)?.length]).toEqual([0, CODES.length]);
    expect(said).toMatch(/^PortOne is played at http:\/\/127\.0\.0\.1:\d+\. Your server must run with PORTONE_API_URL=/);
  });

  it('ends with 1, and tells the fix, where something is; in Korean too', async () => {
    const en = await doctor(wrongField, '--lang', 'en');
    expect(en.code).toBe(1);
    expect(en.out).toContain(CHECKS.wrong_field.finding.en);
    expect(en.out).toContain(`fix: ${CHECKS.wrong_field.fix.en}`);
    expect(en.out).toContain('docs/doctor.md#wrong_field');
    const ko = await doctor(wrongField, '--lang', 'ko');
    expect([ko.code, ko.out.includes(CHECKS.wrong_field.fix.ko), ko.out.includes('doctor.ko.md#wrong_field')]).toEqual([1, true, true]);
  });

  it('ends with 2 where nothing answers', async () => {
    const { code, out } = await runCli(['doctor', `http://127.0.0.1:${await freePort()}/confirm`, '--outside', '--lang', 'en']);
    expect([code, out.includes('nothing answers at that address')]).toEqual([2, true]);
  });

  it('ends with 2, and names the tag, where its headers are no JSON', async () => {
    const page: Parts['page'] = (c) =>
      c.html(`<script src="/imp-redirect.full.js" data-confirm-url="/confirm" data-headers="X-A: 1"></script>`);
    const { code, said } = await doctor({ page }, '--lang', 'en');
    expect([code, said.includes("data-headers of the page's tag is no JSON: X-A: 1")]).toEqual([2, true]);
  });

  it('gives programs JSON', async () => {
    const { code, out } = await doctor(wrongField, '--json');
    const report = JSON.parse(out);
    expect(report).toMatchObject({ version: 1, mode: 'portone', exitCode: code, findings: 1 });
    expect(report.checks.map(({ code }: { code: string }) => code)).toEqual(CODES);
    expect(report.checks.find(({ result }: { result: string }) => result === 'finding')).toEqual({
      code: 'wrong_field',
      result: 'finding',
      message: CHECKS.wrong_field.finding.en,
      detail: expect.any(String),
      fix: CHECKS.wrong_field.fix.en,
      url: expect.stringMatching(/docs\/doctor\.md#wrong_field$/),
    });
  });

  it('leaves out of it what stands in the query of an address', async () => {
    const shop = await serve(createShop('http://127.0.0.1:9', {}));
    const { out } = await runCli(['doctor', `${shop}/confirm?secret=abc`, '--outside', '--json']);
    expect(JSON.parse(out)).toMatchObject({ confirmUrl: `${shop}/confirm`, mode: 'outside' });
    expect(out).not.toContain('abc');
  });

  it.each<[name: string, args: string[], env: Record<string, string>, code: number, words: string]>([
    ['no command', [], {}, 2, 'imp-redirect doctor <confirm-url>'],
    ['another command', ['docter'], {}, 2, 'there is no such command: docter'],
    ['help', ['--help'], {}, 0, 'imp-redirect doctor <confirm-url>'],
    ['help of the doctor', ['doctor', '--help'], {}, 0, '--create-order'],
    ['help in the language of the terminal', ['doctor', '--help'], { LANG: 'ko_KR.UTF-8' }, 0, '종료 코드'],
    ['no address', ['doctor'], {}, 2, 'the confirm URL is missing'],
    ['an address without a scheme', ['doctor', 'localhost:3000/confirm', '--outside'], {}, 2, 'must be a whole URL'],
    ['a misspelt option', ['doctor', 'http://127.0.0.1:9/', '--outsid'], {}, 2, 'did you mean --outside?'],
    ['no orders', ['doctor', 'http://127.0.0.1:9/'], {}, 2, 'it takes orders to pay'],
    ['a password in an address', ['doctor', 'http://a:b@127.0.0.1:9/', '--outside'], {}, 2, 'no user and password in a URL'],
  ])('answers %s', async (_, args, env, code, words) => {
    const { out, said, ...rest } = await runCli(args, env);
    expect(rest).toEqual({ code });
    expect(out + said).toContain(words);
  });

  it('says so where its port is taken', async () => {
    const origin = await serve(createShop('http://127.0.0.1:9', {}));
    const { port } = new URL(origin);
    const { code, said } = await runCli(['doctor', `${origin}/confirm`, '--order', 'a:1', '--portone-port', port]);
    expect([code, said.includes(`${port} is taken by another program`)]).toEqual([2, true]);
  });
});

it.each<[doc: string, lang: Lang, fix: string]>([
  ['docs/doctor.md', 'en', 'Fix'],
  ['docs/doctor.ko.md', 'ko', '해결'],
])('%s has each finding and its fix, in their order', (doc, lang, word) => {
  const sections = read(doc).split('\n### ').slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual(CODES);
  for (const [i, section] of sections.entries()) {
    const { finding, fix } = CHECKS[CODES[i] as keyof typeof CHECKS];
    expect(section).toContain(`\n${finding[lang]}\n`);
    expect(section).toContain(`\n*${word}:* ${fix[lang]}\n`);
  }
});
