import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Row, ViewModel, ViewState } from '../../src/core/messages.js';
import { offerLanding, openBanner, openView, remountView } from '../../src/edge/view.js';

const modelOf = (state: ViewState, announced: readonly Row[], details: readonly Row[] = [], actions: readonly Row[] = []): ViewModel => ({
  state,
  lang: 'ko',
  groups: [announced, details, actions],
});
const MODEL = modelOf(
  'confirming',
  [
    ['h2', 'Title'],
    ['p', false],
    ['blockquote', null],
    ['p', undefined],
    ['p', ''],
    ['p', 'One moment'],
  ],
  [['dd', 'order_1', 'Order']],
  [['button', false]],
);
const PAID = modelOf('paid', [['h2', 'Paid']]);
const cards = () => [...document.querySelectorAll<HTMLElement>('.imp-redirect')];
const card = () => {
  const [only, ...others] = cards();
  if (!only || others.length) throw new Error(`${cards().length} cards`);
  return only;
};
/** What is written on a card, from top to bottom. */
const written = (host: HTMLElement = card()) =>
  [...(host.shadowRoot as ShadowRoot).querySelectorAll('h2, p, blockquote, dt, dd, a, button')].map(
    ({ localName, textContent }) => `${localName}: ${textContent}`,
  );
const all = (selector: string, host: HTMLElement = card()) => [...(host.shadowRoot as ShadowRoot).querySelectorAll<HTMLElement>(selector)];
const missing = vi.fn();
const press = vi.fn();

/** What the parser has reached so far. */
const parsing = (state: DocumentReadyState) => Object.defineProperty(document, 'readyState', { configurable: true, value: state });
let frames: FrameRequestCallback[] = [];
const nextFrame = () => {
  const due = frames;
  frames = [];
  for (const callback of due) callback(0);
};

beforeEach(() => {
  // jsdom does not notice that what has the focus is gone.
  for (const host of cards()) (host.shadowRoot?.activeElement as HTMLElement | null | undefined)?.blur();
  document.body.innerHTML = '<main><div id="result"><p>Please wait</p></div></main><footer></footer>';
  missing.mockReset();
  press.mockReset();
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
  parsing('complete');
});
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(document, 'readyState');
});

describe('where the card goes', () => {
  it.each<[name: string, target: () => string | Element]>([
    ['an element by selector', () => '#result'],
    ['a class by selector', () => 'main > div'],
    ['an element', () => document.querySelector('#result') as Element],
  ])('into %s, in place of what was there', (_, target) => {
    openView(target(), undefined, missing, press)(MODEL);
    expect(document.querySelector('#result')?.children).toHaveLength(1);
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(document.body.textContent).not.toContain('Please wait');
    expect(missing).not.toHaveBeenCalled();
  });

  it('to the end of the body where no target was given', () => {
    openView(undefined, undefined, missing, press)(MODEL);
    expect(document.body.lastElementChild).toBe(card());
    expect(document.querySelector('#result')?.textContent).toBe('Please wait');
    expect(missing).not.toHaveBeenCalled();
  });

  it('to the end of the body where the target is null, as getElementById gives it', () => {
    openView(null as never, undefined, missing, press)(MODEL);
    expect(document.body.lastElementChild).toBe(card());
  });

  it.each(['#resutl', 'div.nowhere', '[', '#', 'a:unknown(', '<div>', '#1'])(
    'to the end of the body where "%s" matches nothing, and that is told once',
    (selector) => {
      openView(selector, undefined, missing, press)(MODEL);
      expect(document.body.lastElementChild).toBe(card());
      expect(missing).toHaveBeenCalledTimes(1);
    },
  );

  it('into an element that is not on the page yet', () => {
    const host = document.createElement('section');
    openView(host, undefined, missing, press)(MODEL);
    expect(host.children).toHaveLength(1);
    expect(all('h2', host.firstElementChild as HTMLElement)[0]?.textContent).toBe('Title');
    expect(cards()).toHaveLength(0);
  });
});

describe('while the page is being parsed', () => {
  it('waits for a target that stands further down, painted when it comes', () => {
    parsing('loading');
    document.body.innerHTML = '';
    const show = openView('#result', undefined, missing, press);
    show(MODEL);
    expect(cards()).toHaveLength(0);
    nextFrame();
    nextFrame();
    expect(cards()).toHaveLength(0);
    document.body.innerHTML = '<div id="result"></div>';
    nextFrame();
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(card().dataset.state).toBe('confirming');
    expect(frames).toHaveLength(0);
    expect(missing).not.toHaveBeenCalled();
  });

  it('shows what is true when the target comes, not what was', () => {
    parsing('loading');
    document.body.innerHTML = '';
    const show = openView('#result', undefined, missing, press);
    show(MODEL);
    show(PAID);
    document.body.innerHTML = '<div id="result"></div>';
    nextFrame();
    expect(card().dataset.state).toBe('paid');
    expect(written()).toEqual(['h2: Paid']);
  });

  it('takes a target that is already there at once', () => {
    parsing('loading');
    openView('#result', undefined, missing, press)(MODEL);
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(frames).toHaveLength(0);
  });

  it.each<[name: string, target: string | undefined, told: number]>([
    ['no target', undefined, 0],
    ['a target that never comes', '#nowhere', 1],
    ['a selector that is none', '[', 1],
  ])('puts the card at the end of the body when all is parsed: %s', (_, target, told) => {
    parsing('loading');
    openView(target, undefined, missing, press)(MODEL);
    nextFrame();
    expect(cards()).toHaveLength(0);
    expect(missing).not.toHaveBeenCalled();
    parsing('interactive');
    nextFrame();
    nextFrame();
    expect(document.body.lastElementChild).toBe(card());
    expect(missing).toHaveBeenCalledTimes(told);
    expect(frames).toHaveLength(0);
  });
});

describe('what the card says', () => {
  const show = (model: ViewModel) => {
    const view = openView('#result', undefined, missing, press);
    view(model);
    return view;
  };

  it('is announced by one status, which is there before the first word, and the rest is not', () => {
    openView('#result', undefined, missing, press);
    const [status, ...others] = all('[role], [aria-live]');
    expect([status?.getAttribute('role'), others]).toEqual(['status', []]);
    show(MODEL);
    expect(all('[role=status]')).toEqual([status]);
    expect(status?.textContent).toBe('TitleOne moment');
  });

  it('is one element for each row that has text, in order, a detail behind its label', () => {
    show(MODEL);
    expect(written()).toEqual(['h2: Title', 'p: One moment', 'dt: Order', 'dd: order_1']);
    expect(all('dl > dt + dd')).toHaveLength(1);
  });

  it('has neither a label nor its text where there is none of it', () => {
    show(
      modelOf(
        'paid',
        [],
        [
          ['dd', 12000, '<b>Amount</b>'],
          ['dd', null, 'Account'],
          ['dd', undefined, 'Due'],
          ['dd', '', 'Item'],
        ],
      ),
    );
    expect(written()).toEqual(['dt: <b>Amount</b>', 'dd: 12000']);
  });

  it('is in a language, whatever the page is in', () => {
    const view = show(MODEL);
    expect(card().lang).toBe('ko');
    view({ ...MODEL, lang: 'ja' });
    expect(card().lang).toBe('ja');
  });

  it('is painted anew where a label alone is another', () => {
    const view = show(modelOf('paid', [], [['dd', '1', 'Order']]));
    view(modelOf('paid', [], [['dd', '1', '주문번호']]));
    expect(written()).toEqual(['dt: 주문번호', 'dd: 1']);
  });

  it('tells another state, and says the same, without being painted anew', () => {
    const view = show(MODEL);
    const before = all('*');
    const status = all('[role=status]')[0] as HTMLElement;
    const changes = new MutationObserver(() => {});
    changes.observe(status, { childList: true, characterData: true, subtree: true });
    for (const state of ['retrying', 'deferred', 'confirming', 'paid'] as const) {
      view({ ...MODEL, state, groups: MODEL.groups.map((rows) => rows.map((row) => [...row])) as unknown as ViewModel['groups'] });
      expect(card().dataset.state).toBe(state);
    }
    expect(changes.takeRecords()).toEqual([]);
    expect(all('*')).toEqual(before);
  });

  it('is announced once: a countdown, and what can be pressed, change without a word', () => {
    const due = (text: string) => modelOf('ready', [['h2', 'Please deposit']], [['dd', text, 'Due']], [['a', text, '/home']]);
    const view = show(due('in 2 days'));
    const title = all('h2')[0];
    const changes = new MutationObserver(() => {});
    changes.observe(all('[role=status]')[0] as HTMLElement, { childList: true, characterData: true, subtree: true });
    view(due('in 1 day'));
    expect(changes.takeRecords()).toEqual([]);
    expect(all('h2')[0]).toBe(title);
    expect(written()).toEqual(['h2: Please deposit', 'dt: Due', 'dd: in 1 day', 'a: in 1 day']);
  });

  it('is the last state alone, on the same card', () => {
    const view = show(MODEL);
    const first = card();
    view(PAID);
    expect(card()).toBe(first);
    expect(card().dataset.state).toBe('paid');
    expect(written()).toEqual(['h2: Paid']);
  });

  it.each([
    '<img src=x onerror="window.hacked = 1">',
    '</p><script>window.hacked = 1</script>',
    '&lt;b&gt;&amp;',
    '<svg/onload=alert(1)>',
    '{{constructor}}',
    '\u202egnp.exe',
    'a\r\nb',
  ])('is text, whatever it looks like: %j', (text) => {
    show(
      modelOf(
        'failed',
        [
          ['h2', text],
          ['p', text],
          ['blockquote', text],
        ],
        [['dd', text, text]],
        [
          ['a', text, '/'],
          ['button', text],
        ],
      ),
    );
    expect(written()).toEqual(['h2', 'p', 'blockquote', 'dt', 'dd', 'a', 'button'].map((tag) => `${tag}: ${text}`));
    expect(all('h2 *, p *, blockquote *, dl * *, footer * *')).toHaveLength(0);
    expect(window).not.toHaveProperty('hacked');
  });

  it('has a part for each kind of element, named like it, for a page that wants it otherwise', () => {
    show(modelOf('ready', [['h2', 'Title']], [['dd', '1', 'Account']], [['a', 'Go on', '/home']]));
    expect(all('[part]').map((element) => [element.localName, element.getAttribute('part')])).toEqual(
      ['section', 'div', 'h2', 'dl', 'dt', 'dd', 'footer', 'a'].map((tag) => [tag, tag]),
    );
  });

  it('has one sign per state that ends, the same for what ends alike, and an open ring while it is asked', () => {
    const view = show(MODEL);
    const drawn = (state: ViewState) => {
      view({ ...MODEL, state });
      return all('svg path').map((path) => path.getAttribute('d'))[0] as string;
    };
    const open = drawn('confirming');
    expect([drawn('incomplete'), drawn('retrying')]).toEqual([open, open]);
    const signs = (['deferred', 'paid', 'failed', 'forged'] as const).map(drawn);
    expect(new Set([open, ...signs]).size).toBe(5);
    expect([drawn('ready'), drawn('cancelled'), drawn('certified'), drawn('registered')]).toEqual([signs[0], signs[2], signs[1], signs[1]]);
  });
});

describe('how the card looks', () => {
  it("outranks the page's own rules, whatever they are for", () => {
    openView('#result', undefined, missing, press)(MODEL);
    const { style } = card();
    expect([style.getPropertyValue('display'), style.getPropertyPriority('display')]).toEqual(['block', 'important']);
    expect(style.getPropertyPriority('all')).toBe('important');
  });

  it('without constructable sheets is in the elements, what is put there later too', () => {
    vi.stubGlobal('CSSStyleSheet', undefined);
    openBanner(PAID);
    const host = document.querySelector<HTMLElement>('.imp-redirect-banner') as HTMLElement;
    expect(all('style', host)).toEqual([]);
    expect(all('section', host)[0]?.style.boxSizing).toBe('border-box');
    expect(all('h2', host)[0]?.style.fontSize).toBe('1.5em');
  });

  it('takes a constructed sheet where there are', () => {
    const sheets: string[] = [];
    vi.stubGlobal(
      'CSSStyleSheet',
      class {
        replaceSync(text: string) {
          sheets.push(text);
        }
      },
    );
    openBanner(PAID);
    const host = document.querySelector<HTMLElement>('.imp-redirect-banner') as HTMLElement;
    expect(sheets).toHaveLength(1);
    expect(sheets[0]).toContain('prefers-reduced-motion');
    expect((host.shadowRoot as ShadowRoot).adoptedStyleSheets).toHaveLength(1);
    expect(all('h2', host)[0]?.hasAttribute('style')).toBe(false);
  });

  it('has the colour that the merchant gave, and what is written on it', async () => {
    // The card is made once on a page.
    vi.resetModules();
    const { openView: openAnother } = await import('../../src/edge/view.js');
    openAnother('#result', '#fee500;--imp-on-accent:#000', missing, press)(MODEL);
    const { style } = all('section')[0] as HTMLElement;
    expect([style.getPropertyValue('--imp-accent'), style.getPropertyValue('--imp-on-accent')]).toEqual(['#fee500', '#000']);
  });
});

describe('what can be pressed', () => {
  const READY = modelOf(
    'ready',
    [['h2', 'Deposit']],
    [],
    [
      ['button', 'Copy', '110123456789'],
      ['a', 'Go on', '/home?a=1&b=2'],
    ],
  );
  const clipboard = (writeText?: (text: string) => Promise<void>) =>
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: writeText && { writeText } });
  afterEach(() => clipboard());

  it('a link leads where the merchant said', () => {
    openView('#result', undefined, missing, press)(READY);
    expect(all('a').map((link) => [(link as HTMLAnchorElement).href, link.textContent])).toEqual([
      ['http://shop.example.kr/home?a=1&b=2', 'Go on'],
    ]);
  });

  it('copies the digits, says so, and asks nobody', async () => {
    const writeText = vi.fn(async (_text: string) => {});
    clipboard(writeText);
    openView('#result', undefined, missing, press)(READY);
    all('button')[0]?.click();
    await Promise.resolve();
    expect(writeText.mock.calls).toEqual([['110123456789']]);
    expect(all('button')[0]?.textContent).toBe('Copy ✓');
    expect(press).not.toHaveBeenCalled();
  });

  it('has no copy button where there is no clipboard, as on a page without TLS', () => {
    openView('#result', undefined, missing, press)(READY);
    expect(written()).toEqual(['h2: Deposit', 'a: Go on']);
  });
});

describe('the focus', () => {
  const titleOf = () => all('h2')[0];
  const focused = () => card().shadowRoot?.activeElement;

  it.each(['paid', 'ready', 'failed', 'cancelled', 'forged'] as const)('goes to the title of a result, once: %s', (state) => {
    const view = openView('#result', undefined, missing, press);
    view(modelOf('confirming', [['h2', `Checking before ${state}`]]));
    expect(focused()).toBeNull();
    const final = modelOf(state, [['h2', `Result ${state}`]]);
    view(final);
    expect(focused()).toBe(titleOf());
    titleOf()?.blur();
    view(final);
    expect(focused()).toBeNull();
  });

  it.each(['confirming', 'incomplete', 'retrying', 'deferred'] as const)('stays where it is while it is open: %s', (state) => {
    openView('#result', undefined, missing, press)(modelOf(state, [['h2', `Open ${state}`]]));
    expect(document.activeElement).toBe(document.body);
  });

  it('goes there from a button of the card, which is gone then', () => {
    const view = openView('#result', undefined, missing, press);
    view(modelOf('retrying', [['h2', 'Checking, pressed']], [], [['button', 'Check again']]));
    all('button')[0]?.focus();
    view(modelOf('paid', [['h2', 'Paid, pressed']]));
    expect(focused()).toBe(titleOf());
  });

  it('is not taken from a customer who types elsewhere', () => {
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    openView('#result', undefined, missing, press)(modelOf('paid', [['h2', 'Paid, while typing']]));
    expect(document.activeElement).toBe(field);
  });
});

describe('a view that is opened again', () => {
  it.each<[name: string, target: string | undefined]>([
    ['in the same target', '#result'],
    ['at the end of the body', undefined],
  ])('takes the place of the first one: %s', (_, target) => {
    openView(target, undefined, missing, press)(MODEL);
    openView(target, undefined, missing, press)(PAID);
    expect(card().dataset.state).toBe('paid');
  });
});

describe('the button', () => {
  const RETRYING = modelOf('retrying', [['h2', 'Checking']], [], [['button', 'Check again']]);
  const button = () => all('button')[0] ?? null;

  it('is a button with its text, for those who cannot tap too, and none in a form', () => {
    openView('#result', undefined, missing, press)(RETRYING);
    expect(written()).toEqual(['h2: Checking', 'button: Check again']);
    expect(press).not.toHaveBeenCalled();
  });

  it('calls what the view was opened with, at every click', () => {
    openView('#result', undefined, missing, press)(RETRYING);
    button()?.click();
    button()?.click();
    expect(press).toHaveBeenCalledTimes(2);
  });

  it('goes with the state that has none', () => {
    const show = openView('#result', undefined, missing, press);
    show(RETRYING);
    const gone = button();
    show(PAID);
    expect(button()).toBeNull();
    expect(gone?.isConnected).toBe(false);
  });

  it('keeps the focus of those who pressed it, and takes it from nobody', () => {
    const show = openView('#result', undefined, missing, press);
    show(RETRYING);
    const pressed = button();
    pressed?.focus();
    pressed?.click();
    const deferred: ViewModel = { ...RETRYING, state: 'deferred' };
    for (const model of [deferred, RETRYING, deferred]) {
      show(model);
      expect(button()).toBe(pressed);
      expect(card().shadowRoot?.activeElement).toBe(pressed);
    }
    button()?.blur();
    show(RETRYING);
    expect(document.activeElement).toBe(document.body);
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    for (const model of [MODEL, RETRYING, PAID, deferred]) {
      show(model);
      expect(document.activeElement).toBe(field);
    }
  });

  it('of a view that was opened again is for that one', () => {
    const other = vi.fn();
    openView('#result', undefined, missing, press)(RETRYING);
    openView('#result', undefined, missing, other)(RETRYING);
    button()?.click();
    expect([press.mock.calls.length, other.mock.calls.length]).toEqual([0, 1]);
  });
});

describe('a page that was rendered anew', () => {
  it('gets the card back, as it was, in the result element that is there now', () => {
    openView('#result', undefined, missing, press)(PAID);
    const shown = card();
    document.body.innerHTML = '<main><div id="result">…</div></main>';
    expect(cards()).toEqual([]);
    remountView('#result');
    expect(card()).toBe(shown);
    expect(shown.parentElement?.id).toBe('result');
    expect(shown.dataset.state).toBe('paid');
    expect(written()).toEqual(['h2: Paid']);
  });

  it('is left alone where the card is still on it', () => {
    openView('#result', undefined, missing, press)(PAID);
    const moved = vi.fn();
    const observer = new MutationObserver(moved);
    observer.observe(document.body, { childList: true, subtree: true });
    remountView('#result');
    expect(observer.takeRecords()).toEqual([]);
    observer.disconnect();
  });

  it('gets it where it belongs now: a component that is made again has another element', () => {
    const [first, second] = [document.createElement('div'), document.createElement('div')];
    document.body.append(first);
    openView(first, undefined, missing, press)(PAID);
    first.replaceWith(second);
    remountView(second);
    expect(card().parentElement).toBe(second);
  });

  it('is waited for, once, while it is parsed', () => {
    parsing('loading');
    openView('#later', undefined, missing, press)(PAID);
    remountView('#later');
    remountView('#later');
    expect(frames).toHaveLength(1);
    parsing('complete');
    nextFrame();
    expect(missing).toHaveBeenCalledTimes(1);
  });
});

describe('the banner', () => {
  const RECOVERED = modelOf(
    'paid',
    [
      ['h2', 'Paid'],
      ['p', '<b>Recovered</b>'],
      ['p', false],
    ],
    [],
    [['button', 'OK']],
  );
  const banners = () => [...document.querySelectorAll<HTMLElement>('.imp-redirect-banner')];

  it('is one status at the end of the body, and what is in it is text', () => {
    openBanner(RECOVERED);
    const [banner] = banners();
    expect(document.body.lastElementChild).toBe(banner);
    expect(all('[role=status]', banner)).toHaveLength(1);
    expect(banner?.dataset.state).toBe('paid');
    expect(written(banner)).toEqual(['h2: Paid', 'p: <b>Recovered</b>', 'button: OK']);
  });

  it('lies over the page and moves nothing of it, by CSSOM, which no policy forbids', () => {
    const setAttribute = vi.spyOn(Element.prototype, 'setAttribute');
    openBanner(RECOVERED);
    expect(all('section', banners()[0])[0]?.style.position).toBe('fixed');
    expect(setAttribute.mock.calls.map(([name]) => name)).not.toContain('style');
    expect(document.querySelector('style')).toBeNull();
    expect(document.querySelector('#result')?.textContent).toBe('Please wait');
    setAttribute.mockRestore();
  });

  it('is closed by its button, and only that one', () => {
    openBanner(RECOVERED);
    openBanner({ ...RECOVERED, state: 'ready' });
    all('button', banners()[0])[0]?.click();
    expect(banners().map(({ dataset }) => dataset.state)).toEqual(['ready']);
    all('button', banners()[0])[0]?.click();
    expect(banners()).toEqual([]);
  });

  it('leaves the card alone', () => {
    openView('#result', undefined, missing, press)(PAID);
    openBanner(RECOVERED);
    expect(written()).toEqual(['h2: Paid']);
  });
});

it('neither is ever put there as HTML', () => {
  const html = ['innerHTML', 'outerHTML'].map((name) =>
    vi.spyOn(Element.prototype, name as 'innerHTML', 'set').mockImplementation(() => {
      throw new Error(name);
    }),
  );
  openView('#result', undefined, missing, press)(MODEL);
  openBanner(MODEL);
  for (const spy of html) spy.mockRestore();
  expect(cards()).toHaveLength(1);
});

describe('offerLanding', () => {
  it('puts a link at the top of the window, with its text as text, and leads nobody away', () => {
    const before = location.href;
    offerLanding('http://shop.example.kr/done?a=1&b=2', '<b>결과</b>');
    const links = document.querySelectorAll('a');
    expect(links).toHaveLength(1);
    const [link] = links as unknown as [HTMLAnchorElement];
    expect([link.href, link.textContent, link.childElementCount]).toEqual(['http://shop.example.kr/done?a=1&b=2', '<b>결과</b>', 0]);
    expect([link.style.position, link.style.top]).toEqual(['fixed', '1em']);
    expect(link.parentElement).toBe(document.body);
    expect(location.href).toBe(before);
  });

  it('leads nowhere where there is no URL to lead to: an m_redirect_url may be a script, say', () => {
    const before = document.body.innerHTML;
    offerLanding('', '결제 결과 확인하기');
    expect(document.body.innerHTML).toBe(before);
  });
});
