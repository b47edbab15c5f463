import t from 'tap';
import { pictureFormat, readPictureHeader } from '../../../src/data/pictures/header.js';
import { TableError } from '../../../src/data/table.js';
import { chunk, drawSeven, encodePng, header, PNG_SIGNATURE, paint, painted } from './samples.js';

const png = encodePng(
  painted(24, 30, (context) => drawSeven(context, 5, 5, 0.2)),
  { depth: 1, colour: 0 },
);
const jpeg = await paint(24, 30, (context) => drawSeven(context, 5, 5, 0.2)).encode('jpeg', 80);

/** Of a JPEG: a marker, and its length and data where it has any. */
function segment(marker: number, data?: readonly number[]): number[] {
  return [0xff, marker, ...(data ? [(data.length + 2) >> 8, (data.length + 2) & 0xff, ...data] : [])];
}

/** The start of a frame: 8 bits of one colour. */
function frame(marker: number, width: number, height: number): number[] {
  return segment(marker, [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]);
}

const start = segment(0xd8);
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4];
const end = segment(0xd9);

function read(...bytes: readonly number[]) {
  return readPictureHeader('seven.jpg', Uint8Array.from(bytes));
}

t.test('format and size of real pictures', async (t) => {
  t.same(readPictureHeader('seven.png', png), { format: 'png', width: 24, height: 30 });
  t.same(readPictureHeader('seven.jpg', jpeg), { format: 'jpeg', width: 24, height: 30 });
  t.same(
    readPictureHeader('of a larger buffer', Buffer.concat([Buffer.alloc(7), png]).subarray(7)).height,
    30,
  );
});

t.test('a JPEG of any kind, and what may stand around its frame', async (t) => {
  for (const marker of [0xc0, 0xc1, 0xc2, 0xc9, 0xca]) {
    const header = read(...start, ...frame(marker, 300, 513), ...scan, ...end);
    t.same(header, { format: 'jpeg', width: 300, height: 513 });
  }
  // A thumbnail and tables before the frame, fill bytes, several scans, and other bytes after its end.
  const thumbnail = segment(0xe1, [...start, ...frame(0xc0, 9, 9), ...end]);
  const tables = segment(0xc4, [0, ...new Array(16).fill(0)]);
  const bytes = [
    ...start,
    ...thumbnail,
    ...tables,
    0xff,
    ...frame(0xc2, 7, 8),
    ...scan,
    ...tables,
    ...scan,
    ...end,
    5,
  ];
  t.same(read(...bytes), { format: 'jpeg', width: 7, height: 8 });
});

t.test('what is neither is refused', async (t) => {
  const expected = new TableError('x', 'is not a picture that can be read, expected a PNG or a JPEG');
  const others = [
    '',
    'GIF89a',
    'RIFF    WEBPVP8 ',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'BM',
    '\u0089PNG',
  ];
  for (const text of others) {
    const bytes = Buffer.from(text, 'latin1');
    t.equal(pictureFormat(bytes), undefined);
    t.throws(() => readPictureHeader('x', bytes), expected, text);
  }
  t.equal(pictureFormat(png), 'png');
  t.equal(pictureFormat(jpeg), 'jpeg');
});

t.test('a picture with too many pixels, or without any, is refused for what its header says', async (t) => {
  const ofPng = (width: number, height: number) =>
    readPictureHeader('x', Buffer.concat([PNG_SIGNATURE, header(width, height), chunk('IEND')]));
  t.same(ofPng(8000, 8000), { format: 'png', width: 8000, height: 8000 });
  for (const [width, height] of [
    [8001, 8000],
    [4294967295, 4294967295],
    [64000001, 1],
    [0, 10],
    [10, 0],
  ]) {
    t.throws(
      () => ofPng(width, height),
      new TableError('x', `is ${width} × ${height} pixels, expected between 1 pixel and 64 megapixels`),
    );
  }
  t.throws(
    () => read(...start, ...frame(0xc2, 9000, 8000), ...scan, ...end),
    new TableError('seven.jpg', 'is 9000 × 8000 pixels, expected between 1 pixel and 64 megapixels'),
  );
  t.throws(() => read(...start, ...frame(0xc0, 10, 0), ...scan, ...end), /is 10 × 0 pixels/);
  t.throws(
    () => read(...start, ...frame(0xc0, 10, 10), ...frame(0xc0, 65535, 65535)),
    /is 65535 × 65535 pixels/,
  );
});

t.test('parts out of place', async (t) => {
  const bad = (bytes: Buffer, fault: string) =>
    t.throws(() => readPictureHeader('x', bytes), new TableError('x', fault));
  bad(
    Buffer.concat([PNG_SIGNATURE, chunk('IDAT'), header(9, 9), chunk('IEND')]),
    'is damaged: it begins with a chunk "IDAT" of 0 bytes, expected "IHDR" of 13 bytes',
  );
  bad(
    Buffer.concat([PNG_SIGNATURE, chunk('IHDR', new Uint8Array(12)), chunk('IEND')]),
    'is damaged: it begins with a chunk "IHDR" of 12 bytes, expected "IHDR" of 13 bytes',
  );
  const late = Buffer.from(png);
  late[late.length - 20] ^= 1;
  bad(late, 'is damaged: the checksum of its chunk "IDAT" is wrong');
  t.throws(
    () => read(...start, ...scan, ...frame(0xc0, 9, 9), ...end),
    /is damaged: found the marker DA out of place/,
  );
  t.throws(
    () => read(...start, ...start, ...frame(0xc0, 9, 9), ...scan, ...end),
    /the marker D8 out of place/,
  );
  t.throws(
    () => read(...start, 0xff, 0xe0, 0, 1, ...frame(0xc0, 9, 9), ...end),
    /the marker E0 out of place/,
  );
});

t.test('no frame hides behind a marker that has no length', async (t) => {
  const small = frame(0xc0, 9, 9);
  const huge = frame(0xc0, 23_000, 23_000);
  // Each is followed by what would be the length of the huge frame, if the marker had one.
  for (const marker of [0x01, 0xd0, 0xd7]) {
    const alone = [0xff, marker, 0, huge.length + 2];
    t.throws(() => read(...start, ...alone, ...huge, ...small, ...scan, ...end), /23000 × 23000 pixels/);
    t.same(read(...start, ...alone, ...small, ...scan, ...end).height, 9);
  }
  for (const marker of [0x02, 0xbf, 0xd9, 0xf0, 0xfd]) {
    const reserved = [0xff, marker, 0, huge.length + 2];
    t.throws(() => read(...start, ...reserved, ...huge, ...small, ...scan, ...end), /out of place/);
  }
  t.throws(
    () => read(...start, 0xff, 0xc0, 0, 7, ...huge.slice(4), ...small, ...scan, ...end),
    /out of place/,
  );
  const comment = segment(0xfe, huge);
  t.same(read(...start, ...comment, ...small, ...scan, ...end).height, 9);
});

t.test('a picture that is cut off is refused wherever that is', async (t) => {
  for (const bytes of [png, jpeg]) {
    const format = pictureFormat(bytes);
    for (let length = 8; length < bytes.length; length++) {
      t.throws(
        () => readPictureHeader('x', bytes.subarray(0, length)),
        new TableError('x', 'ends too early: the file was cut off'),
        `${format} after ${length} of ${bytes.length} bytes`,
      );
    }
  }
});

t.test('no wrong byte of a PNG goes unnoticed', async (t) => {
  for (let at = 0; at < png.length; at++) {
    for (const flip of [1, 0x20, 0xff]) {
      const bytes = Buffer.from(png);
      bytes[at] ^= flip;
      t.throws(() => readPictureHeader('x', bytes), { name: 'TableError' }, `byte ${at}`);
    }
  }
});
