/**
 * `npm run solvers [PYTHON]`: accuracy and time of each solver on the digits, compared with scikit-learn if it is installed.
 * Prints the mean accuracy over 20 splits and the median time of a training, including its scaler and random features. The
 * solvers take turns, each on one thread.
 */
import { evaluate, fit, loadDigits, stratifiedSplit } from '../../dist/index.js';
import { quantile } from '../peers/result.js';
import { startScikitLearn } from './scikit-learn.js';

const SEEDS = 20;
const ROWS = 1437;
const ROUNDS = 3;
/** Corresponds to scikit-learn's C = 1. */
const l2 = 1 / ROWS;
const random = { components: 3072, l2: 2e-6 };

/** @typedef {(seed: number) => Promise<import('./scikit-learn.js').Measured>} Train */

const digits = await loadDigits();

/**
 * @param {object} options
 * @returns {Train}
 */
const ours = (options) => async (seed) => {
  const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed });
  const start = performance.now();
  const model = await fit(digits, train, { threads: 1, seed, ...options });
  const seconds = (performance.now() - start) / 1000;
  const { accuracy } = await evaluate(model, digits, test);
  return { seconds, accuracy };
};

const given = process.argv.slice(2);
const peer = startScikitLearn(given.length > 0 ? given : ['python3', '/usr/bin/python3']);
/** @type {[solver: string, features: string, train: Train][]} */
const racers = [
  ['`gd`', 'raw', ours({})],
  ['`gd --learning-rate 1`', 'raw', ours({ learningRate: 1 })],
  ['`momentum`', 'raw', ours({ solver: 'momentum' })],
  ['`adam --batch-size 32 --epochs 20`', 'raw', ours({ solver: 'adam', batchSize: 32, epochs: 20 })],
  ['`lbfgs --l2 0.000696`', 'raw', ours({ solver: 'lbfgs', l2 })],
  ['`lbfgs --components 512`', '`rbf`', ours({ features: 'rbf', components: 512 })],
  ['`lbfgs`', '`rbf`', ours({ features: 'rbf' })],
];
if (peer) {
  const name = `scikit-learn ${peer.version}`;
  racers.push(
    [`${name}, C = 1`, 'raw', (seed) => peer.train({ seed, l2 })],
    [`${name}`, 'RBFSampler', (seed) => peer.train({ seed, ...random })],
  );
}

/** @param {number} seconds */
const milliseconds = (seconds) => {
  const exact = 1000 * seconds;
  return `${exact < 100 ? exact.toFixed(1) : exact.toFixed(0)} ms`;
};

/** @type {import('./scikit-learn.js').Measured[][]} */
const measured = racers.map(() => []);
for (let round = 0; round < ROUNDS; round++) {
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const [index, [, , train]] of racers.entries()) {
      const result = await train(seed);
      // The first round is a warm-up.
      if (round > 0) measured[index].push(result);
    }
  }
}
peer?.close();

console.log('| solver | features | accuracy | time |');
console.log('| --- | --- | --- | --- |');
for (const [index, [solver, features]] of racers.entries()) {
  const results = measured[index];
  const accuracy = results.reduce((sum, result) => sum + result.accuracy, 0) / results.length;
  const seconds = quantile(
    results.map((result) => result.seconds),
    0.5,
  );
  console.log(`| ${solver} | ${features} | ${(100 * accuracy).toFixed(2)}% | ${milliseconds(seconds)} |`);
}
if (!peer)
  console.error('scikit-learn is left out: found no python3 that has it, expected the path of one after --');
