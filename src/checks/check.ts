import type { Sweep } from '../generated/payloads.js';
import type { Run } from '../run/run.js';

/** What checks look at. */
export interface Subject {
  readonly run: Run;
  /** The sweep by which its options were chosen, if there was one on the same table. */
  readonly sweep?: Sweep;
}

/** A doubt about a run that follows from its table and its numbers. */
export interface Check {
  /** `D` and three digits; a code keeps its meaning, and is never given to another check. */
  readonly code: string;
  /** What is wrong where it fires, in a few words. */
  readonly title: string;
  /** Why it matters. */
  readonly explanation: string;
  /** What to do. */
  readonly remedy: string;
  /** What was found, as a sentence with numbers; undefined if the check does not fire. */
  find(subject: Subject): string | undefined;
}

/** A check that fired. */
export interface Finding extends Omit<Check, 'find'> {
  readonly found: string;
}
