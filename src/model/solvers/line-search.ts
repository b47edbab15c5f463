/** A point on the line of a search: its distance from the origin as a multiple of the direction, its loss and slope. */
export interface LinePoint {
  readonly step: number;
  readonly loss: number;
  readonly slope: number;
}

/** A step must lower the loss by at least this share of what the slope at the origin predicts. */
const DECREASE = 1e-4;
/** A step must reduce the slope to at most this share of the slope at the origin. */
const CURVATURE = 0.9;
/** Most steps per search. Steps double while the loss falls; then an interval around a minimum is made smaller. */
const MAX_STEPS = 20;
/** Least distance of the next point from the ends of its interval, as a share of the interval. */
const MARGIN = 0.1;

/**
 * Searches along a line for a step that meets the strong Wolfe conditions (Nocedal & Wright, Numerical Optimization, 2nd
 * ed., algorithms 3.5 and 3.6), by cubic interpolation kept away from the ends of an interval. A loss that is not
 * finite counts as too high. Where losses are the same, slopes alone decide. Uses only operations that IEEE 754 rounds in
 * one way.
 *
 * @param origin the point at step 0, with a slope below 0
 * @param first the step to try first
 * @param noise losses that differ by no more than this count as the same
 * @param tryStep moves to a step and evaluates it
 * @returns the point that was evaluated last. It meets both conditions, or only the one on the slope if its loss is the
 * same. If there is no such point, it is the best one that lowers the loss enough, or has the same. Undefined if no point
 * does: then the last move was to any step
 */
export async function searchLine(
  origin: LinePoint,
  first: number,
  noise: number,
  tryStep: (step: number) => Promise<LinePoint>,
): Promise<LinePoint | undefined> {
  const isSame = ({ loss }: LinePoint) => Math.abs(loss - origin.loss) <= noise;
  const isLow = (point: LinePoint) =>
    isSame(point) || point.loss <= origin.loss + DECREASE * point.step * origin.slope;
  const isFlat = ({ slope }: LinePoint) => Math.abs(slope) <= -CURVATURE * origin.slope;
  let low = origin;
  let high: LinePoint | undefined;
  let next = first;
  for (let count = 0; count < MAX_STEPS; count++) {
    const point = await tryStep(next);
    if (isLow(point) && isFlat(point)) return point;
    const isLower = low === origin || point.loss < low.loss || (isSame(point) && isSame(low));
    if (!(isLow(point) && isLower)) high = point;
    else {
      if (high ? point.slope * (high.step - low.step) >= 0 : point.slope >= 0) high = low;
      low = point;
    }
    next = high ? within(low, high) : 2 * low.step;
  }
  return low === origin ? undefined : tryStep(low.step);
}

/** The minimum of the cubic through two points, at some distance from both; halfway if it has none between them. */
function within(low: LinePoint, high: LinePoint): number {
  const width = high.step - low.step;
  const d1 = low.slope + high.slope - (3 * (high.loss - low.loss)) / width;
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - low.slope * high.slope);
  const share = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  return low.step + width * (share > 0 && share < 1 ? Math.min(1 - MARGIN, Math.max(MARGIN, share)) : 0.5);
}
