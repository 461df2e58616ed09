// Builds dist/: the scripts, the modules, the completion page, the command, the declarations, the words of other languages. With
// arguments, only what vite.config.ts has under these names.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bin, installDependencies, root, run } from './dependencies.mjs';

process.chdir(root);
installDependencies();
const { build } = await import('vite');
const { tsImport } = await import('tsx/esm/api');
const bundle = async (modes) => {
  for (const mode of modes) await build({ mode, logLevel: 'warn' });
};

const only = process.argv.slice(2);
if (only.length > 0) {
  await bundle(only);
  process.exit();
}
rmSync('dist', { recursive: true, force: true });
await bundle(['script', 'full', 'debug', 'wrap', 'element', 'element-module', 'headless', 'module', 'cli', 'stand-in']);
chmodSync('dist/cli.mjs', 0o755);
const { buildSdk } = await tsImport('../demo/stand-in/sdk/build.ts', import.meta.url);
await buildSdk('dist/stand-in-sdk');

const declare = (project, from, to) =>
  run(bin('tsc'), ['-p', project, '--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--rootDir', from, '--outDir', to]);
declare('tsconfig.json', 'src', 'dist/types');
declare('demo/stand-in/tsconfig.json', 'demo/stand-in', 'dist/types/stand-in');
// Of the stand-in's parts, what the kit's own declaration needs: the others name libraries that are inside its file.
const KIT = /^(kit|endings|events|payments|plans)\.d\.ts$|^sdk$/;
for (const name of readdirSync('dist/types/stand-in')) if (!KIT.test(name)) rmSync(`dist/types/stand-in/${name}`, { recursive: true });
for (const name of readdirSync('dist/types/stand-in/sdk'))
  if (name !== 'prepare.d.ts') rmSync(`dist/types/stand-in/sdk/${name}`, { recursive: true });

// For Subresource Integrity, of all that a page can load by itself.
const integrity = {};
for (const name of readdirSync('dist').sort())
  if (/^imp-redirect\..*m?js$/.test(name))
    integrity[name] = `sha384-${createHash('sha384')
      .update(readFileSync(`dist/${name}`))
      .digest('base64')}`;
writeFileSync('dist/integrity.json', `${JSON.stringify(integrity, null, 2)}\n`);

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
