/**
 * Writes the files of a run into their folder so that each is complete at every moment, old or new: all are written
 * to temporary names beside their targets and flushed, and then renamed one right after another.
 */
import { randomBytes } from 'node:crypto';
import {
  close,
  fchmodSync,
  fsync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFile,
} from 'node:fs';
import { access, constants, readlink, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeOf, createFolder, flushFolder, reasonOf } from '#platform';
import { manifestFile } from '../artifacts/bundle.js';
import { exitOnSignals } from './signals.js';

const [writeAll, flush, closeFile] = [promisify(writeFile), promisify(fsync), promisify(close)];

/** This machine or container, to which a process number belongs. Deno asks the user before it tells the name. */
const hostOf = () => hostname().replace(/[^\w-]/g, '-');

const temporaryName = /^\..+\.(?<host>[\w-]*)\.(?<pid>\d+)\.[0-9a-f]{12}\.tmp$/;

const hour = 3_600_000;

/** Output can't be written where it should go; the message is a sentence for the user. */
export class OutputError extends Error {
  override name = 'OutputError';
}

/**
 * Checks, without changing anything, that files can be written into a folder, which need not exist yet.
 *
 * @throws OutputError if the folder, or a path above it, is not a folder, if it or its nearest existing parent is not
 * writable, or if a target is a folder
 */
export async function checkTargets(directory: string, fileNames: Iterable<string>): Promise<void> {
  const folder = resolve(directory);
  const { existing, missing } = await findExisting(folder);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    const task = existing === folder ? 'write into' : `create ${quote(folder)} in`;
    throw new OutputError(
      `cannot ${task} ${quote(existing)}: ${reasonOf(error)}; choose another output folder`,
    );
  }
  // Any name below a missing folder is reported as missing; looking it up here detects names that are too long.
  await Promise.all(missing.map((path) => statIfFound(join(existing, basename(path)))));
  for (const name of fileNames) {
    const target = join(folder, name);
    if ((await statIfFound(target))?.isDirectory()) {
      throw new OutputError(`${quote(target)} is a folder; move it away or choose another output folder`);
    }
  }
}

/**
 * Writes all files into a folder, which is created with its parents, or none: all are flushed to disk before the
 * first one replaces an older one, whose mode it keeps. Also removes temporary files left by killed runs.
 *
 * @param files contents by file name; what pieces of them throw is thrown
 * @throws OutputError as `checkTargets`, or if a file can't be written; its temporary files and the folders that it
 * created are then removed again, as they are if the process exits before the end, or a signal ends it
 */
export async function writeBundle(directory: string, files: ReadonlyMap<string, Content>): Promise<void> {
  const folder = resolve(directory);
  await checkTargets(folder, files.keys());
  const { missing } = await findExisting(folder);
  const drafts = [...files]
    // Replaced last, so that a program that waits for it finds the other files of the same run.
    .sort(([a], [b]) => Number(a === manifestFile) - Number(b === manifestFile))
    .map(([name, content]) => draftOf(join(folder, name), content));

  const undo = () => {
    for (const { path } of drafts) ignoringErrors(() => rmSync(path, { force: true }));
    for (const path of missing) ignoringErrors(() => rmdirSync(path));
  };
  process.on('exit', undo);
  const stopListening = exitOnSignals();
  try {
    createOutputFolder(folder);
    ignoringErrors(() => removeAbandoned(folder));
    const results = await Promise.allSettled(drafts.map(writeDraft));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
    replaceTargets(drafts);
  } catch (error) {
    undo();
    throw error;
  } finally {
    stopListening();
    process.off('exit', undo);
  }
  flushFolder(folder);
}

/** What a file contains, or pieces of it as they come. */
export type Content = Uint8Array | string | AsyncIterable<Uint8Array | string>;

/** A file with its temporary name. */
interface Draft {
  readonly target: string;
  readonly path: string;
  readonly content: Content;
}

function draftOf(target: string, content: Content): Draft {
  const random = randomBytes(6).toString('hex');
  const path = join(dirname(target), `.${basename(target)}.${hostOf()}.${process.pid}.${random}.tmp`);
  return { target, path, content };
}

/**
 * Opens the file before it returns, so that no file appears after an exit hook has run: an asynchronous `open` would still
 * create it on another thread.
 */
async function writeDraft({ target, path, content }: Draft): Promise<void> {
  try {
    const replaced = statSync(target, { throwIfNoEntry: false });
    const mode = replaced?.isFile() ? replaced.mode & 0o777 : undefined;
    const file = openSync(path, 'wx', mode);
    try {
      // The umask may have removed some permissions.
      if (mode !== undefined) ignoringErrors(() => fchmodSync(file, mode));
      if (typeof content === 'string' || content instanceof Uint8Array) await writeAll(file, content);
      else for await (const piece of content) await writeAll(file, piece);
      await flush(file);
    } finally {
      await closeFile(file);
    }
  } catch (error) {
    // A piece that could not be made is no fault of the file.
    if (codeOf(error) === undefined) throw error;
    throw new OutputError(`cannot write ${quote(target)}: ${reasonOf(error)}; nothing was changed`);
  }
}

/** Synchronous: no signal is handled between two files, so no exit leaves a bundle half replaced. */
function replaceTargets(drafts: readonly Draft[]): void {
  const replaced: string[] = [];
  for (const { target, path } of drafts) {
    try {
      renameSync(path, target);
    } catch (error) {
      const changes = replaced.length > 0 ? `only ${replaced.join(', ')} changed` : 'nothing was changed';
      throw new OutputError(`cannot replace ${quote(target)}: ${reasonOf(error)}; ${changes}`);
    }
    replaced.push(basename(target));
  }
}

function createOutputFolder(folder: string): void {
  try {
    createFolder(folder);
  } catch (error) {
    throw new OutputError(`cannot create ${quote(folder)}: ${reasonOf(error)}; nothing was changed`);
  }
}

function removeAbandoned(folder: string): void {
  const host = hostOf();
  for (const name of readdirSync(folder)) {
    const owner = temporaryName.exec(name)?.groups;
    if (owner === undefined) continue;
    const path = join(folder, name);
    ignoringErrors(() => {
      const age = Date.now() - statSync(path).mtimeMs;
      if (age > hour || (owner.host === host && isAbandoned(Number(owner.pid), age))) rmSync(path);
    });
  }
}

/** Whether a temporary file of this machine, `age` milliseconds old, belongs to a run that has ended. */
function isAbandoned(pid: number, age: number): boolean {
  // In a container every run may have the same number: a file older than this process belongs to an earlier run.
  if (pid === process.pid) return age > process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** The nearest existing folder at or above a path, and the missing ones below it, innermost first. */
async function findExisting(folder: string): Promise<{ existing: string; missing: string[] }> {
  const missing: string[] = [];
  for (let path = folder; ; path = dirname(path)) {
    const stats = await statIfFound(path);
    if (stats?.isDirectory()) return { existing: path, missing };
    if (stats) {
      const kind = stats.isFile() ? 'a file' : 'a device, a pipe or a socket';
      throw new OutputError(`${quote(path)} is ${kind}, not a folder; choose another output folder`);
    }
    const destination = await readlink(path).catch(() => undefined);
    if (destination !== undefined) {
      throw new OutputError(
        `${quote(path)} is a link to ${quote(destination)}, which does not exist; choose another output folder`,
      );
    }
    missing.push(path);
  }
}

async function statIfFound(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new OutputError(`cannot reach ${quote(path)}: ${reasonOf(error)}; choose another output folder`);
  }
}

function ignoringErrors(action: () => void): void {
  try {
    action();
  } catch {}
}

/** Quotes a path, escaping line breaks. */
function quote(path: string): string {
  return JSON.stringify(path);
}
