import { readFileSync } from 'node:fs';
import t from 'tap';
import { balanceOf } from '../../src/metrics/balance.js';
import { confusionMatrix } from '../../src/metrics/confusion-matrix.js';
import { mcnemar, pairedInterval } from '../../src/metrics/mcnemar.js';
import { properScores } from '../../src/metrics/proper-scores.js';

const { scores, paired } = JSON.parse(
  readFileSync(new URL('../fixtures/scores.json', import.meta.url), 'utf8'),
);

t.test('log-loss, Brier score and balanced accuracy are those of scikit-learn', (t) => {
  for (const { labels, probabilities, log_loss, brier_score, balanced_accuracy } of scores) {
    const k = probabilities.length / labels.length;
    const { logLoss, brierScore } = properScores(Int32Array.from(labels), Float64Array.from(probabilities));
    t.ok(Math.abs(logLoss - log_loss) < 1e-13 * log_loss, `${logLoss}`);
    t.ok(Math.abs(brierScore - brier_score) < 1e-14, `${brierScore}`);
    const predictions = Int32Array.from(labels, (_: number, row: number) => {
      const own = probabilities.slice(row * k, (row + 1) * k);
      return own.indexOf(Math.max(...own));
    });
    const { balancedAccuracy } = balanceOf(confusionMatrix(Int32Array.from(labels), predictions, k));
    t.ok(Math.abs(balancedAccuracy - balanced_accuracy) < 1e-15);
  }
  t.throws(() => properScores(Int32Array.of(0, 1), Float64Array.of(1, 0, 1)), RangeError);
  t.throws(() => properScores(new Int32Array(), new Float64Array()), RangeError);
  t.end();
});

t.test("McNemar's exact test and the interval of the difference", (t) => {
  for (const { only_first, only_second, rows, p, interval } of paired) {
    t.ok(Math.abs(mcnemar(only_first, only_second) - p) <= 1e-9 * p, `${only_first} ${only_second}`);
    t.equal(mcnemar(only_second, only_first), mcnemar(only_first, only_second));
    const found = pairedInterval(only_first, only_second, rows);
    for (const [index, end] of found.entries()) t.ok(Math.abs(end - interval[index]) < 1e-12);
  }
  t.end();
});
