import { adam } from './adam.js';
import { gd } from './gd.js';
import { lbfgs } from './lbfgs.js';
import { momentum } from './momentum.js';
import type { SolverKind } from './solver.js';

/** All solvers by name. */
export const solvers = { gd, momentum, adam, lbfgs } satisfies Record<string, SolverKind>;

export type SolverName = keyof typeof solvers;
