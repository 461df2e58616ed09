import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { createApi } from './api.js';
import { createConsole } from './console-page.js';
import { createEvents, type Events } from './events.js';
import { createGateway, type Gateway } from './gateway.js';
import { createPaymentStore, type PaymentStore } from './payments.js';
import { createPlans, type Plans } from './plans.js';
import { createPrepare, type Prepare } from './prepare.js';
import { createNotifier, createPostWebhook, type SendWebhook, type WebhookType } from './webhook.js';
import { createWork, type Work } from './work.js';

export { ENDING_IDS, type EndingId } from './endings.js';
export type { StandInEvent } from './events.js';
export type { Payment, PaymentStore, RestPayment } from './payments.js';
export type { Plan } from './plans.js';
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
  /** @default 'json' */
  readonly webhookType?: WebhookType | undefined;
  /** @default a POST, whose failure is nobody's business */
  readonly sendWebhook?: SendWebhook;
}

export interface StandInApp extends Pick<Prepare, 'prepare'>, Pick<Gateway, 'finish'> {
  readonly app: Hono;
  readonly store: PaymentStore;
  readonly plans: Plans;
  readonly events: Events;
  readonly work: Work;
}

/** Creates a stand-in for PortOne V1: SDK scripts, gateway, REST API, console and webhooks. Payments are kept in memory. */
export function createStandInApp(options: StandInOptions): StandInApp {
  const { sdkDir, webhookUrl, webhookType = 'json', sendWebhook = createPostWebhook(webhookType) } = options;
  const store = createPaymentStore();
  const plans = createPlans();
  const events = createEvents();
  const work = createWork();
  const notify = createNotifier({ webhookUrl, send: sendWebhook, plans, events, work });
  const app = new Hono();

  const serveScript = (path: string, fileName: string) =>
    app.get(path, async (c) => {
      const script = await readFile(join(sdkDir, fileName), 'utf8').catch(() => null);
      if (script === null) return c.text(`The SDK is not built: ${fileName} is missing.`, 503);
      return c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' });
    });
  serveScript('/js/:version{iamport\\.payment-1\\.[12]\\.\\d+\\.js}', 'iamport-1x.js');
  serveScript('/v1/iamport.js', 'iamport-v1.js');

  const { routes, prepare } = createPrepare({ ...options, store, plans, events });
  const gateway = createGateway({ ...options, store, plans, events, work, notify });
  app.route('/', routes);
  // Before the API: its /payments/{imp_uid} would take the gateway's own result pages for payments.
  app.route('/', gateway.routes);
  app.route('/', createApi({ ...options, store, plans, events }));
  app.route('/', createConsole({ store, events, notify }));
  return { app, store, plans, events, work, prepare, finish: gateway.finish };
}
