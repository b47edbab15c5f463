/** Measures predictions: the classes of a packed table on one and two threads in turn, then the packing. */
import { gatherFrom, loadTrainer } from '../peers/project.js';
import { quantile } from '../peers/result.js';

/**
 * @param {ReturnType<typeof import('./epochs.js').makeTable>} table
 * @param {number} rounds
 * @param {() => void} betweenTurns
 * @returns {Promise<{ packing: number, classes: number[] }>} median seconds: of packing on one thread, and of
 * classifying on one and two
 */
export async function medianPredictions(table, rounds, betweenTurns) {
  const { features, classes } = table;
  const { rows, columns, values } = features;
  const shape = { rows, features: columns, classes: classes.length };
  const everyRow = Int32Array.from({ length: rows }, (_, row) => row);
  const unchanged = { mean: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  const gather = gatherFrom(values, columns);
  const trainers = await Promise.all([1, 2].map((threads) => loadTrainer(shape, threads)));
  const packing = /** @type {number[]} */ ([]);
  const times = trainers.map(() => /** @type {number[]} */ ([]));
  try {
    for (const trainer of trainers) {
      trainer.pack(gather, everyRow, unchanged);
      trainer.weights.set(values.subarray(0, trainer.weights.length));
    }
    for (let round = -20; round < rounds; round++) {
      betweenTurns();
      for (const [index, trainer] of trainers.entries()) {
        const start = performance.now();
        trainer.classes(rows);
        if (round >= 0) times[index].push((performance.now() - start) / 1000);
      }
    }
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      trainers[0].pack(gather, everyRow, unchanged);
      packing.push((performance.now() - start) / 1000);
    }
  } finally {
    for (const trainer of trainers) trainer.close();
  }
  return { packing: quantile(packing, 0.5), classes: times.map((values) => quantile(values, 0.5)) };
}
