import type { Workspace } from '../core/core.js';
import { searchLine, type Trial } from './line-search.js';
import type { Evaluate, Memory, Solver } from './solver.js';

/** Pairs of a step and what it changed in the gradient that are remembered. */
export const PAIRS = 20;
/** Vectors it needs: those pairs, the origin of a line, the gradient there, the direction and a point on it. */
export const LBFGS_VECTORS = 2 * PAIRS + 4;

/** A relative decrease below this is none in float32: half a unit in the last place. */
const RESOLUTION = 2 ** -24;
/** So many steps in a row that lower neither the objective nor the gradient are the end. */
const PATIENCE = 5;

/** A step that was taken, the gradient after it less that before it, and 1 / their product. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverse: number;
}

/**
 * Limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5) with a strong-Wolfe
 * line search. The points that it moves between are those of float32 parameters, where the gradient is really taken;
 * all in between is float64, and of operations that IEEE 754 rounds in one way.
 *
 * @param memory of an earlier training: pairs, the oldest first, a step and a change each, and how far it had come
 */
export function createLbfgs(workspace: Workspace, evaluate: Evaluate, memory?: Memory): Solver {
  const { parameters, meanGradient, vectors } = workspace;
  const [origin, before, direction, point] = vectors.slice(2 * PAIRS);
  const slots = Array.from({ length: PAIRS }, (_, slot) => vectors.slice(2 * slot, 2 * slot + 2));
  /** The oldest first. */
  const pairs: Pair[] = [];

  /** How many of the latest steps came no further, and the lowest objective and squared gradient norm so far. */
  let [idle, lowest, smallest] = memory?.numbers.length ? memory.numbers : [0, Infinity, Infinity];

  /** Takes a slot with a step and a change into the pairs, unless the loss does not curve upwards along it. */
  function remember([step, change]: Float64Array[]): void {
    const product = workspace.dot(step, change);
    if (product > 0 && Number.isFinite(1 / product)) pairs.push({ step, change, inverse: 1 / product });
    else slots.push([step, change]);
  }

  /** The slot of the next pair; that of the oldest where none is left. */
  function takeSlot(): Float64Array[] {
    const free = slots.pop();
    if (free) return free;
    const [{ step, change }] = pairs.splice(0, 1);
    return [step, change];
  }

  function forget(): void {
    for (const { step, change } of pairs.splice(0)) slots.push([step, change]);
  }

  /** Leaves −(inverse Hessian) · gradient in `direction`, as the pairs tell of it; returns the slope along it. */
  function findDirection(): number {
    workspace.combine(direction, -1, before, 0, before);
    const shares = pairs.map(() => 0);
    for (let i = pairs.length - 1; i >= 0; i--) {
      const { step, change, inverse } = pairs[i];
      shares[i] = inverse * workspace.dot(step, direction);
      workspace.combine(direction, 1, direction, -shares[i], change);
    }
    const last = pairs.at(-1);
    const scale = last ? 1 / (last.inverse * workspace.dot(last.change, last.change)) : 1;
    workspace.combine(direction, scale, direction, 0, direction);
    for (const [i, { step, change, inverse }] of pairs.entries()) {
      workspace.combine(
        direction,
        1,
        direction,
        shares[i] - inverse * workspace.dot(change, direction),
        step,
      );
    }
    return workspace.dot(before, direction);
  }

  async function tryStep(step: number): Promise<Trial> {
    workspace.combine(point, 1, origin, step, direction);
    parameters.set(point);
    const loss = await evaluate();
    return { step, loss, slope: workspace.dot(meanGradient, direction) };
  }

  /** From `origin`, along what the pairs say, or down the gradient where there are none. */
  async function search(loss: number): Promise<Trial | undefined> {
    const slope = findDirection();
    if (!(slope < 0)) return undefined;
    const first = pairs.length > 0 ? 1 : 1 / Math.sqrt(-slope);
    return searchLine({ step: 0, loss, slope }, first, tryStep);
  }

  for (let index = 0; memory && index < memory.vectors.length; index += 2) {
    const slot = takeSlot();
    const [step, change] = slot;
    step.set(memory.vectors[index]);
    change.set(memory.vectors[index + 1]);
    remember(slot);
  }

  return {
    async step(loss) {
      if (idle === PATIENCE) return undefined;
      origin.set(parameters);
      before.set(meanGradient);
      let trial = await search(loss);
      if (!trial && pairs.length > 0) {
        forget();
        trial = await search(loss);
      }
      if (!trial) {
        parameters.set(origin);
        return undefined;
      }
      const square = workspace.dot(meanGradient, meanGradient);
      idle = trial.loss < lowest - RESOLUTION * Math.abs(trial.loss) || square < smallest ? 0 : idle + 1;
      lowest = Math.min(lowest, trial.loss);
      smallest = Math.min(smallest, square);
      const slot = takeSlot();
      const [step, change] = slot;
      step.set(parameters);
      workspace.combine(step, 1, step, -1, origin);
      workspace.combine(change, 1, meanGradient, -1, before);
      remember(slot);
      return { rate: trial.step, loss: trial.loss };
    },

    memory: () => ({
      vectors: pairs.flatMap(({ step, change }) => [step.slice(), change.slice()]),
      numbers: lowest < Infinity ? [idle, lowest, smallest] : [],
    }),
  };
}
