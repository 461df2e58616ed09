import { injectQuery } from './inject-query.js';
import { closeOverlay, openOverlay } from './overlay.js';
import { prepare, type SdkGeneration, type SdkResponse } from './prepare.js';

type Params = Record<string, unknown>;
type Callback = (this: object, response: SdkResponse) => void;

/** The SDK's own rule. It takes an iPad for a PC, for an iPad says that it is a Mac. */
const isMobile = () => [/\b(iPhone|iP[ao]d)/, /Android/i, /Mobile/i].some((sign) => sign.test(navigator.userAgent));

/** Where this script came from, which is where the gateway is. */
const readOrigin = () => new URL((document.currentScript as HTMLScriptElement | null)?.src || location.href).origin;

/** Makes the methods of `IMP`, which differ between the generations only where a phone's request has no callback. */
export function createMethods(sdk: SdkGeneration) {
  const origin = readOrigin();
  let impCode: string | null = null;
  let tierCode: string | null = null;
  let requests = 0;

  const init = (code: string, tier: string | null = null) => {
    impCode = code;
    tierCode = tier;
  };

  /** What runs where a phone's request has no callback of its own. */
  const defaultCallback = (params: Params): Callback =>
    function goHome(response) {
      if (response.success || response.imp_success) return;
      if (sdk === 'v1') return alert(response.error_msg);
      const { imp_uid, merchant_uid, error_msg } = response;
      location.href = params.m_redirect_url
        ? injectQuery(
            String(params.m_redirect_url),
            document.baseURI,
            Object.entries({ imp_uid, merchant_uid, imp_success: false, error_msg }),
          )
        : `${origin}/payments/fail?imp_uid=${imp_uid ?? ''}&success=false&error_msg=${encodeURIComponent(String(error_msg))}`;
    };

  const open = async (code: string, params: Params, callback: Callback | null) => {
    const request = ++requests;
    const answer = await prepare(origin, { imp_code: code, sdk, mobile: isMobile(), params });
    // Of several requests only the last is kept.
    if (!answer || request !== requests) return;
    const finish = (response: SdkResponse) => {
      try {
        callback?.call({}, response);
      } catch (error) {
        console.log(error);
      }
    };
    if ('failure' in answer) finish(answer.failure);
    else if (answer.way === 'redirect') location.href = answer.gateway_url;
    else openOverlay(answer.gateway_url, finish);
  };

  const request_pay = (params?: Params, callback?: unknown): false | undefined => {
    if (params === undefined) {
      alert('결제요청 파라메터가 누락되었습니다.');
      return false;
    }
    if (!impCode) {
      alert('가맹점 식별코드가 없습니다. IMP.init을 먼저 호출해주세요.');
      return undefined;
    }
    params.request_id = `req_${Date.now()}`;
    params.tier_code = tierCode;
    params.merchant_uid ||= `nobody_${Date.now()}`;
    params.pay_method ||= 'card';

    const given = typeof callback === 'function' ? (callback as Callback) : null;
    void open(impCode, params, given ?? (isMobile() ? defaultCallback(params) : null));
    return undefined;
  };

  return {
    init,
    agency: init,
    request_pay,
    /** Out of the stand-in's scope: says so to the callback, as a failure. */
    certification(_params: Params, callback?: Callback) {
      callback?.call({}, { success: false, error_msg: '연습용 포트원에는 본인인증이 없습니다.' });
    },
    loadUI() {},
    close: closeOverlay,
    communicate() {},
  };
}
