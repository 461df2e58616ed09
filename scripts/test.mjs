// Proves the project: types, lint, unit, dist and browser tests. Installs what is missing, the browser included.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { bin, installDependencies, root, run } from './dependencies.mjs';
import { ensurePostgres } from './postgres.mjs';

const REPORTS = `${root}test-results/reports`;

installDependencies();
const { ensureChromium } = await import('./browser.mjs');
ensureChromium();
ensurePostgres();
mkdirSync(REPORTS, { recursive: true });

run('node', ['scripts/build.mjs']);
for (const project of ['.', 'src/core', 'src/doctor', 'test']) run(bin('tsc'), ['-p', project]);
run(bin('biome'), ['check', '--error-on-warnings', '.']);
run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORTS}/unit.json`]);
run('node', ['scripts/demo.mjs']);
rmSync(`${root}.demo/e2e-data`, { recursive: true, force: true });
run(bin('playwright'), ['test'], { IMP_REDIRECT_REPORT: `${REPORTS}/e2e.json` });

const unit = JSON.parse(readFileSync(`${REPORTS}/unit.json`, 'utf8'));
const { stats } = JSON.parse(readFileSync(`${REPORTS}/e2e.json`, 'utf8'));
console.log(
  `${unit.numPassedTests + stats.expected} passed, ${stats.flaky} at the second try, ${unit.numFailedTests + stats.unexpected} failed`,
);
