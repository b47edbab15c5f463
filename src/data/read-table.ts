import { closeSpool, createSpool, readSpool, writeSpool } from '#platform';
import { narrowLabels, type Spool, type Storage } from '../storage.js';
import { counted, shortList } from '../text.js';
import type { Dataset, LoadedDataset } from './dataset.js';
import { Faults } from './faults.js';
import { Growing } from './growing.js';
import { missingAnd } from './kinds.js';
import { type KnownColumns, knownColumns } from './known-columns.js';
import type { EncodedLabels } from './label-encoder.js';
import { likelyLabels } from './likely-labels.js';
import { findReader, readerByName } from './readers/find.js';
import { isUnknown, RowRoles, valuesOf } from './row-roles.js';
import { CHUNK_BYTES, type OnRead, type Open, type OpenSource } from './source.js';
import { type Portion, type ReadOptions, roleNames, standardInput, TableError } from './table.js';
import { TableBuilder } from './table-builder.js';
import { TableLabels } from './table-labels.js';
import {
  type ColumnNamesOptions,
  checkTableOptions,
  type DatasetOptionsOf,
  type TableOptions,
} from './table-options.js';

/**
 * Reads the rows of an open source, a portion at a time.
 *
 * @throws TableError if it can't be read, or its format is unknown
 */
export async function* readPortions(
  source: OpenSource,
  options: ReadOptions & { readonly format?: string },
): AsyncGenerator<Portion> {
  const reader = findReader(source, options.format);
  if (options.arrays && reader.format !== 'npz') {
    const found = reader.format.toUpperCase();
    throw new TableError(source.name, `is read as ${found}, whose columns are no arrays: leave out --arrays`);
  }
  const read = await reader.load();
  const named = readerByName(source.name);
  if (options.format !== undefined || !named || named === reader) {
    yield* read(source, options);
    return;
  }
  const note = `is read as ${reader.format.toUpperCase()}, which its content is, not as ${named.format.toUpperCase()}`;
  for await (const portion of read(source, options)) {
    yield { ...portion, notes: [note, ...(portion.notes ?? [])] };
  }
}

/**
 * Reads a table into memory; see `readTable`.
 *
 * @param open opens the table, and the separate file of labels if there is one
 */
export function readTableFrom<Table>(
  open: Open<Table>,
  table: Table,
  options: DatasetOptionsOf<Table> & { readonly memory?: never },
): Promise<LoadedDataset>;
export function readTableFrom<Table>(
  open: Open<Table>,
  table: Table,
  options: DatasetOptionsOf<Table>,
): Promise<Dataset>;
export async function readTableFrom<Table>(
  open: Open<Table>,
  table: Table,
  options: DatasetOptionsOf<Table>,
): Promise<Dataset> {
  checkTableOptions(options);
  const apart = options.labels === undefined ? undefined : await readLabels(open, options.labels, options);
  const storage = storageOf(options);
  const { reopen, forget } = reopening(open, storage);
  const reading = await readRows(reopen, table, options)
    .then((first) => {
      const late = first.builder.lateTexts();
      if (late.size === 0) return first;
      first.builder.close();
      return readRows(reopen, table, options, late);
    })
    .finally(forget);
  const { name, builder, known, last } = reading;
  const { labels, classes } = apart?.encoded ?? reading.labels.finish(options.model?.classes);
  if (labels.length !== builder.rows) {
    throw new TableError(
      name,
      `has ${builder.rows} rows, but ${apart?.name} has ${labels.length} labels: expected a label for each row` +
        (Math.abs(builder.rows - labels.length) === 1 ? '; does only one of them have a header?' : ''),
    );
  }
  const values = reading.roles.finish();
  const hasRoles = Object.keys(values).length > 0;
  const built = builder.finish((row) => labels[row] < 0 || (hasRoles && isUnknown(values, row)));
  const { features, featureNames, kept } = built;
  const ofKept = kept ? labels.filter((_, row) => kept[row]) : labels;
  const leftOut = reading.roles.leftOutWith(built.leftOut);
  const notes = [...(last.notes ?? []), ...ignoredNotes(reading.ignored), ...(known?.notes() ?? [])];
  return {
    features: known?.kinds ? { ...features, kinds: known.kinds } : features,
    labels: 'spool' in features ? narrowLabels(ofKept, classes.length) : ofKept,
    classes,
    ...(featureNames && { featureNames }),
    ...(leftOut.length > 0 && { leftOut }),
    ...valuesOf(values, kept),
    ...(reading.places && {
      places: {
        numbers: reading.places.values.filter((_, row) => kept?.[row] !== 0),
        areLines: last.areLines === true,
      },
    }),
    ...(notes.length > 0 && { notes }),
    ...(storage && { storage }),
  };
}

/**
 * The names of the columns of a table, of which only the first rows are read; see `readColumnNames`.
 *
 * @throws TableError if it can't be read, or these rows are no table
 */
export async function readColumnNamesFrom<Table>(
  open: Open<Table>,
  table: Table,
  options: ColumnNamesOptions,
): Promise<readonly string[] | undefined> {
  checkTableOptions(options);
  const { source, signal } = await openRows(open, table, { signal: options.signal });
  try {
    for await (const { featureNames } of readPortions(source, { ...options, columns: { label: null } })) {
      return featureNames;
    }
    throw new TableError(source.name, 'has no rows');
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await source.close();
  }
}

/** What people are told of values whose features a model does not have. */
export function ignoredNotes(values: number): string[] {
  return values > 0 ? [`ignored ${counted(values, 'value')} of features that the model does not have`] : [];
}

/** The rows of a table. */
interface Rows {
  /** Name of the table for messages. */
  readonly name: string;
  readonly builder: TableBuilder;
  readonly labels: TableLabels;
  readonly roles: RowRoles;
  /** Where each row is, if that is to be kept. */
  readonly places: Growing<Float64Array> | undefined;
  /** Present if the table is read for a model. */
  readonly known?: KnownColumns;
  readonly last: Portion;
  /** Number of values whose feature the model does not have. */
  readonly ignored: number;
}

/** @param texts features that are known to have text below numbers */
async function readRows<Table>(
  open: Open<Table>,
  table: Table,
  options: DatasetOptionsOf<Table>,
  texts?: ReadonlySet<number>,
): Promise<Rows> {
  const { label, labels, drop, category, model, strict = false, signal, onRead } = options;
  const missing = missingAnd(options.missing);
  const onMissing = strict ? 'refuse' : (options.onMissing ?? 'fill');
  // For a model, columns are what they are in the model.
  const rules = { missing, onMissing, isStrict: strict || model !== undefined, ...(texts && { texts }) };
  const columns = {
    ...(labels !== undefined ? { label: null } : label !== undefined && { label }),
    ...(drop && { drop }),
    ...(category && { category }),
    roles: Object.fromEntries(
      roleNames.flatMap((role) => (options[role] === undefined ? [] : [[role, options[role]]])),
    ),
    ...(model && { features: model.featureNames ?? [] }),
    ...(options.memory !== undefined && { isStreamed: true as const }),
  };
  let share = Number.NaN;
  const reading = await openRows(open, table, {
    signal,
    onRead(read, size) {
      share = size === undefined ? Number.NaN : Math.min(1, read / size);
      onRead?.(read, size);
    },
  });
  const { source } = reading;
  const { name } = source;
  const faults = new Faults(name);
  const builder = new TableBuilder(name, rules, faults, storageOf(options), () => share);
  const found = new TableLabels(name, rules, faults, () => hintOf(builder));
  const known = model && knownColumns(name, model, missing, onMissing === 'fill');
  const roles = new RowRoles(missing, onMissing === 'drop', faults);
  const places = options.places ? new Growing(Float64Array) : undefined;
  let ignored = 0;
  try {
    const last = await readEach(reading, { ...options, columns }, (portion) => {
      roles.add(portion);
      places?.append(portion.places);
      ignored += portion.ignored ?? 0;
      if (labels === undefined) found.add(portion);
      builder.add(known ? { ...portion, features: known.matrixOf(portion) } : portion);
    });
    return { name, builder, labels: found, roles, places, last, ignored, ...(known && { known }) };
  } catch (error) {
    builder.close();
    throw error instanceof TableError ? faults.endedBy(error) : error;
  }
}

/** What may be in memory of a table, if there is a limit. */
function storageOf({ memory, spoolDir }: DatasetOptionsOf<unknown>): Storage | undefined {
  return memory === undefined ? undefined : { memory, ...(spoolDir !== undefined && { folder: spoolDir }) };
}

/** Opens a table any number of times. Standard input, which can be read only once, is kept as it is read. */
function reopening<Table>(open: Open<Table>, storage: Storage | undefined) {
  let kept: { readonly source: OpenSource; readonly chunks: KeptChunks } | undefined;
  const reopen: Open<Table> = async (table, onRead) => {
    if (kept) {
      const { source, chunks } = kept;
      return { ...source, chunks: chunks.again };
    }
    const source = await open(table, onRead);
    if (source.name !== standardInput) return source;
    const chunks = storage ? keptInFile(storage) : keptInMemory();
    kept = { source, chunks };
    return {
      ...source,
      async *chunks() {
        for await (const chunk of source.chunks()) {
          chunks.keep(chunk);
          yield chunk;
        }
      },
    };
  };
  return { reopen, forget: () => kept?.chunks.close() };
}

/** Bytes that can be read again. */
interface KeptChunks {
  keep(chunk: Uint8Array): void;
  again(): AsyncGenerator<Uint8Array>;
  close(): void;
}

/** Bytes of standard input that are kept in memory in any case. */
const KEPT_BYTES = 2 ** 24;

function keptInMemory(): KeptChunks {
  const chunks: Uint8Array[] = [];
  return {
    keep: (chunk) => void chunks.push(chunk),
    async *again() {
      yield* chunks;
    },
    close() {},
  };
}

/** Keeps the first bytes in memory, and those after them in a file. */
function keptInFile({ folder }: Storage): KeptChunks {
  const first = keptInMemory();
  let inMemory = 0;
  let size = 0;
  let spool: Spool | undefined;
  return {
    keep(chunk) {
      if (inMemory + chunk.length <= KEPT_BYTES && !spool) {
        inMemory += chunk.length;
        first.keep(chunk);
        return;
      }
      spool ??= createSpool(folder);
      writeSpool(spool, chunk, size);
      size += chunk.length;
    },
    async *again() {
      yield* first.again();
      for (let at = 0; spool && at < size; at += CHUNK_BYTES) {
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, size - at));
        readSpool(spool, chunk, at);
        yield chunk;
      }
    },
    close() {
      if (spool) closeSpool(spool);
    },
  };
}

/** Reads a file of labels, whose only column they are, and the name that messages use for it. */
async function readLabels<Table>(
  open: Open<Table>,
  labels: Table,
  options: DatasetOptionsOf<Table>,
): Promise<{ name: string; encoded: EncodedLabels }> {
  const { format: _, arrays: __, signal, ...texts } = options;
  const reading = await openRows(open, labels, { signal });
  const { name } = reading.source;
  const faults = new Faults(name);
  const rules = { missing: missingAnd(options.missing), onMissing: options.onMissing ?? 'fill' };
  const found = new TableLabels(name, rules, faults);
  await readEach(reading, { ...texts, columns: { features: [] } }, (portion) => found.add(portion));
  const encoded = found.finish(options.model?.classes);
  faults.check();
  return { name, encoded };
}

/** An open table. */
interface OpenRows {
  readonly source: OpenSource;
  readonly signal: AbortSignal | undefined;
}

async function openRows<Table>(
  open: Open<Table>,
  table: Table,
  { signal, onRead }: { signal: AbortSignal | undefined; onRead?: OnRead | undefined },
): Promise<OpenRows> {
  // The signal is checked here too, since a reader may need all bytes before its first portion.
  const source = await open(table, (read, size) => {
    signal?.throwIfAborted();
    onRead?.(read, size);
  }).catch((error) => {
    signal?.throwIfAborted();
    throw error;
  });
  return { source, signal };
}

/** Reads a table portion by portion to its end, closes it, and returns the last portion. */
async function readEach(
  { source, signal }: OpenRows,
  options: ReadOptions & Pick<TableOptions, 'format'>,
  take: (portion: Portion) => void,
): Promise<Portion> {
  try {
    let last: Portion | undefined;
    for await (const portion of readPortions(source, options)) {
      signal?.throwIfAborted();
      take(portion);
      last = portion;
    }
    if (!last) throw new TableError(source.name, 'has no rows');
    return last;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await source.close();
  }
}

/** Which columns may have the labels, if those that were read can't be labels. */
function hintOf(builder: TableBuilder): string {
  let likely: string[] = [];
  try {
    const { features, featureNames = [] } = builder.finish();
    likely = likelyLabels(features, featureNames);
  } catch {
    // The table has other faults.
  }
  return likely.length > 0 ? ` Likely ones: ${shortList(likely)}` : '';
}
