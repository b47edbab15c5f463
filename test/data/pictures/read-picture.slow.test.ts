import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import t from 'tap';
import { digitFeatures } from '../../../src/data/pictures/digit.js';
import { readPicture } from '../../../src/data/pictures/read-picture.js';
import type { Source } from '../../../src/data/table.js';
import {
  chunk,
  drawSeven,
  encodePng,
  header,
  negative,
  orient,
  PNG_SIGNATURE,
  type PngKind,
  paint,
  painted,
} from './samples.js';

function source(bytes: Uint8Array, piece = 1000): Source {
  return {
    name: 'seven.png',
    async *chunks() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    },
  };
}

async function read(bytes: Uint8Array, piece?: number): Promise<number[]> {
  return [...(await readPicture(source(bytes, piece)))];
}

/** How many of the 1024 bits that are counted differ, at least. */
function difference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0);
}

const seven = painted(260, 270, (context) => drawSeven(context, 80, 90));
const expected = [...digitFeatures('seven', seven)];

t.test('every kind of PNG', async (t) => {
  const kinds: PngKind[] = ([1, 2, 4, 8, 16] as const).flatMap((depth) => [
    { depth, colour: 0 },
    ...(depth < 16 ? [{ depth, colour: 3 } as const] : []),
    ...(depth >= 8 ? ([2, 4, 6] as const).map((colour) => ({ depth, colour })) : []),
  ]);
  for (const kind of kinds) {
    for (const interlaced of [false, true]) {
      const values = await read(encodePng(seven, { ...kind, interlaced }));
      const words = `${kind.depth} bits, colour type ${kind.colour}${interlaced ? ', interlaced' : ''}`;
      if (kind.depth >= 8) t.same(values, expected, words);
      else t.ok(difference(values, expected) < 20, words);
    }
  }
});

t.test('transparency is white, in a palette too', async (t) => {
  const { width, height, pixels } = seven;
  const transparent = Object.assign(new PNG({ width, height }), {
    data: Buffer.from(pixels.map((_, i) => (i % 4 === 3 ? 255 - pixels[i - 3] : 0))),
  });
  t.ok(difference(await read(PNG.sync.write(transparent)), expected) < 20);

  const black = Buffer.from(encodePng(negative(seven), { depth: 1, colour: 3 }));
  const palette = black.indexOf('IDAT') - 4;
  const hidden = Buffer.concat([
    black.subarray(0, palette),
    chunk('tRNS', Uint8Array.of(0, 255)),
    black.subarray(palette),
  ]);
  t.ok(difference(await read(black), expected) < 20, 'the seven is white on black');
  await t.rejects(
    read(hidden),
    /shows a single even colour/,
    'and is white on white where the black is transparent',
  );
});

t.test('a JPEG, however it is turned', async (t) => {
  // What a camera stores so that it stands upright once it is turned as the orientation says.
  const turns: Record<number, [number, number, number, number]> = {
    1: [1, 0, 0, 1],
    2: [-1, 0, 0, 1],
    3: [-1, 0, 0, -1],
    4: [1, 0, 0, -1],
    5: [0, 1, 1, 0],
    6: [0, -1, 1, 0],
    7: [0, -1, -1, 0],
    8: [0, 1, -1, 0],
  };
  for (const [orientation, [a, b, c, d]] of Object.entries(turns)) {
    const [width, height] = a === 0 ? [270, 260] : [260, 270];
    const stored = paint(width, height, (context) => {
      context.transform(a, b, c, d, width / 2, height / 2);
      drawSeven(context, 80 - 130, 90 - 135);
    });
    const jpeg = await stored.encode('jpeg', 95);
    for (const littleEndian of [true, false]) {
      const values = await read(orient(jpeg, Number(orientation), littleEndian));
      t.ok(difference(values, expected) < 20, `orientation ${orientation}`);
    }
    if (orientation !== '1') t.ok(difference(await read(jpeg), expected) > 100, 'which is needed');
  }
});

t.test('a photo is read as a small picture is', async (t) => {
  const large = paint(2600, 2700, (context) => drawSeven(context, 800, 900, 10));
  t.ok(difference(await read(await large.encode('jpeg', 90)), expected) < 30);
  t.ok(difference(await read(await large.encode('png'), 2 ** 16), expected) < 30);
});

t.test('a large picture of one colour is a small file, and no burden', async (t) => {
  const even = Buffer.concat([
    PNG_SIGNATURE,
    header(8000, 8000, 1),
    chunk('IDAT', deflateSync(Buffer.alloc(8000 * 1001))),
    chunk('IEND'),
  ]);
  t.ok(even.length < 10_000);
  await t.rejects(read(even), { message: 'seven.png: shows a single even colour, expected a digit' });
  const before = process.resourceUsage().maxRSS;
  await t.rejects(read(Buffer.concat([PNG_SIGNATURE, header(30000, 30000, 16, 6), chunk('IEND')])), {
    message: 'seven.png: is 30000 × 30000 pixels, expected between 1 pixel and 64 megapixels',
  });
  t.ok(process.resourceUsage().maxRSS - before < 2 ** 16, 'no memory is taken for it');
});

t.test('what unpacks to more than its size says does not matter', async (t) => {
  const bytes = encodePng(seven, { depth: 8, colour: 0 });
  const zeros = deflateSync(Buffer.alloc(2 ** 26));
  const at = bytes.indexOf('IDAT') - 4;
  const text = chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), zeros]));
  t.same(await read(Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at)])), expected);
  await t.rejects(read(Buffer.concat([PNG_SIGNATURE, header(9, 9), chunk('IDAT', zeros), chunk('IEND')])), {
    message: 'seven.png: shows a single even colour, expected a digit',
  });
});

t.test('a source without end is left', async (t) => {
  let given = 0;
  const endless: Source = {
    name: 'endless.png',
    async *chunks() {
      for (const piece = new Uint8Array(2 ** 22); ; given += piece.length) yield piece;
    },
  };
  await t.rejects(readPicture(endless), {
    message: 'endless.png: has more than 256 MiB, which no picture needs',
  });
  t.ok(given <= 2 ** 28);
});

t.test('any wrong byte in a JPEG is survived, or said', async (t) => {
  const jpeg = await paint(24, 30, (context) => drawSeven(context, 6, 5, 0.2)).encode('jpeg', 60);
  let refused = 0;
  for (let at = 0; at < jpeg.length; at += 2) {
    const bytes = Buffer.from(jpeg);
    bytes[at] ^= 1 + ((at * 37) % 255);
    try {
      const values = await read(bytes);
      if (values.length !== 64 || !values.every((value) => value >= 0 && value <= 16)) t.fail(`byte ${at}`);
    } catch (error) {
      refused++;
      if (!(error instanceof Error && /^seven\.png: [^\n]+$/.test(error.message)))
        t.fail(`byte ${at}: ${error}`);
    }
  }
  t.ok(refused > 0 && refused < jpeg.length / 2, `${refused} of ${jpeg.length / 2} are refused`);
});

t.test('a PNG whose checksums hold, but not what they are of', async (t) => {
  const packed = deflateSync(
    Buffer.from(Uint8Array.from({ length: 24 * 30 }, (_, i) => (i % 24 ? (i * i) % 256 : 0))),
  );
  const ofParts = (data: Buffer, depth: number, colour: number) =>
    Buffer.concat([PNG_SIGNATURE, header(23, 30, depth, colour), chunk('IDAT', data), chunk('IEND')]);
  t.equal((await read(ofParts(packed, 8, 0))).length, 64);
  for (let at = 0; at < packed.length; at += 5) {
    const bytes = Buffer.from(packed);
    bytes[at] ^= 0x55;
    await read(ofParts(bytes, 8, 0)).catch((error) => {
      if (!/^seven\.png: [^\n]+$/.test(error.message)) t.fail(`byte ${at}: ${error}`);
    });
  }
  for (const [depth, colour] of [
    [3, 0],
    [16, 3],
    [8, 1],
    [8, 7],
  ]) {
    await t.rejects(read(ofParts(packed, depth, colour)), {
      message: "seven.png: can't be decoded: it is damaged or of an unsupported kind",
    });
  }
  await t.rejects(read(ofParts(Buffer.alloc(0), 8, 0)), { name: 'TableError' });
});
