/** Compares what is fitted to columns, and the features that follow, with scikit-learn's. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Matrix } from '../../src/data/dataset.js';
import type { Kind } from '../../src/data/kinds.js';
import { gatherFeatures } from '../../src/model/encoding.js';
import { featureNamesOf, fitInputs } from '../../src/model/inputs.js';
import { byCodePoint } from '../../src/text.js';

interface Expected {
  readonly columns: readonly { readonly name: string; readonly cells: readonly (string | number | null)[] }[];
  readonly train: readonly number[];
  readonly names: readonly string[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly features: readonly Readonly<Record<string, number>>[];
}

const fixture = new URL('../fixtures/inputs.json', import.meta.url);
const expected: Expected = JSON.parse(readFileSync(fixture, 'utf8'));
const train = Int32Array.from(expected.train);
const names = expected.columns.map(({ name }) => name);

function tableOf(columns: Expected['columns']): Matrix {
  const rows = columns[0].cells.length;
  const values = new Float32Array(rows * columns.length);
  const kinds = columns.map(({ cells }, j): Kind => {
    const texts = cells.filter((cell) => typeof cell === 'string');
    const levels = [...new Set(texts)].sort(byCodePoint);
    for (const [row, cell] of cells.entries()) {
      values[row * columns.length + j] = typeof cell === 'string' ? levels.indexOf(cell) : (cell ?? NaN);
    }
    return texts.length > 0 ? { kind: 'category', levels } : { kind: 'number' };
  });
  return { rows, columns: columns.length, values, kinds };
}

const table = tableOf(expected.columns);
const isNear = (a: number, b: number, tolerance = 1e-9) =>
  Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

t.test(
  'levels, names, means and scales are those of scikit-learn, from the training rows alone',
  async (t) => {
    const { columns, scaler } = await fitInputs(table, train);
    t.strictSame(featureNamesOf(names, columns), expected.names);
    const { mean, scale } = scaler;
    t.equal(mean.length, expected.names.length);
    const isWrong = (_: string, j: number) =>
      !(isNear(mean[j], expected.mean[j]) && isNear(scale[j], expected.scale[j]));
    t.strictSame(expected.names.filter(isWrong), []);
  },
);

t.test('so are the features of all rows, of unseen levels too', async (t) => {
  const inputs = await fitInputs(table, train);
  const { mean, scale } = inputs.scaler;
  const row = new Float32Array(mean.length);
  const gather = gatherFeatures(inputs, table);
  const wrong = expected.features.flatMap((features, index) => {
    gather(Int32Array.of(index), row);
    const standardised = Array.from(row, (value, j) => (value - mean[j]) / scale[j]);
    const name = expected.names.find((_, j) => !isNear(standardised[j], features[j] ?? 0, 1e-6));
    return name === undefined ? [] : [`row ${index}, ${name}`];
  });
  t.strictSame(wrong, []);
  t.equal(expected.features.length, 500);
});

t.test('plain numbers are described by their scaler alone, whatever their kinds are called', async (t) => {
  const [whole] = expected.columns;
  const { kinds, ...bare } = tableOf([whole]);
  t.strictSame(kinds, [{ kind: 'number' }]);
  const inputs = await fitInputs(bare, train);
  t.notOk('columns' in inputs);
  t.strictSame(await fitInputs({ ...bare, kinds: [{ kind: 'number' }] }, train), inputs);
  const date = { kind: 'number', as: 'date', offset: 5 } as const;
  t.strictSame((await fitInputs({ ...bare, kinds: [date] }, train)).columns, [date]);
});

t.test('gaps of training rows are learnt, those of other rows only filled', async (t) => {
  const column = { rows: 4, columns: 1, values: Float32Array.of(1, NaN, 4, NaN) };
  const filled = (gather: ReturnType<typeof gatherFeatures>, d: number) => {
    const features = new Float32Array(4 * d).fill(9);
    gather(Int32Array.of(0, 1, 2, 3), features);
    return [...features];
  };
  const without = await fitInputs(column, Int32Array.of(0, 2));
  t.notOk('columns' in without);
  t.strictSame(filled(gatherFeatures(without, column), 1), [1, 2.5, 4, 2.5]);
  const withGaps = await fitInputs(column, Int32Array.of(2, 1, 0));
  t.strictSame(withGaps.columns, [{ kind: 'number', hasGaps: true }]);
  t.strictSame(filled(gatherFeatures(withGaps, column), 2), [1, 0, 2.5, 1, 4, 0, 2.5, 1]);
});

t.test('random features: 0/1 features are not divided, and count for gamma', async (t) => {
  const two: Matrix = {
    rows: 4,
    columns: 3,
    values: Float32Array.of(0, 0, 2, 1, 4, 2, 1, NaN, 2, 1, 2, 2),
    kinds: [
      { kind: 'category', levels: ['a', 'b'] },
      { kind: 'number' },
      { kind: 'category', levels: ['', 'x', 'y'] },
    ],
  };
  const { scaler, projection } = await fitInputs(two, Int32Array.of(0, 1, 2, 3), { features: 'rbf' });
  t.strictSame(scaler, { mean: Float64Array.of(0, 0, 2, 0, 0), scale: Float64Array.of(1, 1, 4, 1, 1) });
  // Of a and b, of the number (0, 4, 2, 2 divided by 4), of its gap, and of y, which is always 1.
  const variance = 3 / 16 + 3 / 16 + 2 / 16 + 3 / 16 + 0;
  t.ok(isNear(projection?.gamma ?? 0, 1 / variance), `${projection?.gamma}`);
});

t.test('a category must be an index of its levels, a number finite or missing', async (t) => {
  const faulty = (value: number, kind: Kind) =>
    fitInputs({ rows: 2, columns: 1, values: Float32Array.of(0, value), kinds: [kind] }, Int32Array.of(0, 1));
  for (const code of [-1, 2, 0.5, NaN]) {
    await t.rejects(faulty(code, { kind: 'category', levels: ['a', 'b'] }), {
      name: 'RangeError',
      message: `row 1, feature 0: found ${code}, expected the index of one of its 2 levels`,
    });
  }
  await t.rejects(faulty(Infinity, { kind: 'number' }), {
    message: 'feature 0 has a value that is not finite',
  });
});
