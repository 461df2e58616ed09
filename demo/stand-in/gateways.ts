/** What a gateway does differently from the others. */
export interface GatewayTraits {
  /** Comes back by callback on phones too. */
  readonly neverLeaves?: true;
  /** Leaves the page on PCs too, unless the request has it in a window of its own. */
  readonly leavesOnPc?: true;
  /** Counts a closed window as a failure; with the others the payment stays `ready`. */
  readonly cancelFails?: true;
  /** Tells the callback of SDK v1 nothing but the ids and the error. */
  readonly idsOnlyOnV1?: true;
  /** Does not tell whose the virtual account is. */
  readonly hidesHolder?: true;
}

/** The gateways that the merchant has registered, by PortOne's code. */
export const GATEWAYS: Readonly<Record<string, GatewayTraits>> = {
  html5_inicis: { cancelFails: true },
  kakaopay: {},
  tosspayments: { idsOnlyOnV1: true, hidesHolder: true },
  naverpay: { leavesOnPc: true },
  kcp: {},
  nice: {},
  danal: { neverLeaves: true },
  daou: {},
  paypal: { leavesOnPc: true },
  eximbay: { leavesOnPc: true },
  payco: { neverLeaves: true },
  smilepay: {},
};

export const DEFAULT_GATEWAY = 'html5_inicis';
