import { createRequire } from 'node:module';
import fc from 'fast-check';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import t from 'tap';
import { randomTable } from '../../src/bench/random-table.js';
import type { Shape } from '../../src/core/core.js';
import { everyRow, type LoadedDataset } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { onnx } from '../../src/exports/onnx.js';
import { type Model, predict } from '../../src/model/model.js';
import type { TrainOptions } from '../../src/model/training/controls.js';
import { fit } from '../../src/model/training/train.js';
import { mixedTable } from '../model/mixed-table.js';
import { type Cell, cellsOf, examples, modelOf, probabilitiesOf } from './columns.js';

type Schema = typeof import('../../node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js');
/** Made from ONNX's own onnx.proto; the package exports no module for it. */
const schema: Schema = createRequire(import.meta.url)(
  '../../node_modules/onnxruntime-web/lib/onnxjs/ort-schema/protobuf/onnx.js',
);
const { AttributeProto, ModelProto, TensorProto } = schema.onnx;

env.wasm.numThreads = 1;
const options = { epochs: 40 };

/** Logits are rounded in proportion to the weights, and angles to the root of gamma. */
function toleranceOf({ weights, projection }: Model): number {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1);
  return 1e-6 * largest * Math.sqrt(Math.max(1, projection?.gamma ?? 1));
}

/** The results of ONNX Runtime for a model's export. */
async function run(model: Model, { rows, columns, values }: LoadedDataset['features']) {
  const session = await InferenceSession.create(await onnx.encode(model, '1.2.3'));
  const outputs = await session.run({ features: new Tensor('float32', values, [rows, columns]) });
  const interfaceNames = { inputs: session.inputNames, outputs: session.outputNames };
  await session.release();
  return { outputs, interfaceNames };
}

function mapFeatures(
  dataset: LoadedDataset,
  change: (value: number, column: number) => number,
): LoadedDataset {
  const { features } = dataset;
  const values = features.values.map((value, i) => change(value, i % features.columns));
  return { ...dataset, features: { ...features, values } };
}

const table = (rows: number, features: number, classes: number) =>
  randomTable({ rows, features, classes } satisfies Shape, 5);

const tables: [string, LoadedDataset, Partial<TrainOptions>?][] = [
  ['the digits', await loadDigits()],
  ['the digits, trained long', await loadDigits(), { epochs: 300, learningRate: 2 }],
  ['random features of the digits', await loadDigits(), { features: 'rbf' }],
  ['large weights', table(2000, 20, 4), { epochs: 150, learningRate: 1000 }],
  ['large angles', await loadDigits(), { features: 'rbf', components: 512, gamma: 100 }],
  ['very large angles', await loadDigits(), { features: 'rbf', components: 512, gamma: 10_000 }],
  ['random features of few columns', table(203, 3, 3), { features: 'rbf', components: 62, gamma: 5 }],
  ['odd sizes', table(1003, 7, 3)],
  ['one feature, two classes', table(200, 1, 2)],
  ['one row', { ...table(2, 3, 2), features: { ...table(1, 3, 2).features }, labels: Int32Array.of(1) }],
  ['more features than rows', table(30, 500, 2)],
  ['hundreds of classes', table(900, 5, 300)],
  ['a mean 100 000 deviations from zero', mapFeatures(table(1000, 5, 3), (value) => value + 100_000)],
  ['features at both ends of float32', mapFeatures(table(500, 2, 3), (x, j) => x * (j === 0 ? 1e38 : 1e-41))],
];

for (const [name, dataset, chosen] of tables) {
  t.test(`ONNX Runtime predicts the same: ${name}`, async (t) => {
    const model = await fit(dataset, everyRow(dataset.features), { ...options, ...chosen });
    const { predictions, probabilities } = await predict(model, dataset.features, everyRow(dataset.features));
    const { outputs, interfaceNames } = await run(model, dataset.features);
    const { label, probabilities: found, class_index } = outputs;
    const [n, k] = [dataset.features.rows, dataset.classes.length];
    t.same(interfaceNames, { inputs: ['features'], outputs: ['label', 'probabilities', 'class_index'] });
    t.same([label.dims, found.dims, class_index.dims], [[n], [n, k], [n]]);
    t.same([label.type, found.type, class_index.type], ['int64', 'float32', 'int64']);
    t.same(Array.from(class_index.data, Number), [...predictions]);
    t.same(
      Array.from(label.data, String),
      Array.from(predictions, (index) => dataset.classes[index]),
    );
    const expected = probabilities();
    const worst = Array.from(found.data, Number).reduce(
      (largest, p, i) => Math.max(largest, Math.abs(p - expected[i])),
      0,
    );
    t.ok(worst <= toleranceOf(model), `probabilities ${worst} apart`);
  });
}

for (const adjusted of [{ temperature: 0.37 }, { temperature: 2.5, threshold: 0.2 }, { threshold: 0.9 }]) {
  t.test(`ONNX Runtime predicts with ${JSON.stringify(adjusted)}`, async (t) => {
    const dataset = table(500, 4, 2);
    const rows = everyRow(dataset.features);
    const plain = await fit(dataset, rows, options);
    const model = { ...plain, ...adjusted };
    const { predictions, probabilities } = await predict(model, dataset.features, rows);
    const { outputs } = await run(model, dataset.features);
    const { label, class_index } = outputs;
    t.same([label.dims, class_index.dims], [[500], [500]]);
    t.same(Array.from(class_index.data, Number), [...predictions]);
    const names = Array.from(predictions, (index) => dataset.classes[index]);
    t.same(Array.from(label.data, String), names);
    const expected = probabilities();
    const found = Array.from(outputs.probabilities.data, Number);
    const worst = Math.max(...found.map((p, i) => Math.abs(p - expected[i])));
    t.ok(worst <= toleranceOf(model), `probabilities ${worst} apart`);
    const { predictions: usual } = await predict(plain, dataset.features, rows);
    t.equal(
      predictions.some((index, row) => index !== usual[row]),
      'threshold' in adjusted,
    );
  });
}

t.test('large logits: as close as float32 has them', async (t) => {
  const dataset = table(1000, 9, 4);
  const { scaler } = await fit(dataset, everyRow(dataset.features), options);
  const { features } = table(9, 4, 2);
  const model = {
    classes: dataset.classes,
    scaler,
    weights: Float32Array.from(features.values, (value) => 1000 * value),
    bias: Float32Array.of(-5000, 0, 5000, 100),
  };
  const { predictions, probabilities } = await predict(model, dataset.features, everyRow(dataset.features));
  const { outputs } = await run(model, dataset.features);
  t.same(Array.from(outputs.class_index.data, Number), [...predictions]);
  // Logits to 16 000 have an ulp of 0.001.
  const expected = probabilities();
  const found = Array.from(outputs.probabilities.data, Number);
  t.ok(found.every((p, i) => Math.abs(p - expected[i]) <= 0.002));
});

const names = ['', ' ', '01', '__proto__', 'constructor', 'ä', '日本', '😀', 'a"b\\c\nd', 'NaN'];

/** A model whose largest logit, of a feature c, is that of class c. */
function staircase(classes: readonly string[], featureNames?: readonly string[]): Model {
  return {
    classes,
    ...(featureNames && { featureNames }),
    scaler: { mean: Float64Array.of(0), scale: Float64Array.of(1) },
    weights: Float32Array.from(classes, (_, c) => c),
    bias: Float32Array.from(classes, (_, c) => -(c ** 2) / 2),
  };
}

const steps = (count: number) => ({
  rows: count,
  columns: 1,
  values: Float32Array.from({ length: count }, (_, i) => i),
});

t.test('labels are the classes: text, whole numbers or numbers', async (t) => {
  const kinds: [string, readonly string[]][] = [
    ['string', names],
    ['int64', ['-9007199254740991', '-2', '0', '10', '9007199254740991']],
    ['float64', ['-1.5', '0', '1e-7', '2']],
    ['string', ['1', '2', 'three']],
    ['string', ['1.0', '2.0']],
  ];
  for (const [type, classes] of kinds) {
    const { outputs } = await run(staircase(classes), steps(classes.length));
    t.equal(outputs.label.type, type);
    t.same(Array.from(outputs.label.data, String), classes);
  }
});

t.test('any names stand in the file whole', async (t) => {
  const text = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(text, fc.string({ unit: 'binary' }), async (classes, featureName) => {
      const { graph, metadataProps } = ModelProto.decode(
        await onnx.encode(staircase(['x', ...classes], [featureName]), '1'),
      );
      const metadata = metadataProps.map(({ key, value }) => [key, JSON.parse(value ?? '')]);
      t.strictSame(metadata, [
        ['classes', ['x', ...classes]],
        ['feature_names', [featureName]],
      ]);
      const tensor = graph?.initializer?.find(({ name }) => name === 'classes');
      t.strictSame(
        tensor?.stringData?.map((bytes) => Buffer.from(bytes).toString()),
        ['x', ...classes],
      );
    }),
    { numRuns: 25, examples: [[['a\0b', '\0', '😀', '__proto__'], 'a\0']] },
  );
});

t.test("the file by ONNX's own schema", async (t) => {
  const model: Model = {
    classes: ['no', 'yes'],
    featureNames: ['width'],
    scaler: { mean: Float64Array.of(0.1), scale: Float64Array.of(3) },
    weights: Float32Array.of(-0.5, 0.5),
    bias: Float32Array.of(0.25, -0.25),
  };
  const proto = ModelProto.decode(await onnx.encode(model, '1.2.3'));
  t.equal(ModelProto.verify(proto), null);
  const { graph, ...head } = ModelProto.toObject(proto, { longs: Number });
  const docString = String;
  t.match(head, {
    irVersion: 8,
    producerName: 'digit-classifier',
    producerVersion: '1.2.3',
    docString,
    opsetImport: [{ domain: '', version: 13 }],
  });

  const { DOUBLE, FLOAT, INT64, STRING } = TensorProto.DataType;
  const { INT } = AttributeProto.AttributeType;
  const bytesOf = (numbers: Float32Array | Float64Array) => Buffer.from(numbers.buffer);
  t.strictSame(graph.initializer, [
    { name: 'mean', dims: [1], dataType: DOUBLE, rawData: bytesOf(model.scaler.mean) },
    { name: 'scale', dims: [1], dataType: DOUBLE, rawData: bytesOf(model.scaler.scale) },
    { name: 'weights', dims: [1, 2], dataType: FLOAT, rawData: bytesOf(model.weights) },
    { name: 'bias', dims: [2], dataType: FLOAT, rawData: bytesOf(model.bias) },
    {
      name: 'classes',
      dims: [2],
      dataType: STRING,
      stringData: model.classes.map((name) => Buffer.from(name)),
    },
  ]);
  const attribute = (name: string, i: number) => ({ name, i, type: INT });
  const nodes: [opType: string, input: string[], output: string, attributes?: object[]][] = [
    ['Cast', ['features'], 'features_as_double', [attribute('to', DOUBLE)]],
    ['Sub', ['features_as_double', 'mean'], 'centred'],
    ['Div', ['centred', 'scale'], 'standardised_as_double'],
    ['Cast', ['standardised_as_double'], 'standardised', [attribute('to', FLOAT)]],
    ['Gemm', ['standardised', 'weights', 'bias'], 'logits'],
    ['Softmax', ['logits'], 'probabilities', [attribute('axis', 1)]],
    ['ArgMax', ['logits'], 'class_index', [attribute('axis', 1), attribute('keepdims', 0)]],
    ['Gather', ['classes', 'class_index'], 'label', [attribute('axis', 0)]],
  ];
  t.strictSame(
    graph.node,
    nodes.map(([opType, input, output, attributes]) => ({
      input,
      output: [output],
      name: output,
      opType,
      ...(attributes && { attribute: attributes }),
    })),
  );
  const valueInfo = (name: string, elemType: number, ...dim: object[]) => ({
    name,
    type: { tensorType: { elemType, shape: { dim } } },
    docString,
  });
  const [anyNumber, two] = [{ dimParam: 'N' }, { dimValue: 2 }];
  t.match(graph.input, [valueInfo('features', FLOAT, anyNumber, { dimValue: 1 })]);
  t.match(graph.output, [
    valueInfo('label', STRING, anyNumber),
    valueInfo('probabilities', FLOAT, anyNumber, two),
    valueInfo('class_index', INT64, anyNumber),
  ]);
});

t.test('the same model makes the same bytes', async (t) => {
  const [first, second] = await Promise.all(
    [1, 2].map(() => onnx.encode(structuredClone(staircase(names, ['width'])), '1.2.3')),
  );
  t.ok(Buffer.from(first).equals(second));
  const unnamed = ModelProto.decode(await onnx.encode(staircase(names), '1.2.3'));
  t.same(
    unnamed.metadataProps.map(({ key }) => key),
    ['classes'],
    'features without names have none',
  );
});

/** The results of ONNX Runtime for rows of cells; and the types of the inputs, by their names. */
async function runCells(model: Model, rows: readonly (readonly Cell[])[]) {
  const bytes = await onnx.encode(model, '1.2.3');
  const { graph } = ModelProto.decode(bytes);
  const n = rows.length;
  const types: Record<string, string> = {};
  const feeds: Record<string, Tensor> = {};
  let column = 0;
  for (const { name, type } of graph?.input ?? []) {
    const dim = type?.tensorType?.shape?.dim ?? [];
    const width = Number(dim[1].dimValue);
    const cells = rows.flatMap((row) => row.slice(column, column + width));
    column += width;
    const elements = type?.tensorType?.elemType;
    const dims = [n, width];
    const tensor =
      elements === TensorProto.DataType.STRING
        ? new Tensor('string', cells.map(String), dims)
        : new Tensor(
            elements === TensorProto.DataType.DOUBLE ? 'float64' : 'float32',
            cells.map(Number),
            dims,
          );
    types[name ?? ''] = `${tensor.type} ${dim[0].dimParam}x${width}`;
    feeds[name ?? ''] = tensor;
  }
  const session = await InferenceSession.create(bytes);
  const outputs = await session.run(feeds);
  await session.release();
  return { outputs, types };
}

for (const [name, model, rows] of examples) {
  t.test(`ONNX Runtime predicts as the rules say: ${name}`, async (t) => {
    const expected = await probabilitiesOf(model, rows);
    const { outputs } = await runCells(model, rows);
    const best = expected.map((row) => row.indexOf(Math.max(...row)));
    t.same(Array.from(outputs.class_index.data, Number), best);
    t.same(
      Array.from(outputs.label.data, String),
      best.map((index) => model.classes[index]),
    );
    const found = Array.from(outputs.probabilities.data, Number);
    const worst = expected.flat().map((p, i) => Math.abs(p - found[i]));
    t.ok(Math.max(...worst) <= toleranceOf(model), `probabilities ${Math.max(...worst)} apart`);
  });
}

const mixed = mixedTable(600, 4);
const times = mapFeatures(table(300, 2, 3), (value) => Math.round(100 * value));
const offsets = [{ kind: 'number', offset: 1_700_000_000 }, { kind: 'number' }] as const;
const trained: [string, LoadedDataset, Partial<TrainOptions>?][] = [
  ['all kinds of columns, trained', mixed],
  ['random features of all kinds of columns, trained', mixed, { features: 'rbf', components: 64 }],
  ['unix times', { ...times, features: { ...times.features, kinds: offsets } }],
];

for (const [name, dataset, chosen] of trained) {
  t.test(`ONNX Runtime predicts the same: ${name}`, async (t) => {
    const { features, classes } = dataset;
    const rows = everyRow(features);
    // Some levels are only among the other rows.
    const model = await fit(dataset, rows.subarray(0, 200), { ...options, ...chosen });
    const { predictions, probabilities } = await predict(model, features, rows);
    const { outputs } = await runCells(model, cellsOf(features));
    t.same(Array.from(outputs.class_index.data, Number), [...predictions]);
    const found = Array.from(outputs.probabilities.data, Number);
    const worst = Math.max(...probabilities().map((p, i) => Math.abs(p - found[i])));
    t.equal(found.length, rows.length * classes.length);
    t.ok(worst <= toleranceOf(model), `probabilities ${worst} apart`);
  });
}

t.test(
  'an input for each column, by its name: text, double where it has an offset, else float',
  async (t) => {
    const [[, mixed, rows]] = examples;
    t.strictSame((await runCells(mixed, rows)).types, {
      fare: 'float32 Nx1',
      port: 'string Nx1',
      age: 'float32 Nx1',
      time: 'float64 Nx1',
      town: 'string Nx1',
      alone: 'float32 Nx1',
      day: 'float64 Nx1',
      answer: 'string Nx1',
    });
  },
);

t.test('one matrix if all columns are numbers without gaps: double if one has an offset', async (t) => {
  const two = (columns: Model['columns']): Model => ({
    classes: ['a', 'b'],
    ...(columns && { columns }),
    scaler: { mean: Float64Array.of(1, 2), scale: Float64Array.of(3, 4) },
    weights: Float32Array.of(1, 2, 3, 4),
    bias: Float32Array.of(0, 0),
  });
  const typesOf = async (columns: Model['columns']) => (await runCells(two(columns), [[1, 2]])).types;
  t.strictSame(await typesOf(undefined), { features: 'float32 Nx2' });
  t.strictSame(await typesOf([{ kind: 'number' }, { kind: 'number', as: 'date' }]), {
    features: 'float32 Nx2',
  });
  t.strictSame(await typesOf([{ kind: 'number' }, { kind: 'number', offset: 1e9 }]), {
    features: 'float64 Nx2',
  });
  const graphOf = async (model: Model) => ModelProto.decode(await onnx.encode(model, '1')).graph;
  t.strictSame(await graphOf(two([{ kind: 'number' }, { kind: 'number' }])), await graphOf(two(undefined)));
});

t.test('numbers that differ in their last digits are told apart', async (t) => {
  const steps = Array.from({ length: 10 }, (_, i) => String(i));
  const model: Model = {
    ...staircase(steps, ['time']),
    columns: [{ kind: 'number', offset: 1_700_000_000 }],
  };
  const { outputs } = await runCells(
    model,
    steps.map((step) => [1_700_000_000 + Number(step)]),
  );
  t.same(Array.from(outputs.label.data, String), steps);
});

t.test('columns may have any names, also those of other tensors', async (t) => {
  const columnNames = [
    ...[
      'label',
      'label_',
      'probabilities',
      'class_index',
      '',
      '_',
      'features',
      'mean',
      'weights',
      'logits',
      'classes',
    ],
    ...['x', 'x/levels', 'x/encoded', 'x/one', 'toString', '__proto__', 'ä b', '日本', 'a"b\\c\nd'],
  ];
  const columns = columnNames.map(
    () => ({ kind: 'category', levels: ['no', 'yes'], others: ['so'] }) as const,
  );
  const model = modelOf(
    ['a', 'b'],
    columnNames,
    columns,
    columnNames.flatMap(() => [0, 0, 0].map(() => [0, 1] as const)),
  );
  const rows = ['yes', 'no', 'so'].map((cell, i) => columnNames.map((_, j) => ((i + j) % 2 ? cell : 'no')));
  const bytes = await onnx.encode(model, '1');
  const proto = ModelProto.decode(bytes);
  const inputs = proto.graph?.input?.map(({ name }) => name);
  t.strictSame(inputs, [
    ...['label_', 'label__', 'probabilities_', 'class_index_', '_', '__'],
    ...columnNames.slice(6),
  ]);
  const expected = await probabilitiesOf(model, rows);
  const session = await InferenceSession.create(bytes);
  const feeds = Object.fromEntries(
    session.inputNames.map((name, j) => [
      name,
      new Tensor(
        'string',
        rows.map((row) => row[j]),
        [rows.length, 1],
      ),
    ]),
  );
  const { probabilities } = await session.run(feeds);
  await session.release();
  const found = Array.from(probabilities.data, Number);
  t.ok(expected.flat().every((p, i) => Math.abs(p - found[i]) <= 2e-6));
});

t.test(
  'the metadata describe columns and their features; the operators are those of sklearn-onnx',
  async (t) => {
    const columns: Model['columns'] = [
      { kind: 'number', as: 'date', offset: 19_675, hasGaps: true },
      { kind: 'category', levels: ['', 'x'], others: ['y', 'z'] },
    ];
    const model = modelOf(
      ['a', 'b'],
      ['day', 'port'],
      columns,
      [1, 2, 3, 4, 5].map(() => [0, 1] as const),
    );
    const proto = ModelProto.decode(await onnx.encode(model, '1'));
    t.equal(ModelProto.verify(proto), null);
    t.strictSame(
      proto.metadataProps.map(({ key, value }) => [key, JSON.parse(value ?? '')]),
      [
        ['classes', ['a', 'b']],
        ['feature_names', ['day', 'port']],
        ['encoded_feature_names', ['day', 'day missing', 'port=', 'port=x', 'port=infrequent_sklearn']],
        [
          'columns',
          [
            { name: 'day', kind: 'number', as: 'date', offset: 19_675, missing: true },
            { name: 'port', kind: 'category', levels: ['', 'x'], others: ['y', 'z'] },
          ],
        ],
      ],
    );
    t.same(
      proto.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
      [
        ['', 13],
        ['ai.onnx.ml', 1],
      ],
    );
    t.match(
      proto.graph?.input?.map(({ docString }) => docString),
      [/days since 1970-01-01/, /a text, empty if missing/],
    );
    const again = await onnx.encode(structuredClone(model), '1');
    t.ok(Buffer.from(again).equals(await onnx.encode(model, '1')), 'the same model makes the same bytes');
    const { featureNames: _, ...unnamed } = model;
    const inputs = ModelProto.decode(await onnx.encode(unnamed, '1')).graph?.input?.map(({ name }) => name);
    t.same(inputs, ['feature_0', 'feature_1'], 'the names of model.json stand for names that are missing');
  },
);
