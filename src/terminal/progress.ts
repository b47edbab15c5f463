import type { GenericFormatter } from 'cli-progress';
import { formatShape } from '../bench/measurement.js';
import type { Shape } from '../core/core.js';
import type { Dataset } from '../data/dataset.js';
import type { DatasetOptionsOf } from '../data/table-options.js';
import { exitOnSignals } from '../files/signals.js';
import type { Epoch } from '../model/training/train.js';
import { heldBytes, trainingBytes } from '../storage.js';
import { counted, formatBytes, formatDuration, grouped, printable } from '../text.js';
import { tell } from './notices.js';

const PATIENCE_MS = 500;
const REFRESH_MS = 100;

/** Lengths of a bar, in characters; without room for the shortest there is none. */
const [SHORTEST_BAR, LONGEST_BAR] = [10, 40];
/** Columns of a terminal, where nothing is known. */
const USUAL_WIDTH = 80;
/** Stands between the parts of a line. */
const SEPARATOR = ' │ ';

/** Shows the progress of a task: `advance` is called after each step, `stop` removes it from the terminal. */
export interface ProgressBar<Step> {
  advance(step: Step): void;
  stop(): void;
}

export const noProgress: ProgressBar<unknown> = { advance() {}, stop() {} };

/** A progress bar of the epochs of a training. */
export function epochProgress(epochs: number): ProgressBar<Epoch> {
  return progressBar(
    () => ({
      format: ' training {bar} {percentage}% │ epoch {value}/{total} │ loss {loss} │ {eta_formatted} left',
      total: epochs,
    }),
    ({ epoch, loss }) => ({ value: epoch, words: { loss: loss.toFixed(4) } }),
  );
}

/** A round of a benchmark. */
export interface Round {
  readonly shape: Shape;
  /** Finished rounds of all shapes. */
  readonly finished: number;
}

/** A progress bar of the rounds of a benchmark, over all its shapes. */
export function roundProgress(rounds: number): ProgressBar<Round> {
  return progressBar(
    () => ({
      format: ' measuring {bar} {percentage}% │ {shape} │ {eta_formatted} left │ Ctrl-C ends',
      total: rounds,
    }),
    ({ finished, shape }) => ({ value: finished, words: { shape: formatShape(shape) } }),
  );
}

/** Number of finished trials, a description of the best candidate so far, and the number of workers of a queue. What is missing is as before. */
export interface TrialsDone {
  readonly finished?: number;
  readonly best?: string;
  readonly workers?: number;
}

/**
 * A progress bar of the trials of a cross-validation or a sweep, shown even before the first one has finished.
 *
 * @param known number of trials that need not be run, left out of the estimate of the remaining time
 */
export function trialProgress(trials: number, known = 0): ProgressBar<TrialsDone> {
  const start = performance.now();
  let latest: TrialsDone & { readonly finished: number } = { finished: known };
  const bar = progressBar<TrialsDone>(
    () => ({
      format: ' validating {bar} {percentage}% │ training {value}/{total}{workers}{left}{best}',
      total: trials,
    }),
    (step) => {
      latest = { ...latest, ...step };
      const { finished, best, workers } = latest;
      const seconds = (performance.now() - start) / 1000;
      const rate = (finished - known) / seconds;
      const isRunning = finished > known && finished < trials;
      return {
        value: finished,
        words: {
          workers:
            workers === undefined
              ? ''
              : ` │ ${counted(workers, 'worker')}${isRunning ? `, ${rate.toPrecision(2)}/s` : ''}`,
          left: isRunning ? ` │ ${formatDuration((trials - finished) / rate)} left` : '',
          // Last, since a narrow terminal shows the last part of a line.
          best: best === undefined ? '' : ` │ best ${best}`,
        },
      };
    },
  );
  bar.advance({ finished: known });
  return bar;
}

/**
 * The progress of trials whose results are kept in a file. If the process ends before `stop`, as after Ctrl-C, a line on
 * stderr says how many are kept and how to go on.
 */
export function reportKept(
  progress: ProgressBar<TrialsDone>,
  trials: number,
  path: string,
): ProgressBar<TrialsDone> {
  let kept = 0;
  const report = () => {
    progress.stop();
    process.stderr.write(
      `digits: interrupted: ${kept} of ${counted(trials, 'training')} are finished and kept in ${printable(path)}: the same command ` +
        'continues from there\n',
    );
  };
  process.once('exit', report);
  const stopListening = exitOnSignals();
  return {
    advance(step) {
      kept = step.finished ?? kept;
      progress.advance(step);
    },
    stop() {
      stopListening();
      process.off('exit', report);
      progress.stop();
    },
  };
}

/** `readTable` of a path, with its progress. Tells where the table is, if it is not in memory. */
export async function readTableWithProgress(
  path: string,
  options: DatasetOptionsOf<string>,
  progress: ProgressBar<BytesRead>,
): Promise<Dataset> {
  // Loaded on demand, since training on the digits does not need it.
  const [{ openSource }, { readTableFrom }] = await Promise.all([
    import('../files/sources.js'),
    import('../data/read-table.js'),
  ]);
  const onRead = (read: number, size?: number) => progress.advance({ read, size });
  const dataset = await readTableFrom(openSource, path, { ...options, onRead }).finally(() =>
    progress.stop(),
  );
  const { features, storage } = dataset;
  if ('spool' in features && storage) {
    const least = heldBytes(features.rows);
    const needed = trainingBytes(features.rows, features.columns);
    tell(
      `rows are kept in a file in ${features.spool.folder}: to train in memory would take about ${formatBytes(needed)}, and ` +
        `the limit is ${formatBytes(storage.memory)} (--memory)`,
    );
    if (least > storage.memory) {
      tell(
        `${grouped(features.rows)} rows take ${formatBytes(least)} in any case: more than the limit will be used`,
      );
    }
  }
  return dataset;
}

/** Bytes read so far, and the size of the file, if known. */
export interface BytesRead {
  readonly read: number;
  readonly size: number | undefined;
}

/** A progress bar of the bytes of a table; only their number if the size is unknown, as for standard input. */
export function readingProgress(): ProgressBar<BytesRead> {
  return progressBar(
    ({ size }) =>
      size === undefined
        ? { format: ' reading {read}', total: 0 }
        : { format: ' reading {bar} {percentage}% │ {read} │ {eta_formatted} left', total: size },
    ({ read }) => ({ value: read, words: { read: `${(read / 1e6).toFixed(0)} MB` } }),
  );
}

/**
 * A line of progress that fits into a terminal. If it is too long, the bar becomes shorter; then the bar is left out; then
 * the parts before the last one, one by one. If it is still too long, it ends after a whole word, with an ellipsis.
 *
 * @param template with a `{bar}` or without
 * @param write fills in a template, with a bar of the given length
 */
export function fitLine(
  template: string,
  width: number,
  write: (template: string, barsize: number) => string,
): string {
  const room = width - write(template, 0).length;
  if (room >= SHORTEST_BAR) return write(template, Math.min(room, LONGEST_BAR));
  const parts = write(template.replace('{bar} ', ''), 0).split(SEPARATOR);
  while (parts.length > 2 && parts.join(SEPARATOR).length > width) parts.splice(-2, 1);
  return cutBetweenWords(parts.join(SEPARATOR), width);
}

/** A line of at most so many characters. Only a first word that is too long itself is cut. */
function cutBetweenWords(line: string, width: number): string {
  if (line.length <= width) return line;
  const [words = line.slice(0, width - 1)] = /^.*\S(?=\s)/.exec(line.slice(0, width)) ?? [];
  return `${words.replace(/ │$/, '')}…`;
}

const importLibrary = () => import('cli-progress');
let library: ReturnType<typeof importLibrary> | undefined;

/** Each `import` asks the loader of modules again, which may answer only after the work is done. */
function loadLibrary(): ReturnType<typeof importLibrary> {
  library ??= importLibrary();
  return library;
}

/** A bar on stderr that appears, and whose library is loaded, once the work has taken half a second. */
function progressBar<Step>(
  open: (first: Step) => { format: string; total: number },
  read: (step: Step) => { value: number; words: Readonly<Record<string, string>> },
): ProgressBar<Step> {
  const start = performance.now();
  let due = start + PATIENCE_MS;
  let loading = false;
  let redraw: ((step: Step) => void) | undefined;
  let stop = () => {};
  let stopped = false;
  let latest: Step;
  let timer: NodeJS.Timeout | undefined;

  async function show() {
    const { default: cliProgress } = await loadLibrary();
    if (stopped) return;
    const first = latest;
    const { format: template, total } = open(first);
    const format: GenericFormatter = (options, params, payload) => {
      const write = (words: string, barsize: number) =>
        cliProgress.Format.Formatter({ ...options, format: words, barsize }, params, payload);
      // The width is 0 if a terminal does not know it.
      return fitLine(template, process.stderr.columns || USUAL_WIDTH, write);
    };
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
      // A run should not fail because its bar can't be shown.
      show().catch(() => {});
    }
  }

  return {
    advance(step) {
      latest = step;
      // The next step may take long.
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
