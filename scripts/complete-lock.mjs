// After a change of the dependencies: names in package-lock.json the builds for other platforms that npm left out of it (it does
// so where a registry mirror has only some of them). Without their names `npm ci` refuses to run, here and everywhere.
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './dependencies.mjs';

const OS = /darwin|linux|win32|android|freebsd|openharmony/;
const CPU = /arm64|x64|ia32|ppc64|s390x|riscv64|arm(?!64)/;

const path = `${root}package-lock.json`;
const lock = JSON.parse(readFileSync(path, 'utf8'));
for (const { optionalDependencies = {} } of Object.values(lock.packages))
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const os = OS.exec(name)?.[0];
    const cpu = CPU.exec(name)?.[0];
    if (os && cpu) lock.packages[`node_modules/${name}`] ??= { version, cpu: [cpu], dev: true, optional: true, os: [os] };
  }
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
