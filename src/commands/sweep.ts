import { join } from 'node:path';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { composeArtifact, fileNames } from '../artifacts/bundle.js';
import { summariseSweep, sweep } from '../artifacts/sweep.js';
import { optionsInWords } from '../charts/sweep.js';
import { bestAtEdge } from '../checks/edge.js';
import { loadDigits } from '../data/digits.js';
import { startDrawing } from '../files/drawing.js';
import { openJournal, withJournal } from '../files/journal.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import { combinationFault } from '../model/option-checks.js';
import { keysOf } from '../model/option-keys.js';
import { type Options, settleForAnyRows } from '../model/options.js';
import { imagesFlag } from '../terminal/artifact-flags.js';
import { combinationFlags, combinationsOf } from '../terminal/combination-flags.js';
import { foldCount, folder, isInteractive, quiet, threadCount } from '../terminal/flags.js';
import { tell } from '../terminal/notices.js';
import {
  noProgress,
  readingProgress,
  readTableWithProgress,
  reportKept,
  trialProgress,
} from '../terminal/progress.js';
import { queueFlags, queueOf } from '../terminal/queue-flags.js';
import { storageFlags, storageOptions } from '../terminal/storage-flags.js';
import { formatSweep } from '../terminal/summary.js';
import { dataFlag, splitFault, tableFlags, tableOf, tableWords } from '../terminal/table-flags.js';
import {
  checkFlagsForClasses,
  inFlags,
  optionFlag,
  optionsIn,
  trainingFlags,
} from '../terminal/training-flags.js';
import { startStaff, sweepWithProgress, tableLocation } from '../terminal/trials.js';
import { commandLine, jsonText } from '../text.js';
import { FOLDS } from '../trials/cross-validation.js';
import type { QueueAddress } from '../trials/staffs/queue/server.js';
import { planSweep, type SweepPlan, trialsIn } from '../trials/sweep.js';

/** File name of the journal of finished trials, in the folder of the artifacts. */
const JOURNAL = 'sweep.trials.jsonl';

export default class Sweep extends Command {
  static override summary = 'Find the best training options by cross-validation.';

  static override description = [
    'Cross-validates every combination of the values of --grid, or N combinations drawn by --random from these and from ' +
      '--range, on folds of the training rows: each fold is tested with a model trained on the others. The rows held ' +
      'out by --test-split are not used; running digits train with the best options tests on them.',
    'Finished trainings are kept in sweep.trials.jsonl in the output folder. A sweep that is restarted or extended ' +
      'continues from there without repeating any. Delete the file to start over.',
    'Prints a JSON object with the best options, their accuracy and the names of the files to stdout. Exit codes: 0 done, ' +
      '1 the sweep failed, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> --grid learning-rate=0.05,0.1,0.5 --grid l2=0,1e-3',
    '<%= config.bin %> <%= command.id %> --solver lbfgs --random 20 --range l2=1e-5..0.1 --folds 10',
    '<%= config.bin %> <%= command.id %> --features rbf --grid components=512,1024,2048 --grid gamma=0.1,0.2,0.4',
    '<%= config.bin %> <%= command.id %> --data iris.csv --label class --grid solver=gd,momentum,adam',
  ];

  static override flags = {
    ...combinationFlags,
    folds: foldCount({
      default: FOLDS,
      description: 'folds of the training rows, 2 to 100; each combination is trained once per fold',
    }),
    data: dataFlag,
    ...tableFlags,
    'output-dir': folder({
      default: './artifacts',
      description:
        'folder for sweep.json, sweep.png and the finished trainings; created if missing, with its parents',
    }),
    ...trainingFlags,
    'test-split': optionFlag(
      'testSplit',
      'share of each class to leave out of the sweep, above 0 and below 1',
    ),
    seed: optionFlag(
      'seed',
      'seed of the split, the folds, the draws and everything else random, 0 to 4294967295',
    ),
    threads: threadCount({
      description:
        'trainings to run at the same time, 1 to 8; any number gives the same result [default: one per processor core]',
      exclusive: ['queue'],
    }),
    ...storageFlags,
    ...queueFlags,
    abandon: Flags.boolean({
      dependsOn: ['queue'],
      description: 'remove the trainings of this sweep from the queue, and end',
    }),
    images: imagesFlag,
    quiet,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Sweep);
    const { folds, threads, images, 'output-dir': directory } = flags;
    const shared = optionsIn(flags);
    const { seed } = settleForAnyRows(shared, { isDigits: flags.data === undefined });
    const combinations = combinationsOf({ ...flags, seed }, shared);
    checkCombinations(combinations, shared);
    const table = tableOf(flags);
    const queue = await queueOf(flags);
    const files = fileNames([sweep], images);
    await checkTargets(directory, files);

    // Vega loads in the drawing thread while other threads read and train.
    const drawing = startDrawing();
    try {
      const interactive = isInteractive(flags);
      const dataset = table
        ? await readTableWithProgress(
            table.path,
            { ...table.options, ...storageOptions(flags) },
            interactive ? readingProgress() : noProgress,
          )
        : await loadDigits();
      for (const varied of combinations) checkFlagsForClasses(dataset, { ...shared, ...varied });
      const plan = await planSweep(dataset, combinations, shared, {
        folds,
        table: tableLocation(table),
      }).catch((error) => {
        throw splitFault(error, flags.data, dataset);
      });
      if (queue && flags.abandon) return await abandon(queue, plan);
      const journal = await openJournal(join(directory, JOURNAL));
      const trials = trialsIn(plan);
      const resumed = trials.filter((trial) => journal.find(trial)).length;
      const done = trials.length - resumed;
      const bar = interactive ? trialProgress(trials.length, resumed) : noProgress;
      const staff = await startStaff(dataset, done, { threads, queue }, (workers) =>
        bar.advance({ workers }),
      );
      const progress = reportKept(bar, trials.length, join(directory, JOURNAL));
      const result = await sweepWithProgress(plan, withJournal(journal, staff), progress).finally(
        async () => {
          await staff.dismiss();
          await journal.close();
        },
      );

      const payload = summariseSweep(result, tableWords(flags));
      const bundle = await composeArtifact(sweep, payload, { ...drawing, images });
      drawing.close();
      await writeBundle(directory, bundle);

      const { candidates, best, train_flags } = payload;
      const { options, accuracy, cross_entropy } = candidates[best];
      const summary = {
        best: options,
        accuracy,
        cross_entropy,
        candidates: candidates.length,
        trainings: { done, resumed },
        train: commandLine(['digits', 'train', ...train_flags]),
        artifacts: files,
      };
      process.stdout.write(`${jsonText(summary, 2)}\n`);
      const edge = bestAtEdge(payload);
      if (edge !== undefined) tell(`D009: ${edge} A better value may lie beyond`);
      if (interactive) process.stderr.write(formatSweep(payload, directory, files));
    } finally {
      drawing.close();
    }
  }
}

/** Removes the trainings of a sweep from a queue, and prints how many. */
async function abandon(queue: QueueAddress, plan: SweepPlan): Promise<void> {
  const { abandonTrials } = await import('../trials/staffs/queue/staff.js');
  const { removed, running } = await abandonTrials(queue, trialsIn(plan));
  process.stdout.write(`${jsonText({ removed, running }, 2)}\n`);
}

/** @throws CLIError if options of a combination have no meaning together; the message names the first such combination */
function checkCombinations(combinations: readonly Options[], shared: Options): void {
  const faults = combinations.map((varied) => combinationFault({ ...shared, ...varied }, inFlags));
  const first = faults.findIndex((fault) => fault !== undefined);
  if (first < 0) return;
  const remedy = faults.includes(undefined)
    ? '; other combinations accept this option: leave it out, or try them in a sweep of their own'
    : '';
  throw new CLIError(
    `${faults[first]}, in the combination ${optionsInWords(keysOf(combinations[first]))}${remedy}`,
  );
}
