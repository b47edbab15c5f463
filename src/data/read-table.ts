import { quoted } from '../text.js';
import type { Dataset, Matrix } from './dataset.js';
import { Growing } from './growing.js';
import { areNumbers, type EncodedLabels, LabelEncoder } from './label-encoder.js';
import { formats, type Reader, readers } from './readers/registry.js';
import type { OnRead, Open, OpenSource } from './source.js';
import { MAX_CLASSES, type Portion, type ReadOptions, standardInput, TableError } from './table.js';
import { checkTableOptions, type DatasetOptionsOf, type TableOptions } from './table-options.js';

/** Keys that the classification report uses itself. */
const reservedNames = ['accuracy', 'macro avg', 'weighted avg'];

/**
 * Reads the rows of an open source, a portion at a time.
 *
 * @throws TableError if it can't be read, or its format is unknown
 */
export async function* readPortions(
  source: OpenSource,
  options: ReadOptions & { readonly format?: string },
): AsyncGenerator<Portion> {
  const read = await findReader(source, options.format).load();
  yield* read(source, options);
}

function findReader({ name, head }: OpenSource, format?: string): Reader {
  if (format !== undefined) {
    const asked = readers.find((reader) => reader.format === format);
    if (asked) return asked;
    throw new RangeError(`there is no format ${quoted(format)}: expected one of ${formats.join(', ')}`);
  }
  const plain = name.toLowerCase().replace(/\.gz$/, '');
  const found =
    readers.find(({ extensions }) => extensions.some((extension) => plain.endsWith(extension))) ??
    readers.find((reader) => reader.recognises?.(head)) ??
    (name === standardInput ? readers.find((reader) => reader.format === 'csv') : undefined);
  if (found) return found;
  throw new TableError(
    name,
    `cannot tell its format from its name or its first bytes: give --format, one of ${formats.join(', ')}`,
  );
}

/**
 * Reads a table into memory; see `readTable`.
 *
 * @param open opens the table, and the separate file of labels if there is one
 */
export async function readTableFrom<Table>(
  open: Open<Table>,
  table: Table,
  options: DatasetOptionsOf<Table>,
): Promise<Dataset> {
  checkTableOptions(options);
  const { label, labels: labelsTable, drop, features: wanted, signal, onRead, ...format } = options;
  const apart = labelsTable === undefined ? undefined : await readLabels(open, labelsTable, options);
  const columns = {
    ...(apart ? { label: null } : label !== undefined && { label }),
    ...(drop && { drop }),
    ...(wanted && { features: wanted }),
  };
  const values = new Growing(Float32Array);
  const encoder = new LabelEncoder();
  const { name, last } = await readEach(
    open,
    table,
    { ...format, columns, ...(signal && { signal }) },
    { signal, onRead },
    (portion, source) => {
      append(values, portion, source);
      if (!apart) addLabels(encoder, portion, source);
    },
  );
  const { featureNames, textLabels } = last;
  const features = matrixOfNumbers(last);
  const rows = values.length / features.columns;
  const { labels, classes } = apart?.encoded ?? finish(encoder, textLabels, options.classes, name);
  if (labels.length !== rows) {
    throw new TableError(
      name,
      `has ${rows} rows, but ${apart?.name} has ${labels.length} labels: expected a label for each row` +
        (Math.abs(rows - labels.length) === 1 ? '; does only one of them have a header?' : ''),
    );
  }
  return {
    features: { rows, columns: features.columns, values: values.values },
    labels,
    classes,
    ...(featureNames && { featureNames }),
  };
}

/** Reads a file of labels, whose only column they are, and the name that messages use for it. */
async function readLabels<Table>(
  open: Open<Table>,
  labels: Table,
  options: DatasetOptionsOf<Table>,
): Promise<{ name: string; encoded: EncodedLabels }> {
  const { delimiter, header, signal, classes } = options;
  const format = {
    ...(delimiter !== undefined && { delimiter }),
    ...(header !== undefined && { header }),
  };
  const encoder = new LabelEncoder();
  const { name, last } = await readEach(
    open,
    labels,
    { ...format, columns: { features: [] } },
    { signal },
    (portion, source) => addLabels(encoder, portion, source),
  );
  return { name, encoded: finish(encoder, last.textLabels, classes, name) };
}

/** Reads a file portion by portion, and returns its name for messages and the last portion. */
async function readEach<Table>(
  open: Open<Table>,
  table: Table,
  options: ReadOptions & Pick<TableOptions, 'format'>,
  { signal, onRead }: { signal: AbortSignal | undefined; onRead?: OnRead | undefined },
  take: (portion: Portion, source: string) => void,
): Promise<{ name: string; last: Portion }> {
  let source: OpenSource | undefined;
  try {
    // The signal is checked here too, since a reader may need all bytes before its first portion.
    source = await open(table, (read, size) => {
      signal?.throwIfAborted();
      onRead?.(read, size);
    });
    let last: Portion | undefined;
    for await (const portion of readPortions(source, options)) {
      signal?.throwIfAborted();
      take(portion, source.name);
      last = portion;
    }
    if (!last) throw new TableError(source.name, 'has no rows');
    return { name: source.name, last };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await source?.close();
  }
}

/** The numbers of a portion, rounded to float32. */
export function matrixOfNumbers({ features }: Portion): Matrix {
  if (!('values' in features)) throw new Error('expected numbers');
  const { rows, columns, values } = features;
  return { rows, columns, values: values instanceof Float32Array ? values : Float32Array.from(values) };
}

function append(values: Growing<Float32Array<ArrayBuffer>>, portion: Portion, table: string): void {
  const features = matrixOfNumbers(portion);
  try {
    values.append(features.values);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const rows = values.length / features.columns + features.rows;
    const size = ((4 * rows * features.columns) / 2 ** 30).toFixed(1);
    throw new TableError(
      table,
      `its first ${rows} rows of ${features.columns} features take ${size} GiB and do not fit in memory: ` +
        'a WebAssembly memory holds at most 4 GiB; train on fewer rows',
    );
  }
}

function addLabels(encoder: LabelEncoder, { labels, places }: Portion, table: string): void {
  if (!labels) {
    throw new TableError(table, 'has no labels: give the file that has them with --labels');
  }
  encoder.add(labels);
  if (encoder.size <= MAX_CLASSES) return;
  throw new TableError(
    table,
    `found more than ${MAX_CLASSES} distinct labels up to row or line ${places[places.length - 1]}, the last ` +
      `${quoted(labels[labels.length - 1])}: expected classes; is --label another column?`,
  );
}

function finish(
  encoder: LabelEncoder,
  textLabels: true | undefined,
  wanted: readonly string[] | undefined,
  table: string,
): EncodedLabels {
  if (wanted) return renumber(encoder.finish(textLabels ?? !areNumbers(wanted)), wanted, table);
  const encoded = encoder.finish(textLabels ?? false);
  const { classes } = encoded;
  if (classes.length < 2) {
    throw new TableError(
      table,
      `all rows have the label ${quoted(classes[0])}: expected at least two classes`,
    );
  }
  const reserved = classes.find((name) => reservedNames.includes(name));
  if (reserved !== undefined) {
    throw new TableError(
      table,
      `a class is called ${quoted(reserved)}, which is a key of the classification report: rename it`,
    );
  }
  return encoded;
}

/** Maps labels to the class indices of a model. */
function renumber(
  { labels, classes }: EncodedLabels,
  wanted: readonly string[],
  table: string,
): EncodedLabels {
  const indexOf = new Map(wanted.map((name, index) => [name, index]));
  const unknown = classes.filter((name) => !indexOf.has(name));
  if (unknown.length > 0) {
    const names = unknown.slice(0, 3).map(quoted).join(', ');
    const more = unknown.length > 3 ? ` and ${unknown.length - 3} more` : '';
    throw new TableError(
      table,
      `found the label ${names}${more}, expected classes of the model: ${wanted.slice(0, 6).map(quoted).join(', ')}` +
        (wanted.length > 6 ? ` and ${wanted.length - 6} more` : ''),
    );
  }
  const index = classes.map((name) => indexOf.get(name) ?? -1);
  return { labels: labels.map((label) => index[label]), classes: wanted };
}
