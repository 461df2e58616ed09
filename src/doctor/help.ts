import type { Words } from './findings.js';

export const HELP: Words = {
  en: `imp-redirect doctor <confirm-url> [options]

  Checks your confirm endpoint and your completion page, and tells one fix per finding.

Usage: imp-redirect <command> [options]

  doctor           see imp-redirect doctor --help
  --help           this

https://unpkg.com/imp-redirect/docs/doctor.md
`,
  ko: `imp-redirect doctor <확인 주소> [옵션]

  결제 확인 엔드포인트와 도착 페이지를 검사하고, 문제마다 해결 방법을 하나씩 알려 줍니다.

사용법: imp-redirect <명령> [옵션]

  doctor           imp-redirect doctor --help를 보세요
  --help           이 도움말

https://unpkg.com/imp-redirect/docs/doctor.ko.md
`,
};

export const DOCTOR_HELP: Words = {
  en: `Usage: imp-redirect doctor <confirm-url> (--order … | --create-order … | --order-command … | --outside) [options]

  Plays PortOne at http://127.0.0.1:4002. Start your own server, on this machine and on a test database, with PORTONE_API_URL
  pointed there, and give the doctor three orders that nobody has paid.

Example:
  imp-redirect doctor http://localhost:3000/payments/complete --page http://localhost:3000/payments/complete \\
    --order A-1:12000 --order A-2:12000 --order A-3:12000

Orders, one of:
  --order ID:AMOUNT[:CURRENCY]  an order that nobody has paid; three of them. Or as JSON, with what else is known of it
  --create-order REQUEST        how your checkout page makes one: 'POST http://localhost:3000/orders {"item":1}'
  --order-command COMMAND       a command of yours that makes one and prints it, as for --order
  --order-id PATH               where the order number is in JSON, names with dots between (merchant_uid)
  --order-amount PATH           where its amount is (amount)
  --order-currency PATH         where its currency is (currency; KRW where there is none)
  --order-pass PATH             where the value is that --pass sends (the name that --pass gives)

PortOne:
  --portone-port PORT           where it is played (4002)
  --api-key, --api-secret       the only ones that it takes (any)
  --outside                     play none: look only at what can be seen from outside. For servers that run already

Pages:
  --page URL                    the completion page (what GET gives at the confirm URL)
  --checkout URL                a page with PortOne's SDK
  --webhook URL                 your webhook endpoint

How the page asks, as in the attributes of its tag, which are read where there is a page:
  --method, --encoding json|form|multipart|none, --body, --headers JSON, --csrf, --credentials, --answers, --pass
  --cookie 'a=1; b=2'           cookies of a customer's

Output:
  --timeout-ms N                how long one request may take (10000)
  --json                        for programs
  --lang ko|en                  (by LANG)

Ends with 0: nothing was found. 1: something was. 2: it could not be checked.
https://unpkg.com/imp-redirect/docs/doctor.md
`,
  ko: `사용법: imp-redirect doctor <확인 주소> (--order … | --create-order … | --order-command … | --outside) [옵션]

  http://127.0.0.1:4002에서 포트원을 흉내 냅니다. 이 컴퓨터에서 시험용 데이터베이스를 쓰는 서버를 PORTONE_API_URL이 그곳을
  가리키게 해서 켜고, 아직 결제하지 않은 주문 세 개를 doctor에 알려 주세요.

예:
  imp-redirect doctor http://localhost:3000/payments/complete --page http://localhost:3000/payments/complete \\
    --order A-1:12000 --order A-2:12000 --order A-3:12000

주문(셋 중 하나):
  --order 주문번호:금액[:통화]  아직 결제하지 않은 주문. 세 번 적습니다. 더 알릴 것이 있으면 JSON으로 적어도 됩니다
  --create-order 요청           주문서 페이지가 주문을 만드는 요청: 'POST http://localhost:3000/orders {"item":1}'
  --order-command 명령          주문을 만들고 --order와 같은 형식으로 출력하는 명령
  --order-id 경로               JSON에서 주문번호가 있는 곳. 이름을 점으로 잇습니다 (merchant_uid)
  --order-amount 경로           금액이 있는 곳 (amount)
  --order-currency 경로         통화가 있는 곳 (currency, 없으면 KRW)
  --order-pass 경로             --pass로 보낼 값이 있는 곳 (--pass에 적은 이름)

포트원:
  --portone-port 포트           흉내 낼 곳 (4002)
  --api-key, --api-secret       이 값만 받습니다 (아무 값이나)
  --outside                     흉내 내지 않고 밖에서 보이는 것만 봅니다. 이미 운영 중인 서버에 쓰세요

페이지:
  --page URL                    도착 페이지 (확인 주소를 GET으로 연 것)
  --checkout URL                포트원 SDK가 있는 페이지
  --webhook URL                 웹훅 엔드포인트

페이지가 묻는 방식. 태그의 속성과 같고, 페이지가 있으면 거기서 읽습니다:
  --method, --encoding json|form|multipart|none, --body, --headers JSON, --csrf, --credentials, --answers, --pass
  --cookie 'a=1; b=2'           고객의 쿠키

출력:
  --timeout-ms N                요청 하나를 기다리는 시간 (10000)
  --json                        프로그램용
  --lang ko|en                  (LANG에 따름)

종료 코드 0: 문제없음. 1: 문제를 찾음. 2: 확인할 수 없었음.
https://unpkg.com/imp-redirect/docs/doctor.ko.md
`,
};
