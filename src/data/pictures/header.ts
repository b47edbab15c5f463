/** Inspects the bytes of a picture before anything is decoded, and checks that they are all there. */
import { crc32 } from '../../checksums.js';
import { quoted } from '../../text.js';
import { viewOf } from '../readers/bytes.js';
import { TableError } from '../table.js';

/** A picture format that can be read. */
export type PictureFormat = 'png' | 'jpeg';

/** The format and size of a picture; its orientation may still swap width and height. */
export interface PictureHeader {
  readonly format: PictureFormat;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** 64 megapixels, more than a good camera has. */
const MOST_PIXELS = 64e6;

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];
/** Bytes of a PNG chunk besides its data: length, type and checksum. */
const CHUNK_FRAME = 12;
/** JPEG marker codes. */
const [TEMPORARY, END_OF_IMAGE, START_OF_SCAN, COMMENT] = [0x01, 0xd9, 0xda, 0xfe];
/** Least bytes of a frame header: its length, precision, height, width and number of components. */
const FRAME_BYTES = 8;

/** The format of a file that begins with these bytes; undefined if it is no picture that can be read. */
export function pictureFormat(head: Uint8Array): PictureFormat | undefined {
  if (PNG_SIGNATURE.every((byte, i) => head[i] === byte)) return 'png';
  return JPEG_SIGNATURE.every((byte, i) => head[i] === byte) ? 'jpeg' : undefined;
}

/** Whether a file is a picture of any kind, judged by its first bytes or else its name. */
export function isPicture(name: string, head: Uint8Array): boolean {
  return pictureFormat(head) !== undefined || /\.(png|jpe?g|gif|webp|svg|bmp|tiff?|heic|avif)$/i.test(name);
}

/**
 * Reads the header of a PNG or JPEG, and checks that the file is complete.
 *
 * @param name name of the picture, for messages
 * @param bytes the whole file
 * @throws TableError if it is neither, too large, truncated or inconsistent
 */
export function readPictureHeader(name: string, bytes: Uint8Array): PictureHeader {
  const view = viewOf(bytes);
  switch (pictureFormat(bytes)) {
    case 'png':
      return { format: 'png', ...walkChunks(name, view) };
    case 'jpeg':
      return { format: 'jpeg', ...walkSegments(name, view) };
    default:
      throw new TableError(name, 'is not a picture that can be read, expected a PNG or a JPEG');
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function checkSize(name: string, size: Size): Size {
  const { width, height } = size;
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) {
    throw new TableError(
      name,
      `is ${width} × ${height} pixels, expected between 1 pixel and ${MOST_PIXELS / 1e6} megapixels`,
    );
  }
  return size;
}

function cutOff(name: string): TableError {
  return new TableError(name, 'ends too early: the file was cut off');
}

/** The size of a PNG, having checked that all chunks are there and their checksums right. */
function walkChunks(name: string, view: DataView): Size {
  let size: Size | undefined;
  for (let at = PNG_SIGNATURE.length; ; ) {
    if (at + CHUNK_FRAME > view.byteLength) throw cutOff(name);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytesOf(view, at + 4, at + 8));
    if (size === undefined && (type !== 'IHDR' || length !== 13)) {
      const found = `${quoted(type)} of ${length} bytes`;
      throw new TableError(name, `is damaged: it begins with a chunk ${found}, expected "IHDR" of 13 bytes`);
    }
    if (at + CHUNK_FRAME + length > view.byteLength) throw cutOff(name);
    if (crc32(bytesOf(view, at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw new TableError(name, `is damaged: the checksum of its chunk ${quoted(type)} is wrong`);
    }
    size ??= checkSize(name, { width: view.getUint32(at + 8), height: view.getUint32(at + 12) });
    if (type === 'IEND') return size;
    at += CHUNK_FRAME + length;
  }
}

/** The size of a JPEG, having checked that its segments and scans run up to its end. */
function walkSegments(name: string, view: DataView): Size {
  let size: Size | undefined;
  for (let at = 2; ; ) {
    at = findMarker(view, at);
    if (at === view.byteLength) throw cutOff(name);
    const marker = view.getUint8(at++);
    if (marker === END_OF_IMAGE && size) return size;
    if (at + 2 > view.byteLength) throw cutOff(name);
    const end = at + view.getUint16(at);
    const isLost = marker === START_OF_SCAN && !size;
    const isShort = end < at + (isStartOfFrame(marker) ? FRAME_BYTES : 2);
    if (!hasLength(marker) || isShort || isLost) {
      throw new TableError(
        name,
        `is damaged: found the marker ${marker.toString(16).toUpperCase()} out of place`,
      );
    }
    if (end > view.byteLength) throw cutOff(name);
    // A frame header: precision, height, width.
    if (isStartOfFrame(marker)) {
      size = checkSize(name, { width: view.getUint16(at + 5), height: view.getUint16(at + 3) });
    }
    at = end;
  }
}

/**
 * Position of the next marker's code, skipping scan data and markers that stand alone; the end of the view if there is
 * none.
 */
function findMarker(view: DataView, start: number): number {
  for (let at = start; at + 1 < view.byteLength; at++) {
    if (view.getUint8(at) !== 0xff) continue;
    const code = view.getUint8(at + 1);
    const isAlone = code === TEMPORARY || (code >= 0xd0 && code <= 0xd7);
    if (code !== 0 && code !== 0xff && !isAlone) return at + 1;
  }
  return view.byteLength;
}

/**
 * Whether a marker begins a segment, with a length. Others stand alone, or are reserved: a decoder may take them for either
 * and so find another frame than `walkSegments`.
 */
function hasLength(marker: number): boolean {
  return (
    (marker >= 0xc0 && marker <= 0xcf) || (marker >= START_OF_SCAN && marker <= 0xef) || marker === COMMENT
  );
}

/** Frames of any kind, sequential or progressive; the three excluded codes mean other things. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function bytesOf(view: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start);
}
