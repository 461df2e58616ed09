import { readFile } from 'node:fs/promises';
import type { Context } from 'hono';
import { z } from 'zod';
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
  landing: z.enum(['complete', 'thanks']).catch('complete'),
  callback: z.enum(['none', 'own']).catch('none'),
  /** What the page asks the gateway for instead of the order's amount, as a forger would. */
  amount: z.coerce.number().int().min(1).max(99_999_999).nullable().catch(null),
});

export type Switches = z.output<typeof Switches>;

/** What the shop's page is told, beside its scripts. */
export interface ShopConfig {
  readonly impCode: string;
  readonly switches: Switches;
}

const escapeAttribute = (text: string) => text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);

const landingPath = ({ landing, lang }: Switches) =>
  `${lang === 'en' ? '/en' : ''}${landing === 'thanks' ? '/thanks' : '/payments/complete'}`;

function scriptTags(switches: Switches, { sdkBaseUrl, impCode }: ShopOptions): string {
  const sdk = `<script src="${escapeAttribute(sdkBaseUrl + SDK_PATHS[switches.sdk])}"></script>`;
  const bundle = BUNDLES[switches.bundle];
  const inject = switches.inject === 'mobile' ? ' data-inject="mobile"' : '';
  // Any page with a confirm URL goes on with what is unanswered; this one also asks about customers who never came back.
  const rest =
    switches.bundle === 'full' ? ' data-confirm-url="/payments/complete" data-recover="banner" data-recover-after-ms="10000"' : '';
  const own = bundle ? `<script src="${bundle}" data-redirect-url="${landingPath(switches)}"${inject}${rest}></script>` : '';
  const config: ShopConfig = { impCode, switches };
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
    .replace('data-accent=""', 'data-accent="#b5482b"');

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
