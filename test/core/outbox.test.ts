import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuery } from '../../src/core/claim.js';
import { type Entry, type EntryKind, isExpired, isOverdue, keyOf, parseEntries, withEntry, without } from '../../src/core/outbox.js';
import { entryOf, IDS } from './helpers.js';

const KINDS: EntryKind[] = ['departed', 'landed', 'paid'];
const { impUid, merchantUid } = IDS;
const AT_MS = Date.UTC(2026, 10, 15);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const EXPIRY_MS = 7 * DAY_MS;
const GOOD: Entry = ['landed', impUid, merchantUid, AT_MS, AT_MS];

/** What an id may be: any text of 1 to 256 characters that JSON need not escape, but for quotes and backslashes. */
const ids = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 256 })
  .filter((id) => id.length <= 256 && /^[ -\ud7ff\ue000-\u{10ffff}]*$/u.test(id));
const times = fc.integer({ min: 0, max: 4e12 });
const anyEntry: fc.Arbitrary<Entry> = fc
  .tuple(fc.constantFrom(...KINDS), fc.option(ids), fc.option(ids), times, times)
  .filter(([, imp, merchant]) => imp !== null || merchant !== null);
/** Few ids, so that entries about the same come up. */
const closeEntry: fc.Arbitrary<Entry> = fc.tuple(
  fc.constantFrom(...KINDS),
  fc.constantFrom('imp_1', 'imp_2', null),
  fc.constantFrom('order_1', 'order_2'),
  times,
  times,
);

const about = ([kind, imp, merchant]: Entry) => JSON.stringify([kind, imp, merchant]);

describe('parseEntries', () => {
  it('reads back what was written, whatever the ids', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 60 }), (entries) => {
        expect(parseEntries(JSON.stringify(entries))).toEqual(entries);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every payment that a landing may name', () => {
    const decode = (raw: string) => new URLSearchParams(`=${raw}`).get('') as string;
    const anyId = fc.oneof(ids, fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ unit: 'binary-ascii' }));
    let named = 0;
    fc.assert(
      fc.property(anyId, anyId, (imp, merchant) => {
        const reading = readQuery(`imp_uid=${encodeURIComponent(imp)}&merchant_uid=${encodeURIComponent(merchant)}`, decode, false);
        if (!reading) throw new Error('no landing');
        const [claim] = reading;
        const { impUid, merchantUid } = claim;
        if (impUid ?? merchantUid) named++;
        expect(parseEntries(JSON.stringify([entryOf('landed', claim)]))).toEqual(
          (impUid ?? merchantUid) ? [['landed', impUid, merchantUid, 0, 0]] : [],
        );
      }),
      { numRuns: 1000 },
    );
    expect(named).toBeGreaterThan(500);
  });

  it.each<[name: string, id: string]>([
    ['one character', '1'],
    ['256 characters', 'x'.repeat(256)],
    ['256 quotes', '"'.repeat(256)],
    ['256 backslashes', '\\'.repeat(256)],
    ['256 Korean characters', '주'.repeat(256)],
    ['128 characters of two units', '😀'.repeat(128)],
    ['a quote', 'order"1'],
    ['a backslash', 'order\\1'],
    ['a backslash at the end', 'order\\'],
    ['a backslash before a quote', 'order\\"1'],
    ['what looks like the end of an entry', '",1,2],["paid","a'],
    ['what looks like an escape', '\\u0000\\n'],
    ['spaces', ' order 1 '],
    ['HTML', '<img src=x onerror=alert(1)>'],
    ['null, as text', 'null'],
    ['a name of the prototype', '__proto__'],
    ['a line separator', 'a\u2028b'],
  ])('an id may be %s, in either place', (_, id) => {
    const entries: Entry[] = [
      ['landed', id, merchantUid, 0, 0],
      ['landed', impUid, id, 1, 2],
      ['departed', null, id, 1, 2],
      ['paid', id, null, 1, 2],
    ];
    expect(parseEntries(JSON.stringify(entries))).toEqual(entries);
  });

  it.each<[name: string, id: unknown]>([
    ['empty', ''],
    ['257 characters', 'x'.repeat(257)],
    ['257 quotes', '"'.repeat(257)],
    ['257 backslashes', '\\'.repeat(257)],
    ['129 characters of two units', '😀'.repeat(129)],
    ['a megabyte', 'x'.repeat(1 << 20)],
    ['a null character', 'a\0b'],
    ['a line break', 'a\nb'],
    ['a tab', 'a\tb'],
    ['an escape character', 'a\x1bb'],
    ['half a character', 'a\ud800'],
    ['a number', 1001],
    ['true', true],
    ['an object', { toString: 'order_1' }],
    ['a list', ['order_1']],
    ['a list of all the rest', ['order_1', 1, 2]],
  ])('an id that is %s makes no entry, and the others go on', (_, id) => {
    const entries = [['landed', id, merchantUid, 1, 2], GOOD, ['landed', impUid, id, 1, 2], ['paid', null, id, 1, 2]];
    expect(parseEntries(JSON.stringify(entries))).toEqual([GOOD]);
  });

  it.each<[name: string, entry: unknown]>([
    ['null', null],
    ['a number', 1],
    ['a text', 'landed'],
    ['an entry as text', JSON.stringify(GOOD)],
    ['an empty list', []],
    ['an object', { kind: 'landed', impUid, merchantUid, atMs: 1, writtenMs: 2 }],
    ['an object that looks like a list', { ...GOOD, length: 5 }],
    ['an object with a prototype of its own', { __proto__: null, ...GOOD }],
    ['a list of an entry', [GOOD]],
    ['no payment', ['landed', null, null, 1, 2]],
    ['a kind that is unknown', ['settled', impUid, merchantUid, 1, 2]],
    ['a kind in capitals', ['LANDED', impUid, merchantUid, 1, 2]],
    ['a kind with more to it', ['landed ', impUid, merchantUid, 1, 2]],
    ['a kind that is missing', [impUid, merchantUid, 1, 2]],
    ['a kind in a list', [['landed'], impUid, merchantUid, 1, 2]],
    ['a kind from the prototype', ['constructor', impUid, merchantUid, 1, 2]],
    ['an id too few', ['landed', merchantUid, 1, 2]],
    ['an id too many', ['landed', impUid, merchantUid, 'order_2', 1, 2]],
    ['a time too few', ['landed', impUid, merchantUid, 1]],
    ['a time too many', ['landed', impUid, merchantUid, 1, 2, 3]],
    ['something of the future at its end', ['landed', impUid, merchantUid, 1, 2, { amount: 12000 }]],
    ['a time that is text', ['landed', impUid, merchantUid, '1', 2]],
    ['a time that is null', ['landed', impUid, merchantUid, 1, null]],
    ['a time that is true', ['landed', impUid, merchantUid, true, 2]],
    ['a time before 1970', ['landed', impUid, merchantUid, -1, 2]],
    ['a time with a fraction', ['landed', impUid, merchantUid, 1.5, 2]],
    ['a time beyond all dates', ['landed', impUid, merchantUid, 1, 1e21]],
  ])('%s is none, and the others go on', (_, entry) => {
    expect(parseEntries(JSON.stringify([GOOD, entry, GOOD]))).toEqual([GOOD, GOOD]);
  });

  it.each<[name: string, text: unknown]>([
    ['nothing', undefined],
    ['null, as storage says "nothing"', null],
    ['an empty text', ''],
    ['no JSON', 'imp_1'],
    ['half of it', JSON.stringify([GOOD]).slice(0, -1)],
    ['the end of it', JSON.stringify([GOOD]).slice(1)],
    ['more than it', `${JSON.stringify([GOOD])}]`],
    ['HTML', '<!doctype html><title>로그인</title>'],
    ['a megabyte of nonsense', '['.repeat(1 << 20)],
    ['a megabyte of braces', '{"a":'.repeat(200_000)],
    ['null in JSON', 'null'],
    ['a text in JSON', '"landed"'],
    ['a number in JSON', '1'],
    ['an empty object', '{}'],
    ['an entry that is in no list', JSON.stringify(GOOD)],
    ['an object that has what a list has', '{"filter":1,"length":1}'],
    ['an object with an entry in it', JSON.stringify({ 0: GOOD, length: 1 })],
    ['a number', 7],
    ['an object', {}],
    ['a list that is not JSON', [GOOD]],
    ['a buffer', new ArrayBuffer(8)],
    ['an object without a prototype', Object.create(null)],
    ['a symbol', Symbol('landed')],
    [
      'an object that throws',
      {
        toString() {
          throw new Error('mine');
        },
      },
    ],
  ])('%s is an empty outbox', (_, text) => {
    expect(parseEntries(text)).toEqual([]);
  });

  it('whatever is stored, what comes out are entries, and it never throws', () => {
    const isEntry = (entry: unknown) => {
      expect(entry).toBeInstanceOf(Array);
      const [kind, imp, merchant, atMs, writtenMs, ...more] = entry as unknown[];
      expect(KINDS).toContain(kind);
      for (const id of [imp, merchant]) if (id !== null) expect(id).toBeTypeOf('string');
      expect(`${imp ?? ''}${merchant ?? ''}`).not.toBe('');
      for (const ms of [atMs, writtenMs]) expect(ms).toBeTypeOf('number');
      expect(more).toEqual([]);
    };
    const almost = fc.array(fc.oneof(fc.constantFrom<unknown>(...KINDS, null, impUid, 1, ''), fc.jsonValue()), { maxLength: 6 });
    const stored = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(almost).map((entries) => JSON.stringify(entries)),
      fc.anything(),
    );
    let read = 0;
    fc.assert(
      fc.property(stored, (text) => {
        const entries = parseEntries(text);
        read += entries.length;
        entries.forEach(isEntry);
      }),
      { numRuns: 2000, examples: [[JSON.stringify([GOOD])]] },
    );
    expect(read).toBeGreaterThan(0);
  });

  it('a megabyte of entries is read in no time', () => {
    const text = JSON.stringify(Array.from({ length: 15_000 }, (_, i) => entryOf('landed', { impUid, merchantUid: `order_${i}` }, AT_MS)));
    expect(text.length).toBeGreaterThan(1 << 20);
    expect(parseEntries(text)).toHaveLength(15_000);
    // What is almost an id, over and over: nothing to go back and forth in.
    expect(parseEntries(`[["landed","${'\\\\\\"'.repeat(1 << 18)}`)).toEqual([]);
    expect(parseEntries(JSON.stringify([['landed', '\\"'.repeat(1 << 18), null, 1, 2], GOOD]))).toEqual([GOOD]);
  });
});

describe('withEntry and without', () => {
  const other: Entry = ['landed', 'imp_2', 'order_2', 1, 1];
  const departed: Entry = ['departed', null, merchantUid, 1, 1];

  it('puts an entry at the end', () => {
    expect(withEntry([], GOOD)).toEqual([GOOD]);
    expect(withEntry([other], GOOD)).toEqual([other, GOOD]);
  });

  it('puts it in the place of one about the same, whenever that was', () => {
    expect(withEntry([['landed', impUid, merchantUid, 1, 2], other], GOOD)).toEqual([other, GOOD]);
  });

  it.each<[name: string, entry: Entry]>([
    ['of another kind', ['departed', impUid, merchantUid, 1, 1]],
    ['of another payment of the order', ['landed', 'imp_2', merchantUid, 1, 1]],
    ['of another order', ['landed', impUid, 'order_2', 1, 1]],
    ['without the payment', ['landed', null, merchantUid, 1, 1]],
    ['without the order', ['landed', impUid, null, 1, 1]],
    ['whose ids are exchanged', ['landed', merchantUid, impUid, 1, 1]],
  ])('leaves one %s alone', (_, entry) => {
    expect(withEntry([entry], GOOD)).toEqual([entry, GOOD]);
    expect(without([entry], GOOD)).toEqual([entry]);
  });

  it('takes out what is about the same, doubles too, by its kind and ids alone', () => {
    expect(without([departed, GOOD, other, ['landed', impUid, merchantUid, 9, 9]], ['landed', impUid, merchantUid])).toEqual([
      departed,
      other,
    ]);
    expect(without([departed], ['departed', null, merchantUid])).toEqual([]);
    expect(without([], GOOD)).toEqual([]);
  });

  it('null is an id like another: what names one payment does not take out all', () => {
    const entries: Entry[] = [departed, ['departed', null, 'order_2', 1, 1], ['departed', impUid, null, 1, 1]];
    expect(without(entries, ['departed', null, merchantUid])).toEqual(entries.slice(1));
    expect(without(entries, ['departed', null, null])).toEqual(entries);
    expect(without(entries, ['departed', undefined, merchantUid])).toEqual(entries);
  });

  it('keeps 50, and of those the newest', () => {
    const entries = Array.from({ length: 51 }, (_, i) => entryOf('landed', { merchantUid: `order_${i}` }));
    const kept = entries.reduce<Entry[]>(withEntry, []);
    expect(kept).toHaveLength(50);
    expect(kept).toEqual(entries.slice(1));
    // One about the same makes no more of them.
    expect(withEntry(kept, ['landed', null, 'order_30', 9, 9])).toHaveLength(50);
    expect(withEntry(kept, ['landed', null, 'order_30', 9, 9])[0]).toEqual(entries[1]);
  });

  it('cuts what somebody else made too long', () => {
    const entries = Array.from({ length: 5000 }, (_, i) => entryOf('landed', { merchantUid: `order_${i}` }));
    expect(withEntry(entries, GOOD)).toEqual([...entries.slice(-49), GOOD]);
  });

  it('whatever the order of things, there is one entry about the same, the newest, and nothing else is touched', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('with', 'without'), closeEntry), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (done) => {
        const model = new Map<string, Entry>();
        let entries: readonly Entry[] = [];
        for (const [step, entry] of done) {
          const before = Object.freeze(entries);
          entries = step === 'with' ? withEntry(before, entry) : without(before, entry);
          model.delete(about(entry));
          if (step === 'with') model.set(about(entry), entry);
        }
        expect(entries).toEqual([...model.values()]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('isExpired', () => {
  it.each<[name: string, ageMs: number, expired: boolean]>([
    ['at once', 0, false],
    ['after 6 days', 6 * DAY_MS, false],
    ['a millisecond before 7 days', EXPIRY_MS - 1, false],
    ['at exactly 7 days', EXPIRY_MS, false],
    ['a millisecond after', EXPIRY_MS + 1, true],
    ['after a year', 365 * DAY_MS, true],
    ['where the clock was set back', -DAY_MS, false],
  ])('%s: %3$s', (_, ageMs, expired) => {
    // Written again and again, as a departure is: that makes it no younger.
    for (const kind of KINDS)
      for (const writtenMs of [AT_MS, AT_MS + ageMs])
        expect(isExpired([kind, impUid, merchantUid, AT_MS, writtenMs], AT_MS + ageMs)).toBe(expired);
  });
});

describe('isOverdue', () => {
  const departedAt = (writtenMs = AT_MS): Entry => ['departed', null, merchantUid, AT_MS, writtenMs];

  it.each<[name: string, ageMs: number, afterMs: number, overdue: boolean]>([
    ['at once', 0, MINUTE_MS, false],
    ['a millisecond before', MINUTE_MS - 1, MINUTE_MS, false],
    ['at exactly that time', MINUTE_MS, MINUTE_MS, true],
    ['long after', DAY_MS, MINUTE_MS, true],
    ['at once, where that is wanted', 0, 0, true],
    ['before a longer time', MINUTE_MS, 5 * MINUTE_MS, false],
    ['at a longer time', 5 * MINUTE_MS, 5 * MINUTE_MS, true],
    ['where the clock was set back', -DAY_MS, MINUTE_MS, false],
    // The script tag hands its attribute on as it is.
    ['before what an attribute says', 89_999, '90000' as never, false],
    ['at what an attribute says', 90_000, '90000' as never, true],
  ])('a departure is asked about %s: %4$s', (_, ageMs, afterMs, overdue) => {
    expect(isOverdue(departedAt(), AT_MS + ageMs, afterMs)).toBe(overdue);
  });

  it('then at intervals that double', () => {
    const asked: number[] = [];
    let entry = departedAt();
    for (let minute = 0; minute <= 7 * 24 * 60; minute++) {
      const nowMs = AT_MS + minute * MINUTE_MS;
      if (!isOverdue(entry, nowMs, MINUTE_MS)) continue;
      asked.push(minute);
      entry = departedAt(nowMs);
    }
    expect(asked).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
  });

  it('asked late, it waits as long again', () => {
    const entry = departedAt(AT_MS + DAY_MS);
    expect(isOverdue(entry, AT_MS + 2 * DAY_MS - 1, MINUTE_MS)).toBe(false);
    expect(isOverdue(entry, AT_MS + 2 * DAY_MS, MINUTE_MS)).toBe(true);
  });

  it.each(['landed', 'paid'] as const)('what is %s is not asked about in this way', (kind) => {
    expect(isOverdue([kind, impUid, merchantUid, AT_MS, AT_MS], AT_MS + DAY_MS, MINUTE_MS)).toBe(false);
    expect(isOverdue([kind, impUid, merchantUid, AT_MS, AT_MS], AT_MS, 0)).toBe(false);
  });
});

describe('keyOf', () => {
  it('is the same for the same payment, and what an entry and a claim have beside it does not matter', () => {
    expect(keyOf({ ...IDS, errorCode: 'F1002' } as object)).toBe(keyOf({ impUid, merchantUid }));
  });

  it('differs wherever an id does', () => {
    const key = (imp: string | null, merchant: string | null) => keyOf({ impUid: imp, merchantUid: merchant });
    const keys = [
      key('a', 'b'),
      key('b', 'a'),
      key('a', null),
      key(null, 'a'),
      key('a', 'null'),
      key('null', 'a'),
      key('a","b', null),
      key('a', 'b","c'),
      key('a","b', 'c'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
