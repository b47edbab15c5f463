/** The manifest of a run: what it was made from, and its files. It is the key `run` of metrics.json. */
import { sha256 } from '#platform';
import { datasetSha256 } from '../data/checksum.js';
import type { Dataset } from '../data/dataset.js';
import type { Metrics } from '../generated/payloads.js';
import type { Model } from '../model/model.js';
import { describeOptions } from '../model/option-keys.js';
import type { Settled } from '../model/options.js';
import type { Evaluation } from '../run/evaluation.js';
import type { Sides } from '../run/sides.js';

/** What a run was made from, and which files it wrote. */
export type Manifest = NonNullable<Metrics['run']>;

/** A manifest before the files are made. */
export type RunRecord = Omit<Manifest, 'files'>;

/** A training run, or the test of a saved model, which has no options and no training rows. */
interface Recorded {
  readonly version: string;
  readonly dataset: Dataset;
  readonly model: Model;
  readonly test: Evaluation;
  readonly options?: Settled;
  readonly sides?: Sides;
}

/** What a command line says of a run. */
interface Asked {
  /** Its words after `digits`, without those that only say where the files go. */
  readonly asked: readonly string[];
  /** The table, as it was given; missing for the digits. */
  readonly file?: string | undefined;
}

/** What is known of a run before its files are made. */
export async function recordOf(
  { version, dataset, model, test, options, sides }: Recorded,
  { asked, file }: Asked,
): Promise<RunRecord> {
  const described = options && describeOptions(options);
  const [data, tested] = await Promise.all([datasetSha256(dataset), digest(bytesOf(test.rows))]);
  const made = new TextEncoder().encode(JSON.stringify([version, data, tested, described]));
  return {
    id: (await digest(made, bytesOf(model.weights), bytesOf(model.bias))).slice(0, 16),
    version,
    asked: [...asked],
    ...(described && { options: described }),
    data: { sha256: data, rows: dataset.labels.length, ...(file !== undefined && { file }) },
    rows: {
      ...(sides && { train: sides.train.length }),
      ...(sides?.validation && { validation: sides.validation.length }),
      test: test.rows.length,
      test_sha256: tested,
    },
    test_correct: bitsInBase64(test.labels, (label, row) => label === test.predictions[row]),
  };
}

/** SHA-256 of bytes, one after another, in hexadecimal. */
export function digest(...pieces: readonly Uint8Array[]): Promise<string> {
  return sha256(
    (async function* () {
      yield* pieces;
    })(),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A bit for each label, the first in the lowest bit of the first byte, in base64. */
function bitsInBase64(labels: Int32Array, isSet: (label: number, row: number) => boolean): string {
  const bytes = new Uint8Array(Math.ceil(labels.length / 8));
  for (const [row, label] of labels.entries()) if (isSet(label, row)) bytes[row >> 3] |= 1 << (row & 7);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** The bits of `test_correct`: whether each test row was predicted correctly. */
export function correctRows({ rows, test_correct }: Manifest): boolean[] {
  const bytes = atob(test_correct);
  return Array.from({ length: rows.test }, (_, row) => ((bytes.charCodeAt(row >> 3) >> (row & 7)) & 1) === 1);
}
