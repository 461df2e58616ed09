/**
 * What `{source:name}` in a template stands for on this page: the content of a `meta`, the value of an `input`, a `cookie`, and
 * what is in `local` (localStorage) or `session`.
 *
 * @returns nothing where there is none
 */
export function lookUp(name: string): string | null | undefined {
  const [, source, key] = /^(\w+):(.*)/.exec(name) ?? [];
  try {
    if (source === 'meta') return document.querySelector<HTMLMetaElement>(`meta[name="${key}"]`)?.content;
    if (source === 'input') return document.querySelector<HTMLInputElement>(`input[name="${key}"]`)?.value;
    if (source === 'cookie') {
      const value = document.cookie
        .split('; ')
        .find((cookie) => cookie.startsWith(`${key}=`))
        ?.slice(`${key}=`.length);
      return value && decodeURIComponent(value);
    }
    if (source) return (source === 'local' ? localStorage : sessionStorage).getItem(key as string);
  } catch {
    // Storage may be blocked, and a cookie may hold anything.
  }
}

/** The fields of a form, as it would send them; what must not be kept anywhere, passwords and files, is left out. */
export const formFields = (selector: string): Record<string, unknown> => {
  const form = document.querySelector(selector) as HTMLFormElement;
  const fields = Object.fromEntries(new FormData(form) as unknown as Iterable<[string, unknown]>);
  for (const { name } of form.querySelectorAll<HTMLInputElement>('[type=password], [type=file]')) delete fields[name];
  return fields;
};

/** Leaves this page by a form, so that the server answers with a page of its own. */
export function submitForm(method: string, action: string, fields: Iterable<[string, string]>): void {
  const form = document.createElement('form');
  form.method = method;
  form.action = action;
  for (const [name, value] of fields) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  // A field may be named "submit".
  HTMLFormElement.prototype.submit.call(form);
}

/**
 * Takes out of the page what the server wrote into it as its answer when it rendered the landing, in
 * `<script type="application/json" data-imp-redirect-verdict>`, if the browser has come to it by now. It counts once: whoever comes
 * back to the page asks. Of a script alone, for other markup may come from a visitor.
 */
export function takeVerdict(): string | null | undefined {
  const written = document.querySelector('script[type="application/json"][data-imp-redirect-verdict]');
  written?.remove();
  return written?.textContent;
}
