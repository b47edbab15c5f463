/** `digits` in a Node program: data → model → metrics → artifacts, as plain functions on plain records. */

export type {
  AnyArtifact,
  AnyRunArtifact,
  Artifact,
  Evaluation,
  PlainArtifact,
  PlainRunArtifact,
  Predictions,
  Run,
  RunArtifact,
  RunOptions,
} from './artifacts/artifact.js';
export { composeArtifact, composeBundle, composeExports } from './artifacts/bundle.js';
export { findFaults, validateBundle } from './artifacts/consistency.js';
export { type Drawing, startDrawing } from './artifacts/drawing.js';
export type { ModelExport } from './artifacts/export.js';
export { parseModel, parseSavedModel, restoreModel } from './artifacts/model.js';
export { artifacts, evaluationArtifacts, modelExports } from './artifacts/registry.js';
export { InvalidArtifactError } from './artifacts/validation.js';
export { OutputError, writeBundle } from './artifacts/writer.js';
export type { Arithmetic, Core, CreateCore, Shape, Trainer } from './core/core.js';
export { createJavaScriptCore } from './core/javascript.js';
export { loadCore, loadTrainer } from './core/load.js';
export { datasetOf, type FeatureRows, matrixOf } from './data/arrays.js';
export { datasetSha256 } from './data/checksum.js';
export { type Dataset, everyRow, type Matrix } from './data/dataset.js';
export { loadDigits } from './data/digits.js';
export type { OnRead } from './data/files.js';
export { type DatasetOptions, readTable, type TableOptions } from './data/read-table.js';
export { formats } from './data/readers/registry.js';
export { fitScaler, type Scaler } from './data/scaler.js';
export { type Split, SplitError, type SplitOptions, stratifiedSplit } from './data/stratified-split.js';
export { type Place, TableError } from './data/table.js';
export { evaluate, type Scores } from './evaluate.js';
export type {
  Benchmark,
  Metrics,
  RocCurves,
  SavedModel,
  TimingStats,
  TrainingDynamics,
} from './generated/payloads.js';
export { type Validator, validators } from './generated/validators.js';
export { accuracy } from './metrics/accuracy.js';
export {
  type ClassificationReport,
  type ClassScores,
  classificationReport,
} from './metrics/classification-report.js';
export { confusionMatrix } from './metrics/confusion-matrix.js';
export { oneVersusRest, type RocCurve, rocCurve } from './metrics/roc.js';
export {
  createPredictor,
  type Model,
  OverflowError,
  type Prediction,
  type Predictor,
  predict,
} from './model/model.js';
export {
  DivergenceError,
  type Epoch,
  fit,
  type TrainingState,
  type TrainOptions,
  train,
} from './model/train.js';
export { type FitOptions, type RegressionOptions, SoftmaxRegression } from './softmax-regression.js';
