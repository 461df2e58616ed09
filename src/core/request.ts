/** The params of `IMP.request_pay`, as far as we look into them. */
export interface PayParams {
  readonly m_redirect_url?: unknown;
  readonly merchant_uid?: unknown;
}

/**
 * A copy of the params with a landing URL: the same own properties, and behind them whatever the params inherit. The
 * merchant's object is never touched.
 */
export const withLandingUrl = (params: PayParams, landingUrl: string): PayParams =>
  ({ __proto__: params, ...params, m_redirect_url: landingUrl }) as PayParams;
