import type { Epoch } from '../model/train.js';

const PATIENCE_MS = 500;
const REFRESH_MS = 100;

/** Told of each epoch; `stop` takes what is drawn off the terminal. */
export interface Progress {
  advance(epoch: Epoch): void;
  stop(): void;
}

export const noProgress: Progress = { advance() {}, stop() {} };

/** A bar on stderr once the training has taken over half a second; only then is its library loaded. */
export function epochProgress(epochs: number): Progress {
  const start = performance.now();
  let due = start + PATIENCE_MS;
  let loading = false;
  let show: ((epoch: Epoch) => void) | undefined;
  let stop = () => {};
  let stopped = false;

  async function open() {
    const { default: cliProgress } = await import('cli-progress');
    if (stopped) return;
    const bar = new cliProgress.SingleBar(
      {
        format: ' training {bar} {percentage}% │ epoch {value}/{total} │ loss {loss} │ {eta_formatted} left',
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: null,
      },
      cliProgress.Presets.shades_classic,
    );
    bar.start(epochs, 0, { loss: '–' });
    show = ({ epoch, loss }) => bar.update(epoch, { loss: loss.toFixed(4) });
    stop = () => bar.stop();
    process.once('exit', stop);
  }

  return {
    advance(epoch) {
      const now = performance.now();
      if (now < due) return;
      due = now + REFRESH_MS;
      if (show) show(epoch);
      else if (!loading) {
        loading = true;
        // A bar that can't be shown is no reason for a run to fail.
        open().catch(() => {});
      }
    },
    stop() {
      stopped = true;
      process.off('exit', stop);
      stop();
    },
  };
}
