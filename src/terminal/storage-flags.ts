/** The flags that say how much memory a table may take, and where the rest goes. */
import * as Flags from '@oclif/core/flags';
import { freeMemory } from '#platform';
import type { DatasetOptionsOf } from '../data/table-options.js';
import { folder, unexpected } from './flags.js';

const SIZE = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i;
const PREFIXES = ['', 'k', 'm', 'g', 't'];
/** Less would not do for the program itself. */
const LEAST_BYTES = 2 ** 28;
/** Without a limit that was asked for, a table may take as much even where less is free. */
const USUAL_BYTES = 2 ** 29;

/** The bytes of a size such as 800MB or 1.5GiB; NaN for another text. */
export function bytesOf(text: string): number {
  const [, number, prefix = '', isBinary] = SIZE.exec(text.trim()) ?? [];
  if (number === undefined) return Number.NaN;
  const power = PREFIXES.indexOf(prefix.toLowerCase());
  return Number(number) * (isBinary ? 1024 : 1000) ** power;
}

/** Flags for commands that train on a table. They change no result. */
export const storageFlags = {
  memory: Flags.custom<number>({
    helpValue: 'LIMIT',
    description:
      'memory that the program may take, such as 800MB or 4GiB; of a table that takes more, rows are kept in a file while it is ' +
      'trained, with the same result [default: half of what is free]',
    parse: async (input) => {
      const bytes = bytesOf(input);
      if (bytes >= LEAST_BYTES) return Math.floor(bytes);
      throw unexpected('a size of 256MiB or more, such as 800MB or 4GiB', input);
    },
  })(),
  'spool-dir': folder({
    description: 'folder of such files, which vanish with the program [default: that for temporary files]',
  }),
};

/** The limit, and the folder for what exceeds it. */
export function storageOptions(flags: {
  readonly memory: number | undefined;
  readonly 'spool-dir': string | undefined;
}): Pick<DatasetOptionsOf<string>, 'memory' | 'spoolDir'> {
  const { memory = Math.max(USUAL_BYTES, freeMemory() / 2), 'spool-dir': spoolDir } = flags;
  return { memory, ...(spoolDir !== undefined && { spoolDir }) };
}
