import { join } from 'node:path';
import t from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedFolds } from '../../src/data/stratified-folds.js';
import { splitRows, stratifiedSplit } from '../../src/data/stratified-split.js';
import { accuracy } from '../../src/metrics/accuracy.js';
import { predict } from '../../src/model/model.js';
import type { Options } from '../../src/model/options.js';
import { fit } from '../../src/model/training/train.js';
import { evaluate } from '../../src/run/evaluation.js';
import { heldBytes } from '../../src/storage.js';
import { workAlone } from '../../src/trials/staffs/alone.js';
import { memoryOfThread, startTrialThreads } from '../../src/trials/staffs/trial-threads.js';
import { dealFolds, foldTrials, summariseTrials, trialRunner } from '../../src/trials/trial.js';
import { mixedTable } from '../model/mixed-table.js';

const dataset = await loadDigits();
const data = { sha256: '', testSplit: 0.2, seed: 13 };
const trialsOf = (options: Options, folds = 5) =>
  foldTrials(
    {
      version: '',
      data,
      options: { epochs: 20, learningRate: 0.1, learningRateDecay: 0, seed: 13, ...options },
    },
    folds,
  );
t.test('one thread and several give the same results, each for its trial', async (t) => {
  const trials = [
    ...trialsOf({}),
    ...trialsOf({ learningRate: 1e300 }, 2),
    ...trialsOf({ batchSize: 50 }, 3),
  ];
  const alone = workAlone(dataset);
  const expected = await Promise.all(trials.map(alone.run));
  t.same(
    expected.slice(5, 7).map((result) => Object.keys(result)),
    Array(2).fill(['rows', 'diverged']),
  );
  t.ok(new Set(expected.map((result) => JSON.stringify(result))).size >= trials.length - 1);
  t.equal(summariseTrials(expected), undefined);
  for (const count of [1, 3]) {
    const threads = startTrialThreads(dataset, count);
    t.same(await Promise.all(trials.map(threads.run)), expected, `${count}`);
    threads.dismiss();
  }
});

t.test('threads get the kinds of columns, and each fold learns its features from its own rows', async (t) => {
  const mixed = mixedTable(300, 1);
  const trials = trialsOf({ solver: 'lbfgs' }, 3);
  const threads = startTrialThreads(mixed, 2);
  const found = await Promise.all(trials.map(threads.run));
  threads.dismiss();
  const levels = new Set<string>();
  for (const [index, { train, test }] of dealFolds(mixed, data, 3).entries()) {
    const { epochs, seed } = trials[index].options;
    const model = await fit(mixed, train, { solver: 'lbfgs', epochs, seed });
    const { accuracy } = await evaluate(model, mixed, test);
    t.match(found[index], { rows: test.length, accuracy });
    levels.add(JSON.stringify(model.columns?.[3]));
  }
  t.equal(levels.size, 3);
});

t.test('a fold that does not exist is an error, on a thread too', async (t) => {
  const [trial] = trialsOf({});
  const astray = { ...trial, fold: { count: 5, index: 5 } };
  const threads = startTrialThreads(dataset, 2);
  for (const staff of [workAlone(dataset), threads]) {
    await t.rejects(staff.run(astray), /^found fold 5, expected one from 0 to 4$/);
    t.ok(await staff.run(trial), 'and the next is done');
    staff.dismiss();
  }
});

t.test('a thread that fails or ends rejects its trial, and leaves no other pending', async (t) => {
  const folder = t.testdir({
    'throws.mjs': `import { worker } from '${import.meta.resolve('workerpool')}';
      worker({ runTrial: () => setTimeout(() => { throw new Error('out of order'); }) && new Promise(() => {}) });`,
    'exits.mjs': `import { worker } from '${import.meta.resolve('workerpool')}';
      worker({ runTrial: () => process.exit(3) });`,
    'breaks.mjs': `throw new Error('never began');`,
  });
  for (const [script, message] of [
    ['throws.mjs', /^a thread that ran trials failed: .*out of order$/],
    ['exits.mjs', /^a thread that ran trials failed: .*terminated/],
    ['breaks.mjs', /^a thread that ran trials failed: .*never began$/],
  ] as const) {
    const threads = startTrialThreads(dataset, 2, join(folder, script));
    const running = trialsOf({}).map(threads.run);
    await t.rejects(Promise.all(running), { message }, script);
    threads.dismiss();
    for (const { status } of await Promise.allSettled(running)) t.equal(status, 'rejected');
  }
});

t.test('a dismissed staff rejects running and waiting trials', async (t) => {
  const [first, ...others] = trialsOf({ epochs: 10_000_000 });
  for (const staff of [workAlone(dataset), startTrialThreads(dataset, 2)]) {
    const running = [first, ...others].map(staff.run);
    setTimeout(staff.dismiss, 100);
    for (const outcome of await Promise.allSettled(running)) {
      t.match(outcome, {
        status: 'rejected',
        reason: { message: /^the trials were cancelled$|terminated$/ },
      });
    }
    await t.rejects(staff.run(trialsOf({ epochs: 1 })[0]), /cancelled/);
  }
});

t.test('validation rows are held out of the training rows of a fold', async (t) => {
  const { labels } = dataset;
  const options = { epochs: 400, learningRate: 1, learningRateDecay: 0, patience: 3, seed: 13 };
  const [trial] = trialsOf({ ...options, validationSplit: 0.2 });
  const { train } = stratifiedSplit(labels, data);
  const [fold] = stratifiedFolds(
    train.map((row) => labels[row]),
    { folds: 5, seed: 13 },
  );
  const [rows, tested] = [fold.train, fold.test].map((side) => side.map((place) => train[place]));
  const split = splitRows(labels, rows, { testSplit: 0.2, seed: 13 });
  const model = await fit(dataset, split.train, { ...options, validation: split.test });
  const { predictions } = await predict(model, dataset.features, tested);
  const found = await trialRunner(dataset)(trial);
  t.match(found, {
    accuracy: accuracy(
      tested.map((row) => labels[row]),
      predictions,
    ),
    ending: { ...model.ending, converged: 'validation' },
  });
});

t.test('threads share what is in memory once, and the rest of a limit', async (t) => {
  const { features, labels } = dataset;
  const shared = heldBytes(labels.length) + features.values.byteLength;
  t.equal(memoryOfThread(dataset, 2 ** 29, 8), shared + (2 ** 29 - shared) / 8);
  t.equal(memoryOfThread(dataset, 2 ** 20, 8), shared);
  // So a small table stays in memory, however many threads there are.
  const packed = 4 * labels.length * features.columns;
  t.ok(memoryOfThread(dataset, 2 ** 29, 8) > shared + packed);
});
