import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin, UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { minify } from './scripts/minify.mjs';

/**
 * The syntax of the oldest supported browsers, iOS Safari 14 and Chrome 80 (Android's web view included): ES2020, all of it
 * and nothing newer. Not named as browsers, for then `?.` is rewritten for a corner of it that we do not use.
 * test/dist holds the output to it, and the READMEs quote the browsers.
 */
export const TARGET = 'es2020';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The script is made of the bundle at the very end, when nothing is added any more. */
const finish = (): Plugin => ({
  name: 'finish',
  async generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = await minify(file.code);
  },
});

/** A script that has put one thing on `window`, as a module that exports it: as small as a script is. */
const asModule = (name: string): Plugin => ({
  name: 'as-module',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk') {
        // A module is strict, is read as UTF-8, and is a block of its own.
        const [, before, value] = /^\ufeff?"use strict";\{(.*[;}])window\.exported=(.*)\}$/s.exec(file.code) ?? [];
        if (!value) throw new Error('nothing is put on window.exported');
        file.code = `${before}export let ${name}=${value}`;
      }
  },
});

/** A library output: one entry, one file. */
const output = (entry: string, fileName: string, plugins: Plugin[] = []): UserConfig => ({
  plugins,
  build: {
    target: TARGET,
    outDir: here('dist'),
    emptyOutDir: false,
    minify: false,
    // Ours takes nearly all of the time, which is known.
    rolldownOptions: { checks: { pluginTimings: false } },
    lib: { entry: here(entry), formats: ['es'], fileName: () => fileName },
  },
});

// In the sources a flow gets its edges as an argument, so that its tests need no mocks. In a script there is one set of them,
// each under its own name in the bundle's one scope: calling them by it lets the minifier inline them.
const bindEdges = (): Plugin => ({
  name: 'bind-edges',
  renderChunk: (code) =>
    code.replace(/\bedges\.(\w+)/g, (_, name: string) => {
      const declarations = code.match(new RegExp(`(function|var|let|const) ${name}(\\$\\d+)?\\b`, 'g'));
      if (declarations?.length !== 1) throw new Error(`${name} is not the name of one edge, and of nothing else, in the bundle`);
      return name;
    }),
});

/** As a Content-Security-Policy names what is inline. */
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The element leaves the module where it is: beside it, once on a page. */
const besideModule = (): Plugin => ({
  name: 'beside-module',
  enforce: 'pre',
  resolveId: (id) => (id === './index.js' ? { id: './imp-redirect.mjs', external: true } : null),
});

/** Writes complete.html beside the script, with the script inside. */
const completionPage = (): Plugin => ({
  name: 'completion-page',
  generateBundle(_, bundle) {
    const script = Object.values(bundle).find((file) => file.type === 'chunk');
    const page = readFileSync(here('src/complete.html'), 'utf8');
    const code = script?.code.replace('\ufeff', '') ?? '';
    if (!code || /<\/script|<!--/i.test(code)) throw new Error('the script cannot be inlined');
    const replace = (text: string, from: string | RegExp, to: (part: string) => string) => {
      if (text.search(from) < 0) throw new Error(`src/complete.html has no ${from}`);
      return text.replace(from, (_, part: string) => to(part));
    };
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
    let source = replace(page, / src="imp-redirect\.js"([^>]*)>/, (attributes) => `${attributes}>${code}`);
    source = replace(source, 'SCRIPT_HASH', () => hashOf(code));
    source = replace(source, 'STYLE_HASH', () => hashOf(style));
    this.emitFile({ type: 'asset', fileName: 'complete.html', source });
  },
});

/** The licences of what is bundled, which must go along with it. */
const licences = (fileName: string): Plugin => ({
  name: 'licences',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const names = modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(id)?.[1] ?? []);
    const texts = [...new Set(names)].sort().map((name) => {
      const folder = here(`node_modules/${name}/`);
      const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
      if (!licence) throw new Error(`${name} is bundled, and has no licence`);
      return `${name}\n\n${readFileSync(`${folder}${licence}`, 'utf8').trim()}\n`;
    });
    this.emitFile({ type: 'asset', fileName, source: texts.join('\n----\n\n') });
  },
});

/** One file for Node, with all that it needs inside. */
const forNode = (entry: string, name: string, banner = ''): UserConfig => ({
  plugins: [licences(`${name}.licenses.txt`)],
  ssr: { noExternal: true },
  build: {
    ssr: here(entry),
    target: 'node20',
    minify: true,
    outDir: here('dist'),
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: `${name}.mjs`, banner, codeSplitting: false } },
  },
});

/** The demo's shop, index.html, and its chaos panel, with what they load, for the demo's server. */
const shop = (): UserConfig => ({
  build: {
    outDir: here('.demo/shop'),
    emptyOutDir: true,
    target: TARGET,
    rolldownOptions: { input: [here('index.html'), here('demo/chaos/index.html')] },
  },
});

/** See src/flags.d.ts. */
const flags = (FULL: boolean, DEBUG: boolean, VIEW = true): UserConfig => ({
  define: { FULL: `${FULL}`, DEBUG: `${DEBUG}`, VIEW: `${VIEW}` },
});

const CONFIGS: Record<string, () => UserConfig> = {
  script: () => ({ ...flags(false, false), ...output('src/script.ts', 'imp-redirect.js', [bindEdges(), finish(), completionPage()]) }),
  full: () => ({ ...flags(true, false), ...output('src/script.ts', 'imp-redirect.full.js', [bindEdges(), finish()]) }),
  debug: () => ({ ...flags(true, true), ...output('src/script.ts', 'imp-redirect.debug.js', [bindEdges(), finish()]) }),
  wrap: () => ({ ...flags(false, false), ...output('src/script.wrap.ts', 'imp-redirect.wrap.js', [bindEdges(), finish()]) }),
  element: () => ({ ...flags(true, false), ...output('src/script.element.ts', 'imp-redirect.element.js', [finish()]) }),
  'element-module': () => ({
    ...flags(true, true),
    ...output('src/module.element.ts', 'imp-redirect.element.mjs', [besideModule()]),
  }),
  headless: () => ({
    ...flags(false, false, false),
    ...output('src/module.headless.ts', 'imp-redirect.headless.mjs', [bindEdges(), finish(), asModule('complete')]),
  }),
  module: () => ({ ...flags(true, true), ...output('src/index.ts', 'imp-redirect.mjs') }),
  // The command `imp-redirect`.
  cli: () => ({ ...flags(true, false), ...forNode('src/doctor/cli.ts', 'cli', '#!/usr/bin/env node') }),
  'stand-in': () => forNode('demo/stand-in/kit.ts', 'stand-in'),
  demo: shop,
};

const tests = (name: string, environment: 'node' | 'jsdom') => ({
  ...flags(true, true),
  test: {
    name,
    environment,
    // Not what a test may take: what a hung one is ended by, on a loaded machine too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: [`test/${name}/**/*.test.ts`],
    environmentOptions: { jsdom: { url: 'http://shop.example.kr/', pretendToBeVisual: true } },
  },
});

export default defineConfig(({ mode }) => ({
  ...CONFIGS[mode]?.(),
  test: {
    // As many as the browser tests have: by itself it leaves one processor alone.
    maxWorkers: 2,
    projects: [
      tests('core', 'node'),
      tests('edge', 'jsdom'),
      tests('dist', 'node'),
      tests('demo', 'node'),
      tests('contract', 'node'),
      tests('doctor', 'node'),
    ],
  },
}));
