import type { SolverKind } from './solver.js';

/** Decay factors of the running averages: the share of the mean gradient and of the mean square that a step keeps. */
const BETA1 = 0.9;
const BETA2 = 0.999;

/**
 * Entries of a gradient up to this may be rounding errors alone, where residuals that add up to zero are summed in float32
 * (measured: up to 1.9e-7). Adam divides by the size of the entries so far, so if there was no other, it would take a whole
 * step along such an error.
 */
const ROUNDING = 2 ** -22;

/**
 * Adam: steps along the running average of the gradient, divided by the root of that of its squares, both corrected for
 * their start at zero (Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1). The powers of
 * the decay factors come from one multiplication per step instead of `Math.pow`, so they have the same bits on every
 * engine. Its memory is both averages and both powers.
 */
export const adam: SolverKind = {
  title: 'Adam',
  formula:
    `weights −= rate · m / (√v + 1e-8), with running averages m of g (decay ${BETA1}) and v of g² (decay ${BETA2}), ` +
    'corrected for their start at 0',
  epochs: 150,
  learningRate: 0.01,
  vectors: 2,
  memories: {
    expected: 'two vectors and two numbers',
    fits: (vectors, numbers) => vectors === 2 && numbers === 2,
  },
  create(workspace, _evaluate, memory) {
    const { meanGradient, vectors } = workspace;
    const [first, second] = vectors;
    let [power1, power2] = memory?.numbers ?? [1, 1];
    if (memory) {
      first.set(memory.vectors[0]);
      second.set(memory.vectors[1]);
    }
    return {
      step(_loss, rate) {
        for (let i = 0; i < meanGradient.length; i++) {
          if (second[i] === 0 && Math.abs(meanGradient[i]) <= ROUNDING) meanGradient[i] = 0;
        }
        power1 *= BETA1;
        power2 *= BETA2;
        workspace.combine(first, BETA1, first, 1 - BETA1, meanGradient);
        workspace.adapt(first, second, BETA2, rate / (1 - power1), 1 / (1 - power2));
        return { rate };
      },
      memory: () => ({ vectors: [first.slice(), second.slice()], numbers: [power1, power2] }),
    };
  },
};
