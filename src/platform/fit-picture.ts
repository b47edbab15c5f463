/** Longest side of a decoded picture in pixels; finer detail is averaged. */
const PIXELS_SIDE = 1024;

/** The size to decode a picture to. */
export function fitPicture(image: { readonly width: number; readonly height: number }): [number, number] {
  const scale = Math.min(1, PIXELS_SIDE / Math.max(image.width, image.height));
  const fit = (side: number) => Math.max(1, Math.round(side * scale));
  return [fit(image.width), fit(image.height)];
}
