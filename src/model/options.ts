import type { Arithmetic, CreateCore } from '../core/core.js';
import { type ScheduleName, schedules } from './schedule.js';
import { type SolverName, solvers } from './solvers.js';
import type { TrainingState } from './state.js';

export interface TrainOptions {
  /** Passes over the rows from zero weights, 1 or more; of a training that may end by itself, the most. */
  readonly epochs: number;
  /** Above 0, that of the first epoch where its schedule has no warm-up; `lbfgs` has no use for it. */
  readonly learningRate: number;
  /** Of the schedule `inverse`, which makes the rate of epoch e (from 0) learningRate / (1 + learningRateDecay · e); 0 or more. */
  readonly learningRateDecay: number;
  /** How the rate goes on from epoch to epoch; `inverse` where none is given. `lbfgs` has no use for it. */
  readonly schedule?: ScheduleName;
  /**
   * What turns gradients into steps; `gd`, gradient descent, where none is given. `lbfgs` finds the length of its steps
   * itself, taking the gradient once or a few times in each.
   */
  readonly solver?: SolverName;
  /** How much of its velocity the solver of that name keeps from step to step: 0 or more and below 1, 0.9 where none is given. */
  readonly momentum?: number;
  /**
   * Rows of a step, 1 or more, the rows shuffled by the seed before each epoch; all in one step where none is given. On this thread
   * alone, and not for `lbfgs`, nor with a tolerance: the gradient of all rows is never taken.
   */
  readonly batchSize?: number;
  /** Of all that is random in a training, the order of its rows: a whole number from 0 to 4294967295, 0 where none is given. */
  readonly seed?: number;
  /**
   * Rows of the table, none of those that are trained on, to take the cross-entropy of after each epoch. The model is that of the
   * epoch where it was lowest.
   */
  readonly validation?: Int32Array;
  /** Ends the training after so many epochs in a row that have not lowered the cross-entropy of `validation`: 1 or more. */
  readonly patience?: number;
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

/** A range of numbers, and its name in errors. */
type Range = readonly [expected: string, contains: (value: number) => boolean];

const count: Range = ['a whole number, 1 or more', (value) => Number.isInteger(value) && value >= 1];
const fromZero: Range = ['a finite number, 0 or more', (value) => value >= 0 && value < Infinity];

const required = {
  epochs: ['1 or more', count[1]],
  learningRate: ['a finite number above 0', (value) => value > 0 && value < Infinity],
  learningRateDecay: fromZero,
} satisfies Partial<Record<keyof TrainOptions, Range>>;

const optional = {
  momentum: ['a number, 0 or more and below 1', (value) => value >= 0 && value < 1],
  batchSize: count,
  seed: ['a whole number from 0 to 4294967295', (value) => value === value >>> 0],
  patience: count,
  l2: fromZero,
  tolerance: fromZero,
  threads: count,
} satisfies Partial<Record<keyof TrainOptions, Range>>;

/** @throws RangeError where an option is out of its range, or does not go with another */
export function checkOptions(options: TrainOptions): void {
  const given = Object.entries({ ...required, ...optional }).filter(
    ([name]) => name in required || options[name as keyof TrainOptions] !== undefined,
  );
  for (const [name, [expected, contains]] of given) {
    const value = options[name as keyof TrainOptions];
    if (!(typeof value === 'number' && contains(value))) {
      throw new RangeError(`${name}: ${expected}, not ${value}`);
    }
  }
  const { solver = 'gd', schedule = 'inverse', batchSize, tolerance, validation, patience } = options;
  checkName('solver', solver, solvers);
  checkName('schedule', schedule, schedules);
  if (batchSize !== undefined && (solver === 'lbfgs' || tolerance !== undefined)) {
    const other = solver === 'lbfgs' ? 'the solver lbfgs' : 'a tolerance';
    throw new RangeError(`batchSize: not with ${other}, for which the gradient of all rows is taken`);
  }
  if (patience !== undefined && !validation) throw new RangeError('patience: only with rows for validation');
}

function checkName(option: string, name: string, known: object): void {
  if (!Object.hasOwn(known, name)) {
    throw new RangeError(`${option}: ${Object.keys(known).join(', ')}, not ${name}`);
  }
}
