import type { CreateCore } from '../core/core.js';
import { loadCore } from '../core/load.js';
import type { Dataset } from '../data/dataset.js';
import { type Inputs, shapeOf } from './inputs.js';
import type { Model } from './model.js';
import { computeGradient, packTable } from './objective.js';
import { Turns } from './turns.js';

/** The mean cross-entropy in nats that parameters have on the rows it was made for; not finite where logits are not. */
export type CrossEntropy = (parameters: Pick<Model, 'weights' | 'bias'>) => Promise<number>;

/**
 * Packs rows of a checked table once, so that parameters can be measured on them again and again. The core computes the
 * cross-entropy, so it has the same bits on every engine; the event loop gets its turns.
 *
 * @param rows the row indices to measure on, one or more; those that a model was not trained on, say
 * @param inputs of the model
 * @throws RangeError where the rows do not fit a WebAssembly memory
 */
export async function createCrossEntropy(
  dataset: Dataset,
  rows: Int32Array,
  inputs: Inputs,
  turns = new Turns(),
  createCore?: CreateCore,
): Promise<CrossEntropy> {
  const create = createCore ?? (await loadCore());
  const core = create(shapeOf(inputs, rows.length, dataset.classes.length));
  await packTable(core, dataset, rows, inputs.scaler, turns);
  return ({ weights, bias }) => {
    core.weights.set(weights);
    core.bias.set(bias);
    return computeGradient(core, turns);
  };
}
