import fc from 'fast-check';
import t from 'tap';
import { accuracy } from '../../src/metrics/accuracy.js';

t.test('the share of hits', async (t) => {
  t.equal(accuracy(Int32Array.of(0, 1, 2, 2), Int32Array.of(0, 2, 2, 1)), 0.5);
  t.equal(accuracy(Int32Array.of(3), Int32Array.of(3)), 1);
  t.equal(accuracy(Int32Array.of(3), Int32Array.of(0)), 0);
});

t.test('the order of the rows does not matter', async () => {
  const rows = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1 });
  fc.assert(
    fc.property(rows, (pairs) => {
      const of = (some: [number, number][]) =>
        accuracy(
          Int32Array.from(some, ([label]) => label),
          Int32Array.from(some, ([, prediction]) => prediction),
        );
      const share = pairs.filter(([label, prediction]) => label === prediction).length / pairs.length;
      return of(pairs) === share && of(pairs.toReversed()) === share;
    }),
  );
});

t.test('no rows, and rows that do not pair, are refused', async (t) => {
  t.throws(
    () => accuracy(new Int32Array(0), new Int32Array(0)),
    new RangeError('there are no rows to measure'),
  );
  t.throws(
    () => accuracy(Int32Array.of(1, 2), Int32Array.of(1)),
    new RangeError('1 values do not pair with 2 labels'),
  );
});
