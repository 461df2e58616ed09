import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BLIP, ours, quantile, READMES, type Result, ROWS, STORM, simulate, simulateAll, TABLE, tableOf } from '../../scripts/storm.js';

const results = simulateAll();
const { outageMs, capacity } = STORM;
const POLITE_PEAK = 1.25 * capacity;

const waitMs = ({ waitsMs }: Result, share: number) => quantile(waitsMs, share);

describe('100,000 customers land within 2 s, and the server is down for 60 s', () => {
  it('where connections are refused, it is not stormed when it comes back', () => {
    expect(results.ours.storm.peak).toBeLessThanOrEqual(POLITE_PEAK);
    expect(results.ours.storm.triesPerOrder).toBeLessThanOrEqual(7.5);
  });

  it.each(['retryAfter', 'backlog'] as const)('a server that asks for patience gets fewer requests: %s', (row) => {
    expect(results[row].storm.triesPerOrder).toBeLessThanOrEqual(4);
  });

  it('a server that asks for as much as it needs is not stormed', () => {
    expect(results.backlog.storm.peak).toBeLessThanOrEqual(POLITE_PEAK);
  });

  // A fixed number is not what a server can serve: it must shed what is left, but nobody is given up.
  it.each([1, 2, 5])('a server that asks for far too little gets everybody home: Retry-After: %i', (seconds) => {
    const { toldShare, triesPerOrder } = simulate(ours, { ...STORM, retryAfter: () => seconds });
    expect(toldShare).toBe(1);
    expect(triesPerOrder).toBeLessThanOrEqual(7.5);
  });

  it.each(['ours', 'retryAfter', 'backlog'] as const)('95 % of the open pages are told in time: %s', (row) => {
    expect(results[row].storm.told95Ms).toBeLessThanOrEqual(100_000);
    expect(results[row].storm.toldShare).toBe(1);
  });

  it('where requests hang, those who come at once are fewer and fewer', () => {
    const { perSecond, peak } = simulate(ours, { ...STORM, ...ROWS.hanging[3], ...ROWS.retryAfter[3] });
    const peaks = [0, 20, 40, 60].map((second) => Math.max(...perSecond.subarray(outageMs / 1000 + second).subarray(0, 20)));
    expect(peak).toBeLessThanOrEqual(8 * capacity);
    expect(results.hanging.storm.peak).toBeLessThanOrEqual(8 * capacity);
    expect(peaks).toEqual(peaks.toSorted((a, b) => b - a));
    expect(peaks.at(-1)).toBeLessThan(capacity);
  });

  it('the simulation tells a worse policy', () => {
    expect(results.fixed.storm.peak).toBeGreaterThan(40 * capacity);
    expect(results.fixed.storm.triesPerOrder).toBeGreaterThan(60);
    expect(results.exponential.storm.peak).toBeGreaterThan(20 * capacity);
    expect(results.exponential.storm.told95Ms).toBeGreaterThan(300_000);
    expect(results.fullJitter.storm.peak).toBeGreaterThan(3 * capacity);
    expect(results.fullJitter.storm.triesPerOrder).toBeGreaterThan(7.5);
    expect(results.fourTries.storm).toMatchObject({ peak: 0, triesPerOrder: 4, toldShare: 0, told95Ms: Infinity, waiting: 0 });
  });

  it('it serves no more than it can, in order, and everybody once', () => {
    for (const { storm } of Object.values(results)) {
      const { toldAtMs, toldShare } = storm;
      expect(toldShare).toBeLessThanOrEqual(1);
      // Ten seconds' worth at any time: never more than the capacity.
      const tooFast = toldAtMs.findIndex((atMs, index) => (toldAtMs[index + 10 * capacity] ?? Infinity) - atMs < 10_000 - 1e-6);
      expect(tooFast).toBe(-1);
      expect(toldAtMs[0] ?? Infinity).toBeGreaterThan(outageMs);
    }
  });

  it('every seed tells the same story, and one seed the same numbers', () => {
    const again = simulate(ours, STORM);
    expect(again.perSecond).toEqual(results.ours.storm.perSecond);
    expect(again.toldAtMs.findIndex((atMs, index) => atMs !== results.ours.storm.toldAtMs[index])).toBe(-1);
    const other = simulate(ours, { ...STORM, seed: 2 });
    expect(other.perSecond).not.toEqual(again.perSecond);
    expect(other.peak).toBeLessThanOrEqual(POLITE_PEAK);
    expect(other.triesPerOrder).toBeCloseTo(again.triesPerOrder, 1);
  });
});

describe(`a blip of ${BLIP.outageMs / 1000} s`, () => {
  it('is hardly seen', () => {
    expect(waitMs(results.ours.blip, 0.5)).toBeLessThanOrEqual(2000);
    expect(waitMs(results.ours.blip, 0.95)).toBeLessThanOrEqual(5000);
  });

  it('the simulation tells a policy that is too slow', () => {
    const slow = simulate(({ random }) => 10_000 * random, { ...STORM, ...BLIP });
    expect(waitMs(slow, 0.5)).toBeGreaterThan(2000);
    expect(waitMs(slow, 0.95)).toBeGreaterThan(5000);
  });
});

it.each(Object.entries(READMES))('%s quotes the simulation', (name, language) => {
  const readme = readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  expect(TABLE.exec(readme)?.[0]).toBe(tableOf(results, language));
});
