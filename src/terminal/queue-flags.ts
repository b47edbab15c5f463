import { readFile } from 'node:fs/promises';
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { reasonOf } from '#platform';
import type { QueueAddress } from '../trials/staffs/queue/server.js';
import { file, unexpected } from './flags.js';

/** The default name of a queue. */
export const QUEUE_NAME = 'digits';

/** Flags that say where a queue is. */
export const queueFlags = {
  queue: Flags.string({
    helpValue: 'URL',
    description:
      'Redis or Valkey server with a queue of trainings, redis://HOST:PORT, with /N for its database N; rediss:// for TLS; a ' +
      'password stands in DIGITS_QUEUE_PASSWORD, in a file, or in the URL',
  }),
  'queue-name': Flags.custom<string>({
    helpValue: 'NAME',
    description: `name of the queue on that server [default: ${QUEUE_NAME}]`,
    parse: async (input) => {
      if (/^[^:\s]+$/.test(input)) return input;
      throw unexpected('a name without blanks and colons', input);
    },
  })(),
  'queue-password-file': file({ description: 'file with the password of that server' }),
};

interface GivenFlags {
  readonly queue: string | undefined;
  readonly 'queue-name': string | undefined;
  readonly 'queue-password-file': string | undefined;
}

/**
 * Where the queue is; undefined if none is asked for.
 *
 * @throws CLIError if a flag needs --queue, or the file can't be read
 */
export async function queueOf(flags: GivenFlags): Promise<QueueAddress | undefined> {
  const { queue: url, 'queue-name': name = QUEUE_NAME, 'queue-password-file': path } = flags;
  if (url === undefined) {
    const given = (['queue-name', 'queue-password-file'] as const).find((flag) => flags[flag] !== undefined);
    if (given) throw new CLIError(`--${given} is about a queue: expected --queue with it`);
    return undefined;
  }
  return {
    url,
    name,
    password: path === undefined ? process.env.DIGITS_QUEUE_PASSWORD : await passwordIn(path),
  };
}

async function passwordIn(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    throw new CLIError(`--queue-password-file ${path}: cannot be read: ${reasonOf(error)}`, { exit: 1 });
  }
}
