import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The rows of the table of faults. */
const rows = [...read('FAULTS.md').matchAll(/^\| (.+?) \| (.+?) \| (\w+\/[\w.]+) \| (.+?) \|$/gm)];

it('the table of faults is read', () => {
  expect(rows.length).toBeGreaterThan(40);
});

it.each(rows.map(([, fault, , file, title]) => [fault, file, title] as const))('%s: held by a test in %s', (_fault, file, title) => {
  // A title may have a number in it: what stands around it counts.
  expect(read(file as string).includes(title as string)).toBe(true);
});
