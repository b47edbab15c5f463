import t from 'tap';
import { loadDigits } from '../../../src/data/digits.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { createCrossEntropy } from '../../../src/model/training/cross-entropy.js';
import { fit } from '../../../src/model/training/train.js';
import { Turns } from '../../../src/model/turns.js';
import { evaluate } from '../../../src/run/evaluation.js';
import { createOracle } from '../../core/oracle.js';

const digits = await loadDigits();
const rows = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });
const options = { learningRate: 0.1, learningRateDecay: 0.01 };
const model = await fit(digits, rows.train, { ...options, epochs: 40 });

t.test('it is the mean −log of the probability of each true class', async (t) => {
  const { labels, probabilities } = await evaluate(model, digits, rows.test);
  const all = probabilities();
  const expected =
    labels.reduce((sum, label, row) => sum - Math.log(all[row * 10 + label]), 0) / labels.length;
  const crossEntropy = await createCrossEntropy(digits, rows.test, model);
  t.ok(Math.abs((await crossEntropy(model)) - expected) < 1e-6);
});

t.test('of the training rows it is the loss of the next epoch, to the last bit', async (t) => {
  const losses: number[] = [];
  await fit(digits, rows.train, { ...options, epochs: 41 }, ({ loss }) => losses.push(loss));
  const crossEntropy = await createCrossEntropy(digits, rows.train, model);
  t.equal(await crossEntropy(model), losses[40]);
});

t.test('it is computed anew for all parameters, also by the oracle', async (t) => {
  const crossEntropy = await createCrossEntropy(digits, rows.test, model);
  const nothing = { weights: new Float32Array(640), bias: new Float32Array(10) };
  const first = await crossEntropy(model);
  t.ok(Math.abs((await crossEntropy(nothing)) - Math.log(10)) < 1e-6);
  t.equal(await crossEntropy(model), first);
  const oracle = await createCrossEntropy(digits, rows.test, model, new Turns(), createOracle);
  t.ok(Math.abs((await oracle(model)) - first) < 1e-6);
});

t.test('weights too large for finite logits have no finite cross-entropy', async (t) => {
  const crossEntropy = await createCrossEntropy(digits, rows.test, model);
  const weights = new Float32Array(640).fill(3e38);
  t.notOk(Number.isFinite(await crossEntropy({ weights, bias: new Float32Array(10) })));
});

t.test('a signal ends it with its reason', async (t) => {
  const controller = new AbortController();
  const crossEntropy = await createCrossEntropy(digits, rows.test, model, new Turns(controller.signal));
  controller.abort(new Error('enough'));
  await t.rejects(crossEntropy(model), { message: 'enough' });
});
