import type { Run } from '../run/run.js';

/**
 * A file of a run that is no JSON: people and other programs read it, and this one does not. To add one, write a file here
 * and a line in the registry: the flag, its help and the writing follow.
 */
export interface RunDocument<Subject = Run> {
  readonly file: string;
  /** The command-line switch that asks for it. */
  readonly flag: string;
  /** What it contains, for the help. */
  readonly description: string;
  compose(subject: Subject): string | Uint8Array | Promise<string | Uint8Array>;
}
