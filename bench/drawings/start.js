/**
 * `npm run drawings`: the share of simulated drawings that models of the digits read right, of each digit. Options of the page's
 * first model and constants of `src/data/pictures/` were chosen with the tuning set; the held-out set was not used for it.
 * Prints the same on every machine.
 */
import { readFile } from 'node:fs/promises';
import {
  digitFeatures,
  evaluate,
  everyRow,
  fit,
  loadDigits,
  predict,
  stratifiedSplit,
} from '../../dist/index.js';
import { heldOutSet } from './held-out-set.js';
import { readDrawings, shareRight } from './readings.js';
import { tuningSet } from './tuning-set.js';

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)}%`;

const digits = await loadDigits();
const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });
const firstModel = JSON.parse(await readFile(new URL('../../web/first-model.json', import.meta.url), 'utf8'));

/** @param {object} options */
async function trainModel(options) {
  const model = await fit(digits, train, { seed: 13, ...options });
  const { accuracy } = await evaluate(model, digits, test);
  return { model, accuracy };
}

const models = [
  { name: '`digits train`', ...(await trainModel({})) },
  { name: 'first model of the page', ...(await trainModel(firstModel)) },
];
const columns = ['model', 'test rows', 'drawings', 'right', ...digits.classes];
console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`);
for (const { name, model, accuracy } of models) {
  for (const [set, ways] of /** @type {const} */ ([
    ['tuning set', tuningSet],
    ['held-out set', heldOutSet],
  ])) {
    const readings = await readDrawings(
      ways,
      (picture) => digitFeatures('a drawing', picture),
      async (values, rows) => {
        const features = { rows, columns: 64, values };
        return (await predict(model, features, everyRow(features))).predictions;
      },
    );
    const shares = digits.classes.map((_, digit) =>
      percent(shareRight(readings.filter(({ way }) => way.digit === digit))),
    );
    const cells = [
      name,
      percent(accuracy),
      `${readings.length}, ${set}`,
      percent(shareRight(readings)),
      ...shares,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
