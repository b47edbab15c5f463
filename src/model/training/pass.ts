import type { Core, Trainer } from '../../core/core.js';
import type { Convergence } from '../model.js';
import type { EvaluateObjective, Solver } from '../solvers/solver.js';
import type { BatchFeed } from './batch-feed.js';
import type { Batches } from './batches.js';

/** The step of an epoch, and the loss and gradient before it. */
export interface Pass {
  /** Learning rate of the step; for `lbfgs` its length as a multiple of the direction, or 0 if no step was taken. */
  readonly learningRate: number;
  /**
   * Mean cross-entropy over the training rows before the step of this epoch, plus the penalty of `l2` if there is one.
   * With batches, the mean over all rows, each before the step of its batch.
   */
  readonly loss: number;
  /** Euclidean norm of the gradient of that loss; with batches, the mean of their norms, weighted by their rows. */
  readonly gradientNorm: number;
  /** Present if no step was taken, since the training has converged. */
  readonly converged?: Convergence;
}

/** Runs an epoch at a learning rate. */
export type TakePass = (rate: number) => Promise<Pass>;

/**
 * A function that takes one step per epoch, on all rows.
 *
 * @param tolerance the parameters have converged once no entry of the gradient is larger in magnitude
 */
export function stepOnAllRows(
  trainer: Trainer,
  solver: Solver,
  evaluate: EvaluateObjective,
  tolerance: number | undefined,
): TakePass {
  /** Loss after the last step, if the solver has already evaluated it. */
  let lossAfterStep: number | undefined;
  return async (rate) => {
    const loss = lossAfterStep ?? (await evaluate());
    const gradientNorm = normOf(trainer);
    const isFlat = tolerance !== undefined && trainer.largest(trainer.meanGradient) <= tolerance;
    const step = isFlat ? undefined : await solver.step(loss, rate);
    lossAfterStep = step?.loss;
    if (step) return { learningRate: step.rate, loss, gradientNorm };
    return { learningRate: 0, loss, gradientNorm, converged: isFlat ? 'gradient' : 'precision' };
  };
}

/**
 * A function that takes one step per batch.
 *
 * @param evaluate the objective over the batch
 */
export function stepOnBatches(
  core: Core,
  solver: Solver,
  evaluate: EvaluateObjective,
  batches: Batches,
  feed: BatchFeed,
): TakePass {
  return async (rate) => {
    const { order } = batches;
    let [loss, gradientNorm, first] = [0, 0, 0];
    batches.shuffle();
    await feed.begin(order);
    try {
      for (const batch of batches) {
        feed.take(batch, first);
        first += batch.length;
        const share = batch.length / order.length;
        const lossOfBatch = await evaluate();
        loss += share * lossOfBatch;
        gradientNorm += share * normOf(core);
        await solver.step(lossOfBatch, rate);
      }
    } finally {
      feed.end();
    }
    return { learningRate: rate, loss, gradientNorm };
  };
}

function normOf({ meanGradient, dot }: Trainer): number {
  return Math.sqrt(dot(meanGradient, meanGradient));
}
