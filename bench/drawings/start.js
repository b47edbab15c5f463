/**
 * `npm run drawings`: the share of simulated drawings that models of the digits read right, of each digit. Options of the page's
 * first model and constants of `src/data/pictures/` were chosen with the tuning set; the held-out set was not used for it.
 * Prints the same on every machine.
 */
import {
  digitFeatures,
  evaluate,
  everyRow,
  fit,
  loadDigits,
  predict,
  stratifiedSplit,
} from '../../dist/index.js';
import { firstOptions, joinDrawings, readFirstDrawings } from './first-model.js';
import { heldOutSet } from './held-out-set.js';
import { drawSet, sharesRight } from './readings.js';
import { tuningSet } from './tuning-set.js';

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)}%`;

const digits = await loadDigits();
const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });
const alone = { dataset: digits, train };
const joined = joinDrawings(digits, train, await readFirstDrawings());

/**
 * @param {string} name
 * @param {object} options
 * @param {typeof alone} table
 */
async function trainModel(name, options, { dataset, train }) {
  const model = await fit(dataset, train, { seed: 13, ...options });
  const { accuracy } = await evaluate(model, digits, test);
  return { name, model, accuracy };
}

const models = [
  await trainModel('`digits train`', {}, alone),
  await trainModel('`rbf` of 384', firstOptions, alone),
  await trainModel('`rbf` of 384, and 129 drawings', firstOptions, joined),
];
const sets = Object.entries({ tuning: tuningSet, 'held-out': heldOutSet }).map(([name, set]) => ({
  name,
  ...drawSet(set, (picture) => digitFeatures('a drawing', picture)),
}));
const columns = ['model', 'test rows', 'set', 'drawings', 'right', ...digits.classes];
console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`);
for (const { name, model, accuracy } of models) {
  for (const { name: set, features, digits: shown } of sets) {
    const { predictions } = await predict(model, features, everyRow(features));
    const { ofAll, ofDigits } = sharesRight(shown, predictions);
    const cells = [name, percent(accuracy), set, shown.length, percent(ofAll), ...ofDigits.map(percent)];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
