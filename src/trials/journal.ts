/**
 * The trials that are finished, a line of JSON each: whatever ends the process, they are there when it is started again.
 * A line counts once its line break is written; half of one, at the end of the file, gives way to the next.
 */
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf } from '#platform';
import { type Trial, type TrialResult, trialKey } from './trial.js';

/** Of a line; a trial whose result would be another now needs the next. */
const FORMAT = 1;

/** A journal that cannot be read or written; the message is a sentence for the user. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** What is known of finished trials. */
export interface Journal {
  /** How many trials it knows. */
  readonly size: number;
  find(trial: Trial): TrialResult | undefined;
  /**
   * Resolves once the result is on the disk.
   *
   * @throws JournalError where it can't be written
   */
  record(trial: Trial, result: TrialResult): Promise<void>;
  /** Resolves once all that was recorded is on the disk. */
  close(): Promise<void>;
}

/**
 * Reads a journal, or begins one with the first trial that is recorded, and its folder.
 *
 * @throws JournalError that names the line where one is not as it was written
 */
export async function openJournal(path: string): Promise<Journal> {
  const text = await readText(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const results = new Map<string, TrialResult>();
  whole
    .split('\n')
    .slice(0, -1)
    .forEach((line, index) => {
      const { trial, result } = parseLine(path, line, index + 1);
      results.set(trialKey(trial), result);
    });
  let file: Promise<FileHandle> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function append(line: string): Promise<void> {
    try {
      file ??= openAt(path, Buffer.byteLength(whole));
      const handle = await file;
      await handle.appendFile(line);
      await handle.datasync();
    } catch (error) {
      throw new JournalError(`cannot write ${JSON.stringify(path)}: ${reasonOf(error)}`);
    }
  }

  return {
    get size() {
      return results.size;
    },
    find: (trial) => results.get(trialKey(trial)),
    record(trial, result) {
      results.set(trialKey(trial), result);
      const line = `${JSON.stringify({ format: FORMAT, trial, result })}\n`;
      const written = last.then(() => append(line));
      last = written.catch(() => {});
      return written;
    },
    async close() {
      await last;
      await (await file?.catch(() => undefined))?.close();
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return '';
    }
    throw new JournalError(`cannot read ${JSON.stringify(path)}: ${reasonOf(error)}`);
  }
}

/** Opens it behind so many bytes, and takes away what follows them. */
async function openAt(path: string, size: number): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'a');
  await handle.truncate(size);
  return handle;
}

function parseLine(path: string, line: string, number: number): { trial: Trial; result: TrialResult } {
  const fail = (found: string) => {
    throw new JournalError(
      `${JSON.stringify(path)}, line ${number}: ${found}, expected a trial of a sweep; move the file away, or ` +
        'choose another --output-dir',
    );
  };
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return fail('found no JSON');
  }
  const { format, trial, result } = Object(entry);
  if (Number.isInteger(format) && format > FORMAT) return fail(`found format ${format}, of a newer version`);
  if (format !== FORMAT) return fail(`found format ${JSON.stringify(format)}`);
  if (!isTrial(trial)) return fail('found a trial without data, options or fold');
  if (!isResult(result)) return fail('found a result without rows, accuracy and cross-entropy');
  return { trial, result };
}

function isTrial(value: unknown): value is Trial {
  const { data, options, fold } = Object(value);
  return [data, options, fold].every((part) => typeof part === 'object' && part !== null);
}

function isResult(value: unknown): value is TrialResult {
  const { rows, accuracy, crossEntropy, ending, diverged } = Object(value);
  if (!(Number.isInteger(rows) && rows > 0)) return false;
  if (diverged !== undefined) return Number.isInteger(diverged) && diverged > 0;
  return (
    accuracy >= 0 &&
    accuracy <= 1 &&
    Number.isFinite(crossEntropy) &&
    (ending === undefined || Number.isInteger(Object(ending).iterations))
  );
}
