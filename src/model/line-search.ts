/** A point on the line of a search: its distance from the origin in directions, and the loss and its slope there. */
export interface Trial {
  readonly step: number;
  readonly loss: number;
  readonly slope: number;
}

/** A step has to lower the loss by this share of what the slope at the origin promises … */
const DECREASE = 1e-4;
/** … and to leave no more than this share of that slope. */
const CURVATURE = 0.9;
/** Losses that differ by no more than this share of them are the same to float32: then the slopes alone tell. */
const RESOLUTION = 2 ** -22;
/** Steps in a search: twice as far each time while the loss falls, then closer in on a minimum. */
const MAX_STEPS = 20;
/** How near the ends of an interval its next trial may come, as a share of it. */
const MARGIN = 0.1;

/**
 * Looks along a line for a step that meets the strong Wolfe conditions (Nocedal & Wright, Numerical Optimization, 2nd
 * ed., algorithms 3.5 and 3.6), by cubic interpolation kept away from the ends of an interval. A loss that is not
 * finite counts as too high. Uses only operations that IEEE 754 rounds in one way.
 *
 * @param origin at step 0, its slope below 0
 * @param first the step to try first
 * @param tryStep moves there
 * @returns where it moved last: a step that meets the conditions, or levels the slope where float32 cannot tell the
 * losses apart, else one that lowers the loss well enough; undefined, wherever it moved, where it found none
 */
export async function searchLine(
  origin: Trial,
  first: number,
  tryStep: (step: number) => Promise<Trial>,
): Promise<Trial | undefined> {
  const isLow = ({ step, loss }: Trial) => loss <= origin.loss + DECREASE * step * origin.slope;
  const isFlat = ({ slope }: Trial) => Math.abs(slope) <= -CURVATURE * origin.slope;
  const isSame = ({ loss }: Trial) => Math.abs(loss - origin.loss) <= RESOLUTION * Math.abs(origin.loss);
  let low = origin;
  let high: Trial | undefined;
  let next = first;
  for (let count = 0; count < MAX_STEPS; count++) {
    const trial = await tryStep(next);
    if (isFlat(trial) && (isLow(trial) || isSame(trial))) return trial;
    if (!(isLow(trial) && (low === origin || trial.loss < low.loss))) high = trial;
    else {
      if (high ? trial.slope * (high.step - low.step) >= 0 : trial.slope >= 0) high = low;
      low = trial;
    }
    next = high ? within(low, high) : 2 * low.step;
  }
  return low === origin ? undefined : tryStep(low.step);
}

/** Where between two trials the cubic through both has its minimum; halfway where it has none. */
function within(low: Trial, high: Trial): number {
  const width = high.step - low.step;
  const d1 = low.slope + high.slope - (3 * (high.loss - low.loss)) / width;
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - low.slope * high.slope);
  const share = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  return low.step + width * (share > 0 && share < 1 ? Math.min(1 - MARGIN, Math.max(MARGIN, share)) : 0.5);
}
