import { test as base, devices, expect, type Locator, type Page } from '@playwright/test';

export { expect };

/** The demo under test; playwright.config.ts starts it there. */
export const SHOP = 'http://localhost:4100';
export const GATEWAY = 'http://127.0.0.1:4101';

// The descriptors' own browser is left out: here all of them are Chromium, which plays the viewport, touch and user agent.
const profile = (name: string) => {
  const { defaultBrowserType: _, ...device } = devices[name] as (typeof devices)[string];
  return device;
};

export const PROFILES = {
  iPhone: { use: profile('iPhone 13'), mobile: true },
  Galaxy: { use: profile('Galaxy S9+'), mobile: true },
  desktop: { use: profile('Desktop Chrome'), mobile: false },
} as const;

/** What the customer saw of the card, from its first appearance on, in order. */
export interface Seen {
  readonly state: string;
  readonly text: string;
}

interface Fixtures {
  /** Everything that the card showed on the pages of this test, over reloads too. */
  readonly seen: Seen[];
}

export const test = base.extend<Fixtures>({
  // Playwright's fixtures need a pattern here, also where nothing is taken from it.
  seen: [
    async ({ page }, use) => {
      const seen: Seen[] = [];
      await page.exposeBinding('reportSeen', (_source, entry: Seen) => seen.push(entry));
      await page.addInitScript(() => {
        let last = '';
        new MutationObserver(() => {
          const card = document.querySelector<HTMLElement>('.imp-redirect');
          if (!card?.dataset.state || last === card.textContent) return;
          last = card.textContent ?? '';
          (window as unknown as { reportSeen(entry: Seen): void }).reportSeen({ state: card.dataset.state, text: last });
        }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
      });
      await use(seen);
    },
    { auto: true },
  ],
});

export interface Visit {
  readonly lang?: 'ko' | 'en';
  readonly landing?: 'complete' | 'thanks';
  readonly sdk?: 'v1' | '1.2.0' | '1.1.5';
  readonly tag?: 'before' | 'after';
  readonly bundle?: 'full' | 'wrap' | 'off';
  readonly callback?: 'none' | 'own';
  readonly inject?: 'always' | 'mobile';
  readonly amount?: number;
}

/** Opens the shop, puts something into the cart if need be, and waits until it can be paid for. */
export async function openShop(page: Page, visit: Visit = {}): Promise<void> {
  const query = new URLSearchParams(Object.entries(visit).map(([name, value]) => [name, `${value}`]));
  await page.goto(`${SHOP}/?${query}`);
  await expect(page.locator('#pay')).toBeEnabled();
}

/** Presses "pay" with a method of the shop. */
export async function pay(page: Page, method = 'card'): Promise<void> {
  await page.locator(`[data-method="${method}"]`).click();
  await page.locator('#pay').click();
}

/** Chooses an ending in the gateway, wherever it opened: as the page itself, or in the SDK's frame. */
export async function end(page: Page, ending: string, mobile: boolean): Promise<void> {
  if (mobile) {
    await page.waitForURL(`${GATEWAY}/gateway/**`);
    await page.locator(`[data-ending="${ending}"]`).click();
  } else await page.frameLocator('.imp-dialog iframe').locator(`[data-ending="${ending}"]`).click();
}

export const card = (page: Page): Locator => page.locator('.imp-redirect');

/** Waits until the card shows a state. */
export const expectState = (page: Page, state: string): Promise<void> => expect(card(page)).toHaveAttribute('data-state', state);

const FINAL_WORDS = /완료되었|complete(?!d)|paid|thank/i;

/** Whatever was shown before the server answered, nobody was told that the payment is done. */
export function expectHonest(seen: readonly Seen[]): void {
  const provisional = seen.filter(({ state }) => ['confirming', 'incomplete', 'deferred'].includes(state));
  expect(provisional.length).toBeGreaterThan(0);
  for (const { text } of provisional) expect(text).not.toMatch(FINAL_WORDS);
  expect(['confirming', 'incomplete', 'deferred']).toContain(seen[0]?.state);
}
