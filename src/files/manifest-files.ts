/** The files in the folder of a run, as its manifest has them. */
import { join } from 'node:path';
import { manifestFile } from '../artifacts/bundle.js';
import type { Manifest } from '../artifacts/manifest.js';
import { checksumOf, leftBehind, trainingFiles } from './leftovers.js';

/** The path of a file, and what is wrong with it, if anything. */
type CheckedFile = [path: string, fault: string | undefined];

/** Compares the files in a folder with the manifest of its run: they must be there unchanged, and those of other runs must not. */
export async function compareWithManifest(folder: string, { files }: Manifest): Promise<CheckedFile[]> {
  const listed = Object.entries(files).map(async ([name, expected]): Promise<CheckedFile> => {
    const path = join(folder, name);
    const found = await checksumOf(path);
    if (found === expected) return [path, undefined];
    const fault =
      found === undefined
        ? `cannot be read, but is a file of the run in ${manifestFile}`
        : `is not the file of the run in ${manifestFile}: its SHA-256 is ${found}, expected ${expected}`;
    return [path, fault];
  });
  const left = await leftBehind(folder, trainingFiles, [manifestFile, ...Object.keys(files)]);
  const ofOthers = left.map(
    (name): CheckedFile => [
      join(folder, name),
      `is of another run than ${manifestFile}: remove it, or train with --clean`,
    ],
  );
  return [...(await Promise.all(listed)), ...ofOthers];
}
