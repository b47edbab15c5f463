import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { csvLine } from '../src/csv.js';
import { rowsIn } from '../src/data/readers/rows.js';

t.test('cells are quoted where they have to be', async (t) => {
  t.equal(csvLine(['a', 'b c', '', 1.5, -0]), 'a,b c,,1.5,0\n');
  t.equal(csvLine(['a,b', 'say "c"', 'two\nlines', 'a\rb']), '"a,b","say ""c""","two\nlines","a\rb"\n');
  t.equal(csvLine(['=1+1', '@x', '+49']), '=1+1,@x,+49\n', 'formulas stay as they are');
});

t.test('what is written is read again', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
      const [row] = rowsIn(csvLine(cells), 1, ',');
      assert.deepEqual(row.cells, cells);
    }),
  );
});
