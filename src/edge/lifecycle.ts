let leaving = false;

/**
 * Watches the page come back: to the network, to the eye, out of the back/forward cache. None of these is reliable
 * alone, and several may come at once. There is no `unload` among them: it keeps pages out of that cache.
 */
export function onReturn(listener: () => void): void {
  addEventListener('pagehide', () => {
    leaving = true;
  });
  onRestore(() => {
    leaving = false;
    listener();
  });
  addEventListener('online', listener);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) listener();
  });
}

/** Calls the listener each time that the back/forward cache gives the page back. */
export const onRestore = (listener: () => void): void =>
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) listener();
  });

/** Calls the listener when the page goes out of sight, or comes back to it, for the first time from now. */
export const onHidden = (listener: () => void): void => document.addEventListener('visibilitychange', listener, { once: true });

/** Whether the page is being left: whatever fails now says nothing. */
export const isLeaving = (): boolean => leaving;

/** Resolves when the page is left. */
export const left = (): Promise<unknown> => new Promise((resolve) => addEventListener('pagehide', resolve, { once: true }));

/** What the browser believes. "Online" is often wrong. */
export const isOnline = (): boolean => navigator.onLine;

/** Whether the page is out of sight. */
export const isHidden = (): boolean => document.hidden;
