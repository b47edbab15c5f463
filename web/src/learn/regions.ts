/** Which class a model predicts where, over two columns of numbers. */
import {
  type LoadedDataset,
  type Matrix,
  type Model,
  matrixFor,
  type Predictor,
  type RunPlan,
} from 'digit-classifier';
import { middleOf } from '../cells.js';

/** Two columns, and the rows to show as points. */
export interface Plane {
  /** Places among the columns of the table. */
  readonly x: number;
  readonly y: number;
  readonly points: 'heldOut' | 'trained';
}

export interface Regions {
  /** Points along each side of the grid. */
  readonly side: number;
  /** side² class indices, from the top left, row by row: y falls from row to row. */
  readonly classes: Uint16Array;
  /** The lowest and the highest value of each axis. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: number }[];
  /** Number of rows of which the points are a part. */
  readonly rows: number;
}

const SIDE = 96;
/** Most points to show. */
const POINTS = 300;
/** What an axis shows beyond the values of the rows, as a share of their range. */
const MARGIN = 0.05;

/** The columns that have numbers as people write them: no categories, dates or truth values. */
export function numberColumns({ columns, kinds }: Matrix): number[] {
  return Array.from({ length: columns }, (_, j) => j).filter((j) => {
    const kind = kinds?.[j];
    return !kind || (kind.kind === 'number' && kind.as === undefined);
  });
}

/**
 * The model's own answers on a grid. All other columns are in their middle.
 *
 * @param model one with names of its columns
 */
export function regionsOf(
  { dataset, sides }: RunPlan<LoadedDataset>,
  model: Model & { readonly featureNames: readonly string[] },
  predictor: Predictor,
  { x, y, points }: Plane,
): Regions {
  const { features, labels } = dataset;
  const rows = points === 'heldOut' ? sides.test : sides.train;
  const [xs, ys] = [x, y].map((column) => axisOf(features, sides.train, column));
  const middle = matrixFor(model, [middleOf(model)]);
  const values = new Float32Array(SIDE * SIDE * features.columns);
  for (let down = 0, at = 0; down < SIDE; down++) {
    for (let right = 0; right < SIDE; right++, at += features.columns) {
      values.set(middle.values, at);
      values[at + x] = xs.low + (xs.high - xs.low) * ((right + 0.5) / SIDE);
      values[at + y] = ys.high - (ys.high - ys.low) * ((down + 0.5) / SIDE);
    }
  }
  const every = Int32Array.from({ length: SIDE * SIDE }, (_, row) => row);
  const stride = Math.ceil(rows.length / POINTS);
  const shown = Array.from(
    rows.filter((_, i) => i % stride === 0),
    (row) => ({ x: xs.of(row), y: ys.of(row), label: labels[row] }),
  );
  return {
    side: SIDE,
    classes: Uint16Array.from(predictor.predict({ ...middle, rows: SIDE * SIDE, values }, every)),
    x: [xs.low + xs.offset, xs.high + xs.offset],
    y: [ys.low + ys.offset, ys.high + ys.offset],
    points: shown.filter((point) => Number.isFinite(point.x + point.y)),
    rows: rows.length,
  };
}

/** The range of a column over some rows, with a margin, less the column's offset. */
function axisOf({ columns, values, kinds }: Matrix, rows: Int32Array, column: number) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const value = values[row * columns + column];
    // A missing number is NaN, which is neither.
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = [0, 0];
  const margin = MARGIN * (high - low) || 1;
  const kind = kinds?.[column];
  const offset = kind?.kind === 'number' ? (kind.offset ?? 0) : 0;
  return {
    low: low - margin,
    high: high + margin,
    offset,
    /** The number of a row as people write it. */
    of: (row: number) => values[row * columns + column] + offset,
  };
}
