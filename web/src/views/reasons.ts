import { elementOf } from '../page.js';
import { PIXELS, paintInk, paintSigned } from '../pixels.js';
import { STRONG } from './verdict.js';

/**
 * Shows a picture as the model sees it, and which of its pixels speak for a class and against it; nothing of either before
 * there is a picture.
 *
 * @param name name of the class
 */
export function showReasons(
  features: Float32Array | undefined,
  contributions: Float64Array | undefined,
  name: string,
): void {
  const reasons = elementOf('reasons', HTMLCanvasElement);
  const blank = new Float32Array(PIXELS);
  const most = contributions?.reduce((strongest, value) => Math.max(strongest, Math.abs(value)), STRONG);
  paintInk(elementOf('seen', HTMLCanvasElement), features ?? blank);
  paintSigned(reasons, contributions ?? blank, most ?? STRONG);
  reasons.setAttribute('aria-label', contributions ? inWords(contributions, name) : 'Nothing drawn yet');
  elementOf('reasons-class', HTMLElement).textContent = contributions ? name : 'it';
}

/** Describes the picture of the contributions, for screen readers. */
function inWords(contributions: Float64Array, name: string): string {
  const place = (j: number) => `row ${Math.floor(j / 8) + 1} column ${(j % 8) + 1}`;
  const order = [...contributions.keys()].sort((a, b) => contributions[b] - contributions[a]);
  const pro = order.slice(0, 3).map(place).join(', ');
  const contra = order.slice(-3).reverse().map(place).join(', ');
  return `Most for ${name}: pixels in ${pro}. Most against: ${contra}.`;
}
