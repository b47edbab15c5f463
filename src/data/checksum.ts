import { nextTurn, readSpool, sha256 } from '#platform';
import { areBytes, type Labels, type Values } from '../storage.js';
import type { AnyMatrix, Dataset } from './dataset.js';
import type { Kind } from './kinds.js';

/** Bytes hashed at a time: a few milliseconds. */
const PIECE_BYTES = 2 ** 22;
/** So many bytes become float32 at a time, in memory that is used again: it stays in the cache. */
const WIDENED = 2 ** 16;

/**
 * SHA-256 of a dataset in hexadecimal: its features as row-major float32, then its labels as int32, both
 * little-endian as they lie in memory. If a column is more than a number as it stands, the kinds of all columns follow, as
 * JSON without blanks and with sorted keys. Where rows have weights, groups or times, each follows as its name and its
 * numbers. Yields to the event loop between pieces.
 */
export function datasetSha256({ features, labels, weights, groups, times }: Dataset): Promise<string> {
  const { kinds = [] } = features;
  const arePlain = kinds.every((kind) => kind.kind === 'number' && !kind.as && !kind.offset);
  const encode = (text: string) => new TextEncoder().encode(text);
  const described = arePlain ? '' : JSON.stringify(kinds.map(withSortedKeys));
  const roles = Object.entries({ weights, groups, times }).flatMap(([name, found]) =>
    found ? [encode(name), found] : [],
  );
  return sha256(pieces(features, labels, [encode(described), ...roles]));
}

function withSortedKeys(kind: Kind): Kind {
  if (kind.kind === 'category') return { kind: kind.kind, levels: kind.levels };
  const { as, offset } = kind;
  return { ...(as && { as }), kind: kind.kind, ...(offset && { offset }) };
}

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

async function* pieces(
  features: AnyMatrix,
  labels: Labels,
  others: readonly Numbers[],
): AsyncGenerator<Uint8Array> {
  if ('values' in features) yield* piecesAs(Float32Array, features.values);
  else {
    const { rows, columns, spool } = features;
    const bytes = 4 * rows * columns;
    for (let first = 0; first < bytes; first += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, bytes - first));
      readSpool(spool, piece, first);
      yield piece;
      await nextTurn();
    }
  }
  yield* piecesAs(Int32Array, labels);
  for (const array of others) yield* piecesOf(array);
}

/** Numbers of a type, however many bytes each has in memory. */
async function* piecesAs(
  Type: Float32ArrayConstructor | Int32ArrayConstructor,
  numbers: Values | Labels,
): AsyncGenerator<Uint8Array> {
  if (!areBytes(numbers)) return yield* piecesOf(numbers);
  const piece = new Type(WIDENED);
  for (let first = 0; first < numbers.length; first += WIDENED) {
    const bytes = numbers.subarray(first, first + WIDENED);
    piece.set(bytes);
    yield* piecesOf(piece.subarray(0, bytes.length));
  }
}

async function* piecesOf({ buffer, byteOffset, byteLength }: Numbers): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < byteLength; first += PIECE_BYTES) {
    yield new Uint8Array(buffer, byteOffset + first, Math.min(PIECE_BYTES, byteLength - first));
    await nextTurn();
  }
}
