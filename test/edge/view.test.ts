import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ViewModel } from '../../src/core/messages.js';
import { openView } from '../../src/edge/view.js';

const MODEL: ViewModel = {
  state: 'confirming',
  rows: [
    ['h2', 'Title'],
    ['p', false],
    ['blockquote', null],
    ['p', undefined],
    ['p', ''],
    ['p', 'Order: order_1'],
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
    openView(target(), missing)(MODEL);
    expect(document.querySelector('#result')?.children).toHaveLength(1);
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(document.body.textContent).not.toContain('Please wait');
    expect(missing).not.toHaveBeenCalled();
  });

  it('to the end of the body where no target was given', () => {
    openView(undefined, missing)(MODEL);
    expect(document.body.lastElementChild).toBe(card());
    expect(document.querySelector('#result')?.textContent).toBe('Please wait');
    expect(missing).not.toHaveBeenCalled();
  });

  it('to the end of the body where the target is null, as getElementById gives it', () => {
    openView(null as never, missing)(MODEL);
    expect(document.body.lastElementChild).toBe(card());
  });

  it.each(['#resutl', 'div.nowhere', '[', '#', 'a:unknown(', '<div>', '#1'])(
    'to the end of the body where "%s" matches nothing, and that is told once',
    (selector) => {
      openView(selector, missing)(MODEL);
      expect(document.body.lastElementChild).toBe(card());
      expect(missing).toHaveBeenCalledTimes(1);
    },
  );

  it('into an element that is not on the page yet', () => {
    const host = document.createElement('section');
    openView(host, missing)(MODEL);
    expect(host.children).toHaveLength(1);
    expect(host.textContent).toContain('Title');
    expect(cards()).toHaveLength(0);
  });
});

describe('while the page is being parsed', () => {
  it('waits for a target that stands further down, painted when it comes', () => {
    parsing('loading');
    document.body.innerHTML = '';
    const show = openView('#result', missing);
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
    const show = openView('#result', missing);
    show(MODEL);
    show(PAID);
    document.body.innerHTML = '<div id="result"></div>';
    nextFrame();
    expect(card().dataset.state).toBe('paid');
    expect(card().textContent).toBe('Paid');
  });

  it('takes a target that is already there at once', () => {
    parsing('loading');
    openView('#result', missing)(MODEL);
    expect(document.querySelector('#result')?.firstElementChild).toBe(card());
    expect(frames).toHaveLength(0);
  });

  it.each<[name: string, target: string | undefined, told: number]>([
    ['no target', undefined, 0],
    ['a target that never comes', '#nowhere', 1],
    ['a selector that is none', '[', 1],
  ])('puts the card at the end of the body when all is parsed: %s', (_, target, told) => {
    parsing('loading');
    openView(target, missing)(MODEL);
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
    openView('#result', missing)(MODEL);
    expect(card().getAttribute('role')).toBe('status');
  });

  it('is one element for each row that has text, in order', () => {
    openView('#result', missing)(MODEL);
    expect(card().innerHTML).toBe('<h2>Title</h2><p>Order: order_1</p>');
  });

  it('is the last state alone, on the same card', () => {
    const show = openView('#result', missing);
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
    openView('#result', missing)(MODEL);
    expect(document.querySelector('[style], .imp-redirect style')).toBeNull();
  });
});

describe('a view that is opened again', () => {
  it.each<[name: string, target: string | undefined]>([
    ['in the same target', '#result'],
    ['at the end of the body', undefined],
  ])('takes the place of the first one: %s', (_, target) => {
    openView(target, missing)(MODEL);
    openView(target, missing)(PAID);
    expect(card().dataset.state).toBe('paid');
  });
});
