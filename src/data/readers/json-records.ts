/** Finds the records of a JSON text, so that each is parsed alone and the whole never lies in memory. */
import { quoted } from '../../text.js';
import { type Source, TableError } from '../table.js';
import { textOf } from './decoding.js';

/** Longest record that is read, in characters. */
const MAX_RECORD = 2 ** 26;

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Consecutive records. */
export interface JsonRecords {
  /** The JSON of each, which may still be invalid. */
  readonly texts: readonly string[];
  /** The line in which each begins. */
  readonly lines: readonly number[];
  /** Whether they are those of a list, rather than one after another. */
  readonly areListed: boolean;
}

/**
 * The records, objects or lists, of a JSON text: one after another as in JSON Lines, or in a list around all.
 *
 * @throws TableError after the records before it, if something else stands between them, or one is too long
 */
export async function* jsonRecords(source: Source, encoding?: string): AsyncGenerator<JsonRecords> {
  const scanner = new Scanner();
  let parts: string[] = [];
  let length = 0;
  let began = 1;
  for await (const { text, fault, isLast } of textOf(source, encoding)) {
    // The last piece is a line feed that the text need not have.
    if (isLast) break;
    const texts: string[] = [];
    const lines: number[] = [];
    let start = 0;
    for (;;) {
      const wasOpen = scanner.isOpen;
      const at = scanner.advance(text, start);
      if (!wasOpen && scanner.isOpen) {
        start = at;
        began = scanner.line;
        continue;
      }
      if (!wasOpen || scanner.isOpen) break;
      parts.push(text.slice(start, at));
      texts.push(parts.join(''));
      lines.push(began);
      [parts, length, start] = [[], 0, at];
    }
    if (scanner.isOpen) {
      parts.push(text.slice(start));
      length += text.length - start;
    }
    if (texts.length > 0) yield { texts, lines, areListed: scanner.isList };
    const wrong = scanner.fault ?? fault;
    if (wrong !== undefined) throw new TableError(source.name, wrong, { line: scanner.line });
    if (length > MAX_RECORD) {
      throw new TableError(
        source.name,
        'found a record of more than 64 Mi characters, expected a list of short ones, or one in each line',
        { line: began },
      );
    }
  }
  if (scanner.faultAtEnd) throw new TableError(source.name, scanner.faultAtEnd, { line: scanner.line });
}

/** Where in a JSON text it is, as far as that matters for its records. */
class Scanner {
  /** Line of the last character. */
  line = 1;
  /** Whether it is within a record. */
  isOpen = false;
  /** Whether the records are those of a list. */
  isList = false;
  /** What was found that can't be between records. */
  fault: string | undefined;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** In a list, whether a record has to be followed by a comma or the end. */
  #isAfterRecord = false;
  #isEnd = false;
  #hasBegun = false;

  /** What is wrong if the text ends here. */
  get faultAtEnd(): string | undefined {
    if (this.isOpen) return 'ends within a record: the file was cut off';
    if (this.isList && !this.#isEnd) return 'ends without the ] of its list: the file was cut off';
    return undefined;
  }

  /**
   * Goes on from a place in the text: to where a record begins, or past its end, or to the end of the text, or to a fault.
   *
   * @returns the place
   */
  advance(text: string, start: number): number {
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) this.line++;
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#isInText = false;
      } else if (this.isOpen) {
        if (code === QUOTE) this.#isInText = true;
        else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#depth++;
        else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
          this.#depth--;
          if (this.#depth > 0) continue;
          this.isOpen = false;
          this.#isAfterRecord = this.isList;
          return at + 1;
        }
      } else if (!isBlank(code)) {
        if (this.#takesBetween(code)) continue;
        if (this.fault !== undefined) return at;
        // The record's first bracket is counted once its scan goes on.
        this.isOpen = true;
        return at;
      }
    }
    return text.length;
  }

  /** Takes a character between records; any but the first bracket of a record. */
  #takesBetween(code: number): boolean {
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    if (isFirst && code === OPEN_LIST) {
      this.isList = true;
      return true;
    }
    if (this.isList && !this.#isEnd) {
      if (code === CLOSE_LIST) {
        this.#isEnd = true;
        return true;
      }
      if (this.#isAfterRecord) {
        if (code !== COMMA) this.fault = `found ${shown(code)} after a record, expected a comma or ]`;
        this.#isAfterRecord = false;
        return code === COMMA;
      }
    }
    if (this.#isEnd) this.fault = `found ${shown(code)} after the end of the list`;
    else if (code !== OPEN_OBJECT && code !== OPEN_LIST) {
      this.fault = `found ${shown(code)}, expected a record such as {"length": 1.5, "class": "a"}`;
    }
    return false;
  }
}

function isBlank(code: number): boolean {
  return code === BLANK || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;
}

function shown(code: number): string {
  return quoted(String.fromCharCode(code));
}
