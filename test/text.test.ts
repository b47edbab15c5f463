import fc from 'fast-check';
import t from 'tap';
import { abbreviated, grouped, jsonText, printable, quoted, shortened } from '../src/text.js';

/** All that a terminal obeys, or that changes the order of what it shows. */
const obeyed = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** Texts of a few characters, many of them unprintable. */
const texts = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('\u061c', '\u200e', '\u200f', '\u2028', '\u202e', '\u2066', '\u2069', '👩', 'ﷺ'),
  ),
});

t.test('thousands are grouped as toLocaleString groups them', async (t) => {
  fc.assert(fc.property(fc.nat(), (value) => grouped(value) === value.toLocaleString('en-US')));
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), (value) => {
      const rounded = Number(value.toPrecision(6));
      return grouped(rounded) === rounded.toLocaleString('en-US', { maximumFractionDigits: 20 });
    }),
  );
  t.equal(grouped(1234567.8912), '1,234,567.8912');
});

t.test('counts are abbreviated to two digits, those of up to three are left as they are', async (t) => {
  const expected: [number, string][] = [
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1k'],
    [1249, '1.2k'],
    [9_960, '10k'],
    [354_321, '350k'],
    [999_600, '1M'],
    [12_345_678, '12M'],
    [4_294_967_296, '4.3G'],
    [Number.MAX_SAFE_INTEGER, '9P'],
  ];
  for (const [count, text] of expected) t.equal(abbreviated(count), text);
});

t.test('nothing that a terminal obeys is left in a text, or in JSON', async (t) => {
  fc.assert(
    fc.property(texts, (text) => {
      t.notMatch(printable(text), obeyed);
      t.notMatch(quoted(text), obeyed);
      const json = jsonText({ [text]: [text] });
      t.notMatch(json, obeyed);
      t.strictSame(JSON.parse(json), { [text]: [text] });
    }),
  );
  t.equal(printable('a\nb\x9b31m\u202egnp.exe'), 'a\\nb\\u009b31m\\u202egnp.exe');
  t.equal(jsonText({ a: 1 }, 2), '{\n  "a": 1\n}');
});

t.test('a long text is cut between two characters', async (t) => {
  t.equal(shortened('abcd', 4), 'abcd');
  t.equal(shortened('abcde', 4), 'abc…');
  t.equal(shortened('👩👩👩👩', 4), '👩👩👩👩');
  t.equal(shortened('👩👩👩👩👩', 4), '👩👩👩…');
  t.equal(quoted('x'.repeat(5e6)), `"${'x'.repeat(39)}…"`);
});
