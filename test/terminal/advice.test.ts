import t from 'tap';
import type { Ending, Model } from '../../src/model/model.js';
import { type Options, settle } from '../../src/model/options.js';
import { adviceFor } from '../../src/terminal/advice.js';

const on = { isDigits: true, rows: 100, classes: 10 };
const adviceOn = (given: Options, ending: Ending | undefined, interactive = true) =>
  adviceFor({ options: settle(given, on), model: { ...(ending && { ending }) } as Model }, interactive);

t.test('a training that has not converged is told what helps', async (t) => {
  const ending = { iterations: 150, converged: false } as const;
  t.equal(
    adviceOn({}, ending),
    'the loss was still falling after 150 epochs: give more --epochs, a larger --learning-rate, or --solver lbfgs',
  );
  t.equal(adviceOn({}, ending, false), undefined, 'it is for people');
  const unconverged = 'training had not converged after 1 epoch: give more --epochs or a larger --tolerance';
  for (const interactive of [true, false]) {
    t.equal(adviceOn({ solver: 'lbfgs' }, { ...ending, iterations: 1 }, interactive), unconverged);
    t.equal(adviceOn({ tolerance: 1e-3 }, { ...ending, iterations: 1 }, interactive), unconverged);
  }
});

t.test('others are told nothing', async (t) => {
  t.equal(adviceOn({}, undefined), undefined);
  t.equal(adviceOn({ solver: 'lbfgs' }, { iterations: 9, converged: 'gradient' }), undefined);
  const patient = { validationSplit: 0.1, patience: 3 };
  t.equal(adviceOn(patient, { iterations: 150, converged: false }), undefined);
});
