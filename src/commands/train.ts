import { Command } from '@oclif/core/command';
import {
  type AnyRunArtifact,
  MAX_RECORDED_EPOCHS,
  type RecordedEpoch,
  type Run,
  type RunOptions,
} from '../artifacts/artifact.js';
import { composeBundle, composeExports, fileNames } from '../artifacts/bundle.js';
import { crossValidation } from '../artifacts/cross-validation.js';
import { startDrawing } from '../artifacts/drawing.js';
import { artifacts, modelExports } from '../artifacts/registry.js';
import { checkTargets, writeBundle } from '../artifacts/writer.js';
import { loadCore } from '../core/load.js';
import type { Dataset } from '../data/dataset.js';
import { loadDigits } from '../data/digits.js';
import { type Split, stratifiedSplit } from '../data/stratified-split.js';
import { accuracy } from '../metrics/accuracy.js';
import { predict } from '../model/model.js';
import { fit } from '../model/train.js';
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
import { formatTraining, leftBehind } from '../terminal/summary.js';
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
    '<%= config.bin %> <%= command.id %> --data iris.csv --label species --save-model',
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
    const recorded = asked.find(({ everyEpoch }) => everyEpoch);
    if (recorded?.flag && flags.epochs > MAX_RECORDED_EPOCHS) {
      this.error(
        `--${recorded.flag.name} records every epoch: expected at most ${MAX_RECORDED_EPOCHS} of them, ` +
          `found --epochs ${flags.epochs}`,
      );
    }
    const training = trainingOptions(flags);
    requireHarmony(training, givenTrainingFlags(flags, metadata));
    const table = tableOf(flags);
    const arithmetic = flags['relaxed-simd'] ? 'relaxed' : 'deterministic';
    const directory = flags['output-dir'];
    const exported = modelExports.filter(({ format }) => flags.export?.includes(format));
    const files = fileNames(asked, exported);
    await Promise.all([loadCore(arithmetic), checkTargets(directory, files)]);

    // Vega loads in the drawing thread while this one reads and trains.
    const drawing = startDrawing();
    try {
      const dataset = table ? await readTableInSight(table.path, table.options) : await loadDigits();
      const { classes, features, labels } = dataset;
      const options: RunOptions = {
        ...training,
        arithmetic,
        testSplit: flags['test-split'],
        seed: flags.seed,
      };
      const rows = splitTable(flags.data, dataset, () => sidesOf(dataset, options));
      const { validation } = rows;
      const { folds } = flags;
      const data = folds && (await trialDataOf(dataset, table, options, folds));

      const history: RecordedEpoch[] = [];
      const progress = process.stderr.isTTY ? epochProgress(flags.epochs) : noProgress;
      let duration = 0;
      const model = await fit(
        dataset,
        rows.train,
        {
          ...options,
          ...(validation && { validation }),
          ...(flags.threads !== undefined && { threads: flags.threads }),
        },
        (epoch) => {
          duration += epoch.duration;
          progress.advance(epoch);
          if (recorded !== undefined) history.push(epoch);
        },
      ).finally(() => progress.stop());

      const validated =
        folds &&
        data &&
        (await crossValidateInSight(
          dataset,
          foldTrials({ version: this.config.version, data, options: hyperparametersOf(options) }, folds),
          flags.threads,
        ));

      const [train, test] = await Promise.all(
        [rows.train, rows.test].map(async (side) => ({
          labels: Int32Array.from(side, (row) => labels[row]),
          ...(await predict(model, features, side)),
        })),
      );
      const trainAccuracy = accuracy(train.labels, train.predictions);
      const run: Run = {
        classes,
        dataset,
        options,
        version: this.config.version,
        model,
        trainAccuracy,
        test,
        history,
        ...(validated && { crossValidation: validated }),
      };
      const bundle = new Map([
        ...(await composeExports(exported, model, run.version)),
        ...(await composeBundle(asked, run, drawing)),
      ]);
      // The thread ends while the files are written.
      drawing.close();
      await writeBundle(directory, bundle);

      const { ending, validation: kept } = model;
      const summary = {
        train_accuracy: trainAccuracy,
        test_accuracy: accuracy(test.labels, test.predictions),
        ...ending,
        ...(kept && { best_epoch: kept.epoch, validation_loss: kept.loss }),
        ...(validated && {
          cross_validation: { accuracy: validated.accuracy, cross_entropy: validated.crossEntropy },
        }),
        artifacts: files,
      };
      process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      if (ending?.converged === false && flags.patience === undefined) {
        process.stderr.write(
          `digits: training had not converged after ${ending.iterations} epochs: give more --epochs or a larger ` +
            '--tolerance\n',
        );
      }
      if (process.stderr.isTTY) {
        process.stderr.write(
          formatTraining({
            rows: {
              training: rows.train.length,
              ...(validation && { validation: validation.length }),
              test: rows.test.length,
            },
            ...(kept && { bestEpoch: kept.epoch }),
            features: features.columns,
            classes: classes.length,
            epochs: ending?.iterations ?? flags.epochs,
            duration,
            trainAccuracy: summary.train_accuracy,
            testAccuracy: summary.test_accuracy,
            directory,
            written: files,
            kept: leftBehind(directory, fileNames([...registry, crossValidation], modelExports), files),
          }),
        );
      }
    } finally {
      drawing.close();
    }
  }
}

/** The rows of a table by their use. */
interface Sides extends Split {
  readonly validation?: Int32Array;
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
