// Builds dist/: the scripts, the modules, the completion page, the command, the declarations, the words of other languages. With
// arguments, only what vite.config.ts has under these names.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bin, installDependencies, root, run } from './dependencies.mjs';

process.chdir(root);
installDependencies();
const { build } = await import('vite');
const bundle = async (modes) => {
  for (const mode of modes) await build({ mode, logLevel: 'warn' });
};

const only = process.argv.slice(2);
if (only.length > 0) {
  await bundle(only);
  process.exit();
}
rmSync('dist', { recursive: true, force: true });
await bundle(['script', 'full', 'debug', 'wrap', 'element', 'element-module', 'headless', 'module', 'cli']);
chmodSync('dist/cli.mjs', 0o755);
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

// Of the modules that are not made of declarations.
writeFileSync('dist/imp-redirect.headless.d.mts', "export { complete } from './types/index.js';\n");
writeFileSync('dist/imp-redirect.element.d.mts', 'export {};\n');

// As JSON for an attribute, and as a module.
mkdirSync('dist/messages');
for (const name of readdirSync('src/messages')) {
  const words = readFileSync(`src/messages/${name}`, 'utf8');
  const module = `dist/messages/${name.replace('.json', '')}`;
  writeFileSync(`dist/messages/${name}`, words);
  writeFileSync(`${module}.mjs`, `export default ${words}`);
  writeFileSync(
    `${module}.d.mts`,
    "import type { Messages } from '../types/index.js';\n\ndeclare const messages: Messages;\nexport default messages;\n",
  );
}
