import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ViewModel } from '../../src/core/messages.js';
import { offerLanding, openBanner, openView, remountView } from '../../src/edge/view.js';

const MODEL: ViewModel = {
  state: 'confirming',
  rows: [
    ['h2', 'Title'],
    ['p', false],
    ['blockquote', null],
    ['p', undefined],
    ['p', ''],
    ['p', 'Order: order_1'],
    ['button', false],
  ],
};
const PAID: ViewModel = { state: 'paid', rows: [['h2', 'Paid']] };
const cards = () => [...document.querySelectorAll<HTMLElement>('.imp-redirect')];
const card = () => {
  const [only, ...others] = cards();
  if (!only || others.length) throw new Error(`${cards().length} cards`);
  return only;
};
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
    openView(target(), missing, press)(MODEL);
    expect(document.querySelector('#result')?.children).toHaveLength(1);
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(document.body.textContent).not.toContain('Please wait');
    expect(missing).not.toHaveBeenCalled();
  });

  it('to the end of the body where no target was given', () => {
    openView(undefined, missing, press)(MODEL);
    expect(document.body.lastElementChild).toBe(card());
    expect(document.querySelector('#result')?.textContent).toBe('Please wait');
    expect(missing).not.toHaveBeenCalled();
  });

  it('to the end of the body where the target is null, as getElementById gives it', () => {
    openView(null as never, missing, press)(MODEL);
    expect(document.body.lastElementChild).toBe(card());
  });

  it.each(['#resutl', 'div.nowhere', '[', '#', 'a:unknown(', '<div>', '#1'])(
    'to the end of the body where "%s" matches nothing, and that is told once',
    (selector) => {
      openView(selector, missing, press)(MODEL);
      expect(document.body.lastElementChild).toBe(card());
      expect(missing).toHaveBeenCalledTimes(1);
    },
  );

  it('into an element that is not on the page yet', () => {
    const host = document.createElement('section');
    openView(host, missing, press)(MODEL);
    expect(host.children).toHaveLength(1);
    expect(host.textContent).toContain('Title');
    expect(cards()).toHaveLength(0);
  });
});

describe('while the page is being parsed', () => {
  it('waits for a target that stands further down, painted when it comes', () => {
    parsing('loading');
    document.body.innerHTML = '';
    const show = openView('#result', missing, press);
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
    const show = openView('#result', missing, press);
    show(MODEL);
    show(PAID);
    document.body.innerHTML = '<div id="result"></div>';
    nextFrame();
    expect(card().dataset.state).toBe('paid');
    expect(card().textContent).toBe('Paid');
  });

  it('takes a target that is already there at once', () => {
    parsing('loading');
    openView('#result', missing, press)(MODEL);
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(frames).toHaveLength(0);
  });

  it.each<[name: string, target: string | undefined, told: number]>([
    ['no target', undefined, 0],
    ['a target that never comes', '#nowhere', 1],
    ['a selector that is none', '[', 1],
  ])('puts the card at the end of the body when all is parsed: %s', (_, target, told) => {
    parsing('loading');
    openView(target, missing, press)(MODEL);
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
  it('is one status, for those who hear the page', () => {
    openView('#result', missing, press)(MODEL);
    expect(card().getAttribute('role')).toBe('status');
  });

  it('is one element for each row that has text, in order', () => {
    openView('#result', missing, press)(MODEL);
    expect(card().innerHTML).toBe('<h2>Title</h2><p>Order: order_1</p>');
  });

  it('has a label before its text, in the same element, and neither without the text', () => {
    openView(
      '#result',
      missing,
      press,
    )({
      state: 'paid',
      rows: [
        ['p', 'order_1', 'Order: '],
        ['p', 12000, '<b>Amount</b>: '],
        ['p', null, 'Account: '],
        ['p', undefined, 'Due: '],
        ['p', '', 'Due: '],
        ['p', 7],
        ['p', 'words', undefined],
      ],
    });
    expect(
      [...card().children].map(({ localName, textContent, childElementCount }) => [localName, textContent, childElementCount]),
    ).toEqual([
      ['p', 'Order: order_1', 0],
      ['p', '<b>Amount</b>: 12000', 0],
      ['p', '7', 0],
      ['p', 'words', 0],
    ]);
  });

  it('is painted anew where a label alone is another', () => {
    const show = openView('#result', missing, press);
    show({ state: 'paid', rows: [['p', '1', 'Order: ']] });
    show({ state: 'paid', rows: [['p', '1', '주문번호: ']] });
    expect(card().textContent).toBe('주문번호: 1');
  });

  it('tells another state, and says the same, without being painted anew', () => {
    const show = openView('#result', missing, press);
    show(MODEL);
    const before = [...card().childNodes];
    const changes = new MutationObserver(() => {});
    changes.observe(card(), { childList: true, characterData: true, subtree: true });
    for (const state of ['retrying', 'deferred', 'confirming', 'paid'] as const) {
      show({ ...MODEL, state, rows: MODEL.rows.map((row) => [...row]) });
      expect(card().dataset.state).toBe(state);
    }
    expect(changes.takeRecords()).toEqual([]);
    expect([...card().childNodes]).toEqual(before);
  });

  it('is left alone while it stays the same: it would be read out again', () => {
    const show = openView('#result', missing, press);
    show(MODEL);
    const title = card().firstElementChild;
    show({ ...MODEL, rows: [...MODEL.rows] });
    expect(card().firstElementChild).toBe(title);
    show(PAID);
    show(MODEL);
    expect(card().dataset.state).toBe('confirming');
  });

  it('is the last state alone, on the same card', () => {
    const show = openView('#result', missing, press);
    show(MODEL);
    const first = card();
    show(PAID);
    expect(card()).toBe(first);
    expect(card().dataset.state).toBe('paid');
    expect(card().innerHTML).toBe('<h2>Paid</h2>');
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
    openView(
      '#result',
      missing,
      press,
    )({
      state: 'failed',
      rows: [
        ['h2', text],
        ['p', text],
        ['blockquote', text],
      ],
    });
    expect([...card().children].map((element) => [element.localName, element.textContent])).toEqual([
      ['h2', text],
      ['p', text],
      ['blockquote', text],
    ]);
    expect(card().querySelectorAll('h2 *, p *, blockquote *')).toHaveLength(0);
    expect(window).not.toHaveProperty('hacked');
  });

  it('has no style of its own: the strictest page can have it', () => {
    openView('#result', missing, press)(MODEL);
    expect(document.querySelector('[style], .imp-redirect style')).toBeNull();
  });
});

describe('a view that is opened again', () => {
  it.each<[name: string, target: string | undefined]>([
    ['in the same target', '#result'],
    ['at the end of the body', undefined],
  ])('takes the place of the first one: %s', (_, target) => {
    openView(target, missing, press)(MODEL);
    openView(target, missing, press)(PAID);
    expect(card().dataset.state).toBe('paid');
  });
});

describe('the button', () => {
  const RETRYING: ViewModel = {
    state: 'retrying',
    rows: [
      ['h2', 'Checking'],
      ['button', 'Check again'],
    ],
  };
  const button = () => card().querySelector('button');

  it('is a button with its text, for those who cannot tap too, and none in a form', () => {
    openView('#result', missing, press)(RETRYING);
    expect(card().innerHTML).toBe('<h2>Checking</h2><button>Check again</button>');
    expect(press).not.toHaveBeenCalled();
  });

  it('calls what the view was opened with, at every click', () => {
    openView('#result', missing, press)(RETRYING);
    button()?.click();
    button()?.click();
    expect(press).toHaveBeenCalledTimes(2);
  });

  it('goes with the state that has none', () => {
    const show = openView('#result', missing, press);
    show(RETRYING);
    const gone = button();
    show(PAID);
    expect(button()).toBeNull();
    expect(gone?.isConnected).toBe(false);
  });

  it('keeps the focus of those who pressed it, and takes it from nobody', () => {
    const show = openView('#result', missing, press);
    show(RETRYING);
    const pressed = button();
    pressed?.focus();
    pressed?.click();
    const deferred: ViewModel = { ...RETRYING, state: 'deferred' };
    for (const model of [deferred, RETRYING, deferred]) {
      show(model);
      expect(button()).toBe(pressed);
      expect(document.activeElement).toBe(pressed);
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
    openView('#result', missing, press)(RETRYING);
    openView('#result', missing, other)(RETRYING);
    button()?.click();
    expect([press.mock.calls.length, other.mock.calls.length]).toEqual([0, 1]);
  });
});

describe('a page that was rendered anew', () => {
  it('gets the card back, as it was, in the result element that is there now', () => {
    openView('#result', missing, press)(PAID);
    const shown = card();
    document.body.innerHTML = '<main><div id="result">…</div></main>';
    expect(cards()).toEqual([]);
    remountView();
    expect(card()).toBe(shown);
    expect(shown.parentElement?.id).toBe('result');
    expect(shown.dataset.state).toBe('paid');
    expect(document.getElementById('result')?.textContent).toBe('Paid');
  });

  it('is left alone where the card is still on it', () => {
    openView('#result', missing, press)(PAID);
    const moved = vi.fn();
    const observer = new MutationObserver(moved);
    observer.observe(document.body, { childList: true, subtree: true });
    remountView();
    expect(observer.takeRecords()).toEqual([]);
    observer.disconnect();
  });

  it('is waited for, once, while it is parsed', () => {
    parsing('loading');
    openView('#later', missing, press)(PAID);
    remountView();
    remountView();
    expect(frames).toHaveLength(1);
    parsing('complete');
    nextFrame();
    expect(missing).toHaveBeenCalledTimes(1);
  });
});

describe('the banner', () => {
  const RECOVERED: ViewModel = {
    state: 'paid',
    rows: [
      ['p', '<b>Recovered</b>'],
      ['h2', 'Paid'],
      ['p', false],
      ['button', 'OK'],
    ],
  };
  const banners = () => [...document.querySelectorAll<HTMLElement>('.imp-redirect-banner')];

  it('is one status at the end of the body, and what is in it is text', () => {
    openBanner(RECOVERED);
    const [banner] = banners();
    expect(document.body.lastElementChild).toBe(banner);
    expect(banner?.getAttribute('role')).toBe('status');
    expect(banner?.dataset.state).toBe('paid');
    expect([...(banner?.children ?? [])].map((element) => [element.localName, element.textContent])).toEqual([
      ['p', '<b>Recovered</b>'],
      ['h2', 'Paid'],
      ['button', 'OK'],
    ]);
  });

  it('lies over the page and moves nothing of it, by CSSOM, which no policy forbids', () => {
    const setAttribute = vi.spyOn(Element.prototype, 'setAttribute');
    openBanner(RECOVERED);
    expect(banners()[0]?.style.position).toBe('fixed');
    expect(setAttribute.mock.calls.map(([name]) => name)).toEqual(['role']);
    expect(document.querySelector('style')).toBeNull();
    expect(document.querySelector('#result')?.textContent).toBe('Please wait');
    setAttribute.mockRestore();
  });

  it('is closed by its button, and only that one', () => {
    openBanner(RECOVERED);
    openBanner({ ...RECOVERED, state: 'ready' });
    banners()[0]?.querySelector('button')?.click();
    expect(banners().map(({ dataset }) => dataset.state)).toEqual(['ready']);
    banners()[0]?.querySelector('button')?.click();
    expect(banners()).toEqual([]);
  });

  it('leaves the card alone', () => {
    openView('#result', missing, press)(PAID);
    openBanner(RECOVERED);
    expect(card().innerHTML).toBe('<h2>Paid</h2>');
  });
});

it('neither is ever put there as HTML', () => {
  const html = ['innerHTML', 'outerHTML'].map((name) =>
    vi.spyOn(Element.prototype, name as 'innerHTML', 'set').mockImplementation(() => {
      throw new Error(name);
    }),
  );
  openView('#result', missing, press)(MODEL);
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
