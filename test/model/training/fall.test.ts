import t from 'tap';
import { everyRow } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import type { TrainOptions } from '../../../src/model/training/controls.js';
import { isStillFalling, lastTenthOf } from '../../../src/model/training/fall.js';
import { type Epoch, fit } from '../../../src/model/training/train.js';

const digits = await loadDigits();
const everyDigit = everyRow(digits.features);

t.test('the last tenth of the epochs is rounded up', async (t) => {
  const first = [1, 2, 9, 10, 11, 20, 21, 150].map(lastTenthOf);
  t.strictSame(first, [1, 2, 9, 10, 10, 19, 19, 136]);
});

t.test('a loss falls still if it fell by more than 1%', async (t) => {
  t.ok(isStillFalling(1, 0.98));
  t.notOk(isStillFalling(1, 0.995));
  t.notOk(isStillFalling(1, 1.5), 'it rose');
  t.notOk(isStillFalling(0, 0));
});

t.test('a training by gradient descent says that its loss was still falling, and only then', async (t) => {
  /** Trains, and tells how far the loss fell over the last tenth, as the next epoch would have found it. */
  const fallOf = async (options: TrainOptions) => {
    const { epochs = 150 } = options;
    const losses: number[] = [];
    const next = { ...options, epochs: epochs + 1 };
    await fit(digits, everyDigit, next, ({ loss }: Epoch) => losses.push(loss));
    const { ending } = await fit(digits, everyDigit, options);
    return { fall: 1 - losses[epochs] / losses[lastTenthOf(epochs) - 1], ending };
  };
  const unsteady: TrainOptions[] = [
    {},
    { epochs: 1 },
    { epochs: 30, solver: 'momentum' },
    { epochs: 30, solver: 'adam' },
  ];
  for (const options of unsteady) {
    const { fall, ending } = await fallOf(options);
    t.ok(fall > 0.01, `${fall}`);
    t.strictSame(ending, { iterations: options.epochs ?? 150, converged: false });
  }
  for (const options of [
    { epochs: 400, learningRate: 1, l2: 0.1 },
    { epochs: 1, learningRate: 1e-5 },
  ]) {
    const { fall, ending } = await fallOf(options);
    t.ok(fall >= 0 && fall < 0.01, `${fall}`);
    t.equal(ending, undefined);
  }
});

t.test('batches are judged by their mean before the last tenth', async (t) => {
  const options = { solver: 'adam', batchSize: 200, epochs: 3 } as const;
  t.strictSame((await fit(digits, everyDigit, options)).ending, { iterations: 3, converged: false });
  t.equal((await fit(digits, everyDigit, { ...options, learningRate: 1e-9 })).ending, undefined);
});

t.test('where the kept weights are not those of the last epoch, more epochs would not help', async (t) => {
  const rows = everyDigit.subarray(60);
  const options = { validation: everyDigit.subarray(0, 60), learningRate: 3, epochs: 200 };
  const { ending, validation } = await fit(digits, rows, options);
  t.ok(Number(validation?.epoch) < 200);
  t.equal(ending, undefined);
  const short = await fit(digits, rows, { ...options, learningRate: 0.1, epochs: 10 });
  t.equal(short.validation?.epoch, 10);
  t.strictSame(short.ending, { iterations: 10, converged: false });
});
