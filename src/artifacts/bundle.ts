import type { Model } from '../model/model.js';
import type { AnyArtifact, AnyRunArtifact, Artifact } from './artifact.js';
import { validateBundle } from './consistency.js';
import type { Drawing } from './drawing.js';
import type { ModelExport } from './export.js';
import { validatePayload } from './schemas.js';

/** Names of the files that the artifacts and model exports consist of, sorted. */
export function fileNames(
  artifacts: readonly AnyArtifact<object>[],
  exports: readonly ModelExport[] = [],
): string[] {
  const ofArtifacts = artifacts.flatMap(({ name, picture }) => [
    `${name}.json`,
    ...(picture ? [picture] : []),
  ]);
  return [...ofArtifacts, ...exports.map(({ file }) => file)].sort();
}

/** Files by name: JSON text, or the bytes of pictures and exported models. */
export type Files = Map<string, string | Uint8Array>;

/**
 * Builds the files of a run or an evaluation in memory: payloads as JSON text, validated and checked against each
 * other, and their pictures as PNG.
 *
 * @throws InvalidArtifactError if a payload violates its schema or contradicts another
 */
export async function composeBundle<Subject>(
  artifacts: readonly AnyRunArtifact<object, Subject>[],
  subject: Subject,
  drawing: Pick<Drawing, 'draw'>,
): Promise<Files> {
  const composed = await Promise.all(
    artifacts.map(async (artifact) => ({ artifact, payload: await artifact.payload(subject) })),
  );
  validateBundle(Object.fromEntries(composed.map(({ artifact, payload }) => [artifact.name, payload])));
  const files = await Promise.all(
    composed.map(({ artifact, payload }) => composeFiles(artifact, payload, drawing)),
  );
  return new Map(files.flatMap((ofArtifact) => [...ofArtifact]));
}

/**
 * Builds the two files of a stand-alone artifact.
 *
 * @throws InvalidArtifactError if the payload violates its schema
 */
export async function composeArtifact<Payload extends object>(
  artifact: Artifact<Payload>,
  payload: Payload,
  drawing: Pick<Drawing, 'draw'>,
): Promise<Files> {
  validatePayload(artifact.name, payload);
  return composeFiles(artifact, payload, drawing);
}

/**
 * Builds the files of a trained model in the formats of other programs.
 *
 * @param version version of this program
 */
export async function composeExports(
  exports: readonly ModelExport[],
  model: Model,
  version: string,
): Promise<Files> {
  const files = exports.map(async ({ file, encode }) => [file, await encode(model, version)] as const);
  return new Map(await Promise.all(files));
}

async function composeFiles<Payload extends object>(
  { name, picture, chart }: AnyArtifact<Payload>,
  payload: Payload,
  drawing: Pick<Drawing, 'draw'>,
): Promise<Files> {
  const png = chart && (await drawing.draw(picture, chart.data(payload)));
  const files: Files = new Map([[`${name}.json`, `${JSON.stringify(payload, null, 2)}\n`]]);
  if (png) files.set(picture, png);
  return files;
}
