import type { Dataset } from './dataset.js';
import { Growing } from './growing.js';
import { areNumbers, type EncodedLabels, LabelEncoder } from './label-encoder.js';
import { formats, type Reader, readers } from './readers/registry.js';
import type { OnRead, Open, OpenSource } from './source.js';
import { MAX_CLASSES, type Portion, quoted, type ReadOptions, standardInput, TableError } from './table.js';

/** What the classification report calls its own entries. */
const reservedNames = ['accuracy', 'macro avg', 'weighted avg'];

/** How to read a table, in the words of a person. */
export interface TableOptions {
  /** One of `formats`; where none is given, the name of the file or its first bytes tell. */
  readonly format?: string;
  /** Character between two cells of a CSV or TSV. */
  readonly delimiter?: string;
  /** False where the first line of a CSV or TSV has no names of columns. */
  readonly header?: boolean;
}

/** How to read a table to train on, or to test on, of which a program has what `Table` is. */
export interface DatasetOptionsOf<Table> extends TableOptions {
  /** Column of the labels, by its name or else its number from 1; the last where none is given. */
  readonly label?: string;
  /** A file with the labels alone, where the table has none. */
  readonly labels?: Table;
  /** Columns to leave out, by their names or else their numbers from 1. */
  readonly drop?: readonly string[];
  /** Features of a model that the table shall have; other columns are left out. */
  readonly features?: readonly string[];
  /** Classes of a model, that the labels shall be of; where none are given, those of the labels. */
  readonly classes?: readonly string[];
  /** Stops the reading with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how much of the table's file was read. */
  readonly onRead?: OnRead;
}

/**
 * The rows of a table in a source that was opened.
 *
 * @throws TableError where it can't be read, or its format is unknown
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
    `neither its name nor its first bytes tell its format: name it with --format, one of ${formats.join(', ')}`,
  );
}

/**
 * Reads a table into memory, as `readTable` says it.
 *
 * @param open opens the table, and its labels where they are apart.
 */
export async function readTableFrom<Table>(
  open: Open<Table>,
  table: Table,
  options: DatasetOptionsOf<Table>,
): Promise<Dataset> {
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
    { ...format, columns },
    { signal, onRead },
    (portion, source) => {
      append(values, portion, source);
      if (!apart) addLabels(encoder, portion, source);
    },
  );
  const { features, featureNames, textLabels } = last;
  const rows = values.length / features.columns;
  const { labels, classes } = apart?.encoded ?? finish(encoder, textLabels, options.classes, name);
  if (labels.length !== rows) {
    throw new TableError(
      name,
      `has ${rows} rows, but ${apart?.name} has ${labels.length} labels: expected a label for each row` +
        (Math.abs(rows - labels.length) === 1 ? '; has only one of them a header?' : ''),
    );
  }
  return {
    features: { rows, columns: features.columns, values: values.values },
    labels,
    classes,
    ...(featureNames && { featureNames }),
  };
}

/** What messages call a file of labels, and these, its only column. */
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

/** Reads a file portion by portion, and returns what messages call it and the last of them. */
async function readEach<Table>(
  open: Open<Table>,
  table: Table,
  options: ReadOptions & Pick<TableOptions, 'format'>,
  { signal, onRead }: { signal: AbortSignal | undefined; onRead?: OnRead | undefined },
  take: (portion: Portion, source: string) => void,
): Promise<{ name: string; last: Portion }> {
  let source: OpenSource | undefined;
  try {
    // A reader may need all bytes for its first portion: that is too late to look at the signal.
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

function append(values: Growing<Float32Array<ArrayBuffer>>, { features }: Portion, table: string): void {
  try {
    values.append(features.values);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const rows = values.length / features.columns + features.rows;
    const size = ((4 * rows * features.columns) / 2 ** 30).toFixed(1);
    throw new TableError(
      table,
      `its first ${rows} rows of ${features.columns} features take ${size} GiB, and there is no room for them: ` +
        'a WebAssembly memory holds 4 GiB at most; train on fewer rows',
    );
  }
}

function addLabels(encoder: LabelEncoder, { labels, places }: Portion, table: string): void {
  if (!labels) {
    throw new TableError(table, 'has no labels: name the file that has them with --labels');
  }
  encoder.add(labels);
  if (encoder.size <= MAX_CLASSES) return;
  throw new TableError(
    table,
    `more than ${MAX_CLASSES} different labels up to row or line ${places[places.length - 1]}, the last ` +
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
      `all rows have the label ${quoted(classes[0])}: expected two classes or more`,
    );
  }
  const reserved = classes.find((name) => reservedNames.includes(name));
  if (reserved !== undefined) {
    throw new TableError(
      table,
      `a class is called ${quoted(reserved)}, as is an entry of the classification report: rename it`,
    );
  }
  return encoded;
}

/** The labels as indices of the classes of a model. */
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
