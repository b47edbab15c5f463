import type { Run } from '../run/run.js';
import type { Files } from './bundle.js';

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

/** Builds documents in memory. */
export async function composeDocuments<Subject>(
  documents: readonly RunDocument<Subject>[],
  subject: Subject,
): Promise<Files> {
  const files = documents.map(async (document) => [document.file, await document.compose(subject)] as const);
  return new Map(await Promise.all(files));
}
