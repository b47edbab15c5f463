import { createHash } from 'node:crypto';
import { ftruncateSync, readdirSync, readlinkSync } from 'node:fs';
import t from 'tap';
import { randomTable } from '../../../src/bench/random-table.js';
import type { CreateCore } from '../../../src/core/core.js';
import { loadCore } from '../../../src/core/load.js';
import type { Dataset, LoadedDataset } from '../../../src/data/dataset.js';
import { everyRow } from '../../../src/data/dataset.js';
import type { Options } from '../../../src/model/options.js';
import { fit } from '../../../src/model/training/train.js';
import { concludeRun, planRun, type Run, trainAndTest } from '../../../src/run/run.js';
import { crossValidate } from '../../../src/trials/cross-validation.js';
import { startTrialThreads } from '../../../src/trials/staffs/trial-threads.js';
import { spooled } from '../../data/spooled.js';
import { mixedTable } from '../mixed-table.js';

/** Numbers alone, in so many rows that their blocks fill the windows several times. */
const numbers = randomTable({ rows: 45_000, features: 61, classes: 3 }, 5);
/** Numbers with gaps, and text; 134 features. */
const mixed: LoadedDataset = {
  ...mixedTable(16_000, 3),
  weights: Float64Array.from({ length: 16_000 }, (_, row) => row % 4),
};

/** All that a run computes from the table. */
function resultOf({ model, trainAccuracy, test }: Run) {
  const { weights, bias, scaler, columns, validation, temperature } = model;
  const hash = createHash('sha256');
  const { predictions, probabilities, logits } = test;
  for (const numbers of [weights, bias, predictions, probabilities(), logits()]) hash.update(numbers);
  return { numbers: hash.digest('hex'), scaler, columns, validation, temperature, trainAccuracy };
}

const optionsToTry: readonly Options[] = [
  { epochs: 8 },
  { solver: 'gd', epochs: 4, learningRate: 0.3 },
  { solver: 'momentum', epochs: 3, classWeight: 'balanced' },
  { solver: 'adam', epochs: 4, validationSplit: 0.1, patience: 1, learningRate: 0.5 },
  { solver: 'gd', epochs: 2, batchSize: 1000 },
  { solver: 'adam', epochs: 2, batchSize: 4097, validationSplit: 0.2 },
  { features: 'rbf', components: 64, epochs: 4 },
  { features: 'rbf', components: 32, solver: 'adam', epochs: 2, batchSize: 2048 },
  { solver: 'lbfgs', epochs: 6, calibrate: 'temperature' },
];

for (const [name, table] of [
  ['numbers', numbers],
  ['mixed columns', mixed],
] as const) {
  t.test(`${name}: a training on rows in a file has the same bits, on any number of threads`, async (t) => {
    const inFile = spooled(table);
    for (const options of optionsToTry) {
      const words = JSON.stringify(options);
      const expected = resultOf(await trainAndTest(table, { ...options, threads: 1 }));
      for (const threads of options.batchSize || options.calibrate || options.features ? [1] : [1, 3]) {
        const run = await trainAndTest(inFile, { ...options, threads });
        t.strictSame(resultOf(run), expected, `${words} on ${threads}`);
      }
    }
  });
}

t.test('packed rows are in a file where only they take too much memory', async (t) => {
  const inMemory = { ...mixed, storage: { memory: 0 } };
  const options = { solver: 'adam', epochs: 3 } as const;
  for (const given of [options, { ...options, batchSize: 512 }]) {
    const [found, expected] = [await trainAndTest(inMemory, given), await trainAndTest(mixed, given)];
    t.strictSame(resultOf(found), resultOf(expected));
  }
});

t.test('a core of the caller gets a file for the packed rows, too', async (t) => {
  const rows = everyRow(numbers.features);
  const create = await loadCore();
  const wereInFile: boolean[] = [];
  const createCore: CreateCore = (shape, extra) => {
    wereInFile.push(extra?.spool !== undefined);
    return create(shape, extra);
  };
  const options = { solver: 'gd', epochs: 2, createCore } as const;
  const expected = await fit(numbers, rows, options);
  t.strictSame(await fit(spooled(numbers), rows, options), expected);
  t.strictSame(wereInFile, [false, true]);
});

t.test('packed rows of a table in a file are in memory where they fit', async (t) => {
  const { epochs, threads } = { epochs: 3, threads: 2 };
  const table: Dataset = { ...spooled(numbers), storage: { memory: 2 ** 30 } };
  const expected = await trainAndTest(numbers, { epochs, threads });
  t.strictSame(resultOf(await trainAndTest(table, { epochs, threads })), resultOf(expected));
});

t.test('all rows of a file, one after another, and a training that is resumed', async (t) => {
  const rows = everyRow(numbers.features);
  const options = { solver: 'momentum', epochs: 4 } as const;
  const table = spooled(numbers);
  const states: ReturnType<Parameters<NonNullable<Parameters<typeof fit>[3]>>[0]['state']>[] = [];
  const expected = await fit(numbers, rows, options);
  t.strictSame(await fit(table, rows, options, (epoch) => states.push(epoch.state())), expected);
  t.strictSame(await fit(table, rows, { ...options, resume: states[1] }), expected);
});

t.test('folds of a table in a file, on this thread and on others', async (t) => {
  const expected = await crossValidate(mixed, { epochs: 20 });
  const table = spooled(mixed);
  t.strictSame(await crossValidate(table, { epochs: 20 }), expected);
  const staff = startTrialThreads(
    table,
    2,
    new URL('../../../dist/trial-worker.js', import.meta.url).pathname,
  );
  t.strictSame(await crossValidate(table, { epochs: 20 }, { staff }), expected);
});

t.test('a training gives its files back', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = t.testdir();
  const table: Dataset = { ...spooled(numbers, folder), storage: { memory: 0, folder } };
  const open = () =>
    readdirSync('/proc/self/fd').filter((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder);
      } catch {
        // It was that of the folder of descriptors.
        return false;
      }
    }).length;
  t.equal(open(), 1);
  for (const options of [{ threads: 2 }, { batchSize: 5000 }]) {
    await trainAndTest(table, { epochs: 2, solver: 'gd', validationSplit: 0.1, ...options });
    t.equal(open(), 1);
  }
  const diverging = { epochs: 9, learningRate: 1e38, learningRateDecay: 0, l2: 1 };
  await t.rejects(trainAndTest(table, diverging), { name: 'DivergenceError' });
  t.equal(open(), 1);
  const controller = new AbortController();
  const onEpoch = () => controller.abort(new Error('enough'));
  for (const signal of [controller.signal, AbortSignal.abort(new Error('enough'))]) {
    await t.rejects(trainAndTest(table, { solver: 'gd', epochs: 3, signal, onEpoch }), { message: 'enough' });
    t.equal(open(), 1);
  }
  t.strictSame(readdirSync(folder), []);
});

t.test('a file that is cut off ends a training, whichever thread reads it', async (t) => {
  for (const threads of [1, 2]) {
    const table = spooled(numbers);
    const plan = planRun(table, { epochs: 3, solver: 'gd' });
    const { features } = table;
    const whole = await fit(table, plan.sides.train, { epochs: 1, threads });
    if ('spool' in features) ftruncateSync(features.spool.descriptor, 1000);
    const fault = {
      name: 'SpoolError',
      message: /it ends too early: something has cut it off; start again$/,
    };
    await t.rejects(fit(table, plan.sides.train, { epochs: 3, threads }), fault);
    await t.rejects(concludeRun(plan, whole, []), fault);
  }
});
