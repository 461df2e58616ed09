import { afterEach, describe, expect, it } from 'vitest';
import { isTwice, ownTag, publish } from '../../src/edge/tag.js';

const host = window as unknown as { ImpRedirect?: Record<string, unknown> };

/** The tag that is being run. */
const running = (tag: Element | null) => Object.defineProperty(document, 'currentScript', { configurable: true, value: tag });

afterEach(() => {
  Reflect.deleteProperty(document, 'currentScript');
  Reflect.deleteProperty(window, 'ImpRedirect');
});

describe('ownTag', () => {
  it('reads the attributes of the tag that is being run', () => {
    const tag = document.createElement('script');
    tag.setAttribute('data-redirect-url', '/payments/complete');
    tag.setAttribute('data-confirm-url', '');
    tag.setAttribute('src', 'imp-redirect.js');
    running(tag);
    expect({ ...ownTag() }).toEqual({ redirectUrl: '/payments/complete', confirmUrl: '' });
    expect(ownTag().inject).toBeUndefined();
  });

  it('reads none in a module, and once the script has run', () => {
    running(null);
    expect(ownTag()).toEqual({});
  });
});

describe('publish', () => {
  const api = (name: string) => ({ wrap: () => name, complete: () => name });

  it('puts what it is given on window, once', () => {
    const ours = api('ours');
    const published = publish(ours);
    expect(host.ImpRedirect).toBe(published);
    expect(published).toEqual(ours);
  });

  it('leaves what another copy has put there: the first one does the work', () => {
    const first = publish(api('first'));
    const second = publish(api('second'));
    expect(second.wrap).toBe(first.wrap);
    expect(second.wrap()).toBe('first');
    expect(host.ImpRedirect).toEqual(first);
  });

  it('adds what the other copy does not have, whichever comes first', () => {
    publish({ wrap: () => 'wrap only' });
    const all = publish(api('all'));
    expect([all.wrap(), all.complete()]).toEqual(['wrap only', 'all']);
    publish({ wrap: () => 'wrap only' });
    expect(host.ImpRedirect).toEqual(all);
  });

  it('keeps what a page has put there by itself', () => {
    host.ImpRedirect = { note: "the page's own" };
    expect(publish(api('ours'))).toMatchObject({ note: "the page's own" });
  });

  it('does not change the object that it is given', () => {
    host.ImpRedirect = { note: 1 };
    const ours = api('ours');
    publish(ours);
    expect(Object.keys(ours)).toEqual(['wrap', 'complete']);
  });
});

describe('isTwice', () => {
  const NONE: string[] = [];
  it.each<[sources: string[], twice: boolean]>([
    [NONE, false],
    [['/js/imp-redirect.js'], false],
    [['/js/imp-redirect.js', 'https://cdn.example/imp-redirect.full.js?v=2'], true],
    [['/js/imp-redirect.js', '/js/imp-redirect.js', '/js/imp-redirect.js'], true],
    [['/js/imp-redirect.js', '/js/iamport.js', '/js/shop.js'], false],
  ])('%j: %s', (sources, twice) => {
    document.head.innerHTML = sources.map((src) => `<script type="text/plain" src="${src}"></script>`).join('');
    expect(isTwice()).toBe(twice);
    document.head.innerHTML = '';
  });
});
