/** Pictures of digits in a page or in a worker of one: what `pictures.ts` has for files, for `Blob`s. */
import { named, openFile } from './data/blobs.js';
import { readPictureFrom } from './data/pictures/read-picture.js';

export { digitFeatures, type Picture, pictureFeatureNames } from './data/pictures/digit.js';
export { type Place, TableError } from './data/table.js';

/**
 * The 64 features of the digit that a PNG or a JPEG shows, named by `pictureFeatureNames`.
 *
 * @param picture such as a `File`.
 * @throws TableError where it can't be read, or shows no digit
 */
export async function readPicture(picture: Blob): Promise<Float32Array> {
  return readPictureFrom(openFile, named(picture, 'the picture'));
}
