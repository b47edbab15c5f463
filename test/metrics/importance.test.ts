import { readFileSync } from 'node:fs';
import t from 'tap';
import { datasetOf } from '../../src/data/arrays.js';
import { readTable } from '../../src/entries/tables.js';
import { permutationImportance } from '../../src/metrics/importance.js';
import { predict } from '../../src/model/model.js';
import { fit } from '../../src/model/training/train.js';
import { MersenneTwister, shuffle } from '../../src/random.js';
import type { Values } from '../../src/storage.js';
import { goldenTables } from '../tables.js';

type Interval = readonly [mean: number, low: number, high: number];

/** What scikit-learn says of a model of some rows, for each column. */
interface Case {
  readonly seed: number;
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly accuracy_fall: readonly Interval[];
  readonly cross_entropy_rise: readonly Interval[];
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../fixtures/importance.json', import.meta.url), 'utf8'),
);
const [, [, winePath]] = goldenTables;
const wine = await readTable(winePath);

/** The wines with a category instead of a number, as the fixture has them. */
const withBands = (() => {
  const { columns, rows, values } = wine.features;
  const band = wine.featureNames?.indexOf('color_intensity') ?? -1;
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), (value, column) =>
      column === band ? `band ${Math.floor(value / 2)}` : value,
    ),
  );
  const labels = Array.from(wine.labels, (label) => wine.classes[label]);
  return datasetOf(cells, labels, wine.featureNames);
})();

const bands = withBands.featureNames?.indexOf('color_intensity') ?? -1;

t.test('the importance of columns is that of scikit-learn, with the same permutations', async (t) => {
  t.equal(withBands.features.kinds?.[bands]?.kind, 'category');
  for (const { seed, train, test, ...expected } of cases) {
    const model = await fit(withBands, Int32Array.from(train));
    const found = await permutationImportance(model, withBands, Int32Array.from(test), seed);
    t.same(
      found.columns.map(({ name }) => name),
      withBands.featureNames,
    );
    for (const [index, { name, accuracyFall, crossEntropyRise }] of found.columns.entries()) {
      const both = [
        [accuracyFall, expected.accuracy_fall[index], 1e-9],
        [crossEntropyRise, expected.cross_entropy_rise[index], 1e-4],
      ] as const;
      for (const [{ mean, low, high }, wanted, off] of both) {
        for (const [place, value] of [mean, low, high].entries()) {
          t.ok(Math.abs(value - wanted[place]) < off, `seed ${seed}, ${name}: ${value} for ${wanted[place]}`);
        }
      }
    }
  }
});

t.test('it is the fall of the accuracy on rows with a shuffled column', async (t) => {
  const [{ train, test }] = cases;
  const rows = Int32Array.from(test);
  const model = await fit(withBands, Int32Array.from(train));
  const { columns, accuracy } = await permutationImportance(model, withBands, rows, 5);
  const { features, labels } = withBands;
  const scoreOf = async (values: Values) => {
    const { predictions } = await predict(model, { ...features, values }, rows);
    return predictions.filter((label, i) => label === labels[rows[i]]).length / rows.length;
  };
  t.equal(await scoreOf(features.values), accuracy);
  const random = new MersenneTwister(new MersenneTwister(5).interval(2 ** 31 - 1));
  const order = rows.map((_, i) => i);
  /** Which row each row has its value from. */
  let from = order.slice();
  let fall = 0;
  for (let repeat = 0; repeat < 10; repeat++) {
    shuffle(random, order);
    const before = from;
    from = order.map((i) => before[i]);
    const values = features.values.slice();
    for (const [i, row] of rows.entries()) {
      values[row * features.columns + bands] = features.values[rows[from[i]] * features.columns + bands];
    }
    fall += (accuracy - (await scoreOf(values))) / 10;
  }
  t.ok(Math.abs(columns[bands].accuracyFall.mean - fall) < 1e-12);
  t.ok(fall > 0.005, `${fall}`);
});

t.test('a column that does not matter has no importance, and the table stays as it was', async (t) => {
  const rows = Array.from({ length: 80 }, (_, i) => [i % 2, 7, Math.sin(i)]);
  const dataset = datasetOf(
    rows,
    rows.map(([x]) => (x === 1 ? 'odd' : 'even')),
  );
  const chosen = Int32Array.from(rows.keys());
  const model = await fit(dataset, chosen);
  const before = dataset.features.values.slice();
  const { columns, accuracy } = await permutationImportance(model, dataset, chosen, 0);
  t.equal(accuracy, 1);
  t.ok(columns[0].accuracyFall.low > 0.3);
  t.same(columns[1], {
    name: 'feature_1',
    accuracyFall: { mean: 0, low: 0, high: 0 },
    crossEntropyRise: { mean: 0, low: 0, high: 0 },
  });
  t.same(dataset.features.values, before);
});
