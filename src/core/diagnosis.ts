import type { ErrorCode } from './errors.js';
import type { Locale } from './messages.js';

/** One thing that is wrong on this page. */
export interface Diagnosis {
  readonly code: ErrorCode;
  /** In the page's language: what is wrong, and what to do. */
  readonly message: string;
  /** What exactly, where it can be told without telling anything of a customer; otherwise empty. */
  readonly detail: string;
  /** More about it. */
  readonly url: string;
}

const MESSAGES: Readonly<Record<ErrorCode, Readonly<Record<Locale, string>>>> = {
  invalid_option: {
    en: 'An option or attribute is unknown or has a wrong value. Nothing was started with it.',
    ko: '옵션이나 속성의 이름 또는 값이 잘못되어 시작하지 않았습니다.',
  },
  result_not_found: {
    en: 'data-result matches nothing on the page. The result was put at its end.',
    ko: 'data-result에 맞는 요소가 없어 페이지 맨 끝에 결과를 표시했습니다.',
  },
  claim_unreadable: {
    en: 'The landing URL is damaged. Check what follows your m_redirect_url.',
    ko: '돌아온 주소가 깨져 있습니다. m_redirect_url 뒤에 무엇이 붙는지 확인해 주세요.',
  },
  confirm_unreachable: {
    en: 'The confirm URL does not answer. Check its address, its server and, on another origin, CORS.',
    ko: '결제 확인 주소가 응답하지 않습니다. 주소와 서버를, 도메인이 다르면 CORS 설정도 확인해 주세요.',
  },
  confirm_unreadable: {
    en: 'The confirm URL answers, but not with a verdict. Choose the answers that fit, or change the answer.',
    ko: '결제 확인 주소의 응답에서 결과를 알 수 없습니다. answers를 맞는 것으로 고르거나 응답을 바꿔 주세요.',
  },
  confirm_expired: {
    en: 'A payment had no verdict for 7 days. Look for it in the console of PortOne.',
    ko: '7일 동안 결과를 알 수 없던 결제가 있습니다. 포트원 콘솔에서 확인해 주세요.',
  },
  wrapped_late: {
    en: 'The SDK was there before this script. Put this script tag in front of the SDK.',
    ko: 'SDK가 이 스크립트보다 먼저 실행되었습니다. 이 스크립트 태그를 SDK 앞에 두세요.',
  },
  already_open: {
    en: 'request_pay was called while a payment was open. Disable the button, or use data-single.',
    ko: '결제가 진행 중인데 request_pay가 다시 호출되었습니다. 버튼을 막거나 data-single을 쓰세요.',
  },
  merchant_uid_missing: {
    en: 'request_pay has no merchant_uid: the payment cannot be matched to an order.',
    ko: 'request_pay에 merchant_uid가 없어 어느 주문의 결제인지 알 수 없습니다.',
  },
  redirect_url_unsafe: {
    en: 'Your m_redirect_url will not bring every customer home. Correct it, or use data-repair.',
    ko: 'm_redirect_url 때문에 돌아오지 못하는 고객이 생길 수 있습니다. 고치거나 data-repair를 쓰세요.',
  },
  callback_threw: {
    en: 'Your callback threw an error. The SDK hides it; the customer was offered the completion page.',
    ko: '콜백에서 오류가 났습니다. SDK는 이를 숨깁니다. 고객에게는 결제 결과 페이지로 가는 링크를 보여 드렸습니다.',
  },
  context_failed: {
    en: 'What was to be kept of the page could not be. The landing will not have it.',
    ko: '페이지의 값을 보관하지 못했습니다. 결제 후 돌아온 페이지에서 쓸 수 없습니다.',
  },
  value_missing: {
    en: 'A name in braces, or in contextParams, stands for nothing. Check its spelling, and that wrap keeps it.',
    ko: '중괄호 안의 이름이나 contextParams의 이름에 해당하는 값이 없습니다. 철자와 wrap이 보관하는 값을 확인해 주세요.',
  },
  storage_unavailable: {
    en: 'This browser keeps nothing. An interrupted confirmation may be forgotten here; webhooks are not.',
    ko: '이 브라우저에는 저장할 수 없습니다. 확인이 중단되면 여기서는 이어 갈 수 없으니 웹훅을 함께 쓰세요.',
  },
  sdk_not_found: {
    en: 'There is no PortOne SDK on this page. On a page without payments that is as it should be.',
    ko: '이 페이지에 포트원 SDK가 없습니다. 결제가 없는 페이지라면 괜찮습니다.',
  },
  script_twice: {
    en: 'The script is on this page twice. The first one does the work; remove the other.',
    ko: '스크립트가 두 번 들어 있습니다. 먼저 실행된 것만 동작하니 하나를 지워 주세요.',
  },
};

/** More exactly, by the HTTP status that an answer came with. */
const MESSAGES_BY_STATUS: readonly (readonly [RegExp, Readonly<Record<Locale, string>>])[] = [
  [
    /^40[13]/,
    {
      en: 'The confirm URL refuses the request: usually CSRF protection or a login. See data-csrf, data-headers and data-credentials.',
      ko: '결제 확인 주소가 요청을 거절합니다. 대개 CSRF 보호나 로그인 때문입니다. data-csrf, data-headers, data-credentials를 확인해 주세요.',
    },
  ],
  [
    /^404/,
    {
      en: 'There is nothing at the confirm URL, or the order is not known there. Check the address; for an unknown order, answer with a status.',
      ko: '결제 확인 주소에 아무것도 없거나, 서버가 모르는 주문입니다. 주소를 확인하고, 모르는 주문이면 status를 넣어 응답해 주세요.',
    },
  ],
  [
    /^4(05|15)/,
    {
      en: 'The confirm URL wants another kind of request. See data-method and data-encoding.',
      ko: '결제 확인 주소가 다른 형식의 요청을 받습니다. data-method와 data-encoding을 확인해 주세요.',
    },
  ],
];

const messageOf = (code: ErrorCode, detail: string, locale: Locale): string =>
  ((code === 'confirm_unreadable' && MESSAGES_BY_STATUS.find(([status]) => status.test(detail))?.[1]) || MESSAGES[code])[locale];

// What may be told of a detail. The rest may name an order, or quote what somebody else wrote.
const TELLABLE: Readonly<Partial<Record<ErrorCode, RegExp>>> = {
  invalid_option: /^.*$/,
  result_not_found: /^[#.]?[\w-]+$/,
  confirm_unreachable: /^\d+$/,
  confirm_unreadable: /^\d+( .*)?$/,
  redirect_url_unsafe: /^[^:]+/,
  storage_unavailable: /^\w+/,
  value_missing: /^.*$/,
};

/** Puts errors into words, without anything personal. */
export const diagnosisOf = (errors: Iterable<readonly [code: ErrorCode, detail: unknown]>, locale: Locale): Diagnosis[] =>
  Array.from(errors, ([code, detail]) => ({
    code,
    message: messageOf(code, `${detail}`, locale),
    detail: TELLABLE[code]?.exec(`${detail}`)?.[0].trim() ?? '',
    url: `https://unpkg.com/imp-redirect/docs/errors.md#${code}`,
  }));
