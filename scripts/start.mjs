// `npm start`: installs what is missing, builds, and runs the demo. It works as the first command after a clone.
import { spawn } from 'node:child_process';
import { installDependencies, root, run } from './dependencies.mjs';

installDependencies();
run('node', ['scripts/build.mjs']);
run('node', ['scripts/demo.mjs']);

// Not tsx's own command: it would stand between us and the server, and signals are to reach the server once.
const server = spawn(process.execPath, ['--import', 'tsx', 'demo/server.ts'], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
