// <imp-result>, for those who want a tag: registered by the two entries that are made of this, and by nothing else.
import { COMPLETE_NAMES, type CompleteOptions, pick } from './core/options.js';
import { whenParsed } from './edge/page.js';

/**
 * Registers `<imp-result>`: an element in which the landing is completed, with the options of `complete` as its attributes,
 * in kebab case and without `data-`: `<imp-result confirm-url="/payments/complete" home="/">`. What stands in it stays there on any
 * page that is no landing.
 *
 * A second registration is refused by the browser, and changes nothing.
 */
export function defineResult(complete: (options: CompleteOptions) => unknown): void {
  if (customElements.get('imp-result')) return;
  customElements.define(
    'imp-result',
    class extends HTMLElement {
      connectedCallback(): void {
        const attributes = [...this.attributes].map(({ name, value }) => [
          name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
          value,
        ]);
        // What stands in it may not have been parsed yet.
        whenParsed().then(() =>
          complete({ ...pick(Object.fromEntries(attributes), COMPLETE_NAMES), result: this } as unknown as CompleteOptions),
        );
      }
    },
  );
}
