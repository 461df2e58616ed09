import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PACE_MS, MAX_TRIES, parseRetryAfterMs, type RetryOptions, retryDelayMs, TIMEOUT_MS } from '../../src/core/retry.js';

const NOW_MS = Date.UTC(2026, 10, 15, 3, 30);
/** The largest of what `Math.random` gives. */
const ALMOST_1 = 1 - 2 ** -53;
const RUNS = { numRuns: 1000 };

const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyTries = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(Infinity));

// Random numbers are below 1, but the product may be rounded up.
const within = (ms: number, minMs: number, maxMs: number) => ms >= minMs && ms <= maxMs;

/** A wait after so many tries, where the server asks for nothing. */
const waitMs = (tries: number, random: number, options: RetryOptions = {}) => retryDelayMs(options, tries, random, 0);
/** A wait after the first try, where the server asks for some time. */
const pacedMs = (paceMs: number, random: number, tries = 1) => retryDelayMs({}, tries, random, paceMs);

describe('the wait between two tries', () => {
  it.each<[tries: number, minMs: number, maxMs: number]>([
    [1, 500, 2000],
    [2, 500, 4000],
    [3, 500, 8000],
    [4, 500, 16_000],
    [5, 500, 30_000],
    [6, 45_000, 90_000],
    [7, 45_000, 90_000],
    [11, 45_000, 90_000],
    [1000, 45_000, 90_000],
    [Infinity, 45_000, 90_000],
  ])('after try %d is from %d to %d ms, and uses all of that', (tries, minMs, maxMs) => {
    fc.assert(
      fc.property(randoms, (random) => within(waitMs(tries, random), minMs, maxMs)),
      RUNS,
    );
    expect(waitMs(tries, 0)).toBe(minMs);
    expect(waitMs(tries, ALMOST_1)).toBeCloseTo(maxMs, 6);
  });

  it('is spread evenly: each tenth of what is possible holds a tenth of the customers', () => {
    // Over the floor of 500 ms, which holds the rest.
    for (const [tries, minMs, maxMs] of [
      [5, 0, 30_000],
      [6, 45_000, 90_000],
    ] as const) {
      const tenths = new Array<number>(10).fill(0);
      for (let i = 0; i < 10_000; i++) {
        const tenth = Math.floor(((waitMs(tries, i / 10_000) - minMs) / (maxMs - minMs)) * 10 + 1e-9);
        tenths[tenth] = (tenths[tenth] as number) + 1;
      }
      expect(tenths).toEqual(new Array(10).fill(1000));
    }
  });

  it('doubles from try to try up to the cap', () => {
    const longest = [1, 2, 3, 4, 5].map((tries) => waitMs(tries, 0.5, { baseDelayMs: 4000, maxDelayMs: 40_000 }));
    expect(longest).toEqual([2000, 4000, 8000, 16_000, 20_000]);
  });

  it.each<[options: RetryOptions, tries: number, longestMs: number]>([
    [{ baseDelayMs: 8000 }, 1, 8000],
    [{ baseDelayMs: 8000 }, 2, 16_000],
    [{ baseDelayMs: 8000 }, 3, 30_000],
    [{ baseDelayMs: 60_000 }, 1, 30_000],
    [{ baseDelayMs: 8000 }, 6, 90_000],
    [{ maxDelayMs: 5000 }, 1, 2000],
    [{ maxDelayMs: 5000 }, 3, 5000],
    [{ maxDelayMs: 5000 }, 6, 15_000],
    [{ maxDelayMs: 60_000 }, 5, 32_000],
    [{ maxDelayMs: 60_000 }, 6, 180_000],
    [{ baseDelayMs: undefined, maxDelayMs: undefined }, 1, 2000],
    [{ baseDelayMs: undefined, maxDelayMs: undefined }, 5, 30_000],
    // The script tag hands its attributes on as they are.
    [{ baseDelayMs: '8000', maxDelayMs: '12000' } as object, 1, 8000],
    [{ baseDelayMs: '8000', maxDelayMs: '12000' } as object, 2, 12_000],
    [{ baseDelayMs: '8000', maxDelayMs: '12000' } as object, 6, 36_000],
  ])('with %o, try %d is followed by at most %d ms', (options, tries, longestMs) => {
    expect(waitMs(tries, ALMOST_1, options)).toBeCloseTo(longestMs, 6);
    expect(waitMs(tries, 0.5, options)).toBe(tries > 5 ? 0.75 * longestMs : 0.5 * longestMs);
  });

  it('is never shorter than half a second, whatever the options, the server and the dice say', () => {
    const anyMs = fc.integer({ min: 0, max: 100_000 });
    const paces = fc.oneof(fc.constant(0), fc.double({ max: MAX_PACE_MS, noNaN: true }));
    fc.assert(
      fc.property(anyMs, anyMs, anyTries, randoms, paces, (baseDelayMs, maxDelayMs, tries, random, paceMs) => {
        return within(retryDelayMs({ baseDelayMs, maxDelayMs }, tries, random, paceMs), 500, 1e9);
      }),
      RUNS,
    );
    expect(waitMs(1, 0)).toBe(500);
    expect(waitMs(6, 0, { baseDelayMs: 0, maxDelayMs: 0 })).toBe(500);
  });
});

describe('what the server asks for', () => {
  it.each<[name: string, paceMs: number, obeyedMs: number]>([
    ['seconds', 2000, 2000],
    ['as much as our own longest wait', 30_000, 30_000],
    ['the most that is obeyed', MAX_PACE_MS, 120_000],
    ['as much as our own longest first wait is spread over', 1000, 1000],
  ])('is obeyed, and spread over twice as long: %s', (_, paceMs, obeyedMs) => {
    fc.assert(
      fc.property(randoms, (random) => within(pacedMs(paceMs, random), obeyedMs, 2 * obeyedMs)),
      RUNS,
    );
    expect(pacedMs(paceMs, 0)).toBe(obeyedMs);
    expect(pacedMs(paceMs, 0.5)).toBe(1.5 * obeyedMs);
  });

  it.each<[name: string, paceMs: number]>([
    ['less than our own shortest wait', 250],
    ['no time at all', 0],
    ['a date that has passed', -5000],
    ['a date of long ago', -Infinity],
  ])('changes nothing where that is %s', (_, paceMs) => {
    fc.assert(
      fc.property(anyTries, randoms, (tries, random) => pacedMs(paceMs, random, tries) === waitMs(tries, random)),
      RUNS,
    );
  });

  it('is a lower bound: our own pace is kept where it is slower', () => {
    fc.assert(
      fc.property(anyTries, randoms, fc.integer({ min: -1000, max: MAX_PACE_MS }), (tries, random, paceMs) => {
        const ms = pacedMs(paceMs, random, tries);
        return ms >= paceMs && ms === Math.max(waitMs(tries, random), pacedMs(paceMs, random));
      }),
      RUNS,
    );
    expect(pacedMs(2000, 0.5, 5)).toBe(15_000);
    expect(pacedMs(2000, 0.5, 6)).toBe(67_500);
    expect(pacedMs(120_000, 0.5, 6)).toBe(180_000);
  });

  it('where it asks for nothing, our own pace is all there is', () => {
    expect(pacedMs(0, 0.25, 3)).toBe(2000);
    expect(pacedMs(0, 0.25, 6)).toBe(56_250);
  });
});

describe('parseRetryAfterMs', () => {
  it.each<[text: string, ms: number]>([
    ['1', 1000],
    ['2', 2000],
    ['030', 30_000],
    ['120', 120_000],
    ['86400', 86_400_000],
    ['Sun, 15 Nov 2026 03:30:30 GMT', 30_000],
    ['Sun, 15 Nov 2026 03:30:00 GMT', 0],
    ['Sun, 15 Nov 2026 03:29:50 GMT', -10_000],
    // The old form, which a recipient must still read.
    ['Sunday, 15-Nov-26 03:31:00 GMT', 60_000],
    ['2026-11-15T03:30:05Z', 5000],
    // Not as it should be written, and no harm: a wait has its limits.
    ['1.5', 1500],
    ['1e3', 1_000_000],
    ['+5', 5000],
    ['0x1e', 30_000],
    ['Infinity', Infinity],
    ['-1', -1000],
  ])('%s is in %d ms', (text, ms) => {
    expect(parseRetryAfterMs(text, NOW_MS)).toBe(ms);
  });

  it.each<[name: string, text: string | null | undefined]>([
    ['no header', null],
    ['none, as a reply that is no answer has it', undefined],
    ['an empty one', ''],
    ['a word', 'soon'],
    ['a word and a comma', 'soon, please'],
    ['NaN', 'NaN'],
    ['a space', ' '],
    ['HTML', '<b>30</b>'],
    ['Korean', '30초'],
    ['fullwidth digits', '３０'],
    ['a date without a year', 'Sun, 15 Nov GMT+x'],
  ])('%s is none', (_, text) => {
    expect(parseRetryAfterMs(text, NOW_MS)).toBeNaN();
  });

  // Date.parse takes some of these for a date of long ago, and not in every browser.
  it.each(['0', '00', '0.0', '-0', '-1', '-30', '30, 30', '5 s', 'in 5'])('%s is none, or a date that has passed', (text) => {
    expect(parseRetryAfterMs(text, NOW_MS) > 0).toBe(false);
  });

  // What the caller makes of it is held in test/edge/complete.retry.test.ts.
  it('whatever stands there, a number comes of it, and of that a wait as long as one should be', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\d., :GMTSun+-]{0,400}$/), fc.stringMatching(/^\d{1,400}$/));
    fc.assert(
      fc.property(texts, randoms, (text, random) => {
        const paceMs = parseRetryAfterMs(text, NOW_MS);
        return typeof paceMs === 'number' && within(pacedMs(Math.min(paceMs, MAX_PACE_MS) || 0, random), 500, 240_000);
      }),
      RUNS,
    );
  });
});

describe('every @default is what the code does', () => {
  const source = readFileSync(new URL('../../src/core/retry.ts', import.meta.url), 'utf8');
  const documented = Object.fromEntries(
    [...source.matchAll(/@default (.+)\n\s*\*\/\n\s*readonly (\w+)\?:/g)].map(([, value, name]) => [name, Number(value)]),
  );
  /** The longest wait after a try, read off the code itself. */
  const longestMs = (tries: number) => Math.round(waitMs(tries, ALMOST_1));

  it.each<[name: keyof RetryOptions, value: number, done: () => number]>([
    ['timeoutMs', 10_000, () => TIMEOUT_MS],
    ['maxTries', 12, () => MAX_TRIES],
    ['baseDelayMs', 2000, () => longestMs(1)],
    ['maxDelayMs', 30_000, () => longestMs(5)],
  ])('%s: %d', (name, value, done) => {
    expect(documented[name]).toBe(value);
    expect(done()).toBe(value);
  });

  it('and no option is without one', () => {
    const names = [...source.matchAll(/readonly (\w+)\?:/g)].map(([, name]) => name);
    expect(Object.keys(documented)).toEqual(names);
    expect(names).toEqual(['timeoutMs', 'maxTries', 'baseDelayMs', 'maxDelayMs']);
  });

  it('a visit that spends its tries lasts between four and a half and twelve minutes', () => {
    const visitMs = (random: number) => Array.from({ length: MAX_TRIES - 1 }, (_, i) => waitMs(i + 1, random)).reduce((a, b) => a + b);
    expect(visitMs(0)).toBe(5 * 500 + 6 * 45_000);
    expect(visitMs(ALMOST_1)).toBeCloseTo(60_000 + 6 * 90_000, 3);
  });
});
