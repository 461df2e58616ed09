import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Claim } from '../../src/core/claim.js';
import { currentLanding, settle } from '../../src/edge/landing.js';
import { claimOf, replyOf } from './helpers.js';

const go = (url: string, state: unknown = null) => history.replaceState(state, '', url);
const QUERY = 'imp_uid=imp_1&merchant_uid=order_1&imp_success=true';
const SETTLED = { claim: claimOf(), reply: replyOf('paid') };

beforeEach(() => {
  go('/');
});

describe('currentLanding', () => {
  it.each(['/', '/?a=1', '/#/route', '/?mailchimp_success=true'])('finds none at %s', (url) => {
    go(url);
    expect(currentLanding()).toBeFalsy();
    go(url, { the: "page's own" });
    expect(currentLanding()).toBeFalsy();
    go(url, 'text');
    expect(currentLanding()).toBeFalsy();
  });

  it.each([`/done?${QUERY}`, `/done?a=1&${QUERY}#result`, `/#/done?${QUERY}`])('finds the one at %s', (url) => {
    go(url);
    expect(currentLanding()).toMatchObject({ claim: claimOf() });
    expect(currentLanding()?.reply).toBeUndefined();
  });

  it('finds the one that was settled on this history entry', () => {
    go('/done', { impRedirect: SETTLED });
    expect(currentLanding()).toEqual(SETTLED);
  });

  it('finds the one in the URL first', () => {
    go(`/done?imp_uid=imp_2&imp_success=true`, { impRedirect: SETTLED });
    expect(currentLanding()?.claim.impUid).toBe('imp_2');
    expect(currentLanding()?.reply).toBeUndefined();
  });

  it('touches neither the URL nor the state', () => {
    const state = { the: "page's own" };
    go(`/done?${QUERY}`, state);
    currentLanding();
    expect(location.search).toBe(`?${QUERY}`);
    expect(history.state).toEqual(state);
  });
});

describe('settle', () => {
  it.each<[url: string, cleanUrl: string]>([
    [`/done?${QUERY}`, '/done'],
    [`/done?a=%20+&${QUERY}&b=2#result`, '/done?a=%20+&b=2#result'],
    [`/?keep=1#/done?x=1&${QUERY}`, '/?keep=1#/done?x=1'],
    [`/done?a=1&b=2imp_uid=imp_1&merchant_uid=order_1`, '/done?a=1&b=2'],
  ])('at %s leaves %s, and the answer with the history entry', (url, cleanUrl) => {
    go(url);
    const entries = history.length;
    // As the flow does: it is the page's own claim that is settled, a malformed one too.
    const settled = { claim: currentLanding()?.claim as Claim, reply: SETTLED.reply };
    settle(settled);
    expect(location.href).toBe(`http://shop.example.kr${cleanUrl}`);
    expect(history.length).toBe(entries);
    expect(history.state).toEqual({ impRedirect: settled });
    expect(currentLanding()).toEqual(settled);
  });

  it("keeps the page's own state", () => {
    go(`/done?${QUERY}`, { idx: 3, key: 'abc', usr: { a: [1] } });
    settle(SETTLED);
    expect(history.state).toEqual({ idx: 3, key: 'abc', usr: { a: [1] }, impRedirect: SETTLED });
  });

  it.each<[name: string, state: unknown]>([
    ['text', 'text'],
    ['a number', 7],
    ['an array', [1, 2]],
    ['a date', new Date(0)],
    ['a map', new Map([[1, 2]])],
  ])('leaves URL and state alone where the state is %s: a reload asks once more', (_, state) => {
    go(`/done?${QUERY}`, state);
    settle(SETTLED);
    expect(location.search).toBe(`?${QUERY}`);
    expect(history.state).toEqual(state);
  });

  it.each([false, 0, ''])('takes the state %j for none', (state) => {
    go(`/done?${QUERY}`, state);
    settle(SETTLED);
    expect(history.state).toEqual({ impRedirect: SETTLED });
  });

  it.each<[name: string, url: string, state: unknown]>([
    ['another page', '/orders?a=1', { page: 'orders' }],
    ['another page, without a state', '/orders?a=1', null],
    ['another landing', '/done?imp_uid=imp_2&merchant_uid=order_2&imp_success=true', null],
    ['another try of the order', '/done?imp_uid=imp_2&merchant_uid=order_1&imp_success=true', null],
    ['a landing that says something else of the payment', `/done?${QUERY}&error_code=F400`, null],
    ['a landing that was settled before', '/done', { impRedirect: { claim: claimOf({ impUid: 'imp_2' }), reply: replyOf('failed') } }],
  ])('leaves the page alone to which a single-page shop has moved on: %s', (_, url, state) => {
    go(`/done?${QUERY}`);
    const before = currentLanding();
    history.pushState(state, '', url);
    const there = currentLanding();
    settle(SETTLED);
    expect(location.href).toBe(`http://shop.example.kr${url}`);
    expect(history.state).toEqual(state);
    expect(currentLanding()).toEqual(there);
    expect(currentLanding()).not.toEqual(before);
  });

  it('may be called twice', () => {
    go(`/done?${QUERY}`);
    settle(SETTLED);
    settle(SETTLED);
    expect(currentLanding()).toEqual(SETTLED);
  });

  it.each(['ready', 'failed'])('where %s was kept before a reload, keeps the later answer in its place', (status) => {
    go(`/done?a=1&${QUERY}`);
    settle({ claim: claimOf(), reply: replyOf(status) });
    expect(currentLanding()?.reply).toEqual(replyOf(status));
    settle(SETTLED);
    expect(currentLanding()).toEqual(SETTLED);
    expect(location.search).toBe('?a=1');
  });

  it('is in nobody’s way where the browser refuses: the URL stays', () => {
    go(`/done?${QUERY}`);
    const refused = vi.spyOn(history, 'replaceState').mockImplementation(() => {
      throw new DOMException('too many calls', 'SecurityError');
    });
    settle(SETTLED);
    refused.mockRestore();
    expect(location.search).toBe(`?${QUERY}`);
  });

  it('does not survive into another entry', () => {
    go(`/done?${QUERY}`);
    settle(SETTLED);
    history.pushState(null, '', '/done');
    expect(currentLanding()).toBeFalsy();
  });
});
