/** The attributes of the script tag that is being run; none in a module, and once the script has run. */
export const ownTag = (): DOMStringMap => (document.currentScript as HTMLScriptElement | null)?.dataset ?? {};

/** Whether the script is on the page more than once, whichever of them. */
export const isTwice = (): boolean => document.querySelectorAll('script[src*="imp-redirect"]').length > 1;

/**
 * Publishes the one global. What another copy of the script has put there stays: the first one on the page does the work,
 * so that two tags share one state.
 */
export function publish<T extends object>(api: T): T {
  const host = window as { ImpRedirect?: Partial<T> };
  const published = { ...api, ...host.ImpRedirect };
  host.ImpRedirect = published;
  return published;
}
