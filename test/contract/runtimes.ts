// The short servers of docs/servers, and what each needs to run.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Runtime {
  readonly name: string;
  /** In docs/servers. */
  readonly file: string;
  /** How it is started; `null` where this machine cannot. */
  readonly command: readonly [string, ...string[]] | null;
  /** Whether `npm test` alone brings what it needs: then it runs on every machine. */
  readonly always: boolean;
}

const works = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** A Python that has the module: the one on the path, or the system's. */
const pythonWith = (module: string) => ['python3', '/usr/bin/python3'].find((python) => works(python, '-c', `import ${module}`)) ?? null;

const path = (file: string) => `${ROOT}docs/servers/${file}`;

const inPython = (name: string, file: string, module: string): Runtime => {
  const python = pythonWith(module);
  return { name, file, command: python === null ? null : [python, path(file)], always: false };
};

const canRunPhp = () => works('php', '-r', 'exit(extension_loaded("pdo_sqlite") ? 0 : 1);');

/** `{port}` in a command is the port to listen on, for who does not read `PORT`. */
export const findRuntimes = (): readonly Runtime[] => [
  { name: 'Express', file: 'express.mjs', command: ['node', path('express.mjs')], always: true },
  { name: 'Hono', file: 'hono.mjs', command: ['node', path('hono.mjs')], always: true },
  inPython('Flask', 'flask_app.py', 'flask'),
  inPython('Django', 'django_app.py', 'django'),
  {
    name: 'PHP',
    file: 'complete.php',
    command: canRunPhp() ? ['php', '-S', '127.0.0.1:{port}', path('complete.php')] : null,
    always: false,
  },
];

/** Those that no test has ever run. */
export const NOT_RUN: readonly Pick<Runtime, 'name' | 'file'>[] = [{ name: 'Spring', file: 'ConfirmController.java' }];
