// The stand-in as a test kit: what `imp-redirect/stand-in` exports.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { ENDINGS } from './endings.js';
import type { StandInEvent } from './events.js';
import { createStandInApp } from './index.js';
import { type RestPayment, toRestPayment } from './payments.js';
import type { Plan } from './plans.js';
import type { SdkResponse } from './sdk/prepare.js';

export { ENDING_IDS, type EndingId } from './endings.js';
export type { StandInEvent, StandInEventName } from './events.js';
export type { PaymentStatus, RestPayment } from './payments.js';
export type { Plan } from './plans.js';
export type { SdkResponse } from './sdk/prepare.js';

export interface StandInOptions {
  /** The merchant's webhook, as set in PortOne's console; `notice_url` in a payment's params outranks it. @default none is sent */
  readonly webhookUrl?: string | null | undefined;
  /** How a webhook comes, which is chosen in PortOne's console too. @default 'json' */
  readonly webhookType?: 'json' | 'form' | undefined;
  /** @default 0: any that is free */
  readonly port?: number | undefined;
  /** What the merchant's server logs in with. @default 'stand-in-key' */
  readonly apiKey?: string | undefined;
  /** @default 'stand-in-secret' */
  readonly apiSecret?: string | undefined;
  /** What the shop's page gives to `IMP.init`. @default 'imp00000000' */
  readonly impCode?: string | undefined;
}

/** What a shop's page gives to `IMP.request_pay`. */
export interface PayParams {
  readonly merchant_uid: string;
  /** In the currency's usual unit. */
  readonly amount: number;
  readonly m_redirect_url?: string | undefined;
  readonly [name: string]: unknown;
}

export interface PayOptions {
  /** Whether the customer holds a phone: most gateways redirect there, and call back on a PC. @default true */
  readonly mobile?: boolean | undefined;
  /** Whether the customer closes the gateway's window, whatever the plan is. @default false */
  readonly cancels?: boolean | undefined;
}

/** How a payment went, as the customer's browser sees it. */
export interface Trip {
  /** `null` where the gateway did not open. */
  readonly impUid: string | null;
  /** The landing URLs that the browser loads: one, or two, or none. */
  readonly landings: readonly string[];
  /** What `request_pay`'s callback gets, where it is called. */
  readonly callback: SdkResponse | null;
}

/** A PortOne V1 on this machine: SDK scripts, gateway, REST API, webhooks. Payments are kept in memory. */
export interface StandIn {
  /** Its origin, for `PORTONE_API_URL`; the SDK is at `/v1/iamport.js` and `/js/iamport.payment-1.2.0.js`, a console at `/`. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly impCode: string;
  /**
   * Says how an order's payments go from now on.
   *
   * @param merchantUid `null`: those of every order that has no plan of its own
   * @throws TypeError for what is no plan
   */
  plan(merchantUid: string | null, plan: Plan): void;
  /**
   * Pays, as a customer without a browser: `IMP.request_pay`, "pay" on the gateway's page, and home. What the landing page would do
   * is left to the caller, who knows where it was to lead.
   */
  pay(params: PayParams, options?: PayOptions): Promise<Trip>;
  /** What has happened, the oldest first: to one order, or to all. */
  events(merchantUid?: string): readonly StandInEvent[];
  /** The payments as the REST API tells them, the newest first. */
  payments(merchantUid?: string): readonly RestPayment[];
  /** Resolves when no webhook is under way, and nothing is to come later: a slow webhook, a deposit, a late approval. */
  idle(): Promise<void>;
  /** Ends it. What was to come later does not come. */
  close(): Promise<void>;
}

const SDK_DIR = fileURLToPath(new URL('./stand-in-sdk/', import.meta.url));

/**
 * Starts a stand-in for PortOne V1 on 127.0.0.1.
 *
 * @throws Error where the port is taken
 */
export async function createStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const {
    webhookUrl = null,
    webhookType,
    port = 0,
    apiKey = 'stand-in-key',
    apiSecret = 'stand-in-secret',
    impCode = 'imp00000000',
  } = options;
  // The port is known first, and the app's own addresses have it in them.
  const server = createServer(getRequestListener((request) => app.fetch(request)));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { app, store, plans, events, work, prepare, finish } = createStandInApp({
    origin: url,
    webhookUrl,
    webhookType,
    apiKey,
    apiSecret,
    impCode,
    sdkDir: SDK_DIR,
  });

  async function pay(params: PayParams, { mobile = true, cancels = false }: PayOptions = {}): Promise<Trip> {
    const prepared = prepare({ imp_code: impCode, sdk: 'v1', mobile, params }, null);
    if ('failure' in prepared) return { impUid: null, landings: [], callback: prepared.failure };
    const { payment } = prepared;
    const home = await finish(payment, cancels ? ENDINGS.cancel : ENDINGS.paid);
    const times = plans.of(payment.merchant_uid).landing === 'twice' ? 2 : 1;
    return {
      impUid: payment.imp_uid,
      landings: home.way === 'redirect' ? Array.from({ length: times }, () => home.url) : [],
      callback: home.way === 'callback' ? home.response : null,
    };
  }

  return {
    url,
    apiKey,
    apiSecret,
    impCode,
    plan: plans.set,
    pay,
    events: events.list,
    payments: (merchantUid) => (merchantUid === undefined ? store.all() : store.tries(merchantUid)).map(toRestPayment),
    idle: work.idle,
    async close() {
      work.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
