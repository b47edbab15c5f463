import type {
  Calibration,
  Importance,
  Metrics,
  PayloadTypes,
  RocCurves,
  SavedModel,
  TimingStats,
  TrainingDynamics,
} from '../generated/payloads.js';
import { sum } from '../numbers.js';
import { quoted } from '../text.js';
import { eventsOf, rowsOf } from './calibration.js';
import { checkNumber, InvalidArtifactError, jsonPointer } from './checks.js';
import { validate } from './schemas.js';

/** The payloads of one run by artifact name: always `metrics`, others if requested. */
export type Payloads = Pick<PayloadTypes, 'metrics'> & Partial<Omit<PayloadTypes, 'benchmark'>>;

/**
 * Checks the payloads of a run before they are written: each by itself, then against one another. All must have the
 * same classes and number of epochs, and the model the accuracies of the metrics.
 *
 * @returns the payloads
 * @throws InvalidArtifactError for the first fault; its message names the file, the field as a JSON pointer, what
 * was found and what was expected
 */
export async function validateBundle(payloads: Readonly<Record<string, unknown>>): Promise<Payloads> {
  if (payloads.metrics === undefined) throw new InvalidArtifactError('metrics', '', 'is missing');
  const [fault] = (await findFaults(payloads)).values();
  if (fault) throw fault;
  return payloads as Payloads;
}

/**
 * The first fault of each faulty payload, by artifact name. A payload that is invalid by itself is not compared with
 * others. Takes any payloads of one run, with or without `metrics`.
 */
export async function findFaults(
  payloads: Readonly<Record<string, unknown>>,
): Promise<Map<string, InvalidArtifactError>> {
  const entries = Object.entries(payloads);
  const alone = await Promise.all(entries.map(([name, payload]) => faultOf(() => validate(name, payload))));
  const valid: Partial<Payloads> = Object.fromEntries(entries.filter((_, index) => !alone[index]));
  const named = entries.map(([name], index) => [name, alone[index]] as const);
  const together = Object.entries(checks).map(
    async ([name, check]) => [name, await faultOf(async () => check(valid))] as const,
  );
  const found = [...named, ...(await Promise.all(together))];
  return new Map(found.flatMap(([name, fault]) => (fault ? [[name, fault]] : [])));
}

async function faultOf(check: () => Promise<unknown>): Promise<InvalidArtifactError | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidArtifactError) return error;
    throw error;
  }
}

/** Checks of each artifact's payload against the others, if present. */
const checks: Readonly<Record<string, (payloads: Partial<Payloads>) => void>> = {
  roc_curves: ({ roc_curves, metrics }) => roc_curves && metrics && checkCurves(roc_curves, metrics),
  calibration: ({ calibration, metrics }) => calibration && metrics && checkCalibration(calibration, metrics),
  timing_stats: ({ timing_stats, training_dynamics }) =>
    timing_stats && training_dynamics && checkEpochs(training_dynamics, timing_stats),
  importance: ({ importance, metrics }) => importance && metrics && checkScore(importance, metrics),
  model: ({ model, ...others }) => model && checkModel(model, others),
};

/**
 * Every class of the test rows has a curve, unless all rows are of it: then its false positive rate is undefined. A class
 * that is never predicted may be one that the model does not know, which has none.
 */
function checkCurves(curves: RocCurves, { classes, confusion_matrix }: Metrics): void {
  const supports = confusion_matrix.map(sum);
  const rows = sum(supports);
  for (const [index, name] of classes.entries()) {
    const isDefined = supports[index] > 0 && supports[index] < rows;
    const hasCurve = Object.hasOwn(curves, name);
    const isPredicted = confusion_matrix.some((row) => row[index] > 0);
    if (hasCurve === isDefined || (!hasCurve && !isPredicted)) continue;
    const fault = isDefined
      ? 'is missing, a class of metrics.json'
      : `must be missing: ${supports[index]} of the ${rows} rows in metrics.json are of this class`;
    throw new InvalidArtifactError('roc_curves', jsonPointer(name), fault);
  }
  const unknown = Object.keys(curves).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new InvalidArtifactError('roc_curves', jsonPointer(unknown), 'is no class of metrics.json');
  }
}

/** Classes of the test rows that the model does not know come after its own, and have no probability. */
function checkCalibration({ confidence, classes: curves }: Calibration, metrics: Metrics): void {
  const { classes, confusion_matrix } = metrics;
  const supports = confusion_matrix.map(sum);
  const check = (pointer: string, found: number, expected: number, source: string) =>
    checkNumber('calibration', pointer, found, expected, `${source} of /confusion_matrix of metrics.json`);
  const right = sum(confusion_matrix.map((row, index) => row[index]));
  check('/confidence/bins', rowsOf(confidence), sum(supports), 'the rows');
  check('/confidence/bins', eventsOf(confidence), right, 'the rows on the diagonal');
  for (const [index, { name, curve }] of curves.entries()) {
    const pointer = jsonPointer('classes', index);
    if (name !== classes[index]) {
      const fault = `must be ${quoted(classes[index] ?? '')}, as in /classes of metrics.json, found ${quoted(name)}`;
      throw new InvalidArtifactError('calibration', `${pointer}/name`, fault);
    }
    check(`${pointer}/curve/bins`, eventsOf(curve), supports[index], `the sum of row ${index}`);
  }
}

function checkEpochs(dynamics: TrainingDynamics, timing: TimingStats): void {
  const [epochs, durations] = [dynamics.epochs.length, timing.epoch_durations_sec.length];
  if (durations === epochs) return;
  const fault = `must have ${epochs} elements, the epochs of training_dynamics.json, found ${durations}`;
  throw new InvalidArtifactError('timing_stats', '/epoch_durations_sec', fault);
}

function checkScore({ test_accuracy: found }: Importance, { test_accuracy }: Metrics): void {
  checkNumber('importance', '/test_accuracy', found, test_accuracy, '/test_accuracy of metrics.json');
}

function checkModel(
  model: SavedModel,
  { metrics, training_dynamics, timing_stats }: Partial<Payloads>,
): void {
  if (metrics) {
    for (const key of ['train_accuracy', 'test_accuracy'] as const) {
      const { [key]: found = metrics[key] } = model;
      checkNumber('model', `/${key}`, found, metrics[key], `/${key} of metrics.json`);
    }
    checkClasses(model.classes, metrics.classes);
  }
  const recorded = training_dynamics?.epochs ?? timing_stats?.epoch_durations_sec;
  if (!recorded) return;
  const source = `the epochs of ${training_dynamics ? 'training_dynamics' : 'timing_stats'}.json`;
  const { ending, options } = model;
  if (ending) checkNumber('model', '/ending/iterations', ending.iterations, recorded.length, source);
  else checkNumber('model', '/options/epochs', options.epochs, recorded.length, source);
}

function checkClasses(found: readonly string[], expected: readonly string[]): void {
  const fail = (place: string, wanted: string, had: string) => {
    const fault = `must ${wanted}, as in /classes of metrics.json, found ${had}`;
    throw new InvalidArtifactError('model', place, fault);
  };
  if (found.length !== expected.length)
    fail('/classes', `have ${expected.length} elements`, `${found.length}`);
  const index = found.findIndex((name, i) => name !== expected[i]);
  if (index >= 0) {
    fail(`/classes/${index}`, `be ${quoted(expected[index])}`, quoted(found[index]));
  }
}
