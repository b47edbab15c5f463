import type {
  Cell,
  Cells,
  ColumnChoice,
  Numbers,
  Portion,
  ReadOptions,
  ReadPortions,
  Source,
} from '../../../src/data/table.js';

/** A table as its portions have it. */
export interface ReadTable {
  readonly rows: number;
  readonly columns: number;
  readonly values: number[];
  readonly labels: string[] | undefined;
  readonly featureNames: readonly string[] | undefined;
  readonly textLabels: true | undefined;
  readonly places: number[];
}

/** Bytes in memory, in chunks of the given size. */
export function sourceOf(bytes: Uint8Array, chunkBytes = Number.POSITIVE_INFINITY): Source {
  return {
    name: 'table',
    async *chunks() {
      for (let start = 0; start < bytes.length; start += chunkBytes) {
        yield bytes.subarray(start, Math.min(bytes.length, start + chunkBytes));
      }
    },
  };
}

/** The features of a portion of numbers. */
export function numbersOf({ features }: Portion): Numbers {
  if ('cells' in features) throw new Error('found cells, expected numbers');
  return features;
}

/** All portions. Their numbers are copied: those of a portion are valid until the next is asked for. */
export async function collected<Read extends Portion>(portions: AsyncIterable<Read>): Promise<Read[]> {
  const all: Read[] = [];
  for await (const portion of portions) {
    const { features } = portion;
    const own = 'cells' in features ? features : { ...features, values: features.values.slice() };
    all.push({ ...portion, features: own });
  }
  return all;
}

/** All portions of numbers as one. */
export async function readAll(
  read: ReadPortions,
  bytes: Uint8Array,
  columns: ColumnChoice = {},
  chunkBytes?: number,
): Promise<ReadTable> {
  const portions = await collected(read(sourceOf(bytes, chunkBytes), { columns }));
  const [first] = portions;
  return {
    rows: portions.reduce((sum, portion) => sum + numbersOf(portion).rows, 0),
    columns: numbersOf(first).columns,
    values: portions.flatMap((portion) => Array.from(numbersOf(portion).values)),
    labels: first.labels && portions.flatMap(({ labels }) => labels ?? []),
    featureNames: first.featureNames,
    textLabels: first.textLabels,
    places: portions.flatMap(({ places }) => Array.from(places)),
  };
}

/** A table as rows of its features, whatever these are. */
export interface ReadRows extends Omit<Portion, 'features' | 'places'> {
  readonly rows: Cell[][];
  readonly places: number[];
}

/** All portions as rows of features; what else a portion has is that of the last. */
export async function readRows(
  read: ReadPortions,
  bytes: Uint8Array,
  options: Partial<ReadOptions> = {},
  chunkBytes?: number,
): Promise<ReadRows> {
  const portions = await collected(read(sourceOf(bytes, chunkBytes), { columns: {}, ...options }));
  const last = portions[portions.length - 1];
  const { features: _, ...more } = last;
  return {
    ...more,
    ...(last.labels && { labels: portions.flatMap(({ labels }) => labels ?? []) }),
    rows: portions.flatMap(({ features }) => rowsOf(features)),
    places: portions.flatMap(({ places }) => Array.from(places)),
  };
}

/** The features of a portion, row by row. */
export function rowsOf(features: Numbers | Cells): Cell[][] {
  if ('cells' in features) {
    return features.cells.map((row) => Array.from(features.at, (place) => row[place]));
  }
  const { rows, columns, values } = features;
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  );
}

/** Every shorter beginning of the bytes. */
export function* beginnings(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length);
}

/** The bytes with a single one changed, each in some ways: a bit of it, all of them, to zero. */
export function* corruptions(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) {
    for (const change of new Set([1 << (at % 8), 0xff, bytes[at]])) {
      const changed = bytes.slice();
      changed[at] ^= change;
      yield changed;
    }
  }
}
