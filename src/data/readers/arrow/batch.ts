/** The buffers of a batch of rows. */
import { viewOf } from '../bytes.js';
import { unpackLz4Frame } from '../codecs/lz4.js';
import { Unpacked } from '../codecs/unpacked.js';
import { unpackZstd } from '../codecs/zstd.js';
import type { FlatTable } from './flatbuffer.js';
import type { Field } from './schema.js';

/** How many times more bytes than are needed a compressed buffer may have, and how many besides. */
const MOST_TIMES = 16;
const MOST_MORE = 2 ** 20;
/** Most bytes of a decompressed buffer. */
const MAX_BUFFER = 2 ** 30;

/** The parts of a column in a batch, in their order. */
export interface Parts {
  readonly rows: number;
  /** Whether values are missing. */
  readonly hasGaps: boolean;
  /** Number of buffers. */
  readonly count: number;
  /**
   * A buffer, decompressed and aligned.
   *
   * @param least bytes that it needs to have
   * @throws Error if it has fewer, or is damaged
   */
  buffer(index: number, least: number): Uint8Array<ArrayBuffer>;
}

/**
 * The parts of each column of a batch.
 *
 * @throws Error if there are fewer than the columns need
 */
export function partsOf(batch: FlatTable, body: Uint8Array, fields: readonly Field[]): Parts[] {
  const rows = batch.long(0);
  const nodes = batch.longs(1, 2);
  const places = batch.longs(2, 2);
  const views = batch.longs(4, 1);
  const unpack = unpackerOf(batch.table(3));
  const taken = places.reduce((sum, length, index) => sum + (index % 2 === 1 ? length : 0), 0);
  if (taken > body.length) throw new Error('buffers of a batch overlap, or are not within it');
  let node = 0;
  let place = 0;
  let view = 0;
  return fields.map(({ parts }) => {
    const more = views.slice(view, view + parts.views).reduce((sum, count) => sum + count, 0);
    const count = parts.buffers + more;
    const [first, nodeRows, gaps] = [place, nodes[2 * node], nodes[2 * node + 1]];
    node += parts.nodes;
    place += count;
    view += parts.views;
    if (!(more >= 0 && 2 * node <= nodes.length && 2 * place <= places.length && view <= views.length)) {
      throw new Error('a batch has fewer parts than its columns need');
    }
    if (nodeRows !== rows) throw new Error(`a column has ${nodeRows} values in a batch of ${rows} rows`);
    return {
      rows,
      hasGaps: gaps !== 0,
      count,
      buffer(index, least) {
        const [offset, length] = places.slice(2 * (first + index), 2 * (first + index) + 2);
        if (!(index < count && offset >= 0 && length >= 0 && offset + length <= body.length)) {
          throw new Error('a buffer is not within its batch');
        }
        // A copy is aligned for numbers of any size, where Node's own `slice` makes none.
        const stored = new Uint8Array(body.subarray(offset, offset + length));
        const bytes = length === 0 ? stored : unpack(stored, least);
        if (bytes.length >= least) return bytes;
        throw new Error(`a column has ${bytes.length} bytes, but its values need ${least}`);
      },
    };
  });
}

type Unpack = (stored: Uint8Array<ArrayBuffer>, least: number) => Uint8Array<ArrayBuffer>;

const codecs = [unpackLz4Frame, unpackZstd];

/** Compressed buffers begin with their length, or −1 if they are not compressed after all. */
function unpackerOf(compression: FlatTable | undefined): Unpack {
  if (!compression) return (stored) => stored;
  const codec = codecs[compression.byte(0)];
  if (!codec) throw new Error(`it is compressed by codec ${compression.byte(0)}, expected LZ4 or Zstandard`);
  return (stored, least) => {
    if (stored.length < 8) throw new Error('a compressed buffer has no length');
    const length = Number(viewOf(stored).getBigInt64(0, true));
    if (length === -1) return stored.slice(8);
    if (!(length >= 0 && length <= Math.min(MAX_BUFFER, MOST_TIMES * least + MOST_MORE))) {
      throw new Error(`a buffer claims ${length} bytes, but its values need ${least}`);
    }
    const unpacked = new Unpacked(length);
    codec(stored.subarray(8), unpacked);
    const bytes = unpacked.from(0);
    if (bytes.length !== length) throw new Error(`a buffer has ${bytes.length} bytes, expected ${length}`);
    return bytes;
  };
}
