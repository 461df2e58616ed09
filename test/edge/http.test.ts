import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { postConfirm } from '../../src/edge/http.js';
import { CONFIRM, IDS } from './helpers.js';

const HOW = [10_000, true] as const;
const TO = { confirmUrl: CONFIRM };
let fetched: Mock<typeof fetch>;
const request = () => fetched.mock.calls[0] as [string, RequestInit & { headers: Record<string, string>; signal: AbortSignal }];

beforeEach(() => {
  vi.useFakeTimers();
  fetched = vi.fn<typeof fetch>(async () => new Response('{}'));
  vi.stubGlobal('fetch', fetched);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A fetch that ends only when it is aborted: before its headers, or within its body. */
const endless =
  (when: 'headers' | 'body'): typeof fetch =>
  async (_url, init) => {
    const { signal } = init as { signal: AbortSignal };
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
    );
    if (when === 'headers') return aborted;
    return { status: 200, text: () => aborted } as unknown as Response;
  };

describe('the request', () => {
  it('is one POST of both ids as JSON, to the confirm URL', async () => {
    await postConfirm(TO, IDS, ...HOW);
    expect(fetched).toHaveBeenCalledTimes(1);
    const [url, init] = request();
    expect(url).toBe(CONFIRM);
    expect(init.method).toBe('POST');
    expect(init.headers).toEqual({ 'Content-Type': 'application/json' });
    expect(JSON.parse(init.body as string)).toEqual({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
  });

  it('follows no redirect, tells no referrer, and sends cookies as fetch does by default', async () => {
    await postConfirm(TO, IDS, ...HOW);
    const [, init] = request();
    expect(init).toMatchObject({ redirect: 'error', referrerPolicy: 'no-referrer' });
    expect(init.credentials ?? 'same-origin').toBe('same-origin');
    expect(init).not.toHaveProperty('mode');
  });

  it('has a null where the landing has no id', async () => {
    await postConfirm(TO, { impUid: null, merchantUid: 'order_1' }, ...HOW);
    expect(JSON.parse(request()[1].body as string)).toEqual({ imp_uid: null, merchant_uid: 'order_1' });
  });

  it.each([
    ['?t=a.b&imp_uid=imp_1', 'a.b'],
    ['?imp_uid=imp_1&t=%EC%A3%BC', '주'],
    // As the SDK glues it.
    ['?t=a.b?imp_uid=imp_1', 'a.b'],
    ['?tt=1', null],
    ['', null],
  ])('has what is to be passed on from the URL: %j', async (search, t) => {
    history.replaceState(null, '', `/done${search}`);
    await postConfirm({ ...TO, pass: 't' }, IDS, ...HOW);
    expect(JSON.parse(request()[1].body as string)).toEqual({ t, imp_uid: 'imp_1', merchant_uid: 'order_1' });
  });

  it('has the ids, whatever is to be passed on', async () => {
    history.replaceState(null, '', '/done?imp_uid=imp_9');
    await postConfirm({ ...TO, pass: 'imp_uid' }, IDS, ...HOW);
    expect(JSON.parse(request()[1].body as string)).toEqual({ imp_uid: 'imp_1', merchant_uid: 'order_1' });
  });

  it('has nothing of a claim but its ids', async () => {
    const claim = { ...IDS, kind: 'claimed-success', errorCode: 'x', errorMessage: 'y' };
    await postConfirm(TO, claim, ...HOW);
    expect(Object.keys(JSON.parse(request()[1].body as string))).toEqual(['imp_uid', 'merchant_uid']);
  });

  it('carries what is in an id as text', async () => {
    const ids = { impUid: '"},{"\u2028</script>', merchantUid: '../../users' };
    await postConfirm(TO, ids, ...HOW);
    expect(JSON.parse(request()[1].body as string)).toEqual({ imp_uid: ids.impUid, merchant_uid: ids.merchantUid });
  });

  it.each([true, false])('outlives the page as it is told: %s', async (keepalive) => {
    await postConfirm(TO, IDS, 10_000, keepalive);
    expect(request()[1].keepalive).toBe(keepalive);
  });

  it('is under way when the call returns', () => {
    void postConfirm(TO, IDS, ...HOW);
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

describe('the reply', () => {
  it.each([200, 201, 400, 404, 500, 503])('is the status %i and the body as text, unjudged', async (status) => {
    fetched.mockResolvedValue(new Response('한글 <b>', { status }));
    await expect(postConfirm(TO, IDS, ...HOW)).resolves.toEqual({
      httpStatus: status,
      text: '한글 <b>',
      retryAfter: null,
      requestId: null,
    });
  });

  it('has an empty text where there is no body', async () => {
    fetched.mockResolvedValue(new Response(null, { status: 204 }));
    await expect(postConfirm(TO, IDS, ...HOW)).resolves.toEqual({ httpStatus: 204, text: '', retryAfter: null, requestId: null });
  });

  it('has status 0 and the cause where fetch rejects', async () => {
    const cause = new TypeError('Failed to fetch');
    fetched.mockRejectedValue(cause);
    const reply = await postConfirm(TO, IDS, ...HOW);
    expect(reply).toEqual({ httpStatus: 0, cause });
    expect(reply.cause).toBe(cause);
  });

  it('has status 0 and the cause where the body breaks off', async () => {
    const cause = new TypeError('terminated');
    fetched.mockResolvedValue({ status: 200, text: () => Promise.reject(cause) } as unknown as Response);
    await expect(postConfirm(TO, IDS, ...HOW)).resolves.toEqual({ httpStatus: 0, cause });
  });
});

describe('Retry-After', () => {
  it('has the name under which the server has logged it', async () => {
    fetched.mockResolvedValue(new Response('', { status: 500, headers: { 'X-Request-Id': 'ab12' } }));
    await expect(postConfirm(TO, IDS, ...HOW)).resolves.toMatchObject({ requestId: 'ab12' });
  });

  it.each(['2', 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon'])('%s is handed on as it came', async (retryAfter) => {
    fetched.mockResolvedValue(new Response('', { status: 503, headers: { 'Retry-After': retryAfter } }));
    await expect(postConfirm(TO, IDS, ...HOW)).resolves.toEqual({ httpStatus: 503, text: '', retryAfter, requestId: null });
  });
});

describe('the time-out', () => {
  it.each(['headers', 'body'] as const)('is for the whole exchange: %s that never come', async (when) => {
    fetched.mockImplementation(endless(when));
    let reply: unknown;
    const promise = postConfirm(TO, IDS, ...HOW).then((value) => {
      reply = value;
    });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(reply).toBeUndefined();
    expect(request()[1].signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await promise;
    expect(request()[1].signal.aborted).toBe(true);
    expect(reply).toMatchObject({ httpStatus: 0, cause: { name: 'AbortError' } });
  });

  it('does nothing to an answer that came before', async () => {
    fetched.mockResolvedValue(new Response('in time'));
    const reply = await postConfirm(TO, IDS, ...HOW);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reply).toEqual({ httpStatus: 200, text: 'in time', retryAfter: null, requestId: null });
  });

  it("is each request's own", async () => {
    fetched.mockImplementation(endless('headers'));
    const first = postConfirm(TO, IDS, ...HOW);
    await vi.advanceTimersByTimeAsync(6_000);
    const second = postConfirm(TO, IDS, ...HOW);
    await vi.advanceTimersByTimeAsync(4_000);
    await expect(first).resolves.toMatchObject({ httpStatus: 0 });
    expect(fetched.mock.calls.map(([, init]) => init?.signal?.aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(6_000);
    await expect(second).resolves.toMatchObject({ httpStatus: 0 });
  });

  it.each<[given: unknown, ms: number]>([
    [3_000, 3_000],
    ['3000', 3_000],
    [60_000, 60_000],
  ])('is as long as it is told: %j', async (timeoutMs, ms) => {
    fetched.mockImplementation(endless('headers'));
    const promise = postConfirm(TO, IDS, timeoutMs as number, true);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(request()[1].signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(promise).resolves.toMatchObject({ httpStatus: 0 });
  });

  it.each<[name: string, answer: () => Promise<Response>]>([
    ['an answer', async () => new Response('{}')],
    ['a failure', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('leaves no timer behind %s', async (_, answer) => {
    fetched.mockImplementation(answer);
    await postConfirm(TO, IDS, ...HOW);
    expect(vi.getTimerCount()).toBe(0);
  });
});
