import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { createApi } from './api.js';
import { createConsole } from './console-page.js';
import { createGateway } from './gateway.js';
import { createPaymentStore, type PaymentStore } from './payments.js';
import { createPrepare } from './prepare.js';
import { createNotifier, postWebhook, type SendWebhook } from './webhook.js';

export type { EndingId } from './endings.js';
export type { Payment, PaymentStore, RestPayment } from './payments.js';
export type { SendWebhook, WebhookBody } from './webhook.js';

export interface StandInOptions {
  /** The stand-in's own origin, on another site than the shop: `http://127.0.0.1:4001`. */
  readonly origin: string;
  /** The merchant's webhook, as set in PortOne's console; a request's `notice_url` outranks it. */
  readonly webhookUrl: string | null;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** The merchant's code, as given to `IMP.init`. */
  readonly impCode: string;
  /** Folder that holds the SDK scripts, as `buildSdk` writes them. */
  readonly sdkDir: string;
  /** @default a POST of JSON, whose failure is nobody's business */
  readonly sendWebhook?: SendWebhook;
}

export interface StandIn {
  readonly app: Hono;
  readonly store: PaymentStore;
}

/** Creates a stand-in for PortOne V1: SDK scripts, gateway, REST API, console and webhooks. Payments are kept in memory. */
export function createStandIn(options: StandInOptions): StandIn {
  const { sdkDir, webhookUrl, sendWebhook = postWebhook } = options;
  const store = createPaymentStore();
  const notify = createNotifier(webhookUrl, sendWebhook);
  const app = new Hono();

  const serveScript = (path: string, fileName: string) =>
    app.get(path, async (c) => {
      const script = await readFile(join(sdkDir, fileName), 'utf8').catch(() => null);
      if (script === null) return c.text(`The SDK is not built: ${fileName} is missing.`, 503);
      return c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' });
    });
  serveScript('/js/:version{iamport\\.payment-1\\.[12]\\.\\d+\\.js}', 'iamport-1x.js');
  serveScript('/v1/iamport.js', 'iamport-v1.js');

  app.route('/', createPrepare({ ...options, store }));
  // Before the API: its /payments/{imp_uid} would take the gateway's own result pages for payments.
  app.route('/', createGateway({ ...options, store, notify }));
  app.route('/', createApi({ ...options, store }));
  app.route('/', createConsole({ store, notify }));
  return { app, store };
}
