import {
  type Dataset,
  datasetSha256,
  evaluate,
  everyRow,
  type Run,
  restoreModel,
  type SavedModel,
  stratifiedSplit,
} from 'digit-classifier';
import {
  artifacts,
  evaluationArtifacts,
  type Metrics,
  type RocCurves,
  type Tested,
  type TimingStats,
  type TrainingDynamics,
  validateBundle,
} from 'digit-classifier/artifacts';

/** A model and its artifacts: everything that the page shows. */
export interface Subject {
  readonly model: SavedModel;
  readonly metrics?: Metrics;
  readonly rocCurves?: RocCurves;
  readonly trainingDynamics?: TrainingDynamics;
  readonly timingStats?: TimingStats;
  /** The rows that the metrics were computed on, in words. */
  readonly rows?: string;
  /** The command that makes the same files, if there is one. */
  readonly command?: string;
}

/** The test of a saved model on rows of a table. */
export interface ModelTest {
  readonly tested: Tested;
  /** Whether these rows were held out when the model was trained. */
  readonly areHeldOut: boolean;
}

/**
 * The artifacts of a run.
 *
 * @throws InvalidArtifactError if they do not match their schemas, or contradict each other
 */
export async function describeRun(run: Run): Promise<Omit<Subject, 'rows' | 'command'>> {
  const [metrics, rocCurves, trainingDynamics, timingStats, savedModel] = artifacts;
  const payloads = {
    metrics: metrics.payload(run),
    roc_curves: rocCurves.payload(run),
    training_dynamics: trainingDynamics.payload(run),
    timing_stats: timingStats.payload(run),
    model: await savedModel.payload(run),
  };
  validateBundle(payloads);
  return {
    model: payloads.model,
    metrics: payloads.metrics,
    rocCurves: payloads.roc_curves,
    trainingDynamics: payloads.training_dynamics,
    timingStats: payloads.timing_stats,
  };
}

/**
 * Tests a saved model on a table: only on the held-out rows if the model was trained on this table, otherwise on all rows.
 * Undefined if the table has other features than the model, or classes that the model lacks.
 */
export async function testModel(saved: SavedModel, dataset: Dataset): Promise<ModelTest | undefined> {
  const { features, featureNames = [], classes, labels } = dataset;
  const { feature_names: names } = saved;
  const isRead =
    names.length === features.columns &&
    featureNames.every((name, index) => name === names[index]) &&
    classes.every((name) => saved.classes.includes(name));
  if (!isRead) return undefined;
  const { test_split: testSplit, seed } = saved.options;
  const isOwn = saved.data_sha256 === (await datasetSha256(dataset));
  const areHeldOut = isOwn && testSplit !== undefined && seed !== undefined;
  const rows = areHeldOut ? stratifiedSplit(labels, { testSplit, seed }).test : everyRow(features);
  const test = await evaluate(restoreModel(saved), dataset, rows);
  return { tested: { trainAccuracy: saved.train_accuracy, test }, areHeldOut };
}

/** The artifacts that can be made from the rows of an evaluation. */
export function artifactsFor(tested: Tested): (typeof evaluationArtifacts)[number][] {
  const [metrics, rocCurves] = evaluationArtifacts;
  return hasEveryClass(tested) ? [metrics, rocCurves] : [metrics];
}

/** Whether every class has a row; a class without rows has no ROC curve. */
function hasEveryClass({ test }: Tested): boolean {
  return test.classes.every((_, index) => test.labels.includes(index));
}

/** A saved model with the artifacts of its test, if there was one. */
export function describeModel(
  model: SavedModel,
  test: ModelTest | undefined,
): Omit<Subject, 'rows' | 'command'> {
  if (!test) return { model };
  const [metrics, rocCurves] = evaluationArtifacts;
  const { tested } = test;
  return {
    model,
    metrics: metrics.payload(tested),
    ...(hasEveryClass(tested) && { rocCurves: rocCurves.payload(tested) }),
  };
}
