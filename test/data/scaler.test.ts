import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { fitScaler } from '../../src/data/scaler.js';

interface GoldenRun {
  train_index: number[];
  mean: number[];
  scale: number[];
}

/** Half a unit of the last of nine significant digits, relative. */
const precision = 5e-9;

function read(path: string): Buffer {
  return readFileSync(new URL(path, import.meta.url));
}

function matrix(table: readonly (readonly number[])[]) {
  return { rows: table.length, columns: table[0].length, values: Float32Array.from(table.flat()) };
}

const digits = matrix(
  gunzipSync(read('../../data/digits.csv.gz'))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').slice(0, 64).map(Number)),
);

for (const name of ['seed-0-epochs-60', 'seed-13-epochs-120', 'seed-13-epochs-150', 'seed-42-epochs-5']) {
  t.test(`the golden run ${name}`, async (t) => {
    const golden: GoldenRun = JSON.parse(read(`../fixtures/golden/${name}.json`).toString());
    const { mean, scale } = fitScaler(digits, Int32Array.from(golden.train_index));
    t.equal(mean.length, 64);
    t.equal(scale.length, 64);
    for (let j = 0; j < 64; j++) {
      t.ok(Math.abs(mean[j] - golden.mean[j]) <= precision * golden.mean[j], `mean of ${j}`);
      t.ok(Math.abs(scale[j] - golden.scale[j]) <= precision * golden.scale[j], `scale of ${j}`);
    }
  });
}

t.test('only the given rows count', async (t) => {
  const features = matrix([
    [1, 5],
    [1000, -7],
    [3, 5],
    [NaN, NaN],
  ]);
  t.same(fitScaler(features, Int32Array.of(2, 0)), {
    mean: Float64Array.of(2, 5),
    scale: Float64Array.of(1, 1),
  });
});

t.test('the population deviation', async (t) => {
  const { mean, scale } = fitScaler(
    matrix([[2], [4], [4], [4], [5], [5], [7], [9]]),
    Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  );
  t.same([...mean, ...scale], [5, 2]);
});

t.test('a constant column has scale 1', async (t) => {
  for (const value of [0, 0.1, -1e30, 1e-40, 16777217]) {
    for (const count of [1, 3, 10, 1000]) {
      const table = new Array(count).fill([value]);
      t.equal(fitScaler(matrix(table), Int32Array.from(table.keys())).scale[0], 1, `${count} times ${value}`);
    }
  }
});

t.test('so has one that differs by no more than rounding could, as in scikit-learn', async (t) => {
  const values = new Float32Array(500_000).fill(16777215);
  const fit = () =>
    fitScaler({ rows: values.length, columns: 1, values }, Int32Array.from(values.keys())).scale[0];
  values[0]--;
  t.equal(fit(), 1);
  values.fill(16777214, 0, 3);
  t.ok(Math.abs(fit() - 0.0024494823943029273) < 1e-12);
});

t.test('a faint deviation about a large mean is not lost', async (t) => {
  const table = Array.from({ length: 1000 }, (_, i) => [8388608 + (i % 2)]);
  const { mean, scale } = fitScaler(matrix(table), Int32Array.from(table.keys()));
  t.equal(mean[0], 8388608.5);
  t.equal(scale[0], 0.5);
});

t.test('standardised columns have mean 0 and deviation 1', async () => {
  const values = fc.float({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(values, values), { minLength: 1, maxLength: 60 }), (table) => {
      const features = matrix(table);
      const { mean, scale } = fitScaler(features, Int32Array.from(table.keys()));
      return [0, 1].every((j) => {
        const column = table.map((row) => (Math.fround(row[j]) - mean[j]) / scale[j]);
        const average = column.reduce((sum, x) => sum + x, 0) / column.length;
        const variance = column.reduce((sum, x) => sum + (x - average) ** 2, 0) / column.length;
        const constant = table.every((row) => row[j] === table[0][j]);
        // A column that is nearly constant may count as constant or not.
        if (scale[j] === 1 && variance < 1e-9) return true;
        return !constant && Math.abs(average) < 1e-6 && Math.abs(variance - 1) < 1e-6;
      });
    }),
  );
});
