import { closeSpool } from '#platform';
import type { CreateCore, Trainer } from '../../core/core.js';
import { loadCore } from '../../core/load.js';
import { fitThreads } from '../../core/threads.js';
import type { Dataset } from '../../data/dataset.js';
import { gatherFeatures } from '../encoding.js';
import { type Inputs, shapeOf } from '../inputs.js';
import { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import { inReadingOrder, spoolForPacked } from './chosen-rows.js';
import { computeGradient, packTable } from './objective.js';

/** The mean cross-entropy of parameters on fixed rows. */
export interface CrossEntropy {
  /**
   * Computes it, in nats; not finite if a logit is not.
   *
   * @param turns by default those of the packing
   */
  (parameters: Pick<Trainer, 'weights' | 'bias'>, turns?: Turns): Promise<number>;
  /** Removes the file of the packed rows, if there is one. */
  close(): Promise<void>;
}

/**
 * A function that computes the mean cross-entropy of any parameters on the chosen rows, which are packed only once. The
 * core computes it, so it has the same bits on every engine. The event loop runs in between.
 *
 * @param dataset a table that has been checked
 * @param rows indices of the rows, at least one; such as those that a model was not trained on
 * @param inputs those of the model
 * @param weigh what rows weigh; by default, each has the weight 1
 * @throws RangeError if the rows do not fit in a WebAssembly memory
 * @throws SpoolError if they are kept in a file, and that fails
 */
export async function createCrossEntropy(
  dataset: Dataset,
  rows: Int32Array,
  inputs: Inputs,
  turns = new Turns(),
  createCore?: CreateCore,
  weigh?: (dataset: Dataset, rows: Int32Array) => RowWeights | undefined,
): Promise<CrossEntropy> {
  const create = createCore ?? (await loadCore());
  const shape = shapeOf(inputs, rows.length, dataset.classes.length);
  const spool = spoolForPacked(dataset, shape, fitThreads(shape, 1));
  const core = create(shape, spool && { spool });
  const close = async () => {
    await core.close();
    if (spool) closeSpool(spool);
  };
  try {
    const ordered = await inReadingOrder(dataset, rows, turns);
    const { features, labels } = ordered.dataset;
    const gather = gatherFeatures(inputs, features);
    const weights = weigh?.(ordered.dataset, ordered.rows);
    await packTable(core, gather, labels, weights, ordered.rows, inputs, turns).finally(ordered.close);
  } catch (error) {
    await close();
    throw error;
  }
  const measure = ({ weights, bias }: Pick<Trainer, 'weights' | 'bias'>, given = turns) => {
    core.weights.set(weights);
    core.bias.set(bias);
    return computeGradient(core, given);
  };
  return Object.assign(measure, { close });
}
