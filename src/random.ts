const STATE_SIZE = 624;
const SHIFT_SIZE = 397;
const UPPER_BIT = 0x80000000 | 0;
const LOWER_BITS = 0x7fffffff;
const TWIST = 0x9908b0df | 0;

/**
 * MT19937, seeded and sampled as by NumPy's legacy `RandomState`: the same seed gives the same numbers.
 *
 * M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random
 * number generator", ACM TOMACS 8 (1998); the seeding is `init_genrand` of their 2002 revision.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(STATE_SIZE);
  #position = STATE_SIZE;

  /** @throws RangeError if `seed` is not a whole number from 0 to 4294967295. */
  constructor(seed: number) {
    if (seed !== seed >>> 0) {
      throw new RangeError(`a seed is a whole number from 0 to 4294967295, not ${seed}`);
    }
    this.#state[0] = seed;
    for (let i = 1; i < STATE_SIZE; i++) {
      const previous = this.#state[i - 1];
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next 32 random bits, as a whole number from 0 to 2³² − 1. */
  next32(): number {
    if (this.#position === STATE_SIZE) this.#twist();
    let bits = this.#state[this.#position++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    bits ^= bits >>> 18;
    return bits >>> 0;
  }

  /**
   * A uniform whole number from 0 to `max` inclusive (`max` ≤ 2³² − 1), by rejection under the smallest mask
   * 2^k − 1 ≥ `max`, as NumPy's `random_interval`. A `max` of 0 draws nothing.
   */
  interval(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    let value: number;
    do {
      value = (this.next32() & mask) >>> 0;
    } while (value > max);
    return value;
  }

  /** A uniform number in [0, 1) with 53 random bits, as NumPy's `random_sample`. */
  share(): number {
    const high = this.next32() >>> 5;
    return (high * 2 ** 26 + (this.next32() >>> 6)) / 2 ** 53;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < STATE_SIZE; i++) {
      // With the operator %, half of the time of all draws would be spent here.
      const next = i + 1 < STATE_SIZE ? i + 1 : 0;
      const shifted = i + SHIFT_SIZE < STATE_SIZE ? i + SHIFT_SIZE : i + SHIFT_SIZE - STATE_SIZE;
      const bits = (state[i] & UPPER_BIT) | (state[next] & LOWER_BITS);
      state[i] = state[shifted] ^ (bits >>> 1) ^ (bits & 1 ? TWIST : 0);
    }
    this.#position = 0;
  }
}

/** Shuffles `values` in place, as `RandomState.shuffle` (Fisher–Yates, from the end). */
export function shuffle(random: MersenneTwister, values: Int32Array): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.interval(i);
    const value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}

/** The numbers 0 … n − 1 in random order, as `RandomState.permutation(n)`. */
export function permutation(random: MersenneTwister, n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  shuffle(random, order);
  return order;
}

/** `count` values of `pool`, each taken at most once, as `RandomState.choice(pool, count, replace=False)`. */
export function choice(random: MersenneTwister, pool: Int32Array, count: number): Int32Array {
  const taken = pool.slice();
  shuffle(random, taken);
  return taken.subarray(0, count);
}
