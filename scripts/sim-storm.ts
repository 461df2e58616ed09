// Prints what the retry policy does to a server that comes back, as a Markdown table; with `--write`, into the READMEs.
import { readFileSync, writeFileSync } from 'node:fs';
import { READMES, simulateAll, TABLE, tableOf } from './storm.js';

const results = simulateAll();
process.stdout.write(tableOf(results, 'en'));

if (process.argv.includes('--write'))
  for (const [name, language] of Object.entries(READMES)) {
    const file = new URL(`../${name}`, import.meta.url);
    const readme = readFileSync(file, 'utf8');
    if (!TABLE.test(readme)) throw new Error(`${name} has no place for the table`);
    writeFileSync(
      file,
      readme.replace(TABLE, () => tableOf(results, language)),
    );
  }
