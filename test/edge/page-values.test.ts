import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formFields, lookUp, submitForm, takeVerdict } from '../../src/edge/page-values.js';
import { SHOP } from './helpers.js';

const setCookie = (cookie: string) => Reflect.set(document, 'cookie', cookie);
const forget = () => {
  for (const pair of document.cookie.split('; ')) setCookie(`${pair.split('=')[0]}=; expires=Thu, 01 Jan 1970 00:00:00 GMT`);
};
beforeEach(() => {
  document.head.innerHTML = '';
  document.body.innerHTML = '';
  localStorage.clear();
  sessionStorage.clear();
  forget();
});
afterEach(() => {
  forget();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('lookUp', () => {
  it.each<[name: string, found: string | null | undefined]>([
    ['meta:_csrf', 'token-1'],
    ['meta:csrf-token', 'token-2'],
    ['meta:_csrf_header', 'X-CSRF-TOKEN'],
    ['meta:empty', ''],
    ['input:_token', 'token-3'],
    ['input:csrfmiddlewaretoken', 'token-4'],
    ['cookie:XSRF-TOKEN', 'a=b c'],
    ['cookie:csrftoken', 'plain'],
    ['local:token', 'local-1'],
    ['local:auth.token', 'local-2'],
    ['session:token', 'session-1'],
  ])('%s: %s', (name, found) => {
    document.head.innerHTML = `<meta name="_csrf" content="token-1"><meta name="csrf-token" content="token-2">
      <meta name="_csrf_header" content="X-CSRF-TOKEN"><meta name="empty" content="">`;
    document.body.innerHTML = `<form><input name="_token" value="token-3"><input type="hidden" name="csrfmiddlewaretoken" value="token-4"></form>`;
    setCookie(`XSRF-TOKEN=${encodeURIComponent('a=b c')}`);
    setCookie('csrftoken=plain');
    localStorage.setItem('token', 'local-1');
    localStorage.setItem('auth.token', 'local-2');
    sessionStorage.setItem('token', 'session-1');
    expect(lookUp(name)).toBe(found);
  });

  it.each(['meta:x', 'input:x', 'cookie:x', 'local:x', 'session:x', 'imp_uid', 'amount', '', ':', 'x'])(
    'finds nothing that is not there: "%s"',
    (name) => {
      expect(lookUp(name) ?? '').toBe('');
    },
  );

  it.each(['meta:x', 'input:x', 'cookie:x', 'local:x', 'session:x'])('and tells it from an empty one: "%s"', (name) => {
    expect(lookUp(name) ?? null).toBeNull();
  });

  it('a cookie whose name ends or begins like another one is another one', () => {
    setCookie('my-csrftoken=wrong');
    setCookie('csrftoken2=wrong');
    expect(lookUp('cookie:csrftoken') ?? '').toBe('');
    setCookie('csrftoken=right');
    expect(lookUp('cookie:csrftoken')).toBe('right');
    setCookie('axb=wrong');
    expect(lookUp('cookie:a.b') ?? '').toBe('');
  });

  it('a cookie that nobody can decode stops nothing', () => {
    setCookie('csrftoken=100%');
    expect(() => lookUp('cookie:csrftoken')).not.toThrow();
  });

  it.each(['local', 'session'])('storage that is blocked stops nothing: %s', (source) => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    expect(lookUp(`${source}:token`) ?? null).toBeNull();
  });
});

describe('formFields', () => {
  it('are what the form would send', () => {
    document.body.innerHTML = `<form id="order">
      <input name="name" value="홍길동"><input name="empty" value=""><input value="nameless"><input name="off" value="x" disabled>
      <input type="checkbox" name="gift" checked><input type="checkbox" name="sms">
      <input type="radio" name="pay" value="card"><input type="radio" name="pay" value="vbank" checked>
      <select name="seat"><option>A1<option selected>A2</select><textarea name="memo">문 앞</textarea>
      <input name="address[0].zip" value="04524"></form>`;
    expect(formFields('#order')).toEqual({
      name: '홍길동',
      empty: '',
      gift: 'on',
      pay: 'vbank',
      seat: 'A2',
      memo: '문 앞',
      'address[0].zip': '04524',
    });
  });

  it('are never a password or a file', () => {
    document.body.innerHTML = `<form id="order"><input name="id" value="hong"><input type="password" name="pw" value="secret">
      <input type="PASSWORD" name="pw2" value="secret"><input type="file" name="photo"></form>`;
    expect(formFields('#order')).toEqual({ id: 'hong' });
  });

  it.each(['#nowhere', 'p', '['])('throw where there is no such form: %s', (selector) => {
    document.body.innerHTML = '<p></p>';
    expect(() => formFields(selector)).toThrow();
  });
});

describe('submitForm', () => {
  const submitted = (fields: Iterable<[string, string]>, method = 'POST', action = `${SHOP}/verify`) => {
    const submit = vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(() => {});
    submitForm(method, action, fields);
    expect(submit).toHaveBeenCalledTimes(1);
    return submit.mock.contexts[0] as HTMLFormElement;
  };

  it('leaves the page by a form with the fields, in their order, as text', () => {
    const fields: [string, string][] = [
      ['imp_uid', 'imp_1'],
      ['memo', '"><script>alert(1)</script>'],
      ['a[]', '1'],
      ['a[]', '2'],
    ];
    const form = submitted(fields);
    expect(form.isConnected).toBe(true);
    expect([form.method, form.getAttribute('action')]).toEqual(['post', `${SHOP}/verify`]);
    expect([...new FormData(form)]).toEqual(fields);
    expect([...form.elements].every((input) => (input as HTMLInputElement).type === 'hidden')).toBe(true);
    expect(document.querySelector('script')).toBeNull();
  });

  it('by GET too', () => {
    expect(submitted(new URLSearchParams('imp_uid=imp_1'), 'GET').method).toBe('get');
  });

  it('where fields are named like the members of a form', () => {
    const fields: [string, string][] = ['submit', 'action', 'method', 'elements', 'append', 'children'].map((name) => [name, 'x']);
    const form = submitted(fields);
    expect([...new FormData(form)]).toEqual(fields);
    expect([form.getAttribute('action'), form.getAttribute('method')]).toEqual([`${SHOP}/verify`, 'POST']);
  });
});

describe('takeVerdict', () => {
  it('is what the server wrote into the page, once', () => {
    document.body.innerHTML = '<script type="application/json" data-imp-redirect-verdict>{"status":"paid"}</script>';
    expect(takeVerdict()).toBe('{"status":"paid"}');
    expect(takeVerdict()).toBeUndefined();
    expect(document.querySelector('script')).toBeNull();
  });

  it.each([
    '<div data-imp-redirect-verdict>{"status":"paid"}</div>',
    '<template data-imp-redirect-verdict type="application/json">{}</template>',
    '<script data-imp-redirect-verdict type="text/plain">{}</script>',
    '<script type="application/json">{}</script>',
  ])('is none in other markup, which a visitor may have written: %s', (markup) => {
    document.body.innerHTML = markup;
    expect(takeVerdict()).toBeUndefined();
    expect(document.body.children).toHaveLength(1);
  });
});
