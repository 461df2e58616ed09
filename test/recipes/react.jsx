import { complete } from 'imp-redirect';
import { useEffect, useState } from 'react';

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

const ask = (onPhase) => complete({ confirmUrl: '/payments/complete', view: false, onPhase });

export function PaymentResult() {
  const [phase, setPhase] = useState();
  useEffect(() => {
    let isShown = true;
    ask((next) => isShown && setPhase(next));
    return () => {
      isShown = false;
    };
  }, []);

  const view = phase && viewOf(phase);
  return (
    <section>
      <div role="status">
        {view && <h1>{view.title}</h1>}
        {view?.note && <p>{view.note}</p>}
        {view?.message && <blockquote>{view.message}</blockquote>}
      </div>
      {view && (
        <>
          <dl>
            {view.details.map(([label, text]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
          {view.canAsk && (
            <button type="button" onClick={() => ask(setPhase)}>
              다시 확인하기
            </button>
          )}
          {view.canPay && <a href="/cart">다시 결제하기</a>}
          <a href="/">쇼핑 계속하기</a>
        </>
      )}
    </section>
  );
}
