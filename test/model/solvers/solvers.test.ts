import { readFileSync } from 'node:fs';
import t from 'tap';
import { randomTable } from '../../../src/bench/random-table.js';
import type { CreateCore } from '../../../src/core/core.js';
import { loadCore } from '../../../src/core/load.js';
import { everyRow, type LoadedDataset } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { readTable } from '../../../src/entries/tables.js';
import { predict } from '../../../src/model/model.js';
import type { TrainOptions } from '../../../src/model/training/controls.js';
import { type Epoch, fit, train } from '../../../src/model/training/train.js';
import { evaluate } from '../../../src/run/evaluation.js';
import { createOracle } from '../../core/oracle.js';
import { goldenTables } from '../../tables.js';
import { newton, objectiveOf } from '../newton.js';

/** Results of scikit-learn, fully converged; each character of the text is the class of a test row. */
interface Converged {
  readonly C: number;
  readonly seed: number;
  readonly loss: number;
  readonly test_accuracy: number;
  readonly test_prediction: string;
}

const readConverged = (name: string): readonly Converged[] =>
  JSON.parse(readFileSync(new URL(`../../fixtures/solvers/${name}.json`, import.meta.url), 'utf8'));
const converged = readConverged('logistic_regression');
const digits = await loadDigits();
const everyDigit = everyRow(digits.features);
const [, , [, cancerPath]] = goldenTables;
const cancer = await readTable(cancerPath);
const lbfgs = { epochs: 500, solver: 'lbfgs' } as const;

async function trace(rows: Int32Array, options: TrainOptions, dataset = digits) {
  const epochs: Epoch[] = [];
  const model = await fit(dataset, rows, options, (epoch) => epochs.push(epoch));
  return { model, epochs, last: epochs[epochs.length - 1] };
}

const tables = [
  { name: 'the digits', table: digits, runs: converged, seeds: 20 },
  { name: 'two classes', table: cancer, runs: readConverged('two_classes'), seeds: 10 },
];
for (const { name, table, runs, seeds } of tables) {
  for (const C of [0.01, 1, 100]) {
    t.test(
      `lbfgs without other options ends where a converged scikit-learn does: ${name}, C = ${C}`,
      async (t) => {
        const ofC = runs.filter((run) => run.C === C);
        t.equal(ofC.length, seeds);
        for (const { seed, loss, test_accuracy, test_prediction } of ofC) {
          const rows = stratifiedSplit(table.labels, { testSplit: 0.2, seed });
          const l2 = (table.classes.length === 2 ? 2 : 1) / (C * rows.train.length);
          const { model, last } = await trace(rows.train, { solver: 'lbfgs', l2 }, table);
          t.equal(model.ending?.converged, 'gradient', `seed ${seed}`);
          t.ok(Math.abs(last.loss - loss) < 2e-7, `loss ${last.loss} for ${loss}`);
          const closer = (await trace(rows.train, { solver: 'lbfgs', l2, tolerance: 1e-7 }, table)).last.loss;
          t.ok(Math.abs(closer - loss) < (C < 1 ? 4e-8 : 2e-8), `loss ${closer} for ${loss}`);
          const { predictions, accuracy } = await evaluate(model, table, rows.test);
          t.equal(predictions.join(''), test_prediction, `seed ${seed}`);
          t.ok(Math.abs(accuracy - test_accuracy) < 1e-9);
        }
      },
    );
  }
}

/** Columns of which the second half differs from the first by a thousandth. */
function nearlyCollinear(): LoadedDataset {
  const table = randomTable({ rows: 400, features: 8, classes: 3 }, 7);
  const values = table.features.values.map((value, i, all) =>
    i % 8 < 4 ? value : Math.fround(all[i - 4] + 0.001 * value),
  );
  return { ...table, features: { ...table.features, values } };
}

/** What float32 can tell apart, as a share of a loss. */
const UNIT = 2 ** -24;
const hard: [name: string, table: LoadedDataset, l2: number, units: number, slope: number][] = [
  ['nearly collinear columns, C = 1e4', nearlyCollinear(), 1 / (1e4 * 400), 5, 5e-6],
  ['two classes with hardly any penalty', cancer, 1.85e-7, 100, 2e-7],
  ['a huge penalty', randomTable({ rows: 400, features: 8, classes: 3 }, 8), 3e5, 1, 2e-7],
  [
    'a penalty that leaves only the bias',
    randomTable({ rows: 400, features: 8, classes: 3 }, 8),
    1e10,
    1,
    1e-6,
  ],
];
for (const [name, table, l2, units, slope] of hard) {
  t.test(`lbfgs ends at the optimum of Newton's method in float64: ${name}`, async (t) => {
    const rows = everyRow(table.features);
    const { model } = await trace(rows, { solver: 'lbfgs', l2, tolerance: 1e-7 }, table);
    const objective = objectiveOf(table, rows, l2);
    const optimum = newton(objective);
    const found = Float64Array.of(...model.weights, ...model.bias);
    const gap = (objective.loss(found) / objective.loss(optimum) - 1) / UNIT;
    t.ok(gap < units, `${gap} units of float32, ${JSON.stringify(model.ending)}`);
    const gradient = objective.gradient(found).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
    t.ok(gradient < slope, `an entry of the gradient is ${gradient}`);
    // Rows whose logits differ by no more than float32 can tell have no class that it must find.
    const expected = objective.predict(optimum, rows, 1e-3);
    const { predictions } = await predict(model, table.features, rows);
    t.ok(expected.filter((label) => label !== undefined).length > 0.9 * rows.length);
    t.ok(expected.every((label, i) => label === undefined || label === predictions[i]));
  });
}

t.test('at a tolerance of 5e-6 the loss is that of scikit-learn to 1e-6', async (t) => {
  for (const { seed, loss } of converged.filter(({ C }) => C === 1)) {
    const { train: rows } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed });
    const { last } = await trace(rows, { ...lbfgs, l2: 1 / rows.length, tolerance: 5e-6 });
    t.ok(last.loss > loss - 1e-8 && last.loss < loss + 1e-6, `loss ${last.loss} for ${loss}`);
  }
});

t.test('the penalty is half of l2 times the squared weights, without the bias', async (t) => {
  const table = randomTable({ rows: 60, features: 5, classes: 3 }, 4);
  const rows = everyRow(table.features);
  const options = { epochs: 3, learningRate: 0.5, learningRateDecay: 0 };
  const [plain, penalised] = await Promise.all([0, 0.3].map((l2) => trace(rows, { ...options, l2 }, table)));
  t.equal(plain.epochs[0].loss, penalised.epochs[0].loss, 'of weights that are zero there is none');
  const { weights } = await fit(table, rows, { ...options, epochs: 1 });
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const penalty = penalised.epochs[1].loss - plain.epochs[1].loss;
  t.ok(Math.abs(penalty - 0.15 * squares) < 1e-12, `${penalty} for ${0.15 * squares}`);
  t.ok(penalty > 0.001);
});

t.test('gradient descent reaches the penalised minimum of lbfgs, and stops there', async (t) => {
  const table = randomTable({ rows: 80, features: 4, classes: 3 }, 6);
  const rows = everyRow(table.features);
  const options = { l2: 0.1, tolerance: 1e-6 };
  const quick = await trace(rows, { ...lbfgs, ...options }, table);
  const slow = await trace(rows, { epochs: 5000, learningRate: 1, learningRateDecay: 0, ...options }, table);
  t.equal(slow.model.ending?.converged, 'gradient');
  t.equal(slow.model.ending?.iterations, slow.epochs.length);
  t.equal(slow.last.learningRate, 0, 'its last epoch took no step');
  t.ok(Math.abs(slow.last.loss - quick.last.loss) < 1e-8);
  t.ok(slow.model.weights.every((weight, i) => Math.abs(weight - quick.model.weights[i]) < 2e-5));
  t.ok(quick.epochs.length < slow.epochs.length);
});

t.test('the minimum has no slope, by central differences of the loss', async (t) => {
  const table = randomTable({ rows: 50, features: 3, classes: 3 }, 2);
  const rows = everyRow(table.features);
  const options = { ...lbfgs, l2: 0.05, tolerance: 1e-6 };
  const { model, last } = await trace(rows, options, table);
  const lossAt = async (weights: Float32Array) => {
    const resume = { epoch: 1, weights: [...weights], bias: [...model.bias] };
    const step = await train(table, rows, { ...options, solver: 'gd', epochs: 2, resume }).next();
    return step.done ? Number.NaN : step.value.loss;
  };
  t.equal(await lossAt(model.weights), last.loss);
  for (let i = 0; i < model.weights.length; i++) {
    const [above, below] = await Promise.all(
      [0.02, -0.02].map((by) => lossAt(model.weights.with(i, model.weights[i] + by))),
    );
    t.ok(Math.abs(above - below) / 0.04 < 2e-5, `weight ${i}: ${(above - below) / 0.04}`);
    t.ok(above > last.loss && below > last.loss);
  }
});

t.test('without a tolerance, training ends at the precision of float32', async (t) => {
  const rows = everyDigit.subarray(0, 500);
  const { model, last } = await trace(rows, { ...lbfgs, l2: 0.01, tolerance: 0 });
  t.equal(model.ending?.converged, 'precision');
  t.equal(last.converged, 'precision');
  t.equal(last.learningRate, 0);
});

t.test('a training that has not converged after all epochs says so', async (t) => {
  const { model, epochs, last } = await trace(everyDigit, { ...lbfgs, epochs: 5 });
  t.strictSame(model.ending, { iterations: 5, converged: false });
  t.equal(epochs.length, 5);
  t.notOk('converged' in last);
  const descent = { ...lbfgs, epochs: 5, solver: 'gd' } as const;
  t.strictSame((await fit(digits, everyDigit, descent)).ending, { iterations: 5, converged: false });
  t.notOk('ending' in (await fit(digits, everyDigit, { ...descent, learningRate: 1e-6 })));
});

t.test('lbfgs learns the same bits on any number of threads, and the oracle the same model', async (t) => {
  const table = randomTable({ rows: 4000, features: 64, classes: 10 }, 3);
  const rows = everyRow(table.features);
  const options = { ...lbfgs, epochs: 12, l2: 1e-3 };
  const alone = await fit(table, rows, { ...options, threads: 1 });
  for (const threads of [2, 3]) t.strictSame(await fit(table, rows, { ...options, threads }), alone);

  const quick = { ...lbfgs, l2: 1e-3, tolerance: 1e-5 };
  const found = await fit(digits, everyDigit, quick);
  const oracle = await fit(digits, everyDigit, { ...quick, createCore: createOracle });
  t.ok(found.weights.every((weight, i) => Math.abs(weight - oracle.weights[i]) < 2e-3));
});

t.test('lbfgs stops at a signal within a step', async (t) => {
  const table = randomTable({ rows: 60_000, features: 200, classes: 10 }, 3);
  const controller = new AbortController();
  let gradients = 0;
  const create = await loadCore();
  const createCore: CreateCore = (shape, vectors) => {
    const core = create(shape, vectors);
    return {
      ...core,
      gradient(first, last) {
        gradients++;
        core.gradient(first, last);
        if (isWithin) controller.abort(new Error('enough'));
      },
    };
  };
  let isWithin = false;
  const options = { ...lbfgs, tolerance: 0, createCore, signal: controller.signal };
  const training = train(table, everyRow(table.features), options);
  await training.next();
  // The gradient at the end of the first step is known, so the second starts with its line search.
  isWithin = true;
  gradients = 0;
  await t.rejects(training.next(), { message: 'enough' });
  t.equal(gradients, 1, 'a slice of one gradient of the search');
});

t.test('a table with nothing to learn converges at once', async (t) => {
  const table = {
    features: { rows: 4, columns: 2, values: new Float32Array(8).fill(3) },
    labels: Int32Array.of(0, 1, 0, 1),
    classes: ['a', 'b'],
  };
  const { model, epochs } = await trace(everyRow(table.features), lbfgs, table);
  t.strictSame(model.ending, { iterations: 1, converged: 'gradient' });
  t.equal(epochs.length, 1);
  t.strictSame([...model.weights], [0, 0, 0, 0]);
});
