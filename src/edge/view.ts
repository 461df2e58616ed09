import type { ViewModel } from '../core/messages.js';
import type { ElementLike } from '../core/options.js';

let only: HTMLElement | undefined;

const BANNER_STYLE =
  'position:fixed;z-index:9999;top:1rem;left:1rem;right:1rem;max-width:24rem;margin:auto;padding:1rem;border-radius:1rem;background:#fff;color:#111;font-size:.9rem;box-shadow:0 0 1rem #0004';

/**
 * Opens the view: one card, one state at a time. Everything in it is put there as text.
 *
 * A target that the parser has not reached yet is looked for before each frame, so the script tag may stand in the head.
 *
 * @param target an element or a selector; `undefined`, or one that matches nothing, puts the card at the end of `<body>`
 * @param missing called where a target was given and is not on the page
 * @param press called when the card's button is pressed
 */
export function openView(target: string | ElementLike | undefined, missing: () => void, press: () => void): (model: ViewModel) => void {
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

  let shown = '';
  return (model) => {
    const text = JSON.stringify(model);
    // What says the same would be read out again.
    if (shown !== text) paint(card, model, press);
    shown = text;
  };
}

/** Shows a model at the top of the window until its button is pressed. */
export function openBanner(model: ViewModel): void {
  const banner = document.createElement('div');
  banner.className = 'imp-redirect-banner';
  banner.setAttribute('role', 'status');
  // By CSSOM, which no Content-Security-Policy forbids; a page's own style sheet needs !important.
  banner.style.cssText = BANNER_STYLE;
  document.body.append(banner);
  paint(banner, model, () => banner.remove());
}

function paint(card: HTMLElement, { state, rows }: ViewModel, press: () => void): void {
  const hadFocus = card.contains(document.activeElement);
  card.textContent = '';
  card.dataset.state = state;
  for (const [tag, text] of rows)
    if (text) {
      const element = document.createElement(tag);
      element.textContent = text as string;
      card.append(element);
      if (tag === 'button') {
        element.onclick = press;
        if (hadFocus) element.focus();
      }
    }
}
