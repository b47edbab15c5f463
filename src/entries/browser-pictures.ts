/** Pictures of digits from `Blob`s, in a page or a worker; the counterpart of `pictures.ts`. */
import { named, openFile } from '../data/blobs.js';
import { readPictureFrom } from '../data/pictures/read-picture.js';

export { digitFeatures, type Picture, pictureFeatureNames } from '../data/pictures/digit.js';
export { type Place, TableError } from '../data/table.js';

/**
 * The 64 features of the digit in a PNG or JPEG, in the order of `pictureFeatureNames`.
 *
 * @param picture such as a `File`
 * @throws TableError if it can't be read, or shows no digit
 */
export async function readPicture(picture: Blob): Promise<Float32Array> {
  return readPictureFrom(openFile, named(picture, 'the picture'));
}
