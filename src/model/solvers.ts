import type { Workspace } from '../core/core.js';
import { createAdam } from './adam.js';
import { createLbfgs, LBFGS_VECTORS, PAIRS } from './lbfgs.js';
import { createMomentum } from './momentum.js';
import type { Evaluate, Memory, Solver } from './solver.js';

interface SolverKind {
  /** By default. */
  readonly learningRate: number;
  /** Vectors that it works in. */
  readonly vectors: number;
  /** How many vectors and numbers a solver of this kind keeps. */
  readonly memories: { readonly expected: string; fits(vectors: number, numbers: number): boolean };
  /**
   * @param memory what another of this kind has gathered; none for a training from its beginning
   * @param momentum of the solver of that name
   */
  create(workspace: Workspace, evaluate: Evaluate, memory: Memory | undefined, momentum: number): Solver;
}

const gd: SolverKind = {
  learningRate: 0.1,
  vectors: 0,
  memories: { expected: 'no vectors and no numbers', fits: (vectors, numbers) => vectors + numbers === 0 },
  create: (workspace) => ({
    step(_loss, rate) {
      workspace.update(rate);
      return { rate };
    },
    memory: () => ({ vectors: [], numbers: [] }),
  }),
};

const momentum: SolverKind = {
  learningRate: 0.1,
  vectors: 1,
  memories: {
    expected: 'one vector and no numbers',
    fits: (vectors, numbers) => vectors === 1 && numbers === 0,
  },
  create: (workspace, _evaluate, memory, factor) => createMomentum(workspace, factor, memory),
};

const adam: SolverKind = {
  learningRate: 0.01,
  vectors: 2,
  memories: {
    expected: 'two vectors and two numbers',
    fits: (vectors, numbers) => vectors === 2 && numbers === 2,
  },
  create: (workspace, _evaluate, memory) => createAdam(workspace, memory),
};

const lbfgs: SolverKind = {
  learningRate: 0.1,
  vectors: LBFGS_VECTORS,
  memories: {
    expected: `pairs of vectors, ${PAIRS} at most, and 3 numbers`,
    fits: (vectors, numbers) =>
      vectors % 2 === 0 && vectors <= 2 * PAIRS && (numbers === 3 || numbers + vectors === 0),
  },
  create: createLbfgs,
};

/** Every solver by its name. */
export const solvers = { gd, momentum, adam, lbfgs } as const;

export type SolverName = keyof typeof solvers;

/** The default learning rate of a solver. */
export function learningRateOf(solver: SolverName = 'gd'): number {
  return (solvers[solver] ?? gd).learningRate;
}
