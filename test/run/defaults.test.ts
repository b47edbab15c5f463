import { readFileSync } from 'node:fs';
import t from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import { SoftmaxRegression } from '../../src/entries/softmax-regression.js';
import { readTable } from '../../src/entries/tables.js';
import type { Options } from '../../src/model/options.js';
import { planRun, trainAndTest } from '../../src/run/run.js';
import { crossValidate } from '../../src/trials/cross-validation.js';
import { planSweep } from '../../src/trials/sweep.js';
import { trialKey } from '../../src/trials/trial.js';
import { goldenTables } from '../tables.js';

/** What LogisticRegression(C=1) of scikit-learn says of a table. */
interface Expected {
  readonly name: string;
  /** Number of training rows. */
  readonly rows: number;
  readonly test_rows: readonly number[];
  readonly test_accuracy: number;
  readonly predictions: readonly string[];
  readonly probabilities: readonly (readonly number[])[];
  readonly folds: readonly {
    readonly rows: number;
    readonly accuracy: number;
    readonly cross_entropy: number;
  }[];
}

const fixture = new URL('../fixtures/defaults.json', import.meta.url);
const golden: readonly Expected[] = JSON.parse(readFileSync(fixture, 'utf8'));
const paths = new Map(goldenTables.map(([name, path]) => [name, path]));
const tables = await Promise.all(golden.map(({ name }) => readTable(paths.get(name) ?? '')));
const [iris, , cancer] = tables;
const digits = await loadDigits();

for (const [index, expected] of golden.entries()) {
  const table = tables[index];

  t.test(`without options a table trains as in scikit-learn: ${expected.name}`, async (t) => {
    const { options, sides, test, model } = await trainAndTest(table);
    t.equal(options.solver, 'lbfgs');
    t.equal(options.l2, (table.classes.length === 2 ? 2 : 1) / expected.rows);
    t.strictSame([...sides.test], expected.test_rows);
    t.strictSame(
      Array.from(test.predictions, (index) => table.classes[index]),
      expected.predictions,
    );
    t.ok(Math.abs(test.accuracy - expected.test_accuracy) < 1e-6);
    const probabilities = expected.probabilities.flat();
    t.ok(test.probabilities().every((value, i) => Math.abs(value - probabilities[i]) < 5e-4));
    t.equal(model.ending?.converged, 'gradient');
  });

  t.test(`each fold has the penalty of its own rows: ${expected.name}`, async (t) => {
    const { folds } = await crossValidate(table);
    for (const [fold, { rows, accuracy, crossEntropy }] of folds.entries()) {
      const wanted = expected.folds[fold];
      t.equal(rows, wanted.rows);
      t.ok(Math.abs(accuracy - wanted.accuracy) < 1e-6);
      t.ok(Math.abs(crossEntropy - wanted.cross_entropy) < 5e-5, `${crossEntropy} ${wanted.cross_entropy}`);
    }
  });
}

t.test('the penalty follows the rows that are trained on, without those for validation', async (t) => {
  const { options, sides } = planRun(cancer, { validationSplit: 0.3 });
  t.ok(sides.validation);
  t.equal(options.l2, 2 / sides.train.length);
});

t.test('what is given decides', async (t) => {
  const settled = (given: Options) => {
    const { solver, l2, epochs } = planRun(iris, given).options;
    return [solver, l2, epochs];
  };
  const own = ['lbfgs', 1 / 120, 1000];
  const descent = ['gd', 0, 150];
  t.strictSame(settled({}), own);
  t.strictSame(settled({ solver: 'lbfgs' }), own);
  t.strictSame(settled({ tolerance: 1e-3, seed: 1, l2: undefined }), own);
  t.strictSame(settled({ l2: 0 }), ['lbfgs', 0, 1000]);
  t.strictSame(settled({ epochs: 7 }), ['lbfgs', 1 / 120, 7]);
  const ofDescent: Options[] = [
    { solver: 'gd' },
    { learningRate: 1 },
    { learningRateDecay: 0 },
    { schedule: 'step' },
    { batchSize: 10 },
  ];
  for (const given of ofDescent) t.strictSame(settled(given), descent, JSON.stringify(given));
  t.strictSame(settled({ solver: 'momentum', momentum: 0.5 }), ['momentum', 0, 150]);
  t.strictSame(settled({ features: 'rbf' }), ['lbfgs', 2e-6, 1000]);
  t.strictSame(settled({ features: 'rbf', solver: 'gd' }), ['gd', 2e-6, 150]);
  t.throws(() => planRun(iris, { momentum: 0.5 }), {
    message: 'momentum is for momentum: gd, the default, keeps no velocity',
  });
});

t.test('the digits keep the defaults of the first version', async (t) => {
  t.match(planRun(digits).options, { solver: 'gd', l2: 0, epochs: 150 });
  t.match(planRun(digits, { solver: 'lbfgs' }).options, { l2: 0, epochs: 1000 });
  t.match(planRun(structuredClone(digits)).options, { solver: 'gd' }, 'in another thread, too');
});

t.test('a softmax regression records what it trained with', async (t) => {
  const regression = await new SoftmaxRegression().fit(iris);
  const json = regression.toJSON();
  t.match(json.options, { solver: 'lbfgs', l2: 1 / 150, epochs: 1000 });
  const loaded = SoftmaxRegression.fromJSON(JSON.stringify(json));
  t.strictSame(loaded.toJSON(), json);
  // The options of a saved model are given ones: on other rows they stay as they are.
  await loaded.fit(digits);
  t.match(loaded.toJSON().options, { solver: 'lbfgs', l2: 1 / 150 });
});

t.test('a trial leaves out the penalty that follows its rows, and nothing else', async (t) => {
  const candidates: Options[] = [{}, { solver: 'lbfgs' }, { solver: 'gd' }, { l2: 0.1 }, { features: 'rbf' }];
  const penalties = async (dataset: typeof iris) => {
    const plan = await planSweep(dataset, candidates);
    return plan.candidates.map(({ trials: [{ options }] }) => [options.solver, options.l2]);
  };
  t.strictSame(await penalties(iris), [
    ['lbfgs', undefined],
    ['lbfgs', undefined],
    ['gd', 0],
    ['lbfgs', 0.1],
    ['lbfgs', 2e-6],
  ]);
  t.strictSame(await penalties(digits), [
    ['gd', 0],
    ['lbfgs', 0],
    ['gd', 0],
    ['gd', 0.1],
    ['lbfgs', 2e-6],
  ]);
  const { candidates: planned } = await planSweep(iris, [{}, { solver: 'lbfgs' }]);
  const [first, second] = planned.map(({ trials: [trial] }) => trialKey(trial));
  t.equal(first, second, 'the same computation has the same key');
});
