import { nextTurn } from '#platform';
import { shareBlocks } from '../core/blocks.js';
import type { Arithmetic, Shape } from '../core/core.js';
import { everyRow } from '../data/dataset.js';
import type { Model } from '../model/model.js';
import type { TrainOptions } from '../model/training/controls.js';
import { type Epoch, fit, train } from '../model/training/train.js';
import { Turns } from '../model/turns.js';
import { MAX_UINT32 } from '../ranges.js';
import { createJavaScriptCore } from './javascript.js';
import { formatShape, type Race } from './measurement.js';
import { loadPeak, type MeasurePeak } from './peak.js';
import { randomTableInSteps } from './random-table.js';

/** How one of the two cores trains. */
export type Racer = Pick<TrainOptions, 'threads' | 'arithmetic' | 'createCore'>;

/** The two cores, and the measurement of the machine's limit. */
export interface Racers {
  readonly wasm: Racer;
  readonly javascript: Racer;
  readonly peak: MeasurePeak;
}

export interface RaceOptions {
  /** Epochs of each core per round, 1 or more. */
  readonly epochs: number;
  /** Rounds, 1 or more. */
  readonly repeats: number;
  /** Aborts the race with the signal's reason, as in `train`. */
  readonly signal?: AbortSignal;
}

/** The two cores compute different results. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

/** Largest relative difference that rounding explains, as a share of the largest parameter. */
const TOLERANCE = 1e-4;
const CHECKED_EPOCHS = 10;
/** Untimed training of each core, so that the engine has optimised it. */
const WARM_UP_MS = 250;
const SEED = 13;

/** Loads the WebAssembly core on the given threads, the JavaScript baseline on one, and the peak measurement. */
export async function loadRacers(threads: number, arithmetic: Arithmetic): Promise<Racers> {
  return {
    wasm: { threads, arithmetic },
    javascript: { createCore: createJavaScriptCore },
    peak: await loadPeak(arithmetic),
  };
}

/**
 * Trains the WebAssembly core and the baseline on the same pseudo-random table, alternating every few epochs so that
 * whatever else the machine does slows both. Yields the results so far after each round, and the event loop gets a
 * turn between rounds.
 *
 * @throws DisagreementError before the first round, if the two do not reach the same parameters
 * @throws RangeError if the shape is too large for a core
 */
export async function* race(shape: Shape, racers: Racers, options: RaceOptions): AsyncGenerator<Race> {
  const { epochs, repeats, signal } = options;
  const table = await new Turns(signal).take(randomTableInSteps(shape, SEED));
  const rows = everyRow(table.features);
  // Rounding errors must not grow, even if all features are nearly the same: so the rate is small.
  const rate = { learningRate: 1 / (1 + shape.features), learningRateDecay: 0, ...(signal && { signal }) };
  const learn = (racer: Racer) => fit(table, rows, { ...rate, ...racer, epochs: CHECKED_EPOCHS });
  const difference = differenceOf(await learn(racers.wasm), await learn(racers.javascript));
  if (!(difference <= TOLERANCE)) {
    throw new DisagreementError(
      `the WebAssembly core and the JavaScript baseline disagree on ${formatShape(shape)}: after ${CHECKED_EPOCHS} ` +
        `epochs their weights differ by ${difference.toExponential(1)} of the largest, more than ${TOLERANCE}; ` +
        "so their times can't be compared",
    );
  }

  const threads = shareBlocks(shape, racers.wasm.threads ?? 1).length;
  const begin = (racer: Racer): Epochs => train(table, rows, { ...rate, ...racer, epochs: MAX_UINT32 });
  const runners = { wasm: begin(racers.wasm), javascript: begin(racers.javascript) };
  try {
    for (const runner of Object.values(runners)) {
      const start = performance.now();
      while (performance.now() - start < WARM_UP_MS) await nextDuration(runner);
    }

    const times = { wasm: [] as number[], javascript: [] as number[], peaks: [] as number[] };
    for (let rounds = 1; rounds <= repeats; rounds++) {
      const peak = racers.peak();
      const wasm = await durations(runners.wasm, epochs);
      const javascript = await durations(runners.javascript, epochs);
      times.peaks.push(peak);
      for (const seconds of wasm) times.wasm.push(seconds);
      for (const seconds of javascript) times.javascript.push(seconds);
      yield { shape, threads, rounds, difference, ...times };
      await nextTurn();
    }
  } finally {
    for (const runner of Object.values(runners)) await runner.return(undefined);
  }
}

type Epochs = AsyncGenerator<Epoch, unknown, undefined>;

async function nextDuration(training: Epochs): Promise<number> {
  const step = await training.next();
  if (step.done) throw new Error('the training of a race ended unexpectedly');
  return step.value.duration;
}

async function durations(training: Epochs, epochs: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) seconds.push(await nextDuration(training));
  return seconds;
}

function differenceOf(a: Model, b: Model): number {
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);
  const parameters = [a, b].map(({ weights, bias }) => [...weights, ...bias]);
  const difference = largest(parameters[0].map((value, i) => Math.abs(value - parameters[1][i])));
  return difference === 0 ? 0 : difference / largest(parameters[1].map(Math.abs));
}
