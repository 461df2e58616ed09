// Builds dist/: the scripts, the module, the completion page, the declarations.
import { rmSync } from 'node:fs';
import { bin, installDependencies, root, run } from './dependencies.mjs';

process.chdir(root);
installDependencies();
const { build } = await import('vite');
rmSync('dist', { recursive: true, force: true });
for (const mode of ['script', 'full', 'debug', 'wrap', 'module']) await build({ mode, logLevel: 'warn' });
run(bin('tsc'), [
  '-p',
  'tsconfig.json',
  '--noEmit',
  'false',
  '--declaration',
  '--emitDeclarationOnly',
  '--rootDir',
  'src',
  '--outDir',
  'dist/types',
]);
