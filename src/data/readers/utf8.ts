import { type Source, TableError } from '../table.js';
import { joined } from './byte-reader.js';

/** Bytes decoded at a time. */
const PIECE_BYTES = 2 ** 18;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Whether a code unit is a line end, or the first or second half of one. */
export function isBreak(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}

/**
 * Where the next line begins.
 *
 * @param at where a line ends: at a line feed, a carriage return, or both
 */
export function afterBreak(text: string, at: number): number {
  const isPair = text.charCodeAt(at) === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED;
  return at + (isPair ? 2 : 1);
}

/** Number of line ends of any kind. */
export function countBreaks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) count++;
  }
  return count;
}

/** A piece of a text. */
export interface TextPiece {
  readonly text: string;
  /** Why the text ends here. */
  readonly fault?: string;
  readonly isLast?: true;
}

/**
 * Decodes a source as UTF-8, without its byte order mark, and ends it with a line feed in a piece of its own. If it
 * is not UTF-8, the piece before the first wrong byte has the fault.
 *
 * @throws TableError if it is UTF-16
 */
export async function* textOf(source: Source): AsyncGenerator<TextPiece> {
  let isFirst = true;
  for await (const bytes of wholeCharacters(source.chunks())) {
    if (isFirst && isUtf16(bytes)) {
      throw new TableError(source.name, 'is UTF-16, expected UTF-8: convert it');
    }
    const piece = decode(bytes);
    yield isFirst ? { ...piece, text: piece.text.replace(/^\ufeff/, '') } : piece;
    isFirst = false;
  }
  yield { text: '\n', isLast: true };
}

/** Whether these first bytes are UTF-16: either with a byte order mark or, in most cases, without. */
function isUtf16([a, b, c, d]: Uint8Array): boolean {
  const isMarked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  return isMarked || ((a === 0) !== (b === 0) && (a === 0) === (c === 0) && (b === 0) === (d === 0));
}

/** Cuts the bytes at character boundaries, with at least four in the first piece if there are as many. */
async function* wholeCharacters(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  let least = 4;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const bytes = joined([rest, chunk.subarray(start, start + PIECE_BYTES)]);
      const whole = endOfCharacters(bytes);
      const end = whole < least ? 0 : whole;
      rest = bytes.slice(end);
      if (end === 0) continue;
      yield bytes.subarray(0, end);
      least = 1;
    }
  }
  if (rest.length > 0) yield rest;
}

/** Where the last complete character ends. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const size = bytes[at] >= 0xf0 ? 4 : bytes[at] >= 0xe0 ? 3 : bytes[at] >= 0xc0 ? 2 : 1;
    if (size > 1) return at + size > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function decode(bytes: Uint8Array): TextPiece {
  const whole = decoded(bytes);
  const end = whole === undefined ? endOfText(bytes) : bytes.length;
  const text = whole ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end));
  const nul = text.indexOf('\0');
  if (nul >= 0) return { text: text.slice(0, nul), fault: 'found a NUL character, expected text' };
  if (end === bytes.length) return { text };
  const byte = bytes[end].toString(16).toUpperCase();
  return { text, fault: `found the byte 0x${byte}, which is not valid UTF-8, expected text in UTF-8` };
}

function decoded(bytes: Uint8Array, options: TextDecodeOptions = {}): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, options);
  } catch {
    return undefined;
  }
}

/** Where the first invalid character begins. */
function endOfText(bytes: Uint8Array): number {
  let end = 0;
  for (let step = 2 * PIECE_BYTES; step >= 1; step /= 2) {
    const next = Math.min(end + step, bytes.length);
    if (decoded(bytes.subarray(0, next), { stream: true }) !== undefined) end = next;
  }
  return endOfCharacters(bytes.subarray(0, end));
}

/** Whether a name is that of an encoding that `TextDecoder` knows. */
export function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}
