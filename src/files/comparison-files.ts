import { composeArtifact } from '../artifacts/bundle.js';
import { comparison } from '../artifacts/comparison.js';
import type { ImageFormat } from '../charts/chart.js';
import type { Comparison } from '../generated/payloads.js';
import { startDrawing } from './drawing.js';
import { writeBundle } from './writer.js';

/** Writes a comparison and its picture into a folder, both or none. */
export async function writeComparison(
  directory: string,
  payload: Comparison,
  images: readonly ImageFormat[],
): Promise<void> {
  const drawing = startDrawing();
  try {
    await writeBundle(directory, await composeArtifact(comparison, payload, { ...drawing, images }));
  } finally {
    drawing.close();
  }
}
