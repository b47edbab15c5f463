import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import { randomTable } from '../../../src/bench/random-table.js';
import { countShards, planBlocks } from '../../../src/core/blocks.js';
import { loadCore } from '../../../src/core/load.js';
import { everyRow, type LoadedDataset } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import type { Model } from '../../../src/model/model.js';
import type { TrainOptions } from '../../../src/model/training/controls.js';
import { DivergenceError, type TrainingState } from '../../../src/model/training/state.js';
import { type Epoch, fit, train } from '../../../src/model/training/train.js';
import { createOracle } from '../../core/oracle.js';

const digits = await loadDigits();
const everyDigit = everyRow(digits.features);
const defaults: TrainOptions = { epochs: 9, solver: 'gd' };

interface Training {
  readonly model: Model;
  /** The epochs, without their durations. */
  readonly trace: Pick<Epoch, 'epoch' | 'learningRate' | 'loss'>[];
  readonly states: TrainingState[];
}

async function trainOn(dataset: LoadedDataset, options: TrainOptions): Promise<Training> {
  const trace: Training['trace'] = [];
  const states: TrainingState[] = [];
  const model = await fit(
    dataset,
    everyRow(dataset.features),
    options,
    ({ epoch, learningRate, loss, state }) => {
      trace.push({ epoch, learningRate, loss });
      states.push(state());
    },
  );
  return { model, trace, states };
}

const throughJson = (state: TrainingState): TrainingState => JSON.parse(JSON.stringify(state));

const shared = randomTable({ rows: 4000, features: 64, classes: 10 }, 3);
const iris = randomTable({ rows: 30, features: 3, classes: 3 }, 5);
const trainings: [name: string, dataset: LoadedDataset, options: Partial<TrainOptions>][] = [
  ['the core', digits, { threads: 1 }],
  ['an odd number of features', randomTable({ rows: 50, features: 7, classes: 3 }, 1), {}],
  ['two threads', shared, { threads: 2 }],
  ['the oracle', digits, { createCore: createOracle }],
  ['lbfgs', digits, { solver: 'lbfgs', epochs: 14, threads: 1 }],
  ['lbfgs on two threads', shared, { solver: 'lbfgs', l2: 1e-3, threads: 2 }],
  ['lbfgs up to its end', iris, { solver: 'lbfgs', l2: 0.1, epochs: 1000, tolerance: 0 }],
];

t.test('the table for two threads has a share for each', async (t) => {
  t.ok(countShards(planBlocks({ rows: 4000, features: 64, classes: 10 })) >= 2);
});

for (const [name, dataset, options] of trainings) {
  t.test(`a training resumed after any epoch ends with the same bits: ${name}`, async (t) => {
    const whole = await trainOn(dataset, { ...defaults, ...options });
    t.strictSame(
      whole.states.map(({ epoch }) => epoch),
      whole.trace.map((_, index) => index + 1),
    );
    t.equal(whole.trace.length, whole.model.ending?.iterations ?? 9);
    for (const state of whole.states) {
      const rest = await trainOn(dataset, { ...defaults, ...options, resume: throughJson(state) });
      t.strictSame(rest.model, whole.model, `after epoch ${state.epoch}`);
      t.strictSame(rest.trace, whole.trace.slice(state.epoch));
      t.strictSame(rest.states, whole.states.slice(state.epoch));
    }
  });
}

t.test('a state from one thread resumes on two, and vice versa', async (t) => {
  const whole = await trainOn(shared, { ...defaults, threads: 1 });
  const [, , third] = whole.states;
  const onTwo = await trainOn(shared, { ...defaults, threads: 2, epochs: 6, resume: throughJson(third) });
  const backOnOne = await trainOn(shared, { ...defaults, threads: 1, resume: onTwo.states[2] });
  t.strictSame(backOnOne.model, whole.model);
});

t.test('any table, interrupted anywhere', async (t) => {
  const shapes = fc.record({
    rows: fc.integer({ min: 2, max: 40 }),
    features: fc.integer({ min: 1, max: 9 }),
    classes: fc.integer({ min: 2, max: 5 }),
  });
  const property = fc.asyncProperty(
    shapes,
    fc.integer({ min: 1, max: 6 }),
    fc.double({ min: 1e-6, max: 2, noNaN: true }),
    async (shape, epochs, learningRate) => {
      const table = randomTable(shape, epochs);
      const options = { epochs, learningRate, learningRateDecay: 0.5 };
      const { model, states } = await trainOn(table, options);
      const [middle] = states.slice(Math.floor(states.length / 2));
      const rest = await trainOn(table, { ...options, resume: throughJson(middle) });
      t.strictSame(rest.model.weights, model.weights);
      t.strictSame(rest.model.bias, model.bias);
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

t.test('the last state gives the model at once', async (t) => {
  const { model, states } = await trainOn(digits, defaults);
  const [last] = states.slice(-1);
  const step = await train(digits, everyDigit, { ...defaults, resume: last }).next();
  t.equal(step.done, true);
  t.strictSame(step.value, model);
  t.strictSame([last.weights, last.bias], [[...model.weights], [...model.bias]]);
});

t.test('a state is available until the next epoch is over, also after an interruption', async (t) => {
  const controller = new AbortController();
  const training = train(digits, everyDigit, { ...defaults, epochs: 1000, signal: controller.signal });
  const epochs: Epoch[] = [];
  for (let count = 0; count < 3; count++) {
    const step = await training.next();
    if (!step.done) epochs.push(step.value);
  }
  t.throws(() => epochs[0].state(), {
    name: 'RangeError',
    message: 'the state of epoch 1 is gone: training has reached epoch 3',
  });
  const state = epochs[2].state();
  const parameters = epochs[2].parameters();
  t.strictSame([[...parameters.weights], [...parameters.bias]], [state.weights, state.bias]);
  t.throws(() => epochs[0].parameters(), {
    name: 'RangeError',
    message: 'the state of epoch 1 is gone: training has reached epoch 3',
  });
  controller.abort(new Error('enough'));
  await t.rejects(training.next(), { message: 'enough' });
  t.strictSame(epochs[2].state(), state);
  t.strictSame(epochs[2].parameters(), parameters);
  t.throws(() => epochs[1].state(), RangeError);

  const whole = await fit(digits, everyDigit, { ...defaults, epochs: 5 });
  t.strictSame(await fit(digits, everyDigit, { ...defaults, epochs: 5, resume: epochs[2].state() }), whole);
});

const rows = Int32Array.from({ length: 40 }, (_, row) => row);
const interruptions: [name: string, options: Partial<TrainOptions>][] = [
  ['batches', { solver: 'adam', batchSize: 400 }],
  ['batches without a memory', { batchSize: 400 }],
  ['lbfgs', { solver: 'lbfgs' }],
  ['validation', { solver: 'momentum', validation: rows }],
];
for (const [name, options] of interruptions) {
  t.test(
    `a training interrupted in the middle of an epoch resumes from the one before: ${name}`,
    async (t) => {
      const createCore = await loadCore();
      const wanted = { ...defaults, epochs: 5, ...options };
      const whole = await fit(digits, everyDigit, wanted);
      let resumed = 0;
      for (let count = 2; count < 40; count += 3) {
        const controller = new AbortController();
        let gradients = 0;
        const training = train(digits, everyDigit, {
          ...wanted,
          signal: controller.signal,
          createCore(shape, extra) {
            const core = createCore(shape, extra);
            const { gradient } = core;
            return Object.assign(core, {
              gradient(first: number, last: number) {
                if (++gradients === count) controller.abort(new Error('enough'));
                gradient(first, last);
              },
            });
          },
        });
        let last: Epoch | undefined;
        try {
          for (let step = await training.next(); !step.done; step = await training.next()) last = step.value;
        } catch (error) {
          t.match(error, { message: 'enough' });
        }
        if (!last) continue;
        resumed++;
        const rest = await fit(digits, everyDigit, { ...wanted, resume: throughJson(last.state()) });
        t.strictSame(rest, whole, `at gradient ${count}, after epoch ${last.epoch}`);
      }
      t.ok(resumed > 5);
    },
  );
}

t.test('a state is a copy', async (t) => {
  const states: TrainingState[] = [];
  const before: string[] = [];
  await fit(digits, everyDigit, defaults, ({ state }) => {
    states.push(state());
    before.push(JSON.stringify(states[states.length - 1]));
  });
  t.strictSame(
    states.map((state) => JSON.stringify(state)),
    before,
  );
});

t.test('weights that are no longer finite have no state', async (t) => {
  const options = { epochs: 10, learningRate: 1e300, learningRateDecay: 0 };
  for await (const { epoch, state, parameters } of train(digits, everyDigit, options)) {
    t.equal(epoch, 1);
    t.throws(state, new DivergenceError(1));
    t.throws(parameters, new DivergenceError(1));
    break;
  }
});

t.test('the memory of a solver is required, and checked', async (t) => {
  const table = randomTable({ rows: 20, features: 4, classes: 3 }, 1);
  const options: TrainOptions = { ...defaults, solver: 'lbfgs' };
  const { states } = await trainOn(table, options);
  const [, , { memory, ...plain }] = states;
  t.equal(memory?.vectors.length, 7);
  const vectors = memory?.vectors ?? [];
  const numbers = memory?.numbers ?? [];
  const needed = 'at most 20 pairs of vectors, another one, and 3 numbers for lbfgs';
  const refused: [resume: object, message: string][] = [
    [plain, `resume.memory: ${needed}, not an unreadable one`],
    [{ ...plain, memory: { vectors } }, `resume.memory: ${needed}, not an unreadable one`],
    [{ ...plain, memory: { vectors: vectors.slice(1), numbers } }, `resume.memory: ${needed}, not 6 and 3`],
    [
      { ...plain, memory: { vectors: vectors.with(1, [1, 2]), numbers } },
      'resume.memory.vectors[1]: an array of 16 finite numbers, one per parameter of the core',
    ],
    [
      { ...plain, converged: 'soon' },
      'resume.converged: gradient, precision, validation or undefined, not soon',
    ],
  ];
  for (const [resume, message] of refused) {
    const training = fit(table, everyRow(table.features), { ...options, resume: resume as TrainingState });
    await t.rejects(training, { name: 'RangeError', message });
  }
  const toGd = fit(table, everyRow(table.features), { ...defaults, resume: states[2] });
  await t.rejects(toGd, {
    message: 'resume.memory: no vectors and no numbers for gd, not 7 and 3',
  });
});

t.test('a state that does not fit is refused', async (t) => {
  const table = randomTable({ rows: 20, features: 4, classes: 3 }, 1);
  const rows = everyRow(table.features);
  const weights = new Array<number>(12).fill(0.5);
  const bias = [1, 2, 3];
  const refused: [resume: object, message: string][] = [
    [{ weights, bias }, 'resume.epoch: a whole number from 1 to 9, the number of epochs, not undefined'],
    [{ epoch: 0, weights, bias }, 'resume.epoch: a whole number from 1 to 9, the number of epochs, not 0'],
    [
      { epoch: 1.5, weights, bias },
      'resume.epoch: a whole number from 1 to 9, the number of epochs, not 1.5',
    ],
    [{ epoch: 10, weights, bias }, 'resume.epoch: a whole number from 1 to 9, the number of epochs, not 10'],
    [
      { epoch: 1, weights: weights.slice(1), bias },
      'resume.weights: an array of 12 numbers, for 4 features and 3 classes, not one of 11',
    ],
    [
      { epoch: 1, weights },
      'resume.bias: an array of 3 numbers, for 4 features and 3 classes, not undefined',
    ],
    [{ epoch: 1, weights, bias: [1, null, 3] }, 'resume.bias[1]: a finite float32 number, not null'],
    [{ epoch: 1, weights, bias: [1, 2, '3'] }, 'resume.bias[2]: a finite float32 number, not 3'],
    [{ epoch: 1, weights, bias: [Number.NaN, 2, 3] }, 'resume.bias[0]: a finite float32 number, not NaN'],
    [
      { epoch: 1, weights: weights.with(7, 3.5e38), bias },
      'resume.weights[7]: a finite float32 number, not 3.5e+38',
    ],
    [
      { epoch: 4, weights, bias, before: { epoch: 5, loss: 1 } },
      'resume.before.epoch: a whole number from 1 to 4, not 5',
    ],
    [
      { epoch: 4, weights, bias, before: { epoch: 4, loss: null } },
      'resume.before.loss: a finite number, not null',
    ],
  ];
  for (const [resume, message] of refused) {
    const options = { ...defaults, resume: resume as TrainingState };
    await t.rejects(fit(table, rows, options), { name: 'RangeError', message });
  }
});

t.test('an epoch that is kept does not keep the table of its training', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const createCore = await loadCore();
  for (const options of [
    {},
    { batchSize: 10 },
    { solver: 'lbfgs' },
    { validation: Int32Array.of(0, 9) },
  ] as const) {
    const cores: WeakRef<object>[] = [];
    let kept: Epoch | undefined;
    const createWatched: typeof createCore = (shape, extra) => {
      const created = createCore(shape, extra);
      cores.push(new WeakRef(created));
      return created;
    };
    await fit(
      iris,
      everyRow(iris.features),
      { ...defaults, ...options, createCore: createWatched },
      (epoch) => {
        kept = epoch;
      },
    );
    // A reference that was just made or read is kept until the event loop's next turn, and on a stack for another.
    for (let turn = 0; turn < 2; turn++) {
      await delay(1);
      collectGarbage();
    }
    t.notOk(
      cores.some((core) => core.deref()),
      JSON.stringify(options),
    );
    t.equal(kept?.state().epoch, kept?.epoch);
  }
});
