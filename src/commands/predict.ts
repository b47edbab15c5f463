import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as Args from '@oclif/core/args';
import { Command } from '@oclif/core/command';
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { everyRow, type Matrix } from '../data/dataset.js';
import { missingAnd } from '../data/kinds.js';
import { knownColumns } from '../data/known-columns.js';
import { pictureFeatureNames } from '../data/pictures/digit.js';
import { isPicture } from '../data/pictures/header.js';
import { readPicture } from '../data/pictures/read-picture.js';
import { ignoredNotes, readPortions } from '../data/read-table.js';
import type { OpenSource } from '../data/source.js';
import { type ColumnChoice, TableError } from '../data/table.js';
import type { TableOptions } from '../data/table-options.js';
import { openSource } from '../files/sources.js';
import { checkTargets, writeBundle } from '../files/writer.js';
import { createPredictor, type Model, overflowFault } from '../model/model.js';
import { checkOneInput, columns, file, formatFlags, isInteractive, quiet } from '../terminal/flags.js';
import { readModel } from '../terminal/model-file.js';
import { tell } from '../terminal/notices.js';
import type { PredictedRows } from '../terminal/predicted-rows.js';
import { type BytesRead, noProgress, type ProgressBar, readingProgress } from '../terminal/progress.js';
import { endings, formatOf, jsonRows, type RowFormat } from '../terminal/row-formats.js';
import { tableOptions } from '../terminal/table-flags.js';
import { jsonText, quoted } from '../text.js';

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
    output: file({
      description: `write the rows to a file instead: ${endings.join(', ')}, by its ending; it is complete, or as it was`,
    }),
    keep: columns({
      description:
        'column of the table to write beside the prediction, as it stands there; as --drop of digits train',
    }),
    'keep-all': Flags.boolean({
      description: 'write all columns of the table beside the prediction',
      exclusive: ['keep'],
    }),
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
    const format = flags.output === undefined ? jsonRows : rowFormat(flags.output);
    if (flags.output !== undefined) await checkTargets(dirname(flags.output), [basename(flags.output)]);
    const { model } = await readModel(args.model, paths, (file, others) => ['predict', file, ...others]);
    const keep: ColumnChoice['keep'] = flags['keep-all'] ? 'all' : flags.keep;
    // On a terminal, the lines themselves show the progress.
    const isSilent = flags.output !== undefined || !process.stdout.isTTY;
    const startProgress = isInteractive(flags) && isSilent ? readingProgress : () => noProgress;
    const options = { ...tableOptions(flags), ...(keep && { keep }) };
    const rows = predictRows(model, paths, options, flags.probabilities, startProgress);
    if (flags.output !== undefined) {
      await writeRows(flags.output, format, rows, model.classes);
      return;
    }
    try {
      await pipeline(format(rows, model.classes), process.stdout, { end: false });
    } catch (error) {
      // Other errors of stdout have been reported already, and a reader that ends early is not an error.
      if (!(error instanceof Error && 'syscall' in error && error.syscall === 'write')) throw error;
    }
  }
}

/** @throws CLIError if a file of that name has no format */
function rowFormat(path: string): RowFormat {
  const format = formatOf(path);
  if (format) return format;
  throw new CLIError(`--output: expected a name that ends in ${endings.join(', ')}, found ${quoted(path)}`);
}

/** Writes the rows to a file as they are predicted, which replaces an older one in the end, and prints how many there are. */
async function writeRows(
  path: string,
  format: RowFormat,
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): Promise<void> {
  let rows = 0;
  async function* counted() {
    for await (const portion of portions) {
      rows += portion.inputs.length;
      yield portion;
    }
  }
  await writeBundle(dirname(path), new Map([[basename(path), format(counted(), classes)]]));
  process.stdout.write(`${jsonText({ rows, output: path }, 2)}\n`);
}

/** The rows of all inputs with their predictions. */
async function* predictRows(
  model: Model,
  paths: readonly string[],
  options: TableOptions & Pick<ColumnChoice, 'keep'>,
  withProbabilities: boolean,
  startProgress: () => ProgressBar<BytesRead>,
): AsyncGenerator<PredictedRows> {
  const predictor = await createPredictor(model);
  for (const path of paths) {
    const progress = startProgress();
    const source = await openSource(path, (read, size) => progress.advance({ read, size }));
    try {
      for await (const { features, inputs, kept } of readRows(path, source, model, options)) {
        const rows = everyRow(features);
        const predictions = predictor.predict(features, rows);
        const overflow = predictions.indexOf(-1);
        if (overflow >= 0) throw new TableError(inputs[overflow], overflowFault);
        yield {
          table: source.name,
          inputs,
          kept,
          predictions,
          ...(withProbabilities && { probabilities: predictor.probabilities(features, rows) }),
        };
      }
    } finally {
      progress.stop();
      await source.close();
    }
  }
}

/** Rows to predict. */
interface RowsToPredict extends Pick<PredictedRows, 'inputs' | 'kept'> {
  readonly features: Matrix;
}

async function* readRows(
  path: string,
  source: OpenSource,
  model: Model,
  { keep, ...options }: TableOptions & Pick<ColumnChoice, 'keep'>,
): AsyncGenerator<RowsToPredict> {
  if (options.format === undefined && isPicture(source.name, source.head)) {
    checkPictures(source.name, model);
    if (keep)
      throw new TableError(source.name, 'is a picture, which has no columns to keep: leave out --keep');
    const values = await readPicture(source);
    yield { features: { rows: 1, columns: values.length, values }, inputs: [path], kept: [] };
    return;
  }
  const columns = { label: null, features: model.featureNames ?? [], ...(keep && { keep }) };
  const known = knownColumns(source.name, model, missingAnd(options.missing), true);
  let notes: readonly string[] = [];
  let ignored = 0;
  for await (const portion of readPortions(source, { ...options, columns })) {
    const { places, extras: kept = [] } = portion;
    notes = portion.notes ?? [];
    ignored += portion.ignored ?? 0;
    const inputs: string[] = [];
    for (let row = 0; row < places.length; row++) inputs.push(`${path}:${places[row]}`);
    yield { features: known.matrixOf(portion), inputs, kept };
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
