import { createLbfgs, LBFGS_VECTORS, PAIRS } from './lbfgs.js';
import type { Evaluate, Field, Memory, Solver } from './solver.js';

interface SolverKind {
  /** Vectors that it works in. */
  readonly vectors: number;
  /** How many vectors and numbers a solver of this kind may have gathered. */
  readonly memories: { readonly expected: string; fits(vectors: number, numbers: number): boolean };
  /** @param memory what another of this kind has gathered; none for a training from its beginning */
  create(field: Field, evaluate: Evaluate, memory?: Memory): Solver;
}

const gd: SolverKind = {
  vectors: 0,
  memories: { expected: 'no vectors and no numbers', fits: (vectors, numbers) => vectors + numbers === 0 },
  create: (field) => ({
    step(_loss, rate) {
      field.update(rate);
      return { rate };
    },
    memory: () => ({ vectors: [], numbers: [] }),
  }),
};

const lbfgs: SolverKind = {
  vectors: LBFGS_VECTORS,
  memories: {
    expected: `pairs of vectors, ${PAIRS} at most, and 3 numbers`,
    fits: (vectors, numbers) =>
      vectors % 2 === 0 && vectors <= 2 * PAIRS && (numbers === 3 || numbers + vectors === 0),
  },
  create: createLbfgs,
};

/** Every solver by its name. */
export const solvers = { gd, lbfgs } as const;

export type SolverName = keyof typeof solvers;
