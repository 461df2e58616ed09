import { afterEach, describe, expect, it, vi } from 'vitest';
import { emit } from '../../src/edge/events.js';

const listeners: [EventTarget, string, EventListener][] = [];
const listen = (target: EventTarget, type: string, listener: EventListener) => {
  listeners.push([target, type, listener]);
  target.addEventListener(type, listener);
};
afterEach(() => {
  for (const [target, type, listener] of listeners.splice(0)) target.removeEventListener(type, listener);
});

describe('emit', () => {
  it('tells the document, and by it the window, before it returns', () => {
    const heard: unknown[] = [];
    listen(document, 'imp-redirect:departure', (event) => heard.push('document', (event as CustomEvent).detail));
    listen(window, 'imp-redirect:departure', (event) => heard.push('window', (event as CustomEvent).detail));
    const detail = { merchantUid: 'order_1' };
    emit('departure', detail);
    expect(heard).toEqual(['document', detail, 'window', detail]);
    expect(heard[1]).toBe(detail);
  });

  it('is stopped by no listener that throws, and swallows nothing', () => {
    const reported = vi.fn();
    listen(window, 'error', (event) => {
      event.preventDefault();
      reported((event as ErrorEvent).error.message);
    });
    const after = vi.fn();
    listen(document, 'imp-redirect:departure', () => {
      throw new Error('from a listener');
    });
    listen(document, 'imp-redirect:departure', after);
    emit('departure', { merchantUid: 'order_1' });
    expect(after).toHaveBeenCalledTimes(1);
    expect(reported.mock.calls).toEqual([['from a listener']]);
  });

  it('is heard under its own name only', () => {
    const other = vi.fn();
    listen(document, 'imp-redirect:paid', other);
    listen(document, 'departure', other);
    emit('departure', { merchantUid: 'order_1' });
    expect(other).not.toHaveBeenCalled();
  });
});
