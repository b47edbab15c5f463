import type { SavedModel } from 'digit-classifier';
import { fingerprintOf } from './fingerprint.js';
import { elementOf } from './page.js';
import type { FieldTexts } from './usual-options.js';

/**
 * Shows whether this engine has computed the same bits as Node did when the page was built; nothing of a model that is not
 * known.
 *
 * @param model a model of the digits, trained to its end
 * @param given what the form gave, see `OptionsForm.given`
 */
export async function showBadge(model: SavedModel | undefined, given: FieldTexts): Promise<void> {
  const badge = elementOf('badge', HTMLElement);
  badge.textContent = '';
  const expected = FINGERPRINTS[JSON.stringify(given)];
  if (!model || expected === undefined) return;
  const found = await fingerprintOf(model);
  if (found === undefined) return;
  const isSame = found === expected;
  badge.className = isSame ? 'same' : 'other';
  badge.textContent = isSame ? '✓ Same bits as everybody’s' : '✗ Other bits than elsewhere: please report it';
  badge.title = `SHA-256 of the numbers of this model: ${found}. ${isSame ? 'Every engine computes the same.' : `Expected ${expected}.`}`;
}
