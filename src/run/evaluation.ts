import { type Dataset, everyRow } from '../data/dataset.js';
import type { RocCurves } from '../generated/payloads.js';
import { accuracy, countHits } from '../metrics/accuracy.js';
import { type ClassificationReport, classificationReport } from '../metrics/classification-report.js';
import { confusionMatrix } from '../metrics/confusion-matrix.js';
import { logOdds, oneVersusRest } from '../metrics/roc.js';
import { type Model, type Prediction, predict } from '../model/model.js';
import { quoted } from '../text.js';

/** The predictions of a model for n rows whose classes are known, and how good they are. */
export interface Evaluation extends Prediction {
  /** The model's classes, and after them those of the rows that it does not know. */
  readonly classes: readonly string[];
  /** Indices of the rows in their table. */
  readonly rows: Int32Array;
  /** n indices into the classes. */
  readonly labels: Int32Array;
  /** Share of the rows predicted correctly, from 0 to 1. */
  readonly accuracy: number;
  /** Counts of rows, `[actual][predicted]`, k × k, in the order of the classes. */
  readonly confusionMatrix: number[][];
  /** Precision, recall, F1 score and support by class, as scikit-learn's. */
  readonly classificationReport: ClassificationReport;
  /** The one-versus-rest ROC curves by class name, without classes that no row has, or all have; computed on demand. */
  rocCurves(): RocCurves;
}

/**
 * Predicts rows of a table and scores the predictions. The classes of the table are matched with those of the model
 * by name; rows of classes that the model does not know are predicted wrongly.
 *
 * @param rows indices of the rows to use, by default all
 * @throws RangeError if the table has other columns than the model, there are no rows, or the logits of a row are not finite
 */
export async function evaluate(
  model: Model,
  dataset: Dataset,
  rows: Int32Array = everyRow(dataset.features),
): Promise<Evaluation> {
  checkNames(model, dataset);
  const prediction = await predict(model, dataset.features, rows);
  const { classes, labels } = labelsFor(model, dataset, rows);
  return evaluationOf(classes, rows, labels, prediction);
}

/** Rows that are predicted at a time where only their accuracy is asked for. */
const SCORED_ROWS = 2 ** 20;

/**
 * The accuracy of `evaluate`, in memory that hardly grows with the rows. Throws as it does.
 *
 * @param rows each of them once
 */
export async function accuracyOn(model: Model, dataset: Dataset, rows: Int32Array): Promise<number> {
  let hits = 0;
  for (const some of inTableOrder(rows, dataset.features.rows)) {
    const { labels, predictions } = await evaluate(model, dataset, some);
    hits += countHits(labels, predictions);
  }
  return hits / rows.length;
}

/** The rows in the order of the table, `SCORED_ROWS` at a time: a file is read from its beginning to its end. */
function* inTableOrder(rows: Int32Array, count: number): Generator<Int32Array> {
  const isChosen = new Uint8Array(count);
  for (const row of rows) isChosen[row] = 1;
  const some = new Int32Array(SCORED_ROWS);
  let found = 0;
  for (let row = 0; row < count; row++) {
    if (isChosen[row] === 0) continue;
    some[found++] = row;
    if (found === SCORED_ROWS) {
      yield some.slice();
      found = 0;
    }
  }
  if (found > 0) yield some.slice(0, found);
}

/**
 * Scores predictions.
 *
 * @param labels n indices into the classes
 */
export function evaluationOf(
  classes: readonly string[],
  rows: Int32Array,
  labels: Int32Array,
  prediction: Prediction,
): Evaluation {
  const { predictions, logits } = prediction;
  const confusion = confusionMatrix(labels, predictions, classes.length);
  return {
    ...prediction,
    classes,
    rows,
    labels,
    accuracy: accuracy(labels, predictions),
    confusionMatrix: confusion,
    classificationReport: classificationReport(confusion, classes),
    rocCurves() {
      const all = logits();
      const known = all.length / rows.length;
      const curves = oneVersusRest(labels, logOdds(all, known), known);
      return Object.fromEntries(
        classes.slice(0, known).flatMap((name, index) => {
          const curve = curves[index];
          return curve ? [[name, curve]] : [];
        }),
      );
    },
  };
}

/** @throws RangeError naming the first column that is not called as in the model, if both have names */
export function checkNames({ featureNames: expected }: Model, { featureNames: found }: Dataset): void {
  // A different number of features is reported by `predict`.
  if (!expected || !found || found.length !== expected.length) return;
  const wrong = expected.findIndex((name, index) => name !== found[index]);
  if (wrong < 0) return;
  throw new RangeError(
    `feature ${wrong} of the table is called ${quoted(found[wrong])}, expected ${quoted(expected[wrong])} ` +
      'as in the model: read the table with the features of the model',
  );
}

/** The classes of the rows, as indices among those of the model and, after them, those that it does not know. */
function labelsFor({ classes: known }: Model, { labels, classes }: Dataset, rows: Int32Array) {
  const wrong = rows.find((row) => classes[labels[row]] === undefined);
  if (wrong !== undefined) {
    throw new RangeError(`row ${wrong} has label ${labels[wrong]}, but there are ${classes.length} classes`);
  }
  const all = [...known];
  const index = classes.map((name) => known.indexOf(name));
  const found = rows.map((row) => {
    const label = labels[row];
    if (index[label] < 0) index[label] = all.push(classes[label]) - 1;
    return index[label];
  });
  return { classes: all, labels: found };
}
