/** What `digits compare` and `digits history` do alike: compare runs, write the files if a folder is given, and print. */
import * as Flags from '@oclif/core/flags';
import { compareRuns, type NamedRun } from '../artifacts/comparison.js';
import { validate } from '../artifacts/schemas.js';
import type { ImageFormat } from '../charts/chart.js';
import { writeComparison } from '../files/comparison-files.js';
import type { Comparison } from '../generated/payloads.js';
import { imagesFlag } from './artifact-flags.js';
import { type Format, printedComparison } from './comparison-table.js';
import { folder } from './flags.js';

export const comparisonFlags = {
  markdown: Flags.boolean({ description: 'print the table in Markdown', exclusive: ['json'] }),
  json: Flags.boolean({ description: 'print one JSON object, as in comparison.json' }),
  'output-dir': folder({
    description: 'folder for comparison.json, comparison.png [default: none are written]',
  }),
  images: imagesFlag,
};

/** Parsed values of these flags. */
interface ComparisonFlags extends Format {
  readonly 'output-dir': string | undefined;
  readonly images: readonly ImageFormat[];
}

/** Compares runs, two or more, with the first, and prints the result to stdout. */
export async function presentComparison(
  runs: readonly NamedRun[],
  flags: ComparisonFlags,
): Promise<Comparison> {
  const comparison = await validate('comparison', compareRuns(runs));
  const directory = flags['output-dir'];
  if (directory !== undefined) await writeComparison(directory, comparison, flags.images);
  process.stdout.write(printedComparison(comparison, flags));
  return comparison;
}
