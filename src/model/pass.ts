import type { Core, Trainer } from '../core/core.js';
import type { Batches } from './batches.js';
import type { Convergence } from './model.js';
import type { Evaluate, Solver } from './solver.js';

/** What an epoch did, and what it found before its step. */
export interface Pass {
  /** For `lbfgs`, the length of the step as a multiple of its direction; 0 where none was taken. */
  readonly learningRate: number;
  /**
   * Mean cross-entropy over the training rows before this epoch's step, and the penalty of `l2` where there is one; with
   * batches the mean over the rows, each before the step of its batch.
   */
  readonly loss: number;
  /** Euclidean norm of the gradient of that; with batches the mean over the rows too. */
  readonly gradientNorm: number;
  /** Present where no step was taken, nor will be. */
  readonly converged?: Convergence;
}

/** Takes an epoch at a learning rate. */
export type TakePass = (rate: number) => Promise<Pass>;

/** @param tolerance largest entry of a gradient at which the parameters have converged */
export function stepOnAllRows(
  trainer: Trainer,
  solver: Solver,
  evaluate: Evaluate,
  tolerance: number | undefined,
): TakePass {
  /** Of the point that the last step led to, where the solver has evaluated it already. */
  let lossBehind: number | undefined;
  return async (rate) => {
    const loss = lossBehind ?? (await evaluate());
    const gradientNorm = normOf(trainer);
    const isFlat = tolerance !== undefined && trainer.largest(trainer.meanGradient) <= tolerance;
    const step = isFlat ? undefined : await solver.step(loss, rate);
    lossBehind = step?.loss;
    if (step) return { learningRate: step.rate, loss, gradientNorm };
    return { learningRate: 0, loss, gradientNorm, converged: isFlat ? 'gradient' : 'precision' };
  };
}

/** Leaves all rows selected. */
export function stepOnBatches(core: Core, solver: Solver, evaluate: Evaluate, batches: Batches): TakePass {
  return async (rate) => {
    const { rows } = core.shape;
    let [loss, gradientNorm] = [0, 0];
    batches.shuffle();
    for (const batch of batches) {
      core.select(batch);
      const share = batch.length / rows;
      const lossOfBatch = await evaluate();
      loss += share * lossOfBatch;
      gradientNorm += share * normOf(core);
      await solver.step(lossOfBatch, rate);
    }
    core.select();
    return { learningRate: rate, loss, gradientNorm };
  };
}

function normOf({ meanGradient, dot }: Trainer): number {
  return Math.sqrt(dot(meanGradient, meanGradient));
}
