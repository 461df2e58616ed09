// The server that merchants are to copy is clean, by the doctor's every check.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createMerchant } from '../../demo/merchant/app.js';
import { openDatabase } from '../../demo/merchant/database.js';
import { CODES } from '../../src/doctor/findings.js';
import { readClaim } from '../../src/edge/landing.js';
import { atEnd, examineBy, playPortOne, serve } from './doctor.fixture.js';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** The demo's merchant, whose PortOne is the doctor's. */
async function startMerchant() {
  const { portone, api } = await playPortOne({ apiKey: 'key', apiSecret: 'secret' });
  const db = await openDatabase();
  atEnd(() => db.close());
  const { app } = createMerchant({
    db,
    portone: { apiUrl: api, apiKey: 'key', apiSecret: 'secret' },
    sdkBaseUrl: 'https://cdn.iamport.kr',
    impCode: 'imp12345678',
    tokenSecret: 'a secret of this test',
    readClaim,
    distDir: dist,
    shopDir: fileURLToPath(new URL('../..', import.meta.url)),
    log: () => {},
  });
  return { portone, shop: await serve(app) };
}

const ORDER = '{"items":[{"id":"corner","quantity":1}]}';

it.each([
  ['by the session of the customer who ordered', []],
  ['by the order token, as in another browser', ['--credentials', 'omit', '--pass', 't', '--order-pass', 'token']],
])('the reference server is clean, %s', async (_, args) => {
  const { portone, shop } = await startMerchant();
  const { found, skipped, fine, exitCode, results } = await examineBy(
    [
      `${shop}/payments/complete`,
      ...['--create-order', `POST ${shop}/orders ${ORDER}`, '--webhook', `${shop}/payments/webhook`],
      ...['--page', `${shop}/payments/complete`, '--checkout', `${shop}/?lang=en`],
      ...args,
    ],
    portone,
  );
  expect({ found, skipped, exitCode }, JSON.stringify(results)).toEqual({ found: [], skipped: [], exitCode: 0 });
  expect(fine).toEqual(CODES);
});

it('is told to be neutral to one who is not its customer, and not taken for wrong', async () => {
  const { portone, shop } = await startMerchant();
  const { found, resultOf, exitCode } = await examineBy(
    [`${shop}/payments/complete`, '--create-order', `POST ${shop}/orders ${ORDER}`, '--credentials', 'omit'],
    portone,
  );
  expect({ found, exitCode }).toEqual({ found: [], exitCode: 2 });
  expect(resultOf('wrong_field')).toMatchObject({ result: 'not_checked', reason: 'neutral' });
});
