import { quoted } from '../../text.js';
import { MAX_BYTES } from '../growing.js';
import { type NumberPortion, type Portion, type ReadOptions, type Source, TableError } from '../table.js';
import { arrayPortions, labelsOf, type TableArray } from './array.js';
import { gathered } from './byte-reader.js';
import { openNpy } from './npy.js';
import { zipEntries } from './zip.js';

/** Labels kept as bytes until the rows they belong to arrive. */
interface Labels {
  readonly table: string;
  readonly array: TableArray;
  readonly bytes: Uint8Array;
}

/**
 * NPZ, a zip of NumPy arrays: `X` holds the features, `y` the labels. If X comes first, as it usually does, its rows
 * are kept in memory until y has been read.
 */
export async function* readNpz(source: Source, { columns }: ReadOptions): AsyncGenerator<Portion> {
  const table = source.name;
  if (typeof columns.label === 'string') {
    throw new TableError(
      table,
      `its labels are the array y, but --label is ${quoted(columns.label)}: leave --label out`,
    );
  }
  const wanted = [...(columns.features?.length === 0 ? [] : ['X']), ...(columns.label === null ? [] : ['y'])];
  const found: string[] = [];
  const waiting: NumberPortion[] = [];
  let labels: Labels | undefined;
  let rows: number | undefined;
  for await (const entry of zipEntries(source)) {
    if (!entry.name.endsWith('.npy')) continue;
    const name = entry.name.slice(0, -'.npy'.length);
    found.push(name);
    if (!wanted.includes(name)) continue;
    const inTable = `${table}: ${name}`;
    const opened = await openNpy(inTable, entry.bytes);
    const { array } = opened;
    if (name === 'y' && array.columns > 1) {
      throw new TableError(inTable, `found ${array.columns} columns, expected a single column of labels`);
    }
    if (rows !== undefined && array.rows !== rows) {
      throw new TableError(inTable, `found ${array.rows} rows, expected ${rows} as in the other array`);
    }
    rows = array.rows;
    if (wanted.length === 1) {
      yield* arrayPortions(inTable, opened.rows, array, { ...columns, ...(name === 'X' && { label: null }) });
    } else if (name === 'y') {
      labels = {
        table: inTable,
        array,
        bytes: await gathered(inTable, opened.rows, 'labels are read as a whole'),
      };
      for (let next = waiting.shift(); next; next = waiting.shift()) yield withLabels(next, labels);
    } else {
      let size = 0;
      for await (const portion of arrayPortions(inTable, opened.rows, array, { ...columns, label: null })) {
        size += portion.features.values.byteLength;
        if (size > MAX_BYTES) {
          throw new TableError(inTable, 'its features take more than 4 GiB, the most that a table can have');
        }
        if (labels) yield withLabels(portion, labels);
        else waiting.push(portion);
      }
    }
  }
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length > 0) {
    const shown = found.slice(0, 6).map(quoted).join(', ') + (found.length > 6 ? ', …' : '');
    const instead = shown && `, but ${shown}`;
    throw new TableError(
      table,
      `has no array ${missing.join(' and no array ')}${instead}: expected ${wanted.join(' and ')}, ` +
        'as np.savez(file, X=features, y=labels) saves them',
    );
  }
}

/** Adds the labels of its rows to a portion of X. */
function withLabels(portion: NumberPortion, { table, array, bytes }: Labels): Portion {
  const [first] = portion.places;
  const start = (first - 1) * array.element.bytes;
  const own = bytes.subarray(start, start + portion.features.rows * array.element.bytes);
  return {
    ...portion,
    labels: labelsOf(table, own, array, 0, first),
    ...(!array.element.number && { textLabels: true }),
  };
}
