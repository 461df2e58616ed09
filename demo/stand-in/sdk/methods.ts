import { injectQuery } from './inject-query.js';
import { closeOverlay, openOverlay, showInPopup, tellOverlay } from './overlay.js';
import { findPopup } from './popup.js';
import { loadGateways, prepare, type SdkGeneration, type SdkResponse } from './prepare.js';

type Params = Record<string, unknown>;
type Callback = (this: object, response: Readonly<Record<string, unknown>>) => void;

interface Request {
  readonly params: Params;
  readonly callback: Callback | null;
}

const MESSAGES = {
  noParams: '결제요청 파라메터가 누락되었습니다.',
  noCode: '판매자 코드가 설정되지 않았습니다. IMP.init()함수를 먼저 호출하세요.',
  broken: '결제모듈 구동 중에 오류가 발생하였습니다. 페이지 새로고침 후 다시 시도해주세요.\n',
  unregistered: '등록되지 않은 PG모듈 정보입니다. 아임포트 관리자페이지에서 PG모듈 정보를 설정하신 후 다시 시도해주세요.',
  blocked: '팝업차단을 해제해주셔야 결제창이 나타납니다.',
  cancelled: '사용자가 결제를 취소하였습니다.',
  noZzim: '네이버페이 주문형으로 다시 시도해주세요.',
};

/** The SDK's own rule. It takes an iPad for a PC, for an iPad says that it is a Mac. */
const isMobile = () => [/\b(iPhone|iP[ao]d)/, /Android/i, /Mobile/i].some((sign) => sign.test(navigator.userAgent));

/** Where this script came from, which is where the gateway is. */
const readOrigin = () => new URL((document.currentScript as HTMLScriptElement | null)?.src || location.href).origin;

/** Runs at once, or when the page is parsed. */
const whenParsed = (run: () => void) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run, { once: true });
  else run();
};

/** `pg` names the gateway, and after a dot the merchant's account with it. */
const gatewayOf = ({ pg }: Params) => (typeof pg === 'string' && pg.trim().split('.')[0]) || null;

/** Makes the methods of `IMP`, which differ between the generations only where a phone's request has no callback. */
export function createMethods(sdk: SdkGeneration) {
  const origin = readOrigin();
  let impCode: string | null = null;
  let tierCode: string | undefined;
  /** The merchant's gateways; `null` while they are not known. */
  let gateways: readonly string[] | null = null;
  /** Of the requests that came before the gateways were known, the last one. */
  let reserved: Request | null = null;
  let loads = 0;
  let requests = 0;

  const init = (code: string, tier?: string) =>
    whenParsed(async () => {
      impCode = code;
      tierCode = tier;
      gateways = null;
      const load = ++loads;
      const answer = await loadGateways(origin, code);
      // Where there is no answer it is waited for ever.
      if (!answer || load !== loads) return;
      gateways = answer.data.map(({ pg_provider }) => pg_provider);
      if (reserved) request(reserved);
    });

  /** What runs where a phone's request has no callback of its own. */
  const defaultCallback = (params: Params): Callback =>
    function goHome(response) {
      if (response.success) return;
      const { imp_uid, merchant_uid, error_msg } = response;
      if (sdk === 'v1') return response.imp_success ? undefined : alert(error_msg);
      const [url, fields] = params.m_redirect_url
        ? [String(params.m_redirect_url), { imp_uid, merchant_uid, imp_success: false, error_msg }]
        : [`${origin}/payments/fail`, { imp_uid, success: false, error_msg }];
      location.href = injectQuery(url, document.baseURI, Object.entries(fields));
    };

  /** Whatever the callback throws is lost. */
  const answerTo = (callback: Callback | null) => (response: SdkResponse) => {
    try {
      callback?.call({}, response);
    } catch (error) {
      console.log(error);
    }
  };

  const open = async (code: string, { params, callback }: Request) => {
    const mobile = isMobile();
    const window = findPopup(gatewayOf(params) ?? '', params, mobile);
    // Opened in the customer's own click, or it would be blocked.
    const popup = window && globalThis.open('about:blank', `IMP_${gatewayOf(params)?.toUpperCase()}`, 'width=760,height=900');
    if (window && !popup && !window.alertsLate) alert(MESSAGES.blocked);

    const turn = ++requests;
    const answer = await prepare(origin, { imp_code: code, sdk, mobile, params });
    // Of several requests only the last is kept.
    if (!answer || turn !== requests) return;
    const finish = answerTo(callback);
    if ('failure' in answer) finish(answer.failure);
    else if (popup) {
      const { imp_uid } = answer;
      const onClosed = () => {
        if (window?.forgetsClosing) return alert(MESSAGES.cancelled);
        const merchant_uid = String(params.merchant_uid);
        finish({ ...(sdk !== 'v1' && { success: false }), imp_success: false, imp_uid, merchant_uid, error_msg: MESSAGES.cancelled });
      };
      showInPopup(popup, answer.gateway_url, finish, onClosed);
    } else if (window) {
      if (window.alertsLate) alert(MESSAGES.blocked);
    } else if (answer.way === 'redirect') location.href = answer.gateway_url;
    else openOverlay(answer.gateway_url, mobile, finish);
  };

  const request = (asked: Request) => {
    const { params, callback } = asked;
    try {
      if (!impCode) return alert(MESSAGES.noCode);
      reserved = gateways ? null : asked;
      if (!gateways) return;
      const gateway = gatewayOf(params);
      if (gateway && !gateways.includes(gateway)) {
        if (!callback) return alert(MESSAGES.unregistered);
        const { merchant_uid } = params;
        // At once, and with no `this`; the code is misspelt.
        const bare = callback as (response: Record<string, unknown>) => void;
        return bare({ imp_success: false, imp_uid: null, merchant_uid, error_coe: 'F1001', error_msg: MESSAGES.unregistered });
      }
      params.merchant_uid ||= `nobody_${Date.now()}`;
      params.pay_method ||= 'card';
      params.request_id = `req_${Date.now()}`;
      params.tier_code = tierCode;
      void open(impCode, asked);
    } catch (error) {
      alert(MESSAGES.broken + (error as { description?: string }).description);
    }
  };

  const request_pay = (params?: Params, callback?: unknown): false | undefined => {
    if (params === undefined) {
      alert(MESSAGES.noParams);
      return false;
    }
    whenParsed(() => {
      const given = typeof callback === 'function' ? (callback as Callback) : null;
      request({ params, callback: given ?? (isMobile() ? defaultCallback(params) : null) });
    });
    return undefined;
  };

  return {
    init: (code: string) => void init(code),
    agency: (code: string, tier: string) => void init(code, tier),
    request_pay,
    communicate: tellOverlay,
    close: closeOverlay,
    /** Out of the stand-in's scope: says so to the callback, as a failure. */
    certification(_params: Params, callback?: Callback) {
      callback?.call({}, { success: false, error_msg: '연습용 포트원에는 본인인증이 없습니다.' });
    },
    naver_zzim(params: Params) {
      params.pg ||= 'naverco';
      alert(MESSAGES.noZzim);
    },
    ...(sdk === 'v1' && { loadUI() {} }),
  };
}
