/** Compares a run with one that was made again from its manifest. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { type Files, fileNames, manifestFile } from '../artifacts/bundle.js';
import { jsonPointer, pointerInWords } from '../artifacts/checks.js';
import { digest } from '../artifacts/manifest.js';
import { artifacts } from '../artifacts/registry.js';
import type { Metrics } from '../generated/payloads.js';
import { jsonText, shortened } from '../text.js';

/** What became of a file when its run was made again. */
export interface Comparison {
  readonly file: string;
  /** `measured` if it has times, which always differ. */
  readonly result: 'same' | 'differs' | 'measured';
  /** What differs, if anything does. */
  readonly difference?: string;
}

const measured = new Set(fileNames(artifacts.filter(({ isMeasured }) => isMeasured)));

/** What the manifest has of the files, of the place of the table and of the program, which say nothing of the result. */
const ofPlace = ['files', 'asked', 'id', 'version'];

/**
 * Compares the files of a run with those of its repetition, the metrics first. Pictures are the same if their pixels are:
 * versions of Node compress them differently.
 *
 * @param directory has the files of the run
 * @param metrics its metrics.json
 * @param found the files of the repetition
 */
export async function compareFiles(directory: string, metrics: Metrics, found: Files): Promise<Comparison[]> {
  const again = JSON.parse(String(found.get(manifestFile)));
  const [before, now]: (string | undefined)[] = [metrics, again].map(({ run }) => run?.data.sha256);
  const difference =
    before === now
      ? firstDifference(comparable(metrics), comparable(again))
      : `the table has changed: the SHA-256 of its numbers was ${before}, is ${now}`;
  const ofMetrics: Comparison = difference
    ? { file: manifestFile, result: 'differs', difference }
    : { file: manifestFile, result: 'same' };
  const others = Object.entries(metrics.run?.files ?? {}).map(
    async ([file, expected]): Promise<Comparison> => {
      if (measured.has(file)) return { file, result: 'measured' };
      const content = found.get(file);
      if (content === undefined) return { file, result: 'differs', difference: 'was not made again' };
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const original = await readFile(join(directory, file)).catch(() => undefined);
      const [onDisk, sha256] = await Promise.all([digest(original ?? bytes), digest(bytes)]);
      // The manifest has the checksum of a file that is no longer there.
      if (sha256 === expected && onDisk === expected) return { file, result: 'same' };
      const words = `its SHA-256 was ${expected}, is ${sha256}`;
      if (!original) return { file, result: 'differs', difference: words };
      const changed = onDisk === expected ? '' : '; the file was changed after the run';
      if (!changed && file.endsWith('.png') && havePixelsOf(original, bytes)) return { file, result: 'same' };
      const detail = file.endsWith('.json') ? firstDifference(parsed(original), parsed(bytes)) : undefined;
      return { file, result: 'differs', difference: `${detail ?? words}${changed}` };
    },
  );
  return [ofMetrics, ...(await Promise.all(others))];
}

/** The metrics without what may differ between two runs of the same result. */
function comparable({ run, ...scores }: Metrics): object {
  const { file: _, ...data } = run?.data ?? {};
  const others = Object.entries(run ?? {}).filter(([key]) => !ofPlace.includes(key));
  return { ...scores, run: { ...Object.fromEntries(others), data } };
}

/** The value of a JSON text; undefined if it is none. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function havePixelsOf(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [one, other].map((png) => PNG.sync.read(Buffer.from(png)));
  return a.width === b.width && a.height === b.height && a.data.equals(b.data);
}

/** Where two values of JSON first differ, and how; undefined if they are equal. */
export function firstDifference(was: unknown, is: unknown, ...path: readonly string[]): string | undefined {
  if (was === is) return undefined;
  if (isNode(was) && isNode(is) && Array.isArray(was) === Array.isArray(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const found = firstDifference(Reflect.get(was, key), Reflect.get(is, key), ...path, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const words = [was, is].map((value) => (value === undefined ? 'missing' : shortened(jsonText(value), 60)));
  return `${pointerInWords(jsonPointer(...path))} was ${words[0]}, is ${words[1]}`;
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
