// Writes what is measured of dist/ into the READMEs: sizes and hashes. Run it after a build; test/dist says when it is due.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const at = (path) => new URL(`../${path}`, import.meta.url);
const integrity = JSON.parse(readFileSync(at('dist/integrity.json'), 'utf8'));

for (const readme of ['README.md', 'README.ko.md']) {
  const text = readFileSync(at(readme), 'utf8')
    .replace(/^\| `(imp-redirect[\w.]+|complete\.html)` \| \d+ B \|/gm, (_, name) => {
      const { length } = brotliCompressSync(readFileSync(at(`dist/${name}`)));
      return `| \`${name}\` | ${length} B |`;
    })
    .replace(/(dist\/([\w.-]+)"\s+integrity=")[^"]*/g, (_, before, name) => before + integrity[name]);
  writeFileSync(at(readme), text);
}
