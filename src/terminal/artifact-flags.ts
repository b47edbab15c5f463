import * as Flags from '@oclif/core/flags';
import { type AnyRunArtifact, MAX_RECORDED_EPOCHS } from '../artifacts/artifact.js';
import { fileNames } from '../artifacts/bundle.js';

/** One switch for each artifact that is not always made. */
export function artifactFlags(artifacts: readonly AnyRunArtifact<object, never>[]) {
  return Object.fromEntries(
    artifacts.flatMap((artifact) => {
      const { flag, everyEpoch } = artifact;
      if (!flag) return [];
      const limit = everyEpoch ? `; up to ${MAX_RECORDED_EPOCHS} epochs` : '';
      const description = `${flag.description} (${fileNames([artifact]).join(', ')})${limit}`;
      return [[flag.name, Flags.boolean({ description })]];
    }),
  );
}
