import { nextTurn } from '#platform';
import type { Steps } from '../steps.js';

/** Most milliseconds that the event loop waits: Ctrl-C and progress depend on it. */
const TURN_MS = 25;

/** Lets the event loop run during a long computation, and ends the computation once a signal is aborted. */
export class Turns {
  #last = performance.now();
  readonly #signal: AbortSignal | undefined;
  /** Milliseconds spent on turns of the event loop so far. */
  given = 0;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Gives a turn, to be awaited, if the last one was long enough ago; throws the signal's reason if it is aborted. */
  giveIfDue(): Promise<void> | undefined {
    this.#signal?.throwIfAborted();
    return performance.now() - this.#last > TURN_MS ? this.give() : undefined;
  }

  /** The result of a computation in steps, with turns between them. */
  async take<Result>(steps: Steps<Result>): Promise<Result> {
    try {
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        await this.giveIfDue();
      }
    } finally {
      // Where the signal ends the computation, it may have something to give back.
      steps.return(undefined as never);
    }
  }

  async give(): Promise<void> {
    const start = performance.now();
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#last = performance.now();
    this.given += this.#last - start;
  }
}
