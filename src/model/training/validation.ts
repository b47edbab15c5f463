import type { CreateCore, Trainer } from '../../core/core.js';
import type { Dataset } from '../../data/dataset.js';
import type { Inputs } from '../inputs.js';
import { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import { createCrossEntropy } from './cross-entropy.js';
import { type Best, DivergenceError } from './state.js';

/** Measures a training on rows that are held out, and keeps the weights of its best epoch. */
export interface Validation {
  /** The epoch with the lowest cross-entropy so far; undefined before the first. */
  readonly best: Best | undefined;
  /**
   * The mean cross-entropy of the held-out rows after an epoch, in nats.
   *
   * @throws DivergenceError if the weights are not finite
   * @throws RangeError if only the cross-entropy is not
   */
  measure(epoch: number, parameters: Pick<Trainer, 'weights' | 'bias'>): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param rows indices of the held-out rows
 * @param weigh what rows weigh in the training: the best epoch is best by what the training minimises
 * @param best of an earlier training that is continued
 */
export async function createValidation(
  dataset: Dataset,
  rows: Int32Array,
  weigh: (dataset: Dataset, rows: Int32Array) => RowWeights | undefined,
  inputs: Inputs,
  best: Best | undefined,
  turns: Turns,
  createCore?: CreateCore,
): Promise<Validation> {
  const crossEntropy = await createCrossEntropy(dataset, rows, inputs, turns, createCore, weigh);
  // No signal ends a validation: the epoch has taken its step, and only a finished one can be resumed from.
  const withoutSignal = new Turns();
  let lowest = best;
  return {
    get best() {
      return lowest;
    },
    async measure(epoch, { weights, bias }) {
      const loss = await crossEntropy({ weights, bias }, withoutSignal);
      if (!Number.isFinite(loss)) throw validationFault(epoch, weights);
      if (!lowest || loss < lowest.loss) {
        lowest = { epoch, loss, weights: weights.slice(), bias: bias.slice() };
      }
      return loss;
    },
    close: crossEntropy.close,
  };
}

/** Even finite weights give infinite logits for a row that is too far from those that were trained on. */
function validationFault(epoch: number, weights: Float32Array): Error {
  if (!weights.every(Number.isFinite)) return new DivergenceError(epoch);
  return new RangeError(
    `the validation rows have no finite cross-entropy after epoch ${epoch}: a feature of one of them, or a weight, ` +
      'is too large; look for outliers among the rows, or choose a smaller learning rate',
  );
}
