import { formatShape } from '../bench/measurement.js';
import type { Shape } from '../core/core.js';
import type { Dataset } from '../data/dataset.js';
import type { DatasetOptionsOf } from '../data/read-table.js';
import type { Epoch } from '../model/train.js';
import { formatDuration } from './duration.js';

const PATIENCE_MS = 500;
const REFRESH_MS = 100;

/** Told of each step; `stop` takes what is drawn off the terminal. */
export interface Progress<Step> {
  advance(step: Step): void;
  stop(): void;
}

export const noProgress: Progress<unknown> = { advance() {}, stop() {} };

/** A bar of the epochs of a training. */
export function epochProgress(epochs: number): Progress<Epoch> {
  return progressBar(
    () => ({
      format: ' training {bar} {percentage}% │ epoch {value}/{total} │ loss {loss} │ {eta_formatted} left',
      total: epochs,
    }),
    ({ epoch, loss }) => ({ value: epoch, words: { loss: loss.toFixed(4) } }),
  );
}

/** A finished round of a benchmark. */
export interface Round {
  readonly shape: Shape;
  /** Rounds of all shapes that are finished. */
  readonly finished: number;
}

/** A bar of the rounds of a benchmark, over all its shapes. */
export function roundProgress(rounds: number): Progress<Round> {
  return progressBar(
    () => ({
      format: ' measuring {bar} {percentage}% │ {shape} │ {eta_formatted} left │ Ctrl-C ends',
      total: rounds,
    }),
    ({ finished, shape }) => ({ value: finished, words: { shape: formatShape(shape) } }),
  );
}

/** Trials that are finished, and the best of them so far, in words. */
export interface TrialsDone {
  readonly finished: number;
  readonly best?: string;
}

/**
 * A bar of the trials of a cross-validation or a sweep, which is there before the first is finished.
 *
 * @param known trials that were finished before
 */
export function trialProgress(trials: number, known = 0): Progress<TrialsDone> {
  const start = performance.now();
  const bar = progressBar<TrialsDone>(
    () => ({
      format: ' validating {bar} {percentage}% │ training {value}/{total}{left}{best}',
      total: trials,
    }),
    ({ finished, best }) => {
      const seconds = (performance.now() - start) / 1000;
      const left = (seconds * (trials - finished)) / (finished - known);
      return {
        value: finished,
        words: {
          left: finished > known && finished < trials ? ` │ ${formatDuration(left)} left` : '',
          // Last, where a terminal cuts what is too long for it.
          best: best === undefined ? '' : ` │ best ${best}`,
        },
      };
    },
  );
  bar.advance({ finished: known });
  return bar;
}

/** `readTable` with a bar on a terminal. */
export async function readTableInSight(path: string, options: DatasetOptionsOf<string>): Promise<Dataset> {
  // Who trains on the digits need not wait for it.
  const [{ openSource }, { readTableFrom }] = await Promise.all([
    import('../data/files.js'),
    import('../data/read-table.js'),
  ]);
  const progress = process.stderr.isTTY ? readingProgress() : noProgress;
  const onRead = (read: number, size?: number) => progress.advance({ read, size });
  return readTableFrom(openSource, path, { ...options, onRead }).finally(() => progress.stop());
}

/** How much of a file was read, and how much there is where that is known; in bytes. */
export interface BytesRead {
  readonly read: number;
  readonly size: number | undefined;
}

/** A bar of the bytes of a table; of what has no size, such as standard input, their number alone. */
export function readingProgress(): Progress<BytesRead> {
  return progressBar(
    ({ size }) =>
      size === undefined
        ? { format: ' reading {read}', total: 0 }
        : { format: ' reading {bar} {percentage}% │ {read} │ {eta_formatted} left', total: size },
    ({ read }) => ({ value: read, words: { read: `${(read / 1e6).toFixed(0)} MB` } }),
  );
}

/** A bar on stderr once the work has taken over half a second; only then is its library loaded. */
function progressBar<Step>(
  open: (first: Step) => { format: string; total: number },
  read: (step: Step) => { value: number; words: Readonly<Record<string, string>> },
): Progress<Step> {
  const start = performance.now();
  let due = start + PATIENCE_MS;
  let loading = false;
  let redraw: ((step: Step) => void) | undefined;
  let stop = () => {};
  let stopped = false;
  let latest: Step;
  let timer: NodeJS.Timeout | undefined;

  async function show() {
    const { default: cliProgress } = await import('cli-progress');
    if (stopped) return;
    const first = latest;
    const { format, total } = open(first);
    const bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true, hideCursor: null },
      cliProgress.Presets.shades_classic,
    );
    redraw = (step) => {
      const { value, words } = read(step);
      bar.update(value, words);
    };
    const { value, words } = read(first);
    bar.start(total, value, words);
    stop = () => bar.stop();
    process.once('exit', stop);
  }

  function draw() {
    due = performance.now() + REFRESH_MS;
    if (redraw) redraw(latest);
    else if (!loading) {
      loading = true;
      // A bar that can't be shown is no reason for a run to fail.
      show().catch(() => {});
    }
  }

  return {
    advance(step) {
      latest = step;
      // The first step may be the last for long.
      timer ??= setTimeout(draw, PATIENCE_MS).unref();
      if (performance.now() >= due) draw();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      process.off('exit', stop);
      stop();
    },
  };
}
