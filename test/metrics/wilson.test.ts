import { readFileSync } from 'node:fs';
import t from 'tap';
import { wilson } from '../../src/metrics/wilson.js';

interface Case {
  readonly successes: number;
  readonly n: number;
  readonly interval: readonly number[];
}

const path = new URL('../fixtures/wilson.json', import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, 'utf8'));

t.test("the intervals of statsmodels' formula", async (t) => {
  t.ok(cases.length >= 10);
  for (const { successes, n, interval } of cases) {
    for (const [end, found] of wilson(successes, n).entries()) {
      t.ok(Math.abs(found - interval[end]) < 1e-15, `${successes} of ${n}: ${found}, not ${interval[end]}`);
    }
  }
});

t.test('ends are exactly 0 and 1 where none and all succeed', async (t) => {
  for (const n of [1, 2, 3, 7, 360, 1e6]) {
    t.equal(wilson(0, n)[0], 0);
    t.equal(wilson(n, n)[1], 1);
  }
});
