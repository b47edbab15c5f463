/** Drawings as the strokes of a pen, and as short texts for addresses. */

/** A point on the pad, whose sides have length 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line that the pen drew without being lifted. */
export type Stroke = readonly Point[];

export type Strokes = readonly Stroke[];

/** Steps along a side of the pad: a coordinate is one byte. */
const STEPS = 255;
/** Points that are closer to the line between their neighbours, as a share of the side, are left out. */
const TOLERANCE = 0.006;
/** Most bytes of a drawing in an address: longer ones are no drawings of symbols. */
const MOST_BYTES = 2000;

/**
 * Strokes as a text of letters, digits, `-` and `_`: for each stroke the number of its points and their coordinates, a byte
 * each, in base64 for addresses (RFC 4648, section 5). Points that hardly change a line are left out. Undefined if the
 * drawing is too long for an address.
 */
export function encodeStrokes(strokes: Strokes): string | undefined {
  const bytes = strokes.flatMap((stroke) => {
    const points = simplify(stroke);
    return [points.length, ...points.flatMap(({ x, y }) => [byteOf(x), byteOf(y)])];
  });
  if (bytes.length > MOST_BYTES) return undefined;
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The strokes of a text that `encodeStrokes` wrote; undefined for any other text. */
export function decodeStrokes(text: string): Strokes | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  let bytes: Uint8Array;
  try {
    const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
  if (bytes.length > MOST_BYTES) return undefined;
  const strokes: Stroke[] = [];
  for (let at = 0; at < bytes.length; ) {
    const count = bytes[at++];
    if (count === 0 || at + 2 * count > bytes.length) return undefined;
    const coordinates = bytes.subarray(at, at + 2 * count);
    at += 2 * count;
    strokes.push(
      Array.from({ length: count }, (_, i) => ({
        x: coordinates[2 * i] / STEPS,
        y: coordinates[2 * i + 1] / STEPS,
      })),
    );
  }
  return strokes;
}

function byteOf(place: number): number {
  return Math.round(Math.min(1, Math.max(0, place)) * STEPS);
}

/** Leaves out points that hardly change a line (U. Ramer, 1972; D. Douglas, T. Peucker, 1973), and more if there are over 255. */
function simplify(stroke: Stroke): Stroke {
  for (let tolerance = TOLERANCE; ; tolerance *= 2) {
    const kept = withoutNeedless(stroke, tolerance);
    if (kept.length <= STEPS) return kept;
  }
}

function withoutNeedless(line: Stroke, tolerance: number): Stroke {
  if (line.length < 3) return line;
  const [first, last] = [line[0], line[line.length - 1]];
  let farthest = 0;
  let most = tolerance;
  for (let i = 1; i < line.length - 1; i++) {
    const away = distance(line[i], first, last);
    if (away > most) [farthest, most] = [i, away];
  }
  if (farthest === 0) return [first, last];
  const before = withoutNeedless(line.slice(0, farthest + 1), tolerance);
  return [...before.slice(0, -1), ...withoutNeedless(line.slice(farthest), tolerance)];
}

/** The distance of a point from the line between two others. */
function distance({ x, y }: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - from.x - share * dx, y - from.y - share * dy);
}
