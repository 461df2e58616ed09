import type { Row, ViewModel, ViewState } from '../core/messages.js';
import type { ElementLike } from '../core/options.js';
import { HOST_STYLE, RULES, SHEET_RULES } from '../core/style.js';

/** Shows a model; what stays the same is not touched, so that it is not read out again and keeps the focus. */
type Show = (model: ViewModel) => void;

/** A card on the page, and what makes it show one payment after the other. */
interface Card {
  readonly host: HTMLElement;
  /** @param press called when the button is pressed that copies nothing */
  begin(press: () => void): Show;
}

let only: Card | undefined;
let place: string | ElementLike | undefined;
let mount: (() => unknown) | undefined;

const append = <K extends keyof HTMLElementTagNameMap>(parent: ParentNode, tag: K): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  element.setAttribute('part', tag);
  parent.append(element);
  return element;
};

const drawn = <K extends keyof SVGElementTagNameMap>(tag: K) => document.createElementNS('http://www.w3.org/2000/svg', tag);

// Written out twice, which compresses better than a name.
/** What stands in the ring of an icon, from its left end. Where nothing does the ring is open, and turns. */
const SIGNS: Partial<Record<ViewState, string>> = {
  deferred: 'm20-10v10l6 4',
  paid: 'm9 0 8 8 14-16',
  ...(FULL && { hint: 'm13 7 14-14m-11 0h11v11', certified: 'm9 0 8 8 14-16', registered: 'm9 0 8 8 14-16' }),
  ready: 'm20-10v10l6 4',
  failed: 'm14-6 12 12m0-12-12 12',
  cancelled: 'm14-6 12 12m0-12-12 12',
  forged: 'm20-10v12m0 6v2',
};

/**
 * A card in a shadow root: the page's style does not reach into it, nor its own out of it. It is styled by a constructed sheet,
 * or else through the elements: no Content-Security-Policy forbids either.
 */
function newCard(className: string, style: string | undefined): Card {
  const host = document.createElement('div');
  host.className = className;
  host.style.cssText = HOST_STYLE;
  const root = host.attachShadow({ mode: 'open' });
  let sheets: CSSStyleSheet[] | undefined;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(RULES + SHEET_RULES);
    sheets = root.adoptedStyleSheets = [sheet];
  } catch {}
  const section = append(root, 'section');
  section.style.cssText = style as string;
  const icon = drawn('svg');
  const path = icon.appendChild(drawn('path'));
  section.append(icon);
  // There before there is anything to announce.
  const status = append(section, 'div');
  status.setAttribute('role', 'status');
  const groups: HTMLElement[] = [status, append(section, 'dl'), append(section, 'footer')];

  return {
    host,
    begin: (press) => {
      let shown: string[] = [];
      return ({ state, lang, groups: rows }) => {
        host.dataset.state = state;
        host.lang = lang;
        const sign = SIGNS[state];
        path.setAttribute('d', `M4 24a20 20 0 1 1 ${sign ? `40 0a20 20 0 1 1-40 0${sign}` : '20 20'}`);
        groups.forEach((old, at) => {
          // Without TLS there is no clipboard.
          const own = (rows[at] as readonly Row[]).filter(
            ([tag, text, more]) => text && (tag !== 'button' || !more || navigator.clipboard),
          );
          const text = JSON.stringify(own);
          if (shown[at] === text) return;
          // What stands below other words is another thing: nothing is seen to jump.
          if (!at) shown = [];
          shown[at] = text;
          const group = at ? append(section, old.localName as 'dl') : old;
          groups[at] = group;
          if (at) old.replaceWith(group);
          else group.textContent = '';
          for (const [tag, text, more] of own) {
            if (tag === 'dd') append(group, 'dt').textContent = more as string;
            const element = append(group, tag);
            element.textContent = text as string;
            if (tag === 'a') (element as HTMLAnchorElement).href = more as string;
            if (tag === 'button')
              element.onclick = more ? () => navigator.clipboard.writeText(more).then(() => element.append(' ✓')) : press;
            // Whoever does nothing else meanwhile is taken to the result; so is who has pressed what is gone now.
            if (tag === 'h2' && !/in|deferred/.test(state) && (document.activeElement === document.body || root.activeElement)) {
              element.tabIndex = -1;
              element.focus();
            }
          }
        });
        if (!sheets)
          RULES.replace(/([^{}]+){([^}]+)}/g, (_, selector: string, declarations: string) => {
            for (const element of root.querySelectorAll<HTMLElement>(selector)) element.style.cssText += declarations;
            return '';
          });
      };
    },
  };
}

const BANNER_STYLE = 'position:fixed;z-index:9999;top:1em;left:1em;right:1em;';

/**
 * Opens the view: one card, one state at a time. Everything in it is put there as text.
 *
 * A target that the parser has not reached yet is looked for before each frame, so the script tag may stand in the head.
 *
 * @param target an element or a selector; `undefined`, or one that matches nothing, puts the card at the end of `<body>`
 * @param accent the colour of what is to be pressed; more declarations may follow it
 * @param missing called where a target was given and is not on the page
 * @param press called when the card's button is pressed
 */
export function openView(
  target: string | ElementLike | undefined,
  accent: string | undefined,
  missing: () => void,
  press: () => void,
): Show {
  only ??= newCard('imp-redirect', accent && `--imp-on-accent:#fff;--imp-accent:${accent}`);
  const card = only;

  if (FULL) place = target;
  mount = () => {
    const wanted = FULL ? place : target;
    let host: Element | null | undefined;
    try {
      host = (wanted as Element).nodeType ? (wanted as Element) : document.querySelector(wanted as string);
    } catch {
      // No target, or no selector.
    }
    if (host) host.textContent = '';
    else if (document.readyState === 'loading') return requestAnimationFrame(mount as () => void);
    else {
      if (wanted) missing();
      host = document.body;
    }
    host.append(card.host);
  };
  mount();
  return card.begin(press);
}

/** Puts the card back onto a page that was rendered anew, and has it no more. @param target where it belongs now */
export const remountView = (target: string | ElementLike | undefined): unknown => {
  if (FULL) place = target;
  return only?.host.isConnected || document.readyState === 'loading' || mount?.();
};

/** Shows a model at the top of the window until its button is pressed. */
export function openBanner(model: ViewModel): void {
  const { host, begin } = newCard('imp-redirect-banner', `${BANNER_STYLE}min-height:0;box-shadow:0 4px 24px #0006`);
  document.body.append(host);
  begin(() => host.remove())(model);
}

/** Offers the customer a page to go to, at the top of the window. @param text of the link */
export function offerLanding(url: string, text: string): void {
  if (!url) return;
  const link = document.createElement('a');
  link.href = url;
  link.textContent = text;
  // By CSSOM, which no Content-Security-Policy forbids; a page's own style sheet needs !important.
  link.style.cssText = `${BANNER_STYLE}padding:1em;background:#ffc;color:#000`;
  document.body.append(link);
}
