/** Compares momentum, Adam, batches, schedules and validation with plain float64 NumPy. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { randomTable } from '../../../src/bench/random-table.js';
import { datasetOf } from '../../../src/data/arrays.js';
import { everyRow } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import { splitRows, stratifiedSplit } from '../../../src/data/stratified-split.js';
import { type ScheduleName, schedules } from '../../../src/model/schedules.js';
import type { SolverName } from '../../../src/model/solvers/registry.js';
import { Batches } from '../../../src/model/training/batches.js';
import type { TrainOptions } from '../../../src/model/training/controls.js';
import type { TrainingState } from '../../../src/model/training/state.js';
import { type Epoch, fit, train } from '../../../src/model/training/train.js';
import { createOracle } from '../../core/oracle.js';

interface Descent {
  readonly seed: number;
  readonly solver: SolverName;
  readonly schedule: ScheduleName;
  readonly learning_rate: number;
  readonly lr_decay: number;
  readonly momentum?: number;
  readonly batch_size?: number;
  readonly l2?: number;
  readonly validation_split?: number;
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly gradient_norms: readonly number[];
  readonly validation_losses: readonly number[];
  readonly weights: readonly number[];
  readonly bias: readonly number[];
}

const fixture = new URL('../../fixtures/solvers/descents.json', import.meta.url);
const descents: readonly Descent[] = JSON.parse(readFileSync(fixture, 'utf8'));
const digits = await loadDigits();
const { train: rows } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });

function planOf(descent: Descent): { rows: Int32Array; options: TrainOptions } {
  const { seed, validation_split, momentum, batch_size, l2 } = descent;
  const split = stratifiedSplit(digits.labels, { testSplit: 0.2, seed });
  const halves =
    validation_split && splitRows(digits.labels, split.train, { testSplit: validation_split, seed });
  return {
    rows: halves ? halves.train : split.train,
    options: {
      epochs: descent.losses.length,
      learningRate: descent.learning_rate,
      seed,
      solver: descent.solver,
      schedule: descent.schedule,
      ...(descent.schedule === 'inverse' && { learningRateDecay: descent.lr_decay }),
      ...(momentum !== undefined && { momentum }),
      ...(batch_size !== undefined && { batchSize: batch_size }),
      ...(l2 !== undefined && { l2 }),
      ...(halves && { validation: halves.test }),
    },
  };
}

async function epochsOf(options: TrainOptions, chosen = rows) {
  const epochs: Epoch[] = [];
  const states: TrainingState[] = [];
  const model = await fit(digits, chosen, options, (epoch) => {
    epochs.push(epoch);
    states.push(epoch.state());
  });
  return { model, epochs, states };
}

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = Math.abs(found.length - expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

for (const descent of descents) {
  const { seed, solver, schedule, batch_size = 'all' } = descent;
  t.test(`NumPy's ${solver}, ${schedule}, ${batch_size} rows a step, seed ${seed}`, async (t) => {
    const { rows, options } = planOf(descent);
    const { model, epochs } = await epochsOf(options, rows);
    const series = {
      rates: epochs.map(({ learningRate }) => learningRate),
      losses: epochs.map(({ loss }) => loss),
      gradient_norms: epochs.map(({ gradientNorm }) => gradientNorm),
      validation_losses: epochs.flatMap(({ validationLoss }) => validationLoss ?? []),
    };
    t.ok(largestDifference(series.rates, descent.rates) < 1e-9, 'rates');
    for (const name of ['losses', 'gradient_norms', 'validation_losses'] as const) {
      const difference = largestDifference(series[name], descent[name]);
      t.ok(difference < 2e-6, `${name}: ${difference}`);
    }
    const lowest = descent.validation_losses.indexOf(Math.min(...descent.validation_losses)) + 1;
    t.equal(model.validation?.epoch, lowest || undefined);
    if (lowest > 0 && lowest < epochs.length) return;
    const difference = largestDifference(
      [...model.weights, ...model.bias],
      [...descent.weights, ...descent.bias],
    );
    t.ok(difference < 1e-5, `parameters: ${difference}`);
  });
}

t.test('the oracle takes the same steps', async (t) => {
  for (const descent of descents.slice(0, 5)) {
    const { rows, options } = planOf(descent);
    const { model } = await epochsOf({ ...options, createCore: createOracle }, rows);
    t.ok(largestDifference(model.weights, descent.weights) < 1e-5);
  }
});

t.test('Adam takes no step along a sum of residuals that vanishes', async (t) => {
  for (const classes of [3, 5, 6, 7, 10]) {
    for (const isSorted of [false, true]) {
      const table = randomTable({ rows: 50 * classes, features: 2, classes }, 3);
      const labels = table.labels.map((_, row) => (isSorted ? Math.floor(row / 50) : row % classes));
      const balanced = { ...table, labels };
      const model = await fit(balanced, everyRow(table.features), { solver: 'adam', epochs: 1 });
      t.same([...model.bias], new Array(classes).fill(0), `${classes} classes`);
      t.ok(
        model.weights.every((weight) => Math.abs(weight) > 0.009),
        'the weights take whole steps',
      );
    }
  }
});

t.test('a training that is resumed has the bits of one that was not', async (t) => {
  for (const descent of descents) {
    const { rows, options } = planOf(descent);
    const { model, states } = await epochsOf(options, rows);
    for (const at of [0, 4, 10]) {
      const resume: TrainingState = JSON.parse(JSON.stringify(states[at]));
      const resumed = await epochsOf({ ...options, resume }, rows);
      t.same(resumed.model, model);
      t.same(resumed.states, states.slice(at + 1));
    }
  }
});

t.test('any number of threads gives the same bits', async (t) => {
  for (const descent of descents.slice(0, 4)) {
    const { rows, options } = planOf(descent);
    const many = Int32Array.from({ length: 12 * rows.length }, (_, i) => rows[i % rows.length]);
    const [one, ...others] = await Promise.all(
      [1, 2, 8].map((threads) => fit(digits, many, { ...options, epochs: 3, threads })),
    );
    for (const other of others) t.same(other, one);
  }
});

t.test('a batch of all rows is their mean gradient, in another order', async (t) => {
  const options = { epochs: 5, learningRate: 0.3, learningRateDecay: 0 };
  const whole = await epochsOf(options);
  const batch = await epochsOf({ ...options, batchSize: 2 * rows.length });
  t.ok(largestDifference(batch.model.weights, whole.model.weights) < 1e-6);
  t.ok(batch.epochs.every(({ loss }, epoch) => Math.abs(loss - whole.epochs[epoch].loss) < 1e-6));
});

t.test('each epoch has every row once, in an order of its own', async (t) => {
  for (const [count, size] of [
    [10, 3],
    [8, 8],
    [5, 9],
    [7, 1],
  ]) {
    const batches = new Batches(count, size, 1);
    const orders = [1, 2, 3].map(() => {
      batches.shuffle();
      const all = [...batches];
      t.ok(all.slice(0, -1).every(({ length }) => length === size));
      return all.flatMap((batch) => [...batch]);
    });
    for (const order of orders)
      t.same(
        order.toSorted((a, b) => a - b),
        [...new Array(count).keys()],
      );
    t.not(orders[0].join(), orders[1].join());
  }
});

t.test('schedules are their formulas', async (t) => {
  const [learningRate, learningRateDecay, epochs] = [0.3, 0.2, 40];
  const cosineOf = (turns: number) => Math.cos(2 * Math.PI * turns);
  const half = (e: number, of: number) => (learningRate * (1 + Math.cos((Math.PI * e) / of))) / 2;
  const formulas: Record<ScheduleName, (e: number) => number> = {
    inverse: (e) => learningRate / (1 + learningRateDecay * e),
    constant: () => learningRate,
    step: (e) => (e < 20 ? 0.3 : e < 30 ? 0.03 : 0.003),
    cosine: (e) => half(e, 40),
    'warmup-cosine': (e) => (e < 4 ? (learningRate * (e + 1)) / 4 : half(e - 4, 36)),
  };
  for (const name of Object.keys(schedules) as ScheduleName[]) {
    const rateOf = schedules[name].create({ learningRate, learningRateDecay, epochs }, cosineOf);
    for (let e = 0; e < epochs; e++) t.ok(Math.abs(rateOf(e) - formulas[name](e)) < 1e-15, `${name} ${e}`);
    const once = schedules[name].create({ learningRate, learningRateDecay, epochs: 1 }, cosineOf);
    t.equal(once(0), learningRate);
  }
});

t.test('patience ends a training, and the best weights are kept', async (t) => {
  const { train: seen, test: validation } = splitRows(digits.labels, rows.subarray(0, 300), {
    testSplit: 0.3,
    seed: 1,
  });
  const options: TrainOptions = {
    epochs: 400,
    learningRate: 3,
    learningRateDecay: 0,
    solver: 'momentum',
    validation,
  };
  const patient = await epochsOf({ ...options, patience: 7 }, seen);
  const losses = patient.epochs.map(({ validationLoss = Number.NaN }) => validationLoss);
  const best = losses.indexOf(Math.min(...losses)) + 1;
  t.ok(best > 1 && best < 390, `epoch ${best}`);
  t.equal(losses.length, best + 7);
  t.same(patient.model.ending, { iterations: best + 7, converged: 'validation' });
  t.equal(patient.epochs.at(-1)?.converged, 'validation');
  t.same(patient.model.validation, { epoch: best, loss: losses[best - 1] });
  const short = await fit(digits, seen, { ...options, epochs: best });
  t.same(patient.model.weights, short.weights);

  const again = await epochsOf({ ...options, patience: 7, resume: patient.states[best + 2] }, seen);
  t.same(again.model, patient.model);
  const ended = await epochsOf(
    { ...options, patience: 7, resume: patient.states.at(-1) as TrainingState },
    seen,
  );
  t.equal(ended.epochs.length, 0);
  t.same(ended.model.weights, patient.model.weights);

  const stubborn = await epochsOf({ ...options, epochs: best + 30 }, seen);
  t.equal(stubborn.epochs.length, best + 30, 'without patience all epochs are taken');
  t.equal(stubborn.model.ending, undefined);
});

t.test('of epochs with the same loss, the first is kept', async (t) => {
  const options: TrainOptions = { epochs: 20, learningRate: 1e-30, learningRateDecay: 0, patience: 3 };
  const model = await fit(digits, rows.subarray(9), { ...options, validation: rows.subarray(0, 9) });
  t.same(model.ending, { iterations: 4, converged: 'validation' });
  t.equal(model.validation?.epoch, 1);
});

t.test('validation rows without a finite cross-entropy end a training with an error', async (t) => {
  const points = Array.from({ length: 40 }, (_, i) => [(Math.sin(i) + (i % 2)) / 1000, Math.cos(3 * i)]);
  points[39][0] = 3e38;
  const table = datasetOf(
    points,
    points.map((_, i) => (i % 2 ? 'a' : 'b')),
  );
  const [seen, validation] = [everyRow(table.features).subarray(0, 30), Int32Array.of(38, 39)];
  const options: TrainOptions = { epochs: 5, validation };
  for (const own of [
    { learningRate: 100, learningRateDecay: 0 },
    { features: 'rbf', components: 16 },
  ] as const) {
    await t.rejects(fit(table, seen, { ...options, ...own }), {
      name: 'RangeError',
      message: /^the validation rows have no finite cross-entropy after epoch 1: /,
    });
  }
  await t.rejects(fit(table, seen, { ...options, learningRate: 1e300 }), {
    name: 'DivergenceError',
    epoch: 1,
  });
});

t.test('options that exclude each other, or are out of range, are rejected', async (t) => {
  const options = { epochs: 2 };
  const wrong: [Partial<TrainOptions>, string][] = [
    [{ momentum: 1 }, 'momentum: expected a number, 0 or more and below 1, found 1'],
    [{ batchSize: 0 }, 'batchSize: expected a whole number from 1 to 4294967295, found 0'],
    [{ batchSize: 2.5 }, 'batchSize: expected a whole number from 1 to 4294967295, found 2.5'],
    [{ seed: -1 }, 'seed: expected a whole number from 0 to 4294967295, found -1'],
    [{ momentum: 0.5 }, 'momentum is for momentum: gd, the default, keeps no velocity'],
    [{ gamma: 1 }, 'gamma is for features rbf: found features raw'],
    [{ patience: 3 }, 'patience needs rows to validate with: expected validation with it'],
    [
      { schedule: 'linear' as ScheduleName },
      'schedule: expected one of inverse, constant, step, cosine, warmup-cosine, found "linear"',
    ],
    [{ solver: 'newton' as SolverName }, 'solver: expected one of gd, momentum, adam, lbfgs, found "newton"'],
    [
      { batchSize: 9, solver: 'lbfgs' },
      'batchSize is for gd, momentum, adam: solver lbfgs takes the gradient of all rows',
    ],
    [
      { batchSize: 9, tolerance: 1 },
      'tolerance needs the gradient of all rows: expected no batchSize with it',
    ],
    [{ validation: new Int32Array() }, 'no rows were chosen'],
    [{ validation: Int32Array.of(2000) }, 'there is no row 2000 in a table of 1797'],
  ];
  for (const [fault, message] of wrong) {
    await t.rejects(fit(digits, everyRow(digits.features), { ...options, ...fault }), {
      name: 'RangeError',
      message,
    });
  }
});

t.test('a solver is only resumed with its own memory', async (t) => {
  const options: TrainOptions = { epochs: 5, learningRate: 0.1, learningRateDecay: 0 };
  for (const [solver, needed] of [
    ['momentum', 'one vector and no numbers'],
    ['adam', 'two vectors and two numbers'],
  ] as const) {
    const { states } = await epochsOf({ ...options, solver });
    const { memory, ...plain } = states[1];
    const message = `resume.memory: ${needed} for ${solver}, not an unreadable one`;
    await t.rejects(fit(digits, rows, { ...options, solver, resume: plain }), { message });
    const other = solver === 'adam' ? 'momentum' : 'adam';
    await t.rejects(fit(digits, rows, { ...options, solver: other, resume: states[1] }), {
      message: /^resume\.memory: /,
    });
  }
  const validated = await epochsOf({ ...options, validation: rows.subarray(0, 9) });
  const faults: [object, string][] = [
    [{ epoch: 0 }, 'resume.best.epoch: a whole number from 1 to 3, not 0'],
    [{ epoch: 4 }, 'resume.best.epoch: a whole number from 1 to 3, not 4'],
    [{ loss: Number.NaN }, 'resume.best.loss: a finite number, not NaN'],
    [{ bias: [1] }, 'resume.best.bias: an array of 10 numbers, for 64 features and 10 classes, not one of 1'],
  ];
  for (const [fault, message] of faults) {
    const state = validated.states[2];
    const resume = { ...state, best: { ...state.best, ...fault } } as TrainingState;
    await t.rejects(fit(digits, rows, { ...options, validation: rows.subarray(0, 9), resume }), { message });
  }
});

t.test('a divergence in a batch is reported with its epoch', async (t) => {
  const options: TrainOptions = { epochs: 9, learningRate: 1e300, learningRateDecay: 0, batchSize: 400 };
  await t.rejects(
    (async () => {
      for await (const epoch of train(digits, rows, options)) t.equal(epoch.epoch, 1);
    })(),
    { name: 'DivergenceError', epoch: 1 },
  );
});
