import { card, end, expect, expectHonest, expectState, openShop, PROFILES, pay, statesOf, test, type Visit } from './support.js';

interface Ending {
  readonly id: string;
  /** What the card first says, from the landing URL alone. */
  readonly provisional: 'confirming' | 'incomplete';
  readonly final: string;
  /** What stands on the card in the end. */
  readonly shows?: readonly string[];
}

// The six endings of PortOne's manual (the fourth, the window that does not open, is in its own test below), the transfer
// without a flag, the `success=` variant, and the lies: false but paid, and a forged amount.
const ENDINGS: readonly Ending[] = [
  { id: 'paid', provisional: 'confirming', final: 'paid' },
  { id: 'vbank', provisional: 'confirming', final: 'ready' },
  { id: 'fail-limit', provisional: 'incomplete', final: 'failed', shows: ['[8051] 한도초과'] },
  { id: 'cancel', provisional: 'incomplete', final: 'failed', shows: ['사용자가 결제를 취소하셨습니다'] },
  { id: 'invalid-card', provisional: 'incomplete', final: 'failed', shows: ['카드번호가 올바르지 않습니다.'] },
  { id: 'flagless', provisional: 'confirming', final: 'paid' },
  { id: 'success-key', provisional: 'confirming', final: 'paid' },
  { id: 'false-but-paid', provisional: 'incomplete', final: 'paid' },
  { id: 'ids-only-failure', provisional: 'incomplete', final: 'failed' },
  { id: 'forged-amount', provisional: 'confirming', final: 'forged' },
];

/** What is left of the landing URL: the order's token, which is the shop's. */
const OWN_QUERY = /^\?t=[\w-]{24}&?$/;

const TITLES = {
  ko: {
    retrying: '결제를 확인하고 있어요',
    paid: '결제가 완료됐어요',
    ready: '아래 계좌로 입금해 주세요',
    failed: '결제가 완료되지 않았어요',
    forged: '결제 내역이 주문과 달라요',
  },
  en: {
    retrying: 'Checking your payment',
    paid: 'Payment complete',
    ready: 'Please deposit',
    failed: 'Payment not completed',
    forged: 'Payment does not match the order',
  },
} as const;

for (const [name, { use, mobile }] of Object.entries(PROFILES))
  for (const lang of ['ko', 'en'] as const)
    for (const landing of ['complete', 'thanks'] as const)
      test.describe(`${name}, ${mobile ? 'redirect' : 'callback'}, ${landing === 'complete' ? 'completion page' : 'script tag'}, ${lang}`, () => {
        test.use(use);
        // SDK generation and the order of the tags: one way on phones, the other on desktops, so that each way home meets both.
        const visit: Visit = { lang, landing, sdk: name === 'Galaxy' ? '1.2.0' : 'v1', tag: lang === 'ko' ? 'before' : 'after' };

        // Each ending on each way home and each landing page; in the other language and on the other phone, those that tell most.
        const isWhole = name !== 'Galaxy' && (lang === 'ko') === (landing === 'complete');
        for (const ending of ENDINGS.filter(({ id }) => isWhole || /^(paid|false-but-paid|forged-amount)$/.test(id)))
          test(`${ending.id} ends as ${ending.final}`, async ({ page, seen }) => {
            await openShop(page, visit);
            await pay(page);
            await end(page, ending.id, mobile);

            await expectState(page, ending.final);
            await expect(card(page).getByRole('heading')).toHaveText(TITLES[lang][ending.final as keyof (typeof TITLES)['ko']]);
            for (const text of ending.shows ?? []) await expect(card(page)).toContainText(text);

            // On a busy machine the server answers before the page is parsed, and there is nothing provisional to show.
            if (statesOf(seen).length > 1) {
              expect(seen[0]?.state).toBe(ending.provisional);
              expectHonest(seen);
            }
            // Only the landing's own keys have left the URL; a reload shows the same again.
            expect(new URL(page.url()).search).toMatch(OWN_QUERY);
            expect(new URL(page.url()).pathname).toBe(
              `${lang === 'en' ? '/en' : ''}/${landing === 'thanks' ? 'thanks' : 'payments/complete'}`,
            );
            await page.reload();
            await expectState(page, ending.final);
          });

        test('a window that never opens is no verdict: the server is asked, and the gateway’s words stand by', async ({ page, seen }) => {
          await openShop(page, visit);
          await pay(page, 'unregistered');

          await expectState(page, 'retrying');
          await expect(card(page)).toContainText('등록되지 않은 PG모듈 정보입니다');
          await expect(card(page).getByRole('heading')).toHaveText(TITLES[lang].retrying);
          expect(statesOf(seen)).toEqual(['incomplete', 'retrying']);
          expectHonest(seen);
        });
      });
