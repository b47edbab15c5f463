/** Races between the core and the same algorithm in JavaScript, for Node and browsers; in a browser, best run in a worker. */

export { createJavaScriptCore } from '../bench/javascript.js';
export { operationsOf, type Race } from '../bench/measurement.js';
export type { MeasurePeak } from '../bench/peak.js';
export { type Quartiles, quartiles } from '../bench/quartiles.js';
export {
  DisagreementError,
  loadRacers,
  type RaceOptions,
  type Racer,
  type Racers,
  race,
} from '../bench/race.js';
export type { Arithmetic, Shape } from '../core/core.js';
