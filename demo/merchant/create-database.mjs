// Creates the embedded PostgreSQL in the directory that is its argument, where there is none yet. It has a process of its own
// because it takes 800 MB, which a process does not give back.
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

const [, , directory] = process.argv;
if (!existsSync(`${directory}/PG_VERSION`)) {
  // Throws where there are files of somebody else's in it.
  if (existsSync(directory)) rmdirSync(directory);
  // Aside first: one that was killed leaves nothing behind that looks like a database.
  const aside = `${directory}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(dirname(aside), { recursive: true });
  const { PGlite } = await import('@electric-sql/pglite');
  const db = new PGlite(aside);
  await db.waitReady;
  await db.close();
  renameSync(aside, directory);
}
