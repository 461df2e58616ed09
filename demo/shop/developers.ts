import type { Switches } from '../merchant/shop.js';
import { config, create, find } from './page.js';

const CHOICES: Readonly<Partial<Record<keyof Switches, readonly string[]>>> = {
  sdk: ['v1', '1.2.0', '1.1.5'],
  tag: ['before', 'after'],
  bundle: ['full', 'wrap', 'off'],
  inject: ['always', 'mobile'],
  landing: ['complete', 'thanks', 'return'],
  callback: ['none', 'own'],
};

/** The panel of switches. They live in the address, so that a case can be linked to, and tested. */
export function createDevelopersPanel(): void {
  const form = find<HTMLFormElement>('#switches');
  for (const [name, values] of Object.entries(CHOICES)) {
    const chosen = config.switches[name as keyof Switches];
    const options = values.map((value) => create('option', { value, selected: value === chosen }, value));
    form.append(create('label', {}, create('code', {}, name), create('select', { name, onchange: () => form.submit() }, ...options)));
  }
  const amount = create('input', {
    name: 'amount',
    type: 'number',
    min: '1',
    value: `${config.switches.amount ?? ''}`,
    onchange: () => form.submit(),
  });
  form.append(create('label', {}, create('code', {}, 'amount'), amount));
  form.append(create('input', { type: 'hidden', name: 'lang', value: config.switches.lang }));
  find<HTMLDetailsElement>('#developers').open = /[?&](?!lang=)/.test(location.search);

  const tags = [...document.head.querySelectorAll<HTMLScriptElement>('script[src]:not([type])')];
  find('#tags').textContent = tags.map((tag) => tag.outerHTML.replaceAll('=""', '')).join('\n');

  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-language], [data-keep-switches]')) {
    const url = new URL(location.href);
    url.hash = '';
    if (link.dataset.language) url.searchParams.set('lang', link.dataset.language);
    link.href = url.href;
  }
}
