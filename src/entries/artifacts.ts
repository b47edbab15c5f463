/**
 * The artifacts of a training, for Node and browsers: their payloads and what validates them, the data of
 * their charts, and the files they make up.
 */

export type {
  AnyArtifact,
  AnyRunArtifact,
  Artifact,
  PlainArtifact,
  PlainRunArtifact,
  RunArtifact,
  Tested,
} from '../artifacts/artifact.js';
export {
  composeArtifact,
  composeBundle,
  composeFiles,
  composePayloads,
  type Files,
} from '../artifacts/bundle.js';
export { InvalidArtifactError } from '../artifacts/checks.js';
export { findFaults, validateBundle } from '../artifacts/consistency.js';
export { artifacts, artifactsByName, evaluationArtifacts } from '../artifacts/registry.js';
export { openModelFile, validate } from '../artifacts/schemas.js';
export { summariseSweep, sweep } from '../artifacts/sweep.js';
export type { HeldOutTest, ModelExport } from '../exports/export.js';
export type { PackedModel } from '../exports/html.js';
export { composeExports, modelExports } from '../exports/registry.js';
export type {
  Benchmark,
  Calibration,
  Metrics,
  PayloadTypes,
  RocCurves,
  SavedModel,
  Sweep,
  TimingStats,
  TrainingDynamics,
} from '../generated/payloads.js';
export { type Validator, validators } from '../generated/validators.js';
export { reportKeys } from '../metrics/classification-report.js';
