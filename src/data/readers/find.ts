import { quoted } from '../../text.js';
import type { OpenSource } from '../source.js';
import { TableError } from '../table.js';
import { foreignFault } from './foreign.js';
import { isBinary } from './magic.js';
import { formats, type Reader, readers } from './registry.js';

/**
 * The reader of a source: of the format that is asked for, else of the one that its first bytes tell, else its name.
 * Any other text is a table with cells between delimiters.
 *
 * @throws TableError if the source is no table, or in no format that its first bytes or its name tell
 * @throws RangeError if there is no such format
 */
export function findReader({ name, head }: Pick<OpenSource, 'name' | 'head'>, format?: string): Reader {
  if (format !== undefined) {
    const asked = readers.find((reader) => reader.format === format);
    if (asked) return asked;
    throw new RangeError(`there is no format ${quoted(format)}: expected one of ${formats.join(', ')}`);
  }
  const told = readers.find((reader) => reader.recognises?.(head));
  if (told) return told;
  const fault = foreignFault(head);
  if (fault !== undefined) throw new TableError(name, fault);
  const named = readerByName(name);
  if (named) return named;
  if (!isBinary(head)) return readers[0];
  throw new TableError(
    name,
    `cannot tell its format from its name or its first bytes: give --format, one of ${formats.join(', ')}`,
  );
}

/** The reader of the format that a file's name tells. */
export function readerByName(name: string): Reader | undefined {
  const plain = name.toLowerCase().replace(/\.gz$/, '');
  return readers.find(({ extensions }) => extensions.some((extension) => plain.endsWith(extension)));
}
