import type { Workspace } from '../../core/core.js';
import type { Memory, Solver } from './solver.js';

/**
 * Gradient descent with momentum: velocity = momentum · velocity + gradient, parameters −= rate · velocity (Polyak's
 * heavy-ball method, in PyTorch's form).
 *
 * @param momentum share of the velocity kept from step to step: 0 or more and below 1
 * @param memory of an earlier training: its velocity
 */
export function createMomentum(workspace: Workspace, momentum: number, memory?: Memory): Solver {
  const { meanGradient, vectors } = workspace;
  const [velocity] = vectors;
  if (memory) velocity.set(memory.vectors[0]);
  return {
    step(_loss, rate) {
      workspace.combine(velocity, momentum, velocity, 1, meanGradient);
      workspace.update(rate, velocity);
      return { rate };
    },
    memory: () => ({ vectors: [velocity.slice()], numbers: [] }),
  };
}
