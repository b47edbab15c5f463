/** Compares random Fourier features with scikit-learn's RBFSampler, and tests models of them. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { parseModel } from '../../src/artifacts/read-model.js';
import { createJavaScriptCore } from '../../src/bench/javascript.js';
import { randomTable } from '../../src/bench/random-table.js';
import type { CreateCore } from '../../src/core/core.js';
import { loadCore } from '../../src/core/load.js';
import { everyRow, type LoadedDataset } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedSplit } from '../../src/data/stratified-split.js';
import { SoftmaxRegression } from '../../src/entries/softmax-regression.js';
import { gatherFeatures } from '../../src/model/encoding.js';
import { fitInputs, shapeOf } from '../../src/model/inputs.js';
import { predict } from '../../src/model/model.js';
import type { TrainOptions } from '../../src/model/training/controls.js';
import type { TrainingState } from '../../src/model/training/state.js';
import { fit } from '../../src/model/training/train.js';
import { Turns } from '../../src/model/turns.js';
import { evaluate } from '../../src/run/evaluation.js';
import { createOracle } from '../core/oracle.js';

interface Sampler {
  readonly columns: number;
  readonly components: number;
  readonly gamma: number;
  readonly seed: number;
  readonly scale_gamma: number;
  readonly random_weights: readonly number[];
  readonly random_offset: readonly number[];
  readonly features: readonly (readonly number[])[];
}

const fixture = new URL('../fixtures/solvers/random_features.json', import.meta.url);
const samplers: readonly Sampler[] = JSON.parse(readFileSync(fixture, 'utf8'));
const digits = await loadDigits();
const createCore = await loadCore();
const cores: Record<string, CreateCore> = {
  core: createCore,
  baseline: createJavaScriptCore,
  oracle: createOracle,
};
const rbf: TrainOptions = { epochs: 30, features: 'rbf' };

/** The packed features of a core, read as logits: with one class per feature, and the identity as weights. */
function packedFeatures(
  create: CreateCore,
  inputs: Awaited<ReturnType<typeof fitInputs>>,
  table: LoadedDataset,
) {
  const components = shapeOf(inputs, 1, 2).features;
  const core = create(shapeOf(inputs, table.features.rows, components));
  core.pack(gatherFeatures(inputs, table.features), everyRow(table.features), inputs.scaler);
  for (let c = 0; c < components; c++) core.weights[c * components + c] = 1;
  return core.logits(table.features.rows);
}

/** The first 40 digits, with only their last columns. */
function lastColumns(columns: number): LoadedDataset {
  const values = Float32Array.from({ length: 40 * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    return digits.features.values[row * 64 + 64 - columns + (i % columns)];
  });
  return { ...digits, features: { rows: 40, columns, values }, labels: digits.labels.subarray(0, 40) };
}

for (const sampler of samplers) {
  const { columns, components, gamma, seed } = sampler;
  t.test(`RBFSampler of ${columns} columns, ${components} components, seed ${seed}`, async (t) => {
    const shape = { rows: 1, features: components, classes: 2, projection: { columns, gamma, seed } };
    const { weights, offsets } = createCore(shape).randomFeatures ?? { weights: [], offsets: [] };
    t.equal(weights.length, columns * components);
    sampler.random_weights.forEach((weight, i) => {
      t.ok(Math.abs(2 * Math.PI * weights[i] - weight) < 3e-7 * (1 + Math.abs(weight)), `weight ${i}`);
    });
    sampler.random_offset.forEach((offset, i) => {
      t.ok(Math.abs(2 * Math.PI * offsets[i] - offset) < 4e-7, `offset ${i}`);
    });

    const table = lastColumns(columns);
    const rows = everyRow(table.features);
    const asked = { features: 'rbf', components, gamma, seed } as const;
    const inputs = await fitInputs(table.features, rows, asked, new Turns());
    for (const [name, create] of Object.entries(cores)) {
      const made = packedFeatures(create, inputs, table);
      for (const [i, row] of [0, 1, 39].entries()) {
        const off = sampler.features[i].map((value, c) => Math.abs(made[row * components + c] - value));
        t.ok(Math.max(...off) < 2e-6, `${name}, row ${row}: ${Math.max(...off)}`);
      }
    }
    const usual = await fitInputs(table.features, rows, { features: 'rbf' }, new Turns());
    const ratio = (usual.projection?.gamma ?? 0) / sampler.scale_gamma;
    t.ok(Math.abs(ratio - 1) < 1e-6, `gamma is what scikit-learn calls scale: ${ratio}`);
  });
}

t.test('a column that is constant up to rounding does not affect the default gamma', async (t) => {
  const rows = 1_000_000;
  const values = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    values[2 * row] = row % 2;
    values[2 * row + 1] = row === 7 ? 10_000.001 : 10_000;
  }
  const table = { rows, columns: 2, values };
  const { projection } = await fitInputs(table, everyRow(table), { features: 'rbf' });
  t.ok(projection && projection.gamma >= 2 && projection.gamma <= 4, `${projection?.gamma}`);
});

t.test('all cores project any shape alike', async (t) => {
  const shape = fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    columns: fc.integer({ min: 1, max: 9 }),
    halves: fc.integer({ min: 1, max: 80 }),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ rows, columns, halves, seed }) => {
      const table = randomTable({ rows, features: columns, classes: 2 }, seed);
      const asked = { features: 'rbf', components: 2 * halves, seed } as const;
      const inputs = await fitInputs(table.features, everyRow(table.features), asked, new Turns());
      const expected = packedFeatures(createOracle, inputs, table);
      for (const [name, create] of Object.entries(cores)) {
        const found = packedFeatures(create, inputs, table);
        for (let i = 0; i < expected.length; i++) {
          if (!(Math.abs(found[i] - expected[i]) < 3e-6))
            throw new Error(`${name}: ${i}: ${found[i]} for ${expected[i]}`);
        }
      }
    }),
    { numRuns: 60 },
  );
  t.pass('60 shapes');
});

t.test('the logarithm is that of JavaScript', async (t) => {
  const bytes = readFileSync(new URL('../../dist/assets/core.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const ln = instance.exports.ln as (x: number) => number;
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      const expected = Math.log(x);
      return Math.abs(ln(x) - expected) <= 4e-16 * (1 + Math.abs(expected));
    }),
  );
  t.equal(ln(1), 0);
});

t.test('digits are classified as by the kernel machine', async (t) => {
  const accuracies: number[] = [];
  for (let seed = 0; seed < 8; seed++) {
    const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed });
    const model = await fit(digits, train, { ...rbf, epochs: 150, seed });
    t.equal(model.ending?.converged, 'gradient');
    accuracies.push((await evaluate(model, digits, test)).accuracy);
  }
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy) / accuracies.length;
  t.ok(mean >= 0.988, `${mean}`);
});

t.test('any number of threads, and a training that is resumed, give the same bits', async (t) => {
  const { train } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 2 });
  const options: TrainOptions = { ...rbf, epochs: 8, components: 512, seed: 5 };
  const states: TrainingState[] = [];
  const model = await fit(digits, train, { ...options, threads: 1 }, (epoch) => states.push(epoch.state()));
  for (const threads of [2, 8]) t.same(await fit(digits, train, { ...options, threads }), model);
  const resume: TrainingState = JSON.parse(JSON.stringify(states[3]));
  t.same(await fit(digits, train, { ...options, resume }), model);
  const other = await fit(digits, train, { ...options, seed: 6 });
  t.not(other.weights.join(), model.weights.join());
});

t.test('batches, and rows for validation, are projected too', async (t) => {
  const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 2 });
  const model = await fit(digits, train, {
    ...rbf,
    epochs: 5,
    components: 256,
    learningRate: 20,
    learningRateDecay: 0.1,
    solver: 'gd',
    batchSize: 64,
    validation: test,
  });
  t.ok((await evaluate(model, digits, test)).accuracy > 0.93);
  t.ok((model.validation?.loss ?? 9) < 0.35);
});

t.test('rows are projected in portions that the event loop can wait for', async (t) => {
  const table = randomTable({ rows: 2400, features: 64, classes: 10 }, 3);
  const rows = everyRow(table.features);
  const packed: number[] = [];
  const planned: number[] = [];
  const countingCore: CreateCore = (shape, extra) => {
    const core = createCore(shape, extra);
    planned.push(shape.rows);
    return {
      ...core,
      pack(gather, chosen, standardisation, offset) {
        packed.push(chosen.length);
        core.pack(gather, chosen, standardisation, offset);
      },
    };
  };
  const options = { ...rbf, epochs: 1, components: 4096 };
  const model = await fit(table, rows, { ...options, createCore: countingCore });
  t.ok(Math.max(...packed) <= 256, `${Math.max(...packed)} rows in training`);
  packed.length = 0;
  await predict(model, table.features, rows, countingCore);
  t.ok(Math.max(...packed) <= 512, `${Math.max(...packed)} rows in prediction`);
  t.equal(planned.at(-1), 1024);

  const components = 2 ** 19;
  const vast = {
    classes: ['a', 'b'],
    scaler: { mean: Float64Array.of(0), scale: Float64Array.of(1) },
    projection: { components, gamma: 1, seed: 0 },
    weights: new Float32Array(2 * components),
    bias: new Float32Array(2),
  };
  const column = { rows: 20, columns: 1, values: new Float32Array(20) };
  await predict(vast, column, everyRow(column), countingCore);
  t.equal(planned.at(-1), 8, 'a portion of many random features has few rows');
});

t.test('a model is saved with its random features, and restored to the last bit', async (t) => {
  const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 2 });
  const regression = new SoftmaxRegression({ features: 'rbf', components: 128, epochs: 20, seed: 3 });
  await regression.fit(digits, { rows: train });
  const text = JSON.stringify(regression);
  const saved = JSON.parse(text);
  t.equal(saved.weights.length, 128);
  t.equal(saved.feature_means.length, 64);
  t.match(saved.random_features, { components: 128, seed: 3 });
  t.match(saved.options, { features: 'rbf', components: 128, solver: 'lbfgs' });
  const again = SoftmaxRegression.fromJSON(text);
  const [before, after] = await Promise.all(
    [regression, again].map((each) => each.predictProbabilities(digits.features, test)),
  );
  t.same(after, before);
  t.same(parseModel(text).projection, regression.model.projection);
  saved.weights.pop();
  t.throws(() => SoftmaxRegression.fromJSON(saved), /random_features\/components, 128, not 127/);
});

t.test('options that exclude each other, or are out of range, are rejected', async (t) => {
  const wrong: [Partial<TrainOptions>, string][] = [
    [{ features: 'raw', components: 2 }, 'components is for features rbf: found features raw'],
    [{ features: 'raw', gamma: 1 }, 'gamma is for features rbf: found features raw'],
    [{ components: 3 }, 'components: expected an even number from 2 to 1048576, found 3'],
    [{ gamma: 0 }, 'gamma: expected a number above 0, at most 1e12, found 0'],
    [{ gamma: 1e80 }, 'gamma: expected a number above 0, at most 1e12, found 1e+80'],
    [{ features: 'poly' as 'rbf' }, 'features: expected one of raw, rbf, found "poly"'],
    [
      { batchSize: 9 },
      'batchSize is for gd, momentum, adam: lbfgs, the default of features rbf, takes the gradient of all rows',
    ],
  ];
  for (const [fault, message] of wrong) {
    await t.rejects(fit(digits, everyRow(digits.features), { ...rbf, ...fault }), { message });
  }
});
