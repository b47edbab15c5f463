import fc from 'fast-check';
import t from 'tap';
import { abbreviated, grouped } from '../src/text.js';

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
