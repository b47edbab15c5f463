/** Rows of the table as a report shows them. */
import { columnsOf } from '../data/account.js';
import type { Dataset } from '../data/dataset.js';
import { takeRows } from '../data/row-reader.js';
import { Html } from '../html.js';
import type { Evaluation } from '../run/evaluation.js';
import { compact } from '../text.js';

/** Number of rows to show. */
const SHOWN = 12;

/** Most columns of a row to show. */
const SHOWN_COLUMNS = 8;

/** A test row, and what the model says of it. */
export interface HardRow {
  /** Index in the table. */
  readonly row: number;
  readonly actual: number;
  readonly predicted: number;
  /** Of the actual class; 0 if the model does not know it. */
  readonly probability: number;
  /** Of the predicted class. */
  readonly given: number;
}

/**
 * The test rows with the largest loss, that is the lowest probability of their class; of equal ones the first.
 *
 * @param known number of classes that the model knows
 */
export function hardestRows(
  { rows, labels, predictions, probabilities }: Evaluation,
  known: number,
): HardRow[] {
  const all = probabilities();
  const of = (index: number, label: number) => (label < known ? all[index * known + label] : 0);
  return Array.from(rows, (row, index) => ({
    row,
    actual: labels[index],
    predicted: predictions[index],
    probability: of(index, labels[index]),
    given: of(index, predictions[index]),
  }))
    .sort((a, b) => a.probability - b.probability)
    .slice(0, SHOWN);
}

/** The side in pixels of the square pictures that the rows are; undefined if they are none. */
export function sideOfPictures({
  features: { columns, kinds },
  featureNames,
  isDigits,
}: Dataset): number | undefined {
  const side = Math.sqrt(columns);
  if (side < 4 || side !== Math.floor(side)) return undefined;
  if (kinds?.some(({ kind, ...other }) => kind !== 'number' || 'as' in other)) return undefined;
  const arePixels = isDigits ?? featureNames?.every((name) => /^(?:pixel|px)[\W_]*\d/i.test(name)) ?? true;
  return arePixels ? side : undefined;
}

/** Shades of a picture, besides its background. */
const SHADES = 8;

/** A row of pixels as SVG: dark on light, and the largest value of the row is black. A path has the pixels of a shade. */
export function drawnRow({ features }: Dataset, row: number, side: number): Html {
  const { values: pixels } = takeRows(features, Int32Array.of(row));
  const most = pixels.reduce((largest, value) => Math.max(largest, value), 0);
  const paths = new Array<string>(SHADES + 1).fill('');
  const shadeOf = (value: number) => (most > 0 ? Math.round((SHADES * Math.max(value, 0)) / most) || 0 : 0);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; ) {
      const shade = shadeOf(pixels[y * side + x]);
      let end = x + 1;
      while (end < side && shadeOf(pixels[y * side + end]) === shade) end++;
      paths[shade] += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  }
  const drawn = paths
    .map((path, shade) =>
      path === '' || shade === 0 ? '' : `<path fill-opacity="${shade / SHADES}" d="${path}"/>`,
    )
    .join('');
  return new Html(`<svg viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">${drawn}</svg>`);
}

/** The first columns of a table, and their cells in a row, as text. */
export function writtenCells(dataset: Dataset): { names: string[]; cellsOf: (row: number) => string[] } {
  const { features } = dataset;
  const { kinds } = features;
  const names = columnsOf(dataset)
    .filter(({ kind }) => kind !== 'left out')
    .slice(0, SHOWN_COLUMNS)
    .map(({ name }) => name);
  const cellOf = (value: number, column: number) => {
    const kind = kinds?.[column];
    if (Number.isNaN(value)) return '';
    if (kind?.kind === 'category') return kind.levels[value] ?? '';
    const number = value + (kind?.offset ?? 0);
    if (kind?.as === 'boolean') return number === 1 ? 'true' : 'false';
    if (kind?.as === 'date') return new Date(number * 86_400_000).toISOString().slice(0, 10);
    return compact(Number(number.toPrecision(kind?.offset ? 15 : 7)));
  };
  return {
    names,
    cellsOf(row) {
      const { values } = takeRows(features, Int32Array.of(row));
      return names.map((_, column) => cellOf(values[column], column));
    },
  };
}
