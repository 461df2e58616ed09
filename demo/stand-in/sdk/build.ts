import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';

/** The two published shapes. What a page can do to the SDK hangs on the text around its code, so it is written out here. */
const SCRIPTS = {
  'iamport-1x': (code: string) => `window.IMP || function () {\n${code}\n}();\n`,
  'iamport-v1': (code: string) => `"use strict";\n${code}\nwindow.IMP = IMP;\n`,
};

/** Bundles one entry to a script whose only trace, if any, is a top-level `var IMP` of its default export. */
async function bundle(name: string): Promise<string> {
  const config: InlineConfig = {
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'es2020',
      minify: false,
      write: false,
      lib: { entry: fileURLToPath(new URL(`${name}.ts`, import.meta.url)), formats: ['iife'], name: 'IMP' },
    },
  };
  const [output] = [await build(config)].flat();
  if (!output || !('output' in output)) throw new Error(`nothing was built of ${name}`);
  return output.output[0].code;
}

/** Builds the stand-in's SDK scripts into a folder: `iamport-1x.js` and `iamport-v1.js`, both classic scripts. */
export async function buildSdk(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await Promise.all(Object.entries(SCRIPTS).map(async ([name, shape]) => writeFile(join(outDir, `${name}.js`), shape(await bundle(name)))));
}
