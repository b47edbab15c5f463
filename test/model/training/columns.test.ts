/** Trains on a table with all kinds of columns. */
import t from 'tap';
import { createJavaScriptCore } from '../../../src/bench/javascript.js';
import { randomTable } from '../../../src/bench/random-table.js';
import { everyRow } from '../../../src/data/dataset.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { predict } from '../../../src/model/model.js';
import type { TrainingState } from '../../../src/model/training/state.js';
import { fit, train } from '../../../src/model/training/train.js';
import { evaluate } from '../../../src/run/evaluation.js';
import { createOracle } from '../../core/oracle.js';
import { mixedTable } from '../mixed-table.js';

const options = { solver: 'lbfgs', l2: 0.001, epochs: 12 } as const;

t.test('any number of threads computes the same bits', async (t) => {
  const table = mixedTable(16_000, 1);
  const rows = everyRow(table.features);
  const alone = await fit(table, rows, { ...options, threads: 1 });
  t.equal(alone.weights.length, 3 * (3 + 4 + 100));
  for (const threads of [2, 4]) t.strictSame(await fit(table, rows, { ...options, threads }), alone);
});

t.test('every core packs the same features', async (t) => {
  const table = mixedTable(400, 2);
  const { train, test } = stratifiedSplit(table.labels, { testSplit: 0.3, seed: 1 });
  const model = await fit(table, train, options);
  const { accuracy } = await evaluate(model, table, test);
  t.ok(accuracy > 0.7, `${accuracy}`);
  const { predictions } = await predict(model, table.features, test);
  for (const createCore of [createOracle, createJavaScriptCore]) {
    const other = await fit(table, train, { ...options, createCore });
    t.ok(other.weights.every((weight, i) => Math.abs(weight - model.weights[i]) < 1e-3));
    t.strictSame((await predict(model, table.features, test, createCore)).predictions, predictions);
  }
});

t.test(
  'a training is resumed with the same bits, and validates rows with unseen levels and gaps',
  async (t) => {
    const table = mixedTable(300, 3);
    const { values } = table.features;
    const rows = everyRow(table.features);
    const [chosen, validation] = [rows.subarray(0, 200), rows.subarray(200)];
    // Only these have the last level, and a gap in the first column.
    for (const row of chosen) if (values[row * 4 + 2] === 3) values[row * 4 + 2] = 0;
    for (const row of validation) values.set([NaN, 1, 3], row * 4);
    const options = { epochs: 6, learningRate: 0.3, solver: 'momentum', validation } as const;
    const states: TrainingState[] = [];
    const training = train(table, chosen, options);
    let step = await training.next();
    for (; !step.done; step = await training.next()) states.push(step.value.state());
    const model = step.value;
    t.strictSame(model.columns?.[0], { kind: 'number' });
    t.strictSame(model.columns?.[2], { kind: 'category', levels: ['', 'blue', 'green'] });
    t.strictSame(await fit(table, chosen, { ...options, resume: states[2] }), model);
  },
);

t.test(
  'a model that knows of no gaps fills them with means, and predicts the other rows as before',
  async (t) => {
    const table = randomTable({ rows: 120, features: 5, classes: 3 }, 4);
    const rows = everyRow(table.features);
    const model = await fit(table, rows, options);
    const filled = { ...table.features, values: table.features.values.slice() };
    const gappy = { ...table.features, values: table.features.values.slice() };
    for (let i = 3; i < gappy.values.length; i += 17) {
      gappy.values[i] = NaN;
      filled.values[i] = model.scaler.mean[i % 5];
    }
    const [expected, found] = await Promise.all([filled, gappy].map((each) => predict(model, each, rows)));
    t.strictSame(found.predictions, expected.predictions);
    t.strictSame(found.probabilities(), expected.probabilities());
    const vast = { ...gappy, values: gappy.values.map((value, i) => (i === 42 ? 3e38 : value)) };
    const steep = { ...model, weights: model.weights.map((weight) => 1e9 * weight) };
    await t.rejects(predict(steep, vast, rows), { name: 'OverflowError', row: 8 });
  },
);
