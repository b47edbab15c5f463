import type { Draw } from '../charts/chart.js';
import type { AnyArtifact, AnyRunArtifact, Artifact } from './artifact.js';
import { validateBundle } from './consistency.js';
import { validate } from './schemas.js';

/** Names of the files that the artifacts consist of, sorted. */
export function fileNames(artifacts: readonly AnyArtifact<object>[]): string[] {
  return artifacts
    .flatMap(({ name, picture }) => [`${name}.json`, ...(picture === undefined ? [] : [picture])])
    .sort();
}

/** Files by name: JSON text, or the bytes of pictures and exported models. */
export type Files = Map<string, string | Uint8Array>;

/**
 * Builds the files of a run or an evaluation in memory: payloads as JSON text, validated and checked against each
 * other, and their pictures as PNG.
 *
 * @throws InvalidArtifactError if a payload is invalid or contradicts another
 */
export async function composeBundle<Subject>(
  artifacts: readonly AnyRunArtifact<object, Subject>[],
  subject: Subject,
  drawing: { readonly draw: Draw },
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
 * @throws InvalidArtifactError if the payload is invalid
 */
export async function composeArtifact<Payload extends object>(
  artifact: Artifact<Payload>,
  payload: Payload,
  drawing: { readonly draw: Draw },
): Promise<Files> {
  validate(artifact.name, payload);
  return composeFiles(artifact, payload, drawing);
}

async function composeFiles<Payload extends object>(
  { name, picture, chart }: AnyArtifact<Payload>,
  payload: Payload,
  drawing: { readonly draw: Draw },
): Promise<Files> {
  const png = chart && (await drawing.draw(picture, chart.data(payload)));
  const files: Files = new Map([[`${name}.json`, `${JSON.stringify(payload, null, 2)}\n`]]);
  if (png) files.set(picture, png);
  return files;
}
