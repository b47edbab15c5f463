/** Runs scikit-learn in a separate process, on one thread. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('scikit-learn-peer.py', import.meta.url));
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/**
 * @typedef {object} Measured
 * @property {number} seconds of training
 * @property {number} accuracy on the held-out rows
 */

/**
 * Starts the first of the Python commands that has scikit-learn.
 *
 * @param {readonly string[]} pythons
 * @returns {{ version: string, train(job: object): Promise<Measured>, close(): void } | undefined} undefined if none has
 */
export function startScikitLearn(pythons) {
  for (const python of pythons) {
    const found = spawnSync(python, ['-c', 'import sklearn; print(sklearn.__version__)'], {
      encoding: 'utf8',
    });
    if (found.status !== 0) continue;
    const child = spawn(python, [SCRIPT], {
      env: { ...process.env, ...ONE_THREAD },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    return {
      version: found.stdout.trim(),
      async train(job) {
        child.stdin.write(`${JSON.stringify(job)}\n`);
        const { value, done } = await answers.next();
        if (done) throw new Error('the process of scikit-learn ended without an answer');
        return JSON.parse(value);
      },
      close: () => child.stdin.end(),
    };
  }
  return undefined;
}
