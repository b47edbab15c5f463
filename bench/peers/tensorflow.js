/**
 * TensorFlow.js on its WebAssembly backend (with SIMD, and one thread, which is all it has in Node) and on its
 * JavaScript one. The hand-written epoch is the fastest found: fused matMul, softmax in one kernel, and the
 * features transposed once in advance, since the backend's fast product takes nothing transposed. The variant with
 * gradients follows the guides: loss and optimizer.
 */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { classifyingRunner, trainingRunner } from './peer.js';

/** @returns {Promise<import('./peer.js').Peer[]>} */
export async function load() {
  tf.enableProdMode();
  const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(manifest.replace(/package\.json$/, 'dist/'));
  for (const backend of ['cpu', 'wasm']) {
    if (!(await tf.setBackend(backend))) throw new Error(`its backend ${backend} did not start`);
  }
  const library = `TensorFlow.js ${version_wasm}`;
  return ['wasm', 'cpu'].flatMap((backend) => [
    {
      name: `TensorFlow.js ${backend}`,
      library,
      threaded: false,
      train: (job) => trainByHand(backend, job),
      classify: (job) => classify(backend, job),
    },
    {
      name: `TensorFlow.js ${backend}, gradients`,
      library,
      threaded: false,
      train: (job) => trainByGradients(backend, job),
    },
  ]);
}

/**
 * Tensors live on the backend that was active when they were made, so each turn activates its own.
 *
 * @param {string} backend
 * @param {import('./peer.js').Runner} runner
 * @param {tf.Tensor[]} tensors
 * @returns {import('./peer.js').Runner}
 */
function on(backend, runner, tensors) {
  return {
    async turn(count) {
      await tf.setBackend(backend);
      return runner.turn(count);
    },
    close: () => tf.dispose(tensors),
  };
}

/**
 * @param {import('./jobs.js').Training} job
 */
function tableOf({ shape: { rows, features, classes }, values, labels }) {
  const x = tf.tensor2d(values, [rows, features]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat());
  return { x, y };
}

/**
 * @param {string} backend
 * @param {import('./jobs.js').Training} job
 */
async function trainByHand(backend, job) {
  await tf.setBackend(backend);
  const { rows, features, classes } = job.shape;
  const { x, y } = tableOf(job);
  const transposed = tf.transpose(x);
  const weights = tf.variable(tf.zeros([features, classes]));
  const bias = tf.variable(tf.zeros([classes]));
  const epoch = () =>
    tf.tidy(() => {
      const p = tf.softmax(tf.fused.matMul({ a: x, b: weights, bias }));
      const logs = tf.log(tf.sum(tf.mul(y, p), 1));
      const step = tf.mul(tf.sub(p, y), job.rate / rows);
      weights.assign(tf.sub(weights, tf.matMul(transposed, step)));
      bias.assign(tf.sub(bias, tf.sum(step, 0)));
      return -meanOf(logs);
    });
  return on(backend, trainingRunner(epoch), [x, y, transposed, weights, bias]);
}

/**
 * @param {string} backend
 * @param {import('./jobs.js').Training} job
 */
async function trainByGradients(backend, job) {
  await tf.setBackend(backend);
  const { features, classes } = job.shape;
  const { x, y } = tableOf(job);
  const weights = tf.variable(tf.zeros([features, classes]));
  const bias = tf.variable(tf.zeros([classes]));
  const optimizer = tf.train.sgd(job.rate);
  const epoch = () =>
    tf.tidy(() => {
      /** @type {tf.Tensor | undefined} */
      let losses;
      optimizer.minimize(
        () => {
          const logits = x.matMul(weights).add(bias);
          losses = tf.keep(tf.losses.softmaxCrossEntropy(y, logits, undefined, undefined, tf.Reduction.NONE));
          return losses.mean();
        },
        false,
        [weights, bias],
      );
      if (!losses) throw new Error('the optimizer did not ask for the loss');
      const loss = meanOf(losses);
      losses.dispose();
      return loss;
    });
  return on(backend, trainingRunner(epoch), [x, y, weights, bias]);
}

/**
 * The mean, computed in float64: the WebAssembly backend sums a tensor in a single float32, which costs losses of
 * many rows their fifth digit.
 *
 * @param {tf.Tensor} tensor
 */
function meanOf(tensor) {
  const values = tensor.dataSync();
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * @param {string} backend
 * @param {import('./jobs.js').Prediction} job
 */
async function classify(backend, { shape: { rows, features, classes }, values, weights, bias }) {
  await tf.setBackend(backend);
  const x = tf.tensor2d(values, [rows, features]);
  const w = tf.tensor2d(weights, [features, classes]);
  const b = tf.tensor1d(bias);
  const run = () => tf.tidy(() => tf.argMax(tf.fused.matMul({ a: x, b: w, bias: b }), 1).dataSync());
  return on(backend, classifyingRunner(run), [x, w, b]);
}
