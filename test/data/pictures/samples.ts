import { deflateSync } from 'node:zlib';
import { createCanvas, type SKRSContext2D } from 'canvas';
import type { Picture } from '../../../src/data/pictures/digit.js';

/** A white picture that something is painted on in black. */
export function paint(width: number, height: number, draw: (context: SKRSContext2D) => void) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'black';
  context.lineCap = 'round';
  context.lineJoin = 'round';
  draw(context);
  return canvas;
}

/** The same, as its pixels. */
export function painted(width: number, height: number, draw: (context: SKRSContext2D) => void): Picture {
  const { data } = paint(width, height, draw).getContext('2d').getImageData(0, 0, width, height);
  return { width, height, pixels: data };
}

/** A seven from a point on, 60 wide and 100 high at a scale of 1. */
export function drawSeven(context: SKRSContext2D, left: number, top: number, scale = 1): void {
  context.lineWidth = 10 * scale;
  context.beginPath();
  context.moveTo(left + 5 * scale, top + 5 * scale);
  context.lineTo(left + 55 * scale, top + 5 * scale);
  context.lineTo(left + 25 * scale, top + 95 * scale);
  context.stroke();
}

export function negative({ width, height, pixels }: Picture): Picture {
  return { width, height, pixels: pixels.map((value, i) => (i % 4 === 3 ? value : 255 - value)) };
}

/** How a PNG holds its pixels: see the chunk IHDR in its specification. */
export interface PngKind {
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 colours, 3 a palette, 4 grey and alpha, 6 colours and alpha. */
  readonly colour: 0 | 2 | 3 | 4 | 6;
  readonly interlaced?: boolean;
}

export const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column, first row, and steps of the seven passes of an interlaced picture. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** A PNG that shows a picture in shades of grey, opaque; its palette runs from black to white. */
export function encodePng(
  { width, height, pixels }: Picture,
  { depth, colour, interlaced }: PngKind,
): Buffer {
  const most = 2 ** depth - 1;
  const rows: Buffer[] = [];
  for (const [left, top, stepX, stepY] of interlaced ? PASSES : [[0, 0, 1, 1]]) {
    for (let y = top; y < height; y += stepY) {
      let bits = '';
      for (let x = left; x < width; x += stepX) {
        const sample = Math.round((pixels[4 * (y * width + x)] / 255) * most);
        for (let i = 0; i < SAMPLES[colour]; i++) {
          const isAlpha = (colour === 4 || colour === 6) && i === SAMPLES[colour] - 1;
          bits += (isAlpha ? most : sample).toString(2).padStart(depth, '0');
        }
      }
      if (bits.length > 0) rows.push(Buffer.from([0, ...(bits.match(/.{1,8}/g) ?? []).map(byteOf)]));
    }
  }
  const shades = Array.from({ length: Math.min(256, most + 1) }, (_, i) => Math.round((i / most) * 255));
  return Buffer.concat([
    PNG_SIGNATURE,
    header(width, height, depth, colour, interlaced),
    ...(colour === 3 ? [chunk('PLTE', Buffer.from(shades.flatMap((shade) => [shade, shade, shade])))] : []),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND'),
  ]);
}

function byteOf(bits: string): number {
  return Number.parseInt(bits.padEnd(8, '0'), 2);
}

export function header(width: number, height: number, depth = 8, colour = 0, interlaced = false): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return chunk('IHDR', data);
}

/** A chunk of a PNG. */
export function chunk(type: string, data: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc(bytes.subarray(4, -4)), 8 + data.length);
  return bytes;
}

/** Bit by bit, as the specification has it. */
function crc(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}

/** A JPEG with an orientation, from 1 to 8, in its Exif data. */
export function orient(jpeg: Buffer, orientation: number, littleEndian: boolean): Buffer {
  const exif = new DataView(new ArrayBuffer(26));
  exif.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  exif.setUint16(2, 42, littleEndian);
  exif.setUint32(4, 8, littleEndian);
  exif.setUint16(8, 1, littleEndian);
  exif.setUint16(10, 0x0112, littleEndian);
  exif.setUint16(12, 3, littleEndian);
  exif.setUint32(14, 1, littleEndian);
  exif.setUint16(18, orientation, littleEndian);
  const segment = Buffer.from([
    0xff,
    0xe1,
    0,
    34,
    ...Buffer.from('Exif\0\0'),
    ...new Uint8Array(exif.buffer),
  ]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
