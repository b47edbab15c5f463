import fc from 'fast-check';
import t from 'tap';
import type { AnyMatrix } from '../../src/data/dataset.js';
import { inMemory } from '../../src/data/row-reader.js';
import { SpooledValues } from '../../src/data/spooled-values.js';
import { ValuesInMemory } from '../../src/data/table-values.js';
import { heldBytes, type Storage } from '../../src/storage.js';

const COLUMNS = 3;
const nothing: Storage = { memory: 0 };

/** Portions of rows, and for each number whether something is left of it. */
const portions = fc.array(
  fc.array(
    fc.tuple(
      fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 3 })),
      fc.boolean(),
    ),
    {
      minLength: COLUMNS,
      maxLength: 60,
    },
  ),
  { minLength: 1, maxLength: 12 },
);

/** Reads the portions, and makes a table of what was kept of each number. */
function built(
  found: readonly (readonly [number, boolean])[][],
  storage?: Storage,
  pieceBytes?: number,
): AnyMatrix {
  const values = storage ? new SpooledValues(COLUMNS, storage, pieceBytes) : new ValuesInMemory(COLUMNS);
  for (const portion of found) {
    const whole = portion.slice(0, portion.length - (portion.length % COLUMNS));
    for (const [index, [value, hasRest]] of whole.entries()) {
      const column = index % COLUMNS;
      const rest = value - Math.fround(value);
      // The last column has none.
      if (hasRest && rest !== 0 && column < COLUMNS - 1) {
        values.keepRest(column, values.rows + Math.floor(index / COLUMNS), rest);
      }
    }
    values.append(
      Float32Array.from(whole, ([value]) => value),
      Number.NaN,
    );
  }
  // Of each row whose number is even, two columns: rests times a million, and values.
  return values.rewrite(2, (piece, target) => {
    let next = 0;
    for (let row = 0; row < piece.rows; row++) {
      if ((piece.first + row) % 2 === 1) continue;
      const value = piece.values[row * COLUMNS + 2];
      target[next++] = 1e6 * ((piece.rests[0]?.[row] ?? 0) + (piece.rests[1]?.[row] ?? 0));
      target[next++] = value;
    }
    return next / 2;
  });
}

/** A table in memory, also where its numbers take a byte there: a file has float32. */
function asFloats(table: AnyMatrix) {
  const matrix = inMemory(table);
  return { ...matrix, values: Float32Array.from(matrix.values) };
}

t.test('values in a file are made to the same table as values in memory', async () => {
  fc.assert(
    fc.property(portions, fc.nat(3000), fc.integer({ min: 1, max: 500 }), (found, more, pieceBytes) => {
      const expected = asFloats(built(found));
      const spooled = built(found, nothing, pieceBytes);
      t.ok('spool' in spooled);
      t.strictSame(asFloats(spooled), expected);
      // They go to the file at any portion, or never.
      t.strictSame(asFloats(built(found, { memory: heldBytes(0) + more }, pieceBytes)), expected);
    }),
    { numRuns: 100 },
  );
});

t.test(
  'values go to a file once the table would take too much memory, by the share that has been read',
  async () => {
    const row = new Float32Array(2 ** 20);
    const memory = 2 ** 28;
    const isSpooled = (share: number, portions: number, limit = memory) => {
      const values = new SpooledValues(2 ** 20, { memory: limit });
      for (let i = 0; i < portions; i++) values.append(row, share);
      return 'spool' in (values.whole() ?? {});
    };
    t.notOk(isSpooled(Number.NaN, 3));
    t.notOk(isSpooled(0.5, 3));
    // 12 MiB of a table of 120 MiB, which is packed once more: with the program itself, they do not fit in 256 MiB.
    t.ok(isSpooled(0.1, 3));
    t.ok(isSpooled(Number.NaN, 9));
    t.notOk(isSpooled(0.1, 3, 2 ** 30));
    // More than 4 GiB never fit in memory.
    t.ok(isSpooled(0.002, 3, 2 ** 40));
  },
);

t.test('a file of values alone is the table', async () => {
  const values = new SpooledValues(2, nothing, 16);
  for (let row = 0; row < 9; row++) values.append(Float32Array.of(row, -row), Number.NaN);
  const whole = values.whole();
  t.ok(whole);
  if (whole) t.strictSame([...inMemory(whole).values.subarray(14)], [7, -7, 8, -8]);
  const withRests = new SpooledValues(2, nothing, 16);
  withRests.keepRest(1, 0, 1e-9);
  withRests.append(Float32Array.of(1, 2), Number.NaN);
  t.equal(withRests.whole(), undefined);
  t.ok(withRests.hasRests(1));
  t.notOk(withRests.hasRests(0));
});
