import type { SolverKind } from './solver.js';

/** Gradient descent: parameters −= rate · gradient. */
export const gd: SolverKind = {
  title: 'Gradient descent',
  formula: 'weights −= rate · g',
  epochs: 150,
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
