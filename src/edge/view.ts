import type { ViewModel } from '../core/messages.js';
import type { ElementLike } from '../core/options.js';

let only: HTMLElement | undefined;
let mount: () => unknown;

const newCard = (className: string) => {
  const card = document.createElement('div');
  card.className = className;
  card.setAttribute('role', 'status');
  return card;
};

const BANNER_STYLE = 'position:fixed;z-index:9999;top:1em;left:1em;right:1em;padding:1em;background:#ffc;color:#000';

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
  only ??= newCard('imp-redirect');
  const card = only;

  mount = () => {
    let host: Element | null | undefined;
    try {
      host = (target as Element).nodeType ? (target as Element) : document.querySelector(target as string);
    } catch {
      // No target, or no selector.
    }
    if (host) host.textContent = '';
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
    const text = JSON.stringify(model.rows);
    // What says the same would be read out again.
    if (shown !== text) paint(card, model, press);
    // Apart, for the button keeps the focus where nothing else changes.
    card.dataset.state = model.state;
    shown = text;
  };
}

/** Puts the card back onto a page that was rendered anew, and has it no more. */
export const remountView = (): unknown => only?.isConnected || document.readyState === 'loading' || mount();

/** Shows a model at the top of the window until its button is pressed. */
export function openBanner(model: ViewModel): void {
  const banner = newCard('imp-redirect-banner');
  // By CSSOM, which no Content-Security-Policy forbids; a page's own style sheet needs !important.
  banner.style.cssText = BANNER_STYLE;
  banner.dataset.state = model.state;
  document.body.append(banner);
  paint(banner, model, () => banner.remove());
}

/** Offers the customer a page to go to, at the top of the window. @param text of the link */
export function offerLanding(url: string, text: string): void {
  if (!url) return;
  const link = document.createElement('a');
  link.href = url;
  link.textContent = text;
  link.style.cssText = BANNER_STYLE;
  document.body.append(link);
}

function paint(card: HTMLElement, { rows }: ViewModel, press: () => void): void {
  card.textContent = '';
  for (const [tag, text, label] of rows)
    if (text) {
      const element = document.createElement(tag);
      element.textContent = label ? label + text : (text as string);
      card.append(element);
      if (tag === 'button') element.onclick = press;
    }
}
