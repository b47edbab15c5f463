import { join } from 'node:path';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import { composeArtifact, fileNames } from '../artifacts/bundle.js';
import { jsonNames, rankCandidates, sharedOptions, sweep } from '../artifacts/sweep.js';
import { nameOf } from '../charts/sweep.js';
import { loadDigits } from '../data/digits.js';
import { startDrawing } from '../files/drawing.js';
import { openJournal, withJournal } from '../files/journal.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import type { Sweep as SweepPayload } from '../generated/payloads.js';
import { combinationFlags, combinationsOf } from '../terminal/combination-flags.js';
import {
  decimalNumber,
  foldCount,
  folder,
  MAX_UINT32,
  properShare,
  threadCount,
  wholeNumber,
} from '../terminal/flags.js';
import { readTableInSight } from '../terminal/progress.js';
import { formatSweep } from '../terminal/summary.js';
import { dataFlag, tableFlags, tableOf, tableWords } from '../terminal/table-flags.js';
import {
  givenTrainingFlags,
  requireHarmony,
  type TrainingFlagName,
  type TrainingOptions,
  trainingFlags,
  trainingOptions,
  trainingWords,
} from '../terminal/training-flags.js';
import { employ, sweepInSight, trialDataOf } from '../terminal/trials.js';
import { commandLine } from '../text.js';
import type { Combination } from '../trials/combinations.js';
import { foldTrials } from '../trials/trial.js';

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
      default: 5,
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
    'test-split': decimalNumber({
      helpValue: 'X',
      default: 0.2,
      range: properShare,
      description: 'share of each class to leave out of the sweep, above 0 and below 1',
    }),
    seed: wholeNumber({
      helpValue: 'N',
      default: 13,
      min: 0,
      max: MAX_UINT32,
      description: 'seed of the split, the folds, the draws and everything else random, 0 to 4294967295',
    }),
    threads: threadCount({
      description:
        'trainings to run at the same time, 1 to 8; any number gives the same result [default: one per processor core]',
    }),
  };

  async run(): Promise<void> {
    const { flags, metadata } = await this.parse(Sweep);
    const { folds, seed, 'test-split': testSplit, 'output-dir': directory } = flags;
    const fixed = givenTrainingFlags(flags, metadata);
    const candidates = (await combinationsOf(flags, fixed)).map((values) => {
      const given = [...fixed, ...(Object.keys(values) as TrainingFlagName[])];
      const options = trainingOptions({ ...flags, ...values });
      return { values, options, given, words: trainingWords({ ...flags, ...values }, given) };
    });
    requireHarmonyInAll(candidates);
    const table = tableOf(flags);
    const files = fileNames([sweep]);
    await checkTargets(directory, files);

    // Vega loads in the drawing thread while other threads read and train.
    const drawing = startDrawing();
    try {
      const dataset = table ? await readTableInSight(table.path, table.options) : await loadDigits();
      const data = await trialDataOf(dataset, table, { testSplit, seed }, folds);
      const { version } = this.config;
      const planned = candidates.map(({ values, options }) => ({
        values,
        trials: foldTrials({ version, data, options: { ...options, seed } }, folds),
      }));
      const journal = await openJournal(join(directory, JOURNAL));
      const trials = planned.flatMap((candidate) => candidate.trials);
      const resumed = trials.filter((trial) => journal.find(trial)).length;
      const done = trials.length - resumed;
      const staff = await employ(dataset, done, flags.threads);
      const tried = await sweepInSight(planned, withJournal(journal, staff.run), resumed).finally(() => {
        staff.dismiss();
        return journal.close();
      });

      const ranked = rankCandidates(tried);
      const best = ranked.findIndex(({ rank }) => rank === 1);
      if (best < 0) {
        throw new Error('every combination diverged on at least one fold: try smaller learning rates');
      }
      const trainFlags = [
        ...tableWords(flags),
        ...candidates[best].words,
        ...['--test-split', String(testSplit), '--seed', String(seed)],
      ];
      const payload: SweepPayload = {
        version,
        data_sha256: data.sha256,
        options: {
          ...sharedOptions(candidates.map(({ options }) => options)),
          ...{ folds, seed, test_split: testSplit },
        },
        varied: Object.keys(jsonNames(candidates[best].values)),
        best,
        train_flags: trainFlags,
        candidates: ranked,
      };
      const bundle = await composeArtifact(sweep, payload, drawing);
      drawing.close();
      await writeBundle(directory, bundle);

      const { options, accuracy, cross_entropy } = ranked[best];
      const summary = {
        best: options,
        ...{ accuracy, cross_entropy },
        candidates: ranked.length,
        trainings: { done, resumed },
        train: commandLine(['digits', 'train', ...trainFlags]),
        artifacts: files,
      };
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      if (process.stderr.isTTY) process.stderr.write(formatSweep(payload, directory, files));
    } finally {
      drawing.close();
    }
  }
}

/** A combination with the options that it makes, and the names of all flags that are given for it. */
interface Candidate {
  readonly values: Combination;
  readonly options: TrainingOptions;
  readonly given: readonly TrainingFlagName[];
}

/** @throws CLIError if options of a combination exclude each other; the message names the first such combination */
function requireHarmonyInAll(candidates: readonly Candidate[]): void {
  const faults = candidates.map(discordIn);
  const first = faults.findIndex((fault) => fault !== undefined);
  if (first < 0) return;
  const remedy = faults.includes(undefined)
    ? '; other combinations accept this option: leave it out, or try them in a sweep of their own'
    : '';
  throw new CLIError(`${faults[first]}, in the combination ${nameOf(candidates[first].values)}${remedy}`);
}

/** What is wrong with options that exclude each other, if they do. */
function discordIn({ options, given }: Candidate): string | undefined {
  try {
    requireHarmony(options, given);
    return undefined;
  } catch (error) {
    if (error instanceof CLIError) return error.message;
    throw error;
  }
}
