/** Native ONNX Runtime, on one thread and on its default number of threads. */
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from './onnx-model.js';
import { classifyingRunner } from './peer.js';

/** @returns {Promise<import('./peer.js').Peer[]>} */
export async function load() {
  const library = `onnxruntime-node ${env.versions.node}`;
  return [
    { name: 'ONNX Runtime, native', library, threaded: true, classify: (job) => classify(job, {}) },
    {
      name: 'ONNX Runtime, native, 1 thread',
      library,
      threaded: false,
      classify: (job) => classify(job, { intraOpNumThreads: 1, interOpNumThreads: 1 }),
    },
  ];
}

/**
 * @param {import('./jobs.js').Prediction} job
 * @param {InferenceSession.SessionOptions} options
 */
async function classify(job, options) {
  const session = await InferenceSession.create(encodeModel(job), {
    graphOptimizationLevel: 'all',
    ...options,
  });
  const x = new Tensor('float32', job.values, [job.shape.rows, job.shape.features]);
  return classifyingRunner(
    async () => /** @type {BigInt64Array} */ ((await session.run({ x })).classes.data),
    () => session.release(),
  );
}
