import { totalmem } from 'node:os';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { describeMachine } from '#platform';
import { benchmark, summariseBenchmark } from '../artifacts/benchmark.js';
import { composeArtifact, fileNames } from '../artifacts/bundle.js';
import { formatShape, type Race } from '../bench/measurement.js';
import { loadRacers, type RaceOptions, type Racers, race } from '../bench/race.js';
import type { ImageFormat } from '../charts/chart.js';
import type { Shape } from '../core/core.js';
import { checkShares } from '../core/threads.js';
import { startDrawing } from '../files/drawing.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import type { Benchmark } from '../generated/payloads.js';
import { imagesFlag } from '../terminal/artifact-flags.js';
import { formatBenchmark } from '../terminal/benchmark-table.js';
import { folder, isInteractive, quiet, tableShape, threadCount, wholeNumber } from '../terminal/flags.js';
import { interruptible } from '../terminal/interrupt.js';
import { noProgress, type ProgressBar, type Round, roundProgress } from '../terminal/progress.js';
import { optionFlag } from '../terminal/training-flags.js';
import { jsonText, printable } from '../text.js';

const MAX_COUNT = 1_000_000;

/** The size of the digits, and one with as many features as MNIST, larger than any cache. */
const defaultShapes: readonly Shape[] = [
  { rows: 1437, features: 64, classes: 10 },
  { rows: 10_000, features: 784, classes: 10 },
];

export default class Bench extends Command {
  static override summary =
    'Race the WebAssembly core against the same algorithm in JavaScript, on this machine.';

  static override description = [
    'Trains both on the same pseudo-random tables: first to check that they reach the same weights, then in alternating ' +
      'timed rounds. Also compares them with the peak throughput of 128-bit vectors on this machine, measured in every ' +
      'round. JavaScript uses one thread, the core as many as --threads says.',
    'Prints a table to stdout, or with --json a single JSON object. Ctrl-C stops measuring and prints the results so ' +
      'far, without writing files. Exit codes: 0 done, 1 the benchmark failed, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --shape 60000x784x10 --epochs 1 --threads 2',
    "<%= config.bin %> <%= command.id %> --json | jq '.results[].speedup'",
    '<%= config.bin %> <%= command.id %> --output-dir artifacts/benchmark',
  ];

  static override flags = {
    shape: tableShape({
      helpValue: 'NxDxK',
      multiple: true,
      description:
        'rows, features and classes of a table to train on; may be given several times ' +
        `[default: ${defaultShapes.map(formatShape).join(' and ')}]`,
    }),
    epochs: wholeNumber({
      helpValue: 'N',
      default: 5,
      min: 1,
      max: MAX_COUNT,
      description: 'epochs of each core per round, 1 or more',
    }),
    repeats: wholeNumber({
      helpValue: 'N',
      default: 15,
      min: 1,
      max: MAX_COUNT,
      description: 'rounds per table, 1 or more',
    }),
    threads: threadCount({
      default: 1,
      description:
        'threads of the WebAssembly core, 1 to 8; a table too small to share among them uses fewer, and any number ' +
        'computes the same bits',
    }),
    'relaxed-simd': optionFlag('arithmetic'),
    'output-dir': folder({
      description: `folder for ${benchmark.name}.json and ${benchmark.picture}; created if missing, with its parents`,
    }),
    images: imagesFlag,
    json: Flags.boolean({ description: 'print the result as JSON, as in benchmark.json' }),
    quiet,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Bench);
    const { epochs, repeats, threads, images, 'output-dir': directory } = flags;
    const shapes = flags.shape ?? defaultShapes;
    const files = fileNames([benchmark], images);
    if (directory !== undefined) await checkTargets(directory, files);
    for (const shape of shapes) this.checkSize(shape, threads);
    const arithmetic = flags['relaxed-simd'] ? 'relaxed' : 'deterministic';
    const racers = await loadRacers(threads, arithmetic);

    const date = new Date();
    const progress = isInteractive(flags) ? roundProgress(shapes.length * repeats) : noProgress;
    const races = await interruptible((signal) =>
      raceAll(shapes, racers, { epochs, repeats, signal }, progress),
    );
    const isComplete = races.length === shapes.length && races.every(({ rounds }) => rounds === repeats);
    if (races.length === 0) return;

    const result = summariseBenchmark({
      date,
      version: this.config.version,
      machine: describeMachine(),
      shapes,
      epochs,
      repeats,
      threads,
      arithmetic,
      races,
    });
    if (isComplete && directory !== undefined) {
      await writeFiles(directory, result, images);
      if (isInteractive(flags))
        process.stderr.write(`wrote to ${printable(directory)}: ${files.join(', ')}\n`);
    }
    process.stdout.write(flags.json ? `${jsonText(result, 2)}\n` : formatBenchmark(result));
  }

  /** Rejects a table that is too large to race, before any race starts. */
  private checkSize(shape: Shape, threads: number): void {
    // The table itself, and a packed copy per core.
    const bytes = 3 * 4 * shape.rows * shape.features;
    if (bytes > totalmem()) {
      const [needed, found] = [bytes, totalmem()].map((size) => (size / 2 ** 30).toPrecision(3));
      this.error(
        `--shape ${formatShape(shape)} needs ${needed} GiB of memory, found ${found} GiB: choose a smaller table`,
      );
    }
    try {
      checkShares(shape, threads);
    } catch (error) {
      if (error instanceof RangeError) this.error(`--shape ${formatShape(shape)}: ${error.message}`);
      throw error;
    }
  }
}

/**
 * Runs the races one after another; if the signal aborts, returns those so far, the last perhaps with fewer rounds.
 */
async function raceAll(
  shapes: readonly Shape[],
  racers: Racers,
  options: RaceOptions & { signal: AbortSignal },
  progress: ProgressBar<Round>,
): Promise<Race[]> {
  const races: Race[] = [];
  let finished = 0;
  try {
    for (const [index, shape] of shapes.entries()) {
      for await (const standing of race(shape, racers, options)) {
        races[index] = standing;
        progress.advance({ shape, finished: ++finished });
      }
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    progress.stop();
  }
  return races;
}

async function writeFiles(
  directory: string,
  result: Benchmark,
  images: readonly ImageFormat[],
): Promise<void> {
  const drawing = startDrawing();
  try {
    await writeBundle(directory, await composeArtifact(benchmark, result, { ...drawing, images }));
  } finally {
    drawing.close();
  }
}
