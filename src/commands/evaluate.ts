import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import type { AnyRunArtifact, Tested } from '../artifacts/artifact.js';
import { addManifest, composeBundle, composeDocuments, fileNames, withRunId } from '../artifacts/bundle.js';
import { recordOf } from '../artifacts/manifest.js';
import { savedModel } from '../artifacts/model.js';
import { evaluationArtifacts, evaluationDocuments } from '../artifacts/registry.js';
import { rocCurves } from '../artifacts/roc-curves.js';
import { imageFormats } from '../charts/chart.js';
import { loadCore } from '../core/load.js';
import { sourceName, TableError } from '../data/table.js';
import { startDrawing } from '../files/drawing.js';
import { leftBehind } from '../files/leftovers.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import { version } from '../generated/version.js';
import { OverflowError, overflowFault } from '../model/model.js';
import { evaluate } from '../run/evaluation.js';
import { artifactFlags, documentFlags, imagesFlag } from '../terminal/artifact-flags.js';
import {
  checkOneInput,
  file,
  folder,
  formatFlags,
  isInteractive,
  labelFlags,
  onMissing,
  quiet,
} from '../terminal/flags.js';
import { readModel } from '../terminal/model-file.js';
import { missingCurveNotices, reportKeyNotices, tell, unknownClassNotices } from '../terminal/notices.js';
import { noProgress, readingProgress, readTableWithProgress } from '../terminal/progress.js';
import { storageFlags, storageOptions } from '../terminal/storage-flags.js';
import { formatEvaluation } from '../terminal/summary.js';
import { tableOptions, tableWords } from '../terminal/table-flags.js';
import { jsonText } from '../text.js';

const registry: readonly AnyRunArtifact<object, Tested>[] = evaluationArtifacts;

export default class Evaluate extends Command {
  static override summary = 'Test a saved model on new data and write its metrics.';

  static override description = [
    'Predicts every row of a table with a model written by digits train --save-model, and writes metrics.json and ' +
      'confusion_matrix.png; train_accuracy comes from the model. Columns are matched by the names in the header, or by ' +
      "position without one; labels must be among the model's classes.",
    'Prints a JSON object with both accuracies and the names of the files to stdout. Exit codes: 0 done, ' +
      '1 the run failed, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts/model.json --data new.csv',
    '<%= config.bin %> <%= command.id %> artifacts/model.json --data new.csv --label class --roc-per-class',
    '<%= config.bin %> <%= command.id %> mnist/model.json --data t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz',
  ];

  static override args = {
    model: Args.string({ required: true, description: 'a model.json' }),
  };

  static override flags = {
    data: file({ required: true, description: 'table to test on, "-" for standard input' }),
    ...labelFlags,
    'on-missing': onMissing,
    ...formatFlags,
    'output-dir': folder({
      default: './evaluation',
      description: 'folder for the artifacts; created with its parents, other files in it are left alone',
    }),
    ...artifactFlags(registry),
    ...documentFlags(evaluationDocuments),
    images: imagesFlag,
    ...storageFlags,
    quiet,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Evaluate);
    checkOneInput([flags.data, flags.labels]);
    const asked = registry.filter(({ flag }) => flag === undefined || flags[flag] === true);
    const directory = flags['output-dir'];
    const documents = evaluationDocuments.filter(({ flag }) => flags[flag] === true);
    const { images } = flags;
    const files = [...fileNames(asked, images), ...documents.map(({ file }) => file)].sort();
    const [{ model, saved }] = await Promise.all([
      readModel(args.model, [flags.data], (file, [data]) => ['evaluate', file, '--data', data]),
      loadCore(),
      checkTargets(directory, files),
    ]);
    const [trained] = fileNames([savedModel]);
    if (existsSync(join(directory, trained))) {
      throw new Error(
        `${directory} has the ${trained} of a training, whose metrics would be replaced: choose another --output-dir`,
      );
    }

    const drawing = startDrawing();
    try {
      const { classes } = model;
      const dataset = await readTableWithProgress(
        flags.data,
        {
          ...tableOptions(flags),
          ...storageOptions(flags),
          model,
          ...(documents.length > 0 && { places: true }),
        },
        isInteractive(flags) ? readingProgress() : noProgress,
      );
      const test = await evaluate(model, dataset).catch((error) => {
        if (!(error instanceof OverflowError)) throw error;
        throw new TableError(sourceName(flags.data), overflowFault, { row: error.row + 1 });
      });
      const evaluation: Tested = { trainAccuracy: saved.train_accuracy, test };
      const words = ['evaluate', args.model, ...tableWords(flags)];
      const record = await recordOf({ version, dataset, model, test }, { asked: words, file: flags.data });
      const bundle = new Map([
        ...(await composeDocuments(documents, { test, dataset })),
        ...(await composeBundle(asked, evaluation, withRunId({ ...drawing, images }, record))),
      ]);
      drawing.close();
      const known = [...fileNames(registry, imageFormats), ...evaluationDocuments.map(({ file }) => file)];
      const left = isInteractive(flags) ? await leftBehind(directory, known, files) : [];
      await writeBundle(directory, await addManifest(bundle, record));

      const summary = {
        train_accuracy: saved.train_accuracy,
        test_accuracy: test.accuracy,
        artifacts: files,
      };
      process.stdout.write(`${jsonText(summary, 2)}\n`);
      const curves = asked.includes(rocCurves) ? missingCurveNotices(test) : [];
      const notices = [
        ...(dataset.notes ?? []).map((note) => `${sourceName(flags.data)}: ${note}`),
        ...unknownClassNotices(dataset, classes.length),
        ...reportKeyNotices(test.classes),
        ...curves,
      ];
      for (const notice of notices) tell(notice);
      if (isInteractive(flags)) {
        process.stderr.write(
          formatEvaluation(evaluation, dataset.features.columns, {
            directory,
            written: files,
            left,
          }),
        );
      }
    } finally {
      drawing.close();
    }
  }
}
