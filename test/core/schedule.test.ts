import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Cache,
  type CopyFault,
  DAY_MS,
  entriesOf,
  FATES,
  type Fate,
  type IdbFault,
  landingOf,
  type Said,
  type Setup,
  SHOP_PAGE,
  type Tab,
  type Which,
  World,
} from './browser.sim.js';

/** What happens in one moment; numbers choose among what there is. */
type Event =
  | { do: 'land'; browser: number; order: number; which: Which; said: Said; tab: number | null }
  | { do: 'depart'; tab: number; order: number; cache: Cache | null }
  | { do: 'shop'; browser: number }
  | { do: 'reload' | 'duplicate' | 'close' | 'come back' | 'visible' | 'tap' | 'again'; tab: number }
  | { do: 'leave'; tab: number; cache: Cache }
  | { do: 'kill'; browser: number; restore: boolean }
  | { do: 'offline' | 'online' | 'online, silently'; browser: number }
  | { do: 'storage'; browser: number; idb: IdbFault; copy: CopyFault }
  | { do: 'wipe'; browser: number }
  | { do: 'clock'; browser: number; hours: number }
  | { do: 'server'; answer: Answer }
  | { do: 'move'; order: number };

/** How long until the next event: so many milliseconds, until so many things have happened by themselves, or until somebody asks. */
type Wait = { ms: number } | { steps: number } | 'asked';

interface Schedule {
  readonly setup: Setup;
  readonly events: readonly (readonly [Event, Wait])[];
}

const HOUR_MS = 3_600_000;
const MAX_TABS = 6;

async function apply(world: World, event: Event): Promise<void> {
  const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];
  const browserOf = (index: number) => pick(world.browsers, index) as (typeof world.browsers)[0];
  // Who looks at a tab that the browser has forgotten loads it.
  const tabOf = (index: number): Tab | undefined => {
    const tab = pick(world.tabs(), index);
    if (tab && !tab.page && !tab.behind) tab.load();
    return tab;
  };
  switch (event.do) {
    case 'land': {
      const browser = browserOf(event.browser);
      const known = event.tab === null ? undefined : pick(browser.tabs, event.tab);
      if (!known && browser.tabs.length >= MAX_TABS) return;
      browser.open(landingOf(event.order % world.server.orders.length, event.which, event.said), known);
      return;
    }
    case 'depart': {
      const tab = tabOf(event.tab);
      const page = tab?.page;
      if (!page?.runs) return;
      const merchantUid = `order_${event.order % world.server.orders.length}`;
      page.depart(merchantUid);
      if (event.cache) await tab?.leave(event.cache);
      return;
    }
    case 'shop': {
      const browser = browserOf(event.browser);
      if (browser.tabs.length < MAX_TABS) browser.open(SHOP_PAGE);
      return;
    }
    case 'reload': {
      const tab = tabOf(event.tab);
      if (tab?.page) tab.load();
      return;
    }
    case 'duplicate': {
      const tab = tabOf(event.tab);
      if (tab?.page && tab.browser.tabs.length < MAX_TABS) tab.duplicate();
      return;
    }
    case 'close':
      return pick(world.tabs(), event.tab)?.close();
    case 'leave':
      return tabOf(event.tab)?.leave(event.cache);
    case 'come back':
      return pick(world.tabs(), event.tab)?.comeBack();
    case 'visible':
      return tabOf(event.tab)?.page?.wake('visibilitychange');
    case 'tap':
      return void tabOf(event.tab)?.page?.tap();
    case 'again':
      return tabOf(event.tab)?.page?.again();
    case 'kill':
      return browserOf(event.browser).kill(event.restore);
    case 'offline':
    case 'online':
    case 'online, silently':
      return browserOf(event.browser).connect(event.do !== 'offline', event.do === 'online, silently');
    case 'storage':
      return browserOf(event.browser).fail(event.idb, event.copy);
    case 'wipe':
      return browserOf(event.browser).wipe();
    case 'clock':
      return browserOf(event.browser).setClock(event.hours * HOUR_MS);
    case 'server':
      world.note(`the server: ${event.answer}`);
      world.server.answer = event.answer;
      return;
    case 'move':
      return world.server.move(event.order % world.server.orders.length);
  }
}

/** Everything heals; then each promise is held against what there is. */
async function conclude(world: World): Promise<void> {
  world.note('--- everything heals');
  const { server } = world;
  server.answer = 'truth';
  for (let i = 0; i < server.orders.length; i++) server.finish(i);
  for (const browser of world.browsers) {
    browser.fail('works', 'works');
    browser.connect(true, world.random() < 0.5);
  }
  // Nobody does anything: the pages that ask must come to an end by themselves.
  await world.pass(900_000);
  for (const page of world.pages())
    if (/^(confirming|incomplete|retrying)$/.test(page.state))
      world.violate(`${page.name} still shows ${page.state} 15 minutes after all healed`);
  world.checkExits();

  world.note('--- the customers come back');
  for (const browser of world.browsers) {
    // Later than every departure is due, and sooner than anything expires.
    browser.setClock(3 * DAY_MS);
    for (const tab of browser.tabs) {
      tab.behind?.page?.die();
      if (tab.page) tab.page.wake('visibilitychange');
      else tab.load();
    }
    if (browser.debts.size) browser.open(SHOP_PAGE);
  }
  // Once more where the one try that a spent visit makes may have been one that the browser does not send.
  await world.pass(20_000);
  for (const page of world.pages()) if (page.browser.kind.noKeepalive) page.wake('visibilitychange');
  await world.pass(300_000);
  world.checkExits();

  for (const browser of world.browsers) {
    for (const { page } of browser.tabs)
      if (page?.key && !server.final.has(page.key)) world.violate(`lost: ${page.key}, whose page is open in ${browser.name}`);
    for (const debt of browser.debts.values())
      if (browser.isLost(debt))
        world.violate(`lost: ${debt.departed ? 'the departure' : ''} ${debt.key}, which was written down in ${browser.name}`);
    for (const [kind, impUid, merchantUid] of browser.debts.size ? entriesOf(browser) : [])
      if (kind === 'landed' || (kind === 'departed' && world.setup.recover))
        world.violate(`${browser.name} still keeps ${kind} ${impUid} ${merchantUid}`);
    const storageFailed = Math.max(browser.idbFailedAtMs, browser.copyFailedAtMs) > -Infinity;
    for (const order of browser.told)
      if (!storageFailed && !browser.excused.has(order) && browser.signals.get(order) !== 1)
        world.violate(`${browser.name}: paid signalled ${browser.signals.get(order) ?? 0} times for ${order}`);
  }
  for (const order of server.orders) if (order.settlements > 1) world.violate(`${order.merchantUid} settled ${order.settlements} times`);
}

/** Plays a schedule from beginning to end. */
async function play({ setup, events }: Schedule, trace = false): Promise<World> {
  const world = new World(setup, trace);
  for (const [event, wait] of events) {
    world.note(`> ${JSON.stringify(event)}`);
    await apply(world, event);
    await world.settle();
    if (wait === 'asked') await world.untilAsked();
    else if ('ms' in wait) await world.pass(wait.ms);
    else for (let i = 0; i < wait.steps; i++) await world.step();
    world.checkExits();
    if (world.violations.length) return world;
  }
  await conclude(world);
  return world;
}

const ANSWERS: readonly Answer[] = [
  'truth',
  'pending',
  'pending, paced',
  '503',
  '503, seconds',
  '503, date',
  '429',
  '404',
  'html',
  'other ids',
  'half',
  'refused',
  'hangs',
  'slow',
  'settles, then resets',
];
const CACHES: readonly Cache[] = ['rejects', 'rejects on return', 'rejects after show', 'keeps', 'none'];

const tab = fc.nat(5);
const browser = fc.nat(1);
const order = fc.nat(2);
const cache = fc.constantFrom(...CACHES);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('land' as const),
      browser,
      order,
      which: fc.constantFrom<Which[]>('both', 'both', 'both', 'impUid', 'merchantUid', 'first'),
      said: fc.constantFrom<Said[]>('success', 'failure', 'nothing'),
      tab: fc.option(fc.nat(5)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('depart' as const), tab, order, cache: fc.option(cache, { freq: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shop' as const), browser }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom('reload', 'duplicate', 'close', 'come back', 'come back', 'visible', 'tap', 'tap', 'again'),
      tab,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), tab, cache }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), browser, restore: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('offline', 'online', 'online, silently'), browser }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('storage' as const),
      browser,
      idb: fc.constantFrom<IdbFault[]>('works', 'works', 'denied', 'open fails', 'open hangs', 'put fails', 'full', 'stuck', 'lost'),
      copy: fc.constantFrom<CopyFault[]>('works', 'works', 'throws', 'full'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), browser, hours: fc.integer({ min: -12, max: 12 }) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('server' as const), answer: fc.constantFrom(...ANSWERS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), order }) },
);

const wait: fc.Arbitrary<Wait> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ steps: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.constant('asked' as const) },
  { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(0, 10, 100, 600, 3000, 11_000, 60_000, 180_000) }) },
);

const setup: fc.Arbitrary<Setup> = fc
  .record({
    seed: fc.integer(),
    orders: fc.array(fc.constantFrom(...(Object.keys(FATES) as Fate[])), { minLength: 1, maxLength: 3 }),
    browsers: fc.array(
      fc
        .tuple(fc.constantFrom('all', 'all', 'all', 'all', 'all', 'all', 'no locks', 'neither'), fc.constantFrom(false, false, false, true))
        .map(([has, noKeepalive]) => ({ locks: has === 'all', channel: has !== 'neither', noKeepalive })),
      { minLength: 1, maxLength: 2 },
    ),
    maxTries: fc.constantFrom<Setup['maxTries'][]>(undefined, undefined, 2, 4),
    recover: fc.constantFrom<Setup['recover'][]>(undefined, true, 'banner'),
  })
  // Half of the tries are refused there: a few of them are too few.
  .map((drawn) => (drawn.browsers.some(({ noKeepalive }) => noKeepalive) ? { ...drawn, maxTries: undefined } : drawn));

const schedule: fc.Arbitrary<Schedule> = fc.record({
  setup,
  events: fc.oneof(...[10, 20, 40].map((maxLength) => fc.array(fc.tuple(event, wait), { minLength: 5, maxLength, size: 'max' }))),
});

describe('no paid order is lost', () => {
  it('over 10,000 random schedules of faults', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (given) => {
        const { violations } = await play(given);
        // The rest of the process lives, too.
        await new Promise((resolve) => setImmediate(resolve));
        if (!violations.length) return;
        const { log } = await play(given, true);
        throw new Error(`${violations.join('\n')}\n\n${log?.join('\n')}`);
      }),
      {
        numRuns: Number(process.env.RUNS ?? 10_000),
        seed: Number(process.env.SEED ?? 3),
        endOnFailure: !!process.env.END,
        ...(process.env.FCPATH ? { path: process.env.FCPATH } : {}),
      },
    );
    expect(true).toBe(true);
  });
});

/** What can happen to one landing, one thing at a time. */
const ACTIONS = [
  'land',
  'wait',
  'reply: unreachable',
  'reply: refused',
  'reply: busy',
  'reply: pending',
  'reply: paid',
  'reply: failed',
  'tap',
  'offline',
  'online',
  'leave',
  'come back',
] as const;
type Action = (typeof ACTIONS)[number];

const REPLIES: Partial<Record<Action, Answer>> = {
  'reply: unreachable': 'refused',
  'reply: refused': '404',
  'reply: busy': '503, seconds',
  'reply: pending': 'pending',
  'reply: paid': 'truth',
  'reply: failed': 'truth',
};

/** What can happen now. */
function possible(world: World): Action[] {
  const [browser] = world.browsers as [World['browsers'][0]];
  const [tab] = browser.tabs;
  if (!tab) return ['land'];
  const page = tab.page;
  return ACTIONS.filter((action) => {
    if (action === 'offline' || action === 'online') return browser.onLine !== (action === 'online');
    if (action === 'come back') return !page;
    return action === 'land' || (page && (action !== 'tap' || page.canTap));
  });
}

/** False where it cannot happen after all. */
async function act(world: World, action: Action): Promise<boolean> {
  const [browser] = world.browsers as [World['browsers'][0]];
  const [tab] = browser.tabs;
  const { held = [], orders } = world.server;
  const answer = REPLIES[action];
  world.note(`> ${action}`);
  if (answer || action === 'wait') {
    const waiting = () => held.find(({ done }) => !done);
    if (action === 'wait' && waiting()) return false;
    // Until it asks again, if it does.
    for (const untilMs = world.nowMs + 200_000; !waiting(); ) if (!(await world.step(untilMs))) return false;
    if (!answer) return true;
    const post = waiting() as (typeof held)[0];
    held.splice(0, held.indexOf(post) + 1);
    if (orders[0]) orders[0].stage = action === 'reply: paid' ? 1 : 0;
    world.server.reply(post, answer);
  } else if (action === 'land') browser.open(landingOf(0, 'both', 'success'), tab);
  else if (action === 'tap') tab?.page?.tap();
  else if (action === 'leave') await tab?.leave('rejects');
  else if (action === 'come back') await tab?.comeBack();
  else browser.connect(action === 'online', false);
  await world.settle();
  await world.pass(11_000);
  world.checkExits();
  return true;
}

const describeState = (world: World) => {
  const [browser] = world.browsers as [World['browsers'][0]];
  const { nowMs, server } = world;
  return JSON.stringify([
    browser.onLine,
    browser.tabs.map(({ page, behind, entry, shown }) => [page?.signature(), behind?.page?.dead, behind?.page?.signature(), entry, shown]),
    world.agenda().map(({ atMs, name }) => [atMs - nowMs, name]),
    entriesOf(browser).map(([kind]) => kind),
    [...browser.signals],
    server.held?.length,
    [...server.said].sort(),
  ]);
};

it('over all orders of what can happen to a landing, to depth 8', { timeout: 600_000 }, async () => {
  const setup: Setup = {
    seed: null,
    orders: ['approved late'],
    browsers: [{ locks: true, channel: true, noKeepalive: false }],
    maxTries: 2,
    timeoutMs: HOUR_MS,
    recover: undefined,
  };
  const walk = async (path: readonly Action[], trace = false) => {
    const world = new World(setup, trace);
    world.server.held = [];
    for (const action of path) if (!(await act(world, action))) return undefined;
    return world;
  };
  const end = (world: World) => {
    for (const post of world.server.held ?? []) world.server.reply(post, 'refused');
    world.server.held = undefined;
    return conclude(world);
  };
  const seen = new Set<string>();
  let paths: Action[][] = [['land']];
  for (let depth = 1; depth <= Number(process.env.DEPTH ?? 8); depth++) {
    const longer: Action[][] = [];
    for (const path of paths) {
      const world = await walk(path);
      if (!world) continue;
      const state = describeState(world);
      if (seen.has(state) && !world.violations.length) continue;
      seen.add(state);
      for (const action of possible(world)) longer.push([...path, action]);
      await end(world);
      if (!world.violations.length) continue;
      const again = (await walk(path, true)) as World;
      await end(again);
      throw new Error(`${again.violations.join('\n')}\n\n${again.log?.join('\n')}`);
    }
    paths = longer;
  }
  expect(seen.size).toBeGreaterThan(100);
});
