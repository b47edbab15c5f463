/** The fingerprints of the models that a visitor's engine can be compared with, computed by Node while the page is built. */
import { createHash } from 'node:crypto';
import { loadDigits, trainAndTest } from 'digit-classifier';
import { optionsIn, usualOptions } from './src/usual-options.ts';

/** What the form gives for these models, see `OptionsForm.given`: the first one, and that of `digits train` without flags. */
const models = [
  { given: {}, texts: usualOptions.digits },
  { given: { solver: 'gd' }, texts: { solver: 'gd' } },
];

/**
 * SHA-256 of the weights, row by row, and the bias as little-endian float32, by what the form gives as JSON.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function references() {
  const digits = await loadDigits();
  const found = [];
  for (const { given, texts } of models) {
    const { model } = await trainAndTest(digits, optionsIn(texts));
    const hash = createHash('sha256').update(model.weights).update(model.bias).digest('hex');
    found.push([JSON.stringify(given), hash]);
  }
  return Object.fromEntries(found);
}
