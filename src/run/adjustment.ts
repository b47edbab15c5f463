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

/** Told how many trainings on folds are done, of how many. */
export type OnFold = (finished: number, folds: number) => void;

/**
 * The logits of the training rows, those for validation included, each by a model that was trained on the other folds, with
 * the same options. Rows follow each other fold by fold. Of rows with times, the oldest are in no fold.
 *
 * @param train trains on some of the rows
 * @param onFold called before the training on each fold, with the number of folds that are done, and of all
 * @throws SplitError if every class has fewer rows than there are folds, or a fold too few to hold out some for validation
 * @throws what `train` and `predict` throw
 */
export async function outOfFold(
  { dataset, options }: { readonly dataset: Dataset; readonly options: Settled },
  train: (sides: Sides) => Promise<Model>,
  onFold?: OnFold,
): Promise<OutOfFold> {
  const { classes, labels, features, weights } = dataset;
  const { testSplit, seed } = options;
  const k = classes.length;
  const folds = dealRows(dataset, splitSides(dataset, { testSplit, seed }).train, FOLDS, seed);
  const rows = Int32Array.from(folds.flatMap(({ test }) => [...test]));
  const logits = new Float32Array(rows.length * k);
  let first = 0;
  for (const [index, split] of folds.entries()) {
    onFold?.(index, folds.length);
    const model = await train(holdOut(dataset, split, options));
    const predicted = await predict(model, features, split.test);
    logits.set(predicted.logits(), first * k);
    first += split.test.length;
  }
  return {
    labels: rows.map((row) => labels[row]),
    logits,
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
