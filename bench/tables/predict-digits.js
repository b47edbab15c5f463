/** Predicts classes of raw rows with `predict`, and prints the median seconds. */
import { predict } from '../peers/project.js';

const [rows, columns, classes] = [100_000, 64, 10];
const wave = (/** @type {number} */ length, step = 0.37) =>
  Float32Array.from({ length }, (_, at) => Math.sin(at * step));
const model = {
  classes: Array.from({ length: classes }, (_, label) => `${label}`),
  scaler: { mean: Float64Array.from(wave(columns)), scale: new Float64Array(columns).fill(0.7) },
  weights: wave(columns * classes),
  bias: wave(classes),
};
const features = { rows, columns, values: wave(rows * columns, 0.71) };
const everyRow = Int32Array.from({ length: rows }, (_, row) => row);
const times = [];
for (let round = 0; round < 40; round++) {
  const start = performance.now();
  await predict(model, features, everyRow);
  times.push((performance.now() - start) / 1000);
}
console.log(times.slice(10).sort((a, b) => a - b)[15]);
