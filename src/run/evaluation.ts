import { type Dataset, everyRow } from '../data/dataset.js';
import type { RocCurves } from '../generated/payloads.js';
import { accuracy } from '../metrics/accuracy.js';
import { type ClassificationReport, classificationReport } from '../metrics/classification-report.js';
import { confusionMatrix } from '../metrics/confusion-matrix.js';
import { oneVersusRest } from '../metrics/roc.js';
import { type Model, type Prediction, predict } from '../model/model.js';
import { quoted } from '../text.js';

/** The predictions of a model for n rows whose classes are known, and how good they are. */
export interface Evaluation extends Prediction {
  /** The model's classes. */
  readonly classes: readonly string[];
  /** Indices of the rows in their table. */
  readonly rows: Int32Array;
  /** n indices into the model's classes. */
  readonly labels: Int32Array;
  /** Share of the rows predicted correctly, from 0 to 1. */
  readonly accuracy: number;
  /** Counts of rows, `[actual][predicted]`, k × k, in the order of the model's classes. */
  readonly confusionMatrix: number[][];
  /** Precision, recall, F1 score and support by class, as scikit-learn's. */
  readonly classificationReport: ClassificationReport;
  /** The one-versus-rest ROC curves by class name, without classes that no row has, or all have; computed on demand. */
  rocCurves(): RocCurves;
}

/**
 * Predicts rows of a table and scores the predictions. The classes of the table are matched with those of the model
 * by name.
 *
 * @param rows indices of the rows to use, by default all
 * @throws RangeError if the table has other columns than the model, a row has a class that the model does not
 * know, there are no rows, or the logits of a row are not finite
 */
export async function evaluate(
  model: Model,
  dataset: Dataset,
  rows: Int32Array = everyRow(dataset.features),
): Promise<Evaluation> {
  checkNames(model, dataset);
  const prediction = await predict(model, dataset.features, rows);
  return evaluationOf(model.classes, rows, labelsFor(model, dataset, rows), prediction);
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
  { predictions, logits, probabilities }: Prediction,
): Evaluation {
  const confusion = confusionMatrix(labels, predictions, classes.length);
  return {
    classes,
    rows,
    labels,
    predictions,
    logits,
    probabilities,
    accuracy: accuracy(labels, predictions),
    confusionMatrix: confusion,
    classificationReport: classificationReport(confusion, classes),
    rocCurves() {
      const curves = oneVersusRest(labels, logits(), classes.length);
      return Object.fromEntries(
        classes.flatMap((name, index) => {
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

/** The classes of the rows as indices into the model's. */
function labelsFor({ classes: known }: Model, { labels, classes }: Dataset, rows: Int32Array): Int32Array {
  const index = classes.map((name) => known.indexOf(name));
  return Int32Array.from(rows, (row) => {
    const label = labels[row];
    if (!(index[label] >= 0)) {
      const name = classes[label];
      const found =
        name === undefined
          ? `label ${label}, but there are ${classes.length} classes`
          : `class ${quoted(name)}, which the model does not know`;
      throw new RangeError(`row ${row} has ${found}`);
    }
    return index[label];
  });
}
