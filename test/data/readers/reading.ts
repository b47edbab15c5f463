import type { ColumnChoice, Portion, ReadPortions, Source } from '../../../src/data/table.js';

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

/** All portions as one. */
export async function readAll(
  read: ReadPortions,
  bytes: Uint8Array,
  columns: ColumnChoice = {},
  chunkBytes?: number,
): Promise<ReadTable> {
  const portions: Portion[] = [];
  for await (const portion of read(sourceOf(bytes, chunkBytes), { columns })) portions.push(portion);
  const [first] = portions;
  return {
    rows: portions.reduce((sum, { features }) => sum + features.rows, 0),
    columns: first.features.columns,
    values: portions.flatMap(({ features }) => Array.from(features.values)),
    labels: first.labels && portions.flatMap(({ labels }) => labels ?? []),
    featureNames: first.featureNames,
    textLabels: first.textLabels,
    places: portions.flatMap(({ places }) => Array.from(places)),
  };
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
