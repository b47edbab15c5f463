import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { findingsOf } from '../checks/registry.js';
import { loadCore } from '../core/load.js';
import type { Dataset } from '../data/dataset.js';
import { loadDigits } from '../data/digits.js';
import { type Options, settleForAnyRows } from '../model/options.js';
import { planRun, type RunPlan } from '../run/run.js';
import { formatChecks, ignoreFlag, sweepFlag } from '../terminal/check-flags.js';
import { isInteractive, quiet, threadCount } from '../terminal/flags.js';
import { noProgress, readingProgress, readTableWithProgress } from '../terminal/progress.js';
import { storageFlags, storageOptions } from '../terminal/storage-flags.js';
import { readSweep } from '../terminal/sweep-file.js';
import { dataFlag, splitFault, tableFlags, tableOf } from '../terminal/table-flags.js';
import { trainWithProgress } from '../terminal/training.js';
import {
  allOptionFlags,
  checkFlagCombination,
  checkFlagsForClasses,
  optionsIn,
} from '../terminal/training-flags.js';
import { jsonText } from '../text.js';

export default class Check extends Command {
  static override summary = 'Train, and say what in the table or the result is doubtful.';

  static override description = [
    'Trains and tests as digits train does with the same table and options, writes nothing, and looks for what makes results ' +
      'doubtful: columns that give the label away, duplicates, too few test rows, overfitting and so on. Each check has a code, ' +
      'by which --ignore leaves it out.',
    'Prints for each check that fires what was found, why it matters and what to do, or with --json a single JSON object. ' +
      'Exit codes: 0 done, with --exit-code 1 if a check fires, 1 the run failed, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --data iris.csv --label class',
    '<%= config.bin %> <%= command.id %> --data iris.csv --ignore D005,D007 --exit-code',
    "<%= config.bin %> <%= command.id %> --data iris.csv --json | jq '.findings[].code'",
  ];

  static override flags = {
    data: dataFlag,
    ...tableFlags,
    ...allOptionFlags,
    threads: threadCount({
      description: 'threads to train on, 1 to 8 [default: as many as save more time than they take to start]',
    }),
    ...storageFlags,
    sweep: sweepFlag,
    ignore: ignoreFlag,
    'exit-code': Flags.boolean({ description: 'exit with 1 if a check fires' }),
    json: Flags.boolean({ description: 'print one JSON object instead of lines' }),
    quiet,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Check);
    const options = optionsIn(flags);
    const { arithmetic } = settleForAnyRows(options, { isDigits: flags.data === undefined });
    checkFlagCombination(options);
    const table = tableOf(flags);
    await loadCore(arithmetic);

    const interactive = isInteractive(flags);
    const dataset = table
      ? await readTableWithProgress(
          table.path,
          { ...table.options, ...storageOptions(flags) },
          interactive ? readingProgress() : noProgress,
        )
      : await loadDigits();
    const sweep = flags.sweep === undefined ? undefined : await readSweep(flags.sweep, dataset);
    checkFlagsForClasses(dataset, options);
    const plan = planOf(dataset, options, flags.data);
    const { trained: run } = await trainWithProgress(plan, flags.threads, interactive);

    const ignored = flags.ignore ?? [];
    const findings = findingsOf({ run, ...(sweep && { sweep }) }, ignored);
    process.stdout.write(
      flags.json ? `${jsonText({ findings, ignored }, 2)}\n` : formatChecks(findings, ignored),
    );
    if (flags['exit-code'] && findings.length > 0) process.exitCode = 1;
  }
}

/** The plan of the run; faults of the split name the table. */
function planOf(dataset: Dataset, options: Options, path: string | undefined): RunPlan {
  try {
    return planRun(dataset, options);
  } catch (error) {
    throw splitFault(error, path, dataset);
  }
}
