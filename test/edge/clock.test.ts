import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cancel, elapsedMs, later, nowMs, random } from '../../src/edge/clock.js';

const NOW = 1_767_225_599_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clock', () => {
  it('has the time of day, and beside it one that is never set', () => {
    const before = elapsedMs();
    vi.setSystemTime(NOW - 86_400_000);
    expect(nowMs()).toBe(NOW - 86_400_000);
    expect(elapsedMs()).toBe(before);
    vi.advanceTimersByTime(1_500);
    expect(elapsedMs() - before).toBe(1_500);
    expect(nowMs()).toBe(NOW - 86_400_000 + 1_500);
  });

  it('runs work once, later, unless it is cancelled', () => {
    const [kept, cancelled] = [vi.fn(), vi.fn()];
    later(kept, 1_000);
    cancel(later(cancelled, 1_000));
    cancel(undefined);
    vi.advanceTimersByTime(999);
    expect(kept).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(kept).toHaveBeenCalledTimes(1);
    expect(cancelled).not.toHaveBeenCalled();
  });

  it('is random from 0 to 1', () => {
    const numbers = Array.from({ length: 100 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(new Set(numbers).size).toBeGreaterThan(90);
  });
});
