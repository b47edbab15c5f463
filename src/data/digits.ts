import { loadDigitBytes } from '#platform';
import type { LoadedDataset } from './dataset.js';
import { pictureFeatureNames } from './pictures/digit.js';

const PIXELS = pictureFeatureNames.length;

/**
 * scikit-learn's handwritten digits: 1797 pictures of 8 × 8 pixels, row by row, from 0 (paper) to 16 (ink), in ten
 * classes. This is the test set of UCI's Optical Recognition of Handwritten Digits (E. Alpaydin, C. Kaynak, 1998;
 * CC BY 4.0).
 */
export async function loadDigits(): Promise<LoadedDataset> {
  const bytes = await loadDigitBytes();
  const rows = bytes.length / (PIXELS + 1);
  return {
    features: { rows, columns: PIXELS, values: Float32Array.from(bytes.subarray(0, rows * PIXELS)) },
    labels: Int32Array.from(bytes.subarray(rows * PIXELS)),
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    featureNames: pictureFeatureNames,
    isDigits: true,
  };
}
