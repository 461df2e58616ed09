// The pages of docs/customise.md, run as they stand there: a result page without our card, in React, in Vue, and without either.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IDBFactory } from 'fake-indexeddb';
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vue from 'vue';
import { compileScript, parse } from 'vue/compiler-sfc';
import { describePhase } from '../../src/core/messages.js';
import type { Phase } from '../../src/core/phase.js';
import { flush } from './helpers.js';

const read = (path: string) => readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../..', path), 'utf8');

/** What plain.js finds on its page. */
const MARKUP = `<section id="payment-result">
  <div role="status"></div>
  <dl></dl>
  <button type="button" hidden>다시 확인하기</button>
  <a href="/cart" hidden>다시 결제하기</a>
  <a href="/" hidden>쇼핑 계속하기</a>
</section>
`;

/** Puts the page into an element. @returns what takes it away again, where something does */
type Mount = (root: HTMLElement) => (() => void) | undefined;

/** A single-file component as a bundler has it. */
function compileVue(source: string): (modules: Record<string, object>) => vue.Component {
  const { descriptor, errors } = parse(source, { filename: 'PaymentResult.vue' });
  expect(errors).toEqual([]);
  const { content } = compileScript(descriptor, { id: 'result', inlineTemplate: true });
  const body = content
    .replace(
      /import \{([^}]*)\} from ['"]([^'"]*)['"]/g,
      (_, names: string, from: string) => `const {${names.replace(/ as /g, ':')}} = modules['${from}']`,
    )
    .replace('export default', 'return');
  return new Function('modules', body) as ReturnType<typeof compileVue>;
}

/** Each page as a page load has it: with the library, and modules of its own, anew. */
const RECIPES: Record<'react.jsx' | 'vue.vue' | 'plain.js', () => Promise<Mount>> = {
  'react.jsx': async () => {
    const { PaymentResult } = await import('../recipes/react.jsx');
    return (root) => {
      const tree = createRoot(root);
      tree.render(createElement(StrictMode, null, createElement(PaymentResult)));
      return () => tree.unmount();
    };
  },
  'vue.vue': async () => {
    const component = compileVue(read('test/recipes/vue.vue'))({ vue, 'imp-redirect': await import('../../src/index.js') });
    return (root) => {
      const app = vue.createApp(component);
      app.mount(root);
      return () => app.unmount();
    };
  },
  'plain.js': async () => (root) => {
    root.innerHTML = MARKUP;
    // Run again by the next page load.
    void import('../recipes/plain.js');
    return undefined;
  },
};
type Name = keyof typeof RECIPES;
const NAMES = Object.keys(RECIPES) as Name[];
const WITH_COMPONENTS = NAMES.filter((name) => name !== 'plain.js');

const LANDING = '/payments/complete?imp_uid=imp_1&merchant_uid=order_1&imp_success=true';
const FAILED_LANDING = `/payments/complete?imp_uid=imp_1&merchant_uid=order_1&imp_success=false&error_msg=${encodeURIComponent('<b>한도초과</b>')}`;
const HTML = '<img src="x" onerror="alert(1)"><b>잔액 부족</b>';
const ACCOUNT = { vbank_name: '하나', vbank_num: '123-456', vbank_holder: '쇼핑몰', vbank_date: Date.UTC(2026, 7, 4, 3) / 1000 };
/** Words that only a paid order may have. */
const PAID = /완료됐|paid|success/i;
const CALM = '다시 결제하지 마세요.';
const [AGAIN, PAY_AGAIN, GO_ON] = ['다시 확인하기', '다시 결제하기', '쇼핑 계속하기'];

const answerOf = (status: string, more: object = {}, ids = { imp_uid: 'imp_1', merchant_uid: 'order_1' }) =>
  new Response(JSON.stringify({ status, ...ids, ...more }));
const down = () => Promise.reject(new TypeError('Failed to fetch'));

let fetched = vi.fn<typeof fetch>();
let complained = vi.spyOn(console, 'error');
let warned = vi.spyOn(console, 'warn');
let mount: Mount;
let unmount: ReturnType<Mount>;
let root: HTMLElement;

/** What the customer sees. */
function seen(): string {
  const copy = root.cloneNode(true) as HTMLElement;
  for (const hidden of copy.querySelectorAll('[hidden]')) hidden.remove();
  return `${copy.textContent}`.replace(/\s+/g, ' ').trim();
}
const status = () => root.querySelector('[role=status]') as HTMLElement;
const press = (text: string) => {
  const button = [...root.querySelectorAll('button')].find((one) => !one.hidden && one.textContent?.trim() === text);
  if (!button) throw new Error(`no button "${text}"`);
  button.click();
};

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let i = 0; i < 50; i++) await flush();
};
/** Waits for what must come without any time passing. */
const until = async (check: () => void) => {
  for (let i = 0; ; i++)
    try {
      return check();
    } catch (error) {
      if (i > 2000) throw error;
      await flush();
    }
};
/** Lets time pass until something is so. */
const advanceUntil = async (isSo: () => boolean, maxMs: number) => {
  for (let ms = 0; !isSo() && ms < maxMs; ms += 1000) {
    vi.advanceTimersByTime(1000);
    for (let i = 0; i < 8; i++) await flush();
  }
  await settle();
};

/** The page is loaded at a URL, and the answers of the merchant's server are known. */
async function open(name: Name, url: string, ...answers: (() => Promise<Response>)[]) {
  history.replaceState(null, '', url);
  for (const answer of answers) fetched.mockImplementationOnce(answer);
  await reload(name);
}
/** A new page at the same history entry. */
async function reload(name: Name) {
  unmount?.();
  vi.resetModules();
  vi.doMock('imp-redirect', () => import('../../src/index.js'));
  document.body.innerHTML = '<main></main>';
  root = document.querySelector('main') as HTMLElement;
  mount = await RECIPES[name]();
  unmount = mount(root);
}
/** A single-page shop leaves the page and is back on it. */
async function leave() {
  unmount?.();
  unmount = undefined;
  await settle();
}
const comeBack = () => {
  unmount = mount(root);
};
const reply =
  (...answer: Parameters<typeof answerOf>) =>
  async () =>
    answerOf(...answer);

beforeEach(() => {
  document.documentElement.lang = 'ko';
  localStorage.clear();
  fetched = vi.fn<typeof fetch>(() => new Promise(() => {}));
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('BroadcastChannel', undefined);
  // Nothing of an earlier page load goes on, and nobody waits for real.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  complained = vi.spyOn(console, 'error').mockImplementation(() => {});
  warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(async () => {
  await leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  // The library's own errors are told where they are tested. What React and Vue complain of is none of them.
  const complaints = [...complained.mock.calls, ...warned.mock.calls].filter(([said]) => !(said as { code?: string }).code);
  vi.restoreAllMocks();
  expect(complaints).toEqual([]);
});

describe.each(NAMES)('%s', (name) => {
  it('shows nothing and asks nobody on a page that is no landing, and has its live region there', async () => {
    await open(name, '/payments/complete?a=1');
    await until(() => expect(status()).not.toBeNull());
    await settle();
    expect(seen()).toBe('');
    expect(status().childElementCount).toBe(0);
    expect(fetched).not.toHaveBeenCalled();
    expect(document.querySelector('.imp-redirect')).toBeNull();
  });

  it.each([
    ['a success', LANDING],
    ['a failure', FAILED_LANDING],
  ])('says that it is being checked before the answer, and nothing more, where the landing claims %s', async (_, url) => {
    await open(name, url);
    await until(() => expect(fetched).toHaveBeenCalled());
    await settle();
    expect(root.querySelector('h1')?.textContent).toBe('결제를 확인하고 있어요');
    expect(seen()).toContain('order_1');
    expect(seen()).not.toMatch(PAID);
    for (const words of [AGAIN, PAY_AGAIN, '한도초과']) expect(seen()).not.toContain(words);
  });

  it('speaks into a live region that was there, empty, before the first word, and stays', async () => {
    const regions = new Set<Node>();
    const observer = new MutationObserver((records) => {
      for (const { target, addedNodes } of records) for (const node of addedNodes) if (node.nodeName === 'H1') regions.add(target);
    });
    observer.observe(document.documentElement, { childList: true, subtree: true });
    await open(name, LANDING, reply('paid'));
    await until(() => expect(status()?.textContent).toContain('완료됐어요'));
    observer.disconnect();
    // Every title was put into it where it stood.
    expect([...regions]).toEqual([status()]);
  });

  it('asks about it once, and says that it is paid when the server says so', async () => {
    await open(name, LANDING, reply('paid', { amount: 12000 }));
    await until(() => expect(root.querySelector('h1')?.textContent).toBe('결제가 완료됐어요'));
    await settle();
    expect(seen()).toMatch(/order_1.*12,000/);
    expect(seen()).toContain(GO_ON);
    for (const words of [AGAIN, PAY_AGAIN]) expect(seen()).not.toContain(words);
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"imp_uid":"imp_1","merchant_uid":"order_1"}' });
    expect(location.search).toBe('');
    expect(document.querySelector('.imp-redirect')).toBeNull();
  });

  it('shows the answer again after a reload, without asking', async () => {
    await open(name, LANDING, reply('paid'));
    await until(() => expect(seen()).toContain('결제가 완료됐어요'));
    await settle();
    await reload(name);
    await until(() => expect(seen()).toContain('결제가 완료됐어요'));
    await settle();
    expect(seen()).toContain('order_1');
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('shows a virtual account, and takes it away when it is paid into', async () => {
    await open(name, LANDING, reply('ready', ACCOUNT), reply('paid', ACCOUNT));
    await until(() => expect(root.querySelector('h1')?.textContent).toBe('아래 계좌로 입금해 주세요'));
    expect(seen()).toContain('하나 123-456 쇼핑몰');
    expect(seen()).toMatch(/2026\. 8\. 4\. \S+ 12:00:00/);
    expect(seen()).not.toMatch(PAID);
    for (const words of [AGAIN, PAY_AGAIN]) expect(seen()).not.toContain(words);
    await advanceUntil(() => seen().includes('결제가 완료됐어요'), 60_000);
    expect(seen()).toContain('결제가 완료됐어요');
    expect(seen()).not.toContain('123-456');
  });

  it('offers to pay again when the server says that it failed, and shows its message as text', async () => {
    await open(name, LANDING, reply('failed', { message: HTML }));
    await until(() => expect(root.querySelector('h1')?.textContent).toBe('결제가 완료되지 않았어요'));
    expect(seen()).toContain(HTML);
    expect(root.querySelector('img, b')).toBeNull();
    expect(seen()).toContain(PAY_AGAIN);
    expect(seen()).not.toMatch(PAID);
    expect(seen()).not.toContain(AGAIN);
  });

  it.each([
    ['failed', '결제가 완료되지 않았어요'],
    ['cancelled', '결제가 취소됐어요'],
  ])("shows the gateway's own message as text, after %s only", async (verdict, title) => {
    await open(name, FAILED_LANDING, reply(verdict));
    await until(() => expect(root.querySelector('h1')?.textContent).toBe(title));
    expect(seen()).toContain('<b>한도초과</b>');
    expect(root.querySelector('b')).toBeNull();
    expect(seen()).toContain(PAY_AGAIN);
  });

  it.each([
    ['paid', '결제가 완료됐어요'],
    ['forged', '결제 내역이 주문과 달라요'],
  ])('does not show it, nor "pay again", after %s', async (verdict, title) => {
    await open(name, FAILED_LANDING, reply(verdict));
    await until(() => expect(root.querySelector('h1')?.textContent).toBe(title));
    expect(seen()).not.toContain('한도초과');
    expect(seen()).not.toContain(PAY_AGAIN);
    expect(seen().includes('다시 결제하지 말고')).toBe(verdict === 'forged');
  });

  it('tells whose answer is late not to pay again', async () => {
    await open(name, LANDING, async () => new Response('', { status: 503 }));
    await until(() => expect(seen()).toContain(CALM));
    expect(root.querySelector('h1')?.textContent).toBe('결제를 확인하고 있어요');
    expect(seen()).not.toMatch(PAID);
    expect(seen()).not.toContain(PAY_AGAIN);
    await advanceUntil(() => false, 5000);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('where the server is out of reach, goes on saying so, and asks again when the customer wants it', async () => {
    fetched.mockImplementation(down);
    await open(name, LANDING);
    await advanceUntil(() => seen().includes(AGAIN) && fetched.mock.calls.length === 12, 60 * 60_000);
    expect(root.querySelector('h1')?.textContent).toBe('결제를 확인하고 있어요');
    expect(seen()).toContain(CALM);
    expect(seen()).toContain('order_1');
    expect(seen()).not.toMatch(PAID);
    expect(seen()).not.toContain(PAY_AGAIN);
    await advanceUntil(() => false, 6000);
    fetched.mockImplementation(reply('paid'));
    const asked = fetched.mock.calls.length;
    press(AGAIN);
    await until(() => expect(seen()).toContain('결제가 완료됐어요'));
    expect(fetched).toHaveBeenCalledTimes(asked + 1);
  });

  it('where the landing names no payment, says so, and asks nobody', async () => {
    await open(name, '/payments/complete?imp_success=true');
    await until(() => expect(root.querySelector('h1')?.textContent).toBe('어떤 결제인지 확인하지 못했어요'));
    await settle();
    expect(seen()).toContain('다시 결제하지 말고 쇼핑몰에 문의해 주세요.');
    for (const words of [AGAIN, PAY_AGAIN]) expect(seen()).not.toContain(words);
    expect(seen()).not.toMatch(PAID);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('says nothing that the card does not say', () => {
    const claim = { kind: 'unknown', errorCode: null, errorMessage: null } as const;
    const said = (phase: unknown, named = true) => {
      const ids = { impUid: named ? 'imp_1' : null, merchantUid: named ? 'order_1' : null };
      const options = { home: '/', retry: '/cart', contact: '1' };
      const { groups } = describePhase({ claim: { ...claim, ...ids }, ...(phase as object) } as Phase, 'ko', options, 0);
      return groups.flat().flatMap(([, text, more]) => [text, more]);
    };
    const card = new Set([
      ...said({ name: 'confirming' }),
      ...said({ name: 'deferred' }),
      ...said({ name: 'deferred' }, false),
      ...['paid', 'ready', 'failed', 'cancelled', 'forged'].flatMap((verdict) =>
        said({ name: 'settled', verdict: { status: verdict, answer: { ...ACCOUNT, amount: 1 } } }),
      ),
    ]);
    const own = read(`test/recipes/${name}`) + (name === 'plain.js' ? MARKUP : '');
    const words = [...own.matchAll(/[가-힣][가-힣 ,.]*/g)].map(([text]) => text.trim());
    expect(words.length).toBeGreaterThan(15);
    for (const text of words) expect(card).toContain(text);
  });

  it.each(['docs/customise.md', 'docs/customise.ko.md'])('stands in %s, to the letter', (path) => {
    const language = name.replace(/.*\./, '');
    expect(read(path)).toContain(`\n\`\`\`${language}\n${read(`test/recipes/${name}`)}\`\`\`\n`);
    if (name === 'plain.js') expect(read(path)).toContain(`\n\`\`\`html\n${MARKUP}`);
  });
});

describe.each(WITH_COMPONENTS)('%s in a single-page shop', (name) => {
  it('is told nothing more when it is gone', async () => {
    let answer = (_: Response) => {};
    await open(name, LANDING, () => new Promise((resolve) => (answer = resolve)));
    await until(() => expect(fetched).toHaveBeenCalledTimes(1));
    await leave();
    expect(root.textContent).toBe('');
    answer(answerOf('paid'));
    await settle();
    expect(root.textContent).toBe('');
    expect(location.search).toBe('');
    comeBack();
    await until(() => expect(seen()).toContain('결제가 완료됐어요'));
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('goes on where it was, when it is back before the answer', async () => {
    await open(name, LANDING, async () => new Response('', { status: 503 }));
    await until(() => expect(seen()).toContain(CALM));
    await leave();
    comeBack();
    await until(() => expect(seen()).toContain(CALM));
    expect(seen()).toContain('order_1');
  });

  it('shows what is true now, not what was first', async () => {
    await open(name, LANDING, reply('ready', ACCOUNT), reply('paid'));
    await until(() => expect(seen()).toContain('아래 계좌로'));
    await advanceUntil(() => seen().includes('결제가 완료됐어요'), 60_000);
    await leave();
    comeBack();
    await until(() => expect(seen()).not.toBe(''));
    await settle();
    expect(seen()).toContain('결제가 완료됐어요');
    expect(seen()).not.toContain('아래 계좌로');
  });

  it('says nothing of an earlier payment on the landing of another one, nor on a page that is none', async () => {
    await open(name, LANDING, reply('paid'));
    await until(() => expect(seen()).toContain('결제가 완료됐어요'));
    await leave();
    const said: string[] = [];
    const observer = new MutationObserver(() => said.push(seen()));
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    history.replaceState(null, '', LANDING.replace(/_1/g, '_2'));
    comeBack();
    await until(() => expect(seen()).toContain('order_2'));
    await settle();
    expect(root.querySelector('h1')?.textContent).toBe('결제를 확인하고 있어요');
    await leave();
    history.replaceState(null, '', '/somewhere');
    comeBack();
    await settle();
    expect(seen()).toBe('');
    expect(said.join('\n')).not.toMatch(/order_1|완료됐/);
    observer.disconnect();
  });
});
