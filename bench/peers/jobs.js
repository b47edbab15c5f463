/** The jobs that peers are given, and the answers of a plain float64 computation. */
import { fitScaler, loadDigits, stratifiedSplit } from './project.js';
import { referenceClasses, referenceLosses } from './reference.js';

/**
 * @typedef {object} Shape
 * @property {number} rows
 * @property {number} features
 * @property {number} classes
 */

/**
 * Epochs of full-batch gradient descent on the mean cross-entropy, from zero weights.
 *
 * @typedef {object} Training
 * @property {'training'} kind
 * @property {string} title
 * @property {Shape} shape
 * @property {number} rate
 * @property {import('../../dist/types/entries/index.js').Dataset} dataset
 * @property {Int32Array} chosen indices of the training rows
 * @property {Float32Array} values the training rows, standardised, row by row
 * @property {Int32Array} labels their labels
 * @property {readonly number[]} expected the first losses
 * @property {number} rounds
 */

/**
 * The class of each row, that with the largest logit.
 *
 * @typedef {object} Prediction
 * @property {'prediction'} kind
 * @property {string} title
 * @property {Shape} shape
 * @property {Float32Array} values row by row
 * @property {Float32Array} weights features × classes, row by row
 * @property {Float32Array} bias
 * @property {Int32Array} expected
 * @property {number} rounds
 */

/** @typedef {Training | Prediction} Job */

/**
 * The jobs in order, each made on demand, so that only one table is in memory at a time.
 *
 * @param {boolean} quick smaller and with fewer rounds
 * @returns {Generator<Promise<Job>>}
 */
export function* jobs(quick) {
  yield digitsTraining(quick ? 7 : 21);
  yield largeTraining(quick ? 6000 : 60_000, quick ? 5 : 7);
  yield prediction(quick ? 20_000 : 100_000, quick ? 7 : 15);
}

/**
 * @param {number} rounds
 * @returns {Promise<Training>}
 */
async function digitsTraining(rounds) {
  const dataset = await loadDigits();
  const chosen = stratifiedSplit(dataset.labels, { testSplit: 0.2, seed: 13 }).train;
  return training('An epoch of the digits', dataset, chosen, { epochs: 20, rounds });
}

/**
 * @param {number} rows
 * @param {number} rounds
 * @returns {Promise<Training>}
 */
async function largeTraining(rows, rounds) {
  const features = 784;
  const classes = 10;
  const values = normals(rows * features, 1);
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    if (row < classes) return row;
    const score = values[row * features] + values[row * features + 1];
    return Math.max(0, Math.min(classes - 1, Math.floor(2 * score + classes / 2)));
  });
  const dataset = {
    features: { rows, columns: features, values },
    labels,
    classes: Array.from({ length: classes }, (_, label) => String(label)),
  };
  const everyRow = Int32Array.from(labels, (_, row) => row);
  return training('An epoch of a large table', dataset, everyRow, { epochs: 3, rounds });
}

/**
 * @param {string} name
 * @param {import('../../dist/types/entries/index.js').Dataset} dataset
 * @param {Int32Array} chosen
 * @param {{ epochs: number, rounds: number }} options epochs: how many losses to compute
 * @returns {Training}
 */
function training(name, dataset, chosen, { epochs, rounds }) {
  const { features, classes } = dataset;
  const { mean, scale } = fitScaler(features, chosen);
  const d = features.columns;
  const values = new Float32Array(chosen.length * d);
  for (let i = 0; i < chosen.length; i++) {
    for (let j = 0; j < d; j++) {
      values[i * d + j] = (features.values[chosen[i] * d + j] - mean[j]) / scale[j];
    }
  }
  const shape = { rows: chosen.length, features: d, classes: classes.length };
  const labels = Int32Array.from(chosen, (row) => dataset.labels[row]);
  const task = { shape, values, labels, rate: 0.1 };
  const expected = referenceLosses(task, epochs);
  return { kind: 'training', title: `${name}, ${format(shape)}`, dataset, chosen, ...task, expected, rounds };
}

/**
 * @param {number} rows
 * @param {number} rounds
 * @returns {Promise<Prediction>}
 */
async function prediction(rows, rounds) {
  const shape = { rows, features: 64, classes: 10 };
  const task = {
    shape,
    values: normals(rows * shape.features, 2),
    weights: normals(shape.features * shape.classes, 3),
    bias: normals(shape.classes, 4),
  };
  const expected = referenceClasses(task);
  return { kind: 'prediction', title: `Classes of ${format(shape)}`, ...task, expected, rounds };
}

/**
 * @param {Shape} shape
 */
function format({ rows, features, classes }) {
  return `${rows} × ${features} × ${classes}`;
}

/**
 * Floating-point operations of the matrix products: two per epoch, or one to classify.
 *
 * @param {Pick<Job, 'kind' | 'shape'>} job
 */
export function operationsOf({ kind, shape: { rows, features, classes } }) {
  return (kind === 'training' ? 4 : 2) * rows * features * classes;
}

/**
 * Pseudo-random numbers with mean 0 and standard deviation 1: Mulberry32, and the Box–Muller transform.
 *
 * @param {number} count
 * @param {number} seed
 */
function normals(count, seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }
  return values;
}
