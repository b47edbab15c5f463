import t from 'tap';
import type { Run } from '../../src/artifacts/artifact.js';
import { trainingDynamics } from '../../src/artifacts/training-dynamics.js';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedSplit } from '../../src/data/stratified-split.js';
import { validators } from '../../src/generated/validators.js';
import { type Epoch, fit } from '../../src/model/training/train.js';
import { evaluate } from '../../src/run/evaluation.js';

const digits = await loadDigits();
const split = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 1 });

async function runOf(options: Partial<Run['options']>, validation?: Int32Array): Promise<Run> {
  const settings = {
    epochs: 9,
    learningRate: 0.1,
    learningRateDecay: 0.1,
    testSplit: 0.2,
    seed: 1,
    ...options,
  };
  const history: Epoch[] = [];
  const asked = { ...settings, ...(validation && { validation }) };
  const model = await fit(digits, split.train, asked, (epoch) => history.push(epoch));
  const test = await evaluate(model, digits, split.test);
  const { classes } = digits;
  return {
    classes,
    dataset: digits,
    options: settings,
    version: '1',
    model,
    trainAccuracy: 1,
    test,
    history,
  };
}

t.test(
  'it has rate, loss and gradient norm of each epoch, and the validation loss where there is one',
  async (t) => {
    for (const validation of [undefined, split.test]) {
      const run = await runOf({ solver: 'momentum', schedule: 'warmup-cosine' }, validation);
      const payload = await trainingDynamics.payload(run);
      t.strictSame(payload, {
        epochs: [1, 2, 3, 4, 5, 6, 7, 8, 9],
        learning_rates: run.history.map(({ learningRate }) => learningRate),
        losses: run.history.map(({ loss }) => loss),
        gradient_norms: run.history.map(({ gradientNorm }) => gradientNorm),
        ...(validation && { validation_losses: run.history.map(({ validationLoss }) => validationLoss) }),
        ...{ solver: 'momentum', schedule: 'warmup-cosine' },
      });
      t.equal(validators.training_dynamics(payload), true);
    }
  },
);

t.test('the solver that is usual for random features is named, for its rates may rise', async (t) => {
  const payload = await trainingDynamics.payload(await runOf({ features: 'rbf', components: 64 }));
  t.equal(payload.solver, 'lbfgs');
  t.equal(validators.training_dynamics(payload), true);
});
