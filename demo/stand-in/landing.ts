import type { Ending, EndingClaim } from './endings.js';
import { GATEWAYS } from './gateways.js';
import type { Payment } from './payments.js';
import type { SdkResponse } from './sdk/prepare.js';

/** The parameters of a landing, in their order. */
export const landingFields = ({ imp_uid, merchant_uid }: Payment, claim: EndingClaim): SdkResponse => ({ imp_uid, merchant_uid, ...claim });

/**
 * Appends landing parameters after the query that is there, and before the hash.
 *
 * A URL without a scheme is taken for a host: PortOne's server has only the string, not the page it was relative to.
 */
export function landingUrl(redirectUrl: string, fields: SdkResponse): string {
  const absolute = /^[a-z][a-z\d+.-]*:/i.test(redirectUrl) ? redirectUrl : `http://${redirectUrl.replace(/^\/+/, '')}`;
  const hashAt = absolute.indexOf('#');
  const [base, hash] = hashAt < 0 ? [absolute, ''] : [absolute.slice(0, hashAt), absolute.slice(hashAt)];
  const added = Object.entries(fields).map(([key, value]) => `${key}=${encodeURIComponent(String(value ?? ''))}`);
  const separator = /[?&]$/.test(base) ? '' : base.includes('?') ? '&' : '?';
  // A header is ASCII; what is encoded already stays as it is.
  return (base + separator + added.join('&') + hash).replace(/[^!-~]+/g, encodeURIComponent);
}

/** What the SDK's callback gets. SDK v1 never says `success`, and with some gateways nothing but the ids and the error. */
export function callbackResponse(payment: Payment, { claim, idsOnly }: Pick<Ending, 'claim' | 'idsOnly'>): SdkResponse {
  const { success, ...others } = claim ?? {};
  const { imp_success, ...errors } = others;
  const short = landingFields(payment, errors);
  const onV1 = payment.sdk === 'v1';
  if (idsOnly || (onV1 && GATEWAYS[payment.pg_provider]?.idsOnlyOnV1)) return short;

  const flag = success ?? imp_success;
  return {
    ...(!onV1 && flag !== undefined && { success: flag }),
    ...others,
    ...short,
    pay_method: payment.pay_method,
    paid_amount: payment.amount,
    status: payment.status,
    name: payment.name,
    pg_provider: payment.pg_provider,
    pg_type: 'payment',
    currency: payment.currency,
    buyer_name: payment.buyer_name,
    buyer_email: payment.buyer_email,
    buyer_tel: payment.buyer_tel,
    custom_data: payment.custom_data,
    paid_at: payment.paid_at,
    ...(payment.vbank_num && {
      vbank_num: payment.vbank_num,
      vbank_name: payment.vbank_name,
      vbank_holder: payment.vbank_holder,
      vbank_date: payment.vbank_date,
    }),
  };
}
