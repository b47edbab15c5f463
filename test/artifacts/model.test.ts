import t from 'tap';
import { InvalidArtifactError } from '../../src/artifacts/checks.js';
import { savedModel } from '../../src/artifacts/model.js';
import { parseModel, parseSavedModel } from '../../src/artifacts/read-model.js';
import { randomTable } from '../../src/bench/random-table.js';
import type { Dataset } from '../../src/data/dataset.js';
import { everyRow } from '../../src/data/dataset.js';
import { loadDigits } from '../../src/data/digits.js';
import { predict } from '../../src/model/model.js';
import { type Options, settle, trainedOn } from '../../src/model/options.js';
import { fit } from '../../src/model/training/train.js';
import { evaluate } from '../../src/run/evaluation.js';
import type { Run } from '../../src/run/run.js';
import { mixedTable } from '../model/mixed-table.js';
import { samplePayloads, set } from './samples.js';

const options: Options = { epochs: 7, learningRate: 0.3, testSplit: 0.25, seed: 5 };

/** A run that trains on all rows and tests on the same. */
async function runOn(dataset: Dataset, chosen: Options = options): Promise<Run> {
  const { testSplit, ...training } = chosen;
  const rows = everyRow(dataset.features);
  const model = await fit(dataset, rows, training);
  const test = await evaluate(model, dataset);
  return {
    dataset,
    options: settle(chosen, trainedOn(dataset, rows)),
    sides: { train: rows, test: rows },
    version: '1.2.3',
    model,
    trainAccuracy: test.accuracy,
    test,
    history: [],
  };
}

const textOf = async (run: Run) => JSON.stringify(await savedModel.payload(run), null, 2);

const tables: [string, Dataset][] = [
  ['the digits', await loadDigits()],
  ['odd sizes', randomTable({ rows: 33, features: 7, classes: 3 }, 1)],
];

for (const [name, dataset] of tables) {
  t.test(`a loaded model predicts as the one in memory, to the last bit: ${name}`, async (t) => {
    const run = await runOn(dataset);
    const loaded = parseModel(await textOf(run));
    t.strictSame(loaded.weights, run.model.weights);
    t.strictSame(loaded.bias, run.model.bias);
    t.strictSame(loaded.scaler, run.model.scaler);
    t.strictSame(loaded.classes, run.model.classes);
    const { predictions, probabilities } = await predict(
      loaded,
      dataset.features,
      everyRow(dataset.features),
    );
    t.strictSame(predictions, run.test.predictions);
    t.strictSame(probabilities(), run.test.probabilities());
  });
}

t.test('a model with all kinds of columns is restored to the last bit', async (t) => {
  const dataset = { ...mixedTable(300, 1), leftOut: [{ name: 'id', place: 4, why: 'counts the rows' }] };
  const run = await runOn(dataset, { epochs: 7, solver: 'lbfgs', testSplit: 0.25, seed: 5 });
  const text = await textOf(run);
  const saved = parseSavedModel(text);
  const { columns = [] } = saved;
  t.match(columns, [
    { name: 'width', kind: 'number' },
    { name: 'time', kind: 'number', as: 'date', offset: 19000, missing: true },
    { name: 'colour', kind: 'category', levels: ['', 'blue', 'green', 'red'] },
    { name: 'name', kind: 'category' },
    { name: 'id', kind: 'left out', why: 'counts the rows' },
  ]);
  t.equal(columns[3].levels?.length, 99);
  t.ok((columns[3].others?.length ?? 0) > 15);
  t.strictSame(saved.feature_names.slice(0, 5), ['width', 'time', 'time missing', 'colour=', 'colour=blue']);
  t.equal(saved.feature_names.at(-1), 'name=infrequent_sklearn');
  t.equal(saved.feature_names.length, 3 + 4 + 100);
  const loaded = parseModel(text);
  t.strictSame(loaded, run.model);
  const { predictions, probabilities } = await predict(loaded, dataset.features, everyRow(dataset.features));
  t.strictSame(predictions, run.test.predictions);
  t.strictSame(probabilities(), run.test.probabilities());
});

t.test('a model of version 1, which has no columns, is restored to the same bits', async (t) => {
  const run = await runOn(tables[1][1]);
  const { columns, ...saved } = parseSavedModel(await textOf(run));
  const text = JSON.stringify({ ...saved, format_version: 1 });
  t.strictSame(parseModel(text), parseModel(await textOf(run)));
  t.notOk('columns' in parseModel(text));
  const twice = { ...saved, format_version: 1, feature_names: saved.feature_names.map(() => 'a') };
  t.equal(
    refusalOf(JSON.stringify(twice)),
    'model.json: /feature_names must have different texts, found "a" twice',
  );
});

t.test('it says where it comes from', async (t) => {
  const [, digits] = tables[0];
  const saved = parseSavedModel(await textOf(await runOn(digits)));
  t.equal(saved.version, '1.2.3');
  t.strictSame(saved.options, {
    epochs: 7,
    learning_rate: 0.3,
    lr_decay: 0.01,
    test_split: 0.25,
    seed: 5,
  });
  t.equal(saved.data_sha256, 'bacf08bc160a4706bf0ab1120a1e498c17e884f531eb0654fda392ec701ba72a');
  t.strictSame(saved.feature_names.slice(7, 10), ['pixel_0_7', 'pixel_1_0', 'pixel_1_1']);
  t.equal(saved.feature_names.length, 64);
});

t.test('a model of no run tells nothing of one, or all', async (t) => {
  const { version, data_sha256, test_accuracy, ...model } = samplePayloads().model;
  const { epochs, learning_rate, lr_decay } = model.options;
  const alone = { ...model, options: { epochs, learning_rate, lr_decay } };
  t.strictSame(parseSavedModel(JSON.stringify(alone)), alone);
  t.equal(
    refusalOf(JSON.stringify({ ...model, version })),
    'model.json: the payload must have data_sha256, since version is present',
  );
  t.equal(
    refusalOf(JSON.stringify({ ...alone, version, data_sha256, test_accuracy })),
    'model.json: /options/seed is missing',
  );
  const { test_split, ...unsplit } = model.options;
  t.equal(
    refusalOf(JSON.stringify({ ...alone, options: unsplit, version, data_sha256, test_accuracy })),
    'model.json: /options must have test_split, since version is present',
  );
  t.equal(
    refusalOf(JSON.stringify({ ...model })),
    'model.json: the payload must have version, since options/test_split is present',
  );
});

t.test('features without names are numbered', async (t) => {
  const loaded = parseModel(await textOf(await runOn(tables[1][1])));
  t.strictSame(
    loaded.featureNames,
    [0, 1, 2, 3, 4, 5, 6].map((j) => `feature_${j}`),
  );
});

t.test('names that are not as many as the features are refused before training', async (t) => {
  const [, digits] = tables[0];
  await t.rejects(fit({ ...digits, featureNames: ['one'] }, everyRow(digits.features)), {
    name: 'RangeError',
    message: '64 features, but 1 feature names',
  });
});

function refusalOf(text: string): string {
  try {
    parseModel(text);
  } catch (error) {
    if (error instanceof InvalidArtifactError) return error.message;
    throw error;
  }
  return 'no refusal';
}

t.test('what is no model of this format is refused with its place', async (t) => {
  const valid = JSON.stringify(samplePayloads().model);
  t.equal(refusalOf(valid), 'no refusal');
  t.match(refusalOf(''), /^model\.json: the payload is not JSON: /);
  t.match(refusalOf(valid.slice(0, -9)), /^model\.json: the payload is not JSON: /);
  t.equal(refusalOf('null'), 'model.json: the payload must be object, found null');
  const faults: [path: string[], value: unknown, message: string][] = [
    [
      ['format_version'],
      3,
      'model.json: /format_version must be 2 or less: a newer format needs a newer digit-classifier, found 3',
    ],
    [['format_version'], 0, 'model.json: /format_version must be >= 1, found 0'],
    [['format_version'], undefined, 'model.json: /format_version is missing'],
    [
      ['feature_means'],
      [1],
      'model.json: /feature_means must have as many elements as feature_names, 2, not 1',
    ],
    [
      ['feature_names'],
      ['a'],
      'model.json: /feature_names must have as many elements as the features of columns, 2, not 1',
    ],
    [['columns'], undefined, 'model.json: /columns is missing'],
    [
      ['columns', '0', 'name'],
      'height',
      'model.json: /columns must have different texts, found "height" twice',
    ],
    [
      ['columns', '0', 'missing'],
      true,
      'model.json: /feature_names must have as many elements as the features of columns, 3, not 2',
    ],
    [
      ['columns', '0'],
      { name: 'width', kind: 'category', levels: ['b'] },
      'model.json: /feature_names/0 must be "width=b", which follows from columns, found "width"',
    ],
    [
      ['columns', '0'],
      { name: 'width', kind: 'category', levels: ['b', 'a'] },
      'model.json: /columns/0/levels must be in the order of code points, found "a" after "b"',
    ],
    [
      ['columns', '0'],
      { name: 'width', kind: 'category', levels: ['a'], others: ['\u{1f600}', '\uff21'] },
      'model.json: /columns/0/others must be in the order of code points, found "\uff21" after "\u{1f600}"',
    ],
    [
      ['columns', '0'],
      { name: 'width', kind: 'category', levels: ['a', 'b'], others: ['b'] },
      'model.json: /columns/0 must have different texts, found "b" twice',
    ],
    [['columns', '0'], { name: 'width', kind: 'category' }, 'model.json: /columns/0/levels is missing'],
    [['columns', '0'], { name: 'width', kind: 'left out' }, 'model.json: /columns/0/why is missing'],
    [['weights', '1'], [1, 2], 'model.json: /weights/1 must have as many elements as classes, 3, not 2'],
    [['weights', '1', '0'], null, 'model.json: /weights/1/0 must be number, found null'],
    [['weights', '0', '2'], 1e39, 'model.json: /weights/0/2 must be <= 3.4028234663852886e+38, found 1e+39'],
    [['extra'], 1, 'model.json: /extra is not a key of the schema'],
  ];
  for (const [path, value, message] of faults) {
    const { model } = samplePayloads();
    set(model, path, value);
    t.equal(refusalOf(JSON.stringify(model)), message);
  }
  const newer = { format_version: 3, layers: [] };
  t.match(refusalOf(JSON.stringify(newer)), /^model\.json: \/format_version must be 2 or less/);
});
