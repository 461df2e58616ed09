// Takes a picture of everything that the completion page can show, on a phone and a desktop, light and dark, in Korean and
// English: screens/, which is not kept. `npm run screens [state …]`
import { mkdirSync } from 'node:fs';
import { bin, installDependencies, root, run } from './dependencies.mjs';

process.chdir(root);
installDependencies();
const { ensureChromium } = await import('./browser.mjs');
ensureChromium();
mkdirSync('screens', { recursive: true });
run('node', ['scripts/build.mjs']);
run(bin('tsx'), ['scripts/screens.ts', ...process.argv.slice(2)]);
