import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import t from 'tap';
import '../../../hyparquet.js';

const { unpack } = await import('../../../../src/data/readers/parquet/unpack.js');

/** Numbers below `below`, the same in each run. */
function* numbers(below: number): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor((state / 2 ** 32) * below);
  }
}

/** Bytes that repeat themselves in some way, and the files that `zstd` made of them with these options. */
const samples: Record<string, { bytes: Uint8Array; options: string }> = {
  words: { bytes: Buffer.from(words()), options: '-19 --check' },
  counts: {
    bytes: new Uint8Array(Int32Array.from({ length: 40_000 }, (_, i) => (i >> 3) * 3).buffer),
    options: '-1 --no-check --no-content-size',
  },
  noise: { bytes: noise(), options: '-3 --no-check' },
};

function words(): string {
  const next = numbers(26);
  const letters = (count: number) =>
    Array.from({ length: count }, () => String.fromCharCode(97 + next.next().value)).join('');
  const known = Array.from({ length: 12 }, (_, index) => letters(2 + index));
  return Array.from({ length: 25_000 }, (_, i) => known[next.next().value % (1 + (i % 12))]).join(' ');
}

function noise(): Uint8Array {
  const next = numbers(600);
  return Uint8Array.from({ length: 2000 }, () => Math.max(0, next.next().value - 400));
}

function zstdOf(name: string): Uint8Array {
  return readFileSync(new URL(`../../../fixtures/zstd/${name}.zst`, import.meta.url));
}

/** A snappy stream of literals, up to 60. */
function snappy(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([bytes.length, (bytes.length - 1) << 2, ...bytes]);
}

/** An LZ4 block of literals, up to 269. */
function lz4(bytes: Uint8Array): Uint8Array {
  const token = bytes.length < 15 ? [bytes.length << 4] : [240, bytes.length - 15];
  return Uint8Array.from([...token, ...bytes]);
}

/** The same in Hadoop's frame. */
function hadoop(bytes: Uint8Array): Uint8Array {
  const block = lz4(bytes);
  return Uint8Array.from([0, 0, 0, bytes.length, 0, 0, 0, block.length, ...block]);
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** A Zstandard frame of these blocks, the last of which says so. */
function zstdFrame(...blocks: (readonly number[])[]): Uint8Array {
  return Uint8Array.from([...ZSTD_MAGIC, 0, 0x58, ...blocks.flat()]);
}

function zstdBlock(type: number, size: number, body: readonly number[], isLast = true): number[] {
  const header = Number(isLast) + 2 * type + 8 * size;
  return [header & 255, (header >> 8) & 255, header >> 16, ...body];
}

function brotli(bytes: Uint8Array, quality = 5): Uint8Array {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
}

const codecs: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY: snappy,
  GZIP: (bytes) => gzipSync(bytes),
  BROTLI: (bytes) => brotli(bytes),
  ZSTD: (bytes) => zstdFrame(zstdBlock(0, bytes.length, [...bytes])),
  LZ4: hadoop,
  LZ4_RAW: lz4,
};

t.test('a page has the length that its header says, or is refused, with each codec', async (t) => {
  const bytes = Uint8Array.from({ length: 40 }, (_, index) => index);
  for (const [codec, pack] of Object.entries(codecs)) {
    t.same([...unpack(codec, pack(bytes), 40)], [...bytes], codec);
    for (const length of [0, 1, 39, 41, 1000]) {
      t.throws(
        () => unpack(codec, pack(bytes), length),
        { message: /bytes, expected/ },
        `${codec} ${length}`,
      );
    }
  }
});

t.test('a page that copies its own bytes ends where its header says', async (t) => {
  const zeros = new Uint8Array(100_000);
  const packed: Record<string, Uint8Array> = {
    GZIP: gzipSync(zeros),
    BROTLI: brotli(zeros),
    // A literal, and a copy of it that is as long as 400 bytes of 255 say.
    LZ4_RAW: Uint8Array.from([31, 0, 1, 0, ...Array(392).fill(255), 20]),
    // A run of literals, copied from one byte before over and over: 64 bytes each time.
    SNAPPY: Uint8Array.from([160, 141, 6, 0, 0, ...Array(1562).fill([254, 1, 0]).flat(), 122, 1, 0]),
    ZSTD: zstdFrame(zstdBlock(1, 100_000, [0])),
  };
  for (const [codec, bytes] of Object.entries(packed)) {
    t.equal(Buffer.compare(unpack(codec, bytes, 100_000), zeros), 0, codec);
    for (const length of [50, 99_999, 100_001]) {
      t.throws(() => unpack(codec, bytes, length), { message: /bytes, expected/ }, `${codec} ${length}`);
    }
  }
});

t.test('a checksum is checked', async (t) => {
  const bytes = Buffer.from('a page');
  const gzipped = gzipSync(bytes);
  gzipped[gzipped.length - 8] ^= 1;
  t.throws(() => unpack('GZIP', gzipped, bytes.length), { message: /GZIP.*its checksum is wrong/ });
  const { words } = samples;
  const packed = zstdOf('words').slice();
  packed[packed.length - 1] ^= 1;
  t.throws(() => unpack('ZSTD', packed, words.bytes.length), { message: /ZSTD.*its checksum is wrong/ });
});

t.test('several members of gzip, each with its checksum', async (t) => {
  const members = [gzipSync('first, '), gzipSync(''), gzipSync('second')];
  t.equal(Buffer.from(unpack('GZIP', Buffer.concat(members), 13)).toString(), 'first, second');
  members[0][members[0].length - 8] ^= 1;
  t.throws(() => unpack('GZIP', Buffer.concat(members), 13), { message: /its checksum is wrong/ });
  t.throws(() => unpack('GZIP', gzipSync('cut off').subarray(0, -9), 7), { message: /GZIP/ });
});

t.test('Zstandard as its own program writes it', async (t) => {
  for (const [name, { bytes, options }] of Object.entries(samples)) {
    const packed = zstdOf(name);
    t.equal(Buffer.compare(unpack('ZSTD', packed, bytes.length), bytes), 0, `${name}, ${options}`);
    for (const length of [bytes.length - 1, bytes.length + 1]) {
      t.throws(() => unpack('ZSTD', packed, length), { message: /bytes, expected/ }, `${name} ${length}`);
    }
  }
  const skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
  const frame = zstdFrame(zstdBlock(0, 2, [7, 8]));
  t.same([...unpack('ZSTD', Uint8Array.from([...skipped, ...frame, ...frame]), 4)], [7, 8, 7, 8]);
});

t.test('Zstandard that says more than it has is refused at once', async (t) => {
  // 98,047 copies of 65,539 bytes or more, for which there are no bits.
  const endlessCopies = [0, 255, 255, 255, 0x54, 0, 0, 52, 128];
  // Weights of a code in which one symbol takes no bits.
  const endlessCode = [...Buffer.from('28b52ffd200a6d0000a2400204f00355810102030400', 'hex')];
  const faults: [Uint8Array, RegExp][] = [
    [zstdFrame(zstdBlock(2, endlessCopies.length, endlessCopies)), /ends too early/],
    [Uint8Array.from(endlessCode), /too many symbols/],
    [
      zstdFrame(...Array.from({ length: 20_000 }, () => zstdBlock(1, 131_072, [0], false))),
      /more than 200000 bytes/,
    ],
    [zstdFrame(zstdBlock(1, 131_073, [0])), /131073 bytes is too long/],
    [zstdFrame(zstdBlock(3, 0, [])), /reserved type/],
    [zstdFrame(zstdBlock(0, 1, [0], false)), /cut off/],
    // A match 1 byte before the beginning: a block with no literals and one copy.
    [
      zstdFrame(zstdBlock(2, 7, [0, 1, 0x54, 0, 0, 0, 1])),
      /copies from 4 bytes before its end|1 bytes before/,
    ],
    [Uint8Array.from([...ZSTD_MAGIC, 0x21, 9, 0]), /dictionary/],
    [Buffer.from('no frame'), /where a frame should begin/],
  ];
  for (const [packed, message] of faults) {
    t.throws(() => unpack('ZSTD', packed, 200_000), { message }, String(message));
  }
});

t.test('Brotli that grows beyond its page is stopped before it takes memory', async (t) => {
  // Blocks of 16 MiB, each 13 bytes or so, of which the first is refused already.
  const packed = brotli(new Uint8Array(2 ** 26), 9);
  t.ok(packed.length < 1000);
  const before = process.memoryUsage().arrayBuffers;
  t.throws(() => unpack('BROTLI', packed, 40), { message: /BROTLI.*more than 40 bytes, expected/ });
  t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 26);
});

t.test('a page that is damaged is refused, or read with the length that its header says', async (t) => {
  const bytes = samples.noise.bytes.subarray(0, 48);
  const zstd = zstdOf('noise');
  let refused = 0;
  for (const [codec, packed, length] of [
    ...Object.entries(codecs).map(([codec, pack]) => [codec, pack(bytes), bytes.length] as const),
    ['ZSTD', zstd, samples.noise.bytes.length] as const,
  ]) {
    for (let at = 0; at < packed.length; at += codec === 'BROTLI' ? 7 : 1) {
      for (const change of [1 << (at % 8), 255]) {
        const changed = Uint8Array.from(packed);
        changed[at] ^= change;
        try {
          if (unpack(codec, changed, length).length !== length) t.fail(`${codec} ${at}`);
        } catch (error) {
          if (!/^a page /.test(String((error as Error).message))) throw error;
          refused++;
        }
      }
    }
  }
  t.ok(refused > 500, `${refused} were refused`);
});
