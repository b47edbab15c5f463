/** The fingerprints of the models that a visitor's engine can be compared with, computed by Node while the page is built. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { completeRun, loadDigits, planRun } from 'digit-classifier';
import { drawingsIn } from './src/first-drawings.ts';
import { withLessons } from './src/lessons.ts';
import { optionsIn, usualOptions } from './src/usual-options.ts';

/**
 * SHA-256 of the weights, row by row, and the bias as little-endian float32, by what the form gives as JSON (see
 * `OptionsForm.given`): of the first model, and of that of `digits train` without flags.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function references() {
  const digits = await loadDigits();
  const drawings = drawingsIn(await readFile(new URL('first-drawings.csv', import.meta.url), 'utf8'));
  const linear = /** @type {const} */ ({ solver: 'gd' });
  const plans = {
    [JSON.stringify({})]: withLessons(planRun(digits, optionsIn(usualOptions.digits)), drawings),
    [JSON.stringify(linear)]: planRun(digits, linear),
  };
  const found = Object.entries(plans).map(async ([given, plan]) => {
    const { model } = await completeRun(plan);
    return [given, createHash('sha256').update(model.weights).update(model.bias).digest('hex')];
  });
  return Object.fromEntries(await Promise.all(found));
}
