import { type AnyMatrix, everyRow } from './dataset.js';
import { takeRows } from './row-reader.js';

/** Rows to look at, and most different values of a column of labels. */
const ROWS = 10_000;
const MOST_VALUES = 20;

/**
 * The names of columns that may have labels, the likeliest first: categories, then whole numbers, of few different values.
 *
 * @param names of the columns
 */
export function likelyLabels(table: AnyMatrix, names: readonly string[]): string[] {
  const seen = Math.min(table.rows, ROWS);
  const { columns, values, kinds } = takeRows(table, everyRow({ rows: seen }));
  const found = names.flatMap((name, column) => {
    const different = new Set<number>();
    for (let row = 0; row < seen && different.size <= MOST_VALUES; row++) {
      const value = values[row * columns + column];
      if (!Number.isInteger(value)) return [];
      different.add(value);
    }
    if (different.size < 2 || different.size > Math.min(MOST_VALUES, seen / 2)) return [];
    return { name, isCategory: kinds?.[column]?.kind === 'category' };
  });
  return found.sort((a, b) => Number(b.isCategory) - Number(a.isCategory)).map(({ name }) => name);
}
