import fc from 'fast-check';
import t from 'tap';
import { changesBetween, makeChanges } from '../../src/charts/changes.js';

t.test('the changes between two trees turn the one into the other', async (t) => {
  const tree = fc.oneof(
    fc.object({
      key: fc.string({ maxLength: 3 }),
      values: [fc.integer(), fc.string(), fc.boolean(), fc.constant(null)],
    }),
  );
  const parsed = tree.map((value) => JSON.parse(JSON.stringify({ within: value })));
  fc.assert(
    fc.property(parsed, parsed, (from, to) => {
      // As a page gets them.
      const changes = JSON.parse(JSON.stringify(changesBetween(from, to)));
      makeChanges(from, changes);
      t.strictSame(from, to);
    }),
  );
});

t.test('what is equal is left alone, down to the leaves', async (t) => {
  const light = { marks: [{ fill: 'black', size: 3 }, { fill: 'grey' }], background: null };
  const dark = { marks: [{ fill: 'white', size: 3 }, { fill: 'grey' }], background: null };
  t.strictSame(changesBetween(light, dark), [[['marks', '0', 'fill'], 'white']]);
  t.strictSame(changesBetween(light, light), []);
});

t.test('what has lost a key is replaced', async (t) => {
  t.strictSame(changesBetween({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { b: 1 }, d: [1] }), [
    [['a'], { b: 1 }],
    [['d'], [1]],
  ]);
});
