import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import {
  type AnyRunArtifact,
  type Evaluation,
  MAX_RECORDED_EPOCHS,
  type RecordedEpoch,
  type Run,
  type RunOptions,
} from '../artifacts/artifact.js';
import { composeBundle, fileNames } from '../artifacts/bundle.js';
import { crossValidation } from '../artifacts/cross-validation.js';
import { artifacts } from '../artifacts/registry.js';
import { loadCore } from '../core/load.js';
import type { Dataset } from '../data/dataset.js';
import { loadDigits } from '../data/digits.js';
import { stratifiedSplit } from '../data/stratified-split.js';
import { composeExports, modelExports } from '../exports/registry.js';
import { startDrawing } from '../files/drawing.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import { accuracy } from '../metrics/accuracy.js';
import { type Model, predict } from '../model/model.js';
import { type Epoch, fit } from '../model/training/train.js';
import { artifactFlags, exportFlag } from '../terminal/artifact-flags.js';
import {
  decimalNumber,
  foldCount,
  folder,
  MAX_UINT32,
  properShare,
  relaxedSimd,
  threadCount,
  wholeNumber,
} from '../terminal/flags.js';
import { epochProgress, noProgress, readTableInSight } from '../terminal/progress.js';
import { formatTraining, leftBehind, type Sides } from '../terminal/summary.js';
import { dataFlag, splitTable, tableFlags, tableOf } from '../terminal/table-flags.js';
import {
  givenTrainingFlags,
  requireHarmony,
  trainingFlags,
  trainingOptions,
} from '../terminal/training-flags.js';
import { crossValidateInSight, trialDataOf } from '../terminal/trials.js';
import { type Hyperparameters, holdOut } from '../trials/cross-validation.js';
import { foldTrials } from '../trials/trial.js';

const registry: readonly AnyRunArtifact<object>[] = artifacts;

export default class Train extends Command {
  static override summary =
    'Train a classifier on the handwritten digits, or on your own table, and write its diagnostics.';

  static override description = [
    'Trains a multinomial logistic regression (softmax regression) on 1797 pictures of 8 × 8 pixels, or on the table given ' +
      'by --data, using gradient descent or another --solver. Tests it on a stratified share of the rows that is held ' +
      'out, and writes metrics.json and confusion_matrix.png; flags add more artifacts. Either all files are written ' +
      'completely, or none.',
    'Tables are CSV, TSV, IDX (MNIST), NPY, NPZ, LIBSVM or Parquet, gzipped or not; "-" is standard input. All columns ' +
      'except the labels are features, which must be numbers; leave out others with --drop.',
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
    ...trainingFlags,
    'test-split': decimalNumber({
      helpValue: 'X',
      default: 0.2,
      range: properShare,
      description: 'share of each class that is held out for testing, above 0 and below 1',
    }),
    folds: foldCount({
      description:
        'also cross-validate on K folds of the training rows, 2 to 100: each fold is tested with a model trained on the ' +
        `others; adds ${crossValidation.name}.json, ${crossValidation.picture}`,
    }),
    seed: wholeNumber({
      helpValue: 'N',
      default: 13,
      min: 0,
      max: MAX_UINT32,
      description:
        'seed of everything random, 0 to 4294967295: the splits, the folds, the order of rows in batches, and the random ' +
        'features',
    }),
    threads: threadCount({
      description:
        'threads to train on, 1 to 8; any number gives the same result to the last bit, and a table too small to share ' +
        'among them, such as the digits, uses fewer [default: as many as save more time than they take to start]',
    }),
    'relaxed-simd': relaxedSimd,
    ...artifactFlags(registry),
    export: exportFlag(modelExports),
  };

  async run(): Promise<void> {
    const { flags, metadata } = await this.parse(Train);
    const asked = registry
      .filter(({ flag }) => flag === undefined || flags[flag.name] === true)
      .concat(flags.folds === undefined ? [] : [crossValidation]);
    requireRecordable(asked, flags.epochs);
    const training = trainingOptions(flags);
    requireHarmony(training, givenTrainingFlags(flags, metadata));
    const options: RunOptions = {
      ...training,
      arithmetic: flags['relaxed-simd'] ? 'relaxed' : 'deterministic',
      testSplit: flags['test-split'],
      seed: flags.seed,
    };
    const table = tableOf(flags);
    const directory = flags['output-dir'];
    const exported = modelExports.filter(({ format }) => flags.export?.includes(format));
    const files = [...fileNames(asked), ...exported.map(({ file }) => file)].sort();
    await Promise.all([loadCore(options.arithmetic), checkTargets(directory, files)]);

    // Vega loads in the drawing thread while this one reads and trains.
    const drawing = startDrawing();
    try {
      const { version } = this.config;
      const { folds, threads } = flags;
      const dataset = table ? await readTableInSight(table.path, table.options) : await loadDigits();
      const sides = splitTable(flags.data, dataset, () => sidesOf(dataset, options));
      const data = folds && (await trialDataOf(dataset, table, options, folds));

      const history: RecordedEpoch[] = [];
      const record = asked.some(({ everyEpoch }) => everyEpoch)
        ? (epoch: RecordedEpoch) => history.push(epoch)
        : undefined;
      const { model, duration } = await trainInSight(dataset, sides, { ...options, threads }, record);
      const trials =
        folds && data && foldTrials({ version, data, options: hyperparametersOf(options) }, folds);
      const validated = trials && (await crossValidateInSight(dataset, trials, threads));
      const run: Run = {
        ...(await evaluateSides(model, dataset, sides)),
        ...{ dataset, options, version, model, history },
        ...(validated && { crossValidation: validated }),
      };
      const bundle = new Map([
        ...(await composeExports(exported, model, version)),
        ...(await composeBundle(asked, run, drawing)),
      ]);
      // The thread ends while the files are written.
      drawing.close();
      await writeBundle(directory, bundle);

      const summary = { ...scoresOf(run), artifacts: files };
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      if (model.ending?.converged === false && flags.patience === undefined) {
        process.stderr.write(
          `digits: training had not converged after ${model.ending.iterations} epochs: give more --epochs or a larger ` +
            '--tolerance\n',
        );
      }
      if (process.stderr.isTTY) {
        const known = [...fileNames([...registry, crossValidation]), ...modelExports.map(({ file }) => file)];
        const measured = { duration, testAccuracy: summary.test_accuracy };
        const output = { directory, written: files, kept: leftBehind(directory, known, files) };
        process.stderr.write(formatTraining(run, sides, measured, output));
      }
    } finally {
      drawing.close();
    }
  }
}

/** @throws CLIError if an artifact records every epoch, and there are too many to record */
function requireRecordable(asked: typeof registry, epochs: number): void {
  const recorded = asked.find(({ everyEpoch }) => everyEpoch);
  if (recorded?.flag && epochs > MAX_RECORDED_EPOCHS) {
    throw new CLIError(
      `--${recorded.flag.name} records every epoch: expected at most ${MAX_RECORDED_EPOCHS} of them, ` +
        `found --epochs ${epochs}`,
    );
  }
}

/** The options of a run that apply to each of its trainings. */
function hyperparametersOf({ testSplit, ...options }: RunOptions): Hyperparameters {
  return options;
}

/** Splits the rows of a table into those to train on, to validate with, if asked for, and to test on. */
function sidesOf(dataset: Dataset, { testSplit, validationSplit, seed }: RunOptions): Sides {
  const { labels, classes } = dataset;
  const split = stratifiedSplit(labels, { testSplit, seed, classes });
  if (validationSplit === undefined) return split;
  const { train, test } = holdOut(dataset, split.train, validationSplit, seed);
  return { train, validation: test, test: split.test };
}

/**
 * Trains with a progress bar if stderr is a terminal.
 *
 * @returns the model, and the seconds of training
 */
async function trainInSight(
  dataset: Dataset,
  { train, validation }: Sides,
  { threads, ...options }: RunOptions & { readonly threads: number | undefined },
  record?: (epoch: Epoch) => void,
): Promise<{ model: Model; duration: number }> {
  const progress = process.stderr.isTTY ? epochProgress(options.epochs) : noProgress;
  let duration = 0;
  const model = await fit(
    dataset,
    train,
    { ...options, ...(validation && { validation }), ...(threads !== undefined && { threads }) },
    (epoch) => {
      duration += epoch.duration;
      progress.advance(epoch);
      record?.(epoch);
    },
  ).finally(() => progress.stop());
  return { model, duration };
}

/** The predictions of a model for the test rows, and its accuracy on the training rows. */
async function evaluateSides(model: Model, { features, labels }: Dataset, sides: Sides): Promise<Evaluation> {
  const [train, test] = await Promise.all(
    [sides.train, sides.test].map(async (side) => ({
      labels: side.map((row) => labels[row]),
      ...(await predict(model, features, side)),
    })),
  );
  return { classes: model.classes, trainAccuracy: accuracy(train.labels, train.predictions), test };
}

/** What a program that runs this command wants to know of the run. */
function scoresOf({ trainAccuracy, test, model: { ending, validation }, crossValidation }: Run) {
  return {
    train_accuracy: trainAccuracy,
    test_accuracy: accuracy(test.labels, test.predictions),
    ...ending,
    ...(validation && { best_epoch: validation.epoch, validation_loss: validation.loss }),
    ...(crossValidation && {
      cross_validation: { accuracy: crossValidation.accuracy, cross_entropy: crossValidation.crossEntropy },
    }),
  };
}
