import fc from 'fast-check';
import t from 'tap';
import { createJavaScriptCore } from '../../src/bench/javascript.js';
import { randomTable } from '../../src/bench/random-table.js';
import { planBlocks } from '../../src/core/blocks.js';
import type { Core, CreateCore, Shape } from '../../src/core/core.js';
import { gatherFrom } from '../../src/core/gather.js';
import { loadCore } from '../../src/core/load.js';
import { everyRow } from '../../src/data/dataset.js';
import { fitScaler } from '../../src/data/scaler.js';
import { createOracle } from './oracle.js';

const createWasmCore = await loadCore();
/** What is compared with the oracle. */
const fastCores = [createWasmCore, createJavaScriptCore];
const cores = [...fastCores, createOracle];

function packedCore(createCore: CreateCore, shape: Shape, seed: number): Core {
  const table = randomTable(shape, seed);
  const rows = everyRow(table.features);
  const core = createCore(shape);
  core.pack(gatherFrom(table.features.values, table.features.columns), rows, fitScaler(table.features, rows));
  core.label(table.labels, rows);
  return core;
}

function trainCore(core: Core, epochs: number, rate = 0.5): number[] {
  return Array.from({ length: epochs }, () => {
    core.gradient(0, core.blocks);
    const loss = core.reduce();
    core.update(rate);
    return loss;
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = Math.abs(a.length - b.length);
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Trains all cores and compares what they learn with what the oracle does. */
function compare(shape: Shape, seed: number, epochs = 4): void {
  const oracle = packedCore(createOracle, shape, seed);
  const expected = trainCore(oracle, epochs);
  for (const createCore of fastCores) {
    const core = packedCore(createCore, shape, seed);
    const losses = trainCore(core, epochs);
    const worst = {
      loss: Math.max(
        ...losses.map((loss, epoch) => Math.abs(loss - expected[epoch]) / (1 + expected[epoch])),
      ),
      weights: largestDifference(core.weights, oracle.weights),
      bias: largestDifference(core.bias, oracle.bias),
      logits: largestDifference(core.logits(shape.rows), oracle.logits(shape.rows)),
    };
    if (!(worst.loss < 2e-6 && worst.weights < 5e-6 && worst.bias < 5e-6 && worst.logits < 1e-4)) {
      throw new Error(`${JSON.stringify(shape)}, seed ${seed}: ${JSON.stringify(worst)}`);
    }
  }
}

t.test('cores and oracle agree for every remainder of rows, features and classes', async (t) => {
  for (let rows = 1; rows <= 17; rows++) {
    for (let features = 1; features <= 5; features++) {
      for (let classes = 2; classes <= 11; classes++) compare({ rows, features, classes }, rows * features);
    }
  }
  t.pass('850 shapes');
});

t.test('cores and oracle agree over random shapes', async (t) => {
  const shape = fc.record({
    rows: fc.integer({ min: 1, max: 700 }),
    features: fc.integer({ min: 1, max: 90 }),
    classes: fc.integer({ min: 2, max: 40 }),
  });
  fc.assert(
    fc.property(shape, fc.nat(), (drawn, seed) => compare(drawn, seed)),
    { numRuns: 100 },
  );
  t.pass('100 shapes');
});

t.test('rows are packed in the order asked for, in float64 rounded once', async (t) => {
  const table = fc.record({
    seed: fc.nat(),
    features: fc.integer({ min: 1, max: 19 }),
    rows: fc.array(fc.nat({ max: 49 }), { minLength: 1, maxLength: 60 }),
    run: fc.integer({ min: 0, max: 40 }),
  });
  fc.assert(
    fc.property(table, ({ seed, features: d, rows: chosen, run }) => {
      const { values } = randomTable({ rows: 50, features: d, classes: 2 }, seed).features;
      const rows = Int32Array.from([...chosen, ...Array.from({ length: run }, (_, row) => row + 3)]);
      const mean = Float64Array.from({ length: d }, (_, j) => Math.sin(seed + j));
      const scale = Float64Array.from({ length: d }, (_, j) => Math.exp(Math.cos(seed + j)));
      const classes = Math.max(2, d);
      for (const createCore of cores) {
        const core = createCore({ rows: rows.length, features: d, classes });
        core.pack(gatherFrom(values, d), rows, { mean, scale });
        // With the unit matrix for weights the logits are the packed features.
        for (let j = 0; j < d; j++) core.weights[j * classes + j] = 1;
        const logits = core.logits(core.shape.rows);
        const packed = rows.every((row, i) =>
          mean.every((m, j) => logits[i * classes + j] === Math.fround((values[row * d + j] - m) / scale[j])),
        );
        if (!packed) return false;
      }
      return true;
    }),
  );
  t.pass('100 tables');
});

/** The features that a core has packed: with the unit matrix for weights the logits are those. */
function packedFeatures(
  createCore: CreateCore,
  values: Float32Array,
  { mean, scale }: { mean: Float64Array; scale: Float64Array },
): Float32Array {
  const d = mean.length;
  const rows = everyRow({ rows: values.length / d });
  const core = createCore({ rows: rows.length, features: d, classes: d });
  core.pack(gatherFrom(values, d), rows, { mean, scale });
  for (let j = 0; j < d; j++) core.weights[j * d + j] = 1;
  return core.logits(rows.length);
}

t.test('features are rounded as quotients are, also next to the middle between two float32', async (t) => {
  // x = mean + middle · scale, rounded: so the quotient is the middle or next to it.
  const upTo = (size: number) =>
    fc.integer({ min: 1, max: 2 ** 31 }).map((whole) => (whole * size) / 2 ** 31);
  const column = fc.record({
    x: upTo(1000).map(Math.fround),
    scale: fc.oneof(upTo(100), fc.constantFrom(0.25, 1, 3, 7)),
    ulps: fc.integer({ min: -2, max: 2 }),
    quotient: upTo(10),
  });
  let near = 0;
  fc.assert(
    fc.property(fc.array(column, { minLength: 2, maxLength: 5 }), fc.nat({ max: 15 }), (columns, chosen) => {
      const d = columns.length;
      const middles = columns.map(({ quotient, ulps }) => {
        const bits = new BigInt64Array(Float64Array.of(quotient).buffer);
        bits[0] = (bits[0] & ~0x1fffffffn) + 0x10000000n + BigInt(ulps);
        return new Float64Array(bits.buffer)[0];
      });
      const mean = Float64Array.from(columns, ({ x, scale }, j) => x - middles[j] * scale);
      const scale = Float64Array.from(columns, (one) => one.scale);
      const values = Float32Array.from({ length: 16 * d }, (_, i) =>
        Math.floor(i / d) === chosen ? columns[i % d].x : (i * 7) % 17,
      );
      const expected = values.map((x, i) => (x - mean[i % d]) / scale[i % d]);
      for (const [j, { x }] of columns.entries()) {
        const products = (x - mean[j]) * (1 / scale[j]);
        if (Math.fround(products) !== expected[chosen * d + j]) near++;
      }
      return largestDifference(packedFeatures(createWasmCore, values, { mean, scale }), expected) === 0;
    }),
    { numRuns: 3000 },
  );
  t.ok(near > 50, `${near} products round to another float32 than the quotient`);
});

t.test('features are quotients where a product by the reciprocal would have fewer digits', async (t) => {
  const least = 2 ** -149;
  // Quotients by these are next to the middle between two float32 of less than 24 bits.
  const middles = [1, 3, 5, 7].flatMap((odd) =>
    [3, 5, 11, 13, 19].flatMap((j) => [1 - 2 ** -53, 1 + 2 ** -52].map((near) => ((2 * j) / odd) * near)),
  );
  let fewer = 0;
  for (const scale of [3, 4, 1e-40, 1e70, 5e-324, 2 ** -1040, 1e308, ...middles]) {
    for (const mean of [0, 1e-45, 1e30, 1e300]) {
      for (const unit of [least, 1e30]) {
        // Both columns are the same: 0 times a feature that is not finite is no number.
        const values = Float32Array.from({ length: 64 }, (_, i) => (i >> 1) * unit);
        const expected = values.map((x) => (x - mean) / scale);
        if (values.some((x, i) => !Object.is(Math.fround((x - mean) * (1 / scale)), expected[i]))) fewer++;
        const found = packedFeatures(createWasmCore, values, {
          mean: Float64Array.of(mean, mean),
          scale: Float64Array.of(scale, scale),
        });
        const same = expected.every((x, i) => !Number.isFinite(x) || found[i] === x);
        if (!same) t.fail(`(${unit} · i − ${mean}) / ${scale}`);
      }
    }
  }
  t.ok(fewer > 10, `${fewer} tables with another product`);
});

t.test('the relaxed core and the oracle agree, where the engine has relaxed SIMD', async (t) => {
  if (Number.parseInt(process.versions.node, 10) < 22) {
    await t.rejects(loadCore('relaxed'), {
      message: /it lacks relaxed WebAssembly SIMD, available since Node 22/,
    });
    return;
  }
  const shape = { rows: 1437, features: 64, classes: 10 };
  const relaxed = packedCore(await loadCore('relaxed'), shape, 8);
  const oracle = packedCore(createOracle, shape, 8);
  const losses = trainCore(relaxed, 4);
  t.ok(largestDifference(losses, trainCore(oracle, 4)) < 2e-6);
  t.ok(largestDifference(relaxed.weights, oracle.weights) < 5e-6);
  t.same(relaxed.classes(shape.rows), oracle.classes(shape.rows));
});

t.test('cores and oracle agree over several shards', async (t) => {
  const shape = { rows: 9001, features: 61, classes: 13 };
  t.ok(new Set(planBlocks(shape).map(({ shard }) => shard)).size > 1);
  compare(shape, 5);
});

t.test('blocks and shards cover every row once, in order, aligned to tiles', async (t) => {
  const shape = fc.record({
    rows: fc.integer({ min: 1, max: 300_000 }),
    features: fc.integer({ min: 1, max: 3000 }),
    classes: fc.integer({ min: 2, max: 200 }),
  });
  fc.assert(
    fc.property(shape, (drawn) => {
      let next = 0;
      let shard = 0;
      for (const block of planBlocks(drawn)) {
        const inOrder = block.firstRow === next && (block.shard === shard || block.shard === shard + 1);
        if (!inOrder || block.rows < 1 || block.firstRow % 8 !== 0) return false;
        next += block.rows;
        shard = block.shard;
      }
      return next === drawn.rows && shard < 8;
    }),
  );
  t.pass('covered');
});

t.test('an epoch gives the same bits however its blocks are cut into calls', async (t) => {
  const shape = { rows: 5000, features: 64, classes: 10 };
  const whole = packedCore(createWasmCore, shape, 1);
  const portions = packedCore(createWasmCore, shape, 1);
  const losses = trainCore(whole, 3);
  for (const loss of losses) {
    for (let block = 0; block < portions.blocks; block++) portions.gradient(block, block + 1);
    t.equal(portions.reduce(), loss);
    portions.update(0.5);
  }
  t.same(portions.weights, whole.weights);
  t.same(portions.bias, whole.bias);
});

t.test('a run repeats to the last bit', async (t) => {
  const shape = { rows: 333, features: 17, classes: 7 };
  const [first, second] = [1, 2].map(() => packedCore(createWasmCore, shape, 9));
  t.same(trainCore(first, 20), trainCore(second, 20));
  t.same(first.weights, second.weights);
});

t.test('the gradient is the slope of the loss, by central differences', async (t) => {
  const shape = { rows: 50, features: 3, classes: 4 };
  for (const createCore of cores) {
    const core = packedCore(createCore, shape, 4);
    trainCore(core, 3);
    const lossAt = (weight: number, value: number) => {
      core.weights[weight] = value;
      core.gradient(0, core.blocks);
      return core.reduce();
    };
    for (let weight = 0; weight < core.weights.length; weight++) {
      const value = core.weights[weight];
      const step = 1e-2;
      const slope = (lossAt(weight, value + step) - lossAt(weight, value - step)) / (2 * step);
      lossAt(weight, value);
      core.update(1);
      const gradient = value - core.weights[weight];
      core.update(-1);
      core.weights[weight] = value;
      t.ok(Math.abs(slope - gradient) < 1e-4, `slope ${slope}, gradient ${gradient}`);
    }
  }
});

t.test('the penalty is that of the oracle, and its gradient the slope, by central differences', async (t) => {
  for (const features of [1, 2, 3, 8]) {
    for (const classes of [2, 3, 5]) {
      const shape = { rows: 40, features, classes };
      const trainedCore = (createCore: CreateCore) => {
        const core = packedCore(createCore, shape, 7);
        trainCore(core, 2);
        core.bias[0] += 3;
        core.gradient(0, core.blocks);
        core.reduce();
        return core;
      };
      const expected = trainedCore(createOracle).penalise(0.7);
      for (const core of cores.map(trainedCore)) {
        const mean = core.meanGradient.slice();
        const penalty = core.penalise(0.7);
        t.ok(Math.abs(penalty / expected - 1) < 1e-5, `${penalty} for ${expected}`);
        core.weights.forEach((weight, i) => {
          const squares = core.weights.reduce((sum, w, j) => sum + (j === i ? 0 : w * w), 0);
          const at = (value: number) => 0.35 * (squares + value * value);
          const slope = (at(weight + 0.5) - at(weight - 0.5)) / 1;
          t.ok(Math.abs(core.meanGradient[i] - mean[i] - slope) < 1e-12);
        });
        const biases = core.meanGradient.length - classes;
        t.same(core.meanGradient.subarray(biases), mean.subarray(biases), 'the bias is left free');
      }
    }
  }
});

t.test('a batch is the table of its rows, for all cores', async (t) => {
  const plan = fc.record({
    seed: fc.nat(),
    rows: fc.integer({ min: 1, max: 700 }),
    features: fc.integer({ min: 1, max: 20 }),
    classes: fc.integer({ min: 2, max: 12 }),
    places: fc.array(fc.nat(), { minLength: 1, maxLength: 100 }),
  });
  fc.assert(
    fc.property(plan, ({ seed, rows, features: d, classes, places }) => {
      const table = randomTable({ rows, features: d, classes }, seed);
      const scaler = fitScaler(table.features, everyRow(table.features));
      const batch = Int32Array.from(places, (place) => place % rows);
      for (const createCore of cores) {
        const extra = { batchRows: 100 };
        const [whole, part] = [
          { core: createCore({ rows, features: d, classes }, extra), chosen: everyRow(table.features) },
          { core: createCore({ rows: batch.length, features: d, classes }), chosen: batch },
        ].map(({ core, chosen }) => {
          core.pack(gatherFrom(table.features.values, table.features.columns), chosen, scaler);
          core.label(table.labels, chosen);
          core.weights.forEach((_, i) => {
            core.weights[i] = Math.fround(Math.sin(i));
          });
          return core;
        });
        const measure = (core: Core) => {
          core.gradient(0, core.blocks);
          return [core.reduce(), ...core.meanGradient];
        };
        const before = measure(whole);
        // A longer batch before must leave nothing behind.
        whole.select(Int32Array.from({ length: 100 }, (_, i) => i % rows));
        measure(whole);
        whole.select(batch);
        if (measure(whole).some((value, i) => value !== measure(part)[i])) return false;
        whole.select();
        if (measure(whole).some((value, i) => value !== before[i])) return false;
      }
      return true;
    }),
  );
  t.pass('100 batches');
});

t.test('a step of Adam is that of the oracle, of any length', async (t) => {
  for (let features = 1; features <= 5; features++) {
    for (const classes of [2, 3, 5]) {
      const shape = { rows: 8, features, classes };
      for (const createCore of fastCores) {
        const found = createCore(shape, { vectors: 2 });
        const oracle = createOracle(
          { ...shape, features: found.parameters.length / classes - 1 },
          { vectors: 2 },
        );
        for (const core of [found, oracle]) {
          const [first, second] = core.vectors;
          for (let i = 0; i < core.parameters.length; i++) {
            core.parameters[i] = Math.cos(i);
            core.meanGradient[i] = i % 3 === 0 ? 0 : Math.sin(i) / 1e3 ** (i % 4);
            first[i] = Math.sin(2 * i);
            second[i] = i % 3 === 0 ? 0 : Math.abs(Math.sin(3 * i));
          }
          core.adapt(first, second, 0.9, 0.01, 1.25);
          core.adapt(first, second, 0.9, 0.01, 1.25);
        }
        t.ok(found.parameters.every(Number.isFinite));
        t.ok(largestDifference(found.vectors[1], oracle.vectors[1]) === 0);
        t.same(found.parameters, oracle.parameters);
      }
    }
  }
});

t.test('the cosine of a turn is that of JavaScript', async (t) => {
  const core = createWasmCore({ rows: 1, features: 1, classes: 2 });
  let largest = 0;
  for (let i = -4000; i <= 4000; i++) {
    const turns = i / 997;
    largest = Math.max(largest, Math.abs(core.cosine(turns) - Math.cos(2 * Math.PI * turns)));
  }
  t.ok(largest < 1e-14, `${largest}`);
  for (const [turns, cosine] of [
    [0, 1],
    [0.25, 0],
    [-0.5, -1],
    [1e15, 1],
  ]) {
    t.ok(Math.abs(core.cosine(turns) - cosine) < 4e-16, `${turns}`);
  }
  t.ok(Number.isNaN(core.cosine(Infinity)));
});

t.test('vectors are those of the oracle, of any length', async (t) => {
  for (let features = 1; features <= 9; features++) {
    for (const classes of [2, 3, 5, 7]) {
      const shape = { rows: 8, features, classes };
      for (const createCore of cores) {
        const found = createCore(shape, { vectors: 3 });
        const oracle = createOracle(
          { ...shape, features: found.parameters.length / classes - 1 },
          { vectors: 3 },
        );
        t.equal(found.vectors.length, 3);
        for (const core of [found, oracle]) {
          const [a, b] = core.vectors;
          for (let i = 0; i < a.length; i++) {
            a[i] = Math.sin(1 + i);
            b[i] = Math.cos(3 * i);
          }
        }
        const [a, b, out] = found.vectors;
        const [c, d, expected] = oracle.vectors;
        t.ok(Math.abs(found.dot(a, b) - oracle.dot(c, d)) < 1e-14 * a.length);
        found.combine(out, 0.3, a, -1.7, b);
        oracle.combine(expected, 0.3, c, -1.7, d);
        t.strictSame([...out], [...expected], 'to the last bit');
        const [copy, product] = [out.slice(), found.addThenDot(out, 0.7, a, b)];
        const expectedProduct = oracle.addThenDot(expected, 0.7, c, d);
        t.ok(Math.abs(product - expectedProduct) < 1e-14 * a.length);
        t.strictSame([...out], [...expected], 'to the last bit');
        out.set(copy);
        found.combine(out, 1, out, 0.7, a);
        if (createCore === createWasmCore) t.equal(found.dot(out, b), product, 'as in two calls');
        found.combine(a, 2, a, 1, a);
        t.strictSame(
          [...a],
          Array.from(c, (x) => 2 * x + x),
        );
        a[a.length - 1] = -9;
        t.equal(found.largest(a), 9);
        for (let i = 0; i < a.length; i++) {
          const value = a[i];
          a[i] = Number.NaN;
          t.ok(Number.isNaN(found.largest(a)), `NaN at ${i}`);
          a[i] = value;
        }
      }
    }
  }
});

t.test('the first loss is ln k, for any labels', async (t) => {
  for (const classes of [2, 3, 10, 100]) {
    const core = packedCore(createWasmCore, { rows: 200, features: 5, classes }, 3);
    core.gradient(0, core.blocks);
    t.ok(Math.abs(core.reduce() / Math.log(classes) - 1) < 1e-7);
  }
});

/** Class indices by row-major logits, by the words of the interface. */
function classesOf(logits: Float32Array, k: number): Int32Array {
  return Int32Array.from({ length: logits.length / k }, (_, row) => {
    let best = 0;
    for (let c = 0; c < k; c++) {
      const logit = logits[row * k + c];
      if (!Number.isFinite(logit)) return -1;
      if (logit > logits[row * k + best]) best = c;
    }
    return best;
  });
}

t.test('classes are those of the largest logits, over random shapes and portions', async (t) => {
  const shape = fc.record({
    rows: fc.integer({ min: 1, max: 3000 }),
    features: fc.integer({ min: 1, max: 40 }),
    classes: fc.integer({ min: 2, max: 23 }),
  });
  fc.assert(
    fc.property(shape, fc.nat(), (drawn, seed) => {
      for (const createCore of cores) {
        const core = packedCore(createCore, drawn, seed);
        trainCore(core, 2);
        const expected = classesOf(core.logits(core.shape.rows), drawn.classes);
        if (largestDifference(core.classes(core.shape.rows), expected) > 0) return false;
      }
      return true;
    }),
    { numRuns: 50 },
  );
  t.pass('50 shapes');
});

t.test('a tie goes to the first class', async (t) => {
  for (const createCore of cores) {
    const core = packedCore(createCore, { rows: 21, features: 3, classes: 7 }, 8);
    t.same(core.classes(core.shape.rows), new Int32Array(21), 'all logits 0');
    core.bias.set([-1, -0, 0, 2, 1, 2, 2]);
    t.same(core.classes(core.shape.rows), new Int32Array(21).fill(3));
    core.bias.set([-5, -4, -3, -3, -4, -5, -3]);
    t.same(core.classes(core.shape.rows), new Int32Array(21).fill(2), 'all of them negative');
  }
});

t.test('a row with a logit that is not finite has no class, and the others keep theirs', async (t) => {
  const shape = { rows: 19, features: 2, classes: 6 };
  const everyIndex = Int32Array.from({ length: shape.rows }, (_, row) => row);
  const features = new Float32Array(shape.rows * 2).fill(1);
  // 2e38 · 2 is beyond float32: rows 3, 12 and 18 overflow where the weight is not 0.
  for (const row of [3, 12, 18]) features[row * 2] = 2e38;
  const unscaled = { mean: new Float64Array(2), scale: new Float64Array(2).fill(1) };
  for (const createCore of cores) {
    for (let broken = 0; broken < shape.classes; broken++) {
      for (const value of [NaN, Infinity, -Infinity]) {
        const core = createCore(shape);
        core.pack(gatherFrom(features, 2), everyIndex, unscaled);
        core.bias.set([0, 1, 2, 9, 4, 5]);
        t.same(core.classes(core.shape.rows), new Int32Array(shape.rows).fill(3));
        core.weights[broken] = value < 0 ? -2 : 2;
        const rowsWithout = everyIndex.filter((row) => core.classes(core.shape.rows)[row] === -1);
        t.same(rowsWithout, Int32Array.of(3, 12, 18), `${core.weights[broken]} for class ${broken}`);
        core.bias[broken] = value;
        t.same(core.classes(core.shape.rows), new Int32Array(shape.rows).fill(-1));
      }
    }
  }
});

t.test('probabilities are the float64 softmax of the logits', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }).chain((k) =>
        fc.record({
          k: fc.constant(k),
          rows: fc.array(
            fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: k, maxLength: k }),
            { minLength: 1, maxLength: 30 },
          ),
          temperature: fc.constantFrom(undefined, 1, 0.01, 0.7, 30),
        }),
      ),
      ({ k, rows, temperature }) => {
        const logits = Float32Array.from(rows.flat());
        const shape = { rows: 1, features: 1, classes: k };
        const expected = createOracle(shape).probabilities(logits, temperature);
        return fastCores.every((createCore) =>
          createCore(shape)
            .probabilities(logits, temperature)
            .every((p, i) => Math.abs(p - expected[i]) <= 1e-14 * expected[i] + 1e-300),
        );
      },
    ),
  );
  t.pass('softmax');
});

t.test('probabilities stream through the memory in portions', async (t) => {
  const logits = Float32Array.from({ length: 3 * 50_000 }, (_, i) => Math.sin(i));
  const shape = { rows: 1, features: 1, classes: 3 };
  const found = createWasmCore(shape).probabilities(logits);
  t.ok(largestDifference(found, createOracle(shape).probabilities(logits)) < 1e-15);
});

t.test('weights that are no longer finite show in the loss, whichever they are', async (t) => {
  const shape = { rows: 60, features: 4, classes: 3 };
  for (const value of [NaN, Infinity, -Infinity]) {
    for (let weight = 0; weight < 12; weight++) {
      const core = packedCore(createWasmCore, shape, 2);
      core.weights[weight] = value;
      core.gradient(0, core.blocks);
      t.notOk(Number.isFinite(core.reduce()), `${value} at ${weight}`);
    }
  }
});

t.test('a table too large for a WebAssembly memory is refused with its size', async (t) => {
  const shape = { rows: 10_000_000, features: 784, classes: 10 };
  t.throws(() => createWasmCore(shape), {
    name: 'RangeError',
    message:
      /10000000 rows × 784 features .* 29\.\d GiB, more than the 4 GiB .*: expected fewer rows, or more threads$/,
  });
  const projection = { columns: 64, gamma: 1, seed: 0 };
  t.throws(() => createWasmCore({ rows: 1437, features: 2 ** 20, classes: 10, projection }), {
    message:
      /1437 rows × 1048576 random features .*: expected fewer components, or fewer rows, or more threads$/,
  });
  t.throws(() => createWasmCore({ rows: 10, features: 2 ** 20, classes: 100 }, { vectors: 44 }), {
    message: /10 rows × 1048576 features .*: expected fewer features, or another solver$/,
  });
  const batch = { rows: 800_000, features: 784, classes: 10 };
  t.throws(() => createWasmCore(batch, { batchRows: 800_000 }), {
    message: /^a batch of 800000 rows .* 4\.7 GiB, .*: expected smaller batches$/,
  });
  t.throws(() => createWasmCore(batch, { batchRows: 700_000 }), {
    message: /^a table of 800000 rows .*: expected smaller batches, or fewer rows$/,
  });
});

t.test('the loss of rows that are all but certain keeps its relative precision', async (t) => {
  const shape = { rows: 24, features: 2, classes: 2 };
  const [oracle, ...others] = [createOracle, ...fastCores].map((createCore) => {
    const core = createCore(shape);
    const features = Float32Array.from({ length: 48 }, (_, i) => (i % 4 < 2 ? 1 : -1) * (1 + i / 50));
    const rows = Int32Array.from({ length: 24 }, (_, row) => row);
    core.pack(gatherFrom(features, 2), rows, {
      mean: new Float64Array(2),
      scale: new Float64Array(2).fill(1),
    });
    core.label(
      Int32Array.from(rows, (row) => row % 2),
      rows,
    );
    return core;
  });
  for (const weight of [1, 2, 4, 8]) {
    const lossOf = (core: Core) => {
      core.weights.set([weight, -weight, weight, -weight]);
      core.gradient(0, core.blocks);
      return core.reduce();
    };
    const expected = lossOf(oracle);
    for (const found of others.map(lossOf)) {
      t.ok(Math.abs(found / expected - 1) < 2e-6, `${found} for ${expected}`);
    }
  }
});
