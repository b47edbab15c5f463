import { nextTurn } from '#platform';
import { shareBlocks } from '../core/blocks.js';
import type { Arithmetic, Shape } from '../core/core.js';
import { createJavaScriptCore } from '../core/javascript.js';
import { everyRow } from '../data/dataset.js';
import type { Model } from '../model/model.js';
import type { TrainOptions } from '../model/options.js';
import { type Epoch, fit, train } from '../model/train.js';
import { formatShape, type Race } from './measurement.js';
import { loadPeak, type MeasurePeak } from './peak.js';
import { randomTable } from './table.js';

/** What a training runs on. */
export type Racer = Pick<TrainOptions, 'threads' | 'arithmetic' | 'createCore'>;

/** Who races, and what measures the limit that they are held against. */
export interface Racers {
  readonly wasm: Racer;
  readonly javascript: Racer;
  readonly peak: MeasurePeak;
}

export interface RaceOptions {
  /** Epochs of each core in a round, 1 or more. */
  readonly epochs: number;
  /** Rounds, 1 or more. */
  readonly repeats: number;
  /** Ends the race with the signal's reason, as in `train`. */
  readonly signal?: AbortSignal;
}

/** The two cores do not compute the same. */
export class DisagreementError extends Error {
  override readonly name = 'DisagreementError';
}

/** Largest difference that rounding explains, as a share of the largest parameter. */
const TOLERANCE = 1e-4;
const CHECKED_EPOCHS = 10;
/** How long each core trains before its time counts, so that the engine has optimised it. */
const WARM_UP_MS = 250;
const SEED = 13;

/** The WebAssembly core on so many threads, its JavaScript twin on one, and the measure of the machine. */
export async function loadRacers(threads: number, arithmetic: Arithmetic): Promise<Racers> {
  return {
    wasm: { threads, arithmetic },
    javascript: { createCore: createJavaScriptCore },
    peak: await loadPeak(arithmetic),
  };
}

/**
 * Lets the WebAssembly core and its twin train on the same pseudo-random table by turns, some epochs each, so
 * that whatever else the machine does slows both. An async iterator: it yields what is known after each round,
 * and gives the event loop a turn between them.
 *
 * @throws DisagreementError before the first round, where the two do not reach the same parameters
 * @throws RangeError where the shape is too large for a core
 */
export async function* race(shape: Shape, racers: Racers, options: RaceOptions): AsyncGenerator<Race> {
  const { epochs, repeats, signal } = options;
  const table = randomTable(shape, SEED);
  const rows = everyRow(table.features);
  // Features may all be the same: a rate that is small enough even then keeps rounding from growing.
  const rate = { learningRate: 1 / (1 + shape.features), learningRateDecay: 0, ...(signal && { signal }) };
  const learn = (racer: Racer) => fit(table, rows, { ...rate, ...racer, epochs: CHECKED_EPOCHS });
  const difference = differenceOf(await learn(racers.wasm), await learn(racers.javascript));
  if (!(difference <= TOLERANCE)) {
    throw new DisagreementError(
      `the WebAssembly core and its JavaScript twin disagree on ${formatShape(shape)}: after ${CHECKED_EPOCHS} ` +
        `epochs their weights differ by ${difference.toExponential(1)} of the largest, more than ${TOLERANCE}; ` +
        'a race between them would mean nothing',
    );
  }

  const threads = shareBlocks(shape, racers.wasm.threads ?? 1).length;
  const begin = (racer: Racer): Training =>
    train(table, rows, { ...rate, ...racer, epochs: Number.MAX_SAFE_INTEGER });
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

type Training = AsyncGenerator<Epoch, unknown, undefined>;

async function nextDuration(training: Training): Promise<number> {
  const step = await training.next();
  if (step.done) throw new Error('the training of a race ended by itself');
  return step.value.duration;
}

async function durations(training: Training, epochs: number): Promise<number[]> {
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
