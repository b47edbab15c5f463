/** `npm run goals`: the project's performance goals, beside what is reached on this machine. */
import { stat } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { operationsOf } from '../peers/jobs.js';
import { loadPeak } from '../peers/peak.js';
import { quantile } from '../peers/result.js';
import { makeTable, medianEpochs } from './epochs.js';
import { medianPredictions } from './predictions.js';
import { medianProcesses } from './processes.js';

/**
 * @typedef {object} Goal
 * @property {string} job
 * @property {string} goal
 * @property {string} reached
 * @property {string} ofPeak share of what 128-bit vectors reached in the same run on as many cores
 * @property {boolean} met
 */

const digits = { rows: 1437, features: 64, classes: 10 };
const large = { rows: 60_000, features: 784, classes: 10 };
const predicted = { rows: 100_000, features: 64, classes: 10 };
const everything = ['--roc-per-class', '--learning-rate-trace', '--timing-stats'];
const node = Number.parseInt(process.versions.node, 10);

/** @param {number} seconds */
const milliseconds = (seconds) => `${(seconds * 1000).toPrecision(3)} ms`;

const burst = await loadPeak();

/**
 * Measures, with bursts of the peak measurement in between.
 *
 * @template Result
 * @param {(betweenTurns: () => void) => Promise<Result>} measure
 */
async function besidePeak(measure) {
  const bursts = [burst()];
  const result = await measure(() => bursts.push(burst()));
  const peak = quantile(bursts, 0.5);
  return {
    result,
    /**
     * @param {number} operations
     * @param {number} seconds
     * @param {number} cores
     */
    shareOf: (operations, seconds, cores) =>
      `${((100 * operations) / seconds / peak / cores).toFixed(0)}% of ${((cores * peak) / 1e9).toFixed(0)} GFLOP/s`,
  };
}

/** @returns {Promise<Goal[]>} */
async function epochGoals() {
  const small = await besidePeak((turn) =>
    medianEpochs([{ table: makeTable(digits), threads: 1 }], 60, turn),
  );
  const table = makeTable(large);
  /** @type {{ result: number[], shareOf: (operations: number, seconds: number, cores: number) => string }} */
  const wide = await besidePeak((turn) =>
    medianEpochs(
      [1, 2].map((threads) => ({ table, threads })),
      15,
      turn,
    ),
  );
  /**
   * @param {string} name
   * @param {number} limit
   * @param {number} seconds
   * @param {string} ofPeak
   */
  const goal = (name, limit, seconds, ofPeak) => ({
    job: name,
    goal: `≤ ${limit} ms`,
    reached: milliseconds(seconds),
    ofPeak,
    met: seconds * 1000 <= limit,
  });
  const [epoch] = small.result;
  return [
    goal(
      'epoch of 1437 × 64 × 10',
      node < 24 ? 0.12 : 0.1,
      epoch,
      small.shareOf(operationsOf({ kind: 'training', shape: digits }), epoch, 1),
    ),
    ...wide.result.map((seconds, index) =>
      goal(
        `epoch of 60000 × 784 × 10, ${index === 0 ? 'one thread' : 'two threads'}`,
        [52, 30][index],
        seconds,
        wide.shareOf(operationsOf({ kind: 'training', shape: large }), seconds, index + 1),
      ),
    ),
  ];
}

/** @returns {Promise<Goal[]>} */
async function predictionGoals() {
  const { result, shareOf } = await besidePeak((turn) => medianPredictions(makeTable(predicted), 100, turn));
  /** @type {number[]} */
  const classes = result.classes;
  return classes.map((seconds, index) => {
    const rate = predicted.rows / seconds / 1e6;
    return {
      job: `classes of 100,000 × 64, ${index === 0 ? 'one thread' : 'two threads'}`,
      goal: `≥ ${[20, 30][index]} M rows/s`,
      reached: `${rate.toPrecision(3)} M rows/s${index === 0 ? `, packing ${milliseconds(result.packing)}` : ''}`,
      ofPeak: shareOf(operationsOf({ kind: 'prediction', shape: predicted }), seconds, index + 1),
      met: rate >= [20, 30][index],
    };
  });
}

/** @returns {Promise<Goal[]>} */
async function processGoals() {
  const commands = [['train'], ['train', ...everything]];
  const processes = await medianProcesses(commands, 15);
  return processes.flatMap(({ seconds, mebibytes }, index) => {
    const name = index === 0 ? 'whole process, no flags' : 'whole process, all flags';
    const limit = [0.3, 0.42][index];
    return [
      {
        job: name,
        goal: `≤ ${limit.toFixed(2)} s`,
        reached: `${seconds.toFixed(2)} s`,
        ofPeak: '',
        met: seconds <= limit,
      },
      {
        job: `its peak memory`,
        goal: '≤ 120 MiB',
        reached: `${mebibytes.toFixed(0)} MiB`,
        ofPeak: '',
        met: mebibytes <= 120,
      },
    ];
  });
}

/** @returns {Promise<Goal>} */
async function sizeGoal() {
  const { size } = await stat(new URL('../../dist/assets/core.wasm', import.meta.url));
  return {
    job: 'the .wasm',
    goal: '≤ 13 KiB',
    reached: `${(size / 1024).toFixed(1)} KiB`,
    ofPeak: '',
    met: size <= 13 * 1024,
  };
}

/** @returns {Promise<Goal>} */
async function growthGoal() {
  const ratios = [];
  for (let rows = 1000; rows < 1_000_000; rows *= 2) {
    const pair = [rows, 2 * rows].map((count) => ({
      table: makeTable({ ...digits, rows: count }),
      threads: 1,
    }));
    const [once, twice] = await medianEpochs(pair, 15);
    ratios.push(twice / once);
  }
  const most = Math.max(...ratios);
  return {
    job: 'growth from 1,000 to 1,024,000 rows',
    goal: '≤ 2.1 a doubling',
    reached: `${Math.min(...ratios).toFixed(2)} to ${most.toFixed(2)}`,
    ofPeak: '',
    met: most <= 2.1,
  };
}

/** @param {readonly Goal[]} goals */
function format(goals) {
  const lines = goals.map(({ job, goal, reached, ofPeak, met }) => [
    job,
    goal,
    reached,
    met ? 'met' : 'missed',
    ofPeak,
  ]);
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.versions.node}, ` +
    `${new Date().toISOString().slice(0, 10)}\n`,
);
for (const measure of [epochGoals, predictionGoals, processGoals, sizeGoal, growthGoal]) {
  const goals = await measure();
  console.log(format([goals].flat()));
}
