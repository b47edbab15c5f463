import fc from 'fast-check';
import t from 'tap';
import { choice, MersenneTwister, permutation } from '../src/random.js';

const seeds = fc.integer({ min: 0, max: 0xffffffff });

function draw(seed: number, count: number): number[] {
  const random = new MersenneTwister(seed);
  return Array.from({ length: count }, () => random.next32());
}

t.test('the draws of NumPy RandomState(seed)._bit_generator.random_raw', async (t) => {
  const expected = [
    {
      seed: 0,
      first: [2357136044, 2546248239, 3071714933],
      around624: [3791854820, 341544762],
      at2000: 3856691381,
    },
    {
      seed: 13,
      first: [3340206418, 2608511152, 1020231754],
      around624: [4059859134, 3730603321],
      at2000: 3709967558,
    },
    {
      seed: 4294967295,
      first: [419326371, 479346978, 3918654476],
      around624: [1027084080, 3860652269],
      at2000: 1762272365,
    },
  ];
  for (const { seed, first, around624, at2000 } of expected) {
    const drawn = draw(seed, 2000);
    t.same(drawn.slice(0, 3), first);
    t.same(drawn.slice(623, 625), around624);
    t.equal(drawn[1999], at2000);
  }
});

t.test('the 10000th draw that the C++ standard asks of mt19937 with its default seed', async (t) => {
  t.equal(draw(5489, 10_000).at(-1), 4123659995);
});

t.test('RandomState.permutation and RandomState.choice, and the draws that they take', async (t) => {
  t.same([...permutation(new MersenneTwister(0), 12)], [6, 11, 4, 10, 2, 8, 1, 7, 9, 3, 0, 5]);
  t.same([...permutation(new MersenneTwister(13), 12)], [5, 9, 3, 7, 8, 1, 4, 11, 6, 10, 0, 2]);
  t.same([...permutation(new MersenneTwister(4294967295), 12)], [11, 8, 5, 9, 1, 10, 6, 0, 4, 7, 2, 3]);

  const long = new MersenneTwister(1);
  t.same([...permutation(long, 70_000).subarray(0, 6)], [6670, 49567, 50796, 22310, 54037, 6869]);
  t.equal(long.next32(), 1117056148);

  const random = new MersenneTwister(7);
  t.same([...choice(random, Int32Array.of(10, 20, 30, 40, 50, 60), 4)], [40, 60, 10, 30]);
  t.same([...choice(random, Int32Array.of(3), 1)], [3]);
  t.same([...permutation(random, 5)], [3, 4, 2, 1, 0]);
  t.same([...choice(random, Int32Array.of(1, 2), 2)], [2, 1]);
  t.equal(random.next32(), 68334472);
});

t.test('interval stays within its bounds and reaches them', async () => {
  fc.assert(
    fc.property(seeds, seeds, (seed, max) => {
      const value = new MersenneTwister(seed).interval(max);
      return Number.isInteger(value) && value >= 0 && value <= max;
    }),
  );
  fc.assert(
    fc.property(seeds, fc.integer({ min: 0, max: 6 }), (seed, max) => {
      const random = new MersenneTwister(seed);
      const seen = new Set(Array.from({ length: 400 }, () => random.interval(max)));
      return seen.size === max + 1;
    }),
  );
});

t.test('interval(0) draws nothing', async (t) => {
  const random = new MersenneTwister(13);
  t.equal(random.interval(0), 0);
  t.equal(random.next32(), 3340206418);
});

t.test('a permutation holds every number once', async () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 0, max: 300 }), (seed, n) =>
      permutation(new MersenneTwister(seed), n)
        .sort()
        .every((value, i) => value === i),
    ),
  );
});

t.test('a seed that is no unsigned 32-bit number is refused', async (t) => {
  for (const seed of [-1, 1.5, 4294967296, NaN, Infinity]) {
    t.throws(
      () => new MersenneTwister(seed),
      new RangeError(`a seed is a whole number from 0 to 4294967295, not ${seed}`),
    );
  }
});
