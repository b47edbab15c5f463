import type { Shape } from '../core/core.js';
import type { Convergence, Model } from './model.js';
import type { Gathered, Memory } from './solver.js';
import { type SolverName, solvers } from './solvers.js';

/** A training as it stands after an epoch: plain numbers, which JSON gives back as they were. */
export interface TrainingState {
  /** Epochs that were trained, 1 or more. */
  readonly epoch: number;
  /** d × k, row-major: float32 numbers. */
  readonly weights: readonly number[];
  /** k float32 numbers. */
  readonly bias: readonly number[];
  /** What a solver other than `gd` has gathered; its vectors are in the order of the core's parameters. */
  readonly memory?: Memory;
  /** Present where the training converged, and so ended, with this epoch. */
  readonly converged?: Convergence;
  /** Present where rows are held out for validation: the epoch after which their cross-entropy was lowest so far, with its weights. */
  readonly best?: Omit<Best, 'weights' | 'bias'> & Pick<TrainingState, 'weights' | 'bias'>;
}

/** The epoch with the lowest cross-entropy of the rows for validation. */
export interface Best extends Pick<Model, 'weights' | 'bias'> {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy of those rows. */
  readonly loss: number;
}

/** What a training has learnt so far. */
export interface Learnt extends Pick<Model, 'weights' | 'bias'> {
  /** Of a solver that keeps one. */
  readonly memory?: Gathered;
  /** Of a training that validates. */
  readonly best?: Best;
}

/** The loss or the weights are no longer finite. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  constructor(readonly epoch: number) {
    super(
      `training diverged: loss or weights were no longer finite at epoch ${epoch}; choose a smaller learning rate`,
    );
  }
}

const convergences: Record<Convergence, true> = { gradient: true, precision: true, validation: true };

/** @throws RangeError where the state is not one of a training of that table, up to so many epochs */
export function checkState(
  { epoch, weights, bias, converged, best }: TrainingState,
  { features, classes }: Shape,
  epochs: number,
): void {
  if (!(Number.isInteger(epoch) && epoch >= 1 && epoch <= epochs)) {
    throw new RangeError(`resume.epoch: a whole number from 1 to ${epochs}, the epochs in all, not ${epoch}`);
  }
  const sizes = `${features} features and ${classes} classes`;
  checkNumbers('resume.weights', weights, features * classes, sizes);
  checkNumbers('resume.bias', bias, classes, sizes);
  if (converged !== undefined && !Object.hasOwn(convergences, converged)) {
    const known = Object.keys(convergences).join(', ');
    throw new RangeError(`resume.converged: ${known}, where there is one, not ${converged}`);
  }
  if (!best) return;
  if (!(Number.isInteger(best.epoch) && best.epoch >= 1 && best.epoch <= epoch)) {
    throw new RangeError(`resume.best.epoch: a whole number from 1 to ${epoch}, not ${best.epoch}`);
  }
  if (!Number.isFinite(best.loss)) {
    throw new RangeError(`resume.best.loss: a finite number, not ${best.loss}`);
  }
  checkNumbers('resume.best.weights', best.weights, features * classes, sizes);
  checkNumbers('resume.best.bias', best.bias, classes, sizes);
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
 * @param parameters how many a core of the table has
 * @throws RangeError where the memory is not one of that solver
 */
export function checkMemory(memory: Memory | undefined, solver: SolverName, parameters: number): void {
  const { vectors, numbers } = memory ?? { vectors: [], numbers: [] };
  const { expected, fits } = solvers[solver].memories;
  const isMemory = Array.isArray(vectors) && Array.isArray(numbers) && numbers.every(Number.isFinite);
  if (!(isMemory && (memory || solver === 'gd') && fits(vectors.length, numbers.length))) {
    const found = isMemory && memory ? `${vectors.length} and ${numbers.length}` : 'none that could be read';
    throw new RangeError(`resume.memory: ${expected}, those of ${solver}, not ${found}`);
  }
  const fault = vectors.findIndex(
    (vector) => !(Array.isArray(vector) && vector.length === parameters && vector.every(Number.isFinite)),
  );
  if (fault >= 0) {
    throw new RangeError(
      `resume.memory.vectors[${fault}]: an array of ${parameters} finite numbers, as this core has them`,
    );
  }
}

/** @throws DivergenceError where the weights are no longer finite */
export function copyState(epoch: number, { weights, bias, memory, best }: Learnt): TrainingState {
  if (!(weights.every(Number.isFinite) && bias.every(Number.isFinite))) throw new DivergenceError(epoch);
  return {
    epoch,
    weights: [...weights],
    bias: [...bias],
    ...(memory && {
      memory: { vectors: memory.vectors.map((vector) => [...vector]), numbers: [...memory.numbers] },
    }),
    ...(best && { best: { ...best, weights: [...best.weights], bias: [...best.bias] } }),
  };
}

export function restoreBest({ weights, bias, ...best }: NonNullable<TrainingState['best']>): Best {
  return { ...best, weights: Float32Array.from(weights), bias: Float32Array.from(bias) };
}
