import t from 'tap';
import { describeModel, formatModel } from '../../src/terminal/model-report.js';
import { samplePayloads } from '../artifacts/samples.js';

const { model } = samplePayloads();

t.test('a model fits on a screen', async (t) => {
  const columns = [
    { name: 'width', kind: 'number' as const },
    { name: 'colour', kind: 'category' as const, levels: ['', 'red'] },
    { name: 'id', kind: 'left out' as const, why: 'counts the rows' },
  ];
  const info = describeModel({
    ...model,
    columns,
    feature_names: ['width', 'colour=', 'colour=red'],
    weights: [
      [0.5, -0.25, -0.25],
      [-1.5, 0.125, -0.25],
      [0, 2, 0.01],
    ],
    options: { ...model.options, solver: 'lbfgs', l2: 0.1, class_weight: 'balanced' },
    ending: { iterations: 7, converged: 'precision' },
    validation: { epoch: 4, loss: 0.123456 },
  });
  t.equal(
    formatModel(info),
    'written by digits 0.1.0\n' +
      'classes    3: "0", "a/b~c", "__proto__"\n' +
      'table      3 columns: 1 number, 1 category (2 levels), 1 left out: "id" (counts the rows)\n' +
      'features   3, of these columns\n' +
      'solver     lbfgs\n' +
      'options    --epochs 3 --solver lbfgs --l2 0.1 --class-weight balanced\n' +
      'accuracy   train 90.00%  test 80.00%\n' +
      'ending     converged, as far as float32 can tell, after 7 epochs\n' +
      'validation weights of epoch 4, loss 0.123\n' +
      'largest weights for each class:\n' +
      '  0          colour= −1.5, width +0.50, colour=red +0.0\n' +
      '  a/b~c      colour=red +2.0, width −0.25, colour= +0.13\n' +
      '  __proto__  width −0.25, colour= −0.25, colour=red +0.010\n',
  );
});

t.test('as JSON it has the largest weights of every class, whatever its name', async (t) => {
  const info = describeModel(model);
  t.same(info.columns, [
    { name: 'width', kind: 'number' },
    { name: 'height', kind: 'number' },
  ]);
  t.same(Object.keys(info.largest_weights ?? {}), model.classes);
  t.same(Object.entries(info.largest_weights ?? {})[0], [
    '0',
    [
      { feature: 'width', weight: 0.5 },
      { feature: 'height', weight: 0.125 },
    ],
  ]);
  t.match(JSON.stringify(info), '"__proto__":[{"feature":"width","weight":-0.25}');
});

t.test('models of many classes, of random features, and of the first format', async (t) => {
  const classes = Array.from({ length: 40 }, (_, index) => `${'a long name of a class '.repeat(3)}${index}`);
  const weights = [classes.map((_, index) => index)];
  const { columns: _, version: __, test_accuracy: ___, ...first } = model;
  const many = { ...first, classes, weights, feature_names: ['x'], bias: classes.map(() => 0) };
  const text = formatModel(describeModel(many));
  t.match(text, /^written by the library\nclasses {4}40: .* and 28 more\ntable {6}1 column: 1 number\n/);
  t.ok(text.split('\n').length <= 24, 'a screen');
  t.match(text, 'accuracy   train 90.00%\n');
  t.match(text, 'largest weights for each class; --json has the others:\n');
  const random = { ...model, random_features: { components: 2, gamma: 1, seed: 1 } };
  const info = describeModel({ ...random, options: { ...model.options, features: 'rbf' } });
  t.notHas(info, 'largest_weights');
  t.match(formatModel(info), 'features   2 random ones of these columns\n');
});
