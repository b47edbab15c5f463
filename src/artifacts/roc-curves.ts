import { rocCurvesChart } from '../charts/roc-curves.js';
import type { RocCurve, RocCurves } from '../generated/payloads.js';
import { sum } from '../numbers.js';
import type { RunArtifact, Tested } from './artifact.js';
import { checkLength, checkNumber, InvalidArtifactError, jsonPointer } from './checks.js';

/** The ROC curve of each class against the rest. */
export const rocCurves: RunArtifact<RocCurves, Tested> = {
  name: 'roc_curves',
  description: 'the ROC curve of each class against the rest',
  view: 'ROC curves',
  picture: 'roc_curves.png',
  flag: 'roc-per-class',
  payload: ({ test }) => test.rocCurves(),
  check(curves) {
    for (const [name, curve] of Object.entries(curves)) checkCurve(name, curve);
  },
  chart: rocCurvesChart,
};

function checkCurve(name: string, { fpr, tpr, auc }: RocCurve): void {
  const pointerTo = (key: keyof RocCurve) => jsonPointer(name, key);
  checkRates(pointerTo('fpr'), fpr);
  checkRates(pointerTo('tpr'), tpr);
  checkLength('roc_curves', pointerTo('tpr'), tpr, fpr.length, 'fpr');
  // By the trapezoidal rule, independent of the code that computed the `auc`.
  const area = sum(fpr.slice(1).map((x, index) => ((x - fpr[index]) * (tpr[index + 1] + tpr[index])) / 2));
  checkNumber('roc_curves', pointerTo('auc'), auc, area, 'the area under the stored points');
}

/** From the strictest threshold to the loosest, rates go from 0 to 1 and never fall. */
function checkRates(pointer: string, rates: readonly number[]): void {
  const fail = (place: string, fault: string) => {
    throw new InvalidArtifactError('roc_curves', place, fault);
  };
  const fallen = rates.findIndex((rate, index) => index > 0 && rate < rates[index - 1]);
  if (fallen > 0) {
    const fault = `must not be less than the element before, ${rates[fallen - 1]}, found ${rates[fallen]}`;
    fail(`${pointer}/${fallen}`, fault);
  }
  const [first, last] = [rates[0], rates[rates.length - 1]];
  if (first !== 0) fail(pointer, `must start with 0, not ${first}`);
  if (last !== 1) fail(pointer, `must end with 1, not ${last}`);
}
