import { quoted } from '../../text.js';
import { MAX_BYTES } from '../growing.js';
import {
  type ArrayNames,
  type ColumnChoice,
  type Portion,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { arrayPortions, type TableArray, textsOf } from './array.js';
import { gathered, randomly } from './byte-reader.js';
import { openNpy } from './npy.js';
import { entryNames, zipEntries } from './zip.js';

/** What people call the arrays of features and labels; an archive that has several pairs is read for the first. */
const usualNames = [
  ['X', 'y'],
  ['x', 'y'],
  ['X_train', 'y_train'],
  ['x_train', 'y_train'],
  ['train_images', 'train_labels'],
  ['data', 'target'],
  ['data', 'labels'],
  ['features', 'labels'],
  ['images', 'labels'],
  ['arr_0', 'arr_1'],
  ['X_test', 'y_test'],
  ['x_test', 'y_test'],
].map(([X, y]) => ({ X, y }));

const ENDING = '.npy';

/** Labels kept as bytes until the rows they belong to arrive. */
interface Labels {
  readonly table: string;
  readonly array: TableArray;
  readonly bytes: Uint8Array;
}

/** Features kept as bytes, which take less memory than their numbers, until their labels arrive. */
interface Features {
  readonly table: string;
  readonly array: TableArray;
  /** Whole rows. */
  readonly pieces: Uint8Array[];
}

/**
 * NPZ, a zip of NumPy arrays: one holds the features, another the labels. If the features come first, as they usually
 * do, they are kept in memory until the labels have been read.
 */
export async function* readNpz(source: Source, { columns, arrays }: ReadOptions): AsyncGenerator<Portion> {
  const archive = await randomly(source, 'a gzipped or piped NPZ is read as a whole');
  const table = source.name;
  const entries = await entryNames(archive.random);
  const found = entries.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
  const parts = partsOf(columns);
  const names = arrays ?? usualArrays(found, parts);
  if (typeof columns.label === 'string') {
    throw new TableError(
      table,
      `its labels are the array ${names?.y ?? 'y'}, but --label is ${quoted(columns.label)}: leave --label out`,
    );
  }
  // Without a directory the archive is damaged: reading it says how.
  if (entries.length > 0) checkNames(table, found, parts, names);
  const notes = noteOf(found, parts, names);
  let features: Features | undefined;
  let labels: Labels | undefined;
  let rows: number | undefined;
  for await (const entry of zipEntries(archive)) {
    const part = parts.find((name) => entry.name === `${names?.[name]}${ENDING}`);
    if (part === undefined) continue;
    const inTable = `${table}: ${names?.[part]}`;
    const opened = await openNpy(inTable, entry.bytes);
    const { array } = opened;
    if (part === 'y' && array.columns > 1) {
      throw new TableError(inTable, `found ${array.columns} columns, expected a single column of labels`);
    }
    if (rows !== undefined && array.rows !== rows) {
      throw new TableError(inTable, `found ${array.rows} rows, expected ${rows} as in the other array`);
    }
    rows = array.rows;
    if (parts.length === 1) {
      const choice = { ...columns, ...(part === 'X' && { label: null }) };
      for await (const portion of arrayPortions(inTable, opened.rows, array, choice)) {
        yield { ...portion, ...notes };
      }
    } else if (part === 'y') {
      labels = {
        table: inTable,
        array,
        bytes: await gathered(inTable, opened.rows, 'labels are read as a whole'),
      };
      if (!features) continue;
      const rows = takenOut(features.pieces);
      for await (const portion of arrayPortions(features.table, rows, features.array, {
        ...columns,
        label: null,
      })) {
        yield { ...withLabels(portion, labels), ...notes };
      }
    } else {
      const rows = limited(inTable, opened.rows, columns.isStreamed);
      if (!labels) {
        features = { table: inTable, array, pieces: await copied(rows) };
        continue;
      }
      for await (const portion of arrayPortions(inTable, rows, array, { ...columns, label: null })) {
        yield { ...withLabels(portion, labels), ...notes };
      }
    }
  }
}

/** The bytes of features, which end with a TableError if they are more than a table can have. */
async function* limited(
  table: string,
  rows: AsyncIterable<Uint8Array>,
  isStreamed = false,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const bytes of rows) {
    size += bytes.length;
    if (size > MAX_BYTES && !isStreamed) {
      throw new TableError(table, 'its features take more than 4 GiB, the most that a table can have');
    }
    yield bytes;
  }
}

async function copied(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const copies: Uint8Array[] = [];
  for await (const piece of pieces) copies.push(piece.slice());
  return copies;
}

/** Gives pieces one after another, and keeps none. */
async function* takenOut(pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (let next = pieces.shift(); next; next = pieces.shift()) yield next;
}

type Part = keyof ArrayNames;

/** The arrays that are wanted. */
function partsOf({ features, label }: ColumnChoice): Part[] {
  return [...(features?.length === 0 ? [] : (['X'] as const)), ...(label === null ? [] : (['y'] as const))];
}

/** The first of the usual pairs of which the archive has what is wanted; where that is one array, its only one will do. */
function usualArrays(found: readonly string[], parts: readonly Part[]): ArrayNames | undefined {
  const usual = usualNames.find((names) => parts.every((part) => found.includes(names[part])));
  if (usual) return usual;
  const [only] = found;
  return found.length === 1 && parts.length === 1 ? { X: only, y: only } : undefined;
}

function checkNames(
  table: string,
  found: readonly string[],
  parts: readonly Part[],
  names: ArrayNames | undefined,
): void {
  if (names && parts.every((part) => found.includes(names[part]))) return;
  const shown = found.slice(0, 6).map(quoted).join(', ') + (found.length > 6 ? ', …' : '');
  const wanted = names ? parts.map((part) => quoted(names[part])).join(' and ') : 'X and y';
  if (found.length < parts.length) {
    throw new TableError(
      table,
      `has ${found.length === 0 ? 'no array' : `the array ${shown} alone`}: expected ${wanted}, as ` +
        'np.savez(file, X=features, y=labels) saves them',
    );
  }
  const [X, y = X] = found;
  throw new TableError(
    table,
    `has the arrays ${shown}: expected ${wanted}; say which are the features and the labels, ` +
      `such as --arrays X=${X},y=${y}`,
  );
}

/** Tells which arrays were taken, where an archive has others. */
function noteOf(
  found: readonly string[],
  parts: readonly Part[],
  names: ArrayNames | undefined,
): Pick<Portion, 'notes'> {
  if (!names || names === usualNames[0] || found.length <= parts.length) return {};
  const taken = parts.map((part) => names[part]);
  const others = found.filter((name) => !taken.includes(name)).slice(0, 6);
  return { notes: [`read the arrays ${taken.join(' and ')}, and not ${others.join(', ')}`] };
}

/** Adds the labels of its rows to a portion of X. */
function withLabels(portion: Portion, { table, array, bytes }: Labels): Portion {
  const [first] = portion.places;
  const start = (first - 1) * array.element.bytes;
  const own = bytes.subarray(start, start + portion.places.length * array.element.bytes);
  return {
    ...portion,
    labels: textsOf(table, own, array, 0, first, 'a label'),
    ...(!array.element.number && { textLabels: true }),
  };
}
