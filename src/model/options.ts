import type { Arithmetic, CreateCore } from '../core/core.js';
import { type InputOptions, MAX_GAMMA } from './inputs.js';
import { type ScheduleName, schedules } from './schedules.js';
import { type SolverName, solvers } from './solvers/registry.js';
import type { TrainingState } from './training/state.js';

export interface TrainOptions extends InputOptions {
  /** Passes over the rows, starting from zero weights: 1 or more; at most this many if the training may end early. */
  readonly epochs: number;
  /**
   * Learning rate, above 0: that of the first epoch, or of the end of the warm-up if the schedule has one. Ignored by
   * `lbfgs`.
   */
  readonly learningRate: number;
  /**
   * Decay of the schedule `inverse`, 0 or more: the rate of epoch e (from 0) is
   * learningRate / (1 + learningRateDecay · e).
   */
  readonly learningRateDecay: number;
  /** How the learning rate changes from epoch to epoch; `inverse` by default. Ignored by `lbfgs`. */
  readonly schedule?: ScheduleName;
  /**
   * How gradients become steps. By default `gd`, gradient descent; for `rbf` features, `lbfgs`, which determines the
   * length of its steps itself and evaluates the gradient once or a few times per step.
   */
  readonly solver?: SolverName;
  /** Share of its velocity that the solver `momentum` keeps from step to step: 0 or more and below 1; 0.9 by default. */
  readonly momentum?: number;
  /**
   * Rows per step, 1 or more; all rows by default. The rows are shuffled by the seed before each epoch. Batches are
   * trained on this thread only, and exclude `lbfgs` and a tolerance, which need the gradient of all rows.
   */
  readonly batchSize?: number;
  /**
   * Indices of rows that are not trained on, whose mean cross-entropy is computed after each epoch. The model has the
   * weights of the epoch in which it was lowest.
   */
  readonly validation?: Int32Array;
  /** Ends the training after this many epochs in a row without a lower cross-entropy of `validation`: 1 or more. */
  readonly patience?: number;
  /**
   * Adds the penalty ½ · l2 · ‖weights‖² to the mean cross-entropy; the bias is not penalised. 0 or more; by default 0,
   * or 2e-6 for `rbf`. Corresponds to 1 / (C · rows) for scikit-learn's C.
   */
  readonly l2?: number;
  /**
   * The training has converged once no entry of the gradient of its objective is larger than this in magnitude: 0 or
   * more. By default 1e-5 for `lbfgs`; the other solvers have none, and take all epochs.
   */
  readonly tolerance?: number;
  /** Stops the training with the signal's reason, between two blocks of an epoch. */
  readonly signal?: AbortSignal;
  /**
   * Threads to train on, including this one: 1 or more. No more are started than the table has shards, which is eight
   * at most. By default as many as save more time than it takes to start them. The model has the same bits on any
   * number of threads.
   */
  readonly threads?: number;
  /** Arithmetic of the package's WebAssembly core; deterministic by default. */
  readonly arithmetic?: Arithmetic;
  /** Creates the core to train on, on this thread only; by default the package's WebAssembly core, on all threads. */
  readonly createCore?: CreateCore;
  /**
   * Continues an earlier training after this state, up to `epochs` in all. With the same rows of the same table, and
   * otherwise the same options, the model has the same bits as without the interruption. If the training had already
   * ended with this state, its model is returned at once.
   */
  readonly resume?: TrainingState;
}

/** A range of numbers, and its description in errors. */
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
  gamma: ['a number above 0, at most 1e12', (value) => value > 0 && value <= MAX_GAMMA],
  l2: fromZero,
  tolerance: fromZero,
  threads: count,
} satisfies Partial<Record<keyof TrainOptions, Range>>;

/** Defaults that depend on the features. */
const usual = { raw: { solver: 'gd', l2: 0 }, rbf: { solver: 'lbfgs', l2: 2e-6 } } as const;
/** Default tolerance of `lbfgs`; the other solvers have none. */
const TOLERANCE = 1e-5;

/** The options, with the defaults that depend on other options filled in; a tolerance only if the solver has a default. */
export function settle<Options extends Pick<TrainOptions, 'features' | 'solver' | 'l2' | 'tolerance'>>(
  options: Options,
): Options & Required<Pick<TrainOptions, 'features' | 'solver' | 'l2'>> {
  const { features = 'raw' } = options;
  const { solver = usual[features].solver, l2 = usual[features].l2 } = options;
  const tolerance = options.tolerance ?? (solver === 'lbfgs' ? TOLERANCE : undefined);
  return { ...options, features, solver, l2, ...(tolerance !== undefined && { tolerance }) };
}

/** @throws RangeError if an option is out of its range, or excludes another */
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
