/** The languages that the doctor speaks. */
export type Lang = 'en' | 'ko';

/** One thing in both languages. */
export type Words = Readonly<Record<Lang, string>>;

/** One check: what it looks at, and what is said where it finds something. */
export interface Check {
  readonly title: Words;
  readonly finding: Words;
  /** The one thing to do. */
  readonly fix: Words;
}

/** Every check, in the order in which they are told. A check's name is the code of its finding. */
export const CHECKS = {
  no_answer: {
    title: { en: 'the confirm URL answers in time', ko: '확인 요청에 제때 답합니다' },
    finding: { en: 'The confirm URL takes the request and never answers.', ko: '확인 요청을 받고도 답하지 않습니다.' },
    fix: {
      en: 'Answer on every path of the handler, on success too: `res.json({ status, imp_uid, merchant_uid })`.',
      ko: '핸들러의 모든 경로에서 답하세요. 성공했을 때도 `res.json({ status, imp_uid, merchant_uid })`가 필요합니다.',
    },
  },
  redirect: {
    title: { en: 'it answers by itself, without a redirect', ko: '리다이렉트하지 않고 직접 답합니다' },
    finding: {
      en: 'The confirm URL answers with a redirect, and the script follows none.',
      ko: '리다이렉트로 답합니다. 스크립트는 따라가지 않습니다.',
    },
    fix: {
      en: 'Answer the request itself with JSON. If only the address differs (a slash at the end, http for https), give the address that it leads to as data-confirm-url.',
      ko: '그 요청에 바로 JSON으로 답하세요. 주소만 다른 것이라면(끝의 슬래시, http와 https) 옮겨 간 주소를 data-confirm-url에 적으세요.',
    },
  },
  login_page: {
    title: { en: 'it answers customers who are not logged in', ko: '로그인하지 않은 고객에게도 답합니다' },
    finding: { en: 'The confirm URL answers with a page, or asks for a login.', ko: '페이지를 보내거나 로그인을 요구합니다.' },
    fix: {
      en: 'Let the confirm URL through without a login, and answer with JSON: a customer may come home in another browser, where no session is.',
      ko: '확인 요청은 로그인 없이 받고 JSON으로 답하세요. 고객은 세션이 없는 다른 브라우저로 돌아올 수 있습니다.',
    },
  },
  csrf: {
    title: { en: 'it lets the landing page in', ko: '도착 페이지의 요청을 받아들입니다' },
    finding: { en: "The confirm URL refuses the landing page's request.", ko: '도착 페이지의 요청을 거부합니다.' },
    fix: {
      en: "Take the confirm URL out of your framework's CSRF protection; or use imp-redirect.full.js with data-csrf, on a page that has the token.",
      ko: '이 URL을 프레임워크의 CSRF 보호에서 빼세요. 아니면 토큰이 있는 페이지에서 imp-redirect.full.js를 data-csrf와 함께 쓰세요.',
    },
  },
  cors: {
    title: { en: "it allows the landing page's origin", ko: '도착 페이지의 출처를 허용합니다' },
    finding: {
      en: 'The landing page is on another origin, and the browser would keep the answer from it.',
      ko: '도착 페이지의 출처가 다른데, 브라우저가 응답을 페이지에 넘겨주지 않습니다.',
    },
    fix: {
      en: "Answer OPTIONS and the request itself with Access-Control-Allow-Origin: the page's origin, and allow the headers that it sends.",
      ko: 'OPTIONS와 확인 요청의 응답에 모두 Access-Control-Allow-Origin으로 페이지의 출처를 적고, 페이지가 보내는 헤더를 허용하세요.',
    },
  },
  content_type: {
    title: { en: 'it reads the encoding that is sent', ko: '보내는 형식의 본문을 읽습니다' },
    finding: {
      en: 'The confirm URL understands the same request in another encoding only.',
      ko: '같은 요청을 다른 형식으로 보내야만 알아듣습니다.',
    },
    fix: {
      en: 'Read JSON (`Content-Type: application/json`) too; or use imp-redirect.full.js with data-encoding as found here.',
      ko: 'JSON(`Content-Type: application/json`)도 읽게 하세요. 아니면 imp-redirect.full.js에 여기서 찾은 data-encoding을 쓰세요.',
    },
  },
  no_verdict: {
    title: { en: 'its answer holds a verdict', ko: '응답에 판정이 들어 있습니다' },
    finding: {
      en: 'The confirm URL answers, but not with a verdict: HTTP 200 alone is never taken for "paid".',
      ko: '답은 하지만 판정이 없습니다. HTTP 200만으로는 절대 "결제 완료"로 보지 않습니다.',
    },
    fix: {
      en: 'Answer with JSON: `{ "status": "paid", "imp_uid": …, "merchant_uid": … }`; or say what your words mean, with data-answers.',
      ko: 'JSON `{ "status": "paid", "imp_uid": …, "merchant_uid": … }`으로 답하세요. 아니면 서버가 쓰는 말의 뜻을 data-answers에 적으세요.',
    },
  },
  other_words: {
    title: { en: 'its words are those that the script is told', ko: '스크립트가 아는 말로 답합니다' },
    finding: {
      en: 'The answer is in other words than the script expects.',
      ko: '스크립트가 기다리는 것과 다른 말로 답합니다.',
    },
    fix: {
      en: 'Use imp-redirect.full.js with data-answers as found here (and give the doctor --answers); or answer in our words.',
      ko: 'imp-redirect.full.js에 여기서 찾은 data-answers를 쓰세요(doctor에는 --answers). 아니면 규약의 말로 답하세요.',
    },
  },
  ids_missing: {
    title: { en: 'it echoes the ids', ko: '받은 ID를 그대로 돌려줍니다' },
    finding: {
      en: 'The answer does not say which payment it is about: imp_uid or merchant_uid is missing, or not the one that was sent.',
      ko: '어느 결제에 대한 답인지 알 수 없습니다. imp_uid나 merchant_uid가 없거나 보낸 것과 다릅니다.',
    },
    fix: {
      en: 'Put both ids into the answer, as strings, just as they were sent.',
      ko: '두 ID를 받은 그대로, 문자열로 응답에 넣으세요.',
    },
  },
  portone_not_asked: {
    title: { en: 'it asks PortOne', ko: '포트원에 조회합니다' },
    finding: {
      en: 'The server says "paid" about a payment that it has not asked PortOne about: it believes the browser.',
      ko: '포트원에 조회하지도 않고 결제됐다고 답합니다. 브라우저의 말을 믿고 있습니다.',
    },
    fix: {
      en: "Look the payment up on the server, by PortOne's GET /payments/{imp_uid}, and decide by what that says.",
      ko: '서버에서 포트원의 GET /payments/{imp_uid}로 결제를 조회하고, 그 결과로 판단하세요.',
    },
  },
  token_unread: {
    title: { en: "it uses PortOne's access token", ko: '포트원의 액세스 토큰을 씁니다' },
    finding: {
      en: 'The server asks PortOne for payments without the access token that it was given. The real PortOne answers 401.',
      ko: '받은 액세스 토큰 없이 결제를 조회합니다. 실제 포트원이라면 401로 답합니다.',
    },
    fix: {
      en: "Read `response.access_token` of getToken's answer: the token stands in the envelope's `response`.",
      ko: 'getToken 응답에서 `response.access_token`을 읽으세요. 토큰은 `response` 안에 있습니다.',
    },
  },
  wrong_field: {
    title: { en: 'it takes a right payment for paid', ko: '맞는 결제를 결제 완료로 봅니다' },
    finding: {
      en: 'A paid payment of the right amount is not taken for paid: the server compares something else.',
      ko: '금액이 맞는 결제를 결제 완료로 보지 않습니다. 다른 값을 비교하고 있습니다.',
    },
    fix: {
      en: "Compare `response.amount` of PortOne's answer with the amount of your stored order: the payment stands in the envelope's `response`.",
      ko: '포트원 응답의 `response.amount`를 저장해 둔 주문의 금액과 비교하세요. 결제 정보는 `response` 안에 있습니다.',
    },
  },
  repeat_differs: {
    title: { en: 'it answers a repeated confirm the same', ko: '같은 확인 요청에 같은 답을 합니다' },
    finding: {
      en: 'The same confirm, sent again, is answered otherwise, or not at all.',
      ko: '같은 확인 요청을 다시 보내면 다르게 답하거나 답하지 않습니다.',
    },
    fix: {
      en: 'Where the order is settled already, answer with the same verdict as before, not with an error: browsers repeat requests by themselves.',
      ko: '이미 처리한 주문이면 오류가 아니라 앞서 한 것과 같은 판정으로 답하세요. 브라우저는 요청을 스스로 반복합니다.',
    },
  },
  merchant_uid_alone: {
    title: { en: 'it finds a payment by merchant_uid alone', ko: 'merchant_uid만으로도 결제를 찾습니다' },
    finding: {
      en: 'Without an imp_uid the server does not find the payment. Some gateways send none.',
      ko: 'imp_uid가 없으면 결제를 찾지 못합니다. imp_uid를 주지 않는 결제창도 있습니다.',
    },
    fix: {
      en: "Where imp_uid is null, look the payment up by PortOne's GET /payments/find/{merchant_uid}.",
      ko: 'imp_uid가 null이면 포트원의 GET /payments/find/{merchant_uid}로 조회하세요.',
    },
  },
  amount_not_compared: {
    title: { en: 'it refuses a payment of a lower amount', ko: '적은 금액의 결제를 거절합니다' },
    finding: { en: 'A payment of a lower amount is taken for paid.', ko: '주문보다 적게 낸 결제를 결제 완료로 봅니다.' },
    fix: {
      en: 'Compare the amount that PortOne tells with the amount of your stored order, and answer "forged" where they differ.',
      ko: '포트원이 알려 준 금액을 저장해 둔 주문의 금액과 비교하고, 다르면 "forged"로 답하세요.',
    },
  },
  amount_from_body: {
    title: { en: 'it does not look at an amount in the request', ko: '요청에 적힌 금액을 보지 않습니다' },
    finding: {
      en: 'An amount in the request changes the verdict, and the customer writes the request.',
      ko: '요청에 적힌 금액에 따라 판정이 달라집니다. 요청은 고객이 마음대로 쓸 수 있습니다.',
    },
    fix: {
      en: 'Take the amount from your stored order alone, never from the request.',
      ko: '금액은 저장해 둔 주문에서만 가져오고, 요청에서는 읽지 마세요.',
    },
  },
  foreign_payment: {
    title: { en: "it refuses another order's payment", ko: '다른 주문의 결제를 거절합니다' },
    finding: {
      en: 'A payment of one order is accepted for another: one payment can buy any number of orders.',
      ko: '한 주문의 결제를 다른 주문에도 인정합니다. 결제 한 번으로 주문을 몇 개든 받을 수 있습니다.',
    },
    fix: {
      en: 'Check that the payment\'s merchant_uid, as PortOne tells it, is the order\'s, and answer "forged" where it is not.',
      ko: '포트원이 알려 준 결제의 merchant_uid가 그 주문의 것인지 확인하고, 아니면 "forged"로 답하세요.',
    },
  },
  unpaid_is_paid: {
    title: { en: "it looks at the payment's status", ko: '결제의 상태를 봅니다' },
    finding: { en: 'A payment that has failed is taken for paid.', ko: '실패한 결제를 결제 완료로 봅니다.' },
    fix: {
      en: 'Take a payment for paid only where PortOne says `status: "paid"`, whatever its amount.',
      ko: '금액이 맞더라도 포트원이 `status: "paid"`라고 할 때만 결제 완료로 보세요.',
    },
  },
  portone_down: {
    title: { en: 'it says "not known" where PortOne cannot be asked', ko: '포트원에 물을 수 없으면 모른다고 답합니다' },
    finding: {
      en: 'Where PortOne does not answer, the server says something else than "not known yet".',
      ko: '포트원이 응답하지 않을 때 "아직 모름"이 아닌 답을 합니다.',
    },
    fix: {
      en: 'Where PortOne cannot be asked, answer HTTP 503 with Retry-After, or `status: "pending"`: the order may be paid.',
      ko: '포트원에 물을 수 없으면 Retry-After를 붙인 HTTP 503이나 `status: "pending"`으로 답하세요. 결제된 주문일 수 있습니다.',
    },
  },
  unknown_order: {
    title: { en: 'it says so where there is no such order', ko: '없는 주문은 없다고 답합니다' },
    finding: {
      en: 'An order that does not exist is not answered with HTTP 404 or 422 and JSON.',
      ko: '없는 주문에 HTTP 404나 422와 JSON으로 답하지 않습니다.',
    },
    fix: {
      en: 'Answer `404` with JSON, such as `{ "message": "no such order" }`, where merchant_uid is no order of yours.',
      ko: 'merchant_uid가 없는 주문이면 `404`와 `{ "message": "없는 주문입니다" }` 같은 JSON으로 답하세요.',
    },
  },
  webhook_json: {
    title: { en: 'the webhook takes JSON', ko: '웹훅을 JSON으로 받습니다' },
    finding: { en: 'A webhook in JSON is not answered with 2xx.', ko: 'JSON 웹훅에 2xx로 답하지 않습니다.' },
    fix: {
      en: 'Read `application/json` at the webhook URL, without a login or a CSRF token, and answer 200, for orders that are settled already too.',
      ko: '웹훅 URL에서 로그인이나 CSRF 토큰 없이 `application/json`을 읽고, 이미 처리한 주문이라도 200으로 답하세요.',
    },
  },
  webhook_form: {
    title: { en: 'the webhook takes a form', ko: '웹훅을 폼으로 받습니다' },
    finding: { en: 'A webhook as a form is not answered with 2xx.', ko: '폼 웹훅에 2xx로 답하지 않습니다.' },
    fix: {
      en: "Read `application/x-www-form-urlencoded` at the webhook URL too: PortOne's console chooses between the two.",
      ko: '웹훅 URL에서 `application/x-www-form-urlencoded`도 읽으세요. 둘 중 무엇이 올지는 포트원 콘솔 설정이 정합니다.',
    },
  },
  page_unreadable: {
    title: { en: 'the completion page is there', ko: '도착 페이지가 열립니다' },
    finding: {
      en: "The completion page cannot be opened with a landing's parameters.",
      ko: '결제창이 붙이는 파라미터와 함께 도착 페이지를 열 수 없습니다.',
    },
    fix: {
      en: 'Serve the page itself at that address, with HTTP 200 and HTML, whatever is in its query: no login, and no redirect that drops the query.',
      ko: '쿼리에 무엇이 있든 그 주소에서 바로 HTTP 200과 HTML로 답하세요. 로그인을 요구하거나, 쿼리를 버리는 리다이렉트를 하면 안 됩니다.',
    },
  },
  page_cached: {
    title: { en: 'the completion page is not cached', ko: '도착 페이지를 캐시하지 않습니다' },
    finding: {
      en: 'The completion page may be kept in a cache, and its address names an order.',
      ko: '도착 페이지가 캐시에 남을 수 있습니다. 주소에 주문번호가 있습니다.',
    },
    fix: { en: 'Serve it with `Cache-Control: no-store`.', ko: '`Cache-Control: no-store`로 보내세요.' },
  },
  script_missing: {
    title: { en: 'our script is on the page', ko: '페이지에 스크립트가 있습니다' },
    finding: { en: 'Our script is not on the page, or does not load.', ko: '페이지에 스크립트가 없거나 불러오지 못합니다.' },
    fix: {
      en: 'Put `<script src="/imp-redirect.js" data-confirm-url="…"></script>` into the page, without type="module", and see that its address answers.',
      ko: '페이지에 `<script src="/imp-redirect.js" data-confirm-url="…"></script>`를 type="module" 없이 넣고, 그 주소가 열리는지 확인하세요.',
    },
  },
  other_confirm_url: {
    title: { en: 'the page asks this confirm URL', ko: '페이지가 이 확인 주소에 묻습니다' },
    finding: {
      en: 'The page asks another confirm URL than the one that was checked.',
      ko: '페이지는 지금 검사한 것과 다른 주소에 묻습니다.',
    },
    fix: {
      en: "Correct the tag's data-confirm-url; or run the doctor with the address that the page asks.",
      ko: '태그의 data-confirm-url을 고치세요. 아니면 페이지가 묻는 주소로 doctor를 실행하세요.',
    },
  },
  csp_script: {
    title: { en: "the page's policy lets our script run", ko: '페이지의 CSP가 스크립트를 허용합니다' },
    finding: { en: "The page's Content-Security-Policy blocks our script.", ko: '페이지의 Content-Security-Policy가 스크립트를 막습니다.' },
    fix: {
      en: "Allow the script in `script-src`: by 'self' or its origin, by a nonce on the tag, or for complete.html by the hash that is in it.",
      ko: "`script-src`에서 스크립트를 허용하세요. 'self'나 출처, 태그의 nonce, complete.html이라면 그 안에 적힌 해시를 쓰면 됩니다.",
    },
  },
  csp_confirm: {
    title: { en: "the page's policy lets it ask the confirm URL", ko: '페이지의 CSP가 확인 요청을 허용합니다' },
    finding: {
      en: "The page's Content-Security-Policy blocks the request to the confirm URL.",
      ko: '페이지의 Content-Security-Policy가 확인 요청을 막습니다.',
    },
    fix: { en: "Add the confirm URL's origin to `connect-src`.", ko: '`connect-src`에 확인 주소의 출처를 넣으세요.' },
  },
  script_late: {
    title: { en: "our script comes before PortOne's SDK", ko: '스크립트가 포트원 SDK보다 먼저 실행됩니다' },
    finding: {
      en: "Our script runs after PortOne's SDK: what the page took of `IMP` before is not wrapped.",
      ko: '스크립트가 포트원 SDK보다 늦게 실행됩니다. 그 전에 `IMP`를 담아 둔 코드는 감싸지 못합니다.',
    },
    fix: {
      en: "Put our tag in front of the SDK's, and leave `defer` and `async` out.",
      ko: '스크립트 태그를 SDK 태그 앞에 두고 `defer`와 `async`를 빼세요.',
    },
  },
  sdk_twice: {
    title: { en: "PortOne's SDK is there once", ko: '포트원 SDK가 한 번만 있습니다' },
    finding: {
      en: "PortOne's SDK is on the page twice: the later one may replace what we have wrapped.",
      ko: '포트원 SDK가 두 번 있습니다. 나중 것이 감싸 둔 것을 바꿔 버릴 수 있습니다.',
    },
    fix: { en: 'Leave one of the two out.', ko: '둘 중 하나를 빼세요.' },
  },
} as const satisfies Record<string, Check>;

export type Code = keyof typeof CHECKS;

export const CODES = Object.keys(CHECKS) as readonly Code[];

/** Why a check was not made. */
export const REASONS = {
  outside: {
    en: 'it takes a PortOne that is played here: leave --outside out',
    ko: '여기서 흉내 내는 포트원이 필요합니다. --outside를 빼세요',
  },
  no_order: {
    en: 'it takes an order that nobody has paid: give --order three times, or --create-order',
    ko: '아직 결제하지 않은 주문이 필요합니다. --order를 세 번 적거나 --create-order를 쓰세요',
  },
  order_failed: { en: 'no order could be made', ko: '주문을 만들지 못했습니다' },
  unreachable: {
    en: 'nothing answers at that address: is the server running?',
    ko: '그 주소에서 아무것도 응답하지 않습니다. 서버가 켜져 있나요?',
  },
  needs_answer: {
    en: 'it takes an answer with a verdict: repair what was found first',
    ko: '판정이 든 답이 필요합니다. 먼저 위의 문제를 고치세요',
  },
  needs_paid: {
    en: 'it takes an order that was taken for paid: repair what was found first',
    ko: '결제 완료된 주문이 필요합니다. 먼저 위의 문제를 고치세요',
  },
  not_asked: {
    en: 'the server did not ask the PortOne that is played here: start it with PORTONE_API_URL as told above, and give orders that nobody has paid',
    ko: '서버가 여기서 흉내 내는 포트원에 묻지 않았습니다. 위에 적힌 PORTONE_API_URL로 서버를 시작하고, 아직 결제하지 않은 주문을 주세요',
  },
  believes: { en: 'the server does not ask PortOne', ko: '서버가 포트원에 조회하지 않습니다' },
  neutral: {
    en: 'it answers "pending" about a paid order: it does not take us for the order\'s customer. Give --cookie, --headers or --pass',
    ko: '결제된 주문인데 "pending"으로 답합니다. doctor를 그 주문의 고객으로 보지 않는 것입니다. --cookie, --headers, --pass를 쓰세요',
  },
  wrong_credentials: {
    en: 'the server logs in to PortOne with another key or secret than --api-key and --api-secret',
    ko: '서버가 --api-key, --api-secret과 다른 키로 포트원에 로그인합니다',
  },
  unsendable: { en: 'the request has no place for what is known of the payment', ko: '요청에 결제의 ID를 적을 곳이 없습니다' },
  no_webhook: { en: 'give --webhook', ko: '--webhook을 적으세요' },
  no_page: { en: 'give --page', ko: '--page를 적으세요' },
  no_checkout: { en: 'no page with the SDK was given: give --checkout', ko: 'SDK가 있는 페이지가 없습니다. --checkout을 적으세요' },
  page_unread: { en: 'the page could not be read', ko: '페이지를 읽지 못했습니다' },
  no_tag: { en: 'our script is not on the page', ko: '페이지에 스크립트가 없습니다' },
  no_request: { en: 'the page has its confirm URL in a script', ko: '확인 주소가 페이지의 스크립트 안에 있습니다' },
} as const satisfies Record<string, Words>;

export type Reason = keyof typeof REASONS;

/** The reasons for which the main thing is not known, beside there being no answer at all: a run without a finding is not clean then. */
export const BLOCKING: readonly Reason[] = ['order_failed', 'unreachable', 'not_asked', 'neutral', 'wrong_credentials'];

/** More about a finding. */
export const docsUrl = (code: Code, lang: Lang): string =>
  `https://unpkg.com/imp-redirect/docs/doctor${lang === 'ko' ? '.ko' : ''}.md#${code}`;
