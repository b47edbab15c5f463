import { pipeline } from 'node:stream/promises';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { everyRow, type Matrix } from '../data/dataset.js';
import { missingAnd } from '../data/kinds.js';
import { knownColumns } from '../data/known-columns.js';
import { pictureFeatureNames } from '../data/pictures/digit.js';
import { isPicture } from '../data/pictures/header.js';
import { readPicture } from '../data/pictures/read-picture.js';
import { ignoredNotes, readPortions } from '../data/read-table.js';
import type { OpenSource } from '../data/source.js';
import { TableError } from '../data/table.js';
import type { TableOptions } from '../data/table-options.js';
import { openSource } from '../files/sources.js';
import { createPredictor, type Model, overflowFault } from '../model/model.js';
import { checkOneInput, formatFlags, isInteractive, quiet } from '../terminal/flags.js';
import { readModel } from '../terminal/model-file.js';
import { tell } from '../terminal/notices.js';
import { type BytesRead, noProgress, type ProgressBar, readingProgress } from '../terminal/progress.js';
import { tableOptions } from '../terminal/table-flags.js';
import { jsonText } from '../text.js';

export default class Predict extends Command {
  static override summary = 'Predict the classes of new rows, or of pictures of digits, with a saved model.';

  static override description = [
    'Takes a model written by digits train --save-model, and tables in any format that training accepts. A model of ' +
      'the digits also accepts PNGs and JPEGs of one digit each, of any size, dark on light or light on dark. Columns ' +
      'are matched by the names in the header, and others, such as the label, are ignored; without a header they are ' +
      'matched by position. Rows are predicted as they are read, however many there are.',
    'Prints a JSON object per row or picture to stdout, in order: {"input":"FILE:LINE","prediction":"CLASS"}. ' +
      'Exit codes: 0 done, 1 something could not be read or predicted, 2 wrong flags, 130 interrupted.',
  ].join('\n\n');

  static override examples = [
    '<%= config.bin %> <%= command.id %> artifacts/model.json new.csv',
    '<%= config.bin %> <%= command.id %> artifacts/model.json new.csv.gz --probabilities',
    '<%= config.bin %> <%= command.id %> artifacts/model.json seven.png photo.jpg',
    "<%= config.bin %> <%= command.id %> artifacts/model.json < new.csv | jq -r '.prediction'",
  ];

  static override args = {
    model: Args.string({ required: true, description: 'a model.json' }),
    file: Args.string({
      multiple: true,
      description: 'a table or picture, or "-" for standard input [default: standard input]',
    }),
  };

  static override flags = {
    probabilities: Flags.boolean({ description: 'add the probability of each class' }),
    ...formatFlags,
    quiet,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Predict);
    if (!args.file && process.stdin.isTTY) {
      this.error('expected a FILE to predict, or rows on standard input; give "-" to type rows in');
    }
    const paths = args.file ?? ['-'];
    checkOneInput(paths);
    const { model } = await readModel(args.model, paths, (file, others) => ['predict', file, ...others]);
    // On a terminal, the lines themselves show the progress.
    const startProgress = isInteractive(flags) && !process.stdout.isTTY ? readingProgress : () => noProgress;
    const lines = predictLines(model, paths, tableOptions(flags), flags.probabilities, startProgress);
    try {
      await pipeline(lines, process.stdout, { end: false });
    } catch (error) {
      // Other errors of stdout have been reported already, and a reader that ends early is not an error.
      if (!(error instanceof Error && 'syscall' in error && error.syscall === 'write')) throw error;
    }
  }
}

/** The output for all inputs, a text per portion. */
async function* predictLines(
  model: Model,
  paths: readonly string[],
  options: TableOptions,
  withProbabilities: boolean,
  startProgress: () => ProgressBar<BytesRead>,
): AsyncGenerator<string> {
  const predictor = await createPredictor(model);
  const formatLine = lineFormat(model.classes);
  for (const path of paths) {
    const progress = startProgress();
    const source = await openSource(path, (read, size) => progress.advance({ read, size }));
    try {
      for await (const { features, nameOf } of readRows(path, source, model, options)) {
        const rows = everyRow(features);
        const predictions = predictor.predict(features, rows);
        const overflow = predictions.indexOf(-1);
        if (overflow >= 0) throw new TableError(nameOf(overflow), overflowFault);
        const probabilities = withProbabilities ? predictor.probabilities(features, rows) : undefined;
        let text = '';
        for (let row = 0; row < predictions.length; row++) {
          text += formatLine(nameOf(row), predictions[row], probabilities, row);
        }
        yield text;
      }
    } finally {
      progress.stop();
      await source.close();
    }
  }
}

/** Rows to predict, and the name of each for people. */
interface RowsToPredict {
  readonly features: Matrix;
  nameOf(row: number): string;
}

async function* readRows(
  path: string,
  source: OpenSource,
  model: Model,
  options: TableOptions,
): AsyncGenerator<RowsToPredict> {
  if (options.format === undefined && isPicture(source.name, source.head)) {
    checkPictures(source.name, model);
    const values = await readPicture(source);
    yield { features: { rows: 1, columns: values.length, values }, nameOf: () => path };
    return;
  }
  const columns = { label: null, features: model.featureNames ?? [] };
  const known = knownColumns(source.name, model, missingAnd(options.missing), true);
  let notes: readonly string[] = [];
  let ignored = 0;
  for await (const portion of readPortions(source, { ...options, columns })) {
    const { places } = portion;
    notes = portion.notes ?? [];
    ignored += portion.ignored ?? 0;
    yield { features: known.matrixOf(portion), nameOf: (row) => `${path}:${places[row]}` };
  }
  for (const note of [...notes, ...ignoredNotes(ignored), ...known.notes()]) tell(`${source.name}: ${note}`);
}

function checkPictures(name: string, { featureNames = [] }: Model): void {
  const { length } = pictureFeatureNames;
  if (
    featureNames.length === length &&
    featureNames.every((feature, j) => feature === pictureFeatureNames[j])
  ) {
    return;
  }
  throw new TableError(
    name,
    `is a picture, but the model was not trained on 8 × 8 pixel digits: expected a table of its ${featureNames.length} features`,
  );
}

type LineFormat = (
  input: string,
  prediction: number,
  probabilities: Float64Array | undefined,
  row: number,
) => string;

/** Formats the line of a row; class names are converted to JSON only once. */
function lineFormat(classes: readonly string[]): LineFormat {
  const names = classes.map((name) => jsonText(name));
  return (input, prediction, probabilities, row) => {
    const line = `{"input":${jsonText(input)},"prediction":${names[prediction]}`;
    if (!probabilities) return `${line}}\n`;
    const shares = names.map((name, index) => `${name}:${probabilities[row * names.length + index]}`);
    return `${line},"probabilities":{${shares.join(',')}}}\n`;
  };
}
