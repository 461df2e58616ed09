import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUrl } from '../../src/core/claim.js';
import { type EntryKind, isExpired, isOverdue, keyOf, type Outbox, rewrite, type Times } from '../../src/core/outbox.js';
import { IDS } from './helpers.js';

const KINDS: EntryKind[] = ['departed', 'landed', 'paid', 'asking'];
const { impUid, merchantUid } = IDS;
const AT_MS = Date.UTC(2026, 10, 15);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const EXPIRY_MS = 7 * DAY_MS;
const GOOD_KEY = keyOf('landed', IDS);
const GOOD: Outbox = { [GOOD_KEY]: [AT_MS, AT_MS] };
const OTHER: Outbox = { [keyOf('landed', { impUid: 'imp_2', merchantUid: 'order_2' })]: [1, 2] };

/** What a stored text is read as. */
function parse(text: unknown): Outbox {
  let read: Outbox | undefined;
  rewrite(text, (outbox) => {
    read = { ...outbox };
  });
  return read as Outbox;
}
/** As `toEqual`, and in the same order. */
const expectInOrder = (outbox: Outbox, expected: Outbox) => expect(Object.entries(outbox)).toEqual(Object.entries(expected));
/** So many orders that have landed. */
const landings = (count: number): Outbox =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [keyOf('landed', { merchantUid: `order_${i}` }), [i, i] as const]));

/** What an id may be: any text of 1 to 256 characters that JSON need not escape. */
const ids = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 256 })
  .filter((id) => id.length <= 256 && /^[ -\ud7ff\ue000-\u{10ffff}]*$/u.test(id) && !/["\\]/.test(id));
const times: fc.Arbitrary<Times> = fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 4e12 }));
const anyKey = fc
  .tuple(fc.constantFrom(...KINDS, 'later' as EntryKind), fc.option(ids), fc.option(ids))
  .filter(([, imp, merchant]) => imp !== null || merchant !== null)
  .map(([kind, imp, merchant]) => keyOf(kind, { impUid: imp, merchantUid: merchant }));
/** Few ids, so that entries about the same come up. */
const closeKey = fc
  .tuple(fc.constantFrom(...KINDS), fc.constantFrom('imp_1', 'imp_2', null), fc.constantFrom('order_1', 'order_2'))
  .map(([kind, imp, merchant]) => keyOf(kind, { impUid: imp, merchantUid: merchant }));

describe('what is stored', () => {
  it('is one JSON object, from what an entry is about to its two times', () => {
    const text = rewrite(null, (outbox) => {
      outbox[keyOf('departed', { merchantUid })] = [1, 2];
      outbox[GOOD_KEY] = [3, 4];
    });
    expect(text).toBe(String.raw`{"departed\t\torder_1":[1,2],"landed\timp_448280090638\torder_1":[3,4]}`);
  });

  it('is read back as it was written, whatever the ids, and in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyKey, times), { maxLength: 49 }), (entries) => {
        const outbox = Object.fromEntries(entries);
        const text = rewrite(null, (empty) => void Object.assign(empty, outbox));
        expectInOrder(parse(text), outbox);
        expect(rewrite(text, () => {})).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  // Nobody gives such ids. They are asked about by their own landing, and by no other page.
  it('holds every payment that a landing may name, but for ids with a quote or a backslash', () => {
    const marked = fc.tuple(ids, fc.constantFrom('"', '\\', '\\"', '\\t'), ids).map((parts) => parts.join('').slice(0, 256));
    const anyId = fc.oneof(ids, marked, fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ unit: 'binary-ascii' }));
    let held = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyId, anyId, (imp, merchant) => {
        const landing = readUrl(
          `?imp_uid=${encodeURIComponent(imp.replace(/[\ud800-\udbff]$/, ''))}&merchant_uid=${encodeURIComponent(merchant.replace(/[\ud800-\udbff]$/, ''))}`,
          (pair) => new URLSearchParams(pair),
        );
        if (!landing) throw new Error('no landing');
        const { claim } = landing;
        const { impUid, merchantUid } = claim;
        const outbox = { [keyOf('landed', claim)]: [0, 0] as const };
        const isHeld = !!(impUid ?? merchantUid) && !/["\\]/.test(`${impUid}${merchantUid}`);
        if (isHeld) held++;
        else if (impUid ?? merchantUid) refused++;
        expectInOrder(parse(JSON.stringify({ ...outbox, ...OTHER })), isHeld ? { ...outbox, ...OTHER } : OTHER);
      }),
      { numRuns: 1000 },
    );
    expect(held).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });

  it.each<[name: string, id: string]>([
    ['one character', '1'],
    ['256 characters', 'x'.repeat(256)],
    ['256 Korean characters', '주'.repeat(256)],
    ['128 characters of two units', '😀'.repeat(128)],
    ['what looks like the end of times', '],[1,2'],
    ['an apostrophe', "order'1"],
    ['a solidus', 'order/1'],
    ['spaces', ' order 1 '],
    ['HTML', '<img src=x onerror=alert(1)>'],
    ['null, as text', 'null'],
    ['undefined, as text', 'undefined'],
    ['a name of the prototype', '__proto__'],
    ['a line separator', 'a\u2028b'],
  ])('may have an id that is %s, in either place', (_, id) => {
    const outbox: Outbox = {
      [keyOf('landed', { impUid: id, merchantUid })]: [0, 0],
      [keyOf('landed', { impUid, merchantUid: id })]: [1, 2],
      [keyOf('departed', { merchantUid: id })]: [1, 2],
      [keyOf('paid', { impUid: id })]: [1, 2],
      [keyOf('asking', { merchantUid: id })]: [1, 2],
    };
    expectInOrder(parse(JSON.stringify(outbox)), outbox);
  });

  // Of a later version, say: it is not asked about, and goes when it is old.
  it.each(['settled', 'LANDED', 'constructor', '__proto__', '7', '_'])('may be of a kind that is not known: "%s"', (kind) => {
    const outbox = { ...OTHER, [keyOf(kind as EntryKind, IDS)]: [1, 2] as const, ...GOOD };
    expectInOrder(parse(JSON.stringify(outbox)), outbox);
  });
});

describe('what is stored and is no entry', () => {
  it.each<[name: string, id: string]>([
    ['257 characters', 'x'.repeat(257)],
    ['129 characters of two units', '😀'.repeat(129)],
    ['a megabyte', 'x'.repeat(1 << 20)],
    ['a quote', 'order"1'],
    ['a backslash', 'order\\1'],
    ['a backslash at the end', 'order\\'],
    ['a backslash before a quote', 'order\\"1'],
    ['256 quotes', '"'.repeat(256)],
    ['256 backslashes', '\\'.repeat(256)],
    ['what looks like the end of an entry', 'a",[1,2]],["paid\ta'],
    ['what looks like the end of a key', '":[1,2],"paid\t\ta'],
    ['what looks like an escape', '\\u0041'],
    ['what looks like a tab', 'a\\tb'],
    ['a null character', 'a\0b'],
    ['a line break', 'a\nb'],
    ['a tab', 'a\tb'],
    ['a tab at the end', 'a\t'],
    ['an escape character', 'a\x1bb'],
    ['half a character', 'a\ud800'],
    ['the other half', '\udc00a'],
  ])('an id that is %s makes none, and the others go on', (_, id) => {
    const outbox: Outbox = {
      [keyOf('landed', { impUid: id, merchantUid })]: [1, 2],
      ...GOOD,
      [keyOf('landed', { impUid, merchantUid: id })]: [1, 2],
      [keyOf('departed', { merchantUid: id })]: [1, 2],
      [keyOf('paid', { impUid: id })]: [1, 2],
      [keyOf('landed', { impUid: id, merchantUid: id })]: [1, 2],
      ...OTHER,
    };
    expectInOrder(parse(JSON.stringify(outbox)), { ...GOOD, ...OTHER });
    // Nor does writing it harm them.
    const text = rewrite(JSON.stringify({ ...GOOD, ...OTHER }), (others) => {
      others[keyOf('departed', { merchantUid: id })] = [1, 2];
      others[keyOf('landed', { impUid: id, merchantUid: id })] = [1, 2];
    });
    expectInOrder(parse(text), { ...GOOD, ...OTHER });
  });

  it.each<[name: string, key: string]>([
    ['empty', ''],
    ['an index', '0'],
    ['a name of the prototype', '__proto__'],
    ['a word', 'landed'],
    ['two tabs', '\t\t'],
    ['no payment', 'landed\t\t'],
    ['a kind that is missing', `\t${impUid}\t${merchantUid}`],
    ['a kind with a space', `landed \t${impUid}\t${merchantUid}`],
    ['a kind with a hyphen', `land-ed\t${impUid}\t${merchantUid}`],
    ['a kind in Korean', `결제\t${impUid}\t${merchantUid}`],
    ['a kind with a line break', `landed\n\t${impUid}\t${merchantUid}`],
    ['a kind with a quote', `"landed\t${impUid}\t${merchantUid}`],
    ['an id too few', `landed\t${merchantUid}`],
    ['an id too many', `landed\t${impUid}\t${merchantUid}\torder_2`],
    ['an empty id too many', `landed\t${impUid}\t${merchantUid}\t`],
    ['the times too', `landed\t${impUid}\t${merchantUid}\t1\t2`],
    ['with a tab before it', `\tlanded\t${impUid}\t${merchantUid}`],
    ['with spaces for tabs', `landed ${impUid} ${merchantUid}`],
    ['with commas for tabs', `landed,${impUid},${merchantUid}`],
    ['with vertical tabs', `landed\v${impUid}\v${merchantUid}`],
    ['with tabs that are written out', `landed\\t${impUid}\\t${merchantUid}`],
    ['the format of before', JSON.stringify(['landed', impUid, merchantUid])],
  ])('a key that is %s', (_, key) => {
    const text = JSON.stringify({ ...OTHER, key: [1, 2], ...GOOD }).replace('"key"', () => JSON.stringify(key));
    expectInOrder(parse(text), { ...OTHER, ...GOOD });
  });

  it.each<[name: string, times: unknown]>([
    ['null', null],
    ['a number', 1],
    ['an empty text', ''],
    ['two times as one text', '1,2'],
    ['two times as one text in a list', ['1,2']],
    ['an empty list', []],
    ['an object', { atMs: 1, writtenMs: 2 }],
    ['an object that looks like a list', { 0: 1, 1: 2, length: 2 }],
    ['a list of them', [[1, 2]]],
    ['lists', [[1], [2]]],
    ['a time too few', [1]],
    ['a time too many', [1, 2, 3]],
    ['no context at the end, but text', [1, 2, 'amount']],
    ['a list in place of a context', [1, 2, [{ amount: 12000 }]]],
    ['null in place of a context', [1, 2, null]],
    ['something of the future behind a context', [1, 2, { amount: 12000 }, 3]],
    ['a context alone', [{ amount: 12000 }]],
    ['a context before the times', [{ amount: 12000 }, 1, 2]],
    ['a time that is text', ['1', 2]],
    ['a time that is null', [1, null]],
    ['a time that is true', [true, 2]],
    ['a time before 1970', [-1, 2]],
    ['a time with a fraction', [1.5, 2]],
    ['a time beyond all dates', [1, 1e21]],
  ])('times that are %s', (_, times) => {
    expectInOrder(parse(JSON.stringify({ ...OTHER, [keyOf('paid', IDS)]: times, ...GOOD })), { ...OTHER, ...GOOD });
  });

  it.each<[name: string, text: unknown]>([
    ['nothing', undefined],
    ['null, as storage says "nothing"', null],
    ['an empty text', ''],
    ['no JSON', 'imp_1'],
    ['half of it', JSON.stringify(GOOD).slice(0, -1)],
    ['the end of it', JSON.stringify(GOOD).slice(1)],
    ['more than it', `${JSON.stringify(GOOD)}}`],
    ['HTML', '<!doctype html><title>로그인</title>'],
    ['a megabyte of nonsense', '['.repeat(1 << 20)],
    ['a megabyte of braces', '{"a":'.repeat(200_000)],
    ['null in JSON', 'null'],
    ['a text in JSON', '"landed"'],
    ['a number in JSON', '1'],
    ['an empty object', '{}'],
    ['an empty list', '[]'],
    ['the format of before: a list', JSON.stringify([['landed', impUid, merchantUid, 1, 2]])],
    ['a list of entries', JSON.stringify(Object.entries(GOOD))],
    ['the format of before: lists as keys', JSON.stringify({ [JSON.stringify(['landed', impUid, merchantUid])]: [1, 2] })],
    ['an outbox in a list', JSON.stringify([GOOD])],
    ['an outbox in an object', JSON.stringify({ landed: GOOD })],
    ['an outbox as text in JSON', JSON.stringify(JSON.stringify(GOOD))],
    ['a number', 7],
    ['an object', {}],
    ['an outbox that is not JSON', GOOD],
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
    expect(parse(text)).toEqual({});
    expect(rewrite(text, () => {})).toBe('{}');
  });

  it('whatever is stored, what comes out are entries, under the very names that we give them, and it never throws', () => {
    const isEntry = ([key, times]: [string, unknown]) => {
      const [kind, imp, merchant, ...more] = key.split('\t') as [EntryKind, string, string];
      expect(kind).toMatch(/^\w+$/);
      for (const id of [imp, merchant]) {
        expect(id).toMatch(/^[ -\ud7ff\ue000-\u{10ffff}]*$/u);
        expect(id).not.toMatch(/["\\]/);
        expect(id.length).toBeLessThanOrEqual(256);
      }
      expect(imp + merchant).not.toBe('');
      expect(more).toEqual([]);
      expect(keyOf(kind, { impUid: imp, merchantUid: merchant })).toBe(key);
      expect(times).toBeInstanceOf(Array);
      const [atMs, writtenMs, ...context] = times as unknown[];
      // An object, or nothing.
      expect(context.length).toBeLessThanOrEqual(1);
      for (const kept of context) expect(Object.prototype.toString.call(kept)).toBe('[object Object]');
      for (const ms of [atMs, writtenMs]) expect(Number.isInteger(ms) && (ms as number) >= 0).toBe(true);
    };
    // A good key, but for one character.
    const spoilt = fc
      .tuple(
        closeKey,
        fc.nat({ max: 40 }),
        fc.string({ unit: fc.constantFrom(...'\t\t[],"\\null0\0 \ud800'), maxLength: 2 }),
        fc.nat({ max: 3 }),
      )
      .map(([key, at, put, out]) => key.slice(0, at) + put + key.slice(at + out));
    const almost = fc.oneof(
      closeKey,
      spoilt,
      fc
        .array(
          fc.oneof(
            fc.constantFrom<unknown>(...KINDS, null, '1'),
            fc.jsonValue().map((json) => JSON.stringify(json)),
          ),
        )
        .map((parts) => parts.join('\t')),
      fc.tuple(fc.constantFrom(...KINDS), fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })).map((parts) => parts.join('\t')),
    );
    const value = fc.oneof(times, fc.array(fc.oneof(fc.nat(), fc.jsonValue()), { maxLength: 3 }), fc.jsonValue());
    const stored = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(fc.tuple(almost, value), { maxLength: 6 }).map((entries) => JSON.stringify(Object.fromEntries(entries))),
      fc.anything(),
    );
    let read = 0;
    fc.assert(
      fc.property(stored, (text) => {
        const entries = Object.entries(parse(text));
        read += entries.length;
        expect(entries.length).toBeLessThan(50);
        entries.forEach(isEntry);
      }),
      { numRuns: 5000, examples: [[JSON.stringify(GOOD)]] },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('a megabyte of entries is read in no time', () => {
    const many = landings(30_000);
    const text = JSON.stringify(many);
    expect(text.length).toBeGreaterThan(1 << 20);
    expectInOrder(JSON.parse(rewrite(text, () => {})), Object.fromEntries(Object.entries(many).slice(-49)));
    // What is almost an entry, over and over: nothing to go back and forth in.
    const long = 1 << 20;
    for (const key of [
      'w'.repeat(long),
      `${'w'.repeat(long)}\t`,
      '\t'.repeat(long),
      `landed${'\t'.repeat(long)}`,
      `landed\t${'x'.repeat(long)}`,
      `landed\t\t${'"'.repeat(long)}`,
      `landed\t${'\\'.repeat(long)}\t`,
      `${'landed\t'.repeat(long >> 3)}`,
    ])
      expectInOrder(parse(JSON.stringify({ [key]: [1, 2], ...GOOD })), GOOD);
    expect(parse(`{"landed\\t${'\\\\\\"'.repeat(long >> 2)}`)).toEqual({});
  });
});

describe('rewrite', () => {
  it('puts a new entry at the end, and leaves one that is written again at its place', () => {
    const [first, second, third] = Object.keys(landings(3)) as [string, string, string];
    const text = rewrite(JSON.stringify({ [first]: [1, 1], [second]: [2, 2] }), (outbox) => {
      outbox[third] = [3, 3];
      outbox[first] = [1, 4];
    });
    expectInOrder(JSON.parse(text), { [first]: [1, 4], [second]: [2, 2], [third]: [3, 3] });
  });

  it.each<[name: string, key: string]>([
    ['of another kind', keyOf('departed', IDS)],
    ['of another payment of the order', keyOf('landed', { impUid: 'imp_2', merchantUid })],
    ['of another order', keyOf('landed', { impUid, merchantUid: 'order_2' })],
    ['without the payment', keyOf('landed', { merchantUid })],
    ['without the order', keyOf('landed', { impUid })],
    ['whose ids are exchanged', keyOf('landed', { impUid: merchantUid, merchantUid: impUid })],
  ])('leaves one %s alone', (_, key) => {
    const before = { [key]: [1, 1] as const };
    const added = rewrite(JSON.stringify(before), (outbox) => void Object.assign(outbox, GOOD));
    expectInOrder(JSON.parse(added), { ...before, ...GOOD });
    const dropped = rewrite(added, (outbox) => {
      delete outbox[GOOD_KEY];
    });
    expectInOrder(JSON.parse(dropped), before);
  });

  it.each([...KINDS, 'later' as EntryKind])('stores 50 at most, the oldest go first, whatever they are: "%s"', (kind) => {
    const oldest = keyOf(kind, IDS);
    const before = { [oldest]: [0, 0] as const, ...landings(48) };
    const full = JSON.stringify(before);
    expect(rewrite(full, () => {})).toBe(full);
    // There is room for one more.
    const [first, second] = ['order_new', 'order_newer'].map((order) => keyOf('departed', { merchantUid: order })) as [string, string];
    const fifty = rewrite(full, (outbox) => {
      outbox[first] = [1, 1];
    });
    expectInOrder(JSON.parse(fifty), { ...before, [first]: [1, 1] });
    // And then for one in place of the oldest.
    const { [oldest]: _, ...others } = before;
    expectInOrder(parse(fifty), { ...others, [first]: [1, 1] });
    const later = rewrite(fifty, (outbox) => {
      outbox[second] = [2, 2];
    });
    expectInOrder(JSON.parse(later), { ...others, [first]: [1, 1], [second]: [2, 2] });
    expect(Object.keys(JSON.parse(later))).toHaveLength(50);
    // One about the same makes no more of them.
    const again = rewrite(full, (outbox) => {
      outbox[keyOf('landed', { merchantUid: 'order_30' })] = [9, 9];
    });
    expectInOrder(JSON.parse(again), { ...before, [keyOf('landed', { merchantUid: 'order_30' })]: [9, 9] });
  });

  it('counts entries alone: what is none takes the place of none', () => {
    const junk = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`junk_${i}`, [1, 2] as const]));
    expectInOrder(parse(JSON.stringify({ ...landings(49), ...junk })), landings(49));
  });

  it('cuts what somebody else made too long', () => {
    const many = landings(5000);
    const text = rewrite(JSON.stringify(many), (outbox) => void Object.assign(outbox, GOOD));
    expectInOrder(JSON.parse(text), { ...Object.fromEntries(Object.entries(many).slice(-49)), ...GOOD });
  });

  it('whatever the order of things, there is one entry about the same, the newest, and nothing else is touched', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('with', 'without'), closeKey, times), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (done) => {
        const model = new Map<string, Times>();
        let text: string | null = null;
        for (const [step, key, at] of done) {
          text = rewrite(text, (outbox) => {
            if (step === 'with') outbox[key] = at;
            else delete outbox[key];
          });
          if (step === 'with') model.set(key, at);
          else model.delete(key);
        }
        expect(Object.entries(parse(text))).toEqual([...model]);
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
    for (const writtenMs of [AT_MS, AT_MS + ageMs]) expect(isExpired([AT_MS, writtenMs], AT_MS + ageMs)).toBe(expired);
  });
});

describe('isOverdue', () => {
  const departedAt = (writtenMs = AT_MS): Times => [AT_MS, writtenMs];

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
});

describe('keyOf', () => {
  it('is the same for the same payment, and what an entry and a claim have beside it does not matter', () => {
    expect(keyOf('landed', { ...IDS, errorCode: 'F1002' } as object)).toBe(keyOf('landed', { impUid, merchantUid }));
    expect(keyOf('landed', { merchantUid, impUid })).toBe(keyOf('landed', IDS));
  });

  it('an id that is not given is one that is not there', () => {
    expect(keyOf('departed', { merchantUid })).toBe(keyOf('departed', { impUid: null, merchantUid }));
    expect(keyOf('departed', { merchantUid })).toBe(keyOf('departed', { impUid: '', merchantUid }));
    expect(keyOf('paid', { impUid, merchantUid: undefined } as object)).toBe(keyOf('paid', { impUid, merchantUid: null }));
  });

  it('differs wherever an id does, and with the kind', () => {
    const key = (imp: string | null, merchant: string | null) => keyOf('landed', { impUid: imp, merchantUid: merchant });
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
      key('a\tb', null),
      key(null, 'a\tb'),
      key('a', '\tb'),
      ...KINDS.filter((kind) => kind !== 'landed').map((kind) => keyOf(kind, { impUid: 'a', merchantUid: 'b' })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
