/** The simulated drawings that the first model learns from, besides the digits: these lack some usual ways to write. */
import type { Lesson } from './lessons.js';

/**
 * The drawings in the text of `web/first-drawings.csv`, which `bench/drawings/write.js` writes: below a line of names, 64 pixels
 * and the digit. Each counts as one row.
 */
export function drawingsIn(csv: string): Lesson[] {
  const [, ...lines] = csv.trimEnd().split('\n');
  return lines.map((line) => {
    const cells = line.split(',').map(Number);
    return { cells: cells.slice(0, -1), label: String(cells[cells.length - 1]), weight: 1 };
  });
}
