/**
 * `npm run queue`: what a queue costs, and how much faster two workers are than one. Everything runs on this machine: a
 * redis-server of its own, workers of one thread, each kept on one core, and the sweep. All take turns, round by round.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { redisVersion, startRedis } from '../../test/redis.js';
import { quantile } from '../peers/result.js';
import { canPin, startWorker, timeSweep } from './processes.js';

const ROUNDS = 5;
const FOLDS = 5;

/** Sweeps: trainings of 50 ms and more on the digits, and short ones on a small table. */
const long = { words: ['--epochs', '700'], candidates: 60 };
const iris = fileURLToPath(new URL('../../test/fixtures/tables/iris.csv', import.meta.url));
const short = { words: ['--data', iris, '--solver', 'gd', '--epochs', '1'], candidates: 200 };

/** Jobs of BullMQ that do nothing. */
const NOTHING = 1000;

if (!redisVersion)
  throw new Error('found no redis-server: install it, on Debian with apt-get install redis-server');
const folder = await mkdtemp(join(tmpdir(), 'digits-queue-'));
const redis = await startRedis(folder);
let runs = 0;

/**
 * Seconds for each training of a sweep.
 *
 * @param {typeof long} sweep
 * @param {readonly string[]} where its trainings are run
 */
function time({ words, candidates }, where) {
  const drawn = ['--random', String(candidates), '--range', 'l2=1e-6..0.1', '--folds', String(FOLDS)];
  // A folder of its own, so that no training is found in a journal.
  return timeSweep([...words, ...drawn, ...where], join(folder, String(runs++)));
}

/**
 * Runs jobs that do nothing in this process: what BullMQ itself takes.
 *
 * @returns {Promise<number>} seconds for each
 */
async function timeBullMQ() {
  const { hostname: host, port } = new URL(redis.url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue('nothing', { connection });
  const start = performance.now();
  await queue.addBulk(Array.from({ length: NOTHING }, () => ({ name: 'nothing', data: {} })));
  let done = 0;
  const worker = new Worker('nothing', async () => {}, { connection });
  await /** @type {Promise<void>} */ (
    new Promise((resolve) => worker.on('completed', () => ++done === NOTHING && resolve()))
  );
  const seconds = (performance.now() - start) / 1000 / NOTHING;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return seconds;
}

/** @param {readonly number[]} values */
function median(values) {
  return quantile(values, 0.5);
}

/** @param {number} seconds */
const milliseconds = (seconds) => `${(1000 * seconds).toFixed(2)} ms`;

/** @param {string} name */
const queueFlags = (name) => ['--queue', redis.url, '--queue-name', name];
const [one, two] = ['one', 'two'].map(queueFlags);
const workers = await Promise.all([startWorker(one, 0), startWorker(two, 0), startWorker(two, 1)]);

/** @type {{ one: number, two: number, alone: number, queued: number, nothing: number }[]} */
const rounds = [];
try {
  // In the first round the workers read the table.
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = {
      one: await time(long, one),
      two: await time(long, two),
      alone: await time(short, ['--threads', '1']),
      queued: await time(short, one),
      nothing: await timeBullMQ(),
    };
    if (round > 0) rounds.push(measured);
  }
} finally {
  for (const worker of workers) await worker.stop();
  await redis.kill();
  await rm(folder, { recursive: true, force: true });
}

const each = median(rounds.map(({ one }) => one));
const ratio = median(rounds.map(({ one, two }) => one / two));
const alone = median(rounds.map(({ alone }) => alone));
const cost = median(rounds.map(({ queued, alone }) => queued - alone));
const nothing = median(rounds.map(({ nothing }) => nothing));

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.versions.node}, Redis ${redisVersion}, ` +
    `${new Date().toISOString().slice(0, 10)}; workers ${canPin ? 'kept on one core each' : 'on any core'}\n`,
);
console.log(`one worker: ${(1 / each).toFixed(1)} trainings a second, ${milliseconds(each)} each`);
console.log(
  `two workers: ${ratio.toFixed(2)} times that rate, goal ≥ 1.8: ${ratio >= 1.8 ? 'met' : 'missed'}`,
);
console.log(
  `a training of ${milliseconds(alone)} costs ${milliseconds(cost)} more with a queue, goal < 3 ms: ${cost < 0.003 ? 'met' : 'missed'}`,
);
console.log(`a job of BullMQ that does nothing: ${milliseconds(nothing)}`);
