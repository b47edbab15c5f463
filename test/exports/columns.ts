import type { RandomFeatures } from '../../src/core/core.js';
import type { Matrix } from '../../src/data/dataset.js';
import { type InputColumn, randomFeaturesOf } from '../../src/model/inputs.js';
import type { Model } from '../../src/model/model.js';

/** A cell of a row: a number, NaN if missing; or a text, empty if missing. */
export type Cell = number | string;

/** The rows of a table, as a person would write them. */
export function cellsOf({ rows, columns, values, kinds = [] }: Matrix): Cell[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), (value, j) => {
      const kind = kinds[j] ?? { kind: 'number' };
      return kind.kind === 'category' ? (kind.levels[value] ?? 'unseen') : value + (kind.offset ?? 0);
    }),
  );
}

/** Numbers from −2 to 2 that look random. */
const numbers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => 2 * Math.sin(1000 * Math.sin(i + seed)));

/** A model with some weights; its 0/1 features are not scaled. */
export function modelOf(
  classes: readonly string[],
  featureNames: readonly string[],
  columns: readonly InputColumn[],
  scales: readonly (readonly [mean: number, scale: number])[],
  projection?: Model['projection'],
): Model {
  const d = projection?.components ?? scales.length;
  return {
    classes,
    featureNames,
    columns,
    scaler: {
      mean: Float64Array.from(scales, ([mean]) => mean),
      scale: Float64Array.from(scales, ([, scale]) => scale),
    },
    ...(projection && { projection }),
    weights: numbers(d * classes.length, 3),
    bias: numbers(classes.length, 5),
  };
}

/** The features of a row as the rules say it, without any of the program's own code. */
function featuresOf({ columns = [], scaler }: Model, row: readonly Cell[]): number[] {
  const features: number[] = [];
  columns.forEach((column, j) => {
    const cell = row[j];
    if (column.kind === 'category') {
      for (const level of column.levels) features.push(level === cell ? 1 : 0);
      if (column.others) features.push(column.levels.some((level) => level === cell) ? 0 : 1);
      return;
    }
    const number = Math.fround(Number(cell) - (column.offset ?? 0));
    features.push(Number.isNaN(number) ? Math.fround(scaler.mean[features.length]) : number);
    if (column.hasGaps) features.push(Number.isNaN(number) ? 1 : 0);
  });
  return features;
}

function randomFeature({ weights, offsets }: RandomFeatures, scaled: readonly number[], i: number): number {
  const turns = scaled.reduce((sum, x, j) => sum + x * weights[j * offsets.length + i], offsets[i]);
  return Math.sqrt(2 / offsets.length) * Math.cos(2 * Math.PI * turns);
}

/** The probabilities of the classes for rows of cells, k for each row. */
export async function probabilitiesOf(model: Model, rows: readonly (readonly Cell[])[]): Promise<number[][]> {
  const { scaler, weights, bias } = model;
  const k = bias.length;
  const random = await randomFeaturesOf(model);
  return rows.map((row) => {
    const scaled = featuresOf(model, row).map((x, j) => Math.fround((x - scaler.mean[j]) / scaler.scale[j]));
    const x = random ? Array.from(random.offsets, (_, i) => randomFeature(random, scaled, i)) : scaled;
    const logits = Array.from(bias, (start, c) =>
      x.reduce((sum, v, j) => sum + v * weights[j * k + c], start),
    );
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return logits.map((logit) => Math.exp(logit) / total);
  });
}

const many = Array.from({ length: 99 }, (_, i) => `town ${i}`);
const few = Array.from({ length: 30 }, (_, i) => `village ${i}`);
const [SECONDS, DAYS] = [1_700_000_000, 19_675];

const mixedColumns: readonly InputColumn[] = [
  { kind: 'number' },
  { kind: 'category', levels: ['', 'Cherbourg', 'Southampton'] },
  { kind: 'number', hasGaps: true },
  { kind: 'number', offset: SECONDS },
  { kind: 'category', levels: many, others: few },
  { kind: 'number', as: 'boolean', hasGaps: true },
  { kind: 'number', as: 'date', offset: DAYS, hasGaps: true },
  { kind: 'category', levels: ['no', 'yes', 'ä "quoted"\n', '😀'] },
];
const mixedNames = ['fare', 'port', 'age', 'time', 'town', 'alone', 'day', 'answer'];
const flags = (count: number) => Array.from({ length: count }, () => [0, 1] as const);
const mixedScales = [
  [32.204, 49.67],
  ...flags(3),
  [29.699, 13.0],
  ...flags(1),
  [4.5, 2.87],
  ...flags(100),
  [0.6, 0.49],
  ...flags(1),
  [0.25, 0.01],
  ...flags(1),
  ...flags(4),
] as const;

const cells: readonly (readonly Cell[])[] = [
  [7.25, 'Southampton', 22, SECONDS + 1, 'town 0', 0, DAYS + 0.25, 'no'],
  [71.2833, 'Cherbourg', NaN, SECONDS + 2, 'town 98', 1, DAYS + 0.26, 'yes'],
  [8.05, '', 26, SECONDS + 9, 'village 3', NaN, NaN, 'ä "quoted"\n'],
  [NaN, 'Queenstown', 0.42, NaN, 'never seen', 1, DAYS, '😀'],
  [0, ' Southampton', NaN, SECONDS, '', NaN, NaN, ''],
];
const timeCells = Array.from({ length: 10 }, (_, i) => [SECONDS + i, i === 4 ? NaN : i / 10]);

/** Models with columns of all kinds, and rows with missing cells, unseen texts, and numbers that differ in the last digits. */
export const examples: readonly (readonly [string, Model, readonly (readonly Cell[])[]])[] = [
  ['all kinds of columns', modelOf(['0', '1', '2'], mixedNames, mixedColumns, mixedScales), cells],
  ['a single row', modelOf(['no', 'yes'], mixedNames, mixedColumns, mixedScales), cells.slice(2, 3)],
  [
    'random features of all kinds of columns',
    modelOf(['0', '1', '2'], mixedNames, mixedColumns, mixedScales, { components: 40, gamma: 0.3, seed: 7 }),
    cells,
  ],
  [
    'one category',
    modelOf(['a', 'b'], ['port'], [{ kind: 'category', levels: ['x', 'y'] }], flags(2)),
    [['x'], ['y'], ['z'], ['']],
  ],
  [
    'one number with gaps',
    modelOf(['a', 'b'], ['age'], [{ kind: 'number', hasGaps: true }], [[3, 2], ...flags(1)]),
    [[1], [NaN], [50]],
  ],
  [
    'numbers with an offset',
    modelOf(
      ['a', 'b'],
      ['time', 'share'],
      [{ kind: 'number', offset: SECONDS }, { kind: 'number' }],
      [
        [4.5, 2.87],
        [0.45, 0.287],
      ],
    ),
    timeCells,
  ],
];
