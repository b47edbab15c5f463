import * as Flags from '@oclif/core/flags';
import type { AnyRunArtifact } from '../artifacts/artifact.js';
import { defaultImages, fileNames } from '../artifacts/bundle.js';
import type { RunDocument } from '../artifacts/document.js';
import { imageFormats } from '../charts/chart.js';
import type { ModelExport } from '../exports/export.js';
import { MAX_RECORDED_EPOCHS } from '../run/run.js';

/** One switch per optional artifact. */
export function artifactFlags(artifacts: readonly AnyRunArtifact<object, never>[]) {
  return Object.fromEntries(
    artifacts.flatMap((artifact) => {
      const { flag, everyEpoch, description: contents } = artifact;
      if (flag === undefined) return [];
      const limit = everyEpoch ? `; up to ${MAX_RECORDED_EPOCHS} epochs` : '';
      const description = `${contents} (${fileNames([artifact]).join(', ')})${limit}`;
      return [[flag, Flags.boolean({ description })]];
    }),
  );
}

/** One switch per document. */
export function documentFlags(documents: readonly RunDocument<never>[]) {
  return Object.fromEntries(
    documents.map(({ file, flag, description }) => [
      flag,
      Flags.boolean({ description: `${description} (${file})` }),
    ]),
  );
}

/** A flag that takes the formats of pictures. */
export const imagesFlag = Flags.option({
  multiple: true,
  multipleNonGreedy: true,
  delimiter: ',',
  default: [...defaultImages],
  options: imageFormats,
  description:
    'formats of the pictures: svg is for papers and pages, and names its fonts (Inter, else any without serifs); several are ' +
    'separated by commas',
})();

/** A flag that takes the formats to export the model to, beside the artifacts. */
export function exportFlag(exports: readonly ModelExport[]) {
  const uses = exports.map(({ file, description }) => `${file} ${description}`).join(', ');
  return Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    options: exports.map(({ format }) => format),
    description: `export the trained model for other programs: ${uses}; several are separated by commas`,
  });
}
