import type { Arithmetic, CreateCore } from '../core/core.js';
import { type SolverName, solvers } from './solvers.js';
import type { TrainingState } from './state.js';

export interface TrainOptions {
  /** Full-batch gradient steps from zero weights, 1 or more; of a training that may converge, the most. */
  readonly epochs: number;
  /** Learning rate of the first epoch, above 0; `lbfgs` has no use for it. */
  readonly learningRate: number;
  /** Rate of epoch e (from 0) = learningRate / (1 + learningRateDecay · e); 0 or more. */
  readonly learningRateDecay: number;
  /**
   * What turns gradients into steps; `gd`, gradient descent, where none is given. `lbfgs` finds the length of its steps
   * itself, taking the gradient once or a few times in each.
   */
  readonly solver?: SolverName;
  /**
   * Adds ½ · l2 · ‖weights‖² to the mean cross-entropy, the bias left free: 0 or more, 0 where none is given.
   * 1 / (C · rows) for the C of scikit-learn.
   */
  readonly l2?: number;
  /**
   * A training has converged where no entry of the gradient of its objective is larger: 0 or more. Where none is
   * given, 1e-5 for `lbfgs`, and the others take all epochs.
   */
  readonly tolerance?: number;
  /** Stops the training with the signal's reason, between two blocks of an epoch. */
  readonly signal?: AbortSignal;
  /**
   * Threads to train on, this one among them: 1 or more; more than the table has shards (eight at most) are not
   * started. Where none is given, as many as save more time than it takes to start them. The model has the same
   * bits on any number.
   */
  readonly threads?: number;
  /** Of the package's WebAssembly core; deterministic where none is given. */
  readonly arithmetic?: Arithmetic;
  /** The core to train on, on this thread; where none is given, the package's WebAssembly core on all. */
  readonly createCore?: CreateCore;
  /**
   * Goes on behind this epoch of an earlier training, up to `epochs` in all. With the same rows of the same table,
   * and the same options otherwise, the model has the same bits as if it had not been interrupted; a training whose
   * last epoch this was gives its model at once.
   */
  readonly resume?: TrainingState;
}

/** @throws RangeError where an option is out of its range */
export function checkOptions(options: TrainOptions): void {
  const { epochs, learningRate, learningRateDecay, solver, l2, tolerance, threads } = options;
  if (!Number.isInteger(epochs) || epochs < 1) throw new RangeError(`epochs: 1 or more, not ${epochs}`);
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`learningRate: a finite number above 0, not ${learningRate}`);
  }
  if (!(learningRateDecay >= 0 && learningRateDecay < Infinity)) {
    throw new RangeError(`learningRateDecay: a finite number, 0 or more, not ${learningRateDecay}`);
  }
  if (solver !== undefined && !Object.hasOwn(solvers, solver)) {
    throw new RangeError(`solver: ${Object.keys(solvers).join(', ')}, not ${solver}`);
  }
  for (const [name, value] of Object.entries({ l2, tolerance })) {
    if (value !== undefined && !(value >= 0 && value < Infinity)) {
      throw new RangeError(`${name}: a finite number, 0 or more, not ${value}`);
    }
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads: a whole number, 1 or more, not ${threads}`);
  }
}
