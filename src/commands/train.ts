import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import type { AnyRunArtifact } from '../artifacts/artifact.js';
import { composeBundle, fileNames } from '../artifacts/bundle.js';
import { crossValidation } from '../artifacts/cross-validation.js';
import { artifacts } from '../artifacts/registry.js';
import { rocCurves } from '../artifacts/roc-curves.js';
import { loadCore } from '../core/load.js';
import type { Dataset } from '../data/dataset.js';
import { loadDigits } from '../data/digits.js';
import { composeExports, modelExports } from '../exports/registry.js';
import { startDrawing } from '../files/drawing.js';
import { exitOnSignals } from '../files/signals.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import { type Options, settleForAnyRows, toleranceOf } from '../model/options.js';
import type { Epoch } from '../model/training/train.js';
import { completeRun, MAX_RECORDED_EPOCHS, planRun, type Run, type RunPlan } from '../run/run.js';
import { adviceFor } from '../terminal/advice.js';
import { artifactFlags, exportFlag } from '../terminal/artifact-flags.js';
import { foldCount, folder, isInteractive, quiet, threadCount } from '../terminal/flags.js';
import { missingCurveNotices, reportKeyNotices, tell, testSplitAdvice } from '../terminal/notices.js';
import {
  epochProgress,
  noProgress,
  type ProgressBar,
  readingProgress,
  readTableWithProgress,
  trialProgress,
} from '../terminal/progress.js';
import { formatTraining, leftBehind } from '../terminal/summary.js';
import { dataFlag, splitFault, tableFlags, tableOf } from '../terminal/table-flags.js';
import { allOptionFlags, checkFlagCombination, optionsIn } from '../terminal/training-flags.js';
import { startStaff, tableLocation } from '../terminal/trials.js';
import { jsonText } from '../text.js';
import { describeData, runCrossValidation, trialsOf } from '../trials/cross-validation.js';
import type { Trial } from '../trials/trial.js';

const registry: readonly AnyRunArtifact<object>[] = artifacts;

export default class Train extends Command {
  static override summary =
    'Train a classifier on the handwritten digits, or on your own table, and write its diagnostics.';

  static override description = [
    'Trains a multinomial logistic regression (softmax regression) on 1797 pictures of 8 × 8 pixels, or on the table given ' +
      'by --data, by gradient descent, L-BFGS or another --solver. Tests it on a stratified share of the rows that is held ' +
      'out, and writes metrics.json and confusion_matrix.png; flags add more artifacts. Either all files are written ' +
      'completely, or none.',
    'Tables are CSV and other text, IDX (MNIST), NPY, NPZ, LIBSVM, Parquet, ARFF, JSON or Arrow, gzipped or not; "-" is ' +
      'standard input. All columns except the labels are features: numbers, dates, or text with few different values; ' +
      'missing cells are filled, and columns from which nothing can be learnt are left out.',
    'Prints a JSON object with both accuracies and the names of the files to stdout. Exit codes: 0 done, ' +
      '1 the run failed, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --roc-per-class --learning-rate-trace --timing-stats',
    '<%= config.bin %> <%= command.id %> --output-dir artifacts/digits --epochs 120 --learning-rate 0.12',
    "<%= config.bin %> <%= command.id %> --seed 42 | jq '.test_accuracy'",
    '<%= config.bin %> <%= command.id %> --data iris.csv --label class --save-model',
    '<%= config.bin %> <%= command.id %> --data train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz',
  ];

  static override flags = {
    data: dataFlag,
    ...tableFlags,
    'output-dir': folder({
      default: './artifacts',
      description:
        'folder for the artifacts; created if missing, with its parents; other files in it are left alone',
    }),
    ...allOptionFlags,
    folds: foldCount({
      description:
        'also cross-validate on K folds of the training rows, 2 to 100: each fold is tested with a model trained on the ' +
        `others; adds ${crossValidation.name}.json, ${crossValidation.picture}`,
    }),
    threads: threadCount({
      description:
        'threads to train on, 1 to 8; any number gives the same result to the last bit, and a table too small to share ' +
        'among them, such as the digits, uses fewer [default: as many as save more time than they take to start]',
    }),
    ...artifactFlags(registry),
    export: exportFlag(modelExports),
    quiet,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Train);
    const asked = registry
      .filter(({ flag }) => flag === undefined || flags[flag] === true)
      .concat(flags.folds === undefined ? [] : [crossValidation]);
    const given = optionsIn(flags);
    const { arithmetic, epochs: most } = settleForAnyRows(given, { isDigits: flags.data === undefined });
    checkRecordable(asked, most);
    checkFlagCombination(given);
    const table = tableOf(flags);
    const directory = flags['output-dir'];
    const exported = modelExports.filter(({ format }) => flags.export?.includes(format));
    const files = [...fileNames(asked), ...exported.map(({ file }) => file)].sort();
    await Promise.all([loadCore(arithmetic), checkTargets(directory, files)]);

    // Vega loads in the drawing thread while this one reads and trains.
    const drawing = startDrawing();
    try {
      const { folds, threads } = flags;
      const interactive = isInteractive(flags);
      const dataset = table
        ? await readTableWithProgress(table.path, table.options, interactive ? readingProgress() : noProgress)
        : await loadDigits();
      const { plan, trials } = await planAll(dataset, given, folds, table).catch((error) => {
        throw splitFault(error, flags.data, dataset);
      });
      const epochs = interactive ? epochProgress(plan.options.epochs) : noProgress;
      const { trained, duration } = await trainWithProgress(plan, threads, epochs);
      let run: Run = trained;
      if (trials) {
        const staff = await startStaff(dataset, trials.length, threads);
        const bar = interactive ? trialProgress(trials.length) : noProgress;
        const onTrial = (finished: number) => bar.advance({ finished });
        run = {
          ...trained,
          crossValidation: await runCrossValidation(trials, staff, onTrial).finally(bar.stop),
        };
      }
      const bundle = new Map([
        ...(await composeExports(exported, run.model, run.version)),
        ...(await composeBundle(asked, run, drawing)),
      ]);
      // The thread ends while the files are written.
      drawing.close();
      await writeBundle(directory, bundle);

      process.stdout.write(`${jsonText({ ...scoresOf(run), artifacts: files }, 2)}\n`);
      const advice = adviceFor(run, interactive);
      const [curveNotice] = asked.some(({ name }) => name === rocCurves.name)
        ? missingCurveNotices(run.test)
        : [];
      const curves = curveNotice ? [`${curveNotice}; ${testSplitAdvice(dataset, plan.options.seed)}`] : [];
      for (const notice of [
        ...(advice === undefined ? [] : [advice]),
        ...reportKeyNotices(dataset.classes),
        ...curves,
      ]) {
        tell(notice);
      }
      if (interactive) {
        const known = [...fileNames([...registry, crossValidation]), ...modelExports.map(({ file }) => file)];
        const output = { directory, written: files, kept: leftBehind(directory, known, files) };
        process.stderr.write(formatTraining(run, duration, output));
      }
    } finally {
      drawing.close();
    }
  }
}

/** @throws CLIError if an artifact records every epoch, and there are too many to record */
function checkRecordable(asked: typeof registry, epochs: number): void {
  const recorded = asked.find(({ everyEpoch }) => everyEpoch);
  if (recorded?.flag && epochs > MAX_RECORDED_EPOCHS) {
    throw new CLIError(
      `--${recorded.flag} records every epoch: expected at most ${MAX_RECORDED_EPOCHS} of them, ` +
        `found --epochs ${epochs}`,
    );
  }
}

/** The plan of the run, and the trials of its folds if there are any: faults of either are found before any training. */
async function planAll(
  dataset: Dataset,
  options: Options,
  folds: number | undefined,
  table: ReturnType<typeof tableOf>,
): Promise<{ plan: RunPlan; trials?: Trial[] }> {
  const plan = planRun(dataset, options);
  if (folds === undefined) return { plan };
  const data = await describeData(dataset, options, folds, tableLocation(table));
  return { plan, trials: trialsOf(data, settleForAnyRows(options, dataset), folds) };
}

/**
 * Trains and tests, and shows the progress.
 *
 * @returns the run, and the seconds of training
 */
async function trainWithProgress(
  plan: RunPlan,
  threads: number | undefined,
  progress: ProgressBar<Epoch>,
): Promise<{ trained: Run; duration: number }> {
  let duration = 0;
  const onEpoch = (epoch: Epoch) => {
    duration += epoch.duration;
    progress.advance(epoch);
  };
  const controls = { onEpoch, ...(threads !== undefined && { threads }) };
  const stopListening = exitOnSignals();
  const trained = await completeRun(plan, controls).finally(() => {
    stopListening();
    progress.stop();
  });
  return { trained, duration };
}

/** The results of a run that the command prints as JSON. */
function scoresOf({ options, trainAccuracy, test, model: { ending, validation }, crossValidation }: Run) {
  const couldEndEarly = toleranceOf(options) !== undefined || options.patience !== undefined;
  return {
    train_accuracy: trainAccuracy,
    test_accuracy: test.accuracy,
    ...(couldEndEarly && ending),
    ...(validation && { best_epoch: validation.epoch, validation_loss: validation.loss }),
    ...(crossValidation && {
      cross_validation: { accuracy: crossValidation.accuracy, cross_entropy: crossValidation.crossEntropy },
    }),
  };
}
