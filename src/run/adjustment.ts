/** What is fitted after a training: the temperature and the threshold of a model. */
import type { Core } from '../core/core.js';
import { loadCore } from '../core/load.js';
import type { Dataset } from '../data/dataset.js';
import { bestTemperature } from '../metrics/temperature.js';
import { bestThreshold } from '../metrics/threshold.js';
import { type Model, predict } from '../model/model.js';
import type { Options, Settled } from '../model/options.js';
import { dealRows, holdOut, type Sides, splitSides } from './sides.js';

/** Number of folds that the training rows are dealt into. */
export const FOLDS = 5;

/** The logits of rows that the model did not see, and their classes. */
export interface OutOfFold {
  /** n class indices. */
  readonly labels: Int32Array;
  /** n × k, row-major. */
  readonly logits: Float32Array;
  /** Of the n rows, if the table has some. */
  readonly weights?: Float64Array;
}

/**
 * The logits of all training rows, those for validation included, each by a model that was trained on the other folds, with
 * the same options.
 *
 * @param train trains on some of the rows
 * @throws SplitError if every class has fewer rows than there are folds, or a fold too few to hold out some for validation
 * @throws what `train` and `predict` throw
 */
export async function outOfFold(
  { dataset, options }: { readonly dataset: Dataset; readonly options: Settled },
  train: (sides: Sides) => Promise<Model>,
): Promise<OutOfFold> {
  const { classes, weights } = dataset;
  const rows = splitSides(dataset, { ...options, validationSplit: undefined }).train;
  const logits = new Float32Array(dataset.labels.length * classes.length);
  for (const split of dealRows(dataset, rows, FOLDS, options.seed)) {
    const model = await train(holdOut(dataset, split, options));
    const found = (await predict(model, dataset.features, split.test)).logits();
    for (const [place, row] of split.test.entries()) {
      const first = place * classes.length;
      logits.set(found.subarray(first, first + classes.length), row * classes.length);
    }
  }
  const ofRow = (row: number) => logits.subarray(row * classes.length, (row + 1) * classes.length);
  const chosen = new Float32Array(rows.length * classes.length);
  for (const [place, row] of rows.entries()) chosen.set(ofRow(row), place * classes.length);
  return {
    labels: rows.map((row) => dataset.labels[row]),
    logits: chosen,
    ...(weights && { weights: Float64Array.from(rows, (row) => weights[row]) }),
  };
}

/** Whether the options ask for something that is fitted out of fold. */
export function needsFolds({ calibrate, threshold }: Options): boolean {
  return calibrate === 'temperature' || threshold === 'balanced' || threshold === 'f1';
}

/** The model with what the options ask to fit; it is the same model where they ask for nothing. */
export async function adjust(
  model: Model,
  { calibrate, threshold }: Options,
  found: () => Promise<OutOfFold>,
): Promise<Model> {
  if (!needsFolds({ calibrate, threshold })) {
    return threshold === undefined ? model : { ...model, threshold: Number(threshold) };
  }
  const { labels, logits, weights } = await found();
  const k = model.classes.length;
  const core: Core = (await loadCore())({ rows: 1, features: 2, classes: k });
  const temperature =
    calibrate === 'temperature'
      ? bestTemperature(labels, logits, (other) => core.probabilities(logits, other), weights)
      : undefined;
  const calibrated = { ...model, ...(temperature !== undefined && { temperature }) };
  if (threshold === undefined) return calibrated;
  if (threshold !== 'balanced' && threshold !== 'f1') return { ...calibrated, threshold: Number(threshold) };
  const shares = core.probabilities(logits, temperature);
  const positive = Float64Array.from(labels, (_, row) => shares[row * k + 1]);
  return {
    ...calibrated,
    threshold: bestThreshold((row) => labels[row] === 1, positive, threshold, weights),
  };
}
