import { nextTurn } from '#platform';

/** How long the event loop may wait for its turn, in milliseconds: signals and progress hang on it. */
const TURN_MS = 25;

/** The turns that long work gives to the event loop, and where it learns that it shall stop. */
export class Turns {
  #last = performance.now();
  readonly #signal: AbortSignal | undefined;
  /** Milliseconds that were the event loop's so far. */
  given = 0;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** A turn if the last was long ago, to be awaited; throws the signal's reason once it is aborted. */
  giveIfDue(): Promise<void> | undefined {
    this.#signal?.throwIfAborted();
    return performance.now() - this.#last > TURN_MS ? this.give() : undefined;
  }

  async give(): Promise<void> {
    const start = performance.now();
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#last = performance.now();
    this.given += this.#last - start;
  }
}
