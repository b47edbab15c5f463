import { decodePicture } from '#platform';
import { joined } from '../readers/bytes.js';
import type { Open } from '../source.js';
import { type Source, TableError } from '../table.js';
import { digitFeatures } from './digit.js';
import { readPictureHeader } from './header.js';

/** More than any readable picture takes, unless it is noise. */
const MOST_BYTES = 2 ** 28;

/**
 * The 64 features of the digit in a PNG or JPEG, in the order of `pictureFeatureNames`.
 *
 * @throws TableError if it can't be read, or shows no digit
 */
export async function readPicture(source: Source): Promise<Float32Array> {
  const { name } = source;
  const bytes = await gather(source);
  readPictureHeader(name, bytes);
  const picture = await decodePicture(bytes).catch(() => {
    throw new TableError(name, "can't be decoded: it is damaged or of an unsupported kind");
  });
  return digitFeatures(name, picture);
}

/** Opens a picture, and reads it as `readPicture` does. */
export async function readPictureFrom<Picture>(open: Open<Picture>, picture: Picture): Promise<Float32Array> {
  const source = await open(picture);
  try {
    return await readPicture(source);
  } finally {
    await source.close();
  }
}

async function gather(source: Source): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source.chunks()) {
    size += piece.length;
    if (size > MOST_BYTES)
      throw new TableError(source.name, `has more than ${MOST_BYTES / 2 ** 20} MiB, which no picture needs`);
    pieces.push(piece);
  }
  return joined(pieces);
}
