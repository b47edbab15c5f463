import {
  type Dataset,
  datasetSha256,
  evaluate,
  everyRow,
  restoreModel,
  type SavedModel,
  stratifiedSplit,
} from 'digit-classifier';
import {
  artifacts,
  type Evaluation,
  evaluationArtifacts,
  type Metrics,
  type RocCurves,
  type Run,
  type TimingStats,
  type TrainingDynamics,
  validateBundle,
} from 'digit-classifier/artifacts';

/** A model, and what its artifacts tell of it: all that the page shows. */
export interface Subject {
  readonly model: SavedModel;
  readonly metrics?: Metrics;
  readonly rocCurves?: RocCurves;
  readonly trainingDynamics?: TrainingDynamics;
  readonly timingStats?: TimingStats;
  /** The rows that the metrics are of, in words. */
  readonly rows?: string;
  /** What makes the same files at a terminal. */
  readonly command?: string;
}

/** A saved model on rows of a table. */
export interface Test {
  readonly evaluation: Evaluation;
  /** Indices in the table. */
  readonly rows: Int32Array;
  /** Whether the model was not trained on them. */
  readonly areHeldOut: boolean;
}

/**
 * What the artifacts of a run tell.
 *
 * @throws InvalidArtifactError where they do not keep to their schemas, or contradict each other
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
 * Tests a saved model on a table: on the rows that it was not trained on where it was trained on that table, else on all
 * of them. Nothing where it does not read the table.
 */
export async function testModel(saved: SavedModel, dataset: Dataset): Promise<Test | undefined> {
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
  return {
    evaluation: { classes: saved.classes, trainAccuracy: saved.train_accuracy, test },
    rows,
    areHeldOut,
  };
}

/** Those artifacts of an evaluation that its rows suffice for. */
export function artifactsFor(evaluation: Evaluation): (typeof evaluationArtifacts)[number][] {
  const [metrics, rocCurves] = evaluationArtifacts;
  return hasEveryClass(evaluation) ? [metrics, rocCurves] : [metrics];
}

/** A class that has none of the rows has no ROC curve. */
function hasEveryClass({ classes, test }: Evaluation): boolean {
  return classes.every((_, index) => test.labels.includes(index));
}

/** What is told of a saved model, and of its test where there was one. */
export function describeModel(model: SavedModel, test: Test | undefined): Omit<Subject, 'rows' | 'command'> {
  if (!test) return { model };
  const [metrics, rocCurves] = evaluationArtifacts;
  const { evaluation } = test;
  return {
    model,
    metrics: metrics.payload(evaluation),
    ...(hasEveryClass(evaluation) && { rocCurves: rocCurves.payload(evaluation) }),
  };
}
