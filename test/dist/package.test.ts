import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const consumer = mkdtempSync(join(tmpdir(), 'imp-redirect-'));
const run = (command: string, args: string[], cwd = consumer) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });

describe('the packed tarball', () => {
  beforeAll(() => {
    // dist/ is built already, and other tests are reading it: no prepack here.
    run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', consumer], root);
    const tarball = readdirSync(consumer).find((name) => name.endsWith('.tgz')) as string;
    writeFileSync(join(consumer, 'package.json'), '{ "name": "shop", "private": true, "type": "module" }');
    run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', `./${tarball}`]);
  }, 120_000);

  afterAll(() => rmSync(consumer, { recursive: true, force: true }));

  it('installs with no dependency of its own', () => {
    expect(readdirSync(join(consumer, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['imp-redirect']);
  });

  it('holds what is to be shipped, and nothing else', () => {
    expect(readdirSync(join(consumer, 'node_modules/imp-redirect')).sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.ko.md', 'README.md', 'dist', 'docs', 'package.json'].sort(),
    );
  });

  it('has the command imp-redirect', () => {
    expect(run(join(consumer, 'node_modules/.bin/imp-redirect'), ['--help'])).toContain('imp-redirect doctor <');
  });

  it('has the test kit, which serves the SDK', async () => {
    const code = `
      const { createStandIn } = await import('imp-redirect/stand-in');
      const standIn = await createStandIn();
      const scripts = await Promise.all(['/v1/iamport.js', '/js/iamport.payment-1.2.0.js'].map((path) => fetch(standIn.url + path)));
      const trip = await standIn.pay({ merchant_uid: 'order_1', amount: 1000, m_redirect_url: 'https://shop.example.kr/done' });
      console.log(JSON.stringify([scripts.map(({ status }) => status), trip.landings.length]));
      await standIn.close();`;
    expect(JSON.parse(run('node', ['--input-type=module', '--eval', code]))).toEqual([[200, 200], 1]);
  });

  it('is inert on import: Node has no window, and nothing is published', () => {
    const code = `
      const before = Object.getOwnPropertyNames(globalThis).length;
      const api = await import('imp-redirect');
      console.log(JSON.stringify({ names: Object.keys(api).sort(), added: Object.getOwnPropertyNames(globalThis).length - before,
        claim: api.readClaim('https://shop.example.kr/?imp_uid=imp_1&merchant_uid=m_1&imp_success=true') }));`;
    expect(JSON.parse(run('node', ['--input-type=module', '--eval', code]))).toEqual({
      names: ['ImpRedirectError', 'complete', 'diagnose', 'environment', 'readClaim', 'suggestBrowser', 'unwrap', 'wrap'],
      added: 0,
      claim: { kind: 'claimed-success', impUid: 'imp_1', merchantUid: 'm_1', errorCode: null, errorMessage: null },
    });
  });

  it('resolves the files that are copied or linked', () => {
    const code = `import { fileURLToPath } from 'node:url';
      for (const name of ['imp-redirect.js', 'imp-redirect.full.js', 'imp-redirect.debug.js', 'imp-redirect.wrap.js', 'imp-redirect.element.js',
        'complete.html', 'package.json', 'messages/ja.json', 'messages/zh.mjs', 'element', 'headless'])
        console.log(fileURLToPath(import.meta.resolve('imp-redirect/' + name)));`;
    expect(run('node', ['--input-type=module', '--eval', code]).trim().split('\n')).toHaveLength(11);
  });

  it.each(['nodenext', 'bundler'])('has types that a strict project understands with moduleResolution %s', (moduleResolution) => {
    writeFileSync(
      join(consumer, 'shop.ts'),
      `import { complete, type Claim, readClaim, wrap } from 'imp-redirect';
       import { complete as completeHeadless } from 'imp-redirect/headless';
       import ja from 'imp-redirect/messages/ja.mjs';
       import 'imp-redirect/element';
       import { createStandIn, type Plan, type StandIn } from 'imp-redirect/stand-in';
       const plan: Plan = { ending: 'late-approval', webhook: 'lost' };
       const standIn: Promise<StandIn> = createStandIn({ webhookUrl: null });
       void standIn.then(({ plan: set, events }) => [set('order_1', plan), events()[0]?.name === 'webhook_lost']);
       // @ts-expect-error an ending that there is not
       export const none: Plan = { ending: 'payed' };
       wrap({ redirectUrl: '/payments/complete' });
       const claim: Claim | null = readClaim('');
       const paid: Promise<boolean> = complete({ confirmUrl: '/payments/complete' }).then((done) => done?.verdict?.status === 'paid');
       void completeHeadless({ confirmUrl: '/payments/complete', onPhase: ({ name, verdict }) => [name, verdict?.status] });
       void complete({ confirmUrl: '/payments/complete', messages: { ...ja, paid: 'ありがとうございます' } });
       document.addEventListener('imp-redirect:paid', (event) => event.detail.verdict.answer.amount);
       export { claim, paid };`,
    );
    const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext';
    const args = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', module, '--moduleResolution', moduleResolution];
    run(join(root, 'node_modules/.bin/tsc'), [...args, '--lib', 'ES2020,DOM', '--types', '', 'shop.ts']);
  });

  it('tree-shakes: what is not imported is not in the bundle', async () => {
    const bundleOf = async (names: string) => {
      writeFileSync(join(consumer, 'entry.js'), `import { ${names} } from 'imp-redirect'; globalThis.used = [${names}];`);
      const result = await build({
        root: consumer,
        configFile: false,
        logLevel: 'silent',
        build: { write: false, lib: { entry: 'entry.js', formats: ['es'], fileName: 'out' } },
      });
      if (!Array.isArray(result) || !result[0]) throw new Error('vite built nothing');
      return result[0].output[0].code;
    };
    // The patterns are of the module's code: each is in it.
    const all = readFileSync(join(root, 'dist/imp-redirect.mjs'), 'utf8');
    for (const pattern of [
      /request_pay/,
      /fetch\(/,
      /createElement/,
      /setAttribute/,
      /localStorage/,
      /kakaotalk/,
      /resultCode/,
      /data-single/,
    ])
      expect(all).toMatch(pattern);
    const claimOnly = await bundleOf('readClaim');
    expect(claimOnly).not.toMatch(/request_pay|fetch\(|createElement|localStorage|KAKAOTALK|data-single/i);
    // A link is made where a callback has thrown; the card is not.
    expect(await bundleOf('wrap')).not.toMatch(/fetch\(|setAttribute|resultCode|data-single/);
    expect(await bundleOf('environment')).not.toMatch(/fetch\(|createElement|request_pay|resultCode|data-single/);
    expect(await bundleOf('complete')).not.toMatch(/request_pay|data-single/);
  });

  it('passes publint', async () => {
    const { publint } = await import('publint');
    const { messages } = await publint({ pkgDir: join(consumer, 'node_modules/imp-redirect'), strict: true, pack: false });
    expect(messages).toEqual([]);
  });
});

describe('the public API', () => {
  it('is the reviewed one: a change of the emitted declarations is to be seen', async () => {
    const files = [
      'index',
      'core/answers',
      'core/claim',
      'core/diagnosis',
      'core/environment',
      'core/errors',
      'core/events',
      'core/messages',
      'core/options',
      'core/outbox',
      'core/phase',
      'core/request',
      'core/retry',
      'core/verdict',
      'edge/events',
    ];
    const text = files.map((name) => `// ${name}.d.ts\n${readFileSync(join(root, `dist/types/${name}.d.ts`), 'utf8')}`).join('\n');
    await expect(text).toMatchFileSnapshot('api.d.ts.snap');
  });
});
