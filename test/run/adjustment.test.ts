import t from 'tap';
import { calibration } from '../../src/artifacts/calibration.js';
import { savedModel } from '../../src/artifacts/model.js';
import { parseModel } from '../../src/artifacts/read-model.js';
import { everyRow } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { SoftmaxRegression } from '../../src/entries/softmax-regression.js';
import { readTable } from '../../src/entries/tables.js';
import { accuracy } from '../../src/metrics/accuracy.js';
import { type Model, predict } from '../../src/model/model.js';
import type { Options } from '../../src/model/options.js';
import { finishTraining, fit } from '../../src/model/training/train.js';
import { outOfFold } from '../../src/run/adjustment.js';
import { planRun, trainAndTest, trainRun } from '../../src/run/run.js';
import { adjustmentLines, temperatureNotices } from '../../src/terminal/adjustments.js';
import { crossValidate } from '../../src/trials/cross-validation.js';
import { goldenTables } from '../tables.js';

const paths = new Map(goldenTables.map(([name, path]) => [name, path]));
const [iris, cancer] = await Promise.all(
  ['iris', 'breast_cancer'].map((name) => readTable(paths.get(name) ?? '')),
);

/** The class with the largest logit in each row. */
function largestOf(logits: Float32Array, k: number): Int32Array {
  return Int32Array.from({ length: logits.length / k }, (_, row) => {
    const ofRow = logits.subarray(row * k, (row + 1) * k);
    return ofRow.indexOf(Math.max(...ofRow));
  });
}

for (const options of [
  { l2: 0.01 },
  { l2: 0.01, validationSplit: 0.3 },
  { features: 'rbf', components: 20, classWeight: 'balanced' },
] as const satisfies Options[]) {
  t.test(`rows are predicted by models of the other folds: ${JSON.stringify(options)}`, async (t) => {
    const plan = planRun(iris, options);
    const { labels, logits } = await outOfFold(plan, (sides) => finishTraining(trainRun({ ...plan, sides })));
    const { train, validation } = plan.sides;
    t.equal(labels.length, train.length + (validation?.length ?? 0));
    const { folds } = await crossValidate(iris, options);
    const right = folds.reduce((sum, fold) => sum + Math.round(fold.accuracy * fold.rows), 0);
    t.equal(accuracy(labels, largestOf(logits, 3)), right / labels.length);
  });
}

t.test('the trainings on folds tell how many are done', async (t) => {
  const told: string[] = [];
  const onEpoch = () => told.push('epoch');
  const onFold = (finished: number, folds: number) => told.push(`${finished} of ${folds}`);
  await trainAndTest(cancer, { epochs: 2, threshold: 'balanced', onEpoch, onFold });
  t.same(told, ['epoch', 'epoch', '0 of 5', '1 of 5', '2 of 5', '3 of 5', '4 of 5']);
  await trainAndTest(cancer, { epochs: 2, threshold: '0.3', onFold });
  t.equal(told.length, 7, 'a given threshold needs none');
});

t.test('a temperature lowers the log-loss of held-out rows, and changes no prediction', async (t) => {
  const digits = await loadDigits();
  const plain = await trainAndTest(digits, { epochs: 30 });
  const run = await trainAndTest(digits, { epochs: 30, calibrate: 'temperature' });
  t.strictSame(run.test.predictions, plain.test.predictions);
  t.strictSame(run.test.logits(), plain.test.logits());
  t.strictSame(run.test.probabilities(1), plain.test.probabilities());
  t.strictSame(run.model.weights, plain.model.weights);
  const { temperature = 1 } = run.model;
  const [row] = run.test.rows;
  const logits = [...run.test.logits().subarray(0, 10)].map((logit) => logit / temperature);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const shares = run.test.probabilities().subarray(0, 10);
  t.ok(
    logits.every((logit, c) => Math.abs(Math.exp(logit) / total - shares[c]) < 1e-14),
    `row ${row}`,
  );

  const [payload, without] = await Promise.all([run, plain].map(calibration.payload));
  t.equal(payload.temperature?.value, temperature);
  t.ok(Number(payload.temperature?.log_loss) < 0.7 * Number(payload.temperature?.log_loss_without));
  t.ok(payload.confidence.ece < without.confidence.ece / 2);
  t.equal(without.temperature, undefined);
  t.match(adjustmentLines(run.test), [/^temperature 0\.\d+ {2}log-loss 0\.\d+, without it 0\.\d+$/]);
  t.same(adjustmentLines(plain.test), []);
  t.same(temperatureNotices(run), []);
});

t.test('a threshold decides between two classes, everywhere', async (t) => {
  const run = await trainAndTest(cancer, { threshold: '0.9', calibrate: 'temperature' });
  t.equal(run.model.threshold, 0.9);
  const shares = run.test.probabilities();
  t.strictSame(
    run.test.predictions,
    Int32Array.from(run.test.predictions, (_, row) => Number(shares[2 * row + 1] >= 0.9)),
  );
  const plain = await trainAndTest(cancer);
  t.ok(run.test.predictions.some((found, row) => found !== plain.test.predictions[row]));
  t.match(adjustmentLines(run.test), [
    /^temperature /,
    /^threshold 0\.9000 of "malignant" {2}balanced accuracy 9\d\.\d+% {2}F1 9\d\.\d+%$/,
    /^without it {2}balanced accuracy 9\d\.\d+% {2}F1 9\d\.\d+%$/,
  ]);

  const saved = JSON.stringify(await savedModel.payload(run));
  const restored = parseModel(saved);
  t.match(restored, { threshold: 0.9, temperature: run.model.temperature });
  const again = await predict(restored, cancer.features, run.test.rows);
  t.strictSame(again.predictions, run.test.predictions);
  t.strictSame(again.probabilities(), shares);
  const regression = SoftmaxRegression.fromJSON(saved);
  t.match(regression.toJSON(), { threshold: 0.9, temperature: run.model.temperature });
});

t.test('thresholds that are searched for improve what they are for, out of fold', async (t) => {
  const few = Int32Array.from(cancer.labels, (label, row) => (label === 0 && row % 5 > 0 ? -1 : row)).filter(
    (row) => row >= 0,
  );
  const table = {
    ...cancer,
    features: {
      ...cancer.features,
      rows: few.length,
      values: Float32Array.from({ length: few.length * cancer.features.columns }, (_, i) => {
        const { columns, values } = cancer.features;
        return values[few[Math.floor(i / columns)] * columns + (i % columns)];
      }),
    },
    labels: few.map((row) => cancer.labels[row]),
  };
  const { threshold: balanced = 0.5 } = (await trainAndTest(table, { threshold: 'balanced' })).model;
  const { threshold: f1 = 0.5 } = (await trainAndTest(table, { threshold: 'f1' })).model;
  t.ok(balanced > 0.5, `the rare class is preferred: ${balanced}`);
  t.ok(f1 < balanced, `F1 of the frequent class asks for less: ${f1}`);
});

t.test('what is not possible is refused, or told', async (t) => {
  t.throws(() => planRun(iris, { threshold: 'f1' }), {
    name: 'RangeError',
    message: /^threshold is for two classes, .*: found 3 classes; /,
  });
  t.throws(() => planRun(cancer, { threshold: '1' }), {
    name: 'RangeError',
    message: /^threshold: expected balanced, f1, or/,
  });
  const given = { calibrate: 'temperature' } as object;
  await t.rejects(fit(cancer, everyRow(cancer.features), given), {
    name: 'TypeError',
    message: 'calibrate needs trainings on folds, after the one of the chosen rows: see trainAndTest',
  });
  const options = { ...planRun(cancer).options, calibrate: 'temperature' } as const;
  t.match(temperatureNotices({ options, model: {} as Model }), [/^no temperature: /]);
});

t.test('folds are scored without what is fitted after a training', async (t) => {
  const plain = await crossValidate(cancer, { solver: 'lbfgs' }, { folds: 2 });
  const adjusted = { solver: 'lbfgs', calibrate: 'temperature', threshold: '0.9' } as const;
  t.same(await crossValidate(cancer, adjusted, { folds: 2 }), plain);
});
