// `npm start`: installs what is missing, builds, and runs the demo. It works as the first command after a clone.
import { spawn } from 'node:child_process';
import { bin, installDependencies, root, run } from './dependencies.mjs';

installDependencies();

run('npm', ['run', '--silent', 'build']);
run(bin('vite'), ['build', '--mode', 'demo', '--logLevel', 'warn']);
// Not at the top: before the packages are installed there is no tsx.
const { tsImport } = await import('tsx/esm/api');
const { buildSdk } = await tsImport('../demo/stand-in/sdk/build.ts', import.meta.url);
await buildSdk(`${root}.demo/sdk`);

// Not tsx's own command: it would stand between us and the server, and signals are to reach the server once.
const server = spawn(process.execPath, ['--import', 'tsx', 'demo/server.ts'], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
