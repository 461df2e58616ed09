import { NAME } from '../core/outbox.js';
import type { Reply } from '../core/verdict.js';

/** What a page was answered, and about what. */
export type Message = readonly [key: string, reply: Reply];

let channel: BroadcastChannel | undefined;

/** Hears what the other pages of this browser were answered. */
export function hearTabs(listener: (message: Message) => void): void {
  try {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = ({ data }) => listener(data);
  } catch {
    // iOS 14 has none. They ask for themselves, one after the other.
  }
}

/** Tells the other pages of this browser what we were answered. */
export const tellTabs = (key: string, reply: Reply): void => channel?.postMessage([key, { ...reply, cause: 0 }]);
