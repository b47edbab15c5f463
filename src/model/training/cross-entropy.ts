import type { CreateCore, Trainer } from '../../core/core.js';
import { loadCore } from '../../core/load.js';
import type { Dataset } from '../../data/dataset.js';
import { gatherFeatures } from '../encoding.js';
import { type Inputs, shapeOf } from '../inputs.js';
import { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import { computeGradient, packTable } from './objective.js';

/**
 * Computes the mean cross-entropy of parameters on fixed rows, in nats; not finite if a logit is not.
 *
 * @param turns by default those of the packing
 */
export type CrossEntropy = (parameters: Pick<Trainer, 'weights' | 'bias'>, turns?: Turns) => Promise<number>;

/**
 * A function that computes the mean cross-entropy of any parameters on the chosen rows, which are packed only once. The
 * core computes it, so it has the same bits on every engine. The event loop runs in between.
 *
 * @param dataset a table that has been checked
 * @param rows indices of the rows, at least one; such as those that a model was not trained on
 * @param inputs those of the model
 * @param weights those of the rows; by default each has the weight 1
 * @throws RangeError if the rows do not fit in a WebAssembly memory
 */
export async function createCrossEntropy(
  dataset: Dataset,
  rows: Int32Array,
  inputs: Inputs,
  turns = new Turns(),
  createCore?: CreateCore,
  weights?: RowWeights,
): Promise<CrossEntropy> {
  const create = createCore ?? (await loadCore());
  const core = create(shapeOf(inputs, rows.length, dataset.classes.length));
  const gather = gatherFeatures(inputs, dataset.features);
  await packTable(core, gather, dataset.labels, weights, rows, inputs, turns);
  return ({ weights, bias }, given = turns) => {
    core.weights.set(weights);
    core.bias.set(bias);
    return computeGradient(core, given);
  };
}
