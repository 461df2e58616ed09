import { create, find } from '../shop/elements.js';
import type { PlanRequest, Story } from './routes.js';
import { API_FAILURES, CHOICES, ENDING_NAMES, locale, tellPortOne, tellServer, words } from './words.js';

type Side = 'customer' | 'server' | 'portone';

interface Item {
  readonly at: number;
  readonly side: Side;
  readonly text: string;
}

const phone = find<HTMLIFrameElement>('#phone');
const secondTab = find<HTMLIFrameElement>('#second-tab');
const shopUrl = `/?lang=${locale}`;

let merchantUid = '';
/** What the customer saw of this order, and the screens on which it was seen. */
let seen: Item[] = [];
let story: Story = { server: [], portone: [] };
/** The landing that another tab has been opened for. */
let doubled = '';

// --- The plan: of the order that the shop has ready, and of no other. ---

let plan: PlanRequest['plan'] = { ending: 'paid', way: 'redirect', landing: 'once', webhook: 'at-once', apiFailures: 0 };

async function sendPlan(): Promise<void> {
  if (!merchantUid) return;
  await fetch('/chaos/plan', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ merchant_uid: merchantUid, plan } satisfies PlanRequest),
  });
}

function createChoice(name: keyof PlanRequest['plan'], options: readonly (readonly [value: string, text: string])[]): void {
  const select = create('select', { name }, ...options.map(([value, text]) => create('option', { value }, text)));
  select.onchange = () => {
    plan = { ...plan, [name]: name === 'apiFailures' ? Number(select.value) : select.value };
    sendPlan();
  };
  find('#choices').append(create('label', {}, words.names[name], select));
}

createChoice('ending', Object.entries(ENDING_NAMES));
createChoice(
  'way',
  CHOICES.way.map((value) => [value, words.way[value]]),
);
createChoice(
  'landing',
  CHOICES.landing.map((value) => [value, words.landing[value]]),
);
createChoice(
  'webhook',
  CHOICES.webhook.map((value) => [value, words.webhook[value]]),
);
createChoice(
  'apiFailures',
  API_FAILURES.map((value) => [`${value}`, words.apiFailures[value]]),
);

// --- The timeline. ---

let shown = '';

function show(): void {
  const items: Item[] = [
    ...seen,
    ...story.server.map(({ at, event, fields }) => ({ at, side: 'server' as const, text: tellServer(event, fields) })),
    ...story.portone.map(({ at, name, detail }) => ({ at, side: 'portone' as const, text: tellPortOne(name, detail) })),
  ].sort((a, b) => a.at - b.at);
  const key = JSON.stringify(items);
  if (key === shown) return;
  shown = key;
  const [{ at: first } = { at: 0 }] = items;
  find('#timeline').replaceChildren(
    ...items.map(({ at, side, text }) =>
      create(
        'li',
        { className: side },
        create('time', {}, `${((at - first) / 1000).toFixed(2)} s`),
        create('p', {}, create('span', { className: 'side' }, `${words[side]}: `), text),
      ),
    ),
  );
}

const note = (text: string) => {
  seen.push({ at: Date.now(), side: 'customer', text });
  show();
};

/** Where the customer is, and what the card or the banner says there: each is noted when it becomes so. */
const now = { place: '', card: '' };

function noteNow(what: keyof typeof now, text: string): void {
  if (now[what] === text) return;
  now[what] = text;
  if (what === 'place') now.card = '';
  if (told) note(text);
}

// --- The phone. ---

/** A new order: its story begins. The old one's stays in sight until the customer pays for the new one. */
function watchOrder(document: Document): void {
  const next = document.querySelector<HTMLElement>('#pay')?.dataset.order ?? '';
  if (!next || next === merchantUid) return;
  merchantUid = next;
  sendPlan();
}

let told = '';
/** Begins the story of the order that is being paid. */
function begin(order: string): void {
  if (told === order) return;
  told = order;
  seen = [];
  story = { server: [], portone: [] };
  doubled = '';
  find('#second').hidden = true;
  find('#order').textContent = `${words.order} ${order}`;
}

function readCard(document: Document): void {
  for (const card of document.querySelectorAll<HTMLElement>('.imp-redirect, .imp-redirect-banner')) {
    const heading = card.shadowRoot?.querySelector('h2, p')?.textContent;
    if (card.dataset.state && heading) noteNow('card', `“${heading}”`);
  }
}

const watched = new WeakSet<Document>();

function watch(document: Document): void {
  if (watched.has(document)) return;
  watched.add(document);
  // Whichever of the tabs is the first to know signals it.
  document.addEventListener('imp-redirect:paid', () => note(words.signalled));
  if (document !== phone.contentDocument) return;
  document.addEventListener('imp-redirect:departure', ({ detail }) => begin(detail.merchantUid));
  new MutationObserver(() => readCard(document)).observe(document, { childList: true, subtree: true, attributes: true });
}

/** What is in the frame now: a page of ours, or one of another site, of which nothing can be seen. */
function look(): void {
  if (secondTab.contentDocument) watch(secondTab.contentDocument);
  const document = phone.contentDocument;
  if (!document) {
    noteNow('place', words.atGateway);
    return;
  }
  if (document.URL === 'about:blank') return;
  watch(document);
  watchOrder(document);
  noteNow('place', document.querySelector('#pay') ? words.atShop : words.landed);
  readCard(document);
}

/** A second tab on the landing that the customer was sent to. */
function openSecondTab(): void {
  const landing = story.portone.find(({ name, detail }) => name === 'returned' && detail !== 'callback')?.detail ?? '';
  if (plan.landing !== 'twice' || !landing || landing === doubled) return;
  doubled = landing;
  find('#second').hidden = false;
  secondTab.src = landing;
}

async function readStory(): Promise<void> {
  const order = told;
  if (!order) return;
  const answer = await fetch(`/chaos/story?order=${encodeURIComponent(order)}`).catch(() => null);
  if (!answer?.ok) return;
  const next = (await answer.json()) as Story;
  if (order !== told) return;
  story = next;
  openSecondTab();
  show();
}

phone.src = shopUrl;
find('#home').onclick = () => {
  phone.src = shopUrl;
};
setInterval(look, 100);
setInterval(readStory, 500);
