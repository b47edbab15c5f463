/** ONNX Runtime in WebAssembly with SIMD, on one thread: it allows only one number of threads per process. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { encodeModel } from './onnx-model.js';
import { classifyingRunner } from './peer.js';

/** @returns {Promise<import('./peer.js').Peer[]>} */
export async function load() {
  env.wasm.numThreads = 1;
  const library = `onnxruntime-web ${env.versions.web}`;
  return [{ name: 'ONNX Runtime Web', library, threaded: false, classify }];
}

/**
 * The rows are copied into its memory at every call, since its interface has no other way.
 *
 * @param {import('./jobs.js').Prediction} job
 */
async function classify(job) {
  const session = await InferenceSession.create(encodeModel(job), { graphOptimizationLevel: 'all' });
  const x = new Tensor('float32', job.values, [job.shape.rows, job.shape.features]);
  return classifyingRunner(
    async () => /** @type {BigInt64Array} */ ((await session.run({ x })).classes.data),
    () => session.release(),
  );
}
