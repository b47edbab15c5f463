/**
 * The scanner of delimited and of sparse text: finds the cells of rows that are written plainly, and reads their numbers. It is
 * a module of its own, because only who reads a table of text needs it. What it does not understand is read in TypeScript.
 */
import { numberIn } from './number';
import { hasHighBytes, isOdd, splitRows } from './rows';
import { scanRows } from './sparse';
import { numberTexts } from './texts';

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
 * Finds the cells of the plain rows that a text begins with.
 *
 * @param text where it begins, at the start of a row
 * @param length in bytes; 64 more can be read
 * @param width number of cells of a row, at least 2
 * @param delimiter the byte between two cells
 * @param ends takes the place before the text, and then where each cell ends: at a delimiter or a line feed
 * @returns number of rows
 */
export function split(text: usize, length: usize, width: i32, delimiter: i32, ends: usize): i32 {
  return splitRows(text, length, width, delimiter, ends);
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

/**
 * Numbers the different texts of a column of rows that were split, from 0 in the order in which they come.
 *
 * @param ends as `split` wrote them
 * @param place of the column in a row
 * @param slots room for i32 numbers, as many as `slotCount`: a power of two above the number of rows
 * @param codes takes the number of each row's text, as i32
 * @param texts takes for each text, as i32: the first row that has it, how many rows do, where it begins there, and where it
 *   ends. Quotes around it are no part of it, but quotes in it are still doubled.
 * @returns how many different texts there are
 */
export function readTexts(
  ends: usize,
  rows: i32,
  width: i32,
  place: i32,
  slots: usize,
  slotCount: i32,
  codes: usize,
  texts: usize,
): i32 {
  return numberTexts(ends, rows, width, place, slots, slotCount, codes, texts);
}

/**
 * Reads plain lines of sparse text, `label index:value …`.
 *
 * @param text where it begins, at the start of a line
 * @param length in bytes, up to the end of a line; 64 zeros follow
 * @param mostRows number of rows after which to stop
 * @param mostValues number of values after which to stop, at the end of a row
 * @param mostIndex lines with larger indices are not plain
 * @param needsLabel whether lines without a label are not plain
 * @param rows takes three numbers for each row, as u32: where its label begins, where it ends, and how many values there are
 * @param values takes the values as f32
 * @param gaps takes a byte for each value: how many indices are left out before it. From 255 on the byte is 255, and the
 *   number follows in three bytes.
 * @param found takes six numbers, as i32: how many rows there are, where they end, the number of their values, that of the
 *   bytes of their gaps, the least index, and the largest, -1 if there is none
 */
export function readSparse(
  text: usize,
  length: usize,
  mostRows: i32,
  mostValues: i32,
  mostIndex: i32,
  needsLabel: bool,
  rows: usize,
  values: usize,
  gaps: usize,
  found: usize,
): void {
  scanRows(text, text + length, mostRows, mostValues, mostIndex, needsLabel, rows, values, gaps, found);
}
