import { MersenneTwister, shuffle } from '../../random.js';

/**
 * Splits n rows into batches, in another order for each epoch. It starts as 0, 1, 2 and so on, and is shuffled again before
 * every epoch, as by NumPy's `RandomState(seed).shuffle`. The last batch of an epoch has the remaining rows.
 */
export class Batches {
  readonly #order: Int32Array;
  readonly #size: number;
  readonly #random: MersenneTwister;

  /** @param size rows per batch, 1 or more */
  constructor(rows: number, size: number, seed: number) {
    this.#order = Int32Array.from({ length: rows }, (_, row) => row);
    this.#size = size;
    this.#random = new MersenneTwister(seed);
  }

  /** Shuffles the rows for the next epoch. */
  shuffle(): void {
    shuffle(this.#random, this.#order);
  }

  /** The order of this epoch: a view that the next `shuffle` overwrites. */
  get order(): Int32Array {
    return this.#order;
  }

  /** The batches of this epoch, each as the indices of its rows: views that the next `shuffle` overwrites. */
  *[Symbol.iterator](): Generator<Int32Array> {
    for (let first = 0; first < this.#order.length; first += this.#size) {
      yield this.#order.subarray(first, first + this.#size);
    }
  }
}
