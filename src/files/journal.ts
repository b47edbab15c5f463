/**
 * The journal of finished trials, one JSON line each: however the process ends, the next one finds them. The file is
 * only ever appended to, so several processes may share it. An entry that was cut short is ignored, and the next one may
 * follow it on the same line.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createFolder, flushFolder, reasonOf } from '#platform';
import { crc32 } from '../checksums.js';
import { type RunTrial, type Trial, type TrialResult, type TrialStaff, trialKey } from '../trials/trial.js';

/** Version of the format of an entry. */
const FORMAT = 1;
/** The start of every entry. It can't occur inside a JSON string, where quotes are escaped. */
const HEAD = '{"format":';
const beforeHead = /(?=\{"format":)/;
/** The start of an entry with a checksum, which is the CRC-32 of the UTF-8 bytes behind it. */
const checkedHead = /^\{"format":\d+,"crc32":(\d+),/;

/** A journal that cannot be read or written; the message is a sentence for the user. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** The results of finished trials. */
export interface Journal {
  find(trial: Trial): TrialResult | undefined;
  /**
   * Resolves once the result is on disk.
   *
   * @throws JournalError if it can't be written
   */
  record(trial: Trial, result: TrialResult): Promise<void>;
  /** Closes the file after all pending writes. */
  close(): Promise<void>;
}

/**
 * Opens a journal and reads its entries; creates the file and its folder if missing.
 *
 * @throws JournalError if the file can't be read or written, or if a line is not a valid entry, which the message names
 */
export async function openJournal(path: string): Promise<Journal> {
  const file = await openFile(path);
  const results = new Map<string, TrialResult>();
  try {
    const text = await readText(path, file);
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
  /** Lines that are not written yet, and what resolves once they are. */
  let lines = '';
  let written: Promise<void> = Promise.resolve();

  /** Writes all lines that have come in the meantime: to flush is slow, and takes no longer for many. */
  async function write(): Promise<void> {
    const text = lines;
    lines = '';
    try {
      // A single write, so that no entry of another process comes in between.
      await file.appendFile(text);
      await file.datasync();
    } catch (error) {
      throw new JournalError(
        `cannot write ${JSON.stringify(path)}: ${reasonOf(error)}; the trials already in it will not be repeated`,
      );
    }
  }

  return {
    find: (trial) => results.get(trialKey(trial)),
    record(trial, result) {
      results.set(trialKey(trial), result);
      if (lines === '') written = written.catch(() => {}).then(write);
      lines += `${formatEntry(trial, result)}\n`;
      return written;
    },
    async close() {
      await written.catch(() => {});
      await file.close();
    },
  };
}

/** Runs only the trials that are not in the journal yet, and records their results; only then the staff may forget them. */
export function withJournal(journal: Journal, staff: TrialStaff): RunTrial {
  return async (trial) => {
    const known = journal.find(trial);
    const result = known ?? (await staff.run(trial));
    if (!known) await journal.record(trial, result);
    // Also one of an earlier process, which may have ended before this.
    staff.forget?.(trial);
    return result;
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    createFolder(dirname(path));
    const file = await open(path, 'a+');
    flushFolder(dirname(path));
    return file;
  } catch (error) {
    throw new JournalError(
      `cannot write ${JSON.stringify(path)}: ${reasonOf(error)}; choose another --output-dir`,
    );
  }
}

/** The text of a journal. A pipe would keep a thread waiting for its end, and with it the process. */
async function readText(path: string, file: FileHandle): Promise<string> {
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is a pipe or a device, expected a file');
    return await file.readFile('utf8');
  } catch (error) {
    throw new JournalError(
      `cannot read ${JSON.stringify(path)}: ${reasonOf(error)}; move it away, or choose another --output-dir`,
    );
  }
}

/** A line of the journal, without its end. */
function formatEntry(trial: Trial, result: TrialResult): string {
  const content = JSON.stringify({ trial, result }).slice(1);
  return `{"format":${FORMAT},"crc32":${checksum(content)},${content}`;
}

function checksum(text: string): number {
  return crc32(new TextEncoder().encode(text));
}

/** Whether the text is the start of an entry, perhaps empty; a power failure may leave zeros after it. */
function isCutShort(text: string): boolean {
  const begun = text.replace(/\0+$/, '');
  return begun.startsWith(HEAD) || HEAD.startsWith(begun);
}

/** Parses an entry; undefined if it was cut short, or has no checksum, as in earlier builds. */
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
    return isCutShort(text) ? undefined : fail('found text that is not JSON');
  }
  const { format, trial, result } = Object(entry);
  if (Number.isInteger(format) && format > FORMAT)
    return fail(`found format ${format}, which a newer version wrote`);
  if (format !== FORMAT) return fail(`found format ${JSON.stringify(format)}`);
  if (!isTrial(trial)) return fail('found a trial without data, options or fold');
  if (!isResult(result)) return fail('found a result without rows, accuracy and cross-entropy');
  const [head, found] = checkedHead.exec(text) ?? [];
  if (head === undefined) return undefined;
  if (checksum(text.slice(head.length).trimEnd()) !== Number(found)) {
    return fail('found another checksum than that of the line, which was changed after it was written');
  }
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
    Number.isFinite(accuracy) &&
    accuracy >= 0 &&
    accuracy <= 1 &&
    Number.isFinite(crossEntropy) &&
    (ending === undefined || Number.isInteger(Object(ending).iterations))
  );
}
