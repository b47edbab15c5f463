/**
 * `npm run spool`: what it costs to keep the packed rows of a training in a file. Epochs in memory, epochs from a file, and
 * readings of as many bytes by this thread alone take turns, on one thread and on two.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTable } from '../goals/epochs.js';
import { train } from '../peers/project.js';
import { quantile } from '../peers/result.js';

/** @typedef {import('../peers/jobs.js').Shape} Shape */

const ROUNDS = 9;
const GOAL = 0.8;
const PIECE_BYTES = 2 ** 22;

/** @type {Shape[]} */
const shapes = [
  { rows: 1_000_000, features: 100, classes: 2 },
  { rows: 1_000_000, features: 100, classes: 10 },
  { rows: 200_000, features: 784, classes: 10 },
];

const folder = mkdtempSync(join(tmpdir(), 'digits-spool-'));
const piece = new Uint8Array(PIECE_BYTES);

/**
 * A file of so many bytes, and what reads it from its beginning to its end.
 *
 * @param {number} bytes
 */
function makeFile(bytes) {
  const descriptor = openSync(join(folder, 'bytes'), 'w+');
  for (let at = 0; at < bytes; at += PIECE_BYTES) writeSync(descriptor, piece, 0, PIECE_BYTES, at);
  return {
    read() {
      for (let at = 0; at < bytes; at += PIECE_BYTES) readSync(descriptor, piece, 0, PIECE_BYTES, at);
    },
    close: () => closeSync(descriptor),
  };
}

/**
 * @param {Shape} shape
 * @param {number} threads
 * @returns {Promise<{ memory: number, file: number, reading: number }>} the median seconds of each
 */
async function measure(shape, threads) {
  const table = makeTable(shape);
  const options = { solver: 'gd', epochs: ROUNDS + 2, learningRate: 0.1, threads };
  const rows = Int32Array.from({ length: shape.rows }, (_, row) => row);
  const trainings = [table, { ...table, storage: { memory: 0 } }].map((each) => train(each, rows, options));
  const file = makeFile(4 * shape.rows * shape.features);
  /** @type {number[][]} */
  const seconds = [[], [], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, training] of trainings.entries()) {
      const step = await training.next();
      // The first epoch is a warm-up.
      if (!step.done && round > 0) seconds[index].push(step.value.duration);
    }
    const start = performance.now();
    file.read();
    if (round > 0) seconds[2].push((performance.now() - start) / 1000);
  }
  for (const training of trainings) await training.return(/** @type {never} */ (undefined));
  file.close();
  const [memory, inFile, reading] = seconds.map((each) => quantile(each, 0.5));
  return { memory, file: inFile, reading };
}

try {
  const [cpu] = cpus();
  console.log(`${cpu.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}\n`);
  console.log(
    '| rows × features × classes | threads | in memory | from a file | reading alone | speed | goal |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const shape of shapes) {
    for (const threads of [1, 2]) {
      const { memory, file, reading } = await measure(shape, threads);
      const speed = Math.max(memory, reading) / file;
      const words = [memory, file, reading].map((each) => `${(1000 * each).toFixed(0)} ms`);
      const size = `${shape.rows} × ${shape.features} × ${shape.classes}`;
      const met = speed >= GOAL ? 'met' : 'missed';
      console.log(
        `| ${size} | ${threads} | ${words.join(' | ')} | ${speed.toFixed(2)} | ≥ ${GOAL}: ${met} |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
