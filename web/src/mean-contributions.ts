import {
  type Evaluation,
  gatherFeatures,
  type LoadedDataset,
  type Model,
  randomFeaturesOf,
} from 'digit-classifier';
import { contributionsOf } from './contributions.js';

/** What features contribute to each class, on average over rows of that class. */
export interface MeanContributions {
  /** By class, then by feature; all zero for a class without rows. */
  readonly byClass: readonly Float64Array[];
  /** Most rows of a class that were looked at. */
  readonly rows: number;
  readonly areHeldOut: boolean;
}

/** Cosines to compute at most: about two seconds. */
const MOST_COSINES = 1e8;

/**
 * The mean contribution of each feature to the logit of each class, see `contributionsOf`, over tested rows of that class:
 * all of them, or the first ones where all would take long.
 */
export async function meanContributionsOf(
  model: Model,
  { features: table }: LoadedDataset,
  { rows, labels }: Pick<Evaluation, 'rows' | 'labels'>,
): Promise<Omit<MeanContributions, 'areHeldOut'>> {
  const random = await randomFeaturesOf(model);
  const { classes, scaler } = model;
  const inputs = scaler.mean.length;
  const perRow = inputs * (random?.offsets.length ?? 1);
  const most = Math.max(1, Math.floor(MOST_COSINES / (perRow * classes.length)));
  const gather = gatherFeatures(model, table);
  const features = new Float32Array(inputs);
  const counts = new Int32Array(classes.length);
  const byClass = classes.map(() => new Float64Array(inputs));
  for (const [index, row] of rows.entries()) {
    const label = labels[index];
    if (counts[label] === most) continue;
    counts[label]++;
    gather(Int32Array.of(row), features);
    const found = contributionsOf(model, features, label, random);
    for (const [j, value] of found.entries()) byClass[label][j] += value;
  }
  return {
    byClass: byClass.map((sums, label) => sums.map((sum) => sum / Math.max(1, counts[label]))),
    rows: Math.max(...counts),
  };
}
