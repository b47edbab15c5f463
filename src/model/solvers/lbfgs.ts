import type { Workspace } from '../../core/core.js';
import { type LinePoint, searchLine } from './line-search.js';
import type { EvaluateObjective, SavedMemory, Solver, SolverKind, SolverOptions, Step } from './solver.js';

/** Most pairs of a step and the change of the gradient along it that are remembered. */
const PAIRS = 20;
/** Vectors of work space: those pairs, the origin of a line, the gradient there, the direction, a point, the best point. */
const VECTORS = 2 * PAIRS + 5;

/** Share of a loss that float32 can't tell. Weights above 1 make logits, and with them the loss, less exact in proportion. */
const NOISE = 2 ** -22;
/** Relative decreases below this don't count, since float32 can't tell them: half a unit in the last place. */
const RESOLUTION = 2 ** -24;
/** After this many steps in a row without progress the pairs are forgotten; after as many more the solver stops. */
const PATIENCE = 20;

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
function createLbfgs(
  workspace: Workspace,
  evaluate: EvaluateObjective,
  memory: SavedMemory | undefined,
  { l2 = 0 }: SolverOptions,
): Solver {
  const { parameters, weights, bias, meanGradient, vectors } = workspace;
  const [origin, before, direction, point, best] = vectors.slice(2 * PAIRS);
  const slots = Array.from({ length: PAIRS }, (_, slot) => vectors.slice(2 * slot, 2 * slot + 2));
  /** Oldest first. */
  const pairs: Pair[] = [];
  /** The curvature along a weight at the start, p · (1 − p) for p = 1 / k, as a share of that with the penalty. */
  const curvature = (bias.length - 1) / bias.length ** 2;
  const share = curvature / (curvature + l2);

  /** Steps since the last progress; objective and squared norm of the gradient at the best point so far. */
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

  /** Scales weights down to the length of their steps beside the bias, which has no penalty. */
  function precondition(vector: Float64Array): void {
    for (let i = 0; i < weights.length; i++) vector[i] *= share;
  }

  /** Writes −H · gradient to `direction`, where the pairs approximate the inverse Hessian H; returns the slope along it. */
  function findDirection(): number {
    const newest = pairs.length - 1;
    const shares = pairs.map(() => 0);
    workspace.combine(direction, -1, before, 0, before);
    if (newest < 0) {
      precondition(direction);
      return workspace.dot(before, direction);
    }
    let along = workspace.dot(pairs[newest].step, direction);
    for (let i = newest; i >= 0; i--) {
      const { change, inverse } = pairs[i];
      shares[i] = inverse * along;
      along = workspace.addThenDot(direction, -shares[i], change, pairs[Math.max(0, i - 1)].step);
    }
    precondition(direction);
    workspace.combine(direction, scaleOf(pairs[newest]), direction, 0, direction);
    along = workspace.dot(pairs[0].change, direction);
    for (const [i, { step, inverse }] of pairs.entries()) {
      along = workspace.addThenDot(
        direction,
        shares[i] - inverse * along,
        step,
        i < newest ? pairs[i + 1].change : before,
      );
    }
    return along;
  }

  /** The length of a step along a change of the gradient, by the newest pair. */
  function scaleOf({ change, inverse }: Pair): number {
    workspace.combine(point, 1, change, 0, change);
    precondition(point);
    return 1 / (inverse * workspace.dot(change, point));
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
    const noise = NOISE * Math.abs(loss) * Math.max(1, workspace.largest(origin));
    return searchLine({ step: 0, loss, slope }, first, noise, tryStep);
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

  /** Moves to the best point so far; undefined if that is where the parameters are. */
  async function moveToBest(): Promise<Step | undefined> {
    if (best.every((value, i) => value === parameters[i])) return undefined;
    origin.set(parameters);
    parameters.set(best);
    try {
      return { rate: 0, loss: await evaluate() };
    } catch (error) {
      parameters.set(origin);
      throw error;
    }
  }

  /** Counts the steps without progress: a lower objective, or one that float32 can't tell from it and a smaller gradient. */
  function judge(loss: number): void {
    const square = workspace.dot(meanGradient, meanGradient);
    const margin = RESOLUTION * Math.abs(loss);
    const isLower = loss < lowest - margin;
    const isFlatter = loss <= lowest + margin && square < smallest;
    idle = isLower || isFlatter ? 0 : idle + 1;
    if (idle > 0) return;
    if (isLower) lowest = loss;
    smallest = square;
    best.set(parameters);
  }

  const saved = memory?.vectors ?? [];
  for (let index = 0; index + 1 < saved.length; index += 2) {
    const slot = takeSlot();
    const [step, change] = slot;
    step.set(saved[index]);
    change.set(saved[index + 1]);
    remember(slot);
  }
  best.set(saved.at(-1) ?? []);

  return {
    async step(loss) {
      if (lowest === Infinity) judge(loss);
      if (idle === 2 * PATIENCE) return moveToBest();
      if (idle === PATIENCE) forget();
      origin.set(parameters);
      before.set(meanGradient);
      const found = await move(loss);
      if (!found) {
        idle = 2 * PATIENCE;
        return moveToBest();
      }
      judge(found.loss);
      const slot = takeSlot();
      const [step, change] = slot;
      step.set(parameters);
      workspace.combine(step, 1, step, -1, origin);
      workspace.combine(change, 1, meanGradient, -1, before);
      remember(slot);
      return { rate: found.step, loss: found.loss };
    },

    memory: () =>
      lowest === Infinity
        ? { vectors: [], numbers: [] }
        : {
            vectors: [...pairs.flatMap(({ step, change }) => [step, change]), best].map((vector) =>
              vector.slice(),
            ),
            numbers: [idle, lowest, smallest],
          },
  };
}

/**
 * The penalty bends the objective by l2 in every direction, so the weights are at most ‖gradient‖ / l2 from the optimum: a
 * small penalty needs a small gradient. Measured, see docs/performance.md: scikit-learn's predictions for C from 0.01 to
 * 100. A gradient far below 5e-8 is noise of float32.
 */
function toleranceFor(l2: number): number {
  return Math.min(5e-6, Math.max(5e-8, l2 / 200));
}

export const lbfgs: SolverKind = {
  title: 'L-BFGS',
  formula:
    `limited-memory BFGS with ${PAIRS} pairs and a strong-Wolfe line search, where an epoch is an iteration of one or a ` +
    'few gradients',
  epochs: 1000,
  learningRate: 0.1,
  findsStepLength: true,
  needsAllRows: true,
  tolerance: { of: toleranceFor, inWords: '{l2} / 200 (at least 5e-8, at most 5e-6)' },
  vectors: VECTORS,
  memories: {
    expected: `at most ${PAIRS} pairs of vectors, another one, and 3 numbers`,
    fits: (vectors, numbers) =>
      (vectors % 2 === 1 && vectors <= 2 * PAIRS + 1 && numbers === 3) || numbers + vectors === 0,
  },
  create: createLbfgs,
};
