import type { Workspace } from '../../core/core.js';
import { type LinePoint, searchLine } from './line-search.js';
import type { EvaluateObjective, SavedMemory, Solver, SolverKind } from './solver.js';

/** Most pairs of a step and the change of the gradient along it that are remembered. */
const PAIRS = 20;
/** Vectors of work space: those pairs, the origin of a line, the gradient there, the direction and a point on the line. */
const VECTORS = 2 * PAIRS + 4;

/** Relative decreases below this don't count, since float32 can't show them: half a unit in the last place. */
const RESOLUTION = 2 ** -24;
/** The solver stops after this many steps in a row that lower neither the objective nor the norm of the gradient. */
const PATIENCE = 5;

/** A step, the change of the gradient along it, and 1 / (their dot product). */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverse: number;
}

/**
 * Limited-memory BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5) with a strong-Wolfe
 * line search. Steps are measured between the float32 parameters at which gradients were actually evaluated; everything
 * else is float64, with only operations that IEEE 754 rounds in one way.
 *
 * @param memory of an earlier training: its pairs, oldest first, each a step and a change, and the numbers of `memory()`
 */
function createLbfgs(workspace: Workspace, evaluate: EvaluateObjective, memory?: SavedMemory): Solver {
  const { parameters, meanGradient, vectors } = workspace;
  const [origin, before, direction, point] = vectors.slice(2 * PAIRS);
  const slots = Array.from({ length: PAIRS }, (_, slot) => vectors.slice(2 * slot, 2 * slot + 2));
  /** Oldest first. */
  const pairs: Pair[] = [];

  /** Steps since the last progress, and the lowest objective and squared gradient norm so far. */
  let [idle, lowest, smallest] = memory?.numbers.length ? memory.numbers : [0, Infinity, Infinity];

  /** Adds a step and a change to the pairs, unless the loss does not curve upwards along the step. */
  function remember([step, change]: Float64Array[]): void {
    const product = workspace.dot(step, change);
    if (product > 0 && Number.isFinite(1 / product)) pairs.push({ step, change, inverse: 1 / product });
    else slots.push([step, change]);
  }

  /** A slot for the next pair; that of the oldest if no other is free. */
  function takeSlot(): Float64Array[] {
    const free = slots.pop();
    if (free) return free;
    const [{ step, change }] = pairs.splice(0, 1);
    return [step, change];
  }

  function forget(): void {
    for (const { step, change } of pairs.splice(0)) slots.push([step, change]);
  }

  /** Writes −H · gradient to `direction`, where the pairs approximate the inverse Hessian H; returns the slope along it. */
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

  async function tryStep(step: number): Promise<LinePoint> {
    workspace.combine(point, 1, origin, step, direction);
    parameters.set(point);
    const loss = await evaluate();
    return { step, loss, slope: workspace.dot(meanGradient, direction) };
  }

  /** Searches from `origin` along the direction of the pairs, or down the gradient if there are none. */
  async function search(loss: number): Promise<LinePoint | undefined> {
    const slope = findDirection();
    if (!(slope < 0)) return undefined;
    const first = pairs.length > 0 ? 1 : 1 / Math.sqrt(-slope);
    return searchLine({ step: 0, loss, slope }, first, tryStep);
  }

  /** Moves from `origin` to a point that lowers the loss; back to it if there is none, or if the search is interrupted. */
  async function move(loss: number): Promise<LinePoint | undefined> {
    let found: LinePoint | undefined;
    try {
      found = await search(loss);
      if (!found && pairs.length > 0) {
        forget();
        found = await search(loss);
      }
      return found;
    } finally {
      if (!found) parameters.set(origin);
    }
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
      const found = await move(loss);
      if (!found) return undefined;
      const square = workspace.dot(meanGradient, meanGradient);
      idle = found.loss < lowest - RESOLUTION * Math.abs(found.loss) || square < smallest ? 0 : idle + 1;
      lowest = Math.min(lowest, found.loss);
      smallest = Math.min(smallest, square);
      const slot = takeSlot();
      const [step, change] = slot;
      step.set(parameters);
      workspace.combine(step, 1, step, -1, origin);
      workspace.combine(change, 1, meanGradient, -1, before);
      remember(slot);
      return { rate: found.step, loss: found.loss };
    },

    memory: () => ({
      vectors: pairs.flatMap(({ step, change }) => [step.slice(), change.slice()]),
      numbers: lowest < Infinity ? [idle, lowest, smallest] : [],
    }),
  };
}

export const lbfgs: SolverKind = {
  title: 'L-BFGS',
  formula:
    `limited-memory BFGS with ${PAIRS} pairs and a strong-Wolfe line search, where an epoch is an iteration of one or a ` +
    'few gradients',
  learningRate: 0.1,
  findsStepLength: true,
  needsAllRows: true,
  tolerance: 1e-5,
  vectors: VECTORS,
  memories: {
    expected: `at most ${PAIRS} pairs of vectors and 3 numbers`,
    fits: (vectors, numbers) =>
      vectors % 2 === 0 && vectors <= 2 * PAIRS && (numbers === 3 || numbers + vectors === 0),
  },
  create: createLbfgs,
};
