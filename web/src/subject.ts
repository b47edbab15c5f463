import {
  type Dataset,
  datasetSha256,
  evaluate,
  everyRow,
  restoreModel,
  type SavedModel,
  stratifiedSplit,
} from 'digit-classifier';
import type { PayloadTypes, Tested } from 'digit-classifier/artifacts';

/** A model and its artifacts: everything that the page shows. */
export interface Subject {
  readonly model: SavedModel;
  /** The payloads of its artifacts, by name: those that are known of it. */
  readonly payloads: Partial<PayloadTypes>;
  /** The rows that the metrics were computed on, in words. */
  readonly rows?: string;
  /** The rows that it was trained on here, in words. */
  readonly trainedOn?: string;
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
 * Tests a saved model on a table: only on the held-out rows if the model was trained on this table, otherwise on all rows.
 * Undefined if the table has other columns than the model, or classes that the model lacks.
 */
export async function testModel(saved: SavedModel, dataset: Dataset): Promise<ModelTest | undefined> {
  const { features, featureNames = [], classes, labels } = dataset;
  const model = restoreModel(saved);
  const { featureNames: names = [], columns } = model;
  const isRead =
    names.length === features.columns &&
    featureNames.every((name, index) => name === names[index]) &&
    names.every((_, index) => isCategory(columns, index) === isCategory(features.kinds, index)) &&
    classes.every((name) => saved.classes.includes(name));
  if (!isRead) return undefined;
  const { test_split: testSplit, seed } = saved.options;
  const isOwn = saved.data_sha256 === (await datasetSha256(dataset));
  const areHeldOut = isOwn && testSplit !== undefined && seed !== undefined;
  const rows = areHeldOut ? stratifiedSplit(labels, { testSplit, seed }).test : everyRow(features);
  const test = await evaluate(model, dataset, rows);
  return { tested: { trainAccuracy: saved.train_accuracy, test }, areHeldOut };
}

function isCategory(columns: readonly { readonly kind: string }[] | undefined, index: number): boolean {
  return columns?.[index]?.kind === 'category';
}
