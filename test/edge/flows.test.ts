// What is no payment of V1: identity verifications, billing keys, PortOne V2; and what is told about a page that is wrong.
import { Script } from 'node:vm';
import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AdaptEdges, askAdapted } from '../../src/adapt.js';
import { translate, VOCABULARIES, type VocabularyName } from '../../src/core/answers.js';
import type { Claim, ClaimFlow } from '../../src/core/claim.js';
import { diagnosisOf } from '../../src/core/diagnosis.js';
import type { ErrorCode } from '../../src/core/errors.js';
import type { Locale, ViewState } from '../../src/core/messages.js';
import type { CompleteOptions, WrapOptions } from '../../src/core/options.js';
import type { Phase } from '../../src/core/phase.js';
import { type FinalVerdict, parseVerdict, type Reply } from '../../src/core/verdict.js';
import { inTime } from '../../src/edge/http.js';
import { readClaim, readLanding } from '../../src/edge/landing.js';
import { damageOf, makeSafeUrl, resolveUrl } from '../../src/edge/page.js';
import { interceptV2 } from '../../src/edge/sdk-v2.js';
import type { PayEdges } from '../../src/pay.js';
import { modelOf, rowsOf, textOf as textOfModel } from '../core/helpers.js';
import { flush } from './helpers.js';

const SHOP = 'http://shop.example.kr';
const IDS = { impUid: 'imp_1', merchantUid: 'order_1' };
const FLOWS: ClaimFlow[] = ['certification', 'billing'];
const LOCALES: Locale[] = ['ko', 'en'];

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
interface Sdk {
  request_pay: AnyFunction;
  certification: AnyFunction;
}
const host = window as unknown as {
  IMP?: Sdk | undefined;
  PortOne?: { requestPayment: AnyFunction; [name: string]: unknown } | undefined;
};

/** The current SDK's object: complete, getter only, not configurable; or an older one's, which is a plain one. */
const sdkOf = (generation: 'v1' | '1.x', members: Sdk): Sdk => {
  if (generation === '1.x') return { ...members };
  const imp = {} as Sdk;
  for (const [name, method] of Object.entries(members)) Object.defineProperty(imp, name, { enumerable: true, get: () => method });
  return imp;
};

const stored = (): Record<string, unknown> => JSON.parse(localStorage.getItem('imp-redirect') ?? '{}');
/** What is kept of the page with a departure; nothing where there is no departure. */
const contextOf = (merchantUid: string): unknown => (stored()[`departed\t\t${merchantUid}`] as unknown[] | undefined)?.[2];
const isKept = (merchantUid: string) => `departed\t\t${merchantUid}` in stored();

let leave = () => {};

/** The flow `wrap` on this page, as a page load has it: everything is real but the clock and the way out. */
async function wrapPage(options: Partial<WrapOptions> = {}, isMobile = false) {
  vi.resetModules();
  const { wrap, unwrap } = await import('../../src/pay.js');
  const goToLanding = vi.fn<PayEdges['goToLanding']>();
  const onError = vi.fn<NonNullable<WrapOptions['onError']>>();
  const edges: PayEdges = {
    ...(await import('../../src/core/options.js')),
    ...(await import('../../src/edge/page.js')),
    ...(await import('../../src/edge/page-values.js')),
    ...(await import('../../src/edge/sdk.js')),
    ...(await import('../../src/edge/sdk-v2.js')),
    ...(await import('../../src/edge/storage.js')),
    ...(await import('../../src/edge/lifecycle.js')),
    ...(await import('../../src/edge/events.js')),
    ...(await import('../../src/edge/view.js')),
    isMobilePage: () => isMobile,
    later: () => 0,
    cancel: () => {},
    goToLanding,
  };
  wrap({ redirectUrl: '/done', onError, ...options }, edges);
  leave = unwrap;
  return { goToLanding, unwrap, codes: () => onError.mock.calls.map(([{ code }]) => code) };
}

/** The nth argument of a call that there was. */
const argument = <T>(call: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }, index = 0): T => {
  const [args] = call.mock.calls;
  if (!args) throw new Error('it was not called');
  return args[index] as T;
};

const departures: unknown[] = [];
const noteDeparture = (event: Event) => departures.push((event as CustomEvent).detail);

beforeEach(() => {
  document.body.innerHTML = '';
  document.documentElement.lang = 'ko';
  history.replaceState(null, '', '/checkout');
  localStorage.clear();
  departures.length = 0;
  document.addEventListener('imp-redirect:departure', noteDeparture);
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('BroadcastChannel', undefined);
});
afterEach(() => {
  leave();
  leave = () => {};
  delete host.IMP;
  delete host.PortOne;
  document.removeEventListener('imp-redirect:departure', noteDeparture);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe.each(['v1', '1.x'] as const)('an identity verification, SDK %s', (generation) => {
  const request_pay = vi.fn<AnyFunction>();
  const certification = vi.fn<AnyFunction>();
  const passed = () => certification.mock.calls[0] as [Record<string, unknown>, (response: object) => void, ...unknown[]];
  /** The page, with our script before the SDK or behind it. */
  const load = async (options: Partial<WrapOptions> = {}, ours: 'first' | 'last' = 'first', isMobile = false) => {
    const sdk = sdkOf(generation, { request_pay, certification });
    if (ours === 'last') host.IMP = sdk;
    const page = await wrapPage(options, isMobile);
    if (ours === 'first') host.IMP = sdk;
    return { ...page, imp: host.IMP as Sdk };
  };
  beforeEach(() => {
    request_pay.mockReset();
    certification.mockReset();
  });

  it.each(['first', 'last'] as const)('that nobody asked about goes to the SDK as it is, our script %s', async (ours) => {
    const { imp } = await load({}, ours);
    certification.mockReturnValue('returned');
    const params = { merchant_uid: 'order_1', m_redirect_url: 'relative?a=1&b=2' };
    const callback = () => {};
    const receiver = { some: 'receiver' };
    expect(imp.certification.call(receiver, params, callback, 'third')).toBe('returned');
    expect(certification.mock.contexts).toEqual([receiver]);
    expect(certification.mock.calls).toEqual([[params, callback, 'third']]);
    expect(passed()[0]).toBe(params);
    expect(passed()[1]).toBe(callback);
    expect(imp.certification()).toBe('returned');
    expect([departures, stored()]).toEqual([[], {}]);
    const error = new Error('no window');
    certification.mockImplementation(() => {
      throw error;
    });
    expect(() => imp.certification({})).toThrow(error);
  });

  it.each([[true], ['true'], [{ confirmUrl: '/certifications' }]])('that is asked about (%j) has a marked way home', async (option) => {
    for (const ours of ['first', 'last'] as const) {
      certification.mockReset();
      const { imp, unwrap } = await load({ certification: option }, ours);
      certification.mockReturnValue('returned');
      const params = { merchant_uid: 'order_1', popup: false };
      const receiver = { some: 'receiver' };
      expect(imp.certification.call(receiver, params, () => {})).toBe('returned');
      expect(certification.mock.contexts).toEqual([receiver]);
      expect(passed()[0]).toEqual({ ...params, m_redirect_url: `${SHOP}/done?imp_flow=certification` });
      expect(params).toEqual({ merchant_uid: 'order_1', popup: false });
      await flush();
      expect(departures).toEqual([{ merchantUid: 'order_1' }]);
      expect(contextOf('order_1')).toEqual({ imp_flow: 'certification' });
      unwrap();
      delete host.IMP;
      localStorage.clear();
      departures.length = 0;
    }
  });

  it.each([[false], ['false'], [undefined]])('is left alone where the option is off: %j', async (option) => {
    const { imp } = await load({ certification: option });
    const params = { merchant_uid: 'order_1' };
    imp.certification(params);
    expect(passed()[0]).toBe(params);
    expect(isKept('order_1')).toBe(false);
  });

  it('is asked about by a bare attribute, which is empty, and on', async () => {
    const { imp } = await load({ certification: '' });
    imp.certification({ merchant_uid: 'order_1' });
    expect(passed()[0].m_redirect_url).toBe(`${SHOP}/done?imp_flow=certification`);
  });

  it("leaves the merchant's own URL alone, and keeps what it is with the departure", async () => {
    const { imp, codes } = await load({ certification: true });
    const params = { merchant_uid: 'order_1', m_redirect_url: 'https://shop.example/mine' };
    imp.certification(params);
    expect(passed()[0]).toBe(params);
    await flush();
    expect(contextOf('order_1')).toEqual({ imp_flow: 'certification' });
    await vi.waitFor(() => expect(codes()).toEqual([]));
  });

  it("gives the merchant's object what the SDK writes into the params, and not our URL", async () => {
    const { imp } = await load({ certification: true });
    certification.mockImplementation((params) => Object.assign(params as object, { request_id: 'req_1' }));
    const params: Record<string, unknown> = { merchant_uid: 'order_1' };
    imp.certification(params);
    expect(params).toEqual({ merchant_uid: 'order_1', request_id: 'req_1' });
  });

  it("runs the merchant's callback on a PC with the same arguments, and nobody leaves", async () => {
    const { imp, goToLanding } = await load({ certification: true });
    const callback = vi.fn(() => 'returned');
    const response = { success: true, imp_uid: 'imp_1', merchant_uid: 'order_1' };
    imp.certification({ merchant_uid: 'order_1' }, callback);
    expect((passed()[1] as AnyFunction)(response)).toBe('returned');
    expect(callback.mock.calls).toEqual([[response]]);
    expect(goToLanding).not.toHaveBeenCalled();
    expect(isKept('order_1')).toBe(false);
  });

  it.each<[options: Partial<WrapOptions>]>([[{}], [{ callback: 'landing' }]])(
    'comes to the landing by its callback: %j',
    async (options) => {
      const { imp, goToLanding } = await load({ certification: true, redirectUrl: '/done?shop=1', ...options });
      const own = options.callback && vi.fn();
      imp.certification({ merchant_uid: 'order_1' }, own);
      passed()[1]({ success: false, error_code: 'F0000', error_msg: '본인인증을 취소했습니다', imp_uid: 'imp_1', merchant_uid: 'order_1' });
      expect(goToLanding).toHaveBeenCalledTimes(1);
      if (own) expect(own).toHaveBeenCalledTimes(1);
      const landing = argument<string>(goToLanding);
      expect(readClaim(landing)).toMatchObject({
        ...IDS,
        flow: 'certification',
        errorCode: 'F0000',
        errorMessage: '본인인증을 취소했습니다',
      });
      expect(readLanding(landing)?.cleanUrl).toBe(`${SHOP}/done?shop=1`);
    },
  );

  it('does not mark the payment beside it, with inject="mobile" on a phone and on a PC', async () => {
    for (const [isMobile, url] of [
      [true, `${SHOP}/done`],
      [false, undefined],
    ] as const) {
      request_pay.mockReset();
      const { imp, unwrap } = await load({ certification: true, inject: 'mobile' }, 'first', isMobile);
      imp.request_pay({ merchant_uid: 'order_1' });
      expect(argument<Record<string, unknown>>(request_pay).m_redirect_url).toBe(url);
      expect(contextOf('order_1')).toBeUndefined();
      unwrap();
      delete host.IMP;
    }
  });

  it("is the SDK's own again after unwrap, by what a page still holds too", async () => {
    const { imp, unwrap } = await load({ certification: true });
    unwrap();
    const params = { merchant_uid: 'order_1' };
    (host.IMP as Sdk).certification(params);
    imp.certification(params);
    expect(certification.mock.calls.map(([given]) => given === params)).toEqual([true, true]);
    expect(host.IMP?.certification).toBe(certification);
    expect(isKept('order_1')).toBe(false);
  });

  it('needs no certification in the SDK', async () => {
    await wrapPage({ certification: true });
    const bare = sdkOf(generation, { request_pay } as unknown as Sdk);
    host.IMP = bare;
    expect(Object.keys(host.IMP)).toEqual(['request_pay']);
    expect(host.IMP?.certification).toBeUndefined();
    host.IMP?.request_pay({ merchant_uid: 'order_1' });
    expect(request_pay).toHaveBeenCalledTimes(1);
  });
});

/** A page that has nothing to look up. */
const page = { lookUp: () => '', readPassed: () => null, takeVerdict: () => null, submitForm: vi.fn(), resolveUrl };

describe('a billing key', () => {
  const given = (request_pay: ReturnType<typeof vi.fn<AnyFunction>>) => argument<Record<string, unknown>>(request_pay);

  it.each<[name: string, params: object, flow: ClaimFlow | undefined]>([
    ['is asked for by customer_uid', { customer_uid: 'customer_1', amount: 0 }, 'billing'],
    ['is none without one', { amount: 12000 }, undefined],
    ['is none with an empty one', { customer_uid: '' }, undefined],
    ['is none with null', { customer_uid: null }, undefined],
  ])('%s', async (_, params, flow) => {
    await wrapPage();
    const request_pay = vi.fn<AnyFunction>();
    host.IMP = { request_pay, certification: () => {} };
    host.IMP.request_pay({ merchant_uid: 'order_1', ...params });
    expect(given(request_pay).m_redirect_url).toBe(`${SHOP}/done${flow ? `?imp_flow=${flow}` : ''}`);
    await flush();
    expect(contextOf('order_1')).toEqual(flow && { imp_flow: flow });
    // The SDK's own params go untouched, whatever they mean.
    expect(given(request_pay)).toMatchObject(params);
  });

  it('keeps what was asked to be kept beside its mark', async () => {
    await wrapPage({ contextParams: 'amount customer_uid', context: () => ({ plan: 'yearly' }) });
    host.IMP = { request_pay: () => {}, certification: () => {} };
    host.IMP.request_pay({ merchant_uid: 'order_1', customer_uid: 'customer_1', amount: 0 });
    await flush();
    expect(contextOf('order_1')).toEqual({ plan: 'yearly', amount: 0, customer_uid: 'customer_1', imp_flow: 'billing' });
  });
});

/** A URL as the ways home write to it: 1.x glues onto the last of two parameters, others append, and PCs' callbacks are ours. */
const WAYS: readonly ((url: string, fields: string) => string)[] = [
  (url, fields) =>
    url.replace(/^([^?#]*)(\?[^#]*)?/, (_, path, query = '') => path + query + (!query ? '?' : query.includes('&') ? '' : '&') + fields),
  (url, fields) => url.replace(/^([^?#]*)(\?[^#]*)?/, (_, path, query) => `${path}${query ? `${query}&` : '?'}${fields}`),
  (url, fields) => {
    const { origin, pathname, searchParams, hash } = new URL(url);
    new URLSearchParams(fields).forEach((value, name) => {
      searchParams.append(name, value);
    });
    return `${origin}${pathname}?${searchParams}${hash}`;
  },
];

describe('the mark', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abz09-_.'), minLength: 1, maxLength: 6 }).map((text) => `k${text}`);
  const query = fc.uniqueArray(fc.tuple(word, word), { maxLength: 3, selector: ([name]) => name });
  const hash = fc.oneof(
    fc.constant(''),
    fc.constant('#'),
    word.map((text) => `#${text}`),
    word.map((text) => `#/${text}`),
  );

  it('survives every redirect URL of a merchant, and every way home, and is gone from the clean URL', async () => {
    const request_pay = vi.fn<AnyFunction>();
    const certification = vi.fn<AnyFunction>();
    vi.resetModules();
    const { wrap } = await import('../../src/index.js');
    const { unwrap } = await import('../../src/pay.js');
    leave = unwrap;
    wrap({ redirectUrl: '/', certification: true, onError: () => {} });
    host.IMP = { request_pay, certification };
    fc.assert(
      fc.property(
        fc.constantFrom(...FLOWS),
        fc.constantFrom('/', '/done', '/결제/완료'),
        query,
        hash,
        fc.constantFrom(...WAYS),
        fc.constantFrom('success=true', 'success=false', 'imp_success=true', 'imp_success=false&error_msg=no'),
        (flow, path, pairs, fragment, comeHome, flag) => {
          const text = pairs.map((pair) => pair.join('=')).join('&');
          wrap({ redirectUrl: `${path}${text && `?${text}`}${fragment}`, certification: true, onError: () => {} });
          const call = flow === 'billing' ? request_pay : certification;
          call.mockClear();
          const params = { merchant_uid: 'order_1', ...(flow === 'billing' && { customer_uid: 'customer_1' }) };
          (flow === 'billing' ? host.IMP?.request_pay : host.IMP?.certification)?.(params);
          const { m_redirect_url } = argument<{ m_redirect_url: string }>(call);
          const landed = comeHome(m_redirect_url, `imp_uid=imp_1&merchant_uid=order_1&${flag}`);
          const { claim, cleanUrl } = readLanding(landed) as { claim: Claim; cleanUrl: string };
          expect(claim).toMatchObject({ ...IDS, flow, kind: /true/.test(flag) ? 'claimed-success' : 'claimed-failure' });
          expect(cleanUrl).not.toMatch(/imp_|success|error_/);
          const clean = new URL(cleanUrl);
          expect(clean.pathname).toBe(encodeURI(path));
          expect([...clean.searchParams].filter(([name]) => name)).toEqual(pairs);
          expect(clean.hash).toBe(new URL(fragment || '#', SHOP).hash);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts only as it is written, and only beside a landing', () => {
    const landing = (mark: string) => readClaim(`${SHOP}/done?${mark}&imp_uid=imp_1&merchant_uid=order_1&success=true`);
    for (const flow of FLOWS) expect(landing(`imp_flow=${flow}`)?.flow).toBe(flow);
    for (const mark of [
      'imp_flow=',
      'imp_flow',
      'imp_flow=payment',
      'imp_flow=CERTIFICATION',
      'imp_flow=billings',
      'my_imp_flow=billing',
      'a=1',
    ])
      expect(landing(mark)).not.toHaveProperty('flow');
    expect(readClaim(`${SHOP}/done?imp_flow=certification`)).toBeNull();
    expect(readLanding(`${SHOP}/done?imp_flow=x&imp_uid=imp_1`)?.cleanUrl).toBe(`${SHOP}/done?imp_flow=x`);
  });

  it('is read where a landing was pasted on with a second "?", like its ids', () => {
    for (const flow of FLOWS)
      expect(readClaim(`${SHOP}/done?imp_flow=${flow}?imp_uid=imp_1&merchant_uid=order_1&success=true`)).toMatchObject({ ...IDS, flow });
  });

  it('is read in the query of a hash', () => {
    const { claim, cleanUrl } = readLanding(`${SHOP}/#/done?imp_flow=billing&a=1&imp_uid=imp_1&merchant_uid=order_1`) ?? {};
    expect(claim).toMatchObject({ ...IDS, flow: 'billing' });
    expect(cleanUrl).toBe(`${SHOP}/#/done?a=1`);
  });
});

describe('whom the server is asked about', () => {
  const CERTIFICATION: CompleteOptions['certification'] = {
    confirmUrl: '/certifications/{imp_uid}',
    method: 'PUT',
    encoding: 'form',
    body: 'uid={imp_uid}',
    headers: { 'X-Flow': 'identity' },
    credentials: 'include',
    answers: 'result OK=certified NO=failed PAID=paid',
  };
  const ask = async (options: Partial<CompleteOptions>, flow: ClaimFlow | undefined, answer: object, context?: object) => {
    const send = vi.fn<AdaptEdges['send']>(async () => ({ httpStatus: 200, text: JSON.stringify(answer) }));
    const readContext = vi.fn<AdaptEdges['readContext']>(async () => context as never);
    const edges = { inTime, send, readContext, ...page, goToLanding: vi.fn() };
    const ids = { ...IDS, ...(flow && { flow }) };
    const reply = await askAdapted({ confirmUrl: `${SHOP}/payments`, ...options }, ids, 60_000, false, true, edges);
    const outcome = parseVerdict(reply, IDS);
    return {
      reply,
      sent: send.mock.calls.map(([url]) => url),
      init: send.mock.calls[0]?.[1],
      status: outcome instanceof Error ? `${outcome.code}` : outcome.status,
    };
  };
  const say = (status: string) => ({ status, imp_uid: 'imp_1', merchant_uid: 'order_1', issued: true });

  it('asks the certification request, in its own way, and reads its own words', async () => {
    const { sent, init, status } = await ask({ certification: CERTIFICATION, method: 'PATCH', answers: 'v2' }, 'certification', {
      result: 'OK',
    });
    expect(sent).toEqual(['/certifications/imp_1']);
    expect(init).toMatchObject({ method: 'PUT', credentials: 'include' });
    expect(`${init?.body}`).toBe('uid=imp_1');
    expect(new Headers(init?.headers).get('X-Flow')).toBe('identity');
    expect(status).toBe('certified');
  });

  it.each<[name: string, flow: ClaimFlow | undefined]>([
    ['a payment', undefined],
    ['a billing key', 'billing'],
  ])('asks about %s as ever', async (_, flow) => {
    const { sent, init, status } = await ask({ certification: CERTIFICATION }, flow, say('paid'));
    expect(sent).toEqual([`${SHOP}/payments`]);
    expect(init).toMatchObject({ method: 'POST' });
    expect(status).toBe('paid');
  });

  it('asks about a verification like a payment where nothing else is said, and its verdict is another', async () => {
    const { sent, status } = await ask({}, 'certification', say('certified'));
    expect(sent).toEqual([`${SHOP}/payments`]);
    expect(status).toBe('certified');
  });

  const POSITIVE: [flow: ClaimFlow | undefined, verdicts: string[]][] = [
    [undefined, ['paid', 'ready']],
    ['billing', ['paid', 'ready', 'registered']],
    ['certification', ['certified']],
  ];
  for (const [flow, verdicts] of POSITIVE)
    for (const status of ['paid', 'ready', 'certified', 'registered'])
      it(`${verdicts.includes(status) ? 'takes' : 'refuses'} "${status}" about ${flow ?? 'a payment'}`, async () => {
        const next = { confirmUrl: `${SHOP}/save` };
        for (const certification of [undefined, { confirmUrl: `${SHOP}/payments` }]) {
          const asked = await ask({ certification, next }, flow, say(status));
          expect(asked.status).toBe(verdicts.includes(status) ? status : 'confirm_unreadable');
          if (verdicts.includes(status)) continue;
          // The merchant is told why, and nothing is saved.
          expect(asked.reply.cause).toContain(status);
          expect(asked.sent).toHaveLength(1);
        }
      });

  it.each(['failed', 'cancelled', 'forged', 'pending'])('takes "%s" about any of them', async (status) => {
    for (const flow of [undefined, ...FLOWS]) expect((await ask({}, flow, say(status))).status).toBe(status);
  });

  it('takes no "paid" out of a vocabulary of its own either', async () => {
    expect((await ask({ certification: CERTIFICATION }, 'certification', { result: 'PAID' })).status).toBe('confirm_unreadable');
    expect((await ask({ answers: 'result OK=certified' }, undefined, { result: 'OK' })).status).toBe('confirm_unreadable');
    const confirm = () => say('certified');
    expect((await ask({ confirm }, undefined, {})).status).toBe('confirm_unreadable');
  });

  describe('where the landing has no mark, what is kept of the departure says it', () => {
    it('of a verification', async () => {
      const asked = await ask({ certification: CERTIFICATION }, undefined, { result: 'OK' }, { imp_flow: 'certification' });
      expect(asked.sent).toEqual(['/certifications/imp_1']);
      expect(asked.status).toBe('certified');
      expect((await ask({ certification: CERTIFICATION }, undefined, { result: 'PAID' }, { imp_flow: 'certification' })).status).toBe(
        'confirm_unreadable',
      );
    });

    it('of a verification that is asked about like a payment', async () => {
      expect((await ask({}, undefined, say('certified'), { imp_flow: 'certification' })).status).toBe('certified');
      expect((await ask({}, undefined, say('paid'), { imp_flow: 'certification' })).status).toBe('confirm_unreadable');
    });

    it('of a billing key', async () => {
      expect((await ask({}, undefined, say('registered'), { imp_flow: 'billing' })).status).toBe('registered');
      expect((await ask({ certification: CERTIFICATION }, undefined, say('registered'), { imp_flow: 'billing' })).status).toBe(
        'registered',
      );
    });

    it('and a mark outranks it', async () => {
      const asked = await ask({ certification: CERTIFICATION }, 'certification', { result: 'OK' }, { imp_flow: 'billing' });
      expect(asked.status).toBe('certified');
    });
  });

  it.each([[{}], [{ answers: 'result OK=certified' }], [true]])(
    'falls back to the usual request where the certification one has no URL: %j',
    async (certification) => {
      const { sent } = await ask({ certification: certification as never }, 'certification', say('certified'));
      expect(sent).toEqual([`${SHOP}/payments`]);
    },
  );
});

describe('a crash between departure and landing', () => {
  const answer = (status: string) => new Response(JSON.stringify({ status, imp_uid: null, merchant_uid: 'order_1' }));

  it.each<[flow: ClaimFlow, url: string, verdict: string]>([
    ['certification', `${SHOP}/certifications`, 'certified'],
    ['billing', `${SHOP}/payments`, 'registered'],
  ])('%s: the next page asks about it as what it was', async (flow, url, status) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_767_225_599_000 });
    await wrapPage({ certification: true });
    host.IMP = { request_pay: () => {}, certification: () => {} };
    if (flow === 'billing') host.IMP.request_pay({ merchant_uid: 'order_1', customer_uid: 'customer_1' });
    else host.IMP.certification({ merchant_uid: 'order_1' });
    // Behind the departure, in the database: it is written down by now.
    expect(await (await import('../../src/edge/storage.js')).readEntries()).toMatchObject({ 'departed\t\torder_1': {} });
    vi.setSystemTime(Date.now() + 3_600_000);

    const fetched = vi.fn<typeof fetch>(async () => answer(status));
    vi.stubGlobal('fetch', fetched);
    vi.resetModules();
    const { complete } = await import('../../src/index.js');
    const onRecovered = vi.fn<NonNullable<CompleteOptions['onRecovered']>>();
    const onPaid = vi.fn();
    const onError = vi.fn();
    await complete({
      confirmUrl: '/payments',
      certification: { confirmUrl: `${SHOP}/certifications` },
      recover: 'banner',
      onRecovered,
      onPaid,
      onError,
    });
    await vi.waitFor(() => expect(onRecovered).toHaveBeenCalledTimes(1), { timeout: 30_000, interval: 10 });
    expect(fetched.mock.calls.map(([asked]) => asked)).toEqual([url]);
    expect(onRecovered.mock.calls[0]?.[0]).toMatchObject({ claim: { merchantUid: 'order_1' }, verdict: { status } });
    await vi.waitFor(() => expect(stored()).toEqual({}), { timeout: 30_000, interval: 10 });
    expect(onPaid).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
    // A banner speaks of payments.
    expect(document.querySelector('.imp-redirect-banner')).toBeNull();
  });
});

describe('the words on the card', () => {
  const verdictOf = (status: string, more: object = {}) =>
    parseVerdict(
      { httpStatus: 200, text: JSON.stringify({ status, imp_uid: 'imp_1', merchant_uid: 'order_1', issued: true, ...more }) },
      IDS,
    ) as FinalVerdict;
  const claimOf = (flow?: ClaimFlow, more: Partial<Claim> = {}): Claim => ({
    kind: 'claimed-success',
    ...IDS,
    errorCode: null,
    errorMessage: null,
    ...(flow && { flow }),
    ...more,
  });
  const settled = (status: string, claim: Claim, more?: object): Phase => ({ name: 'settled', claim, verdict: verdictOf(status, more) });
  const open = (name: 'confirming' | 'retrying' | 'deferred', claim: Claim): Phase => ({ name, claim });
  const FAILURE = { kind: 'claimed-failure' } as const;
  const NAMELESS = { impUid: null, merchantUid: null };
  const textOf = (phase: Phase, locale: Locale, isBanner = false) => textOfModel(modelOf(phase, locale, isBanner));

  const phasesOf = (flow: ClaimFlow): readonly (readonly [state: ViewState, phase: Phase])[] => [
    ['confirming', open('confirming', claimOf(flow))],
    ['incomplete', open('confirming', claimOf(flow, FAILURE))],
    ['retrying', open('retrying', claimOf(flow))],
    ['retrying', open('retrying', claimOf(flow, FAILURE))],
    ['deferred', open('deferred', claimOf(flow))],
    ['deferred', open('deferred', claimOf(flow, NAMELESS))],
    ...(['failed', 'cancelled', 'forged', 'page', flow === 'certification' ? 'certified' : 'registered'] as const).map(
      (status) => [status, settled(status, claimOf(flow))] as const,
    ),
  ];

  const TITLES: Record<ClaimFlow, Record<Locale, readonly string[]>> = {
    certification: {
      ko: [
        '본인인증을 확인하고 있어요',
        '본인인증이 완료되지 않았어요',
        '본인인증을 확인하고 있어요',
        '본인인증을 확인하고 있어요',
        '본인인증을 확인하고 있어요',
        '어떤 본인인증인지 확인하지 못했어요',
        '본인인증이 완료되지 않았어요',
        '본인인증이 취소됐어요',
        '인증 내역이 주문과 달라요',
        '본인인증을 확인하고 있어요',
        '본인인증이 완료됐어요',
      ],
      en: [
        'Checking your identity verification',
        'Identity verification not completed',
        'Checking your identity verification',
        'Checking your identity verification',
        'Checking your identity verification',
        'Identity verification not recognised',
        'Identity verification not completed',
        'Identity verification cancelled',
        'Identity verification does not match the order',
        'Checking your identity verification',
        'Identity verification complete',
      ],
    },
    billing: {
      ko: [
        '결제수단 등록을 확인하고 있어요',
        '결제수단 등록이 완료되지 않았어요',
        '결제수단 등록을 확인하고 있어요',
        '결제수단 등록을 확인하고 있어요',
        '결제수단 등록을 확인하고 있어요',
        '어떤 결제수단 등록인지 확인하지 못했어요',
        '결제수단 등록이 완료되지 않았어요',
        '결제수단 등록이 취소됐어요',
        '등록 내역이 주문과 달라요',
        '결제수단 등록을 확인하고 있어요',
        '결제수단 등록이 완료됐어요',
      ],
      en: [
        'Checking your payment method registration',
        'Payment method registration not completed',
        'Checking your payment method registration',
        'Checking your payment method registration',
        'Checking your payment method registration',
        'Payment method registration not recognised',
        'Payment method registration not completed',
        'Payment method registration cancelled',
        'Payment method registration does not match the order',
        'Checking your payment method registration',
        'Payment method registration complete',
      ],
    },
  };

  for (const flow of FLOWS)
    for (const locale of LOCALES)
      it(`have their own title in every state of ${flow}, in ${locale}`, () => {
        const phases = phasesOf(flow);
        expect(phases.map(([, phase]) => modelOf(phase, locale).state)).toEqual(phases.map(([state]) => state));
        expect(phases.map(([, phase]) => rowsOf(modelOf(phase, locale))[0]?.[1])).toEqual(TITLES[flow][locale]);
      });

  it.each(LOCALES)('never say that a verification is a payment, in any row, on a banner either: %s', (locale) => {
    for (const [, phase] of phasesOf('certification'))
      for (const isBanner of [false, true]) expect(textOf(phase, locale, isBanner)).not.toMatch(/결제|\bpa(y|id)/i);
  });

  it.each(LOCALES)('never say that a registration has taken money: %s', (locale) => {
    for (const [, phase] of phasesOf('billing'))
      for (const isBanner of [false, true])
        expect(textOf(phase, locale, isBanner)).not.toMatch(/결제(?!수단 등록)|\bpaid|\bpay\b|payment(?! method)|입금/i);
  });

  it('say that a billing key was paid with where the server says so', () => {
    expect(textOf(settled('paid', claimOf('billing'), { amount: 9900 }), 'ko')).toContain('결제가 완료됐어요');
    expect(textOf(settled('paid', claimOf('billing')), 'en')).toContain('Payment complete');
  });

  it.each(LOCALES)('never call a verification or a registration a payment where the landing had no mark: %s', (locale) => {
    expect(textOf(settled('certified', claimOf()), locale)).toContain(TITLES.certification[locale].at(-1));
    expect(textOf(settled('registered', claimOf()), locale)).toContain(TITLES.billing[locale].at(-1));
  });

  it("show the gateway's own words and the order, whatever the flow", () => {
    const claim = claimOf('certification', { ...FAILURE, errorMessage: '이미 결제 <b>' });
    expect(textOf(open('deferred', claim), 'ko')).toContain('이미 결제 <b>');
    expect(textOf(settled('certified', claimOf('certification')), 'ko')).toContain('주문번호: order_1');
  });
});

// As sdk.test.ts: each test has a window of its own, in which everything runs as a classic script does.
describe('PortOne V2 on the page', () => {
  const OURS = `var restore = (${interceptV2})((original) => function (request, ...rest) {
    return original.call(this, { ...request, injected: (request.injected || 0) + 1 }, ...rest);
  });`;
  const members = (version: string) => `{
    requestPayment: function (request) { calls.push({ self: this, request, version: '${version}' }); return 'returned'; },
    requestIssueBillingKey: function () { return [this.version, arguments.length]; },
    version: '${version}',
  }`;
  const SDKS: [name: string, script: (version: string) => string][] = [
    ['declared with var', (version) => `var PortOne = ${members(version)};`],
    ['assigned', (version) => `window.PortOne = ${members(version)};`],
    [
      'published empty, filled afterwards',
      (version) => `window.PortOne = {}; (function (sdk) { Object.assign(sdk, ${members(version)}); })(window.PortOne);`,
    ],
    [
      'getters only',
      (version) => `window.PortOne = (function (all) {
        var sdk = {};
        Object.keys(all).forEach(function (name) { Object.defineProperty(sdk, name, { enumerable: true, get: function () { return all[name]; } }); });
        return sdk;
      })(${members(version)});`,
    ],
  ];
  interface Call {
    readonly request: { readonly injected?: number };
    readonly version: string;
  }
  const createPage = () => {
    const context = new JSDOM('', { url: `${SHOP}/checkout`, runScripts: 'outside-only' }).getInternalVMContext();
    const run = (code: string): unknown => new Script(code).runInContext(context);
    run('var calls = [];');
    return {
      run,
      calls: () => run('calls') as Call[],
      injected: () => (run('calls') as Call[]).map(({ request }) => request.injected ?? 0),
    };
  };
  const PAY = `PortOne.requestPayment({ paymentId: 'order_1' })`;

  describe.each(SDKS)('%s', (_, sdk) => {
    it.each<[name: string, scripts: string[]]>([
      ['our script first', [OURS, sdk('1')]],
      ['our script last', [sdk('1'), OURS]],
    ])('%s: a payment goes through us exactly once', (_order, scripts) => {
      const page = createPage();
      for (const script of scripts) page.run(script);
      expect(page.run(PAY)).toBe('returned');
      expect(page.run(`window.PortOne['requestPayment']({}), (0, PortOne.requestPayment)({})`)).toBe('returned');
      expect(page.injected()).toEqual([1, 1, 1]);
    });

    it.each<[name: string, scripts: string[]]>([
      ['first', [OURS, sdk('1')]],
      ['last', [sdk('1'), OURS]],
    ])('is one object, with members of its own, our script %s', (_order, scripts) => {
      const page = createPage();
      for (const script of scripts) page.run(script);
      expect(page.run('PortOne === window.PortOne && PortOne === PortOne && PortOne.requestPayment === PortOne.requestPayment')).toBe(true);
      expect(page.run('Object.keys(PortOne)')).toEqual(['requestPayment', 'requestIssueBillingKey', 'version']);
      expect(page.run('PortOne.version')).toBe('1');
      expect(page.run('PortOne.requestIssueBillingKey(1, 2)')).toEqual(['1', 2]);
      expect(page.run(`'loadPaymentUI' in PortOne`)).toBe(false);
      expect(page.run('PortOne.loadPaymentUI')).toBeUndefined();
    });

    it('loaded again goes through us, as the new one', () => {
      const page = createPage();
      for (const script of [OURS, sdk('1')]) page.run(script);
      page.run('var old = PortOne');
      page.run(sdk('2'));
      page.run(PAY);
      page.run(`old.requestPayment({})`);
      expect(page.calls().map(({ version }) => version)).toEqual(['2', '1']);
      expect(page.injected()).toEqual([1, 1]);
    });

    it.each<[name: string, scripts: string[]]>([
      ['first', [OURS, sdk('1')]],
      ['last', [sdk('1'), OURS]],
    ])('is itself again after restoring, our script %s', (_order, scripts) => {
      const page = createPage();
      for (const script of scripts) page.run(script);
      page.run(PAY);
      page.run('restore()');
      page.run(PAY);
      expect(page.injected()).toEqual([1, 0]);
      page.run(sdk('2'));
      page.run(PAY);
      expect(page.injected()).toEqual([1, 0, 0]);
      expect(page.run('PortOne.version')).toBe('2');
    });
  });

  it('is called through us, and without an exception, where it is frozen', () => {
    for (const scripts of [0, 1].map((turn) => [OURS, `window.PortOne = Object.freeze(${members('1')});`].sort(() => 2 * turn - 1))) {
      const page = createPage();
      for (const script of scripts) page.run(script);
      expect(page.run(PAY)).toBe('returned');
      expect(page.injected()).toEqual([1]);
      expect(page.run('PortOne.version')).toBe('1');
    }
  });

  it('reads undefined until the SDK is there, and again where there was none to restore', () => {
    const page = createPage();
    page.run(OURS);
    expect(page.run('typeof PortOne')).toBe('undefined');
    expect(page.run('Boolean(window.PortOne)')).toBe(false);
    page.run('restore()');
    expect(page.run(`'PortOne' in window`)).toBe(false);
  });

  it('put back by a page that has read it is not wrapped twice', () => {
    const page = createPage();
    page.run(OURS);
    page.run(`window.PortOne = ${members('1')}`);
    page.run('window.PortOne = window.PortOne; var sdk = PortOne; window.PortOne = undefined; window.PortOne = sdk;');
    page.run(PAY);
    expect(page.injected()).toEqual([1]);
  });

  it('takes what a page writes onto it', () => {
    const page = createPage();
    page.run(OURS);
    page.run(`window.PortOne = ${members('1')}`);
    page.run('PortOne.mine = 1');
    expect(page.run('PortOne.mine')).toBe(1);
    page.run('restore()');
    expect(page.run('PortOne.mine')).toBe(1);
  });
});

describe('a payment of PortOne V2', () => {
  const requestPayment = vi.fn<AnyFunction>();
  const given = () => argument<Record<string, unknown>>(requestPayment);
  beforeEach(() => {
    requestPayment.mockReset();
  });
  const load = async (options: Partial<WrapOptions> = {}, isMobile = false) => {
    const page = await wrapPage(options, isMobile);
    host.PortOne = { requestPayment };
    return page;
  };
  const pay: AnyFunction = (...args) => host.PortOne?.requestPayment(...args);

  it('gets a redirectUrl where it has none, in a copy', async () => {
    await load({ redirectUrl: '/done?order={paymentId}&sum={totalAmount}' });
    const request = Object.freeze({ paymentId: 'order 1', totalAmount: 1000, products: Object.freeze([{}]) });
    pay(request, 'second');
    expect(given()).toEqual({ ...request, redirectUrl: `${SHOP}/done?order=order%201&sum=1000&` });
    expect(given().products).toBe(request.products);
    expect(requestPayment.mock.calls[0]?.[1]).toBe('second');
    expect(request).not.toHaveProperty('redirectUrl');
  });

  it.each(['https://other.example/x', 'moamoa://done', '/relative'])("keeps the merchant's own: %s", async (redirectUrl) => {
    await load();
    const request = { paymentId: 'order_1', redirectUrl };
    pay(request);
    expect(given()).toBe(request);
    expect(request).toEqual({ paymentId: 'order_1', redirectUrl });
  });

  it.each([[undefined], [null], ['']])('takes %j for none', async (redirectUrl) => {
    await load();
    const request = { paymentId: 'order_1', redirectUrl };
    pay(request);
    expect(given().redirectUrl).toBe(`${SHOP}/done`);
    expect(request.redirectUrl).toBe(redirectUrl);
  });

  it('with inject="mobile" is left alone on a PC only', async () => {
    const { unwrap } = await load({ inject: 'mobile' });
    const request = { paymentId: 'order_1' };
    pay(request);
    expect(given()).toBe(request);
    unwrap();
    requestPayment.mockReset();
    await load({ inject: 'mobile' }, true);
    pay(request);
    expect(given().redirectUrl).toBe(`${SHOP}/done`);
  });

  it('goes through untouched where there is no request, and after unwrap', async () => {
    const { unwrap } = await load();
    pay();
    pay(null, 1);
    expect(requestPayment.mock.calls).toEqual([[], [null, 1]]);
    const held = host.PortOne;
    unwrap();
    const request = { paymentId: 'order_1' };
    held?.requestPayment(request);
    pay(request);
    expect(requestPayment.mock.calls.slice(2).map(([got]) => got === request)).toEqual([true, true]);
    expect(isKept('order_1')).toBe(false);
  });

  it('gives the very promise back; its departure is kept under paymentId, and dropped when it resolves', async () => {
    await load({ contextParams: 'totalAmount' });
    let resolve = (_: unknown) => {};
    const promise = new Promise((yes) => {
      resolve = yes;
    });
    requestPayment.mockReturnValue(promise);
    const returned = pay({ paymentId: 'order_1', totalAmount: 1000 });
    expect(returned).toBe(promise);
    expect(contextOf('order_1')).toEqual({ totalAmount: 1000 });
    expect(departures).toEqual([{ merchantUid: 'order_1' }]);
    const result = { paymentId: 'order_1', code: 'FAILURE_TYPE_PG', message: 'no' };
    resolve(result);
    await expect(returned).resolves.toBe(result);
    await vi.waitFor(() => expect(stored()).toEqual({}));
  });

  it('rejects as without us, once, and its departure stays', async () => {
    await load();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const error = new Error('no window');
    requestPayment.mockImplementation(() => Promise.reject(error));
    await expect(pay({ paymentId: 'order_1' })).rejects.toBe(error);
    await flush();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(isKept('order_1')).toBe(true);
  });

  it('throws as without us, and may return no promise at all', async () => {
    await load();
    const error = new TypeError('bad request');
    requestPayment.mockImplementationOnce(() => {
      throw error;
    });
    expect(() => pay({ paymentId: 'order_1' })).toThrow(error);
    requestPayment.mockReturnValue('later');
    expect(pay({ paymentId: 'order_1' })).toBe('later');
  });

  it('without a paymentId is told of, and goes on', async () => {
    const { codes } = await load();
    pay({ storeId: 'store_1' });
    expect(given().redirectUrl).toBe(`${SHOP}/done`);
    await vi.waitFor(() => expect(codes()).toEqual(['merchant_uid_missing']));
    expect(stored()).toEqual({});
  });
});

describe('a landing of PortOne V2', () => {
  const read = (query: string) => readLanding(`${SHOP}/done?utm=1&${query}#x`);

  it.each<[name: string, query: string, said: Partial<Claim>]>([
    ['a payment', 'transactionType=PAYMENT&txId=tx_1&paymentId=order_1', { kind: 'unknown', impUid: 'tx_1', merchantUid: 'order_1' }],
    ['in the spelling of old pages', 'payment_id=order_1', { kind: 'unknown', impUid: null, merchantUid: 'order_1' }],
    [
      'a failure',
      'paymentId=order_1&code=FAILURE_TYPE_PG&message=%ED%95%9C%EB%8F%84&pgCode=51&pgMessage=%ED%95%9C%EB%8F%84',
      { kind: 'claimed-failure', merchantUid: 'order_1', errorCode: 'FAILURE_TYPE_PG', errorMessage: '한도' },
    ],
    [
      'a customer who went back',
      'paymentId=order_1&code=FAILURE_TYPE_PG&message=PAY_PROCESS_CANCELED',
      { kind: 'cancelled', merchantUid: 'order_1' },
    ],
  ])('is read into the same claim: %s', (_, query, said) => {
    expect(read(query)?.claim).toMatchObject(said);
  });

  it.each([
    'transactionType=PAYMENT&txId=tx_1&paymentId=order_1',
    'paymentId=order_1&code=FAILURE_TYPE_PG&message=no',
    'paymentId=order_1&code=FAILURE_TYPE_PG&message=no&pgCode=51&pgMessage=no',
    'transactionType=PAYMENT&txId=tx_1&paymentId=order_1&paymentToken=token_1',
  ])('leaves a clean URL: %s', (query) => {
    expect(read(query)?.cleanUrl).toBe(`${SHOP}/done?utm=1#x`);
  });

  it.each(['code=1&message=hello', 'page=paymentId', 'resultCode=Success&paymentId=20230101', 'message=paymentId', 'orderpaymentId=1'])(
    'is none: %s',
    (query) => {
      expect(read(query)).toBeUndefined();
    },
  );

  it('takes no code and no message from a landing of V1', () => {
    const { claim, cleanUrl } = read('code=abc&message=hi&imp_uid=imp_1&merchant_uid=order_1&imp_success=true') ?? {};
    expect(claim).toMatchObject({ ...IDS, kind: 'claimed-success', errorCode: null, errorMessage: null });
    expect(cleanUrl).toBe(`${SHOP}/done?utm=1&code=abc&message=hi#x`);
  });
});

// A customer's own, which may stand in anything that comes by. What is left of it after "=" or in a query is cut off.
const LETTERS = fc.constantFrom(...'abcdefXYZ0123456789-_ 가나다홍길동<>"\'@');
const personal = fc.string({ unit: LETTERS, minLength: 3, maxLength: 12 }).map((text) => `Q${text.trim() || 'x'}Q`);
const CODES: Record<ErrorCode, true> = {
  invalid_option: true,
  result_not_found: true,
  claim_unreadable: true,
  confirm_unreachable: true,
  confirm_unreadable: true,
  confirm_expired: true,
  wrapped_late: true,
  already_open: true,
  merchant_uid_missing: true,
  redirect_url_unsafe: true,
  callback_threw: true,
  context_failed: true,
  value_missing: true,
  storage_unavailable: true,
  sdk_not_found: true,
  script_twice: true,
};
const ALL_CODES = Object.keys(CODES) as ErrorCode[];

describe('what is told about a page', () => {
  const say = (code: ErrorCode, detail: unknown, locale: Locale = 'en') => {
    const [told] = diagnosisOf([[code, detail]], locale);
    if (!told) throw new Error('nothing is told');
    return told;
  };

  it.each(ALL_CODES)('has words in both languages, and a link: %s', (code) => {
    const ko = say(code, '', 'ko');
    const en = say(code, '', 'en');
    for (const told of [ko, en]) {
      expect(Object.keys(told)).toEqual(['code', 'message', 'detail', 'url']);
      expect(told.code).toBe(code);
      expect(new URL(told.url).hash).toBe(`#${code}`);
    }
    expect(ko.message).toMatch(/[가-힣].*[.요다]$/);
    expect(en.message).toMatch(/^[A-Za-z][^가-힣]+\.$/);
  });

  it('has other words for each, and keeps their order', () => {
    for (const locale of LOCALES) {
      const told = diagnosisOf(new Map(ALL_CODES.map((code) => [code, ''])), locale);
      expect(told.map(({ code }) => code)).toEqual(ALL_CODES);
      expect(new Set(told.map(({ message }) => message)).size).toBe(ALL_CODES.length);
    }
    expect(diagnosisOf([], 'ko')).toEqual([]);
  });

  it('never has the customer’s own in it: in what a server answers, whatever was expected', () => {
    fc.assert(
      fc.property(
        personal,
        personal,
        fc.constantFrom(...(Object.keys(VOCABULARIES) as VocabularyName[])),
        fc.nat(3),
        (id, message, answers, shape) => {
          const answer = [
            JSON.stringify({
              status: message,
              imp_uid: id,
              merchant_uid: id,
              code: message,
              response: { status: message, buyer_name: id },
            }),
            `${message} ${id}`,
            JSON.stringify(message),
            JSON.stringify([id, message]),
          ][shape] as string;
          const reply: Reply = translate({ httpStatus: 200, text: answer }, IDS, answers);
          const outcome = parseVerdict(reply, IDS);
          if (!(outcome instanceof Error)) throw new Error('a verdict');
          for (const locale of LOCALES) {
            const told = JSON.stringify(say(outcome.code, reply.cause ?? reply.httpStatus, locale));
            expect(told).not.toContain(id);
            expect(told).not.toContain(message);
          }
        },
      ),
    );
  });

  it('never has the customer’s own in it: in names that a server gives to its answer', () => {
    fc.assert(
      fc.property(personal, (id) => {
        const reply = translate({ httpStatus: 200, text: JSON.stringify({ [id]: { status: 'paid' } }) }, { ...IDS, merchantUid: id }, 'v2');
        expect(say('confirm_unreadable', reply.cause).detail).not.toContain(id);
      }),
    );
  });

  it('never has the customer’s own in it: in what a merchant’s own request throws', async () => {
    await fc.assert(
      fc.asyncProperty(personal, async (id) => {
        const confirm = () => Promise.reject(new Error(`no order ${id}`));
        const edges = { inTime, send: vi.fn(), readContext: async () => undefined, ...page };
        const reply = await askAdapted({ confirmUrl: '/', confirm }, IDS, 60_000, false, true, { ...edges, goToLanding: vi.fn() });
        const outcome = parseVerdict(reply, IDS);
        if (!(outcome instanceof Error)) throw new Error('a verdict');
        expect(outcome.code).toBe('confirm_unreachable');
        expect(say(outcome.code, reply.httpStatus || reply.cause).detail).not.toContain(id);
      }),
      { numRuns: 20 },
    );
  });

  it('never has the customer’s own in it: in the query or the hash of a merchant’s URL, encoded or not', () => {
    fc.assert(
      fc.property(
        personal,
        fc.constantFrom(
          (text: string) => text,
          encodeURIComponent,
          encodeURI,
          (text: string) => encodeURIComponent(encodeURIComponent(text)),
        ),
        fc.constantFrom(
          (value: string) => `done?name=${value}`,
          (value: string) => `/done?imp_uid=${value}&merchant_uid=${value}&imp_success=true`,
          (value: string) => `/done?${value}`,
          (value: string) => `/done#/orders?id=${value}`,
          (value: string) => `/완료?a=1&b=${value}&c=2#x`,
          (value: string) => `http://${encodeURIComponent(value)}:${encodeURIComponent(value)}@shop.example/done`,
        ),
        (id, encode, urlOf) => {
          const given = urlOf(encode(id));
          const { detail } = say('redirect_url_unsafe', `${damageOf(given)}: ${given} -> ${makeSafeUrl(given)}`);
          for (const form of [id, encodeURI(id), encodeURIComponent(id), encode(id)]) expect(detail).not.toContain(form);
          // Whole words of it neither.
          for (const word of id.split(/[\s&#]+/)) if (word.length > 3) expect(detail).not.toContain(word);
        },
      ),
      { numRuns: 300 },
    );
  });

  describe('by diagnose()', () => {
    const load = async () => {
      vi.resetModules();
      const library = await import('../../src/index.js');
      leave = library.unwrap;
      return { ...library, codes: () => library.diagnose().map(({ code }) => code) };
    };
    const sdk = (): Sdk => ({ request_pay: () => {}, certification: () => {} });

    it('sdk_not_found appears, goes when an SDK of either generation is there, and comes again', async () => {
      const { codes, diagnose, wrap } = await load();
      // Where nothing is wrapped, a landing page for one, none is missed.
      expect(codes()).toEqual([]);
      wrap({ redirectUrl: '/done', onError: () => {} });
      expect(codes()).toEqual(['sdk_not_found']);
      expect(diagnose()).toHaveLength(1);
      host.IMP = sdk();
      expect(codes()).toEqual([]);
      delete host.IMP;
      expect(codes()).toEqual(['sdk_not_found']);
      host.PortOne = { requestPayment: () => {} };
      expect(codes()).toEqual([]);
    });

    it('the accessors of wrap are no SDK', async () => {
      const { codes, wrap } = await load();
      wrap({ redirectUrl: '/done', onError: () => {} });
      expect(codes()).toEqual(['sdk_not_found']);
      host.IMP = sdk();
      expect(codes()).toEqual([]);
    });

    it('speaks the language of the page', async () => {
      const { diagnose, wrap } = await load();
      wrap({ redirectUrl: '/done', onError: () => {} });
      document.documentElement.lang = 'ko-KR';
      expect(diagnose()[0]?.message).toMatch(/[가-힣]/);
      document.documentElement.lang = 'en';
      expect(diagnose()[0]?.message).not.toMatch(/[가-힣]/);
    });

    it('wrapped_late is told of what can no longer be reached, and of nothing else', async () => {
      const { codes, wrap, unwrap } = await load();
      for (const generation of ['1.x', 'v1'] as const) {
        host.IMP = sdkOf(generation, sdk());
        wrap({ redirectUrl: '/done', onError: () => {} });
        expect(codes()).toEqual([]);
        unwrap();
        expect(codes()).toEqual([]);
        delete host.IMP;
      }
      wrap({ redirectUrl: '/done', onError: () => {} });
      host.IMP = sdkOf('v1', sdk());
      expect(codes()).toEqual([]);
      // As a script does it that declares its own.
      Object.defineProperty(host, 'IMP', { configurable: true, writable: true, value: sdkOf('v1', sdk()) });
      expect(codes()).toEqual(['wrapped_late']);
    });

    it('tells of a name in contextParams that no param has', async () => {
      const { diagnose, wrap } = await load();
      wrap({ redirectUrl: '/done', contextParams: 'amount amuont', onError: () => {} });
      host.IMP = { ...sdk(), request_pay: () => {} };
      host.IMP.request_pay({ merchant_uid: 'order_1', amount: 1000 });
      expect(diagnose()).toMatchObject([{ code: 'value_missing', detail: 'contextParams amuont' }]);
    });

    it('tells of an unsafe URL, a second payment, a missing order and a callback that threw, and nothing of the order', async () => {
      const { codes, diagnose, wrap } = await load();
      wrap({ redirectUrl: '/done', onError: () => {} });
      const request_pay = vi.fn<AnyFunction>();
      host.IMP = { ...sdk(), request_pay };
      host.IMP.request_pay({ merchant_uid: 'order_777', m_redirect_url: '/완료?merchant_uid=order_777&name=김 철수' }, () => {
        throw new Error('order_777');
      });
      host.IMP.request_pay({});
      await flush();
      expect(argument<() => void>(request_pay, 1)).toThrow('order_777');
      await vi.waitFor(() => expect(codes()).toEqual(['redirect_url_unsafe', 'already_open', 'merchant_uid_missing', 'callback_threw']));
      expect(diagnose()[0]?.detail).toContain('relative, not ASCII');
      expect(JSON.stringify(diagnose())).not.toMatch(/order_777|김|철수|%EC%B2%A0/);
    });
  });
});
