import { loadModelPage } from '#platform';
import { columnNamesOf, type Model } from '../model/model.js';
import { type ModelExport, numberBytes } from './export.js';

/** What stands in the built page where the model belongs. */
const MARK = '"MODEL"';

/**
 * A model as the page has it, in JSON. Its numbers are base64 of little-endian bytes, so that they keep their bits: float64
 * for `mean` and `scale`, float32 for `weights` and `bias`.
 */
export interface PackedModel extends Omit<Model, 'scaler' | 'weights' | 'bias' | 'ending' | 'validation'> {
  readonly mean: string;
  readonly scale: string;
  readonly weights: string;
  readonly bias: string;
  /** Version of the program that trained the model. */
  readonly version: string;
  /** Accuracy on a number of rows that the model was not trained on, if it was tested. */
  readonly test?: { readonly accuracy: number; readonly rows: number };
}

/**
 * A page that answers for the model, in one file that needs no network: the build makes it from `web/model-page/`, and only
 * the model is put into it here.
 */
export const html: ModelExport = {
  format: 'html',
  file: 'model.html',
  description: 'as a page that answers offline, for drawings or for rows of a table',
  async encode(model, version, test) {
    const { classes, columns, projection, temperature, threshold, scaler, weights, bias } = model;
    const packed: PackedModel = {
      version,
      ...(test && { test: { accuracy: test.accuracy, rows: test.rows.length } }),
      classes,
      featureNames: columnNamesOf(model),
      ...(columns && { columns }),
      ...(projection && { projection }),
      ...(temperature !== undefined && { temperature }),
      ...(threshold !== undefined && { threshold }),
      mean: base64(numberBytes('float64', scaler.mean)),
      scale: base64(numberBytes('float64', scaler.scale)),
      weights: base64(numberBytes('float32', weights)),
      bias: base64(numberBytes('float32', bias)),
    };
    // Names are texts of other people: without this character, none can end the element or begin another.
    const json = JSON.stringify(packed).replaceAll('<', '\\u003c');
    const page = await loadModelPage();
    return new TextEncoder().encode(page.replace(MARK, () => json));
  },
};

/** Most bytes that are passed as arguments at a time. */
const PORTION = 2 ** 13;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let first = 0; first < bytes.length; first += PORTION) {
    text += String.fromCharCode(...bytes.subarray(first, first + PORTION));
  }
  return btoa(text);
}
