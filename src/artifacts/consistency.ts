import type {
  Metrics,
  RocCurve,
  RocCurves,
  SavedModel,
  TimingStats,
  TrainingDynamics,
} from '../generated/payloads.js';
import { sum } from '../numbers.js';
import { type Payloads, validatePayload, validatePayloads } from './schemas.js';
import { InvalidArtifactError, jsonPointer } from './validation.js';

/** Far above the rounding of a sum over a million ratios, far below the weight of one row in 10⁹. */
const tolerance = 1e-10;

/**
 * Checks the payloads of a run before they are written: each against its schema, then the payloads, and the fields
 * of each, against one another. The confusion matrix determines the accuracies and supports, the points of a ROC
 * curve its area; all artifacts must have the same classes and number of epochs, and the model the accuracies of
 * the metrics.
 *
 * @throws InvalidArtifactError for the first fault; its message names the file, the field as a JSON pointer, what
 * was found and what was expected
 */
export function validateBundle(payloads: Readonly<Record<string, unknown>>): asserts payloads is Payloads {
  validatePayloads(payloads);
  for (const check of Object.values(checks)) check(payloads);
}

/**
 * The first fault of each faulty payload, by artifact name. A payload that violates its schema is not compared with
 * others. Takes any payloads of one run, with or without `metrics`.
 */
export function findFaults(payloads: Readonly<Record<string, unknown>>): Map<string, InvalidArtifactError> {
  const faults = new Map<string, InvalidArtifactError>();
  const attempt = (name: string, check: () => void) => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof InvalidArtifactError)) throw error;
      faults.set(name, error);
    }
  };
  for (const [name, payload] of Object.entries(payloads)) attempt(name, () => validatePayload(name, payload));
  const sound: Partial<Payloads> = Object.fromEntries(
    Object.entries(payloads).filter(([name]) => !faults.has(name)),
  );
  for (const [name, check] of Object.entries(checks)) attempt(name, () => check(sound));
  return faults;
}

/** Checks of each artifact's payload against itself and the other payloads, if present. */
const checks: Readonly<Record<string, (payloads: Partial<Payloads>) => void>> = {
  metrics: ({ metrics }) => metrics && checkMetrics(metrics),
  roc_curves: ({ roc_curves, metrics }) => roc_curves && checkRocCurves(roc_curves, metrics?.classes),
  timing_stats: ({ timing_stats, training_dynamics }) =>
    timing_stats && training_dynamics && checkEpochs(training_dynamics, timing_stats),
  model: ({ model, ...others }) => model && checkModel(model, others),
};

function checkMetrics({ classes, confusion_matrix, classification_report, test_accuracy }: Metrics): void {
  const supports = confusion_matrix.map(sum);
  const rows = sum(supports);
  if (rows === 0) throw new InvalidArtifactError('metrics', '/confusion_matrix', 'counts no row');

  const accuracy = sum(confusion_matrix.map((row, index) => row[index])) / rows;
  const diagonal = 'the share of rows on the diagonal of /confusion_matrix';
  expect('metrics', ['test_accuracy'], test_accuracy, accuracy, diagonal);
  expect(
    'metrics',
    ['classification_report', 'accuracy'],
    classification_report.accuracy,
    accuracy,
    diagonal,
  );

  const expectSupport = (name: string, support: number, source: string) => {
    const scores = classification_report[name];
    const found = typeof scores === 'object' ? scores.support : Number.NaN;
    expect('metrics', ['classification_report', name, 'support'], found, support, source);
  };
  classes.forEach((name, index) => {
    expectSupport(name, supports[index], `the sum of /confusion_matrix/${index}`);
  });
  for (const average of ['macro avg', 'weighted avg']) {
    expectSupport(average, rows, 'the sum of /confusion_matrix');
  }
}

function checkRocCurves(curves: RocCurves, classes = Object.keys(curves)): void {
  const missing = classes.find((name) => !Object.hasOwn(curves, name));
  if (missing !== undefined) {
    throw new InvalidArtifactError('roc_curves', jsonPointer(missing), 'is missing, a class of metrics.json');
  }
  for (const [name, curve] of Object.entries(curves)) {
    if (!classes.includes(name)) {
      throw new InvalidArtifactError('roc_curves', jsonPointer(name), 'is no class of metrics.json');
    }
    expect('roc_curves', [name, 'auc'], curve.auc, area(curve), 'the area under the stored points');
  }
}

function checkEpochs(dynamics: TrainingDynamics, timing: TimingStats): void {
  const [epochs, durations] = [dynamics.epochs.length, timing.epoch_durations_sec.length];
  if (durations === epochs) return;
  const fault = `must have ${epochs} elements, the epochs of training_dynamics.json, found ${durations}`;
  throw new InvalidArtifactError('timing_stats', '/epoch_durations_sec', fault);
}

function checkModel(
  model: SavedModel,
  { metrics, training_dynamics, timing_stats }: Partial<Payloads>,
): void {
  if (metrics) {
    for (const key of ['train_accuracy', 'test_accuracy'] as const) {
      const found = model[key];
      if (found !== undefined) expect('model', [key], found, metrics[key], `/${key} of metrics.json`);
    }
    checkClasses(model.classes, metrics.classes);
  }
  const recorded = training_dynamics?.epochs ?? timing_stats?.epoch_durations_sec;
  if (!recorded) return;
  const source = `the epochs of ${training_dynamics ? 'training_dynamics' : 'timing_stats'}.json`;
  const { ending, options } = model;
  if (ending) expect('model', ['ending', 'iterations'], ending.iterations, recorded.length, source);
  else expect('model', ['options', 'epochs'], options.epochs, recorded.length, source);
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
    fail(`/classes/${index}`, `be ${JSON.stringify(expected[index])}`, JSON.stringify(found[index]));
  }
}

function expect(
  artifact: string,
  path: readonly string[],
  found: number,
  expected: number,
  source: string,
): void {
  if (Math.abs(found - expected) <= tolerance) return;
  const fault = `must be ${expected}, ${source}, found ${found}`;
  throw new InvalidArtifactError(artifact, jsonPointer(...path), fault);
}

/**
 * Area under the stored points by the trapezoidal rule, independent of the code that computed the `auc` checked
 * here.
 */
function area({ fpr, tpr }: RocCurve): number {
  return sum(fpr.slice(1).map((x, index) => ((x - fpr[index]) * (tpr[index + 1] + tpr[index])) / 2));
}
