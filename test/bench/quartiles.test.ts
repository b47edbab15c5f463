import t from 'tap';
import { quartiles } from '../../src/bench/quartiles.js';

t.test("quartiles are those of NumPy's percentile", async (t) => {
  t.same(quartiles([7]), { lower: 7, median: 7, upper: 7 });
  t.same(quartiles([4, 1]), { lower: 1.75, median: 2.5, upper: 3.25 });
  t.same(quartiles([5, 1, 3, 2, 4]), { lower: 2, median: 3, upper: 4 });
  t.same(quartiles([10, 9, 100, 1, 2, 30]), { lower: 3.75, median: 9.5, upper: 25 });
});
