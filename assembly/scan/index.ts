/**
 * The scanner of delimited and of sparse text: finds the cells of rows that are written plainly, and reads their numbers. It is
 * a module of its own, because only who reads a table of text needs it. What it does not understand is read in TypeScript.
 */
import { numberIn } from './number';
import { hasHighBytes, isOdd } from './rows';

export { narrow, readBytes } from './narrow';
export { split } from './rows';
export { readSparse } from './sparse';
export { readTexts } from './texts';

/** Where the 128-bit powers of five belong, which the caller computes (see `number.ts`). Behind them, memory is free. */
export function powers(): usize {
  return __heap_base;
}

/** 1 if the rows that were split last are followed by one that is not plain, else 0. */
export function hasOdd(): i32 {
  return <i32>isOdd;
}

/** 1 if the bytes that were split last are not all ASCII, else 0. */
export function hasOthers(): i32 {
  return <i32>hasHighBytes;
}

/**
 * Reads the numbers of some columns of rows that were split.
 *
 * @param ends as `split` wrote them
 * @param columns for each column its place in a row, as i32; takes behind it, as i32, how many of its cells are no number
 *   of float32
 * @param point the byte before the fraction of a number
 * @param values takes the numbers as f64, row by row; NaN for a cell that is not plainly a number
 * @param rounded takes them as f32
 */
export function readNumbers(
  ends: usize,
  rows: i32,
  width: i32,
  columns: usize,
  count: i32,
  point: i32,
  values: usize,
  rounded: usize,
): void {
  const stop = columns + ((<usize>count) << 3);
  for (let row = 0; row < rows; row++) {
    for (let column = columns; column < stop; column += 8) {
      const cell = ends + ((<usize>load<i32>(column)) << 2);
      const value = numberIn(load<u32>(cell) + 1, load<u32>(cell, 4), point);
      const short = <f32>value;
      store<f64>(values, value);
      store<f32>(rounded, short);
      if (!(abs<f32>(short) < Infinity)) store<i32>(column, load<i32>(column, 4) + 1, 4);
      values += 8;
      rounded += 4;
    }
    ends += (<usize>width) << 2;
  }
}
