import { readFile } from 'node:fs/promises';
import { reasonOf } from '#platform';
import { InvalidArtifactError, parsePayload, pointerInWords } from '../artifacts/checks.js';
import { datasetSha256 } from '../data/checksum.js';
import type { Dataset } from '../data/dataset.js';
import type { Sweep } from '../generated/payloads.js';

/**
 * Reads a `sweep.json`, whatever its name, of a sweep on this table.
 *
 * @throws Error naming the file and what is wrong, also if it is of another table
 */
export async function readSweep(path: string, dataset: Dataset): Promise<Sweep> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new Error(`${path}: cannot be read: ${reasonOf(error)}: expected a sweep.json`);
  });
  const sweep = parseSweep(path, text);
  if (sweep.data_sha256 === (await datasetSha256(dataset))) return sweep;
  throw new Error(
    `${path}: is of another table: expected a sweep with the same --data and flags of its columns`,
  );
}

function parseSweep(path: string, text: string): Sweep {
  try {
    return parsePayload('sweep', text) as Sweep;
  } catch (error) {
    if (!(error instanceof InvalidArtifactError)) throw error;
    throw new Error(`${path}: ${pointerInWords(error.pointer)} ${error.fault}: expected a sweep.json`);
  }
}
