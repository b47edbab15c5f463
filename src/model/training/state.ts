import type { Shape } from '../../core/core.js';
import type { Convergence, Model } from '../model.js';
import { type SolverName, solvers } from '../solvers/registry.js';
import type { SavedMemory } from '../solvers/solver.js';

/** The state of a training after an epoch, as plain numbers, which JSON keeps exactly. */
export interface TrainingState {
  /** Finished epochs, 1 or more. */
  readonly epoch: number;
  /** d × k, row-major: float32 numbers. */
  readonly weights: readonly number[];
  /** k float32 numbers. */
  readonly bias: readonly number[];
  /** State of a solver other than `gd`; its vectors are in the order of the core's parameters. */
  readonly memory?: SavedMemory;
  /** Present if the training converged, and so ended, with this epoch. */
  readonly converged?: Convergence;
  /** Present if rows are held out for validation: the epoch with their lowest cross-entropy so far, and its weights. */
  readonly best?: Omit<Best, 'weights' | 'bias'> & Pick<TrainingState, 'weights' | 'bias'>;
  /**
   * Present in the last tenth of a training that takes all its epochs: the first epoch of it, and its loss, with which that
   * of the end is compared.
   */
  readonly before?: { readonly epoch: number; readonly loss: number };
}

/** The epoch with the lowest cross-entropy of the validation rows, and its weights. */
export interface Best extends Pick<Model, 'weights' | 'bias'> {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy of those rows. */
  readonly loss: number;
}

/** A training whose loss or weights are no longer finite. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  constructor(readonly epoch: number) {
    super(
      `training diverged: loss or weights were no longer finite at epoch ${epoch}; choose a smaller learning rate`,
    );
  }
}

const convergences: Record<Convergence, true> = { gradient: true, precision: true, validation: true };

/** @throws RangeError if the state can't be one of a training of that shape, of at most `epochs` epochs */
export function checkState(
  { epoch, weights, bias, converged, best, before }: TrainingState,
  { features, classes }: Shape,
  epochs: number,
): void {
  if (!(Number.isInteger(epoch) && epoch >= 1 && epoch <= epochs)) {
    throw new RangeError(
      `resume.epoch: a whole number from 1 to ${epochs}, the number of epochs, not ${epoch}`,
    );
  }
  const sizes = `${features} features and ${classes} classes`;
  checkNumbers('resume.weights', weights, features * classes, sizes);
  checkNumbers('resume.bias', bias, classes, sizes);
  if (converged !== undefined && !Object.hasOwn(convergences, converged)) {
    const known = Object.keys(convergences).join(', ');
    throw new RangeError(`resume.converged: ${known} or undefined, not ${converged}`);
  }
  if (before) checkLoss('resume.before', before, epoch);
  if (!best) return;
  checkLoss('resume.best', best, epoch);
  checkNumbers('resume.best.weights', best.weights, features * classes, sizes);
  checkNumbers('resume.best.bias', best.bias, classes, sizes);
}

/** @param last the epoch of the state */
function checkLoss(name: string, { epoch, loss }: Pick<Best, 'epoch' | 'loss'>, last: number): void {
  if (!(Number.isInteger(epoch) && epoch >= 1 && epoch <= last)) {
    throw new RangeError(`${name}.epoch: a whole number from 1 to ${last}, not ${epoch}`);
  }
  if (!Number.isFinite(loss)) throw new RangeError(`${name}.loss: a finite number, not ${loss}`);
}

function checkNumbers(name: string, numbers: unknown, count: number, sizes: string): void {
  if (!Array.isArray(numbers) || numbers.length !== count) {
    const found = Array.isArray(numbers) ? `one of ${numbers.length}` : numbers;
    throw new RangeError(`${name}: an array of ${count} numbers, for ${sizes}, not ${found}`);
  }
  const wrong = numbers.findIndex(
    (number) => !(Number.isFinite(number) && Number.isFinite(Math.fround(number))),
  );
  if (wrong >= 0) throw new RangeError(`${name}[${wrong}]: a finite float32 number, not ${numbers[wrong]}`);
}

/**
 * @param parameters number of parameters of the core
 * @throws RangeError if the memory can't be the state of such a solver
 */
export function checkMemory(memory: SavedMemory | undefined, solver: SolverName, parameters: number): void {
  const { vectors, numbers } = memory ?? { vectors: [], numbers: [] };
  const { memories, vectors: planned } = solvers[solver];
  const { expected, fits } = memories;
  const isMemory = Array.isArray(vectors) && Array.isArray(numbers) && numbers.every(Number.isFinite);
  if (!(isMemory && (memory || planned === 0) && fits(vectors.length, numbers.length))) {
    const found = isMemory && memory ? `${vectors.length} and ${numbers.length}` : 'an unreadable one';
    throw new RangeError(`resume.memory: ${expected} for ${solver}, not ${found}`);
  }
  const fault = vectors.findIndex(
    (vector) => !(Array.isArray(vector) && vector.length === parameters && vector.every(Number.isFinite)),
  );
  if (fault >= 0) {
    throw new RangeError(
      `resume.memory.vectors[${fault}]: an array of ${parameters} finite numbers, one per parameter of the core`,
    );
  }
}

export function restoreBest({ weights, bias, ...best }: NonNullable<TrainingState['best']>): Best {
  return { ...best, weights: Float32Array.from(weights), bias: Float32Array.from(bias) };
}
