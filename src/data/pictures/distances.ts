/**
 * The square of each pixel's distance to the nearest marked pixel, row by row, between the middles of pixels; width² +
 * height² if none is marked. Takes a time proportional to the number of pixels (P. Felzenszwalb, D. Huttenlocher, 2012).
 *
 * @param marked 1 for a marked pixel, else 0
 */
export function squaredDistances(width: number, height: number, marked: Uint8Array): Float64Array {
  const beyond = width * width + height * height;
  const squares = Float64Array.from(marked, (mark) => (mark === 1 ? 0 : beyond));
  for (let x = 0; x < width; x++) lowerEnvelope(squares, x, width, height);
  for (let y = 0; y < height; y++) lowerEnvelope(squares, y * width, 1, width);
  return squares;
}

/** Replaces each of `count` values, `step` apart, by the least of (its distance to a place)² + the value there. */
function lowerEnvelope(values: Float64Array, first: number, step: number, count: number): void {
  const line = Float64Array.from({ length: count }, (_, i) => values[first + i * step]);
  // The parabolas that are lowest somewhere, by their places, and where each begins to be.
  const places = [0];
  const starts = [-Infinity];
  for (let place = 1; place < count; place++) {
    const startAfter = (other: number) =>
      (line[place] + place * place - line[other] - other * other) / (2 * (place - other));
    while (startAfter(places[places.length - 1]) <= starts[starts.length - 1]) {
      places.pop();
      starts.pop();
    }
    starts.push(startAfter(places[places.length - 1]));
    places.push(place);
  }
  let lowest = 0;
  for (let i = 0; i < count; i++) {
    while (starts[lowest + 1] < i) lowest++;
    values[first + i * step] = (i - places[lowest]) ** 2 + line[places[lowest]];
  }
}
