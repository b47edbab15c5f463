/** How the first bytes of a file tell its format. */
import { viewOf } from './bytes.js';
import { afterBreak, endOfLine, isBreak, isUnmarkedUtf16, markedEncoding } from './decoding.js';

/** Bytes that tell the format of any file. */
const HEAD_BYTES = 2 ** 16;
/** Bytes of a signature. */
const SIGNATURE_BYTES = 16;

const [HASH, PERCENT] = [35, 37];
/** Space, tab, and the byte order mark of UTF-8. */
const BLANK_BYTES = [32, 9, 0xef, 0xbb, 0xbf];

const GZIP = [0x1f, 0x8b];

/**
 * A function that takes a file piece by piece, and says whether its bytes so far tell its format: 64 KiB do, or a line
 * of text that has more than a comment, or those of gzip. So nobody waits for more, if rows come one by one.
 */
export function headWatcher(): (piece: Uint8Array) => boolean {
  let length = 0;
  let isText = true;
  let isBlank = true;
  let isComment = false;
  let hasLine = false;
  let isGzipped = true;
  return (piece) => {
    for (let at = 0; at < piece.length && (!hasLine || length + at < SIGNATURE_BYTES); at++) {
      const byte = piece[at];
      if (length + at < GZIP.length) isGzipped &&= byte === GZIP[length + at];
      if (byte === 0) isText = false;
      if (isBreak(byte)) {
        hasLine ||= !isBlank && !isComment;
        isBlank = true;
        isComment = false;
      } else if (isBlank && !BLANK_BYTES.includes(byte)) {
        isBlank = false;
        isComment = byte === HASH || byte === PERCENT;
      }
    }
    length += piece.length;
    return length >= HEAD_BYTES || (length >= SIGNATURE_BYTES && (isGzipped || (hasLine && isText)));
  };
}

/** The first line of a text that is neither blank nor a comment, as far as these first bytes have it. */
export function topLine(head: Uint8Array): string {
  const text = textOfHead(head);
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    const line = text.slice(start, end);
    if (!/^\s*(?:$|[#%])/.test(line)) return line;
    start = afterBreak(text, end);
  }
  return '';
}

/** The text at the beginning of a file, without a byte order mark. */
export function textOfHead(head: Uint8Array): string {
  return new TextDecoder(markedEncoding(head)).decode(head.subarray(0, HEAD_BYTES));
}

/** Whether a file is no text, judged by its first bytes. */
export function isBinary(head: Uint8Array): boolean {
  const isUtf16 = markedEncoding(head) !== undefined || isUnmarkedUtf16(head);
  return head.subarray(0, SIGNATURE_BYTES).includes(0) && !isUtf16;
}

/** IDX: two zeros, an element type, a number of axes. */
export function isIdx([first, second, type, axes]: Uint8Array): boolean {
  return first === 0 && second === 0 && type >= 0x08 && type <= 0x0e && axes > 0;
}

export function isNpy(head: Uint8Array): boolean {
  return startsWith(head, '\x93NUMPY');
}

/** A zip archive with at least one entry. */
export function isZip(head: Uint8Array): boolean {
  return startsWith(head, 'PK\x03\x04');
}

/** A zip archive whose first entry is an array of NumPy. */
export function isNpz(head: Uint8Array): boolean {
  return zipEntry(head)?.endsWith('.npy') ?? false;
}

/** Parquet, encrypted or not; the reader rejects encrypted files with a message that says so. */
export function isParquet(head: Uint8Array): boolean {
  return startsWith(head, 'PAR1') || startsWith(head, 'PARE');
}

const VALUE = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?`;
/** A label, a query and at least a value; without a label, at least two, since one may be a time of day. */
const LIBSVM = new RegExp(
  String.raw`^(?:(?:[^\s:,;|]+|\d+(?:,\d+)+) (?:qid:\d+ )?|(?=\S+ \S))(?:\d+:${VALUE}(?: |$))+$`,
  'i',
);

/** A first line such as `+1 1:0.5 3:-2`. */
export function isLibsvm(head: Uint8Array): boolean {
  const [line = ''] = topLine(head).split('#', 1);
  // The line may be cut off where the head ends, but not so early.
  return LIBSVM.test(line.trim().split(/\s+/, 20).join(' '));
}

/** The name of the first entry of a zip archive; undefined if the file is none. */
export function zipEntry(head: Uint8Array): string | undefined {
  if (!isZip(head) || head.length < 30) return undefined;
  return textOfHead(head.subarray(30, 30 + viewOf(head).getUint16(26, true)));
}

/** An Arrow file of any version, or a stream, which begins with the description of its schema. */
export function isArrow(head: Uint8Array): boolean {
  const isStream = startsWith(head, '\xff\xff\xff\xff') && head.subarray(4, 8).some((byte) => byte > 0);
  return isStream || startsWith(head, 'ARROW1\0\0') || startsWith(head, 'FEA1');
}

/** ARFF: its first statement. */
export function isArff(head: Uint8Array): boolean {
  return /^\s*@(relation|attribute)\s/i.test(topLine(head));
}

/** JSON that begins with an object, or with a list of objects or lists. */
export function isJson(head: Uint8Array): boolean {
  return /^\s*(\[\s*[[{]|\{\s*")/.test(textOfHead(head));
}

/** @param characters one byte each */
export function startsWith(head: Uint8Array, characters: string, at = 0): boolean {
  return Array.from(characters).every((character, index) => character.charCodeAt(0) === head[at + index]);
}

/** Whether these are the first bytes of what gzip has compressed. */
export function isGzip(head: Uint8Array): boolean {
  return GZIP.every((byte, index) => byte === head[index]);
}
