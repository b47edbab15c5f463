/** Pictures of digits from files, for Node; `browser-pictures.ts` is the counterpart for pages. */

import { readPictureFrom } from '../data/pictures/read-picture.js';
import { openSource } from '../files/sources.js';

export { digitFeatures, type Picture, pictureFeatureNames } from '../data/pictures/digit.js';
export { type Place, TableError } from '../data/table.js';

/**
 * The 64 features of the digit in a PNG or JPEG, in the order of `pictureFeatureNames`.
 *
 * @param path a file, or `-` for standard input
 * @throws TableError if it can't be read, or shows no digit
 */
export async function readPicture(path: string): Promise<Float32Array> {
  return readPictureFrom(openSource, path);
}
