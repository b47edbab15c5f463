import t from 'tap';
import { InvalidArtifactError } from '../../src/artifacts/checks.js';
import { findFaults, type Payloads, validateBundle } from '../../src/artifacts/consistency.js';
import { classificationReport } from '../../src/metrics/classification-report.js';
import { classes, samplePayloads, set } from './samples.js';

async function errorOf(
  payloads: Readonly<Record<string, unknown>>,
): Promise<InvalidArtifactError | undefined> {
  try {
    await validateBundle(payloads);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidArtifactError) return error;
    throw error;
  }
}

/** The sample with the value changed that a path leads to; `undefined` removes it. */
function broken(path: readonly string[], value: unknown): Payloads {
  const payloads = samplePayloads();
  set(payloads, path, value);
  return payloads;
}

t.test('payloads that agree are accepted, with and without those that a flag asks for', async (t) => {
  const { metrics, roc_curves, calibration, training_dynamics, timing_stats, model } = samplePayloads();
  t.equal(await errorOf({ metrics }), undefined);
  t.equal(await errorOf({ metrics, calibration }), undefined);
  t.equal(await errorOf({ metrics, roc_curves }), undefined);
  t.equal(await errorOf({ metrics, training_dynamics }), undefined);
  t.equal(await errorOf({ metrics, timing_stats }), undefined);
  t.equal(await errorOf({ metrics, model }), undefined);
  t.equal(await errorOf({ metrics, roc_curves, training_dynamics, timing_stats, model }), undefined);
  const { version, data_sha256, test_accuracy, options, ...alone } = model;
  const { epochs, learning_rate, lr_decay } = options;
  const ofNoRun = { ...alone, options: { epochs, learning_rate, lr_decay } };
  t.equal(await errorOf({ metrics, model: ofNoRun }), undefined);
  t.match(await errorOf({ metrics, model: { ...ofNoRun, train_accuracy: 1 } }), {
    pointer: '/train_accuracy',
  });
});

t.test('a training that ended by itself has as many epochs as it says', async (t) => {
  const payloads = broken(['model', 'options', 'epochs'], 150);
  t.match(await errorOf(payloads), { pointer: '/options/epochs' });
  set(payloads, ['model', 'ending'], { iterations: 3, converged: 'gradient' });
  t.equal(await errorOf(payloads), undefined);
  set(payloads, ['model', 'ending'], { iterations: 4, converged: false });
  t.match(await errorOf(payloads), { pointer: '/ending/iterations' });
  set(payloads, ['model', 'ending'], { iterations: 3, converged: true });
  t.match(await errorOf(payloads), { pointer: '/ending/converged' });
});

t.test('steps of a line search may be longer than those before', async (t) => {
  const payloads = broken(['training_dynamics', 'learning_rates'], [0.4, 1, 0]);
  t.match(await errorOf(payloads), { pointer: '/learning_rates/1' });
  set(payloads, ['training_dynamics', 'solver'], 'lbfgs');
  t.equal(await errorOf(payloads), undefined);
  set(payloads, ['training_dynamics', 'solver'], 'adam');
  t.match(await errorOf(payloads), { pointer: '/learning_rates/1' });
  set(payloads, ['training_dynamics', 'schedule'], 'warmup-cosine');
  t.equal(await errorOf(payloads), undefined);
  set(payloads, ['training_dynamics', 'schedule'], 'cosine');
  t.match(await errorOf(payloads), { pointer: '/learning_rates/1' });
  set(payloads, ['training_dynamics', 'learning_rates'], [0.4, 0.3, 0]);
  set(payloads, ['training_dynamics', 'solver'], 'gd');
  t.match(await errorOf(payloads), { pointer: '/solver' });
});

t.test(
  'a broken schema is reported in one line by file, JSON pointer, what was expected and found',
  async (t) => {
    const report = ['metrics', 'classification_report'];
    const expectations: [path: string[], value: unknown, message: string][] = [
      [['metrics'], undefined, 'metrics.json: the payload is missing'],
      [['metrics'], [], 'metrics.json: the payload must be object, found an array'],
      [['other'], {}, 'other.json: the payload has no schema'],
      [['__proto__'], {}, '__proto__.json: the payload has no schema'],
      [['toString'], {}, 'toString.json: the payload has no schema'],
      [['metrics', 'train_accuracy'], undefined, 'metrics.json: /train_accuracy is missing'],
      [['metrics', 'a/b'], 1, 'metrics.json: /a~1b is not a key of the schema'],
      [['metrics', 'train_accuracy'], 1.5, 'metrics.json: /train_accuracy must be <= 1, found 1.5'],
      [['metrics', 'train_accuracy'], Number.NaN, 'metrics.json: /train_accuracy must be number, found NaN'],
      [
        ['metrics', 'train_accuracy'],
        Number.POSITIVE_INFINITY,
        'metrics.json: /train_accuracy must be number, found Infinity',
      ],
      [
        ['metrics', 'train_accuracy'],
        { a: 1 },
        'metrics.json: /train_accuracy must be number, found an object',
      ],
      [
        ['metrics', 'classes', '0'],
        'accuracy',
        'metrics.json: /classification_report must have the key "accuracy (class)"; keys come from classes',
      ],
      [
        [...report, 'a/b~c', 'recall'],
        -1,
        'metrics.json: /classification_report/a~1b~0c/recall must be >= 0, found -1',
      ],
      [[...report, 'a\nb'], {}, 'metrics.json: /classification_report/a\\nb/precision is missing'],
      [
        ['metrics', 'confusion_matrix', '1'],
        [1],
        'metrics.json: /confusion_matrix/1 must have as many elements as there are rows, 3, not 1',
      ],
      [['roc_curves', 'accuracy'], {}, 'roc_curves.json: /accuracy/fpr is missing'],
      [['roc_curves', '0', 'tpr', '1'], '1', 'roc_curves.json: /0/tpr/1 must be number, found "1"'],
      [
        ['timing_stats', 'total_training_time_sec'],
        1,
        'timing_stats.json: /total_training_time_sec must be the sum of epoch_durations_sec, 0.006, found 1',
      ],
      [
        ['training_dynamics', 'learning_rates', '1'],
        0.2,
        'training_dynamics.json: /learning_rates/1 must not be more than the element before, 0.1, found 0.2',
      ],
    ];
    for (const [path, value, message] of expectations)
      t.equal((await errorOf(broken(path, value)))?.message, message);
  },
);

/** The metrics of a test with that confusion matrix. */
function metricsOf(confusion_matrix: number[][]) {
  const report = classificationReport(confusion_matrix, classes);
  const { accuracy } = report;
  return {
    train_accuracy: 0.9,
    test_accuracy: accuracy,
    classes,
    confusion_matrix,
    classification_report: report,
  };
}

t.test('a class that no test row has, or all have, has no curve', async (t) => {
  const { roc_curves } = samplePayloads();
  const two = Object.fromEntries(Object.entries(roc_curves).filter(([name]) => name !== 'a/b~c'));
  const untested = metricsOf([
    [5, 1, 0],
    [0, 0, 0],
    [1, 0, 7],
  ]);
  t.equal(await errorOf({ metrics: untested, roc_curves: two }), undefined);
  const oneClass = metricsOf([
    [5, 1, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
  t.equal(await errorOf({ metrics: oneClass, roc_curves: {} }), undefined);
  const unknown = metricsOf([
    [5, 0, 0],
    [1, 0, 2],
    [1, 0, 7],
  ]);
  t.equal(
    await errorOf({ metrics: unknown, roc_curves: two }),
    undefined,
    'a class that the model does not know',
  );
});

t.test('payloads that disagree are reported by the one at fault', async (t) => {
  const curve = { fpr: [0, 1], tpr: [0, 1], auc: 0.5 };
  const expectations: [path: string[], value: unknown, message: string][] = [
    [
      ['roc_curves', '__proto__'],
      undefined,
      'roc_curves.json: /__proto__ is missing, a class of metrics.json',
    ],
    [
      ['metrics'],
      metricsOf([
        [5, 1, 0],
        [0, 0, 0],
        [1, 0, 7],
      ]),
      'roc_curves.json: /a~1b~0c must be missing: 0 of the 14 rows in metrics.json are of this class',
    ],
    [
      ['metrics'],
      metricsOf([
        [0, 0, 0],
        [0, 0, 0],
        [1, 0, 7],
      ]),
      'roc_curves.json: /0 must be missing: 0 of the 8 rows in metrics.json are of this class',
    ],
    [['roc_curves', 'toString'], curve, 'roc_curves.json: /toString is no class of metrics.json'],
    [
      ['metrics'],
      metricsOf([
        [4, 2, 0],
        [0, 4, 2],
        [1, 0, 7],
      ]),
      'calibration.json: /confidence/bins must be 15, the rows on the diagonal of /confusion_matrix of metrics.json, found 16',
    ],
    [
      ['metrics'],
      metricsOf([
        [5, 0, 0],
        [1, 4, 2],
        [1, 0, 7],
      ]),
      'calibration.json: /classes/0/curve/bins must be 5, the sum of row 0 of /confusion_matrix of metrics.json, found 6',
    ],
    [
      ['calibration', 'classes', '1', 'name'],
      'b',
      'calibration.json: /classes/1/name must be "a/b~c", as in /classes of metrics.json, found "b"',
    ],
    [
      ['training_dynamics'],
      { epochs: [1, 2], learning_rates: [0.1, 0.1], losses: [1, 1] },
      'timing_stats.json: /epoch_durations_sec must have 2 elements, the epochs of training_dynamics.json, found 3',
    ],
    [
      ['model', 'train_accuracy'],
      0.91,
      'model.json: /train_accuracy must be 0.9, /train_accuracy of metrics.json, found 0.91',
    ],
    [
      ['model', 'test_accuracy'],
      0.81,
      'model.json: /test_accuracy must be 0.8, /test_accuracy of metrics.json, found 0.81',
    ],
    [
      ['model', 'classes', '1'],
      'b',
      'model.json: /classes/1 must be "a/b~c", as in /classes of metrics.json, found "b"',
    ],
    [
      ['model', 'options', 'epochs'],
      4,
      'model.json: /options/epochs must be 3, the epochs of training_dynamics.json, found 4',
    ],
  ];
  for (const [path, value, message] of expectations)
    t.equal((await errorOf(broken(path, value)))?.message, message);
});

t.test('a model of fewer or more classes, or of the epochs of timing_stats.json', async (t) => {
  const { metrics, model, timing_stats } = samplePayloads();
  const withClasses = (names: string[]) => ({
    ...model,
    classes: names,
    weights: model.weights.map(() => names.map(() => 0)),
    bias: names.map(() => 0),
  });
  t.equal(
    (await errorOf({ metrics, model: withClasses(classes.slice(0, 2)) }))?.message,
    'model.json: /classes must have 3 elements, as in /classes of metrics.json, found 2',
  );
  t.equal(
    (await errorOf({ metrics, model: withClasses([...classes, 'more']) }))?.message,
    'model.json: /classes must have 3 elements, as in /classes of metrics.json, found 4',
  );
  model.options.epochs = 2;
  t.equal(
    (await errorOf({ metrics, model, timing_stats }))?.message,
    'model.json: /options/epochs must be 3, the epochs of timing_stats.json, found 2',
  );
});

t.test('faults are found in every payload at once, with metrics or without', async (t) => {
  const faultsIn = async (payloads: Readonly<Record<string, unknown>>) =>
    Object.fromEntries([...(await findFaults(payloads))].map(([name, { message }]) => [name, message]));
  const { metrics, ...others } = samplePayloads();
  t.strictSame(await faultsIn({ metrics, ...others }), {});
  t.strictSame(await faultsIn(others), {});
  t.strictSame(await faultsIn({}), {});

  metrics.train_accuracy = 0.7;
  others.roc_curves['0'].auc = 0.5;
  others.timing_stats.total_training_time_sec = 7;
  others.model.options.epochs = 4;
  t.strictSame(await faultsIn({ metrics, ...others }), {
    timing_stats:
      'timing_stats.json: /total_training_time_sec must be the sum of epoch_durations_sec, 0.006, found 7',
    roc_curves: 'roc_curves.json: /0/auc must be 0.9375, the area under the stored points, found 0.5',
    model: 'model.json: /train_accuracy must be 0.7, /train_accuracy of metrics.json, found 0.9',
  });
  t.strictSame(
    await faultsIn({ metrics: 1, model: others.model, training_dynamics: others.training_dynamics }),
    {
      metrics: 'metrics.json: the payload must be object, found 1',
      model: 'model.json: /options/epochs must be 3, the epochs of training_dynamics.json, found 4',
    },
  );
});

t.test('rounding is no disagreement', async (t) => {
  const payloads = samplePayloads();
  payloads.metrics.test_accuracy = 0.1 + 0.7;
  payloads.roc_curves['0'].auc += 1e-15;
  t.not(payloads.metrics.test_accuracy, 0.8);
  t.equal(await errorOf(payloads), undefined);
});

t.test('an error carries its place', async (t) => {
  const error = await errorOf(broken(['roc_curves', 'a/b~c', 'auc'], 0.1));
  t.match(error, { name: 'InvalidArtifactError', artifact: 'roc_curves', pointer: '/a~1b~0c/auc' });
});
