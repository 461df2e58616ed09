import { readFile } from 'node:fs/promises';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Verdict } from './payments.js';
import type { Locale } from './products.js';

export interface ShopOptions {
  /** Where the SDK's scripts are: `https://cdn.iamport.kr`, or a stand-in. */
  readonly sdkBaseUrl: string;
  /** The merchant's code, for `IMP.init`. */
  readonly impCode: string;
  /** Where the built shop is. */
  readonly shopDir: string;
}

const SDK_PATHS = {
  v1: '/v1/iamport.js',
  '1.2.0': '/js/iamport.payment-1.2.0.js',
  '1.1.5': '/js/iamport.payment-1.1.5.js',
} as const;

const BUNDLES = { full: '/imp-redirect.full.js', wrap: '/imp-redirect.wrap.js', off: null } as const;

/** The developers' switches, in the shop's query. What is not one of these is the default. */
const Switches = z.object({
  lang: z.enum(['ko', 'en']).catch('ko'),
  sdk: z.enum(['v1', '1.2.0', '1.1.5']).catch('v1'),
  tag: z.enum(['before', 'after']).catch('before'),
  bundle: z.enum(['full', 'wrap', 'off']).catch('full'),
  inject: z.enum(['always', 'mobile']).catch('always'),
  landing: z.enum(['complete', 'thanks', 'return']).catch('complete'),
  callback: z.enum(['none', 'own']).catch('none'),
  /** What the page asks the gateway for instead of the order's amount, as a forger would. */
  amount: z.coerce.number().int().min(1).max(99_999_999).nullable().catch(null),
});

export type Switches = z.output<typeof Switches>;

/** What the shop's page is told, beside its scripts. */
export interface ShopConfig {
  readonly impCode: string;
  readonly switches: Switches;
  readonly landingPath: string;
}

const escapeText = (text: string) => text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Three ways to land: the drop-in page, the shop's own page with a tag, and one that the server renders with what it knows. */
const LANDING_PATHS = { complete: '/payments/complete', thanks: '/thanks', return: '/payments/return' } as const;

const landingPath = ({ landing, lang }: Switches) => `${lang === 'en' ? '/en' : ''}${LANDING_PATHS[landing]}`;

function scriptTags(switches: Switches, { sdkBaseUrl, impCode }: ShopOptions): string {
  const sdk = `<script src="${escapeText(sdkBaseUrl + SDK_PATHS[switches.sdk])}"></script>`;
  const bundle = BUNDLES[switches.bundle];
  const inject = switches.inject === 'mobile' ? ' data-inject="mobile"' : '';
  // Any page with a confirm URL goes on with what is unanswered; this one also asks about customers who never came back.
  const rest =
    switches.bundle === 'full' ? ' data-confirm-url="/payments/complete" data-recover="banner" data-recover-after-ms="10000"' : '';
  const own = bundle ? `<script src="${bundle}" data-redirect-url="${landingPath(switches)}"${inject}${rest}></script>` : '';
  const config: ShopConfig = { impCode, switches, landingPath: landingPath(switches) };
  const json = JSON.stringify(config).replaceAll('<', '\\u003c');
  const inOrder = switches.tag === 'before' ? [own, sdk] : [sdk, own];
  return [...inOrder, `<script type="application/json" id="shop-config">${json}</script>`].filter(Boolean).join('\n    ');
}

export const toLanguage = (page: string, lang: Locale) => (lang === 'en' ? page.replace('<html lang="ko"', '<html lang="en"') : page);

/** The drop-in completion page as this shop has filled it in, in the one place that is marked there. */
export const fillIn = (page: string, lang: Locale) =>
  toLanguage(page, lang)
    .replace('<h1>결제 결과</h1>', `<h1>${lang === 'en' ? 'Corner Roasters' : '모퉁이 로스터스'}</h1>`)
    .replace('data-home="/"', lang === 'en' ? 'data-home="/?lang=en"' : 'data-home="/"')
    .replace('data-retry=""', lang === 'en' ? 'data-retry="/?lang=en"' : 'data-retry="/"')
    .replace('data-contact=""', 'data-contact="02-1234-5678"')
    .replace('data-accent=""', 'data-accent="#b5482b"')
    .replace('data-pass=""', 'data-pass="t"');

const SERVER_WORDS = {
  paid: { ko: '결제가 완료됐어요', en: 'Payment complete' },
  ready: { ko: '아래 계좌로 입금해 주세요', en: 'Please deposit to this account' },
  failed: { ko: '결제가 완료되지 않았어요', en: 'Payment not completed' },
  cancelled: { ko: '결제가 취소됐어요', en: 'Payment cancelled' },
  forged: {
    ko: '결제 내역이 주문과 달라요. 쇼핑몰로 문의해 주세요.',
    en: 'The payment does not match the order. Please contact the shop.',
  },
  pending: {
    ko: '결제를 확인하고 있어요. 다시 결제하지 마세요.',
    en: 'Your payment is being checked. Please do not pay again.',
  },
} as const;

/**
 * The page that the server renders with what it knows: its verdict, for the script to take, and the same in words, for customers
 * whose browser runs no script.
 *
 * @param verdict `null` where it is not known yet: the script asks
 */
export const embedVerdict = (page: string, lang: Locale, verdict: Verdict | null): string =>
  page
    .replace('<!-- words -->', () => {
      const { vbank_name = '', vbank_num = '' } = verdict && 'vbank_num' in verdict ? verdict : {};
      const account = `${vbank_name} ${vbank_num}`.trim();
      return `<p>${escapeText(SERVER_WORDS[verdict?.status ?? 'pending'][lang])}</p>${account && `<p>${escapeText(account)}</p>`}`;
    })
    // Within a script element only "<" can end it.
    .replace('<!-- verdict -->', () =>
      verdict
        ? `<script type="application/json" data-imp-redirect-verdict>${JSON.stringify(verdict).replaceAll('<', '\\u003c')}</script>`
        : '',
    );

/** Serves the shop as a merchant would have written it: built once, with the scripts that the query asks for. */
export async function serveShop(c: Context, options: ShopOptions): Promise<Response> {
  const switches = Switches.parse({ ...c.req.query(), amount: c.req.query('amount') ?? null });
  const page = await readFile(`${options.shopDir}/index.html`, 'utf8');
  const tags = scriptTags(switches, options);
  return c.html(
    toLanguage(page, switches.lang).replace('<!-- scripts -->', () => tags),
    200,
    { 'Cache-Control': 'no-store' },
  );
}
