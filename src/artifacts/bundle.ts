import type { Artifact, Run } from './artifact.js';
import { validateBundle } from './consistency.js';
import type { Drawing } from './drawing.js';

/** File names that the artifacts make, sorted. */
export function fileNames(artifacts: readonly Artifact<object>[]): string[] {
  return artifacts.flatMap(({ name, picture }) => [`${name}.json`, picture]).sort();
}

/**
 * Builds the files of a run in memory: payloads, validated and held against each other, as JSON text, and their
 * pictures as PNG.
 *
 * @throws InvalidArtifactError where a payload does not fit its schema or the others
 */
export async function composeBundle(
  artifacts: readonly Artifact<object>[],
  run: Run,
  drawing: Drawing,
): Promise<Map<string, string | Uint8Array>> {
  const composed = artifacts.map((artifact) => ({ artifact, payload: artifact.payload(run) }));
  validateBundle(Object.fromEntries(composed.map(({ artifact, payload }) => [artifact.name, payload])));
  const files = await Promise.all(
    composed.map(async ({ artifact: { name, picture, chart }, payload }) => {
      const png = await drawing.draw(picture, chart.data(payload));
      const json = `${JSON.stringify(payload, null, 2)}\n`;
      return [[`${name}.json`, json] as const, [picture, png] as const];
    }),
  );
  return new Map<string, string | Uint8Array>(files.flat());
}
