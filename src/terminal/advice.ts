import { toleranceOf } from '../model/options.js';
import type { Run } from '../run/run.js';

/**
 * What helps a training that had not converged, for people; undefined if it had, or if its end was chosen by patience.
 *
 * @param interactive whether somebody reads it: many trainings by gradient descent end so on purpose, that of the digits
 * too, and programs find it in the model
 */
export function adviceFor(
  { options, model: { ending } }: Pick<Run, 'options' | 'model'>,
  interactive: boolean,
): string | undefined {
  if (ending?.converged !== false || options.patience !== undefined) return undefined;
  const { iterations } = ending;
  const epochs = `${iterations} ${iterations === 1 ? 'epoch' : 'epochs'}`;
  if (toleranceOf(options) !== undefined) {
    return `training had not converged after ${epochs}: give more --epochs or a larger --tolerance`;
  }
  if (!interactive) return undefined;
  return `the loss was still falling after ${epochs}: give more --epochs, a larger --learning-rate, or --solver lbfgs`;
}
