/**
 * The trials that are finished, a line of JSON each: whatever ends the process, they are there when it is started again.
 * Nothing is ever taken from the file, so that several processes may add to it. What was cut short counts for nothing, and the
 * next may follow in the same line.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf } from '#platform';
import { type RunTrial, type Trial, type TrialResult, trialKey } from './trial.js';

/** Of a line. */
const FORMAT = 1;
/** What each begins with; no text inside of one has its quotes without a backslash. */
const HEAD = '{"format":';
const beforeHead = /(?=\{"format":)/;

/** A journal that cannot be read or written; the message is a sentence for the user. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** What is known of finished trials. */
export interface Journal {
  find(trial: Trial): TrialResult | undefined;
  /**
   * Resolves once the result is on the disk.
   *
   * @throws JournalError where it can't be written
   */
  record(trial: Trial, result: TrialResult): Promise<void>;
  /** Resolves once nothing is written any more. */
  close(): Promise<void>;
}

/**
 * Reads a journal, or begins one, and its folder.
 *
 * @throws JournalError where it can't be read or written, or that names the line where one is not as it was written
 */
export async function openJournal(path: string): Promise<Journal> {
  const file = await openFile(path);
  const text = await file.readFile('utf8');
  const results = new Map<string, TrialResult>();
  try {
    for (const [index, line] of text.split('\n').entries()) {
      for (const text of line.split(beforeHead)) {
        const entry = parseEntry(path, index + 1, text);
        if (entry) results.set(trialKey(entry.trial), entry.result);
      }
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  let last: Promise<unknown> = Promise.resolve();

  async function append(line: string): Promise<void> {
    try {
      // In one write, which no other process can come between.
      await file.appendFile(line);
      await file.datasync();
    } catch (error) {
      throw new JournalError(
        `cannot write ${JSON.stringify(path)}: ${reasonOf(error)}; what it has already will not be repeated`,
      );
    }
  }

  return {
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
      await file.close();
    },
  };
}

/** Does the trials that a journal does not know, and records them. */
export function withJournal(journal: Journal, run: RunTrial): RunTrial {
  return async (trial) => {
    const known = journal.find(trial);
    if (known) return known;
    const result = await run(trial);
    await journal.record(trial, result);
    return result;
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'a+');
  } catch (error) {
    throw new JournalError(
      `cannot write ${JSON.stringify(path)}: ${reasonOf(error)}; choose another --output-dir`,
    );
  }
}

/** Whether it is the beginning of an entry, or of none; a power cut may leave zeros behind it. */
function isCutShort(text: string): boolean {
  const begun = text.replace(/\0+$/, '');
  return begun.startsWith(HEAD) || HEAD.startsWith(begun);
}

/** What an entry tells; nothing where it was cut short. */
function parseEntry(
  path: string,
  line: number,
  text: string,
): { trial: Trial; result: TrialResult } | undefined {
  const fail = (found: string) => {
    throw new JournalError(
      `${JSON.stringify(path)}, line ${line}: ${found}, expected a trial of a sweep; move the file away, or ` +
        'choose another --output-dir',
    );
  };
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return isCutShort(text) ? undefined : fail('found no JSON');
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
  return [data, options, fold].every((part) => part === Object(part));
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
