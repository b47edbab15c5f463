import t from 'tap';
import { validate } from '../../src/artifacts/schemas.js';
import { trainingDynamics } from '../../src/artifacts/training-dynamics.js';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedSplit } from '../../src/data/stratified-split.js';
import { type Options, settle, trainedOn } from '../../src/model/options.js';
import { type Epoch, fit } from '../../src/model/training/train.js';
import { concludeRun, type Run } from '../../src/run/run.js';

const digits = await loadDigits();
const split = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 1 });

async function runOf(options: Options, validation?: Int32Array): Promise<Run> {
  const given = { epochs: 9, ...options };
  const history: Epoch[] = [];
  const asked = { ...given, ...(validation && { validation }) };
  const model = await fit(digits, split.train, asked, (epoch) => history.push(epoch));
  const plan = { dataset: digits, options: settle(given, trainedOn(digits, split.train)), sides: split };
  return concludeRun(plan, model, history);
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
        solver: 'momentum',
        schedule: 'warmup-cosine',
      });
      await t.resolves(validate('training_dynamics', payload));
    }
  },
);

t.test('the solver that is usual for random features is named, for its rates may rise', async (t) => {
  const payload = await trainingDynamics.payload(await runOf({ features: 'rbf', components: 64 }));
  t.equal(payload.solver, 'lbfgs');
  await t.resolves(validate('training_dynamics', payload));
});
