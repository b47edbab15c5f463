import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '#platform';
import { manifestFile } from '../artifacts/bundle.js';
import { InvalidArtifactError, parsePayload, pointerInWords } from '../artifacts/checks.js';
import type { Manifest } from '../artifacts/manifest.js';
import { validate } from '../artifacts/schemas.js';
import type { Metrics } from '../generated/payloads.js';

/** A run as its folder has it. */
export interface RecordedRun {
  readonly folder: string;
  readonly metrics: Metrics & { readonly run: Manifest };
}

/**
 * Reads the metrics of a run, with its manifest.
 *
 * @param path a folder with a metrics.json, or such a file of any name
 * @throws Error if there is none, it is invalid, or it has no manifest
 */
export async function readRun(path: string): Promise<RecordedRun> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
  const file = isFolder ? join(path, manifestFile) : path;
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new Error(
      `${file}: cannot be read: ${reasonOf(error)}; expected the folder of a run, or its ${manifestFile}`,
    );
  });
  const metrics = await metricsOf(file, text);
  const { run } = metrics;
  if (!run)
    throw new Error(`${file}: has no manifest: an earlier version, or a program, wrote it; train again`);
  return { folder: dirname(file), metrics: { ...metrics, run } };
}

async function metricsOf(file: string, text: string): Promise<Metrics> {
  try {
    return await validate('metrics', parsePayload('metrics', text));
  } catch (error) {
    if (!(error instanceof InvalidArtifactError)) throw error;
    throw new Error(
      `${file}: ${pointerInWords(error.pointer)} ${error.fault}: expected the ${manifestFile} that digits train wrote`,
    );
  }
}
