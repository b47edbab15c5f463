/**
 * Runs sweeps by workers behind a queue, and breaks what they need: each schedule must end with the `sweep.json` of the same
 * sweep without a queue, with no job left in the queue, and with nothing on stderr but lines of ours. Needs `redis-server`.
 *
 *     node fuzz/queue.js [schedules] [--seed N] [--trials N] [--only FAULT,FAULT…]
 *
 * A schedule is determined by its seed and the number of trials: faults happen when so many trials are in the journal. Run
 * `node fuzz/queue.js 1 --seed N`, with the same `--trials` and `--only`, to repeat one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { startRedis } from '../test/redis.js';
import { randomFrom } from './damage.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const WORKERS = 4;
const LEASE_S = 2;
const FOLDS = 5;
/** Trials in the journal between two faults, on average. */
const TRIALS_PER_FAULT = 40;
/** Longest time without a new trial in the journal. */
const PATIENCE_MS = 60_000;
/** Longest time that a process may take to end after SIGTERM. */
const END_MS = 20_000;
const QUEUE_NAME = 'fuzz';

/** What may happen, with the time that it lasts: least and most milliseconds. */
const faults = /** @type {const} */ ({
  'kill-worker': [0, 500],
  'stop-worker': [1200 * LEASE_S, 3000 * LEASE_S],
  'kill-redis': [0, 4000],
  'kill-collector': [0, 1000],
  cut: [0, 0],
  stall: [100, 8000],
  silence: [0, 0],
  full: [500, 5000],
});
/** Two workers that can do no job: one of another version, and one with another table. They are there from the start. */
const STRANGERS = 'strangers';

/** @typedef {keyof typeof faults} Fault */
/** @typedef {{ at: number, kind: Fault, worker: number, lasts: number }} Event */
/** @typedef {import('node:child_process').ChildProcess & { name: string, errors: string, output: string }} Process */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    trials: { type: 'string', default: '2000' },
    only: { type: 'string', default: [...Object.keys(faults), STRANGERS].join(',') },
  },
});
const chosen = values.only.split(',');
const folder = mkdtempSync(join(tmpdir(), 'digits-queue-'));
const side = Math.max(1, Math.round(Math.sqrt(Number(values.trials) / FOLDS)));
const trials = side * side * FOLDS;
const sweepWords = [
  'sweep',
  '--folds',
  `${FOLDS}`,
  '--epochs',
  '2',
  '--quiet',
  ...grid('learning-rate', 0.01),
  ...grid('l2', 0.001),
];
/** Of the schedule that runs. @type {Process[]} */
let processes = [];
/** @type {import('../test/redis.js').RedisServer | undefined} */
let redis;

// Whatever happens here, nothing goes on.
process.on('exit', () => {
  for (const each of processes) each.kill('SIGKILL');
  redis?.kill();
});
process.exitCode = (await runAll(Number(positionals[0] ?? 1), Number(values.seed))) > 0 ? 1 : 0;

/**
 * @param {number} schedules
 * @param {number} seed
 */
async function runAll(schedules, seed) {
  const plain = join(folder, 'plain');
  await finish(start('digits sweep', [...sweepWords, '--output-dir', plain]));
  const expected = readFileSync(join(plain, 'sweep.json'));
  const strangers = makeStrangers();
  let failed = 0;
  for (let schedule = 0; schedule < schedules; schedule++) {
    const begun = performance.now();
    const found = await runSchedule(seed + schedule, expected, strangers);
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    console.log(
      `seed ${seed + schedule}: ${trials} trials, ${found.summary}, ${seconds} s: ${found.faults.length} faults`,
    );
    for (const fault of found.faults) console.log(`  ${fault.trim().split('\n').slice(0, 4).join('\n    ')}`);
    if (found.faults.length > 0) failed++;
  }
  if (failed === 0) rmSync(folder, { recursive: true });
  else console.log(`${failed} of ${schedules} schedules failed; what processes wrote is in ${folder}`);
  return failed;
}

/**
 * @param {string} option
 * @param {number} step
 */
function grid(option, step) {
  const steps = Array.from({ length: side }, (_, i) => ((i + 1) * step).toFixed(4));
  return ['--grid', `${option}=${steps}`];
}

/** A digits of another version, and a table that is no table of digits. */
function makeStrangers() {
  const other = join(folder, 'other');
  mkdirSync(other);
  for (const name of ['bin', 'package.json', 'oclif.manifest.json'])
    cpSync(join(root, name), join(other, name), { recursive: true });
  cpSync(join(root, 'dist'), join(other, 'dist'), {
    recursive: true,
    filter: (path) => !path.includes(join('dist', 'web')),
  });
  symlinkSync(join(root, 'node_modules'), join(other, 'node_modules'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of readdirSync(join(other, 'dist', 'chunks')).filter((each) => each.endsWith('.js'))) {
    const path = join(other, 'dist', 'chunks', name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${version}"`, '"0.0.0-other"'));
  }
  const table = join(folder, 'table.csv');
  writeFileSync(
    table,
    `a,b,class\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${i % 2}`).join('\n')}\n`,
  );
  return { other, table };
}

/**
 * Faults in the order of their time, the same for the same seed. One is at the end, which is where a collector closes.
 *
 * @param {import('./damage.js').Random} random
 * @returns {Event[]}
 */
function planFaults(random) {
  const kinds = /** @type {Fault[]} */ (Object.keys(faults).filter((kind) => chosen.includes(kind)));
  if (kinds.length === 0) return [];
  const count = Math.max(2, Math.round(trials / TRIALS_PER_FAULT));
  const events = Array.from({ length: count }, (_, i) => {
    const kind = kinds[random(kinds.length)];
    const [least, most] = faults[kind];
    const at = i === 0 ? trials - random(3) : random(trials);
    return { at, kind, worker: random(WORKERS), lasts: least + random(most - least + 1) };
  });
  return events.sort((a, b) => a.at - b.at);
}

/**
 * @param {number} seed
 * @param {Buffer} expected
 * @param {{ other: string, table: string }} strangers
 */
async function runSchedule(seed, expected, strangers) {
  const random = randomFrom(`queue ${seed}`);
  const events = planFaults(random);
  const endsWithoutRedis = chosen.includes('kill-redis') && random(2) === 0;
  const directory = join(folder, `${seed}`);
  mkdirSync(directory);
  processes = [];
  /** @type {string[]} */
  const found = [];
  const counts = { faults: 0, collectors: 0, refused: 0 };
  const server = await startServer(directory, random(2) === 0 ? 'always' : 'everysec');
  const proxy = await startProxy(server.port);
  const queueWords = ['--queue', `redis://127.0.0.1:${proxy.port}`, '--queue-name', QUEUE_NAME];
  const workWords = ['work', ...queueWords, '--threads', '1', '--lease', `${LEASE_S}`];
  const startWorker = (/** @type {number} */ i) => start(`worker ${i}`, workWords);
  const workers = Array.from({ length: WORKERS }, (_, i) => startWorker(i));
  if (chosen.includes(STRANGERS)) {
    start('worker of another version', workWords, join(strangers.other, 'bin', 'run.js'));
    start('worker with another table', [...workWords, '--data', strangers.table]);
  }
  const startCollector = () =>
    start(`collector ${++counts.collectors}`, [...sweepWords, ...queueWords, '--output-dir', directory]);
  let collector = startCollector();
  /** What happens to one of these waits until it is well again. @type {Map<string, Promise<void>>} */
  const turns = new Map();
  let isOver = false;

  /** @param {Event} event */
  function happen({ kind, worker, lasts }) {
    const target = kind.endsWith('worker') ? `worker ${worker}` : kind.replace('kill-', '');
    const turn = (turns.get(target) ?? Promise.resolve()).then(async () => {
      if (isOver) return;
      counts.faults++;
      if (kind === 'kill-worker') {
        await kill(workers[worker]);
        await delay(lasts);
        workers[worker] = startWorker(worker);
      } else if (kind === 'stop-worker') {
        workers[worker].kill('SIGSTOP');
        await delay(lasts);
        workers[worker].kill('SIGCONT');
      } else if (kind === 'kill-redis') {
        await server.kill();
        await delay(lasts);
        await server.restart();
      } else if (kind === 'kill-collector') {
        await kill(collector);
        await delay(lasts);
        collector = startCollector();
      } else if (kind === 'full') {
        await server.fill(lasts);
      } else if (kind === 'stall') {
        proxy.stall();
        await delay(lasts);
        proxy.goOn();
      } else if (kind === 'silence') proxy.silence();
      else proxy.cut();
    });
    turns.set(target, turn);
  }

  const journal = join(directory, 'sweep.trials.jsonl');
  let done = 0;
  let lastNews = performance.now();
  while (true) {
    await delay(20);
    const now = existsSync(journal) ? readFileSync(journal, 'latin1').split('\n').length - 1 : 0;
    if (now > done) lastNews = performance.now();
    done = Math.max(now, done);
    while (events.length > 0 && events[0].at <= done) happen(/** @type {Event} */ (events.shift()));
    for (const [i, worker] of workers.entries()) {
      // A worker that starts while there is no server ends; those who run many workers start it again.
      if (hasEnded(worker) && worker.exitCode !== null) {
        if (worker.exitCode !== 1 || !isUnreachable(worker.errors))
          found.push(`worker ${i} ended with ${worker.exitCode}: ${worker.errors}`);
        counts.refused++;
        await delay(300);
        workers[i] = startWorker(i);
      }
    }
    if (hasEnded(collector) && collector.exitCode !== null) {
      if (collector.exitCode === 0) break;
      if (collector.exitCode !== 1 || !isUnreachable(collector.errors)) {
        found.push(`the collector ended with ${collector.exitCode}: ${collector.errors}`);
        break;
      }
      counts.refused++;
      await delay(300);
      collector = startCollector();
    }
    if (performance.now() - lastNews > PATIENCE_MS) {
      found.push(`no new trial for ${PATIENCE_MS / 1000} s: ${done} are done; ${await server.state()}`);
      break;
    }
  }
  isOver = true;
  await Promise.all(turns.values());
  await server.awake();
  // It says so if the server was away for too long in the end.
  if (/the same command removes them/.test(collector.errors)) await finish(startCollector());
  if (found.length === 0) {
    if (!readFileSync(join(directory, 'sweep.json')).equals(expected)) found.push('sweep.json is another');
    const left = await server.left();
    if (left) found.push(`left after the collector: ${left}`);
  }
  if (endsWithoutRedis) await server.kill();
  const ending = performance.now();
  for (const each of processes.filter((each) => !hasEnded(each))) {
    each.kill('SIGTERM');
    const late = setTimeout(() => each.kill('SIGKILL'), END_MS);
    await ended(each);
    clearTimeout(late);
    // One that has hardly begun does not listen yet, or finds no server.
    const hasJustBegun =
      each.signalCode === 'SIGTERM' ? each.errors === '' : endsWithoutRedis && isUnreachable(each.errors);
    if (each.exitCode !== 0 && !hasJustBegun)
      found.push(
        `${each.name} did not end as it should after SIGTERM: ${each.signalCode ?? each.exitCode} ${each.errors}`,
      );
  }
  const seconds = ((performance.now() - ending) / 1000).toFixed(1);
  if (endsWithoutRedis) await server.restart();
  const left = await server.left();
  if (left) found.push(`left in the end: ${left}`);
  for (const { name, errors } of processes) {
    writeFileSync(
      join(
        directory,
        `${name}-${processes.findIndex((each) => each.name === name && each.errors === errors)}.log`,
      ),
      errors,
    );
    const strange = errors.split('\n').find((line) => line !== '' && !line.startsWith('digits: '));
    if (strange !== undefined) found.push(`${name} wrote: ${strange}`);
  }
  proxy.close();
  server.close();
  await server.kill();
  return {
    faults: found,
    summary: `${counts.faults} faults injected, ${counts.collectors} collectors, ${counts.refused} starts without a server, ended ${
      endsWithoutRedis ? 'without' : 'with'
    } Redis in ${seconds} s`,
  };
}

/** @param {string} errors */
function isUnreachable(errors) {
  return /nothing listens there|does not answer|the server ends the connection/.test(errors);
}

/**
 * @param {string} name
 * @param {string[]} words
 */
function start(name, words, script = join(root, 'bin', 'run.js')) {
  const child = spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const started = Object.assign(child, { name, errors: '', output: '' });
  child.stderr.on('data', (chunk) => {
    started.errors += chunk;
  });
  child.stdout.on('data', (chunk) => {
    started.output += chunk;
  });
  processes.push(started);
  return started;
}

/** @param {Process} child */
function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

/** @param {Process} child */
async function ended(child) {
  if (!hasEnded(child)) await once(child, 'exit');
}

/** @param {Process} child */
async function kill(child) {
  child.kill('SIGKILL');
  await ended(child);
}

/** @param {Process} child */
async function finish(child) {
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${child.name} ended with ${child.exitCode}: ${child.errors}`);
}

/**
 * A Redis, and a look into its queue.
 *
 * @param {string} directory
 * @param {'always' | 'everysec'} fsync
 */
async function startServer(directory, fsync) {
  const server = await startRedis(directory, '--appendfsync', fsync);
  redis = server;
  const client = new Redis({ port: server.port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => {});
  const queue = new Queue(QUEUE_NAME, { connection: client });
  queue.on('error', () => {});

  return {
    ...server,
    close: () => client.disconnect(),
    awake: () => client.ping(),
    /**
     * Leaves it hardly any memory for a time.
     *
     * @param {number} lasts milliseconds
     */
    async fill(lasts) {
      const used = Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);
      await client.config('SET', 'maxmemory', `${used + 4096}`);
      await delay(lasts);
      await client.config('SET', 'maxmemory', '0');
    },
    async state() {
      return JSON.stringify(await queue.getJobCounts());
    },
    /** The jobs that are in the queue, and keys of jobs that are in no list; undefined if there are none. */
    async left() {
      const jobCounts = await queue.getJobCounts();
      const keys = await client.keys(`bull:${QUEUE_NAME}:t*`);
      const count = Object.values(jobCounts).reduce((sum, each) => sum + each, 0);
      if (count === 0 && keys.length === 0) return undefined;
      return `${JSON.stringify(jobCounts)}, ${keys.length} keys, such as ${keys[0]}`;
    },
  };
}

/** @typedef {{ client: import('node:net').Socket, upstream: import('node:net').Socket, isSilent: boolean }} Pair */

/**
 * Forwards connections to a port of loopback.
 *
 * @param {number} target
 */
async function startProxy(target) {
  /** @type {Set<Pair>} */
  const pairs = new Set();
  let isStalled = false;
  const server = createServer((client) => {
    const pair = { client, upstream: connect(target, '127.0.0.1'), isSilent: false };
    pairs.add(pair);
    for (const socket of [client, pair.upstream]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        pair.upstream.destroy();
        pairs.delete(pair);
      });
    }
    if (!isStalled) link(pair);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    /** Ends all connections. */
    cut() {
      for (const { client } of pairs) client.destroy();
    },
    /** Keeps all data back, until `goOn`. */
    stall() {
      isStalled = true;
      for (const pair of pairs) unlink(pair);
    },
    goOn() {
      isStalled = false;
      for (const pair of pairs) if (!pair.isSilent) link(pair);
    },
    /** All present connections stay open, but nothing passes any more, as after a router has forgotten them. */
    silence() {
      for (const pair of pairs) {
        unlink(pair);
        pair.isSilent = true;
        pair.client.resume();
        pair.upstream.resume();
      }
    },
    close() {
      for (const { client } of pairs) client.destroy();
      server.close();
    },
  };
}

/** @param {Pair} pair */
function link({ client, upstream }) {
  client.pipe(upstream);
  upstream.pipe(client);
}

/** @param {Pair} pair */
function unlink({ client, upstream }) {
  client.unpipe(upstream);
  upstream.unpipe(client);
}
