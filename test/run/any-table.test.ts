/** Tables with all kinds of columns: trained with defaults, they give what scikit-learn gives. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readTable } from '../../src/entries/tables.js';
import { featureNamesOf } from '../../src/model/inputs.js';
import { evaluate } from '../../src/run/evaluation.js';
import { trainAndTest } from '../../src/run/run.js';

/** What `make_columns.py` writes. */
interface Expected {
  /** In the order of the table, without the label. */
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly why?: string }[];
  readonly features: readonly string[];
  /** Of the training and of the test side. */
  readonly rows: readonly number[];
  readonly test_rows: readonly number[];
  readonly classes: readonly string[];
  readonly train_accuracy: number;
  readonly test_accuracy: number;
  readonly confusion_matrix: readonly (readonly number[])[];
  readonly test_probabilities: readonly (readonly number[])[];
  readonly later_probabilities: readonly (readonly number[])[];
}

const pathOf = (file: string) => fileURLToPath(new URL(`../fixtures/columns/${file}`, import.meta.url));

/** The largest difference of two lists of numbers. */
function distance(found: Float64Array, expected: readonly (readonly number[])[]): number {
  const flat = expected.flat();
  if (found.length !== flat.length) return Number.POSITIVE_INFINITY;
  return flat.reduce((largest, value, i) => Math.max(largest, Math.abs(found[i] - value)), 0);
}

for (const name of ['ice-cream', 'two-classes']) {
  const expected: Expected = JSON.parse(readFileSync(pathOf(`${name}.json`), 'utf8'));

  t.test(`the table ${name} gives what scikit-learn gives`, async (t) => {
    const dataset = await readTable(pathOf(`${name}.csv`));
    const { featureNames = [], leftOut = [] } = dataset;
    const kinds = featureNames.map((column, j) => ({
      name: column,
      kind: dataset.features.kinds?.[j].kind ?? 'number',
    }));
    t.strictSame(
      kinds,
      expected.columns.filter(({ kind }) => kind !== 'left out'),
    );
    t.strictSame(
      leftOut.map((column) => ({ name: column.name, kind: 'left out', why: column.why })),
      expected.columns.filter(({ kind }) => kind === 'left out'),
    );
    t.strictSame(dataset.classes, expected.classes);

    const { model, sides, test, trainAccuracy } = await trainAndTest(dataset);
    t.strictSame(featureNamesOf(featureNames, model.columns), expected.features);
    t.strictSame([sides.train.length, sides.test.length], expected.rows);
    t.strictSame([...sides.test], expected.test_rows);
    t.equal(trainAccuracy, expected.train_accuracy);
    t.equal(test.accuracy, expected.test_accuracy);
    t.strictSame(test.confusionMatrix, expected.confusion_matrix);
    t.ok(distance(test.probabilities(), expected.test_probabilities) < 1e-3, 'probabilities of test rows');

    // scikit-learn's model is at the minimum.
    const { model: exact, test: exactly } = await trainAndTest(dataset, { tolerance: 1e-8 });
    t.ok(distance(exactly.probabilities(), expected.test_probabilities) < 1e-5, 'closer to the minimum');
    // Columns in another order, texts that the training rows did not have, gaps where they had none.
    const later = await readTable(pathOf(`${name}-later.csv`), { model: exact, label: 'flavour' });
    const { probabilities } = await evaluate(exact, later);
    t.ok(distance(probabilities(), expected.later_probabilities) < 1e-5, 'probabilities of further rows');
  });
}
