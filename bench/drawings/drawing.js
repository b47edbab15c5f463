/**
 * Simulated drawings of digits, as on the pad of the page: strokes of a round pen, black on white. Their shapes are ways to
 * write a digit; slant, proportions, size, place, pen and the unevenness of the hand follow from a seed.
 */
import { createCanvas } from 'canvas';

/** @typedef {readonly [x: number, y: number]} Place where y grows downwards */

/**
 * @typedef {object} Way one way to write a digit
 * @property {number} digit
 * @property {string} name
 * @property {readonly (readonly Place[])[]} strokes lines through places, from the top to the bottom of a box of height 1
 */

/** Pixels along a side of a picture, as on the pad. */
const SIDE = 256;

/**
 * A function that gives numbers between two bounds, which follow from a seed (G. Marsaglia's xorshift, 2003).
 *
 * @param {number} seed
 * @returns {(least: number, most: number) => number}
 */
function randomFrom(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // Seeds that follow each other begin alike.
  for (let i = 0; i < 8; i++) next();
  return (least, most) => least + (most - least) * next();
}

/**
 * Moves places a little, neighbours alike: an uneven hand. It adds waves about as long as a digit.
 *
 * @param {(least: number, most: number) => number} random
 * @returns {(place: Place) => Place}
 */
function unevenHand(random) {
  const waves = Array.from({ length: 6 }, () => ({
    u: random(-7, 7),
    v: random(-7, 7),
    phase: random(0, 2 * Math.PI),
    dx: random(-0.025, 0.025),
    dy: random(-0.025, 0.025),
  }));
  return ([x, y]) => {
    const heights = waves.map(({ u, v, phase }) => Math.sin(u * x + v * y + phase));
    return [
      waves.reduce((sum, { dx }, i) => sum + dx * heights[i], x),
      waves.reduce((sum, { dy }, i) => sum + dy * heights[i], y),
    ];
  };
}

/**
 * The strokes of a drawing on a pad of side 1, and the width of the pen.
 *
 * @param {Way} way
 * @param {number} seed
 */
function write(way, seed) {
  const random = randomFrom(seed);
  const slant = random(-0.12, 0.3);
  const turn = random(-0.1, 0.1);
  const width = random(0.8, 1.35);
  const height = random(0.4, 0.8);
  const pen = random(0.05, 0.14);
  const bend = unevenHand(random);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  /** @type {(place: Place) => Place} */
  const shape = (place) => {
    const [x, y] = bend(place);
    const [u, v] = [height * (width * x - slant * y), height * y];
    return [u * cos - v * sin, u * sin + v * cos];
  };
  const strokes = way.strokes.map((stroke) => stroke.map(shape));
  const places = strokes.flat();
  const [left, right] = rangeOf(places.map(([x]) => x));
  const [top, bottom] = rangeOf(places.map(([, y]) => y));
  const scale = (1 - pen) / Math.max(1 - pen, right - left, bottom - top);
  const freeX = 1 - pen - scale * (right - left);
  const freeY = 1 - pen - scale * (bottom - top);
  const [dx, dy] = [pen / 2 + freeX * random(0.2, 0.8), pen / 2 + freeY * random(0.2, 0.8)];
  /** @type {(place: Place) => Place} */
  const put = ([x, y]) => [scale * (x - left) + dx, scale * (y - top) + dy];
  return { pen, strokes: strokes.map((stroke) => stroke.map(put)) };
}

/** @param {readonly number[]} values */
function rangeOf(values) {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/**
 * A drawing, as what `digitFeatures` takes.
 *
 * @param {Way} way
 * @param {number} seed
 */
export function draw(way, seed) {
  const { pen, strokes } = write(way, seed);
  const context = createCanvas(SIDE, SIDE).getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, SIDE, SIDE);
  context.lineWidth = pen * SIDE;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x, y] of stroke) context.lineTo(x * SIDE, y * SIDE);
    context.stroke();
  }
  return { width: SIDE, height: SIDE, pixels: context.getImageData(0, 0, SIDE, SIDE).data };
}
