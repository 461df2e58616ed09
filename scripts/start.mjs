// `npm start`: installs what is missing, builds, and runs the demo. It works as the first command after a clone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { installDependencies, root } from './dependencies.mjs';

installDependencies();

const node = (...args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
const { DATABASE_URL, DATA_DIR } = process.env;
// Of dist/, what the demo serves: `npm run build` builds the rest.
const jobs = [['scripts/build.mjs', 'script', 'full', 'wrap', 'module'], ['scripts/demo.mjs']];
if (!DATABASE_URL) jobs.push(['demo/merchant/create-database.mjs', DATA_DIR || '.data']);
const codes = await Promise.all(jobs.map(async (args) => (await once(node(...args), 'exit'))[0]));
if (codes.some((code) => code !== 0)) process.exit(1);

// Not tsx's own command: it would stand between us and the server, and signals are to reach the server once.
const server = node('--import', 'tsx', 'demo/server.ts');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
