import t from 'tap';
import { InvalidArtifactError } from '../../src/artifacts/checks.js';
import { savedModel } from '../../src/artifacts/model.js';
import { parseModel, parseSavedModel } from '../../src/artifacts/read-model.js';
import { datasetOf } from '../../src/data/arrays.js';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedSplit } from '../../src/data/stratified-split.js';
import { SoftmaxRegression } from '../../src/entries/softmax-regression.js';
import { predict } from '../../src/model/model.js';
import { settle, trainedOn } from '../../src/model/options.js';
import type { TrainingState } from '../../src/model/training/state.js';
import { fit } from '../../src/model/training/train.js';
import { evaluate } from '../../src/run/evaluation.js';
import { samplePayloads } from '../artifacts/samples.js';
import { goldenRuns } from '../golden.js';
import { mixedTable } from '../model/mixed-table.js';

const digits = await loadDigits();
const { features, labels, classes } = digits;
const split = stratifiedSplit(labels, { testSplit: 0.2, seed: 13 });
const quick = { epochs: 20, learningRate: 0.2 };

const rowsOf = (rows: Int32Array) =>
  Array.from(rows, (row) => Array.from(features.values.subarray(row * 64, row * 64 + 64)));

for (const [name, golden] of goldenRuns) {
  t.test(`it learns what scikit-learn does: ${name}`, async (t) => {
    const { epochs, learning_rate, lr_decay } = golden.options;
    const regression = new SoftmaxRegression({
      epochs,
      learningRate: learning_rate,
      learningRateDecay: lr_decay,
    });
    const [train, test] = [golden.train_index, golden.test_index].map((rows) => Int32Array.from(rows));
    t.equal(await regression.fit(digits, { rows: train }), regression);
    t.ok(golden.weights.flat().every((weight, i) => Math.abs(regression.model.weights[i] - weight) < 2e-6));
    t.strictSame(
      await regression.predict(features, test),
      golden.test_prediction.map((index) => classes[index]),
    );
    t.ok(Math.abs((await regression.score(digits, test)) - golden.test_accuracy) < 1e-9);
    t.ok(Math.abs(regression.toJSON().train_accuracy - golden.train_accuracy) < 1e-9);
  });
}

t.test('it trains as digits train does where nothing else is said', async (t) => {
  const golden = goldenRuns.find(([name]) => name === 'seed-13-epochs-150')?.[1];
  t.strictSame(golden?.options, {
    seed: 13,
    epochs: 150,
    learning_rate: 0.1,
    lr_decay: 0.01,
    test_split: 0.2,
  });
  const regression = await new SoftmaxRegression().fit(digits, { rows: split.train });
  t.ok(golden?.bias.every((bias, i) => Math.abs(regression.model.bias[i] - bias) < 2e-6));
});

t.test('arrays do as well as typed tables', async (t) => {
  const table = datasetOf(
    rowsOf(split.train),
    Array.from(split.train, (row) => labels[row]),
  );
  const fromArrays = await new SoftmaxRegression(quick).fit(table);
  const fromTable = await new SoftmaxRegression(quick).fit(digits, { rows: split.train });
  t.strictSame(fromArrays.model.weights, fromTable.model.weights);
  t.strictSame(await fromArrays.predict(rowsOf(split.test)), await fromTable.predict(features, split.test));
  t.strictSame(
    await fromArrays.predict(rowsOf(split.test), Int32Array.of(2, 0)),
    await fromTable.predict(features, Int32Array.of(split.test[2], split.test[0])),
  );
});

t.test('a table with all kinds of columns, as a dataset or its features', async (t) => {
  const table = mixedTable(200, 4);
  const regression = await new SoftmaxRegression({ solver: 'lbfgs', l2: 0.01 }).fit(table);
  const names = await regression.predict(table);
  t.strictSame(await regression.predict(table.features), names);
  t.ok((await regression.score(table)) > 0.7);
  const loaded = SoftmaxRegression.fromJSON(JSON.stringify(regression));
  t.strictSame(
    await loaded.predictProbabilities(table, Int32Array.of(7, 3)),
    await regression.predictProbabilities(table.features, Int32Array.of(7, 3)),
  );
  const bare = { rows: 1, columns: 4, values: Float32Array.of(1, 2, 3, 4) };
  await t.rejects(regression.predict(bare), {
    message: 'feature 2 of the table has numbers, but the model was trained on categories',
  });
  const renamed = { ...table, featureNames: ['width', 'time', 'color', 'name'] };
  await t.rejects(
    regression.predict(renamed),
    /^feature 2 of the table is called "color", expected "colour"/,
  );
});

t.test('each row has its probabilities', async (t) => {
  const regression = await new SoftmaxRegression(quick).fit(digits);
  const rows = await regression.predictProbabilities(features, split.test);
  const { predictions, probabilities } = await predict(regression.model, features, split.test);
  t.equal(rows.length, split.test.length);
  t.strictSame(
    rows.flatMap((row) => [...row]),
    [...probabilities()],
  );
  t.ok(rows.every((row, i) => row.length === 10 && row.indexOf(Math.max(...row)) === predictions[i]));
  t.equal((await regression.predictProbabilities(features)).length, 1797);
});

t.test('through JSON it keeps its probabilities to the last bit', async (t) => {
  const regression = await new SoftmaxRegression(quick).fit(digits, { rows: split.train });
  const text = JSON.stringify(regression);
  const expected = await regression.predictProbabilities(features, split.test);
  for (const json of [text, JSON.parse(text)]) {
    const loaded = SoftmaxRegression.fromJSON(json);
    t.strictSame(await loaded.predictProbabilities(features, split.test), expected);
    t.strictSame(loaded.options, regression.options);
    t.equal(JSON.stringify(loaded), text);
    t.strictSame(
      (await loaded.fit(digits, { rows: split.train })).model.weights,
      regression.model.weights,
      'and trains as it did',
    );
  }
  const { classes: names, feature_names, options } = regression.toJSON();
  t.strictSame(names, classes);
  t.strictSame(feature_names, digits.featureNames);
  t.strictSame(options, { epochs: 20, learning_rate: 0.2, lr_decay: 0.01 });
});

t.test('its JSON is a model.json, and a model.json of a run is as good', async (t) => {
  const regression = await new SoftmaxRegression(quick).fit(digits, { rows: split.train });
  t.strictSame(parseModel(JSON.stringify(regression)), regression.model);
  const saved = await savedModel.payload({
    dataset: digits,
    options: settle(quick, trainedOn(digits, split.train)),
    sides: split,
    version: '1.2.3',
    model: regression.model,
    trainAccuracy: regression.toJSON().train_accuracy,
    test: await evaluate(regression.model, digits, split.test),
    history: [],
  });
  t.strictSame(parseSavedModel(JSON.stringify(saved)), saved);
  const loaded = SoftmaxRegression.fromJSON(saved);
  t.strictSame(loaded.model, regression.model);
  t.strictSame(loaded.toJSON(), regression.toJSON());
});

t.test('batches are remembered with the seed that shuffles their rows', async (t) => {
  const { model } = samplePayloads();
  Object.assign(model.options, { batch_size: 32 });
  const { batchSize, seed } = SoftmaxRegression.fromJSON(model).options;
  t.strictSame([batchSize, seed], [32, model.options.seed]);
  t.ok(seed);

  for (const given of [{ seed: 7 }, {}]) {
    const trained = await new SoftmaxRegression({ ...quick, batchSize: 100, ...given }).fit(digits);
    const loaded = SoftmaxRegression.fromJSON(JSON.stringify(trained));
    t.equal(loaded.options.seed, given.seed ?? 0);
    t.strictSame((await new SoftmaxRegression(loaded.options).fit(digits)).model, trained.model);
  }
});

t.test('relaxed arithmetic is remembered', async (t) => {
  const { model } = samplePayloads();
  Object.assign(model.options, { relaxed_simd: true });
  const loaded = SoftmaxRegression.fromJSON(model);
  t.equal(loaded.options.arithmetic, 'relaxed');
  t.equal(loaded.toJSON().options.relaxed_simd, true);
});

t.test('solver, penalty and how it ended are remembered', async (t) => {
  const asked = { solver: 'lbfgs', l2: 1e-3, tolerance: 1e-4 } as const;
  const regression = await new SoftmaxRegression(asked).fit(digits, { rows: split.train });
  const text = JSON.stringify(regression);
  const loaded = SoftmaxRegression.fromJSON(text);
  t.strictSame(loaded.options, regression.options);
  t.strictSame(loaded.model, regression.model);
  t.equal(loaded.model.ending?.converged, 'gradient');
  t.equal(JSON.stringify(loaded), text);
  const { options, ending } = loaded.toJSON();
  t.match(options, asked);
  t.strictSame(ending, regression.model.ending);
});

t.test(
  'what was asked for beside random features is remembered, where it is not what is usual for them',
  async (t) => {
    const asked = { features: 'rbf', components: 16, epochs: 3, seed: 7 } as const;
    for (const own of [{}, { l2: 0 }, { solver: 'gd', l2: 1e-3 }] as const) {
      const regression = await new SoftmaxRegression({ ...asked, ...own }).fit(digits, { rows: split.train });
      const text = JSON.stringify(regression);
      const loaded = SoftmaxRegression.fromJSON(text);
      t.equal(JSON.stringify(loaded), text);
      await loaded.fit(digits, { rows: split.train });
      t.strictSame(loaded.model, regression.model, 'trained again it is the same model');
    }
  },
);

t.test('JSON of no model is refused with its place', async (t) => {
  const { model } = samplePayloads();
  const refused: [json: unknown, message: string | RegExp][] = [
    [undefined, 'model.json: the payload must be object, found undefined'],
    ['', /^model\.json: the payload is not JSON/],
    [{ ...model, bias: [1] }, 'model.json: /bias must NOT have fewer than 2 items'],
    [{ ...model, weights: undefined }, 'model.json: /weights is missing'],
    [
      { ...model, format_version: 3 },
      'model.json: /format_version must be 2 or less: a newer format needs a newer digit-classifier, found 3',
    ],
  ];
  for (const [json, message] of refused) {
    t.throws(() => SoftmaxRegression.fromJSON(json), { name: 'InvalidArtifactError', message });
  }
});

t.test('what could not be read again is not given as JSON', async (t) => {
  const rows = [[1], [2]];
  const regression = await new SoftmaxRegression(quick).fit(datasetOf(rows, ['a', 'b'], ['']));
  t.throws(() => JSON.stringify(regression), InvalidArtifactError);
});

t.test('without a model it says so', async (t) => {
  const regression = new SoftmaxRegression();
  const message = 'this softmax regression has no model yet: call fit first';
  t.throws(() => regression.model, { message });
  t.throws(() => regression.toJSON(), { message });
  await t.rejects(regression.predict(features), { message });
  await t.rejects(regression.predictProbabilities(features), { message });
  await t.rejects(regression.score(digits), { message });
});

t.test('a training is followed, aborted, and goes on', async (t) => {
  const controller = new AbortController();
  const regression = await new SoftmaxRegression(quick).fit(digits, { rows: split.train });
  const { model } = regression;
  const again = new SoftmaxRegression(quick);
  const epochs: number[] = [];
  let resume: TrainingState | undefined;
  const aborted = again.fit(digits, {
    rows: split.train,
    signal: controller.signal,
    onEpoch: ({ epoch, state }) => {
      epochs.push(epoch);
      if (epoch !== 7) return;
      resume = state();
      controller.abort(new Error('enough'));
    },
  });
  await t.rejects(aborted, { message: 'enough' });
  t.strictSame(epochs, [1, 2, 3, 4, 5, 6, 7]);
  t.throws(() => again.model, Error, 'half a model is none');
  await again.fit(digits, { rows: split.train, ...(resume && { resume }) });
  t.strictSame(again.model, model);

  await t.rejects(regression.fit(digits, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  t.equal(regression.model, model, 'a training that fails leaves the model of the one before');
});

t.test('options and tables are checked', async (t) => {
  t.throws(() => new SoftmaxRegression({ epochs: 0 }), {
    message: 'epochs: expected a whole number from 1 to 4294967295, found 0',
  });
  t.throws(() => new SoftmaxRegression({ learningRate: -1 }), { name: 'RangeError' });
  t.throws(() => new SoftmaxRegression({ lr: 1 } as object), {
    name: 'TypeError',
    message: 'there is no option lr: did you mean learningRate?',
  });
  const unseen = { message: 'patience needs rows to validate with: expected validation with it' };
  await t.rejects(new SoftmaxRegression({ patience: 3 }).fit(digits), unseen);
  const [rows, names] = [
    [[1], [2]],
    ['a', 'b'],
  ] as unknown as [typeof digits, object];
  await t.rejects(new SoftmaxRegression().fit(rows, names), {
    name: 'TypeError',
    message: 'expected a dataset, such as those of datasetOf(rows, labels) or readTable, found a list of 2',
  });
  const list = { rows: [0, 1] } as unknown as { rows: Int32Array };
  await t.rejects(new SoftmaxRegression().fit(digits, list), {
    name: 'TypeError',
    message: 'rows: expected an Int32Array of row indices, found a list of 2',
  });
  await t.rejects(new SoftmaxRegression().fit(datasetOf([[1], [2]], ['a', 'a'])), {
    message: 'a classifier needs at least two classes, not 1',
  });
  const regression = await new SoftmaxRegression(quick).fit(digits);
  await t.rejects(regression.predict([[1, 2]]), { message: 'the model reads 64 features, the rows have 2' });
  await t.rejects(regression.predict([[1, 2], [3]]), { message: /row 1 has 1 features/ });
  t.strictSame(await regression.predict(rowsOf(Int32Array.of(0, 1))), ['0', '1']);
});

t.test('it is what fit makes', async (t) => {
  const options = { ...quick, learningRateDecay: 0.01 };
  const { model } = await new SoftmaxRegression(quick).fit(digits, { rows: split.train });
  t.strictSame(model, await fit(digits, split.train, options));
});
