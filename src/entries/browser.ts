/**
 * `digits` for a page or a worker: what `index.ts` offers, less the file system and the drawing of charts.
 * Artifacts are in a separate `artifacts.ts`, so that training does not load them.
 */

export { InvalidArtifactError } from '../artifacts/checks.js';
export { restoreModel } from '../artifacts/model.js';
export { parseModel, parseSavedModel } from '../artifacts/read-model.js';
export type {
  Arithmetic,
  Core,
  CreateCore,
  GatherRows,
  RandomFeatures,
  Shape,
  Trainer,
  Workspace,
} from '../core/core.js';
export { gatherFrom } from '../core/gather.js';
export { loadCore, loadTrainer } from '../core/load.js';
export { type ColumnAccount, columnsInWords, columnsOf } from '../data/account.js';
export {
  datasetOf,
  type FeatureRows,
  type MixedRows,
  matrixFor,
  matrixOf,
  type Value,
} from '../data/arrays.js';
export { datasetSha256 } from '../data/checksum.js';
export {
  type AnyMatrix,
  type Dataset,
  everyRow,
  type LoadedDataset,
  type Matrix,
  type SpooledMatrix,
} from '../data/dataset.js';
export { loadDigits } from '../data/digits.js';
export { fitScaler, type Scaler } from '../data/scaler.js';
export {
  type Split,
  SplitError,
  type SplitOptions,
  splitRows,
  stratifiedSplit,
} from '../data/stratified-split.js';
export type { SavedModel } from '../generated/payloads.js';
export { accuracy } from '../metrics/accuracy.js';
export {
  type ClassificationReport,
  type ClassScores,
  classificationReport,
  reportKeys,
} from '../metrics/classification-report.js';
export { confusionMatrix } from '../metrics/confusion-matrix.js';
export type { CrossValidation, FoldScores } from '../metrics/folds.js';
export { logOdds, oneVersusRest, type RocCurve, rocCurve } from '../metrics/roc.js';
export { gatherFeatures } from '../model/encoding.js';
export {
  type CategoryColumn,
  countColumns,
  featureNamesOf,
  fitInputs,
  type InputColumn,
  type Inputs,
  type NumberColumn,
  randomFeaturesOf,
  shapeOf,
} from '../model/inputs.js';
export {
  type Convergence,
  createPredictor,
  type Ending,
  type Model,
  OverflowError,
  type Prediction,
  type Predictor,
  predict,
} from '../model/model.js';
export { accepts, expectedOf, idleFault, type Wording } from '../model/option-checks.js';
export { commandWords, optionsToGive } from '../model/option-words.js';
export {
  type Option,
  type OptionName,
  type Options,
  optionNames,
  options,
  type Settled,
  settle,
  settleForAnyRows,
  type TrainedOn,
  trainedOn,
} from '../model/options.js';
export { schedules } from '../model/schedules.js';
export type { SolverName } from '../model/solvers/registry.js';
export type { TrainOptions } from '../model/training/controls.js';
export { lastTenthOf } from '../model/training/fall.js';
export { DivergenceError, type TrainingState } from '../model/training/state.js';
export { type Epoch, fit, train } from '../model/training/train.js';
export { rowsWithWeight } from '../model/weights.js';
export type { NumberRange, TextForm, Values } from '../ranges.js';
export { type Evaluation, evaluate } from '../run/evaluation.js';
export {
  completeRun,
  concludeRun,
  MAX_RECORDED_EPOCHS,
  planRun,
  type RecordedEpoch,
  type Run,
  type RunControls,
  type RunPlan,
  trainAndTest,
  trainRun,
} from '../run/run.js';
export type { Sides } from '../run/sides.js';
export { commandLine } from '../text.js';
export { drawCombinations, everyCombination } from '../trials/combinations.js';
export { crossValidate, type TrialControls } from '../trials/cross-validation.js';
export { type Candidate, type SweepResult, sweepOptions, type Tried } from '../trials/sweep.js';
export type { TrialStaff } from '../trials/trial.js';
export { type FitOptions, type RegressionOptions, SoftmaxRegression } from './softmax-regression.js';
