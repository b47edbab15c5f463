import type { Arithmetic, CreateCore } from '../core/core.js';
import { type InputOptions, MAX_GAMMA } from './inputs.js';
import { type ScheduleName, schedules } from './schedule.js';
import { type SolverName, solvers } from './solvers.js';
import type { TrainingState } from './state.js';

export interface TrainOptions extends InputOptions {
  /** Passes over the rows from zero weights, 1 or more; of a training that may end by itself, the most. */
  readonly epochs: number;
  /** Above 0, that of the first epoch where its schedule has no warm-up; `lbfgs` has no use for it. */
  readonly learningRate: number;
  /** Of the schedule `inverse`, which makes the rate of epoch e (from 0) learningRate / (1 + learningRateDecay · e); 0 or more. */
  readonly learningRateDecay: number;
  /** How the rate changes from epoch to epoch; `inverse` where none is given. `lbfgs` has no use for it. */
  readonly schedule?: ScheduleName;
  /**
   * What turns gradients into steps; where none is given `gd`, gradient descent, and `lbfgs` for `rbf`. `lbfgs` finds the length of its steps
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
  /**
   * Rows of the table, none of those that are trained on, to take the cross-entropy of after each epoch. The model is that of the
   * epoch where it was lowest.
   */
  readonly validation?: Int32Array;
  /** Ends the training after so many epochs in a row that have not lowered the cross-entropy of `validation`: 1 or more. */
  readonly patience?: number;
  /**
   * Adds ½ · l2 · ‖weights‖² to the mean cross-entropy, the bias left free: 0 or more. Where none is given 0, and
   * 2e-6 for `rbf`. 1 / (C · rows) for the C of scikit-learn.
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
   * Goes on after this epoch of an earlier training, up to `epochs` in all. With the same rows of the same table,
   * and the same options otherwise, the model has the same bits as if it had not been interrupted; a training whose
   * last epoch this was gives its model at once.
   */
  readonly resume?: TrainingState;
}

/** A range of numbers, and its name in errors. */
type Range = readonly [expected: string, contains: (value: number) => boolean];

const count: Range = ['a whole number, 1 or more', (value) => Number.isInteger(value) && value >= 1];
const aboveZero: Range = ['a finite number above 0', (value) => value > 0 && value < Infinity];
const fromZero: Range = ['a finite number, 0 or more', (value) => value >= 0 && value < Infinity];

const required = {
  epochs: ['1 or more', count[1]],
  learningRate: aboveZero,
  learningRateDecay: fromZero,
} satisfies Partial<Record<keyof TrainOptions, Range>>;

const optional = {
  momentum: ['a number, 0 or more and below 1', (value) => value >= 0 && value < 1],
  batchSize: count,
  seed: ['a whole number from 0 to 4294967295', (value) => value === value >>> 0],
  patience: count,
  components: [
    'an even whole number, 2 or more',
    (value) => Number.isInteger(value) && value >= 2 && value % 2 === 0,
  ],
  gamma: ['a number above 0, 1e12 at most', (value) => value > 0 && value <= MAX_GAMMA],
  l2: fromZero,
  tolerance: fromZero,
  threads: count,
} satisfies Partial<Record<keyof TrainOptions, Range>>;

/** Defaults that depend on the features. */
const usual = { raw: { solver: 'gd', l2: 0 }, rbf: { solver: 'lbfgs', l2: 2e-6 } } as const;
/** The default of `lbfgs`. */
const TOLERANCE = 1e-5;

/** Fills in the defaults that depend on other options; a tolerance only for a solver that has one by default. */
export function settle<Options extends Pick<TrainOptions, 'features' | 'solver' | 'l2' | 'tolerance'>>(
  options: Options,
): Options & Required<Pick<TrainOptions, 'features' | 'solver' | 'l2'>> {
  const { features = 'raw' } = options;
  const { solver = usual[features].solver, l2 = usual[features].l2 } = options;
  const tolerance = options.tolerance ?? (solver === 'lbfgs' ? TOLERANCE : undefined);
  return { ...options, features, solver, l2, ...(tolerance !== undefined && { tolerance }) };
}

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
  const { features = 'raw', schedule = 'inverse', batchSize, validation, patience } = options;
  checkName('features', features, usual);
  if (options.solver !== undefined) checkName('solver', options.solver, solvers);
  checkName('schedule', schedule, schedules);
  for (const name of ['components', 'gamma'] as const) {
    if (options[name] !== undefined && features !== 'rbf')
      throw new RangeError(`${name}: only with features rbf`);
  }
  const { solver, tolerance } = settle(options);
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
