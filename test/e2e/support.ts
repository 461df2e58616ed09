import { test as base, devices, expect, type Locator, type Page } from '@playwright/test';
import { FaultServer } from './fault-server.js';

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

/** What the customer saw of the card or the banner, from its first appearance on, in order. */
export interface Seen {
  readonly state: string;
  /** Row by row. */
  readonly text: string;
  readonly page: Page;
  readonly isBanner: boolean;
  readonly atMs: number;
}

/** An event of ours that a page was told of. */
export interface Told {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each name has its own.
  readonly detail: any;
  readonly page: Page;
}

interface Fixtures {
  /** Everything that the cards showed on all pages of this test, over reloads too. */
  readonly seen: Seen[];
  readonly events: Told[];
  /** A merchant's server that goes wrong. At the end no screen may ever have said more than it had told. */
  readonly server: FaultServer;
}

export const test = base.extend<Fixtures>({
  seen: [
    async ({ context }, use) => {
      const seen: Seen[] = [];
      await context.exposeBinding('reportSeen', ({ page }, entry) => seen.push({ ...entry, page, atMs: Date.now() }));
      await context.addInitScript(() => {
        const last: Record<string, string> = {};
        new MutationObserver(() => {
          for (const selector of ['.imp-redirect', '.imp-redirect-banner']) {
            const card = document.querySelector<HTMLElement>(selector);
            const state = card?.dataset.state;
            if (!card || !state) continue;
            const rows = card.shadowRoot?.querySelectorAll('h2, p, blockquote, dt, dd, a, button') ?? [];
            const text = Array.from(rows, (row) => row.textContent).join('\n');
            if (last[selector] === state + text) continue;
            last[selector] = state + text;
            (window as unknown as { reportSeen(entry: object): void }).reportSeen({ state, text, isBanner: selector !== '.imp-redirect' });
          }
        }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
      });
      await use(seen);
    },
    { auto: true },
  ],
  events: [
    async ({ context }, use) => {
      const events: Told[] = [];
      await context.exposeBinding('reportEvent', ({ page }, name, detail) => events.push({ name, detail, page }));
      await context.addInitScript(() => {
        for (const name of ['departure', 'returned_without_result', 'landing', 'attempt', 'verdict', 'deferred', 'paid', 'recovered'])
          addEventListener(`imp-redirect:${name}`, (event) =>
            (window as unknown as { reportEvent(name: string, detail: unknown): void }).reportEvent(name, (event as CustomEvent).detail),
          );
      });
      await use(events);
    },
    { auto: true },
  ],
  server: async ({ seen }, use) => {
    const server = await FaultServer.start();
    await use(server);
    await server.close();
    expect(findLies(seen, server.told)).toEqual([]);
  },
});

/** What was shown before the server had told it, or beside it. */
function findLies(seen: readonly Seen[], told: ReadonlyMap<string, number>): Seen[] {
  return seen.filter(({ state, text, atMs, isBanner }) => {
    if (OPEN_STATES.includes(state)) return FINAL_WORDS.test(text);
    const order = /^(m_\d+)$/m.exec(text)?.[1];
    return (told.get(`${order} ${state}`) ?? Infinity) > atMs || (state !== 'paid' && !isBanner && FINAL_WORDS.test(text));
  });
}

/** The states of a page's card, one after the other. */
export const statesOf = (seen: readonly Seen[], page?: Page): string[] =>
  seen.filter((entry) => !entry.isBanner && (!page || entry.page === page)).map(({ state }) => state);

/**
 * Expects the card's states, one after the other. On a busy machine the server may answer before the page is parsed: then there is
 * nothing provisional to show, and the first of them is missing. That it is there is told by landing.spec.ts, where the server is held.
 */
export function expectStates(seen: readonly Seen[], [provisional, ...rest]: readonly string[]): void {
  const states = statesOf(seen);
  expect(states).toEqual(states[0] === provisional ? [provisional, ...rest] : rest);
}

export interface Visit {
  readonly lang?: 'ko' | 'en';
  readonly landing?: 'complete' | 'thanks' | 'return';
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

const OPEN_STATES = ['confirming', 'incomplete', 'retrying', 'deferred'];
const FINAL_WORDS = /완료됐|complete(?!d)|paid|thank/i;

/** Whatever was shown before the server answered, nobody was told that the payment is done. */
export function expectHonest(seen: readonly Seen[]): void {
  const provisional = seen.filter(({ state }) => OPEN_STATES.includes(state));
  expect(provisional.length).toBeGreaterThan(0);
  for (const { text } of provisional) expect(text).not.toMatch(FINAL_WORDS);
  expect(OPEN_STATES).toContain(seen[0]?.state);
}

/** What is kept in each of the two places, line by line: a kind, two ids, two times. */
export const readOutbox = (page: Page): Promise<{ database: unknown; copy: unknown }> =>
  page.evaluate(async () => {
    const linesOf = (text: string | null | undefined) =>
      Object.entries<number[]>(JSON.parse(text ?? '{}')).map(([key, times]) => [...key.split('\t').map((part) => part || null), ...times]);
    const text = await new Promise<string>((resolve, reject) => {
      const request = indexedDB.open('imp-redirect');
      request.onerror = () => reject(request.error);
      request.onupgradeneeded = () => request.transaction?.abort();
      request.onsuccess = () => {
        const get = request.result.transaction('imp-redirect').objectStore('imp-redirect').get('imp-redirect');
        get.onsuccess = () => {
          request.result.close();
          resolve(get.result);
        };
      };
    });
    return { database: linesOf(text), copy: linesOf(localStorage.getItem('imp-redirect')) };
  });

/** Waits until nothing is kept that the server would still be asked about. */
export const expectNothingPending = (page: Page): Promise<void> =>
  expect
    .poll(async () => Object.values(await readOutbox(page)).map((entries) => (entries as string[][]).filter(([kind]) => kind !== 'paid')))
    .toEqual([[], []]);

/** Waits until a page was told that an order is paid: that comes once it is written down. */
export const expectPaidTold = (events: readonly Told[]): Promise<void> =>
  expect.poll(() => events.filter(({ name }) => name === 'paid').length).toBe(1);
