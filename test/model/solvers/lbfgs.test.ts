import fc from 'fast-check';
import t from 'tap';
import type { CreateCore, Shape } from '../../../src/core/core.js';
import { loadCore } from '../../../src/core/load.js';
import { lbfgs } from '../../../src/model/solvers/lbfgs.js';
import { createOracle } from '../../core/oracle.js';

const cores = { core: await loadCore(), oracle: createOracle };

/** Σ ½ · curvature · (parameter − minimum)² over weights and bias, plus a coupling of each to the next. */
interface Quadratic {
  readonly shape: Shape;
  readonly curvatures: readonly number[];
  readonly minimum: readonly number[];
  readonly coupling: number;
}

/**
 * Minimises a quadratic in the memory of a core, whose arithmetic the solver uses; an even number of features needs no
 * padding. With `noise`, gradients have errors of that size, and the lowest loss is 1.
 */
async function minimise(createCore: CreateCore, quadratic: Quadratic, steps: number, noise = 0) {
  const { shape, curvatures, minimum, coupling } = quadratic;
  const core = createCore(shape, { vectors: lbfgs.vectors });
  const { parameters, meanGradient } = core;
  let evaluations = 0;
  const evaluate = async () => {
    evaluations++;
    let loss = noise > 0 ? 1 : 0;
    for (let i = 0; i < minimum.length; i++) {
      const off = parameters[i] - minimum[i];
      const [left, right] = [i - 1, i + 1].map((j) =>
        j in minimum ? off - (parameters[j] - minimum[j]) : 0,
      );
      loss += 0.5 * curvatures[i] * off * off + 0.25 * coupling * (left * left + right * right);
      const error = noise * Math.sin(1000 * evaluations + 10 * i);
      meanGradient[i] = curvatures[i] * off + coupling * (left + right) + error;
    }
    return loss;
  };
  const solver = lbfgs.create(core, evaluate, undefined, {});
  const losses = [await evaluate()];
  for (let step = 0; step < steps; step++) {
    const taken = await solver.step(losses[losses.length - 1], Number.NaN);
    if (!taken) break;
    losses.push(taken.loss ?? Number.NaN);
  }
  return { parameters: Array.from(parameters.subarray(0, minimum.length)), losses, evaluations };
}

const shape = { rows: 8, features: 4, classes: 3 };
const size = 15;
const spread = (values: fc.Arbitrary<number>) => fc.array(values, { minLength: size, maxLength: size });
const quadratics = fc.record({
  shape: fc.constant(shape),
  curvatures: spread(fc.double({ min: 0.1, max: 30, noNaN: true })),
  minimum: spread(fc.double({ min: -5, max: 5, noNaN: true })),
  coupling: fc.double({ min: 0, max: 3, noNaN: true }),
});

for (const [name, createCore] of Object.entries(cores)) {
  t.test(`quadratics of known minima are minimised, to float32: ${name}`, async (t) => {
    await fc.assert(
      fc.asyncProperty(quadratics, async (quadratic) => {
        const { parameters, losses } = await minimise(createCore, quadratic, 60);
        const off = parameters.map((value, i) => Math.abs(value - quadratic.minimum[i]));
        if (Math.max(...off) > 2e-5) throw new Error(`off by ${Math.max(...off)}, ${losses.length} steps`);
      }),
    );
    t.pass('100 quadratics');
  });
}

t.test('a sphere takes two steps', async (t) => {
  const minimum = Array.from({ length: size }, (_, i) => Math.fround(Math.sin(i)));
  const curvatures = minimum.map(() => 3);
  const { parameters, losses } = await minimise(cores.core, { shape, curvatures, minimum, coupling: 0 }, 2);
  t.equal(losses.length, 3);
  t.ok(losses[2] < 1e-12, `${losses}`);
  t.ok(parameters.every((value, i) => Math.abs(value - minimum[i]) < 1e-6));
});

t.test('it needs far fewer gradients than steepest descent would', async (t) => {
  const curvatures = Array.from({ length: size }, (_, i) => 1 + 20 * i);
  const minimum = curvatures.map(() => 1);
  const { losses, evaluations } = await minimise(cores.core, { shape, curvatures, minimum, coupling: 0 }, 40);
  const needed = losses.findIndex((loss) => loss < 1e-9 * losses[0]);
  t.ok(needed > 0 && needed <= 35, `${needed} steps`);
  t.ok(evaluations <= 2 * losses.length + 40, `${evaluations} gradients for ${losses.length} steps`);
  t.ok(
    losses.slice(1, needed).every((loss, i) => loss < losses[i]),
    'each step lowers it',
  );
});

t.test('where errors hide the minimum, it stops at the best of its points', async (t) => {
  const curvatures = Array.from({ length: size }, (_, i) => 1 + 20 * i);
  const minimum = Array.from({ length: size }, (_, i) => Math.cos(i));
  const quadratic = { shape, curvatures, minimum, coupling: 1 };
  for (const noise of [1e-4, 3e-4, 1e-3, 3e-3]) {
    const { losses } = await minimise(cores.core, quadratic, 1000, noise);
    t.ok(losses.length < 300, `it stops after ${losses.length} steps`);
    const [last] = losses.slice(-1);
    const lowest = Math.min(...losses);
    t.ok(last <= lowest * (1 + 2 ** -24), `${last} for ${lowest}`);
  }
});

t.test('at the minimum there is no step, and the parameters stay', async (t) => {
  const minimum = Array.from({ length: size }, () => 0);
  const curvatures = minimum.map(() => 1);
  const { parameters, losses } = await minimise(cores.core, { shape, curvatures, minimum, coupling: 0 }, 5);
  t.equal(losses.length, 1);
  t.same(parameters, minimum);
});
