import { type Source, TableError } from '../table.js';
import { textOf } from './decoding.js';

/** Longest line that is read, in characters. */
const MAX_LINE = 2 ** 26;

/** Consecutive lines of a text. */
export interface Lines {
  /** Without their ends. */
  readonly texts: readonly string[];
  /** Number of the first of them. */
  readonly first: number;
}

/**
 * The lines of a text, as many at a time as came together.
 *
 * @throws TableError after the lines before it, if the text is not valid or a line is too long
 */
export async function* linesOf(source: Source, encoding?: string): AsyncGenerator<Lines> {
  let pieces: string[] = [];
  let length = 0;
  let first = 1;
  for await (const { text, fault } of textOf(source, encoding)) {
    pieces.push(text);
    length += text.length;
    if (fault || /[\r\n]/.test(text)) {
      const whole = pieces.join('');
      // A carriage return may be the first half of a line end.
      const end = whole.endsWith('\r') ? whole.length - 1 : whole.length;
      const texts = whole.slice(0, end).split(whole.includes('\r') ? /\r\n|\r|\n/ : '\n');
      const rest = texts.pop() + whole.slice(end);
      if (texts.length > 0) yield { texts, first };
      first += texts.length;
      pieces = [rest];
      length = rest.length;
    }
    if (fault) throw new TableError(source.name, fault, { line: first });
    if (length > MAX_LINE) {
      throw new TableError(source.name, 'found more than 64 Mi characters, expected a line to end before', {
        line: first,
      });
    }
  }
}
