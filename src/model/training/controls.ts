import type { CreateCore } from '../../core/core.js';
import { areRowIndices } from '../../data/dataset.js';
import { isWithin, MAX_UINT32, wholeNumbers } from '../../ranges.js';
import { described } from '../../text.js';
import { SEED } from '../inputs.js';
import { checkCombination, checkOptions, inPrograms } from '../option-checks.js';
import { type Options, optionNames, optionOf, type Settled } from '../options.js';
import type { TrainingState } from './state.js';

const threadCounts = wholeNumbers(1, MAX_UINT32);

/** What a training needs besides its options; nothing of it changes the result, except for `validation` and `resume`. */
export interface Controls {
  /**
   * Indices of rows that are not trained on, whose mean cross-entropy is computed after each epoch. The model has the
   * weights of the epoch in which it was lowest.
   */
  readonly validation?: Int32Array;
  /** Stops the training with the signal's reason, between two blocks of an epoch. */
  readonly signal?: AbortSignal;
  /**
   * Threads to train on, including this one: 1 or more. No more are started than the table has shards, which is eight
   * at most. By default as many as save more time than it takes to start them. The model has the same bits on any
   * number of threads.
   */
  readonly threads?: number;
  /** Creates the core to train on, on this thread only; by default the package's WebAssembly core, on all threads. */
  readonly createCore?: CreateCore;
  /**
   * Continues an earlier training after this state, up to `epochs` in all. With the same rows of the same table, and
   * otherwise the same options, the model has the same bits as without the interruption. If the training had already
   * ended with this state, its model is returned at once.
   */
  readonly resume?: TrainingState;
}

/** What only a run obeys. */
type OptionsOfRuns = 'testSplit' | 'validationSplit' | 'calibrate' | 'threshold';

/** The options of a training whose rows are chosen, and what else it needs. The seed is 0 where none is given. */
export type TrainOptions = Omit<Options, OptionsOfRuns> & Controls;

/** Options that have been settled, and controls. */
export type TrainingPlan = Omit<Settled, 'testSplit' | 'calibrate'> & Controls;

const checks: Readonly<Record<keyof Controls, readonly [expected: string, is: (value: unknown) => boolean]>> =
  {
    validation: ['an Int32Array of row indices', areRowIndices],
    signal: ['an AbortSignal', (value) => typeof Object(value).throwIfAborted === 'function'],
    threads: [threadCounts.expected, (value) => typeof value === 'number' && isWithin(threadCounts, value)],
    createCore: ['a function', (value) => typeof value === 'function'],
    resume: ['the state of an epoch', (value) => typeof value === 'object' && value !== null],
  };

/** The names of the controls. */
export const controlNames = Object.keys(checks) as (keyof Controls)[];

/** The names of the options of a training whose rows are chosen. */
export const trainingNames = optionNames.filter((name) => {
  const { splitsRows, followsTraining } = optionOf(name);
  return !splitsRows && !followsTraining;
});

/** @throws TypeError if a control has another type than expected; RangeError for a wrong number of threads */
export function checkControls(given: Controls): void {
  for (const name of controlNames) {
    const value = given[name];
    const [expected, is] = checks[name];
    if (value === undefined || is(value)) continue;
    const fault = `${name}: expected ${expected}, found ${described(value)}`;
    throw typeof value === 'number' ? new RangeError(fault) : new TypeError(fault);
  }
}

/**
 * Checks the options of a training whose rows are chosen.
 *
 * @returns these options, with a seed
 * @throws TypeError for an unknown option, or a value of another type than expected
 * @throws RangeError if a value is out of its range, or if options have no meaning together
 */
export function checkTraining(given: TrainOptions): TrainOptions {
  checkOptions(given, [...trainingNames, ...controlNames]);
  checkControls(given);
  // The rows for validation are chosen already, whatever their share is.
  const asked = given.validation ? { ...given, validationSplit: 0.5 } : given;
  checkCombination(asked, (name, value) =>
    name === 'validationSplit' ? 'validation' : inPrograms(name, value),
  );
  return { ...given, seed: given.seed ?? SEED };
}
