/** Measures epochs: trainings take turns, so that whatever else the machine does slows all of them. */
import { train } from '../peers/project.js';
import { quantile } from '../peers/result.js';

/** @typedef {import('../peers/jobs.js').Shape} Shape */

/** Seconds until the next training has its turn; at least one epoch. */
const TURN_SEC = 0.005;

/**
 * A table of pseudo-random numbers, with labels that depend on them.
 *
 * @param {Shape} shape
 */
export function makeTable({ rows, features, classes }) {
  const values = new Float32Array(rows * features);
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  const labels = Int32Array.from({ length: rows }, (_, row) =>
    row < classes ? row : Math.min(classes - 1, Math.floor((values[row * features] + 1) * 0.5 * classes)),
  );
  const names = Array.from({ length: classes }, (_, label) => String(label));
  return { features: { rows, columns: features, values }, labels, classes: names };
}

/**
 * Trains on tables in turn.
 *
 * @param {readonly { table: ReturnType<typeof makeTable>, threads: number }[]} entries
 * @param {number} rounds
 * @param {() => void} [betweenTurns]
 * @returns {Promise<number[]>} the median seconds per epoch of each
 */
export async function medianEpochs(entries, rounds, betweenTurns = () => {}) {
  const trainings = entries.map(({ table, threads }) =>
    train(
      table,
      Int32Array.from(table.labels, (_, row) => row),
      {
        epochs: 2 ** 32 - 1,
        learningRate: 0.01,
        learningRateDecay: 0,
        threads,
      },
    ),
  );
  const durations = entries.map(() => /** @type {number[]} */ ([]));
  try {
    // The first two rounds warm up the engine and are not counted.
    for (let round = -2; round < rounds; round++) {
      for (const [index, training] of trainings.entries()) {
        betweenTurns();
        for (let spent = 0; spent < (round < 0 ? 20 : 1) * TURN_SEC; ) {
          const step = await training.next();
          if (step.done) throw new Error('the training ended unexpectedly');
          spent += step.value.duration;
          if (round >= 0) durations[index].push(step.value.duration);
        }
      }
    }
  } finally {
    for (const training of trainings) await training.return(/** @type {never} */ (undefined));
  }
  return durations.map((values) => quantile(values, 0.5));
}
