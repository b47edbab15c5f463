import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

const compress = promisify(deflate);

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Eight bits a channel, red, green, blue and alpha; the one compression and filtering there is; not interlaced. */
const format = [8, 6, 0, 0, 0];

/**
 * The bytes of a PNG (ISO/IEC 15948) of the pixels `rgba`, four bytes each, row by row. Rows go unfiltered and
 * are compressed lightly: 10 ms for a chart where the canvas's own encoder takes 65, for a file a third larger
 * (measured).
 */
export async function encodePng(
  width: number,
  height: number,
  rgba: Uint8ClampedArray,
): Promise<Uint8Array<ArrayBuffer>> {
  const stride = 4 * width;
  const rows = new Uint8Array((1 + stride) * height);
  for (let y = 0; y < height; y++) {
    rows.set(rgba.subarray(y * stride, (y + 1) * stride), y * (1 + stride) + 1);
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set(format, 8);
  const file = new Blob([
    Uint8Array.from(signature),
    chunk('IHDR', header),
    chunk('IDAT', await compress(rows, { level: 3 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
  return new Uint8Array(await file.arrayBuffer());
}

/** Length of the data, type, data, checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

const crcOfByte = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The checksum of ISO 3309. `zlib.crc32` came with Node 20.15 only. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcOfByte[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}
