import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CONFIRM, defer, entriesOf, SHOP } from './helpers.js';

type Library = typeof import('../../src/index.js');

const LANDING = '/done?a=1&imp_uid=imp_1&merchant_uid=order_1&imp_success=true&error_msg=secret';
const answerOf = (status: string) => new Response(JSON.stringify({ status, imp_uid: 'imp_1', merchant_uid: 'order_1' }));
const stored = () => entriesOf(JSON.parse(localStorage.getItem('imp-redirect') as string));
const card = () => document.querySelector<HTMLElement>('.imp-redirect');
// On a loaded machine storage may not answer in its second: that is told, and nothing depends on it.
const OPTIONS = { confirmUrl: '/payments/complete', onError: () => {} };
const paid = vi.fn();
let fetched = vi.fn<typeof fetch>();

/** Waits for what must come, and rejects where it does not, on a loaded machine too. */
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 30_000, interval: 10 });

/** The library as a page load has it: a second copy of it on one page knows nothing of the first. */
const load = (): Promise<Library> => {
  vi.resetModules();
  return import('../../src/index.js');
};

beforeEach(() => {
  document.body.innerHTML = '<div id="result"></div>';
  history.replaceState(null, '', LANDING);
  localStorage.clear();
  paid.mockReset();
  document.addEventListener('imp-redirect:paid', paid);
  fetched = vi.fn<typeof fetch>();
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('BroadcastChannel', undefined);
});
afterEach(() => {
  document.removeEventListener('imp-redirect:paid', paid);
  vi.unstubAllGlobals();
});

describe('a landing on a real page', () => {
  it('is kept, asked about, shown, signalled, and taken out of the URL, in this order', async () => {
    const { complete } = await load();
    const answer = defer<Response>();
    fetched.mockReturnValue(answer.promise);
    const onPaid = vi.fn();
    const promise = complete({ ...OPTIONS, result: '#result', onPaid });
    // Two ids and two times, before anything is sent.
    expect(stored()).toEqual([['landed', 'imp_1', 'order_1', expect.any(Number), expect.any(Number)]]);
    expect(card()?.dataset.state).toBe('confirming');
    await until(() => expect(fetched).toHaveBeenCalledTimes(1));
    expect(fetched.mock.calls[0]?.[0]).toBe(CONFIRM);
    expect(location.href).toBe(SHOP + LANDING);
    answer.resolve(answerOf('paid'));
    await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    expect(card()?.dataset.state).toBe('paid');
    expect(location.href).toBe(`${SHOP}/done?a=1`);
    await until(() => expect(onPaid).toHaveBeenCalledTimes(1));
    expect(paid).toHaveBeenCalledTimes(1);
    expect(stored()).toEqual([['paid', null, 'order_1', expect.any(Number), expect.any(Number)]]);
  });

  it('that is reloaded shows the same, and neither asks nor signals again', async () => {
    fetched.mockImplementation(async () => answerOf('paid'));
    await (await load()).complete({ ...OPTIONS, result: '#result' });
    await until(() => expect(paid).toHaveBeenCalledTimes(1));
    document.body.innerHTML = '<div id="result"></div>';
    const onPaid = vi.fn();
    const reloaded = await load();
    await expect(reloaded.complete({ ...OPTIONS, result: '#result', onPaid })).resolves.toMatchObject({
      verdict: { status: 'paid' },
    });
    expect(card()?.dataset.state).toBe('paid');
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(onPaid).not.toHaveBeenCalled();
  });

  it('that ended without an answer is settled by another page', async () => {
    fetched.mockReturnValueOnce(new Promise(() => {}));
    void (await load()).complete(OPTIONS);
    await until(() => expect(fetched).toHaveBeenCalledTimes(1));
    // What held the turn is gone with its page, and its card too.
    await (await import('../../src/edge/storage.js')).dropEntry('asking', { merchantUid: 'order_1' });
    document.body.innerHTML = '';
    history.replaceState(null, '', '/shop');
    fetched.mockImplementation(async () => answerOf('paid'));
    const onPaid = vi.fn();
    await expect((await load()).complete({ ...OPTIONS, onPaid })).resolves.toBeNull();
    await until(() => expect(onPaid).toHaveBeenCalledTimes(1));
    expect(card()).toBeNull();
    expect(stored()).toEqual([['paid', null, 'order_1', expect.any(Number), expect.any(Number)]]);
  });

  it('with two copies of the library makes one request at a time, and signals once', async () => {
    const copies = [await load(), await load()];
    let inFlight = 0;
    let most = 0;
    fetched.mockImplementation(async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      return answerOf('paid');
    });
    const onPaid = vi.fn();
    const promises = copies.flatMap(({ complete }) => {
      const call = () => complete({ ...OPTIONS, result: '#result', onPaid });
      // Twice, as strict modes do.
      return [call(), call()];
    });
    for (const promise of promises) await expect(promise).resolves.toMatchObject({ verdict: { status: 'paid' } });
    await until(() => expect(onPaid).toHaveBeenCalled());
    expect(most).toBe(1);
    expect(fetched.mock.calls.length).toBeLessThanOrEqual(2);
    expect(document.querySelectorAll('#result .imp-redirect')).toHaveLength(1);
    expect([onPaid.mock.calls.length, paid.mock.calls.length]).toEqual([1, 1]);
  });
});
