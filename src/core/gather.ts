import type { Values } from '../storage.js';
import type { GatherRows } from './core.js';

/** Copies rows of a row-major table of d columns; runs of adjacent rows in one go. */
export function gatherFrom(values: Values, d: number): GatherRows {
  return (rows, target) => {
    for (let i = 0, next = 0; i < rows.length; i = next) {
      const row = rows[i];
      do next++;
      while (next < rows.length && rows[next] === row + next - i);
      target.set(values.subarray(row * d, (row + next - i) * d), i * d);
    }
  };
}
