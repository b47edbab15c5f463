import { quoted } from '../../text.js';
import { type Source, TableError } from '../table.js';
import { joined } from './bytes.js';

/** Bytes decoded at a time. Strings of 128 KiB and more take V8 forty times as long, since each gets memory of its own (measured). */
const PIECE_BYTES = 2 ** 16;

export const LINE_FEED = 10;
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

/** Where the line at a place ends: before its line end, or at the end of the text. */
export function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isBreak(text.charCodeAt(at))) at++;
  return at;
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
  readonly fault?: string | undefined;
  readonly isLast?: true | undefined;
  /** The bytes of the piece, if they are UTF-8. */
  readonly bytes?: Uint8Array;
}

/** A piece of UTF-8, which is decoded when it is looked at. */
class Utf8Piece implements TextPiece {
  #decoded: TextPiece | undefined;

  constructor(
    readonly bytes: Uint8Array,
    readonly isLast?: true | undefined,
  ) {}

  get text(): string {
    return this.#piece.text;
  }

  get fault(): string | undefined {
    return this.#piece.fault;
  }

  get #piece(): TextPiece {
    this.#decoded ??= decode(this.bytes);
    return this.#decoded;
  }
}

/** What follows the first characters of a piece. */
export function behind(piece: TextPiece, characters: number): TextPiece {
  if (characters === 0) return piece;
  const { text, bytes, ...more } = piece;
  if (!bytes) return { ...more, text: text.slice(characters) };
  return new Utf8Piece(bytes.subarray(byteLengthOf(text.slice(0, characters))), piece.isLast);
}

/** Number of bytes that a text takes in UTF-8. */
export function byteLengthOf(text: string): number {
  return encoder.encode(text).length;
}

const encoder = new TextEncoder();

/**
 * Decodes a source, without its byte order mark, and ends it with a line feed in a piece of its own. Text is UTF-8,
 * or UTF-16 if it begins with that mark, unless an encoding is given. The piece before the first bytes that are no text
 * has the fault.
 *
 * @param encoding any that `TextDecoder` knows, such as `windows-1252`
 * @throws TableError if it is UTF-16 without a mark, or there is no such encoding
 */
export async function* textOf(source: Source, encoding?: string): AsyncGenerator<TextPiece> {
  const given = encoding === undefined ? undefined : decoderOf(source.name, encoding);
  // Only UTF-8 is cut at whole characters and checked byte by byte: the others have states.
  let decoder = given?.encoding === 'utf-8' ? undefined : given;
  let isFirst = true;
  for await (const bytes of wholeCharacters(source.chunks())) {
    if (isFirst && !given) decoder = decoderByMark(source.name, bytes);
    if (decoder) {
      const piece = decodeWith(decoder, bytes);
      yield isFirst ? { ...piece, text: piece.text.replace(/^\ufeff/, '') } : piece;
    } else {
      yield new Utf8Piece(isFirst && isMark(bytes) ? bytes.subarray(3) : bytes);
    }
    isFirst = false;
  }
  if (decoder) yield decodeWith(decoder);
  yield decoder ? { text: '\n', isLast: true } : new Utf8Piece(Uint8Array.of(LINE_FEED), true);
}

/** Whether bytes begin with the byte order mark of UTF-8. */
export function isMark([a, b, c]: Uint8Array): boolean {
  return a === 0xef && b === 0xbb && c === 0xbf;
}

function decoderOf(table: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { ignoreBOM: true });
  } catch {
    throw new TableError(
      table,
      `there is no encoding ${quoted(encoding)}, given by --encoding: expected one that browsers know, such as ` +
        'windows-1252, utf-16le or shift_jis',
    );
  }
}

/** The encoding that a byte order mark tells; undefined without one, and for that of UTF-8. */
export function markedEncoding([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/** The decoder of a text whose first bytes say that it is UTF-16; undefined if it is UTF-8. */
function decoderByMark(table: string, bytes: Uint8Array): TextDecoder | undefined {
  const marked = markedEncoding(bytes);
  if (marked) return new TextDecoder(marked, { ignoreBOM: true });
  if (!isUnmarkedUtf16(bytes)) return undefined;
  const encoding = bytes[0] === 0 ? 'utf-16be' : 'utf-16le';
  throw new TableError(
    table,
    `is UTF-16 without a byte order mark, expected UTF-8: give --encoding ${encoding}`,
  );
}

/** Whether these first bytes are most likely UTF-16: of its first two characters, each has a byte that is zero. */
export function isUnmarkedUtf16([a, b, c, d]: Uint8Array): boolean {
  return (a === 0) !== (b === 0) && (a === 0) === (c === 0) && (b === 0) === (d === 0);
}

/**
 * Decodes bytes that follow others; without bytes, ends the text.
 *
 * What is no text becomes U+FFFD, which is a fault: a decoder that throws would not say where it was.
 */
function decodeWith(decoder: TextDecoder, bytes?: Uint8Array): TextPiece {
  const text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  const end = text.search(/[\0\ufffd]/);
  if (end < 0) return { text };
  const { encoding } = decoder;
  const fault =
    text[end] === '\0'
      ? `found a NUL character, expected text in ${encoding}`
      : `found bytes that are not valid ${encoding}: give another --encoding`;
  return { text: text.slice(0, end), fault };
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
export function endOfCharacters(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 3); at--) {
    const size = bytes[at] >= 0xf0 ? 4 : bytes[at] >= 0xe0 ? 3 : bytes[at] >= 0xc0 ? 2 : 1;
    if (size > 1) return at + size > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

/** Decodes UTF-8. */
export function decode(bytes: Uint8Array): TextPiece {
  const whole = decoded(bytes);
  const end = whole === undefined ? endOfText(bytes) : bytes.length;
  const text = whole ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end));
  const nul = text.indexOf('\0');
  if (nul >= 0) return { text: text.slice(0, nul), fault: 'found a NUL character, expected text' };
  if (end === bytes.length) return { text };
  const byte = bytes[end].toString(16).toUpperCase();
  const remedy = 'give its --encoding, such as windows-1252';
  return {
    text,
    fault: `found the byte 0x${byte}, which is not valid UTF-8, expected text in UTF-8: ${remedy}`,
  };
}

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  return decoded(bytes) !== undefined;
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
