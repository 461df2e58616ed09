// Installs a package of Debian's, where this is a Debian and we may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export const attempt = (command, args) =>
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' }).status === 0;

/** Tries to; whether it is there now is for the caller to see. */
export function installFromDebian(name) {
  if (!existsSync('/etc/debian_version')) return;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...root, 'apt-get', ...args];
    return attempt(command, rest);
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', name);
}
