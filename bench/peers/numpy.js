/** NumPy in float64 as most people write it, and in float32 as fast as possible, each in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('numpy-peer.py', import.meta.url));
const ONE_THREAD = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  VECLIB_MAXIMUM_THREADS: '1',
};

/**
 * @param {readonly string[]} pythons commands, of which the first that has NumPy is used
 * @returns {Promise<import('./peer.js').Peer[]>}
 */
export async function load(pythons) {
  for (const python of pythons) {
    const { status, stdout } = spawnSync(python, ['-c', 'import numpy; print(numpy.__version__)'], {
      encoding: 'utf8',
    });
    if (status === 0) return [true, false].flatMap((threaded) => peers(python, stdout.trim(), threaded));
  }
  throw new Error(`no NumPy with ${pythons.join(' or ')}`);
}

/**
 * @param {string} python
 * @param {string} version
 * @param {boolean} threaded
 * @returns {import('./peer.js').Peer[]}
 */
function peers(python, version, threaded) {
  const library = `NumPy ${version}`;
  const suffix = threaded ? '' : ', 1 thread';
  const begin = (/** @type {string} */ way) => (/** @type {import('./jobs.js').Job} */ job) =>
    start(python, way, job, threaded);
  return [
    {
      name: `NumPy float32${suffix}`,
      library,
      threaded,
      train: begin('tuned'),
      classify: begin('classify'),
    },
    { name: `NumPy float64, common loop${suffix}`, library, threaded, train: begin('common') },
  ];
}

/**
 * Starts a process, sends it the table, and lets it take turns; the process times itself.
 *
 * @param {string} python
 * @param {string} way
 * @param {import('./jobs.js').Job} job
 * @param {boolean} threaded
 * @returns {Promise<import('./peer.js').Runner>}
 */
async function start(python, way, job, threaded) {
  const child = spawn(python, [SCRIPT], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...(threaded ? {} : ONE_THREAD) },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  const ended = new Promise((_, reject) => {
    child.on('error', reject);
    child.on('close', () =>
      reject(new Error(complaint.trim().split('\n').at(-1) || `${python} ended unexpectedly`)),
    );
  });
  // A pending turn receives the rejection; at the end nobody is waiting for it.
  ended.catch(() => {});
  child.stdin.on('error', () => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const rate = job.kind === 'training' ? job.rate : 0;
  child.stdin.write(`${JSON.stringify({ way, ...job.shape, rate })}\n`);
  const arrays = job.kind === 'training' ? [job.values, job.labels] : [job.values, job.weights, job.bias];
  for (const { buffer, byteOffset, byteLength } of arrays) {
    child.stdin.write(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return {
    async turn(count) {
      child.stdin.write(`${JSON.stringify({ count })}\n`);
      const answer = await Promise.race([answers.next(), ended]);
      if (answer.done) return ended;
      const { seconds, losses, classes } = JSON.parse(answer.value);
      return { seconds, outcome: losses ?? int32s(Buffer.from(classes, 'base64')) };
    },
    close: () => void child.stdin.end(),
  };
}

/** @param {Buffer} bytes */
function int32s(bytes) {
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(4 * i));
}
