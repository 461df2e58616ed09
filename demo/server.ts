// The demo in one process: the merchant on localhost, and a stand-in for PortOne on 127.0.0.1, which to a browser is another site.
import { fileURLToPath } from 'node:url';
import { type Chaos, createChaos } from './chaos/routes.js';
import { type Listener, listen, PortTaken } from './listen.js';
import { createMerchant } from './merchant/app.js';
import { openDatabase } from './merchant/database.js';
import { logToConsole } from './merchant/log.js';
import { readSecret } from './merchant/tokens.js';
import { readSettings } from './settings.js';

const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

function giveUp(...lines: string[]): never {
  for (const line of lines) console.error(line);
  process.exit(1);
}

const take = async (variable: string, port: number, hosts: Parameters<typeof listen>[1]): Promise<Listener> => {
  try {
    return await listen(port, hosts);
  } catch (error) {
    if (!(error instanceof PortTaken)) throw error;
    return giveUp(`Port ${port} is taken by another program (${error.message}).`, `Choose another one: ${variable}=${port + 10} npm start`);
  }
};

const settings = readSettings(process.env);
if ('mistakes' in settings) giveUp(...settings.mistakes);
const { port, gatewayPort, database, realPortOne, impCode, apiKey, apiSecret, pgIds } = settings;

// The ports first: a second demo must end before it touches the first one's database.
const shopPort = await take('PORT', port, ['127.0.0.1', '::1']);
const gateway = realPortOne ? null : await take('GATEWAY_PORT', gatewayPort, ['127.0.0.1']);
const gatewayOrigin = `http://127.0.0.1:${gatewayPort}`;

// A server's address may hold a password, which is nobody's to read.
const databaseName = database.replace(/:\/\/.*@/, '://…@');
const db = await openDatabase(database).catch((error: unknown) =>
  giveUp(
    `The database ${databaseName} could not be opened: ${error}`,
    'Choose another directory (DATA_DIR=.data2 npm start), or set DATABASE_URL to a PostgreSQL server.',
  ),
);

let stopSweep: (() => Promise<void>) | undefined;
let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  // What has been taken on is answered: a webhook is sent once.
  await Promise.all([shopPort.close(10_000), stopSweep?.()]);
  await gateway?.close();
  await db.close();
  process.exit(0);
}
process.on('SIGINT', end);
process.on('SIGTERM', end);

let chaos: Chaos | undefined;
if (gateway) {
  const { createStandInApp } = await import('./stand-in/index.js');
  const webhookUrl = `http://127.0.0.1:${port}/payments/webhook`;
  const standIn = createStandInApp({ origin: gatewayOrigin, webhookUrl, apiKey, apiSecret, impCode, sdkDir: here('.demo/sdk') });
  gateway.serve(standIn.app);
  chaos = createChaos(standIn, logToConsole, here('.demo/shop/demo/chaos/index.html'));
}

const { readClaim } = await import(here('dist/imp-redirect.mjs'));
const { app, sweep } = createMerchant({
  db,
  tokenSecret: await readSecret(db),
  pgIds,
  readClaim,
  portone: { apiUrl: realPortOne?.apiUrl ?? gatewayOrigin, apiKey, apiSecret },
  sdkBaseUrl: realPortOne?.sdkBaseUrl ?? gatewayOrigin,
  impCode,
  distDir: here('dist'),
  shopDir: here('.demo/shop'),
  ...(chaos && { log: chaos.log }),
});
if (chaos) app.route('/chaos', chaos.routes);
shopPort.serve(app);
stopSweep = sweep.start();

console.log(`
  Shop             http://localhost:${port}/
  Shop, English    http://localhost:${port}/?lang=en
  ${chaos ? `Chaos panel      http://localhost:${port}/chaos\n  Gateway console  ${gatewayOrigin}/` : `PortOne          ${realPortOne?.apiUrl} (set its webhook to this server's /payments/webhook)`}

  Orders are kept in ${databaseName}. Ctrl+C ends it.${
    realPortOne && !pgIds ? '\n  PORTONE_PG_IDS is not set: a payment in a test account pays for an order, too.' : ''
  }
`);
