import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { rocCurves } from '../artifacts/roc-curves.js';
import { loadCore } from '../core/load.js';
import { startDrawing } from '../files/drawing.js';
import { leftBehind, removeFiles, trainingFiles } from '../files/leftovers.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import { settleForAnyRows, toleranceOf } from '../model/options.js';
import type { Run } from '../run/run.js';
import { temperatureNotices } from '../terminal/adjustments.js';
import { adviceFor } from '../terminal/advice.js';
import { folder } from '../terminal/flags.js';
import { missingCurveNotices, reportKeyNotices, tell, testSplitAdvice } from '../terminal/notices.js';
import { formatTraining } from '../terminal/summary.js';
import {
  completeTraining,
  conductFlags,
  conductOf,
  planTraining,
  runFlags,
  type TrainingPlan,
} from '../terminal/training.js';
import { jsonText } from '../text.js';

export default class Train extends Command {
  static override summary =
    'Train a classifier on the handwritten digits, or on your own table, and write its diagnostics.';

  static override description = [
    'Trains a multinomial logistic regression (softmax regression) on 1797 pictures of 8 × 8 pixels, or on the table given ' +
      'by --data, by gradient descent, L-BFGS or another --solver. Tests it on a stratified share of the rows that is held ' +
      'out, or on whole groups (--group) or the newest rows (--time), and writes metrics.json and confusion_matrix.png; flags add more artifacts. Either all files are written ' +
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
    ...runFlags,
    'output-dir': folder({
      default: './artifacts',
      description:
        'folder for the artifacts; created if missing, with its parents; other files in it are left alone',
    }),
    clean: Flags.boolean({
      description:
        'remove the files that earlier runs left in the folder, once those of this run are written',
    }),
    ...conductFlags,
  };

  async run(): Promise<void> {
    const { flags, raw } = await this.parse(Train);
    const plan = planTraining(flags, raw);
    const { arithmetic } = settleForAnyRows(plan.given, { isDigits: plan.table === undefined });
    const directory = flags['output-dir'];
    await Promise.all([loadCore(arithmetic), checkTargets(directory, plan.files)]);

    // Vega loads in the drawing thread while this one reads and trains.
    const drawing = startDrawing();
    try {
      const conduct = await conductOf(flags, plan, drawing);
      const interactive = conduct.isInteractive;
      const { run, duration, files } = await completeTraining(plan, conduct);
      // The thread ends while the files are written.
      drawing.close();
      const isClean = flags.clean === true;
      const left = interactive || isClean ? await leftBehind(directory, trainingFiles, plan.files) : [];
      await writeBundle(directory, files);
      if (isClean) removeFiles(directory, left);

      process.stdout.write(`${jsonText({ ...scoresOf(run), artifacts: plan.files }, 2)}\n`);
      for (const notice of noticesOf(run, plan, interactive)) tell(notice);
      if (interactive) {
        process.stderr.write(
          formatTraining(run, duration, { directory, written: plan.files, left, isClean }),
        );
      }
    } finally {
      drawing.close();
    }
  }
}

/** What is told on stderr of a finished run. */
function noticesOf(run: Run, { artifacts }: TrainingPlan, isInteractive: boolean): readonly string[] {
  const { dataset, options, test } = run;
  const advice = adviceFor(run, isInteractive);
  const hasCurves = artifacts.some(({ name }) => name === rocCurves.name);
  const [curveNotice] = hasCurves ? missingCurveNotices(test) : [];
  return [
    ...(advice === undefined ? [] : [advice]),
    ...temperatureNotices(run),
    ...reportKeyNotices(dataset.classes),
    ...(curveNotice ? [`${curveNotice}; ${testSplitAdvice(dataset, options.seed)}`] : []),
  ];
}

/** The results of a run that the command prints as JSON. */
function scoresOf({ options, trainAccuracy, test, model, crossValidation }: Run) {
  const { ending, validation, temperature, threshold } = model;
  const couldEndEarly = toleranceOf(options) !== undefined || options.patience !== undefined;
  return {
    train_accuracy: trainAccuracy,
    test_accuracy: test.accuracy,
    ...(couldEndEarly && ending),
    ...(validation && { best_epoch: validation.epoch, validation_loss: validation.loss }),
    ...(temperature !== undefined && { temperature }),
    ...(threshold !== undefined && { threshold }),
    ...(crossValidation && {
      cross_validation: { accuracy: crossValidation.accuracy, cross_entropy: crossValidation.crossEntropy },
    }),
  };
}
