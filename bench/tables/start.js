/**
 * `npm run tables`: whole jobs on tables, beside DuckDB, pandas with scikit-learn, and NumPy where they are installed.
 *
 *     npm run tables [-- --rounds N] [--share S] [--only NAME] [--folder DIR] [--python COMMAND]
 *
 * Each job runs in a process of its own, in turn with the others; medians are compared. DuckDB takes part after `npm ci`
 * in this folder. The tables stay in the folder, if one is given.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { quantile } from '../peers/result.js';
import { makeTable } from './make.js';

const run = promisify(execFile);
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const digits = here('../../bin/run.js');

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    share: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    folder: { type: 'string' },
    python: { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
const share = Number(flags.share);

/**
 * A program that does a job.
 *
 * @typedef {object} Peer
 * @property {readonly string[]} command
 * @property {boolean} [isTimed] whether the whole process is timed; else it prints the seconds
 */

/**
 * A job of digits, and what it is compared with.
 *
 * @typedef {object} Job
 * @property {string} name
 * @property {Peer} ours
 * @property {Peer} [peer] missing if it is not installed
 * @property {number} [times] goal: how many times as fast as the peer
 * @property {number} [rate] goal: MB/s
 * @property {number} [seconds] goal: seconds
 * @property {string} [path] of the table, for its size
 */

const python = [flags.python ?? 'python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import pandas, sklearn'], { stdio: 'ignore' }).status === 0,
);
const hasDuckdb = existsSync(here('node_modules/@duckdb/node-api'));
const hasTaskset = spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0;
const node = process.execPath;
/** On one processor, digits starts no threads. */
const alone = hasTaskset ? ['taskset', '-c', '0'] : [];

/** @param {string} script @param {readonly string[]} words */
const inPython = (script, ...words) => (python ? { command: [python, here(script), ...words] } : undefined);
/** @param {string} path @param {number} threads */
const reading = (path, threads) => ({
  command: [...(threads === 1 ? alone : []), node, here('read-digits.js'), path],
});
/** @param {string} path @param {number} threads */
const duckdb = (path, threads) =>
  hasDuckdb ? { command: [node, here('read-duckdb.js'), path, `${threads}`] } : undefined;
/** @param {readonly string[]} words */
const whole = (...words) => ({ command: [node, digits, ...words], isTimed: true });

/**
 * @param {string} folder for tables
 * @returns {Promise<Job[]>}
 */
async function jobsIn(folder) {
  const table = (/** @type {string} */ name) => makeTable(folder, name, share);
  const wants = (/** @type {string} */ name) => name.includes(flags.only);
  /** @type {Job[]} */
  const jobs = [];
  /** @param {string} name @param {() => Promise<Omit<Job, 'name' | 'peer'> & { peer?: Peer | undefined }>} describe */
  const add = async (name, describe) => {
    if (!wants(name)) return;
    const { peer, ...job } = await describe();
    jobs.push({ name, ...job, ...(peer && { peer }) });
  };
  const out = ['--output-dir', join(folder, 'out')];
  for (const [kind, times] of /** @type {const} */ ([
    ['floats', 2],
    ['integers', 8],
  ])) {
    for (const threads of [1, 2]) {
      await add(
        `read ${kind}.csv, ${threads === 1 ? 'one thread' : 'two threads'}, against DuckDB`,
        async () => {
          const path = await table(`${kind}.csv`);
          return { path, ours: reading(path, threads), peer: duckdb(path, threads), times };
        },
      );
    }
    await add(`train on ${kind}.csv, against pandas and scikit-learn`, async () => {
      const path = await table(`${kind}.csv`);
      const peer = inPython('scikit-learn-peer.py', path);
      return {
        path,
        ours: whole('train', '--data', path, '--solver', 'lbfgs', ...out),
        peer: peer && { ...peer, isTimed: true },
        times: kind === 'floats' ? 4 : 6,
      };
    });
  }
  for (const [name, rate] of /** @type {const} */ ([
    ['integers.libsvm', 200],
    ['integers.tsv', 200],
    ['quoted.csv', 100],
    ['mixed.csv', 150],
  ])) {
    await add(`read ${name}`, async () => {
      const path = await table(name);
      const peer = name.endsWith('.csv') ? duckdb(path, 2) : undefined;
      return { path, ours: reading(path, 2), peer, rate };
    });
  }
  await add('read integers.parquet', async () => {
    const path = join(folder, 'integers.parquet');
    if (!hasDuckdb) return { ours: { command: [] } };
    if (!existsSync(path)) await run(node, [here('write-parquet.js'), await table('integers.csv'), path]);
    return { path, ours: reading(path, 2), peer: duckdb(path, 2), seconds: 1 };
  });
  await add('predict() of 100,000 × 64 raw rows, against NumPy', async () => ({
    ours: { command: [node, here('predict-digits.js')] },
    peer: inPython('numpy-peer.py'),
    times: 1 / 0.9,
  }));
  await add('digits predict of 1,000,000 × 100 with probabilities', async () => {
    const path = await table('rows.csv');
    const model = join(folder, 'model');
    await run(node, [
      digits,
      'train',
      '--data',
      path,
      '--epochs',
      '3',
      '--save-model',
      '--output-dir',
      model,
    ]);
    const words = ['--probabilities', '--output', join(folder, 'predictions.csv')];
    return { ours: whole('predict', join(model, 'model.json'), path, ...words), seconds: 4 };
  });
  return jobs.filter(({ ours }) => ours.command.length > 0);
}

/**
 * @param {Peer} peer
 * @returns {Promise<number>} seconds
 */
async function timeOf({ command: [program, ...words], isTimed = false }) {
  const start = performance.now();
  const { stdout } = await run(program, words, { maxBuffer: 2 ** 26 });
  return isTimed ? (performance.now() - start) / 1000 : Number(stdout);
}

/** @param {Job} job */
async function measure({ name, ours, peer, times, rate, seconds, path }) {
  const peers = peer ? [ours, peer] : [ours];
  const measured = peers.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    for (const [index, each] of peers.entries()) measured[index].push(await timeOf(each));
  }
  const [own, other] = measured.map((all) => quantile(all, 0.5));
  const megabytes = path === undefined ? 0 : (await stat(path)).size / 1e6;
  const speed = megabytes > 0 ? `${(megabytes / own).toFixed(0)} MB/s` : '';
  const ratio = other === undefined ? undefined : other / own;
  const [goal, isMet] =
    times !== undefined
      ? [`≥ ${times.toFixed(1)} ×`, ratio === undefined ? undefined : ratio >= times]
      : rate !== undefined
        ? [`≥ ${rate} MB/s`, megabytes / own >= rate]
        : [`≤ ${seconds} s`, own <= (seconds ?? 0)];
  const verdict = isMet === undefined ? 'no peer' : isMet ? 'met' : 'missed';
  const spread = `${seconds3(quantile(measured[0], 0.25))} – ${seconds3(quantile(measured[0], 0.75))}`;
  return [
    name,
    goal,
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    seconds3(own),
    spread,
    speed,
    other === undefined ? '' : seconds3(other),
    verdict,
  ];
}

/** @param {number} seconds */
function seconds3(seconds) {
  return seconds < 0.1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toFixed(2)} s`;
}

const folder = flags.folder ?? (await mkdtemp(join(tmpdir(), 'digits-tables-')));
try {
  const jobs = await jobsIn(folder);
  console.log(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.versions.node}, ` +
      `${new Date().toISOString().slice(0, 10)}: medians of ${rounds} runs in turn\n`,
  );
  if (!hasDuckdb) console.log('DuckDB is not installed: run npm ci in bench/tables');
  if (!python) console.log('no Python has pandas and scikit-learn: give --python');
  if (!hasTaskset) console.log('there is no taskset: jobs of one thread use all');
  console.log('| job | goal | faster than the peer | time | quartiles | speed | peer | |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const job of jobs) console.log(`| ${(await measure(job)).join(' | ')} |`);
} finally {
  if (flags.folder === undefined) await rm(folder, { recursive: true, force: true });
}
