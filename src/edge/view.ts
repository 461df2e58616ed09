import type { ViewModel } from '../core/messages.js';
import type { ElementLike } from '../core/options.js';

/**
 * Opens the view: one card, one state at a time. Everything in it is put there as text.
 *
 * A target that the parser has not reached yet is looked for before each frame, so the script tag may stand in the head.
 *
 * @param target an element or a selector; `undefined`, or one that matches nothing, puts the card at the end of `<body>`
 * @param missing called where a target was given and is not on the page
 */
export function openView(target: string | ElementLike | undefined, missing: () => void): (model: ViewModel) => void {
  const card = document.createElement('div');
  card.className = 'imp-redirect';
  card.setAttribute('role', 'status');

  const mount = () => {
    let host: unknown = target;
    try {
      if (typeof host === 'string') host = document.querySelector(host);
    } catch {
      host = null;
    }
    if (host) (host as Element).textContent = '';
    else if (document.readyState === 'loading') return requestAnimationFrame(mount);
    else if (target) missing();
    ((host as Element | undefined) ?? document.body).append(card);
  };
  mount();

  return ({ state, rows }) => {
    card.textContent = '';
    card.dataset.state = state;
    for (const [tag, text] of rows)
      if (text) {
        const element = document.createElement(tag);
        element.textContent = text as string;
        // Foreign text may run in another direction, and must not turn what stands beside it.
        element.dir = 'auto';
        card.append(element);
      }
  };
}
