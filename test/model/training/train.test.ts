import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import t from 'tap';
import { randomTable } from '../../../src/bench/random-table.js';
import { everyRow } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { predict } from '../../../src/model/model.js';
import { DivergenceError } from '../../../src/model/training/state.js';
import { type Epoch, fit, train } from '../../../src/model/training/train.js';
import { createOracle } from '../../core/oracle.js';
import { goldenRuns } from '../../golden.js';

const digits = await loadDigits();
const everyDigit = everyRow(digits.features);
const defaults = { epochs: 5, learningRate: 0.1, learningRateDecay: 0.01 };

t.test('the digits are all there', async (t) => {
  t.equal(digits.features.rows, 1797);
  t.equal(digits.features.values.length, 1797 * 64);
  t.equal(digits.labels.length, 1797);
  t.same([...digits.features.values.subarray(0, 8)], [0, 0, 5, 13, 9, 1, 0, 0]);
  t.same([...digits.labels.subarray(0, 3)], [0, 1, 2]);
  t.ok(digits.features.values.every((pixel) => pixel >= 0 && pixel <= 16));
});

for (const [name, golden] of goldenRuns) {
  t.test(`training meets scikit-learn: ${name}`, async (t) => {
    const { seed, epochs, learning_rate, lr_decay, test_split } = golden.options;
    const rows = stratifiedSplit(digits.labels, { testSplit: test_split, seed });
    t.same([...rows.train], golden.train_index);
    t.same([...rows.test], golden.test_index);

    const trace: Epoch[] = [];
    const model = await fit(
      digits,
      rows.train,
      { epochs, learningRate: learning_rate, learningRateDecay: lr_decay },
      (epoch) => trace.push(epoch),
    );
    t.same(
      trace.map(({ epoch }) => epoch),
      golden.losses.map((_, index) => index + 1),
    );
    t.ok(trace.every(({ loss }, i) => Math.abs(loss / golden.losses[i] - 1) < 1e-6));
    t.ok(trace.every(({ learningRate }, i) => Math.abs(learningRate - golden.learning_rates[i]) < 1e-9));
    t.ok(trace.every(({ duration }) => duration > 0 && duration < 60));
    t.ok(golden.weights.flat().every((weight, i) => Math.abs(model.weights[i] - weight) < 2e-6));
    t.ok(golden.bias.every((bias, i) => Math.abs(model.bias[i] - bias) < 2e-6));
    t.ok(golden.mean.every((mean, i) => Math.abs(model.scaler.mean[i] - mean) < 1e-7));

    const { predictions } = await predict(model, digits.features, rows.test);
    t.same([...predictions], golden.test_prediction);
  });
}

t.test('a training can be followed epoch by epoch and left early', async (t) => {
  const losses: number[] = [];
  for await (const { epoch, loss } of train(digits, everyDigit, { ...defaults, epochs: 100 })) {
    losses.push(loss);
    if (epoch === 3) break;
  }
  t.equal(losses.length, 3);
  t.ok(losses[0] > losses[1] && losses[1] > losses[2]);
});

t.test('a training gives the event loop its turns', async (t) => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await fit(digits, everyDigit, { ...defaults, epochs: 2000 });
  clearInterval(timer);
  t.ok(turns >= 3, `${turns} turns`);
});

t.test('a training is cancelled by its signal', async (t) => {
  await t.rejects(fit(digits, everyDigit, { ...defaults, signal: AbortSignal.abort(new Error('enough')) }), {
    message: 'enough',
  });
  const controller = new AbortController();
  const forever = fit(digits, everyDigit, { ...defaults, epochs: 1e9, signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await t.rejects(forever, { name: 'AbortError' });
});

t.test('a training on threads learns the same bits, and leaves no thread behind', async (t) => {
  let started = 0;
  const living = new Set<Worker>();
  const count = (worker: Worker) => {
    started++;
    living.add(worker);
    worker.once('exit', () => living.delete(worker));
  };
  process.on('worker', count);
  t.teardown(() => process.off('worker', count));
  const ended = async (what: string) => {
    t.ok(started > 0, what);
    for (const worker of living) await once(worker, 'exit');
    started = 0;
  };

  const table = randomTable({ rows: 5000, features: 64, classes: 10 }, 2);
  const rows = everyRow(table.features);
  const alone = await fit(table, rows, { ...defaults, threads: 1 });
  t.equal(started, 0);
  t.same(await fit(table, rows, { ...defaults, threads: 2 }), alone);
  await ended('done');

  const controller = new AbortController();
  const options = { ...defaults, epochs: 1e9, threads: 3, signal: controller.signal };
  setTimeout(() => controller.abort(), 100);
  await t.rejects(fit(table, rows, options), { name: 'AbortError' });
  await ended('aborted');
  for await (const { epoch } of train(table, rows, { ...defaults, threads: 2 })) if (epoch === 2) break;
  await ended('left');
  await t.rejects(fit(table, rows, { ...defaults, threads: 2, learningRate: 1e300 }), DivergenceError);
  await ended('diverged');
  const listener = () => {
    throw new Error('enough');
  };
  await t.rejects(fit(table, rows, { ...defaults, threads: 2 }, listener), { message: 'enough' });
  await ended('its listener failed');
});

t.test('a training that diverges names the epoch', async (t) => {
  const options = { epochs: 10, learningRate: 3e38, learningRateDecay: 0 };
  const error = await fit(digits, everyDigit, options).catch((reason) => reason);
  t.ok(error instanceof DivergenceError);
  t.match(error.message, /at epoch 2; choose a smaller learning rate/);
  await t.rejects(fit(digits, everyDigit, { ...options, epochs: 1, learningRate: 1e300 }), {
    message: /at epoch 1/,
  });
});

t.test('options out of range are refused by name', async (t) => {
  for (const [name, values] of Object.entries({
    epochs: [0, 1.5, NaN, -1],
    learningRate: [0, -1, NaN, Infinity],
    learningRateDecay: [-0.1, NaN, Infinity],
    solver: ['newton', '', 'toString'],
    l2: [-1e-9, NaN, Infinity],
    tolerance: [-1, NaN, Infinity],
    threads: [0, -1, 1.5, NaN],
  })) {
    for (const value of values) {
      await t.rejects(fit(digits, everyDigit, { ...defaults, [name]: value }), {
        name: 'RangeError',
        message: new RegExp(
          `^${name}: expected .*, found ${typeof value === 'string' ? `"${value}"` : value}$`,
        ),
      });
    }
  }
});

t.test('tables that contradict themselves are refused', async (t) => {
  const table = randomTable({ rows: 20, features: 4, classes: 3 }, 1);
  const { features, labels } = table;
  const rows = everyRow(table.features);
  const label = (value: number) => ({ ...table, labels: labels.map((l, row) => (row === 7 ? value : l)) });
  const feature = (value: number) => {
    const values = features.values.map((x, i) => (i === 9 ? value : x));
    return { ...table, features: { ...features, values } };
  };
  const refused: [typeof table, Int32Array, RegExp][] = [
    [label(3), rows, /row 7 has label 3, but there are 3 classes/],
    [label(-1), rows, /row 7 has label -1/],
    [feature(-Infinity), rows, /feature 1 .* not finite/],
    [feature(Infinity), rows, /feature 1 .* not finite/],
    [table, Int32Array.of(0, 20), /no row 20 in a table of 20/],
    [table, Int32Array.of(-1), /no row -1/],
    [table, new Int32Array(), /no rows/],
    [{ ...table, labels: labels.slice(1) }, rows, /20 rows of features, but 19 labels/],
    [{ ...table, classes: ['one'] }, rows, /at least two classes, not 1/],
    [{ ...table, features: { ...features, columns: 5 } }, rows, /80 values do not make 20 rows of 5/],
    [{ ...table, features: { rows: 20, columns: 0, values: new Float32Array() } }, rows, /0 features/],
  ];
  for (const [dataset, chosen, message] of refused) {
    await t.rejects(fit(dataset, chosen, defaults), { name: 'RangeError', message });
  }
});

t.test('rows without finite logits are refused', async (t) => {
  const table = randomTable({ rows: 20, features: 4, classes: 3 }, 1);
  const rows = everyRow(table.features);
  const model = await fit(table, rows, defaults);
  const values = table.features.values.map((x, i) => (i === 9 ? 3e38 : x));
  const scaler = { ...model.scaler, scale: model.scaler.scale.map(() => 1e-6) };
  await t.rejects(predict({ ...model, scaler }, { ...table.features, values }, rows), {
    name: 'OverflowError',
    message: /row 2 has no finite logits/,
  });
});

t.test('another core can do the work', async (t) => {
  const model = await fit(digits, everyDigit, defaults);
  const oracle = await fit(digits, everyDigit, { ...defaults, createCore: createOracle });
  t.ok(model.weights.every((weight, i) => Math.abs(weight - oracle.weights[i]) < 1e-6));
});

t.test('predictions go row by row in the order asked for, in portions', async (t) => {
  const table = randomTable({ rows: 3000, features: 7, classes: 4 }, 1);
  const rows = everyRow(table.features);
  const model = await fit(table, rows, defaults);
  const all = await predict(model, table.features, rows);
  const backwards = await predict(model, table.features, rows.toReversed());
  t.same([...backwards.predictions].reverse(), [...all.predictions]);

  const probabilities = all.probabilities();
  t.equal(probabilities.length, 3000 * 4);
  for (let row = 0; row < 3000; row++) {
    const ofRow = probabilities.subarray(row * 4, row * 4 + 4);
    if (Math.abs(ofRow.reduce((sum, p) => sum + p, 0) - 1) > 1e-15 * 4) t.fail(`row ${row}`);
    if (ofRow.indexOf(Math.max(...ofRow)) !== all.predictions[row]) t.fail(`row ${row}`);
  }
});

t.test('if logits are tied, the first class is predicted', async (t) => {
  const table = randomTable({ rows: 5, features: 2, classes: 3 }, 1);
  const rows = everyRow(table.features);
  const model = {
    ...(await fit(table, rows, defaults)),
    weights: new Float32Array(6),
    bias: new Float32Array(3),
  };
  const { predictions } = await predict(model, table.features, rows);
  t.same([...predictions], [0, 0, 0, 0, 0]);
});

t.test('a table with other features than the model is refused', async (t) => {
  const table = randomTable({ rows: 5, features: 2, classes: 3 }, 1);
  const model = await fit(table, everyRow(table.features), defaults);
  await t.rejects(predict(model, digits.features, everyDigit), {
    message: 'the model reads 2 features, the table has 64',
  });
});
