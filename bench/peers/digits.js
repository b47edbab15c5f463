/** `digits` itself through its public interface, on its core and on the baseline in JavaScript. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { classifyingRunner } from './peer.js';
import { createJavaScriptCore, gatherFrom, loadCore, loadTrainer, predict, train } from './project.js';

/** @typedef {import('../../dist/types/entries/index.js').CreateCore} CreateCore */

/** @returns {Promise<import('./peer.js').Peer[]>} */
export async function load() {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const library = `digits ${version}`;
  const createWasmCore = await loadCore();
  const threads = availableParallelism();
  const relaxed = await loadCore('relaxed').catch(() => undefined);
  return [
    {
      name: 'digits',
      library,
      threaded: false,
      train: (job) => trainOn(job, { threads: 1 }),
      classify: (job) => classifyOn(createWasmCore(job.shape), job),
    },
    {
      name: `digits, ${threads} threads`,
      library,
      threaded: true,
      train: (job) => trainOn(job, { threads }),
      classify: async (job) => classifyOn(await loadTrainer(job.shape, threads), job),
    },
    ...(relaxed
      ? [
          {
            name: 'digits, relaxed SIMD',
            library,
            threaded: false,
            /** @param {import('./jobs.js').Training} job */
            train: (job) => trainOn(job, { threads: 1, arithmetic: 'relaxed' }),
            /** @param {import('./jobs.js').Prediction} job */
            classify: (job) => classifyOn(relaxed(job.shape), job),
          },
        ]
      : []),
    {
      name: 'digits, predict() from raw rows',
      library,
      threaded: false,
      classify: (job) => predictOn(createWasmCore, job),
    },
    {
      name: 'digits, baseline in JavaScript',
      library,
      threaded: false,
      train: (job) => trainOn(job, { createCore: createJavaScriptCore }),
      classify: (job) => classifyOn(createJavaScriptCore(job.shape), job),
    },
  ];
}

/**
 * Epochs as users run them, timed by the library.
 *
 * @param {import('./jobs.js').Training} job
 * @param {Pick<import('../../dist/types/entries/index.js').TrainOptions, 'threads' | 'arithmetic' | 'createCore'>} on
 * @returns {Promise<import('./peer.js').Runner>}
 */
async function trainOn({ dataset, chosen, rate }, on) {
  const training = train(dataset, chosen, {
    epochs: 2 ** 32 - 1,
    learningRate: rate,
    learningRateDecay: 0,
    ...on,
  });
  return {
    async turn(count) {
      const seconds = [];
      const losses = [];
      for (let i = 0; i < count; i++) {
        const step = await training.next();
        if (step.done) throw new Error('the training ended unexpectedly');
        seconds.push(step.value.duration);
        losses.push(step.value.loss);
      }
      return { seconds, outcome: losses };
    },
    async close() {
      await training.return(/** @type {never} */ (undefined));
    },
  };
}

/**
 * Classifies with a trainer on which the table is packed.
 *
 * @param {import('../../dist/types/entries/index.js').Trainer} core
 * @param {import('./jobs.js').Prediction} job
 */
async function classifyOn(core, { shape, values, weights, bias }) {
  core.weights.set(weights);
  core.bias.set(bias);
  core.pack(gatherFrom(values, shape.features), everyRow(shape), unchanged(shape));
  return classifyingRunner(
    () => core.classes(shape.rows),
    () => core.close(),
  );
}

/**
 * The whole path from a table in JavaScript: standardise, pack and classify, 1024 rows at a time.
 *
 * @param {CreateCore} createCore
 * @param {import('./jobs.js').Prediction} job
 */
async function predictOn(createCore, { shape, values, weights, bias }) {
  const model = {
    classes: Array.from(bias, (_, label) => String(label)),
    scaler: unchanged(shape),
    weights,
    bias,
  };
  const table = { rows: shape.rows, columns: shape.features, values };
  const rows = everyRow(shape);
  return classifyingRunner(async () => (await predict(model, table, rows, createCore)).predictions);
}

/** @param {import('./jobs.js').Shape} shape */
function everyRow({ rows }) {
  return Int32Array.from({ length: rows }, (_, row) => row);
}

/**
 * The identity standardisation.
 *
 * @param {import('./jobs.js').Shape} shape
 */
function unchanged({ features }) {
  return { mean: new Float64Array(features), scale: new Float64Array(features).fill(1) };
}
