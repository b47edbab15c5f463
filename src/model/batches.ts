import { MersenneTwister, shuffle } from '../data/mersenne-twister.js';

/**
 * Cuts n rows into batches, epoch after epoch: before each, the order of the one before is shuffled, that of the first
 * from 0, 1, 2 and so on, as NumPy's `RandomState(seed).shuffle` does. The last batch of an epoch has what is left.
 */
export class Batches {
  readonly #order: Int32Array;
  readonly #size: number;
  readonly #random: MersenneTwister;

  /** @param size rows of a batch, 1 or more */
  constructor(rows: number, size: number, seed: number) {
    this.#order = Int32Array.from({ length: rows }, (_, row) => row);
    this.#size = size;
    this.#random = new MersenneTwister(seed);
  }

  /** Goes on to the next epoch. */
  shuffle(): void {
    shuffle(this.#random, this.#order);
  }

  /** The batches of this epoch, each the places of its rows: live views, until the next. */
  *[Symbol.iterator](): Generator<Int32Array> {
    for (let first = 0; first < this.#order.length; first += this.#size) {
      yield this.#order.subarray(first, first + this.#size);
    }
  }
}
