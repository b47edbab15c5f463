/** Files of earlier runs in the folder of a run. */
import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { reasonOf } from '#platform';
import { fileNames, manifestFile } from '../artifacts/bundle.js';
import { crossValidation } from '../artifacts/cross-validation.js';
import { digest, type Manifest } from '../artifacts/manifest.js';
import { artifacts, documents } from '../artifacts/registry.js';
import { report } from '../artifacts/report.js';
import { imageFormats } from '../charts/chart.js';
import { modelExports } from '../exports/registry.js';
import { OutputError } from './writer.js';

/** Names of all files that a training can write. */
export const trainingFiles: readonly string[] = [
  ...fileNames([...artifacts, crossValidation], imageFormats),
  ...[...documents, ...modelExports, report].map(({ file }) => file),
];

/**
 * Names of the files that earlier runs left in a folder, which need not exist: those in `known` that were not written now,
 * and those whose checksum is in the manifest that is there.
 */
export async function leftBehind(
  directory: string,
  known: readonly string[],
  written: readonly string[],
): Promise<string[]> {
  const found = known.filter((name) => existsSync(join(directory, name)));
  const listed = Object.entries((await manifestIn(directory))?.files ?? {});
  const others = listed.filter(([name]) => basename(name) === name && !known.includes(name));
  const same = others.map(async ([name, sha256]) =>
    (await checksumOf(join(directory, name))) === sha256 ? [name] : [],
  );
  return [...found, ...(await Promise.all(same)).flat()].filter((name) => !written.includes(name)).sort();
}

/** The manifest in a folder; undefined if there is none. It has not been checked. */
export async function manifestIn(directory: string): Promise<Partial<Manifest> | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, manifestFile), 'utf8'))?.run;
  } catch {
    return undefined;
  }
}

/** SHA-256 of a file in hexadecimal; undefined if it can't be read. */
export async function checksumOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && digest(bytes);
}

/** @throws OutputError naming the first file that can't be removed */
export function removeFiles(directory: string, names: readonly string[]): void {
  for (const name of names) {
    try {
      rmSync(join(directory, name), { force: true });
    } catch (error) {
      throw new OutputError(`cannot remove ${JSON.stringify(join(directory, name))}: ${reasonOf(error)}`);
    }
  }
}
