import type { Reply } from '../core/outcome.js';

const NAME = 'imp-redirect';

/** A holder that is gone holds a lease no longer than this, in milliseconds. */
const LEASE_MS = 12_000;

let channel: BroadcastChannel | undefined;

/**
 * Runs work while no other page of this browser runs any under the same name: by a lock, which dies with its holder, or by a
 * lease in storage where there are none (iOS 14, pages without TLS). Where there is neither it just runs: the server is made for that.
 */
export async function exclusively(name: string, work: () => Promise<unknown>): Promise<void> {
  const key = `${NAME}-lease ${name}`;
  try {
    await navigator.locks.request(key, work);
  } catch {
    // There are none, or, on an opaque origin, they are refused.
    try {
      // Counted, for a clock may be set back.
      for (let i = 0; i < LEASE_MS / 250 && +(localStorage.getItem(key) as string) > Date.now(); i++)
        await new Promise((resolve) => setTimeout(resolve, 250));
      localStorage.setItem(key, `${Date.now() + LEASE_MS}`);
    } catch {}
    await work();
    try {
      localStorage.removeItem(key);
    } catch {}
  }
}

/** Hears what the other pages of this browser were answered. */
export function hearTabs(listener: (key: string, reply: Reply) => void): void {
  try {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = ({ data }) => listener(data[0], data[1]);
  } catch {
    // iOS 14 has none. They ask for themselves, one after the other.
  }
}

/** Tells the other pages of this browser what we were answered. */
export const tellTabs = (key: string, reply: Reply): void => channel?.postMessage([key, { ...reply, cause: 0 }]);
