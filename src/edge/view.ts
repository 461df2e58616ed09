import type { ViewModel } from '../core/messages.js';
import type { ElementLike } from '../core/options.js';

let only: HTMLElement | undefined;

/**
 * Opens the view: one card, one state at a time. Everything in it is put there as text.
 *
 * A target that the parser has not reached yet is looked for before each frame, so the script tag may stand in the head.
 *
 * @param target an element or a selector; `undefined`, or one that matches nothing, puts the card at the end of `<body>`
 * @param missing called where a target was given and is not on the page
 */
export function openView(target: string | ElementLike | undefined, missing: () => void): (model: ViewModel) => void {
  only ??= document.createElement('div');
  const card = only;
  card.className = 'imp-redirect';
  card.setAttribute('role', 'status');

  const mount = () => {
    let host = target as Element | null;
    try {
      if (typeof target === 'string') host = document.querySelector(target);
    } catch {
      // No selector: the string that it is has no nodeType either.
    }
    if (host?.nodeType) host.textContent = '';
    else if (document.readyState === 'loading') return requestAnimationFrame(mount);
    else {
      if (target) missing();
      host = document.body;
    }
    host.append(card);
  };
  mount();

  return ({ state, rows }) => {
    card.textContent = '';
    card.dataset.state = state;
    for (const [tag, text] of rows)
      if (text) {
        const element = document.createElement(tag);
        element.textContent = text as string;
        card.append(element);
      }
  };
}
