import fc from 'fast-check';
import t from 'tap';
import type { Matrix } from '../../src/data/dataset.js';
import { everyRow } from '../../src/data/dataset.js';
import type { Kind } from '../../src/data/kinds.js';
import { gatherFeatures } from '../../src/model/encoding.js';
import { countColumns, type InputColumn, type Inputs } from '../../src/model/inputs.js';

/** A column of a table, of a model, and cells of the table: texts, or numbers before any offset, NaN if missing. */
interface Sample {
  readonly kind: Kind;
  readonly column: InputColumn;
  readonly cells: readonly (string | number)[];
}

const ROWS = 7;
const texts = ['', 'a', 'b', 'constructor', '__proto__', 'é'];
const subset = fc.subarray(texts);
const offset = fc.constantFrom(0, 5, -1.7e9, 0.1);

const categories: fc.Arbitrary<Sample> = fc
  .record({
    levels: subset,
    known: subset,
    hasOthers: fc.boolean(),
    cells: fc.array(fc.constantFrom(...texts, 'new'), { minLength: ROWS, maxLength: ROWS }),
  })
  .map(({ levels, known, hasOthers, cells }) => ({
    kind: { kind: 'category', levels },
    column: { kind: 'category', levels: known, ...(hasOthers && { others: ['z'] }) },
    cells,
  }));
const numbers: fc.Arbitrary<Sample> = fc
  .record({
    found: offset,
    expected: offset,
    hasGaps: fc.boolean(),
    cells: fc.array(fc.oneof(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), fc.constant(NaN)), {
      minLength: ROWS,
      maxLength: ROWS,
    }),
  })
  .map(({ found, expected, hasGaps, cells }) => ({
    kind: { kind: 'number', offset: found },
    column: { kind: 'number', offset: expected, ...(hasGaps && { hasGaps }) },
    cells,
  }));

function tableOf(samples: readonly Sample[]): Matrix {
  const values = new Float32Array(ROWS * samples.length);
  for (const [j, { kind, cells }] of samples.entries()) {
    for (const [row, cell] of cells.entries()) {
      values[row * samples.length + j] =
        kind.kind === 'category' ? kind.levels.indexOf(String(cell)) : Number(cell);
    }
  }
  return { rows: ROWS, columns: samples.length, values, kinds: samples.map(({ kind }) => kind) };
}

/** The features of a cell, one after another; the mean of a number is 1, 2, 3 … by its column. */
function expand({ kind, column, cells }: Sample, j: number, row: number): number[] {
  const cell = cells[row];
  if (column.kind === 'number') {
    const shift = kind.kind === 'number' ? (kind.offset ?? 0) - (column.offset ?? 0) : 0;
    const isMissing = Number.isNaN(cell);
    const value = isMissing ? j + 1 : Math.fround(Number(cell) + shift);
    return column.hasGaps ? [value, isMissing ? 1 : 0] : [value];
  }
  // A text that the table does not know is none of the model's either.
  const text = kind.kind === 'category' && kind.levels.includes(String(cell)) ? String(cell) : undefined;
  const own = column.levels.map((level) => (level === text ? 1 : 0));
  return column.others ? [...own, own.some((one) => one === 1) ? 0 : 1] : own;
}

function inputsOf(samples: readonly Sample[]): Inputs {
  const mean = samples.flatMap((sample, j) => expand(sample, j, 0).map((_, i) => (i === 0 ? j + 1 : 0)));
  return {
    columns: samples.map(({ column }) => column),
    scaler: { mean: Float64Array.from(mean), scale: new Float64Array(mean.length).fill(1) },
  };
}

t.test('features are those of a plain expansion, whatever rows are asked for', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(categories, numbers), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(ROWS - 1), { minLength: 1, maxLength: 9 }),
      (samples, rows) => {
        const inputs = inputsOf(samples);
        const d = inputs.scaler.mean.length;
        const found = new Float32Array(rows.length * d + 1).fill(-7);
        gatherFeatures(inputs, tableOf(samples))(Int32Array.from(rows), found);
        const expected = rows.flatMap((row) => samples.flatMap((sample, j) => expand(sample, j, row)));
        // What is behind the rows is left alone.
        return [...expected, -7].every((value, i) => Object.is(found[i] + 0, value + 0));
      },
    ),
  );
});

t.test('a model of plain numbers reads a table with an offset, and with gaps', async (t) => {
  const inputs = { scaler: { mean: Float64Array.of(2, 0.1), scale: Float64Array.of(1, 1) } };
  const values = Float32Array.of(1, NaN, NaN, 4);
  const features = new Float32Array(4);
  gatherFeatures(inputs, { rows: 2, columns: 2, values })(Int32Array.of(1, 0), features);
  t.strictSame(features, Float32Array.of(2, 4, 1, 0.1));
  const kinds: Kind[] = [{ kind: 'number', offset: 100 }, { kind: 'number' }];
  gatherFeatures(inputs, { rows: 2, columns: 2, values, kinds })(Int32Array.of(1, 0), features);
  t.strictSame(features, Float32Array.of(2, 4, 101, 0.1));
});

t.test('columns of another number or kind are refused', async (t) => {
  const inputs: Inputs = {
    columns: [{ kind: 'number' }, { kind: 'category', levels: ['a', 'b'] }],
    scaler: { mean: new Float64Array(3), scale: new Float64Array(3).fill(1) },
  };
  t.equal(countColumns(inputs), 2);
  const table = { rows: 1, columns: 2, values: new Float32Array(2) };
  const message = (features: Matrix) => {
    try {
      gatherFeatures(inputs, features)(everyRow(features), new Float32Array(3));
    } catch (error) {
      return error instanceof RangeError ? error.message : error;
    }
    return 'no error';
  };
  t.equal(
    message({ ...table, columns: 1, values: new Float32Array(1) }),
    'the model reads 2 features, the table has 1',
  );
  t.equal(message(table), 'feature 1 of the table has numbers, but the model was trained on categories');
  const category: Kind = { kind: 'category', levels: ['a'] };
  t.equal(
    message({ ...table, kinds: [category, category] }),
    'feature 0 of the table has categories, but the model was trained on numbers',
  );
  t.equal(message({ ...table, kinds: [{ kind: 'number' }, category] }), 'no error');
});
