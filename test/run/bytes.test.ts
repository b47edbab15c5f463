import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { findingsOf } from '../../src/checks/registry.js';
import { datasetSha256 } from '../../src/data/checksum.js';
import { everyRow, type LoadedDataset } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { npz } from '../../src/exports/npz.js';
import { permutationImportance } from '../../src/metrics/importance.js';
import { predictProbabilities } from '../../src/model/model.js';
import type { Options } from '../../src/model/options.js';
import { type RunControls, trainAndTest } from '../../src/run/run.js';
import { startTrialThreads } from '../../src/trials/staffs/trial-threads.js';
import { foldTrials } from '../../src/trials/trial.js';

/** The same table in float32. */
function widened(dataset: LoadedDataset): LoadedDataset {
  const { features } = dataset;
  return { ...dataset, features: { ...features, values: Float32Array.from(features.values) } };
}

/** Rows of bytes with two classes; most are 0, as in pictures. */
const table = fc
  .record({ rows: fc.integer({ min: 20, max: 60 }), columns: fc.integer({ min: 1, max: 9 }) })
  .chain(({ rows, columns }) =>
    fc.uint8Array({ minLength: rows * columns, maxLength: rows * columns }).map(
      (values): LoadedDataset => ({
        features: { rows, columns, values },
        labels: Int32Array.from({ length: rows }, (_, row) => row % 2),
        classes: ['a', 'b'],
      }),
    ),
  );

const options = fc.constantFrom<Options & RunControls>(
  { epochs: 5 },
  { epochs: 5, batchSize: 7 },
  { epochs: 5, threads: 2 },
  { solver: 'lbfgs' },
  { solver: 'lbfgs', features: 'rbf', components: 8 },
  { solver: 'lbfgs', validationSplit: 0.2 },
);

/** All that a run says of a table, and what is made of its model. */
async function resultsOf(dataset: LoadedDataset, options: Options & RunControls) {
  const run = await trainAndTest(dataset, options);
  const { model, sides, test, history, trainAccuracy } = run;
  return {
    sum: await datasetSha256(dataset),
    model,
    sides,
    logits: test.logits(),
    losses: history.map(({ loss, gradientNorm, validationLoss }) => [loss, gradientNorm, validationLoss]),
    trainAccuracy,
    all: await predictProbabilities(model, dataset.features, everyRow(dataset.features)),
    importance: await permutationImportance(model, dataset, sides.test, 1),
    findings: findingsOf({ run }),
    npz: await npz.encode(model, '1'),
  };
}

t.test(
  'bytes and the same numbers in float32: the same weights, predictions, splits, checks, exports',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(table, options, async (dataset, options) => {
        deepStrictEqual(await resultsOf(dataset, options), await resultsOf(widened(dataset), options));
      }),
      { numRuns: 25 },
    );
    t.pass();
  },
);

t.test('threads of trials share bytes', async (t) => {
  const digits = await loadDigits();
  const { features } = digits;
  const narrowed = { ...digits, features: { ...features, values: Uint8Array.from(features.values) } };
  const data = { sha256: '', testSplit: 0.2, seed: 13 };
  const trials = foldTrials({ version: '', data, options: { epochs: 5, seed: 13 } }, 2);
  const found = [];
  for (const dataset of [narrowed, digits]) {
    const threads = startTrialThreads(dataset, 2);
    found.push(await Promise.all(trials.map(threads.run)));
    threads.dismiss();
  }
  t.strictSame(found[0], found[1]);
});
