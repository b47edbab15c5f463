import type { Dataset } from '../data/dataset.js';
import type { Split } from '../data/stratified-split.js';
import type { FoldScores } from '../metrics/folds.js';
import type { SettledForAnyRows } from '../model/options.js';
import { createCrossEntropy } from '../model/training/cross-entropy.js';
import { DivergenceError } from '../model/training/state.js';
import { finishTraining } from '../model/training/train.js';
import { Turns } from '../model/turns.js';
import { evaluate } from '../run/evaluation.js';
import { trainRun } from '../run/run.js';
import { holdOut } from '../run/sides.js';

/**
 * Scores on the test rows of a split, by a model trained on the others, on this thread. Defaults that depend on the training
 * rows are those of this split.
 *
 * @throws SplitError if there are too few training rows to hold out some for validation
 * @throws DivergenceError, RangeError and Error as `train` does; OverflowError as `predict` does
 */
export async function scoreFold(
  dataset: Dataset,
  split: Split,
  options: SettledForAnyRows,
  signal?: AbortSignal,
): Promise<FoldScores> {
  const sides = holdOut(dataset, split, options);
  const controls = { threads: 1, ...(signal && { signal }) };
  const model = await finishTraining(trainRun({ dataset, options, sides }, controls));
  const { rows, accuracy } = await evaluate(model, dataset, sides.test);
  const crossEntropyOf = await createCrossEntropy(dataset, rows, model, new Turns(signal));
  const crossEntropy = await crossEntropyOf(model).finally(crossEntropyOf.close);
  if (!Number.isFinite(crossEntropy)) throw new DivergenceError(options.epochs);
  return { rows: rows.length, accuracy, crossEntropy, ...(model.ending && { ending: model.ending }) };
}
