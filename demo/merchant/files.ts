import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Handler } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves one file of a directory, named by the last part of the path. */
export function serveFile(directory: string, cacheControl: string): Handler {
  return async (c) => {
    const name = c.req.path.slice(c.req.path.lastIndexOf('/') + 1);
    const type = TYPES[extname(name)];
    if (!type || !/^[\w.-]+$/.test(name)) return c.notFound();
    try {
      const file = await readFile(`${directory}/${name}`);
      return c.body(new Uint8Array(file), 200, { 'Content-Type': type, 'Cache-Control': cacheControl });
    } catch {
      return c.notFound();
    }
  };
}
