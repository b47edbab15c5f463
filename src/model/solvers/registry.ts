import type { Workspace } from '../../core/core.js';
import { createAdam } from './adam.js';
import { createLbfgs, LBFGS_VECTORS, PAIRS } from './lbfgs.js';
import { createMomentum } from './momentum.js';
import type { Evaluate, Memory, Solver } from './solver.js';

interface SolverKind {
  /** Default learning rate. */
  readonly learningRate: number;
  /** Number of vectors of work space. */
  readonly vectors: number;
  /** Numbers of vectors and of single numbers in the state of such a solver, and their description in errors. */
  readonly memories: { readonly expected: string; fits(vectors: number, numbers: number): boolean };
  /**
   * @param memory state of another solver of this kind; undefined at the start of a training
   * @param momentum share of the velocity to keep, for the solver `momentum`
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
    expected: `at most ${PAIRS} pairs of vectors and 3 numbers`,
    fits: (vectors, numbers) =>
      vectors % 2 === 0 && vectors <= 2 * PAIRS && (numbers === 3 || numbers + vectors === 0),
  },
  create: createLbfgs,
};

/** All solvers by name. */
export const solvers = { gd, momentum, adam, lbfgs } as const;

export type SolverName = keyof typeof solvers;

/** The default learning rate of a solver. */
export function learningRateOf(solver: SolverName = 'gd'): number {
  return (solvers[solver] ?? gd).learningRate;
}
