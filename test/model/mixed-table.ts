import type { LoadedDataset } from '../../src/data/dataset.js';
import { MersenneTwister } from '../../src/random.js';

/**
 * A table with all kinds of columns: a number, one with gaps and an offset, and two categories, of which one has more levels
 * than features. The class follows from all of them, but for some noise.
 */
export function mixedTable(rows: number, seed: number): LoadedDataset {
  const random = new MersenneTwister(seed);
  const names = Array.from({ length: 130 }, (_, i) => `name ${String(i).padStart(3, '0')}`);
  const values = new Float32Array(rows * 4);
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const [width, time] = [random.share() * 8, random.share() * 100];
    const [colour, name] = [random.interval(3), random.interval(names.length - 1)];
    const isMissing = random.share() < 0.2;
    values.set([width, isMissing ? NaN : time, colour, name], row * 4);
    const score = width / 8 + (isMissing ? 0.4 : time / 100) + [0, 0.5, 1, 0.2][colour] + (name % 5) / 5;
    return Math.min(2, Math.floor(score + 0.2 * random.share()));
  });
  return {
    features: {
      rows,
      columns: 4,
      values,
      kinds: [
        { kind: 'number' },
        { kind: 'number', as: 'date', offset: 19000 },
        { kind: 'category', levels: ['', 'blue', 'green', 'red'] },
        { kind: 'category', levels: names },
      ],
    },
    labels,
    classes: ['low', 'middle', 'high'],
    featureNames: ['width', 'time', 'colour', 'name'],
  };
}
