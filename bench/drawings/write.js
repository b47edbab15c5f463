/** `node bench/drawings/write.js`: writes `web/first-drawings.csv`, after a change of `src/data/pictures/` or of the tuning set. */
import { writeFile } from 'node:fs/promises';
import { digitFeatures, pictureFeatureNames } from '../../dist/pictures.js';
import { firstDrawings, path } from './first-model.js';

await writeFile(
  path,
  firstDrawings(pictureFeatureNames, (picture) => digitFeatures('a drawing', picture)),
);
