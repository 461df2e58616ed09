import { complete } from 'imp-redirect';

const CALM = '평소보다 오래 걸리고 있어요. 결제 내역은 남아 있으니 다시 결제하지 마세요.';
const WARNING = '다시 결제하지 말고 쇼핑몰에 문의해 주세요.';
const WORDS = {
  confirming: ['결제를 확인하고 있어요'],
  retrying: ['결제를 확인하고 있어요', CALM],
  deferred: ['결제를 확인하고 있어요', CALM],
  unreadable: ['어떤 결제인지 확인하지 못했어요', WARNING],
  paid: ['결제가 완료됐어요'],
  ready: ['아래 계좌로 입금해 주세요'],
  failed: ['결제가 완료되지 않았어요'],
  cancelled: ['결제가 취소됐어요'],
  forged: ['결제 내역이 주문과 달라요', WARNING],
};

function viewOf({ name, claim, verdict }) {
  const { status, answer = {} } = verdict ?? {};
  const { amount, currency = 'KRW', vbank_name, vbank_num, vbank_holder, vbank_date } = answer;
  const state = status ?? (claim.impUid || claim.merchantUid ? name : 'unreadable');
  const [title, note] = WORDS[state] ?? WORDS.confirming;
  const isOver = state === 'failed' || state === 'cancelled';
  const isReady = state === 'ready';
  return {
    title,
    note,
    message: `${answer.message ?? (isOver ? claim.errorMessage : null) ?? ''}`.slice(0, 200),
    details: [
      ['주문번호', answer.merchant_uid ?? claim.merchantUid],
      ['금액', amount?.toLocaleString('ko', { style: 'currency', currency })],
      ['계좌', isReady && vbank_num && [vbank_name, vbank_num, vbank_holder].join(' ')],
      ['입금 기한', isReady && vbank_date && new Date(vbank_date * 1000).toLocaleString('ko', { timeZone: 'Asia/Seoul' })],
    ].filter(([, text]) => text),
    canAsk: state === 'retrying' || state === 'deferred',
    canPay: isOver,
  };
}

const [announced, details, again, payAgain, goOn] = document.querySelector('#payment-result').children;
const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

function put(parent, ...children) {
  const next = parent.cloneNode();
  next.append(...children.filter(Boolean));
  if (next.innerHTML === parent.innerHTML) return;
  parent.textContent = '';
  parent.append(...next.childNodes);
}

function show(phase) {
  const view = viewOf(phase);
  put(announced, element('h1', view.title), view.note && element('p', view.note), view.message && element('blockquote', view.message));
  put(details, ...view.details.flatMap(([label, text]) => [element('dt', label), element('dd', text)]));
  again.hidden = !view.canAsk;
  payAgain.hidden = !view.canPay;
  goOn.hidden = false;
}

const ask = () => complete({ confirmUrl: '/payments/complete', view: false, onPhase: show });

again.onclick = ask;
ask();
