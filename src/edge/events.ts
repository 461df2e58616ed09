import type { ImpRedirectEvents } from '../core/events.js';

declare global {
  interface DocumentEventMap extends ImpRedirectDomEvents {}
  interface WindowEventMap extends ImpRedirectDomEvents {}
}

/** The events as `addEventListener` of `document` and `window` knows them. */
type ImpRedirectDomEvents = { [K in keyof ImpRedirectEvents as `imp-redirect:${K}`]: CustomEvent<ImpRedirectEvents[K]> };

/** Tells the page. What the listeners throw stands in the console and stops nothing. */
export const emit = <K extends keyof ImpRedirectEvents>(name: K, detail: ImpRedirectEvents[K]): void => {
  document.dispatchEvent(new CustomEvent(`imp-redirect:${name}`, { bubbles: true, detail }));
};
