/** Pictures of digits in files, for Node; `browser-pictures.ts` has the same for pages. */
import { openSource } from './data/files.js';
import { readPictureFrom } from './data/pictures/read-picture.js';

export { digitFeatures, type Picture, pictureFeatureNames } from './data/pictures/digit.js';
export { type Place, TableError } from './data/table.js';

/**
 * The 64 features of the digit that a PNG or a JPEG shows, named by `pictureFeatureNames`.
 *
 * @param path of a file, or `-` for standard input.
 * @throws TableError where it can't be read, or shows no digit
 */
export async function readPicture(path: string): Promise<Float32Array> {
  return readPictureFrom(openSource, path);
}
