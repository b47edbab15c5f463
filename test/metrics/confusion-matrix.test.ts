import fc from 'fast-check';
import t from 'tap';
import { accuracy } from '../../src/metrics/accuracy.js';
import { confusionMatrix } from '../../src/metrics/confusion-matrix.js';

t.test('actual down, predicted across', async (t) => {
  t.same(confusionMatrix(Int32Array.of(0, 0, 1, 2, 2), Int32Array.of(0, 2, 1, 1, 2), 4), [
    [1, 0, 1, 0],
    [0, 1, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 0, 0],
  ]);
});

t.test(
  'row sums are the supports, column sums the predictions, the trace over all the accuracy',
  async () => {
    const index = fc.nat(4);
    fc.assert(
      fc.property(fc.array(fc.tuple(index, index), { minLength: 1 }), (pairs) => {
        const labels = Int32Array.from(pairs, ([label]) => label);
        const predictions = Int32Array.from(pairs, ([, prediction]) => prediction);
        const matrix = confusionMatrix(labels, predictions, 5);
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        const count = (values: Int32Array, c: number) => values.filter((value) => value === c).length;
        return (
          matrix.every((row, c) => sum(row) === count(labels, c)) &&
          matrix.every((_, c) => sum(matrix.map((row) => row[c])) === count(predictions, c)) &&
          sum(matrix.map((row, c) => row[c])) / pairs.length === accuracy(labels, predictions)
        );
      }),
    );
  },
);

t.test('rows that do not pair are refused', async (t) => {
  t.throws(
    () => confusionMatrix(Int32Array.of(1), Int32Array.of(1, 0), 2),
    new RangeError('2 values do not pair with 1 labels'),
  );
});

t.test('a class that does not exist is refused', async (t) => {
  for (const [actual, predicted] of [
    [2, 0],
    [0, 2],
    [-1, 0],
    [0, -1],
  ]) {
    t.throws(() => confusionMatrix(Int32Array.of(0, actual), Int32Array.of(1, predicted), 2), {
      name: 'RangeError',
      message: `row 1 pairs class ${actual} with ${predicted}, of 2 classes`,
    });
  }
});
