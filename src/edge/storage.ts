const KEY = 'imp-redirect';

/**
 * Remembers that a customer leaves for the gateway: order, time (milliseconds since 1970), landing URL. One departure at a
 * time; a later one takes its place. Where there is no storage it does nothing: memory is a help, never a condition.
 */
export function rememberDeparture(merchantUid: unknown, landingUrl: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([merchantUid, Date.now(), landingUrl]));
  } catch {}
}

/** Forgets it, once there is a verdict. */
export function forgetDeparture(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {}
}
