import type { Locale } from '../merchant/products.js';

const WORDS = {
  ko: {
    fewer: '하나 빼기',
    more: '하나 더',
    emptyCart: '커피를 골라 주세요.',
    preparing: '주문을 준비하고 있어요 …',
    notPrepared: '주문을 준비하지 못했어요. 다시 시도하고 있습니다.',
    noSdk: '결제 모듈을 불러오지 못했어요. 잠시 뒤 새로고침해 주세요.',
    notConfirmed: '결제를 아직 확인하지 못했어요. 주문 내역에서 다시 확인해 주세요.',
    check: '다시 확인',
    deposit: '입금 계좌',
    status: {
      pending: '확인 중',
      ready: '입금 대기',
      paid: '결제 완료',
      failed: '결제 안 됨',
      cancelled: '취소됨',
      forged: '주문과 다름',
    },
    methods: {
      card: '신용카드',
      kakaopay: '카카오페이',
      naverpay: '네이버페이',
      tosspayments: '토스페이먼츠',
      vbank: '가상계좌',
      unregistered: '미등록 PG',
    },
    testing: '시험용',
  },
  en: {
    fewer: 'One fewer',
    more: 'One more',
    emptyCart: 'Please pick a coffee.',
    preparing: 'Preparing your order …',
    notPrepared: 'We could not prepare your order. Trying again.',
    noSdk: 'The payment module did not load. Please reload in a moment.',
    notConfirmed: 'We have not been able to check your payment yet. Please check it in your orders.',
    check: 'Check again',
    deposit: 'Pay into',
    status: {
      pending: 'Checking',
      ready: 'Awaiting deposit',
      paid: 'Paid',
      failed: 'Not paid',
      cancelled: 'Cancelled',
      forged: 'Does not match',
    },
    methods: {
      card: 'Card',
      kakaopay: 'KakaoPay',
      naverpay: 'Naver Pay',
      tosspayments: 'Toss Payments',
      vbank: 'Virtual account',
      unregistered: 'Unknown PG',
    },
    testing: 'Test',
  },
} as const;

export const lang: Locale = document.documentElement.lang === 'en' ? 'en' : 'ko';

export const words = WORDS[lang];

export const formatMoney = (amount: number, currency: string) =>
  lang === 'ko' && currency === 'KRW' ? `${amount.toLocaleString('ko')}원` : amount.toLocaleString(lang, { style: 'currency', currency });
