import type { SolverKind } from './solver.js';

/** Share of the velocity that is kept from step to step where nothing else is said. */
export const MOMENTUM = 0.9;

/**
 * Gradient descent with momentum: velocity = momentum · velocity + gradient, parameters −= rate · velocity (Polyak's
 * heavy-ball method, in PyTorch's form). Its memory is the velocity.
 */
export const momentum: SolverKind = {
  title: 'Momentum',
  formula: 'v = M · v + g, weights −= rate · v',
  epochs: 150,
  learningRate: 0.1,
  keepsVelocity: true,
  vectors: 1,
  memories: {
    expected: 'one vector and no numbers',
    fits: (vectors, numbers) => vectors === 1 && numbers === 0,
  },
  create(workspace, _evaluate, memory, { momentum: kept = MOMENTUM }) {
    const { meanGradient, vectors } = workspace;
    const [velocity] = vectors;
    if (memory) velocity.set(memory.vectors[0]);
    return {
      step(_loss, rate) {
        workspace.combine(velocity, kept, velocity, 1, meanGradient);
        workspace.update(rate, velocity);
        return { rate };
      },
      memory: () => ({ vectors: [velocity.slice()], numbers: [] }),
    };
  },
};
