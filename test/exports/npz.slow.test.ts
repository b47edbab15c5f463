import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { parse } from 'npyjs';
import t from 'tap';
import { randomTable } from '../../src/bench/random-table.js';
import { everyRow, type LoadedDataset } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { npz } from '../../src/exports/npz.js';
import { type Model, predict } from '../../src/model/model.js';
import { fit } from '../../src/model/training/train.js';
import { examples, modelOf, probabilitiesOf } from './columns.js';

const options = { epochs: 40, learningRate: 0.5, learningRateDecay: 0.01 };

/** The arrays of an archive, read by npyjs. */
function arraysOf(bytes: Uint8Array) {
  const files = Object.entries(unzipSync(bytes));
  return Object.fromEntries(files.map(([name, file]) => [name, parse(file.slice().buffer)]));
}

/** Text of an array, with the zeros that npyjs drops and characters beyond 16 bits that it cuts. */
function textOf(bytes: Uint8Array, name: string): string[] {
  const file = unzipSync(bytes)[name];
  const [, width, count] = /'<U(\d+)'.*\((\d+),\)/.exec(Buffer.from(file).toString('latin1')) ?? [];
  const points = new Uint32Array(file.slice(-4 * Number(width) * Number(count)).buffer);
  return Array.from({ length: Number(count) }, (_, row) =>
    String.fromCodePoint(...points.subarray(row * Number(width), (row + 1) * Number(width))).replace(
      /\0+$/,
      '',
    ),
  );
}

const named = (classes: readonly string[], featureNames?: readonly string[]): Model => ({
  classes,
  ...(featureNames && { featureNames }),
  scaler: { mean: Float64Array.of(0.1), scale: Float64Array.of(3) },
  weights: Float32Array.from(classes, (_, c) => c / 10),
  bias: Float32Array.from(classes, (_, c) => -c / 10),
});

t.test("scikit-learn's arrays: their names, types, shapes and values", async (t) => {
  const model: Model = {
    classes: ['no', 'yes', 'perhaps'],
    featureNames: ['width', 'height'],
    scaler: { mean: Float64Array.of(0.1, -2), scale: Float64Array.of(3, 1e-30) },
    weights: Float32Array.of(1, 2, 3, 4, 5, 0.6),
    bias: Float32Array.of(-1, 0.1, 1),
  };
  const bytes = await npz.encode(model, '1.2.3');
  const expected = {
    'coef_.npy': ['f8', [3, 2], Float64Array.of(1, 4, 2, 5, 3, Math.fround(0.6))],
    'intercept_.npy': ['f8', [3], Float64Array.of(-1, Math.fround(0.1), 1)],
    'mean_.npy': ['f8', [2], model.scaler.mean],
    'scale_.npy': ['f8', [2], model.scaler.scale],
    'classes_.npy': ['U7', [3], model.classes],
    'feature_names_in_.npy': ['U6', [2], model.featureNames],
  };
  const found = Object.entries(arraysOf(bytes)).map(([name, { dtype, shape, data, fortranOrder }]) => {
    t.notOk(fortranOrder);
    return [name, [dtype, shape, data]];
  });
  t.strictSame(found, Object.entries(expected));
});

t.test('a header as the format has it', async (t) => {
  for (const file of Object.values(unzipSync(await npz.encode(named(['a', 'b']), '1')))) {
    const text = Buffer.from(file).toString('latin1');
    const length = file[8] + 256 * file[9];
    t.equal(text.slice(0, 8), '\x93NUMPY\x01\x00');
    t.equal((10 + length) % 64, 0);
    t.match(
      text.slice(10, 10 + length),
      /^\{'descr': '<[fiU]\d+', 'fortran_order': False, 'shape': \([\d, ]+\), \} *\n$/,
    );
  }
});

const tables: [string, LoadedDataset][] = [
  ['the digits', await loadDigits()],
  ['one feature, two classes', randomTable({ rows: 200, features: 1, classes: 2 }, 3)],
  ['hundreds of classes', randomTable({ rows: 900, features: 5, classes: 300 }, 3)],
];

for (const [name, dataset] of tables) {
  t.test(`the arrays predict the same: ${name}`, async (t) => {
    const { features, classes } = dataset;
    const model = await fit(dataset, everyRow(dataset.features), options);
    const { predictions } = await predict(model, features, everyRow(dataset.features));
    const arrays = arraysOf(await npz.encode(model, '1'));
    const numbersOf = (array: string) => Array.from(Object(arrays[`${array}.npy`].data), Number);
    const [mean, scale] = ['mean_', 'scale_'].map(numbersOf);
    const [coef, intercept] = ['coef_', 'intercept_'].map(numbersOf);
    const d = features.columns;
    const found = everyRow(dataset.features).map((row) => {
      const x = Float32Array.from(features.values.subarray(row * d, (row + 1) * d));
      const logits = intercept.map((start, c) =>
        x.reduce((sum, value, j) => sum + ((value - mean[j]) / scale[j]) * coef[c * d + j], start),
      );
      return logits.indexOf(Math.max(...logits));
    });
    t.strictSame(found, predictions);
    t.same(numbersOf('classes_').map(String), classes);
  });
}

t.test('the arrays of random features predict the same', async (t) => {
  const dataset = randomTable({ rows: 200, features: 3, classes: 4 }, 3);
  const { features } = dataset;
  const rows = everyRow(features);
  const model = await fit(dataset, rows, { epochs: 40, features: 'rbf', components: 50, seed: 2 });
  const { predictions, probabilities } = await predict(model, features, rows);
  const arrays = arraysOf(await npz.encode(model, '1'));
  t.strictSame(
    ['coef_', 'mean_', 'random_weights_', 'random_offset_'].map((name) => arrays[`${name}.npy`].shape),
    [[4, 50], [3], [3, 50], [50]],
  );
  const numbersOf = (array: string) => Array.from(Object(arrays[`${array}.npy`].data), Number);
  const [mean, scale, coef, intercept] = ['mean_', 'scale_', 'coef_', 'intercept_'].map(numbersOf);
  const [weights, offsets] = ['random_weights_', 'random_offset_'].map(numbersOf);
  const expected = probabilities();
  for (const row of rows) {
    const x = Array.from(features.values.subarray(3 * row, 3 * row + 3), (v, j) => (v - mean[j]) / scale[j]);
    const made = offsets.map(
      (offset, i) =>
        Math.sqrt(2 / 50) * Math.cos(x.reduce((sum, v, j) => sum + v * weights[50 * j + i], offset)),
    );
    const logits = intercept.map((start, c) => made.reduce((sum, v, i) => sum + v * coef[50 * c + i], start));
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    t.equal(logits.indexOf(Math.max(...logits)), predictions[row]);
    t.ok(logits.every((logit, c) => Math.abs(Math.exp(logit) / total - expected[4 * row + c]) < 1e-5));
  }
});

t.test('temperature and threshold are numbers, where a model has them', async (t) => {
  const dataset = randomTable({ rows: 20, features: 3, classes: 2 }, 3);
  const model = await fit(dataset, everyRow(dataset.features), { epochs: 4 });
  const plain = arraysOf(await npz.encode(model, '1'));
  const adjusted = arraysOf(await npz.encode({ ...model, temperature: 1.25, threshold: 0.3 }, '1'));
  const added = Object.entries(adjusted).filter(([name]) => !(name in plain));
  t.same(
    added.map(([name, { shape, data }]) => [name, shape, Array.from(Object(data), Number)]),
    [
      ['temperature_.npy', [], [1.25]],
      ['threshold_.npy', [], [0.3]],
    ],
  );
});

t.test('classes are whole numbers, numbers or text', async (t) => {
  const kinds: [string, readonly string[], ArrayLike<unknown>][] = [
    ['i8', ['-9007199254740991', '0', '12'], BigInt64Array.of(-9007199254740991n, 0n, 12n)],
    ['f8', ['-1.5', '0', '1e-7'], Float64Array.of(-1.5, 0, 1e-7)],
    ['U3', ['1', '2', 'two'], ['1', '2', 'two']],
    ['U3', ['1.0', '2.0'], ['1.0', '2.0']],
    ['U9', ['', '__proto__', 'ä'], ['', '__proto__', 'ä']],
  ];
  for (const [type, classes, values] of kinds) {
    const { dtype, data } = arraysOf(await npz.encode(named(classes), '1'))['classes_.npy'];
    t.strictSame([dtype, data], [type, values]);
  }
});

t.test('what columns are, and what features they become', async (t) => {
  const columns: Model['columns'] = [
    { kind: 'number', as: 'date', offset: 19_675, hasGaps: true },
    { kind: 'category', levels: ['', 'ä'] },
    { kind: 'number' },
    { kind: 'category', levels: ['x'], others: ['yes', 'z'] },
    { kind: 'number', as: 'boolean' },
  ];
  const scales = Array.from({ length: 8 }, () => [0, 1] as const);
  const model = modelOf(['no', 'yes'], ['day', 'port', 'age', 'town', 'alone'], columns, scales);
  const bytes = await npz.encode(model, '1');
  const found = Object.entries(arraysOf(bytes)).map(([name, { dtype, shape, data }]) => [
    name,
    [dtype, shape, dtype.startsWith('U') ? textOf(bytes, name) : data],
  ]);
  t.strictSame(found.slice(4), [
    ['classes_.npy', ['U3', [2], ['no', 'yes']]],
    ['feature_names_in_.npy', ['U5', [5], ['day', 'port', 'age', 'town', 'alone']]],
    [
      'feature_names_out_.npy',
      [
        'U23',
        [8],
        ['day', 'day missing', 'port=', 'port=ä', 'age', 'town=x', 'town=infrequent_sklearn', 'alone'],
      ],
    ],
    ['kinds_.npy', ['U8', [5], ['date', 'category', 'number', 'category', 'boolean']]],
    ['offset_.npy', ['f8', [5], Float64Array.of(19_675, 0, 0, 0, 0)]],
    ['has_gaps_.npy', ['b1', [5], [true, false, false, false, false]]],
    ['categories_1.npy', ['U1', [2], ['', 'ä']]],
    ['categories_3.npy', ['U1', [1], ['x']]],
    ['infrequent_categories_3.npy', ['U3', [2], ['yes', 'z']]],
  ]);
  t.ok(Buffer.from(bytes).equals(await npz.encode(structuredClone(model), '1')));
  const { featureNames: _, ...unnamed } = model;
  t.strictSame(
    textOf(await npz.encode(unnamed, '1'), 'feature_names_in_.npy'),
    ['feature_0', 'feature_1', 'feature_2', 'feature_3', 'feature_4'],
    'the names of model.json stand for names that are missing',
  );
});

t.test('any names stand in the file whole, but for zeros at their end', async (t) => {
  const text = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(text, text, async (classes, featureNames) => {
      const bytes = await npz.encode(named(['x', ...classes], featureNames), '1');
      const whole = (name: string) => name.replace(/\0+$/, '');
      t.strictSame(textOf(bytes, 'classes_.npy'), ['x', ...classes].map(whole));
      t.strictSame(textOf(bytes, 'feature_names_in_.npy'), featureNames.map(whole));
    }),
    {
      numRuns: 25,
      examples: [
        [
          ['a\0b', '\0', '😀'],
          ['𝄞\0', ''],
        ],
      ],
    },
  );
});

t.test('the same model makes the same bytes; features without names have none', async (t) => {
  const [first, second] = await Promise.all(
    [1, 2].map(() => npz.encode(structuredClone(named(['a', 'b'], ['width'])), '1.2.3')),
  );
  t.ok(Buffer.from(first).equals(second));
  t.notOk('feature_names_in_.npy' in unzipSync(await npz.encode(named(['a', 'b']), '1')));
});

t.test('names that would take a gigabyte are rejected', async (t) => {
  const featureNames = Array.from({ length: 100_000 }, (_, j) => `${j}`);
  featureNames[7] = 'x'.repeat(3000);
  await t.rejects(npz.encode(named(['a', 'b'], featureNames), '1'), {
    name: 'RangeError',
    message:
      'model.npz cannot hold 100000 names that each take the space of the longest, of 3000 characters: ' +
      'expected shorter names, or export to another format',
  });
});

/** A Python with NumPy. */
const python = ['python3', '/usr/bin/python3'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

const script = `
import json, sys
import numpy as np
model = np.load(sys.argv[1], allow_pickle=False)
rows = np.fromfile(sys.argv[2], dtype='<f4').reshape(-1, len(model['mean_'])).astype(float)
logits = (rows - model['mean_']) / model['scale_'] @ model['coef_'].T + model['intercept_']
print(json.dumps({
    'labels': model['classes_'][logits.argmax(axis=1)].tolist(),
    'names': model['feature_names_in_'].tolist(),
}))
`;

t.test(
  'NumPy reads it and predicts the same',
  { skip: python ? false : 'no Python with NumPy' },
  async (t) => {
    const [, digits] = tables[0];
    const texts = ['zero', '😀', '__proto__', 'a\0b', '日本', '5.0', '', ' ', 'ä', 'nine'];
    for (const classes of [digits.classes, texts]) {
      const dataset = { ...digits, classes };
      const model = await fit(dataset, everyRow(dataset.features), options);
      const { predictions } = await predict(model, dataset.features, everyRow(dataset.features));
      const [archive, rows] = ['model.npz', 'rows'].map((name) => join(t.testdir({}), name));
      writeFileSync(archive, await npz.encode(model, '1'));
      writeFileSync(rows, dataset.features.values);
      const found = JSON.parse(
        execFileSync(python ?? '', ['-c', script, archive, rows], { encoding: 'utf8' }),
      );
      t.same(found.names, dataset.featureNames);
      t.same(
        found.labels.map(String),
        Array.from(predictions, (index) => classes[index]),
      );
      t.equal(typeof found.labels[0], classes === texts ? 'string' : 'number');
    }
  },
);

/** The function of the docs that computes features, and a call of it for columns in a JSON file. */
const columnsScript = `
${/```python\n(.*?)```/s.exec(readFileSync(new URL('../../docs/artifacts.md', import.meta.url), 'utf8'))?.[1]}
import json, sys
model = np.load(sys.argv[1], allow_pickle=False)
columns = json.load(open(sys.argv[2]))
X = (features(model, [np.array(cells, dtype=float if None in cells else None) for cells in columns]) - model['mean_']) / model['scale_']
if 'random_weights_' in model:
    D = len(model['random_offset_'])
    X = np.sqrt(2 / D) * np.cos(X @ model['random_weights_'] + model['random_offset_'])
logits = X @ model['coef_'].T + model['intercept_']
odds = np.exp(logits)
print(json.dumps((odds / odds.sum(axis=1, keepdims=True)).tolist()))
`;

t.test(
  "NumPy computes all kinds of columns by the docs' function",
  { skip: python ? false : 'no Python with NumPy' },
  async (t) => {
    for (const [name, model, rows] of examples) {
      const [archive, table] = ['model.npz', 'columns.json'].map((file) => join(t.testdir({}), file));
      writeFileSync(archive, await npz.encode(model, '1'));
      // JSON has null for NaN.
      writeFileSync(table, JSON.stringify(rows[0].map((_, j) => rows.map((row) => row[j]))));
      const found: number[][] = JSON.parse(
        execFileSync(python ?? '', ['-c', columnsScript, archive, table], { encoding: 'utf8' }),
      );
      const expected = (await probabilitiesOf(model, rows)).flat();
      const worst = Math.max(...found.flat().map((p, i) => Math.abs(p - expected[i])));
      t.equal(found.flat().length, expected.length);
      t.ok(worst <= 2e-6, `${name}: ${worst} apart`);
    }
  },
);
