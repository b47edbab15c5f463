import { formatShape } from '../bench/measurement.js';
import type { Shape } from '../core/core.js';
import type { Epoch } from '../model/train.js';

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
    ' training {bar} {percentage}% │ epoch {value}/{total} │ loss {loss} │ {eta_formatted} left',
    epochs,
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
    ' measuring {bar} {percentage}% │ {shape} │ {eta_formatted} left │ Ctrl-C ends',
    rounds,
    ({ finished, shape }) => ({ value: finished, words: { shape: formatShape(shape) } }),
  );
}

/** A bar on stderr once the work has taken over half a second; only then is its library loaded. */
function progressBar<Step>(
  format: string,
  total: number,
  read: (step: Step) => { value: number; words: Readonly<Record<string, string>> },
): Progress<Step> {
  const start = performance.now();
  let due = start + PATIENCE_MS;
  let loading = false;
  let show: ((step: Step) => void) | undefined;
  let stop = () => {};
  let stopped = false;

  async function open(first: Step) {
    const { default: cliProgress } = await import('cli-progress');
    if (stopped) return;
    const bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true, hideCursor: null },
      cliProgress.Presets.shades_classic,
    );
    show = (step) => {
      const { value, words } = read(step);
      bar.update(value, words);
    };
    const { value, words } = read(first);
    bar.start(total, value, words);
    stop = () => bar.stop();
    process.once('exit', stop);
  }

  return {
    advance(step) {
      const now = performance.now();
      if (now < due) return;
      due = now + REFRESH_MS;
      if (show) show(step);
      else if (!loading) {
        loading = true;
        // A bar that can't be shown is no reason for a run to fail.
        open(step).catch(() => {});
      }
    },
    stop() {
      stopped = true;
      process.off('exit', stop);
      stop();
    },
  };
}
