// Builds what the demo serves beside dist/: the shop, and the stand-in's SDK scripts.
import { tsImport } from 'tsx/esm/api';
import { build } from 'vite';
import { root } from './dependencies.mjs';

process.chdir(root);
await build({ mode: 'demo', logLevel: 'warn' });
const { buildSdk } = await tsImport('../demo/stand-in/sdk/build.ts', import.meta.url);
await buildSdk(`${root}.demo/sdk`);
