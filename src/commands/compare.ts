import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import { readRun } from '../files/recorded-run.js';
import { comparisonFlags, presentComparison } from '../terminal/comparing.js';
import { conditionFlag, conditionsMet } from '../terminal/conditions.js';
import { tell } from '../terminal/notices.js';

export default class Compare extends Command {
  static override summary = 'Compare runs with the first of them, and fail if one is worse.';

  static override description = [
    'Takes folders of digits train or evaluate, or their metrics.json. Runs on the same test rows of the same table are ' +
      "compared row by row: McNemar's exact test says whether the difference is more than chance would make. For others it " +
      'says why that can not be done.',
    'Prints a table to stdout, or with --json the contents of comparison.json. Exit codes: 0 done, 1 a condition of --fail-if ' +
      'is met or a run can not be read, 2 wrong flags.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts/main artifacts/new',
    "<%= config.bin %> <%= command.id %> artifacts/main artifacts/new --fail-if 'test_accuracy < -0.01' --fail-if 'log_loss > 0.02'",
    '<%= config.bin %> <%= command.id %> artifacts/main artifacts/new --markdown >> "$GITHUB_STEP_SUMMARY"',
  ];

  static override args = {
    runs: Args.string({
      multiple: true,
      required: true,
      description: 'two folders or more; the others are compared with the first',
    }),
  };

  static override flags = {
    'fail-if': conditionFlag({
      multiple: true,
      multipleNonGreedy: true,
      description:
        'condition on the difference of a score from that of the first run, such as "test_accuracy < -0.01"; if it is met, ' +
        'the exit code is 1',
    }),
    ...comparisonFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compare);
    if (args.runs.length < 2) throw new CLIError('found one run, expected two or more to compare');
    const runs = await Promise.all(
      args.runs.map(async (name) => ({ name, metrics: (await readRun(name)).metrics })),
    );
    const comparison = await presentComparison(runs, flags);
    const met = conditionsMet(comparison, flags['fail-if'] ?? []);
    for (const sentence of met) tell(sentence);
    if (met.length > 0) process.exitCode = 1;
  }
}
