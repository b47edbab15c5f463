import { pictureFeatureNames } from 'digit-classifier/pictures';
import { colourOf } from './page.js';

/** Pixels along a side of a picture of the data set. */
const SIDE = 8;
/** Value of a pixel that is all ink. */
const FULL = 16;

/** Number of features of a picture. */
export const PIXELS = SIDE * SIDE;

/** Whether features of these names are those of a picture. */
export function arePixels(featureNames: readonly string[]): boolean {
  return (
    featureNames.length === PIXELS && featureNames.every((name, index) => name === pictureFeatureNames[index])
  );
}

/** Paints a digit of the data set: 64 values from 0, paper, to 16, ink. */
export function paintInk(canvas: HTMLCanvasElement, features: ArrayLike<number>): void {
  const ink = colourOf('ink');
  paint(canvas, features, (value) => [ink, value / FULL]);
}

/**
 * Paints 64 values in a colour for each sign, with an opacity in proportion to their magnitude.
 *
 * @param most magnitude that is painted opaque
 */
export function paintSigned(canvas: HTMLCanvasElement, values: ArrayLike<number>, most: number): void {
  const [above, below] = [colourOf('for'), colourOf('against')];
  paint(canvas, values, (value) => [value > 0 ? above : below, most > 0 ? Math.abs(value) / most : 0]);
}

function paint(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  colour: (value: number) => [fill: string, opacity: number],
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  canvas.width = canvas.height = SIDE;
  for (let i = 0; i < PIXELS; i++) {
    const [fill, opacity] = colour(values[i]);
    context.fillStyle = fill;
    context.globalAlpha = opacity;
    context.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1);
  }
}
