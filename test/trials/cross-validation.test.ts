import { readFileSync } from 'node:fs';
import t from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import { foldTrials, summariseTrials, trialRunner } from '../../src/trials/trial.js';

interface Expected {
  readonly seed: number;
  readonly folds: readonly {
    readonly rows: number;
    readonly accuracy: number;
    readonly cross_entropy: number;
  }[];
}

const fixture = new URL('../fixtures/cross_validation.json', import.meta.url);
const expected: readonly Expected[] = JSON.parse(readFileSync(fixture, 'utf8'));
const digits = await loadDigits();
const options = {
  epochs: 500,
  learningRate: 0.1,
  learningRateDecay: 0,
  solver: 'lbfgs',
  l2: 0.001,
  tolerance: 1e-7,
} as const;

for (const { seed, folds } of expected) {
  t.test(`folds score as in scikit-learn: seed ${seed}`, async (t) => {
    const data = { sha256: '', testSplit: 0.2, seed };
    const trials = foldTrials({ version: '', data, options: { ...options, seed } }, folds.length);
    const run = trialRunner(digits);
    const results = await Promise.all(JSON.parse(JSON.stringify(trials)).map(run));
    const found = summariseTrials(results);
    if (!found) throw new Error('a fold diverged');
    for (const [index, fold] of found.folds.entries()) {
      t.equal(fold.rows, folds[index].rows);
      t.ok(Math.abs(fold.accuracy - folds[index].accuracy) < 1e-12, `fold ${index}: ${fold.accuracy}`);
      t.ok(Math.abs(fold.crossEntropy - folds[index].cross_entropy) < 2e-6, `${fold.crossEntropy}`);
    }
    const accuracies = folds.map(({ accuracy }) => accuracy);
    const mean = accuracies.reduce((sum, value) => sum + value) / folds.length;
    const squares = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    t.ok(Math.abs(found.accuracy.mean - mean) < 1e-12);
    t.ok(Math.abs(found.accuracy.std - Math.sqrt(squares / (folds.length - 1))) < 1e-12);
  });
}
