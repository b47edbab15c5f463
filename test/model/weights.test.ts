/** Trains with weights of classes and of rows. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { createJavaScriptCore } from '../../src/bench/javascript.js';
import { randomTable } from '../../src/bench/random-table.js';
import { datasetSha256 } from '../../src/data/checksum.js';
import { type Dataset, everyRow } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedSplit } from '../../src/data/stratified-split.js';
import { readTable } from '../../src/entries/tables.js';
import { type Model, predict } from '../../src/model/model.js';
import { checkOptions } from '../../src/model/option-checks.js';
import { optionNames, settleForAnyRows } from '../../src/model/options.js';
import type { TrainOptions } from '../../src/model/training/controls.js';
import { createCrossEntropy } from '../../src/model/training/cross-entropy.js';
import { type Epoch, fit } from '../../src/model/training/train.js';
import { classWeightsOf, parseClassWeights, weighRows } from '../../src/model/weights.js';
import { planRun } from '../../src/run/run.js';
import { scoreFold } from '../../src/trials/folds.js';
import { sweepOptions } from '../../src/trials/sweep.js';
import { createOracle } from '../core/oracle.js';
import { goldenTables } from '../tables.js';
import { mixedTable } from './mixed-table.js';

/** What scikit-learn says of a table with weights. */
interface Fixture {
  readonly table: string;
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly row_weights: readonly number[];
  readonly runs: readonly {
    readonly class_weight: string;
    readonly has_row_weights: boolean;
    readonly total: number;
    readonly loss: number;
    readonly test_prediction: readonly number[];
    readonly test_probability: readonly number[];
  }[];
}

const fixtures: readonly Fixture[] = JSON.parse(
  readFileSync(new URL('../fixtures/solvers/weights.json', import.meta.url), 'utf8'),
);
const [, , [, cancerPath]] = goldenTables;
const { isDigits: _, ...digits } = await loadDigits();
const tables: readonly Dataset[] = [digits, await readTable(cancerPath)];

async function trace(dataset: Dataset, rows: Int32Array, options: TrainOptions) {
  const losses: number[] = [];
  const validationLosses: (number | undefined)[] = [];
  const model = await fit(dataset, rows, options, ({ loss, validationLoss }: Epoch) => {
    losses.push(loss);
    validationLosses.push(validationLoss);
  });
  return { model, losses, validationLosses };
}

function largestDifference(some: ArrayLike<number>, others: ArrayLike<number>): number {
  return Math.max(...Array.from(some, (value, i) => Math.abs(value - others[i])));
}

for (const [index, { table, train, test, row_weights, runs }] of fixtures.entries()) {
  for (const { class_weight, has_row_weights, ...expected } of runs) {
    const name = `class weights ${class_weight}${has_row_weights ? ', and row weights' : ''}`;
    t.test(`an own table is trained as by scikit-learn: ${table}, ${name}`, async (t) => {
      const weights = has_row_weights ? Float64Array.from(row_weights) : undefined;
      const dataset = { ...tables[index], ...(weights && { weights }) };
      const rows = Int32Array.from(train);
      const total = weighRows(dataset, rows, classWeightsOf(dataset, rows, class_weight))?.total ?? 0;
      t.ok(Math.abs(total / expected.total - 1) < 1e-12, `${total} for ${expected.total}`);
      const { model, losses } = await trace(dataset, rows, { classWeight: class_weight });
      t.equal(model.ending?.converged, 'gradient');
      const [loss] = losses.slice(-1);
      t.ok(Math.abs(loss - expected.loss) < 2e-7, `loss ${loss} for ${expected.loss}`);
      const { predictions, probabilities } = await predict(model, dataset.features, Int32Array.from(test));
      t.same([...predictions], expected.test_prediction);
      const k = model.classes.length;
      const first = probabilities().filter((_, i) => i % k === 0);
      t.ok(largestDifference(first, expected.test_probability) < 2e-3);
    });
  }
}

/** How two models differ in what they learned. */
function differenceOf(one: Model, other: Model): number {
  return Math.max(
    largestDifference(one.weights, other.weights),
    largestDifference(one.bias, other.bias),
    largestDifference(one.scaler.mean, other.scaler.mean),
    largestDifference(one.scaler.scale, other.scaler.scale),
  );
}

/** Each row as often as its weight says. */
function repeated(rows: Int32Array, weights: Float64Array): Int32Array {
  return Int32Array.from([...rows].flatMap((row) => Array.from({ length: weights[row] }, () => row)));
}

const inColumns = { solver: 'lbfgs', tolerance: 1e-7, l2: 0.01 } as const;

t.test('a row of weight n is n rows, and one of weight 0 is none, in columns of all kinds', async (t) => {
  // Of a few rows, too little is left to learn from: then rounding moves the minimum.
  const count = fc.noBias(fc.integer({ min: 0, max: 3 }));
  const counts = fc
    .array(count, { minLength: 120, maxLength: 120 })
    .filter((given) => given.filter((times) => times > 0).length >= 60);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), counts, async (seed, given) => {
      const table = mixedTable(120, seed);
      const rows = everyRow(table.features);
      const weights = Float64Array.from(given);
      const weighed = await fit({ ...table, weights }, rows, inColumns);
      const copied = await fit(table, repeated(rows, weights), inColumns);
      const off = differenceOf(weighed, copied);
      if (!(off < 2e-3)) throw new Error(`parameters differ by ${off}`);
    }),
    { numRuns: 20 },
  );
  t.pass('20 tables');
});

t.test('weights of classes are weights of their rows, but for means and deviations', async (t) => {
  const table = randomTable({ rows: 90, features: 4, classes: 3 }, 5);
  const rows = everyRow(table.features);
  const asked = { ...inColumns, classWeight: 'class 1=3' };
  const names = { ...table, classes: ['class 0', 'class 1', 'class 2'] };
  const plain = await fit(names, rows, { ...asked, classWeight: 'none' });
  const weighed = await fit(names, rows, asked);
  t.strictSame(weighed.scaler, plain.scaler);
  t.ok(largestDifference(weighed.bias, plain.bias) > 0.1);
  const weights = Float64Array.from(table.labels, (label) => (label === 1 ? 3 : 1));
  const ofRows = await fit({ ...names, weights }, rows, inColumns);
  const { predictions } = await predict(weighed, table.features, rows);
  const others = await predict(ofRows, table.features, rows);
  t.ok(predictions.filter((label, row) => label !== others.predictions[row]).length <= 1);
  const classes = classWeightsOf(names, rows, 'class 1=3');
  t.same(classes, [1, 3, 1]);
});

t.test('balanced weights follow from the training rows, without those of weight 0', async (t) => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 2);
  const classes = ['a', 'b', 'c', 'd'];
  const of = (...rows: number[]) => [
    ...(classWeightsOf({ labels, classes }, Int32Array.from(rows), 'balanced') ?? []),
  ];
  t.same(of(0, 1, 2, 3, 4, 5), [6 / 9, 6 / 6, 6 / 3, 1]);
  t.same(of(0, 3, 4), [3 / 2, 3 / 4, 1, 1]);
  const table = randomTable({ rows: 90, features: 4, classes: 3 }, 6);
  const rows = everyRow(table.features);
  const weights = Float64Array.from(rows, (row) => (row % 5 === 0 ? 0 : 1));
  const asked = { classWeight: 'balanced', epochs: 20, solver: 'gd' } as const;
  const without = rows.filter((row) => weights[row] > 0);
  t.strictSame(await fit({ ...table, weights }, rows, asked), await fit(table, without, asked));
});

t.test('equal weights change no bit, whatever they are', async (t) => {
  const table = randomTable({ rows: 200, features: 5, classes: 3 }, 7);
  const rows = everyRow(table.features);
  for (const solver of ['gd', 'momentum', 'adam', 'lbfgs'] as const) {
    const asked = { solver, epochs: 12, l2: 1e-3 };
    const plain = await trace(table, rows, asked);
    t.strictSame(await trace(table, rows, { ...asked, classWeight: 'none' }), plain);
    for (const weight of [1, 2 ** -1000, 2 ** 900]) {
      const weights = new Float64Array(200).fill(weight);
      const { model, losses } = await trace({ ...table, weights }, rows, asked);
      t.strictSame(model.weights, plain.model.weights, `${solver}, ${weight}`);
      t.strictSame(losses, plain.losses);
    }
  }
});

t.test('every core trains alike with weights, in batches too', async (t) => {
  const table = { ...mixedTable(203, 8), weights: Float64Array.from({ length: 203 }, (_, i) => (i * 7) % 5) };
  const rows = everyRow(table.features);
  for (const asked of [
    { solver: 'lbfgs', epochs: 10, l2: 0.001 },
    { solver: 'momentum', epochs: 5, batchSize: 20 },
  ] as const) {
    const options = { ...asked, classWeight: 'balanced' };
    const { model, losses } = await trace(table, rows, options);
    for (const createCore of asked.solver === 'lbfgs'
      ? [createOracle, createJavaScriptCore]
      : [createJavaScriptCore, createOracle]) {
      const other = await trace(table, rows, { ...options, createCore });
      t.ok(largestDifference(other.model.weights, model.weights) < 1e-3, asked.solver);
      t.ok(largestDifference(other.losses, losses) < 1e-5);
    }
  }
});

t.test('any number of threads computes the same bits with weights', async (t) => {
  const weights = Float64Array.from({ length: 16_000 }, (_, row) => ((row * 37) % 11) / 4);
  const table = { ...mixedTable(16_000, 1), weights };
  const rows = everyRow(table.features);
  const asked = { solver: 'lbfgs', l2: 0.001, epochs: 6, classWeight: 'balanced' } as const;
  const alone = await fit(table, rows, { ...asked, threads: 1 });
  t.notSame(alone.weights, (await fit(mixedTable(16_000, 1), rows, { ...asked, threads: 1 })).weights);
  for (const threads of [2, 3]) t.strictSame(await fit(table, rows, { ...asked, threads }), alone);
});

t.test('the loss of batches is the weighted mean over all rows', async (t) => {
  const weights = Float64Array.from({ length: 100 }, (_, row) => (row < 50 ? 3 : 0.5));
  const table = { ...randomTable({ rows: 100, features: 3, classes: 2 }, 9), weights };
  const rows = everyRow(table.features);
  // A learning rate this small leaves the weights at zero, where each row has the cross-entropy ln 2.
  const { losses } = await trace(table, rows, { batchSize: 7, epochs: 1, learningRate: 1e-30, solver: 'gd' });
  t.ok(Math.abs(losses[0] - Math.log(2)) < 1e-6, `${losses[0]}`);
});

t.test(
  'validation weighs rows as the training does, but scores of folds and tests count each once',
  async (t) => {
    const weights = Float64Array.from({ length: 300 }, (_, row) => 1 + (row % 4));
    const table = { ...randomTable({ rows: 300, features: 4, classes: 3 }, 10), weights };
    const train = Int32Array.from({ length: 200 }, (_, i) => i);
    const validation = Int32Array.from({ length: 100 }, (_, i) => 200 + i);
    const asked = { solver: 'gd', epochs: 4, classWeight: 'balanced', validation } as const;
    const { model, validationLosses } = await trace(table, train, asked);
    const ofClasses = classWeightsOf(table, train, 'balanced');
    let [sum, total] = [0, 0];
    for (const row of validation) {
      const crossEntropy = await createCrossEntropy(table, Int32Array.of(row), model);
      const weight = weights[row] * (ofClasses?.[table.labels[row]] ?? 1);
      sum += weight * (await crossEntropy(model));
      total += weight;
    }
    t.ok(Math.abs((validationLosses.at(-1) ?? 0) - sum / total) < 1e-6);

    const { validation: __, ...ofFold } = asked;
    const scores = await scoreFold(table, { train, test: validation }, settleForAnyRows(ofFold, {}));
    const { model: tested } = await trace(table, train, ofFold);
    const plain = await createCrossEntropy(table, validation, tested);
    t.equal(scores.crossEntropy, await plain(tested));
  },
);

t.test('a sweep tries weights of classes, by the rows of each fold', async (t) => {
  const table = { ...randomTable({ rows: 120, features: 4, classes: 3 }, 11), classes: ['a', 'b', 'c'] };
  const candidates = [{ classWeight: 'none' }, { classWeight: 'balanced' }, { classWeight: 'a=9' }];
  const { candidates: tried } = await sweepOptions(table, candidates, {}, { folds: 3 });
  t.same(new Set(tried.map(({ scores }) => scores?.crossEntropy.mean)).size, 3);
  await t.rejects(sweepOptions(table, [{ classWeight: 'd=2' }], {}, { folds: 3 }), {
    message: 'classWeight: there is no class "d", expected "a", "b", "c"',
  });
});

t.test('the default penalty is that of C = 1: over the sum of the weights', async (t) => {
  const table = { ...randomTable({ rows: 100, features: 3, classes: 3 }, 12), classes: ['a', 'b', 'c'] };
  const l2Of = (dataset: Dataset, classWeight?: string) => planRun(dataset, { classWeight }).options.l2;
  t.equal(l2Of(table), 1 / 80);
  t.ok(Math.abs(l2Of(table, 'balanced') * 80 - 1) < 1e-12);
  const { train } = stratifiedSplit(table.labels, { testSplit: 0.2, seed: 13 });
  const ofA = train.filter((row) => table.labels[row] === 0).length;
  t.ok(Math.abs(l2Of(table, 'a=3') * (80 + 2 * ofA) - 1) < 1e-12);
  t.equal(l2Of({ ...table, weights: new Float64Array(100).fill(0.5) }), 1 / 40);
});

t.test('what a text says of classes', async (t) => {
  t.same(parseClassWeights('spam=5'), new Map([['spam', 5]]));
  t.same(
    parseClassWeights('a,b=2,x=y=.5,7=1e3'),
    new Map([
      ['a,b', 2],
      ['x=y', 0.5],
      ['7', 1000],
    ]),
  );
  for (const wrong of [
    '',
    'spam',
    'spam=',
    '=2',
    'spam=0',
    'spam=-1',
    'spam=many',
    'a=1,a=2',
    'a=1,',
    'a=Infinity',
  ]) {
    t.equal(parseClassWeights(wrong), undefined, wrong);
  }
  checkOptions({ classWeight: 'balanced' }, optionNames);
  t.throws(() => checkOptions({ classWeight: 'equal' }, optionNames), {
    name: 'RangeError',
    message: 'classWeight: expected none, balanced, or NAME=W,NAME=W with numbers above 0, found "equal"',
  });
  t.throws(() => checkOptions({ classWeight: 2 }, optionNames), { name: 'TypeError' });
});

t.test('weights that can not be used are refused', async (t) => {
  const table = { ...randomTable({ rows: 30, features: 3, classes: 2 }, 13), classes: ['a', 'b'] };
  const rows = everyRow(table.features);
  const given = (weights: Float64Array) => fit({ ...table, weights }, rows, { epochs: 1 });
  await t.rejects(given(new Float64Array(29)), { message: '30 rows of features, but 29 weights' });
  for (const wrong of [-1, Number.NaN, Infinity]) {
    const weights = new Float64Array(30).fill(1).fill(wrong, 7, 8);
    await t.rejects(given(weights), {
      message: `row 7 has the weight ${wrong}, expected a finite number, 0 or more`,
    });
  }
  await t.rejects(given(new Float64Array(30)), { message: /^the weights of 0 rows add up to 0/ });
  await t.rejects(given(new Float64Array(30).fill(1e308)), { message: /add up to Infinity/ });
  await t.rejects(fit(table, rows, { epochs: 1, classWeight: 'c=2' }), {
    name: 'RangeError',
    message: 'classWeight: there is no class "c", expected "a", "b"',
  });
});

t.test('tables with other weights are other tables', async (t) => {
  const table = randomTable({ rows: 30, features: 3, classes: 2 }, 14);
  const ones = { ...table, weights: new Float64Array(30).fill(1) };
  const twos = { ...table, weights: new Float64Array(30).fill(2) };
  t.equal(new Set(await Promise.all([table, ones, twos].map(datasetSha256))).size, 3);
});
