import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { reasonOf } from '#platform';
import { manifestFile } from '../artifacts/bundle.js';
import type { NamedRun } from '../artifacts/comparison.js';
import { readRun } from '../files/recorded-run.js';
import { comparisonFlags, presentComparison } from '../terminal/comparing.js';
import { tell } from '../terminal/notices.js';

export default class History extends Command {
  static override summary = 'Show the runs under a folder, the oldest first.';

  static override description = [
    'Finds each metrics.json under a folder, at any depth, and shows the runs in the order in which they were written, each ' +
      'compared with the oldest, as digits compare does. Those without a manifest are left out, and counted on stderr.',
    'Exit codes: 0 done, 1 there are fewer than two runs, 2 wrong flags.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts',
    '<%= config.bin %> <%= command.id %> artifacts --output-dir overview',
  ];

  static override args = {
    folder: Args.string({ required: true, description: 'a folder with runs' }),
  };

  static override flags = comparisonFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(History);
    const { runs, unread } = await runsUnder(args.folder);
    if (unread.length > 0) tell(`left out ${unread.length} of the files: ${unread[0]}`);
    if (runs.length < 2) {
      throw new Error(
        `${args.folder}: found ${runs.length === 1 ? 'one run' : 'no run'}, expected two or more`,
      );
    }
    await presentComparison(runs, flags);
  }
}

/** The runs under a folder, the oldest first, and why others could not be read. */
async function runsUnder(root: string): Promise<{ runs: NamedRun[]; unread: string[] }> {
  const names = await readdir(root, { recursive: true }).catch((error) => {
    throw new Error(`${root}: cannot be read: ${reasonOf(error)}; expected a folder with runs`);
  });
  const files = names.filter((name) => basename(name) === manifestFile);
  const found = await Promise.all(
    files.map(async (name) => {
      const path = join(root, name);
      const { mtimeMs } = await stat(path);
      const run = await readRun(path).catch((error: Error) => error.message);
      return { path, mtimeMs, run };
    }),
  );
  const sorted = found.toSorted((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1));
  return {
    runs: sorted.flatMap(({ path, run }) =>
      typeof run === 'string' ? [] : [{ name: dirname(path), metrics: run.metrics }],
    ),
    unread: sorted.flatMap(({ run }) => (typeof run === 'string' ? [run] : [])),
  };
}
