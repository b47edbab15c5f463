/**
 * `digits` for Node: data → model → metrics → artifacts, as plain functions on plain records. This is everything that
 * browsers get, plus what needs files and a drawing thread.
 */

import type { Dataset } from '../data/dataset.js';
import type { TrialStaff } from '../trials/trial.js';

export { type Drawing, startDrawing } from '../files/drawing.js';
export { type Journal, JournalError, openJournal, withJournal } from '../files/journal.js';
export { OutputError, writeBundle } from '../files/writer.js';
export { SpoolError } from '../storage.js';
export * from './artifacts.js';
export * from './browser.js';
export * from './pictures.js';
export * from './tables.js';

/**
 * Starts up to `count` threads that run trials on a table, for `crossValidate` and `sweepOptions`, which end them.
 *
 * @param count 1 or more
 */
export async function startTrialThreads(dataset: Dataset, count: number): Promise<TrialStaff> {
  // Loaded on demand, since most programs have no trials.
  const threads = await import('../trials/staffs/trial-threads.js');
  return threads.startTrialThreads(dataset, count);
}
