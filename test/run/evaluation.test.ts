import t from 'tap';
import { datasetOf } from '../../src/data/arrays.js';
import { everyRow } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import type { Kind } from '../../src/data/kinds.js';
import type { Model } from '../../src/model/model.js';
import { accuracyOn, evaluate } from '../../src/run/evaluation.js';
import { goldenRuns } from '../golden.js';

const digits = await loadDigits();

function modelOf(golden: (typeof goldenRuns)[number][1]): Model {
  return {
    classes: digits.classes,
    scaler: { mean: Float64Array.from(golden.mean), scale: Float64Array.from(golden.scale) },
    weights: Float32Array.from(golden.weights.flat()),
    bias: Float32Array.from(golden.bias),
  };
}

const near = (found: number, expected: number) => Math.abs(found - expected) < 1e-9;

for (const [name, golden] of goldenRuns) {
  t.test(`a model of scikit-learn gets its scores: ${name}`, async (t) => {
    const scores = await evaluate(modelOf(golden), digits, Int32Array.from(golden.test_index));
    t.ok(near(scores.accuracy, golden.test_accuracy));
    t.strictSame([...scores.predictions], golden.test_prediction);
    t.strictSame(
      [...scores.labels],
      golden.test_index.map((row) => digits.labels[row]),
    );
    t.equal(scores.probabilities().length, 10 * golden.test_index.length);
    t.strictSame(scores.confusionMatrix, golden.confusion_matrix);
    for (const [key, expected] of Object.entries(golden.classification_report)) {
      const found = scores.classificationReport[key];
      if (typeof found === 'number' || typeof expected === 'number') continue;
      t.ok(near(found['f1-score'], expected['f1-score']), key);
    }
    for (const [key, { auc, fpr }] of Object.entries(golden.roc_curves)) {
      const curve = scores.rocCurves()[key];
      t.ok(near(curve.auc, auc), key);
      t.equal(curve.fpr.length, fpr.length, key);
    }
  });
}

const [[, golden]] = goldenRuns;
const model = modelOf(golden);

t.test('all rows are looked at where none are chosen', async (t) => {
  t.strictSame(
    (await evaluate(model, digits)).confusionMatrix,
    (await evaluate(model, digits, everyRow(digits.features))).confusionMatrix,
  );
});

t.test('classes are matched by their names', async (t) => {
  const few = Int32Array.from(everyRow(digits.features).filter((row) => [3, 8].includes(digits.labels[row])));
  const rows = Array.from(few, (row) => digits.features.values.subarray(row * 64, row * 64 + 64));
  const table = datasetOf(
    rows,
    Array.from(few, (row) => digits.labels[row]),
  );
  t.strictSame(table.classes, ['3', '8']);
  const [found, expected] = [await evaluate(model, table), await evaluate(model, digits, few)];
  t.strictSame(found.confusionMatrix, expected.confusionMatrix);
  t.strictSame(found.classificationReport, expected.classificationReport);
  t.strictSame(Object.keys(found.rocCurves()), ['3', '8'], 'a class without rows has no curve');
  t.strictSame(found.rocCurves(), expected.rocCurves());
});

t.test('tables that do not fit the model are refused', async (t) => {
  const names = Array.from({ length: 64 }, (_, index) => `pixel ${index}`);
  const named = { ...model, featureNames: names };
  const other = { ...digits, featureNames: names.toSpliced(5, 1, 'other') };
  await t.rejects(evaluate(named, other), {
    name: 'RangeError',
    message:
      'feature 5 of the table is called "other", expected "pixel 5" as in the model: ' +
      'read the table with the features of the model',
  });
  t.equal((await evaluate(named, { ...digits, featureNames: names })).accuracy > 0.8, true);
  const narrow = datasetOf([[1], [2]], ['0', '1'], names.slice(0, 1));
  await t.rejects(evaluate(named, narrow), { message: 'the model reads 64 features, the table has 1' });
  t.equal((await evaluate(model, other)).accuracy > 0.8, true, 'the model has no names');

  const text: Kind = { kind: 'category', levels: ['a', 'b'] };
  const texts = { ...digits.features, kinds: names.map(() => text) };
  await t.rejects(evaluate(model, { ...digits, features: texts }), {
    message: 'feature 0 of the table has categories, but the model was trained on numbers',
  });

  const classes = digits.classes.map((name) => (name === '4' ? 'four' : name));
  // A class that the model does not know follows its own, and its rows count as errors.
  const unknown = await evaluate(model, { ...digits, classes });
  const known = await evaluate(model, digits);
  t.same(unknown.classes, [...digits.classes, 'four']);
  t.same(unknown.confusionMatrix[10].slice(0, 10), known.confusionMatrix[4]);
  t.equal(
    unknown.confusionMatrix[4].every((count) => count === 0),
    true,
  );
  const right = known.accuracy * digits.labels.length - known.confusionMatrix[4][4];
  t.equal(Math.round(unknown.accuracy * digits.labels.length), Math.round(right));
  t.same(
    Object.keys(unknown.rocCurves()),
    digits.classes.filter((name) => name !== '4'),
  );
  const unused = Int32Array.of(0, 1, 2);
  t.equal((await evaluate(model, { ...digits, classes }, unused)).confusionMatrix[2][2], 1);
  const labels = digits.labels.with(2, 10);
  await t.rejects(evaluate(model, { ...digits, labels }), {
    message: 'row 2 has label 10, but there are 10 classes',
  });
  await t.rejects(evaluate(model, datasetOf([[1], [2]], ['0', '1'])), {
    message: 'the model reads 64 features, the table has 1',
  });
  await t.rejects(evaluate(model, digits, new Int32Array()), { message: /no rows/ });
  await t.rejects(evaluate(model, digits, Int32Array.of(1797)), { message: /there is no row 1797/ });
});

t.test('the accuracy alone is that of the evaluation, of any number of rows', async (t) => {
  const some = Int32Array.of(7, 1500, 3, 12);
  const { accuracy } = await evaluate(model, digits, some);
  t.equal(await accuracyOn(model, digits, some), accuracy);

  const rows = 2 ** 20 + 100;
  const values = Float32Array.from({ length: rows }, (_, row) => (row % 3) - 1);
  const table = {
    features: { rows, columns: 1, values },
    labels: Int32Array.from(values, (value, row) => Number(value > 0) ^ Number(row > 2 ** 20)),
    classes: ['0', '1'],
  };
  const rising: Model = {
    classes: ['0', '1'],
    scaler: { mean: Float64Array.of(0), scale: Float64Array.of(1) },
    weights: Float32Array.of(-1, 1),
    bias: Float32Array.of(0, 0),
  };
  t.equal(await accuracyOn(rising, table, everyRow(table.features).reverse()), (rows - 99) / rows);
});
