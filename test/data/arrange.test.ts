import fc from 'fast-check';
import t from 'tap';
import { arrangeInSteps, placesByRow } from '../../src/data/arrange.js';
import { inMemory, rowReader, takeRows } from '../../src/data/row-reader.js';
import { MersenneTwister, permutation } from '../../src/random.js';
import { resultOf } from '../../src/steps.js';
import { spooledMatrix } from './spooled.js';

/** A table of random size whose values are all different, and some of its rows in any order. */
const tables = fc
  .record({ rows: fc.integer({ min: 1, max: 400 }), columns: fc.integer({ min: 1, max: 40 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      table: fc.constant({
        rows,
        columns,
        values: Float32Array.from({ length: rows * columns }, (_, index) => index),
      }),
      chosen: fc
        .array(fc.integer({ min: 0, max: rows - 1 }), { minLength: 1, maxLength: 600 })
        .map((found) => Int32Array.from(found)),
    }),
  );

t.test('rows of a file are those of memory, in any order and more than once', async () => {
  fc.assert(
    fc.property(tables, ({ table, chosen }) => {
      const spooled = spooledMatrix(table);
      const expected = takeRows(table, chosen);
      t.strictSame(takeRows(spooled, chosen), expected);
      t.strictSame(inMemory(spooled), table);
      const read = rowReader(spooled);
      for (const part of [chosen.slice().sort(), chosen.subarray(0, 3), chosen]) {
        const { values, rows } = read(part);
        const { columns } = table;
        t.strictSame(
          Array.from(rows, (row) => values[row * columns]),
          Array.from(part, (row) => row * columns),
        );
      }
    }),
    { numRuns: 60 },
  );
});

t.test('arranged rows follow each other in their order, however small the buckets', async () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 20_000 }), ({ table, chosen }, bucketBytes) => {
      const arranged = resultOf(arrangeInSteps(spooledMatrix(table), chosen, bucketBytes));
      t.strictSame(inMemory(arranged), takeRows(table, chosen));
    }),
    { numRuns: 60 },
  );
});

t.test('places by row', async () => {
  t.strictSame(placesByRow(Int32Array.of(3, 0, 3, 1), 5), Int32Array.of(1, 3, 0, 2));
  t.strictSame(placesByRow(Int32Array.of(), 5), Int32Array.of());
  const rows = permutation(new MersenneTwister(1), 30_000).subarray(0, 20_000);
  const sorted = Int32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
  t.strictSame(placesByRow(rows, 30_000), sorted, 'in a large table');
});
