import fc from 'fast-check';
import t from 'tap';
import { validate } from '../../src/artifacts/schemas.js';
import { wilson } from '../../src/metrics/wilson.js';
import { samplePayloads, set } from './samples.js';

const report = ['classification_report'];
const scores = { precision: 1, recall: 1, 'f1-score': 1, support: 1 };
const ofRows = 'must have as many elements as there are rows, 3,';
const ofNames = 'must have as many elements as feature_names,';
const ofClasses = 'must have as many elements as classes, 3,';
const ofDiagonal = 'must be 0.8, the share of rows on the diagonal of /confusion_matrix,';
const zeros = [0, 0, 0];

type Name = keyof ReturnType<typeof samplePayloads>;

/** A change of a valid payload: the path to a value, and what it becomes; `undefined` removes it. */
type Change = readonly [path: readonly string[], value: unknown];

/** Valid payloads, each with what it differs by from the sample. */
const valid: [name: Name, ...changes: Change[]][] = [
  ['metrics'],
  ['metrics', [['test_accuracy'], 0.1 + 0.7]],
  ['roc_curves'],
  ['roc_curves', [['0', 'auc'], 0.9375 + 1e-15]],
  ['roc_curves', [['extra'], { fpr: [0, 1], tpr: [0, 1], auc: 0.5 }]],
  ['calibration'],
  ['calibration', [['confidence', 'bins', '0', 'probability'], 0.8 + 1e-15]],
  ['calibration', [['temperature'], { value: 1.5, log_loss: 0.1, log_loss_without: 0.2 }]],
  ['model', [['temperature'], 0.5]],
  ['timing_stats'],
  ['timing_stats', [['total_training_time_sec'], 0.003 + 0.002 + 0.001]],
  [
    'timing_stats',
    [['epoch_durations_sec'], zeros],
    [['total_training_time_sec'], 0],
    [['average_epoch_time_sec'], 0],
  ],
  ['training_dynamics'],
  ['training_dynamics', [['gradient_norms'], [3, 1, 2]], [['validation_losses'], [1, 2, 1]]],
  ['training_dynamics', [['learning_rates'], [0.1, 1, 0]], [['solver'], 'lbfgs']],
  ['training_dynamics', [['learning_rates'], [0.1, 1, 0]], [['schedule'], 'warmup-cosine']],
  ['training_dynamics', [['learning_rates'], [0.1, 0, 0]], [['solver'], 'adam'], [['schedule'], 'cosine']],
  ['model'],
  [
    'model',
    [['version'], undefined],
    [['data_sha256'], undefined],
    [['test_accuracy'], undefined],
    [['options', 'test_split'], undefined],
  ],
  [
    'model',
    [['random_features'], { components: 4, gamma: 1, seed: 0 }],
    [['options', 'features'], 'rbf'],
    [['weights'], [zeros, zeros, zeros, zeros]],
  ],
  ['cross_validation'],
  ['sweep'],
];

/** What is found in a payload that contradicts itself, and where, and what makes it so. */
const faults: [name: Name, pointer: string, fault: string, ...changes: Change[]][] = [
  ['metrics', '/confusion_matrix/1', `${ofRows} not 1`, [['confusion_matrix', '1'], [1]]],
  [
    'metrics',
    '/confusion_matrix/2',
    `${ofRows} not 2`,
    [
      ['confusion_matrix', '2'],
      [1, 2],
    ],
  ],
  ['metrics', '/confusion_matrix/0', `${ofRows} not 0`, [['confusion_matrix', '0'], []]],
  [
    'metrics',
    '/confusion_matrix',
    `${ofClasses} not 2`,
    [
      ['confusion_matrix'],
      [
        [1, 0],
        [0, 1],
      ],
    ],
  ],
  [
    'metrics',
    '/classification_report',
    'must have the key "unknown"; keys come from classes',
    [['classes', '1'], 'unknown'],
  ],
  [
    'metrics',
    '/classification_report',
    'must have the key "toString"; keys come from classes',
    [['classes', '1'], 'toString'],
  ],
  [
    'metrics',
    '/classification_report',
    'must have the key "__proto__"; keys come from classes',
    [[...report, '__proto__'], undefined],
  ],
  [
    'metrics',
    '/classification_report',
    'must not have the key "other"; keys come from classes',
    [[...report, 'other'], scores],
  ],
  ['metrics', '/confusion_matrix', 'counts no row', [['confusion_matrix'], [zeros, zeros, zeros]]],
  ['metrics', '/test_accuracy', `${ofDiagonal} found 0.8000001`, [['test_accuracy'], 0.8000001]],
  ['metrics', '/classification_report/accuracy', `${ofDiagonal} found 0.9`, [[...report, 'accuracy'], 0.9]],
  [
    'metrics',
    '/classification_report/__proto__/support',
    'must be 8, the sum of /confusion_matrix/2, found 7',
    [[...report, '__proto__', 'support'], 7],
  ],
  [
    'metrics',
    '/classification_report/a~1b~0c/support',
    'must be 6, the sum of /confusion_matrix/1, found 7',
    [[...report, 'a/b~c', 'support'], 7],
  ],
  [
    'metrics',
    '/classification_report/macro avg/support',
    'must be 20, the sum of /confusion_matrix, found 19',
    [[...report, 'macro avg', 'support'], 19],
  ],
  [
    'metrics',
    '/classification_report/weighted avg/support',
    'must be 20, the sum of /confusion_matrix, found 19',
    [[...report, 'weighted avg', 'support'], 19],
  ],

  [
    'calibration',
    '/confidence/ece',
    'must be 1.1102230246251565e-16, the error of bins, found 0.01',
    [['confidence', 'ece'], 0.01],
  ],
  [
    'calibration',
    '/classwise_ece',
    'must be 0.023333333333333327, the mean of the ece of /classes, found 0.1',
    [['classwise_ece'], 0.1],
  ],
  [
    'calibration',
    '/confidence/bins/0/low',
    'must be 0.7, an end of 10 bins of equal width, found 0.72',
    [['confidence', 'bins', '0', 'low'], 0.72],
  ],
  [
    'calibration',
    '/confidence/bins/0/high',
    'must be 0.8, the next end of a bin, found 0.9',
    [['confidence', 'bins', '0', 'high'], 0.9],
  ],
  [
    'calibration',
    '/confidence/bins/0/probability',
    'must be from 0.7 to 0.8, as its bin, found 0.81',
    [['confidence', 'bins', '0', 'probability'], 0.81],
  ],
  [
    'calibration',
    '/confidence/bins/0/share',
    'must be 0.8, a share of 20 rows, found 0.81',
    [['confidence', 'bins', '0', 'share'], 0.81],
  ],
  [
    'calibration',
    '/confidence/bins/0/interval/1',
    "must be 0.919342337420202, Wilson's interval of share, found 0.9",
    [['confidence', 'bins', '0', 'interval', '1'], 0.9],
  ],
  [
    'calibration',
    '/classes/1/curve/bins/1/low',
    'must be 0.7 or more, found 0',
    [
      ['classes', '1', 'curve', 'bins', '0'],
      { low: 0.6, high: 0.7, rows: 15, probability: 0.65, share: 0, interval: wilson(0, 15) },
    ],
    [['classes', '1', 'curve', 'bins', '1', 'low'], 0],
    [['classes', '1', 'curve', 'bins', '1', 'high'], 0.1],
    [['classes', '1', 'curve', 'bins', '1', 'probability'], 0.1],
  ],
  [
    'calibration',
    '/classes/1/curve/bins',
    'must be 20, the rows of /confidence/bins, found 5',
    [
      ['classes', '1', 'curve'],
      { ece: 1, bins: [{ low: 0, high: 0.1, rows: 5, probability: 0, share: 1, interval: wilson(5, 5) }] },
    ],
  ],
  [
    'roc_curves',
    '/__proto__/fpr',
    'must start with 0, not 0.01',
    [['__proto__', 'fpr', '0'], 0.01],
    [['__proto__', 'fpr', '1'], 0.02],
  ],
  ['roc_curves', '/0/tpr', 'must start with 0, not 0.5', [['0', 'tpr', '0'], 0.5]],
  [
    'roc_curves',
    '/0/tpr',
    'must end with 1, not 0.75',
    [
      ['0', 'tpr'],
      [0, 0.5, 0.75, 0.75],
    ],
  ],
  ['roc_curves', '/0/fpr', 'must end with 1, not 0.9', [['0', 'fpr', '3'], 0.9]],
  [
    'roc_curves',
    '/a~1b~0c/tpr/2',
    'must not be less than the element before, 0.5, found 0.4',
    [['a/b~c', 'tpr', '2'], 0.4],
  ],
  [
    'roc_curves',
    '/0/fpr/2',
    'must not be less than the element before, 0.5, found 0.4',
    [
      ['0', 'fpr'],
      [0, 0.5, 0.4, 0.3, 1],
    ],
  ],
  [
    'roc_curves',
    '/__proto__/tpr',
    'must have as many elements as fpr, 3, not 4',
    [
      ['__proto__', 'fpr'],
      [0, 0.1, 1],
    ],
  ],
  [
    'roc_curves',
    '/a~1b~0c/auc',
    'must be 0.9375, the area under the stored points, found 0.9374',
    [['a/b~c', 'auc'], 0.9374],
  ],
  [
    'roc_curves',
    '/extra/auc',
    'must be 0.5, the area under the stored points, found 0.6',
    [['extra'], { fpr: [0, 1], tpr: [0, 1], auc: 0.6 }],
  ],

  [
    'timing_stats',
    '/total_training_time_sec',
    'must be the sum of epoch_durations_sec, 0.006, found 0.006000001',
    [['total_training_time_sec'], 0.006000001],
  ],
  [
    'timing_stats',
    '/average_epoch_time_sec',
    'must be the mean of epoch_durations_sec, 0.002, found 0.006',
    [['average_epoch_time_sec'], 0.006],
  ],

  [
    'training_dynamics',
    '/epochs/0',
    'must be 1, since elements count from 1, found 2',
    [['epochs'], [2, 3, 4]],
  ],
  [
    'training_dynamics',
    '/epochs/1',
    'must be 2, since elements count from 1, found 3',
    [['epochs'], [1, 3, 2]],
  ],
  [
    'training_dynamics',
    '/learning_rates',
    'must have as many elements as epochs, 2, not 3',
    [['epochs'], [1, 2]],
  ],
  ['training_dynamics', '/losses', 'must have as many elements as epochs, 3, not 1', [['losses'], [1]]],
  [
    'training_dynamics',
    '/gradient_norms',
    'must have as many elements as epochs, 3, not 2',
    [['gradient_norms'], [1, 1]],
  ],
  [
    'training_dynamics',
    '/validation_losses',
    'must have as many elements as epochs, 3, not 4',
    [['validation_losses'], [1, 1, 1, 1]],
  ],
  [
    'training_dynamics',
    '/learning_rates/2',
    'must not be more than the element before, 0.05, found 0.06',
    [['learning_rates', '2'], 0.06],
  ],
  [
    'training_dynamics',
    '/learning_rates/1',
    'must not be more than the element before, 0.1, found 1',
    [['learning_rates'], [0.1, 1, 2]],
    [['solver'], 'adam'],
    [['schedule'], 'cosine'],
  ],

  ['model', '/classes', 'must have as many elements as a threshold divides, 2, not 3', [['threshold'], 0.5]],
  [
    'model',
    '/feature_means',
    `${ofNames} 1, not 2`,
    [['feature_names'], ['width']],
    [['columns'], [{ name: 'width', kind: 'number' }]],
  ],
  ['model', '/feature_means', `${ofNames} 2, not 1`, [['feature_means'], [1]]],
  ['model', '/feature_scales', `${ofNames} 2, not 3`, [['feature_scales'], [1, 1, 1]]],
  ['model', '/weights', `${ofNames} 2, not 1`, [['weights'], [zeros]]],
  [
    'model',
    '/weights/1',
    `${ofClasses} not 2`,
    [
      ['weights', '1'],
      [1, 2],
    ],
  ],
  ['model', '/bias', `${ofClasses} not 2`, [['bias'], [1, 2]]],
  [
    'model',
    '/weights',
    'must have as many elements as random_features/components, 4, not 2',
    [['random_features'], { components: 4, gamma: 1, seed: 0 }],
    [['options', 'features'], 'rbf'],
  ],
  [
    'model',
    '/options',
    'must have features, since random_features is present',
    [['random_features'], { components: 2, gamma: 1, seed: 0 }],
  ],
  [
    'model',
    '',
    'must have random_features, since options/features is present',
    [['options', 'features'], 'rbf'],
  ],
  [
    'model',
    '/options',
    'must have test_split, since version is present',
    [['options', 'test_split'], undefined],
  ],
  [
    'model',
    '',
    'must have version, since options/test_split is present',
    [['version'], undefined],
    [['data_sha256'], undefined],
    [['test_accuracy'], undefined],
  ],
];

t.test('payloads whose numbers agree are accepted', async (t) => {
  for (const [name, ...changes] of valid) {
    const { [name]: payload } = samplePayloads();
    for (const [path, value] of changes) set(payload, path, value);
    await t.resolves(validate(name, payload), `${name} ${JSON.stringify(changes)}`);
  }
});

t.test('a payload that contradicts itself is refused with the place and both numbers', async (t) => {
  for (const [name, pointer, fault, ...changes] of faults) {
    const { [name]: payload } = samplePayloads();
    for (const [path, value] of changes) set(payload, path, value);
    const error = { name: 'InvalidArtifactError', artifact: name, pointer, fault };
    await t.rejects(validate(name, payload), error, `${name} ${JSON.stringify(changes)}`);
  }
});

t.test('learning rates fall, whatever they are', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }), async (learning_rates) => {
      const epochs = learning_rates.map((_, index) => index + 1);
      const payload = { epochs, learning_rates, losses: learning_rates };
      const falling = learning_rates.toSorted((a, b) => b - a);
      if (String(falling) === String(learning_rates)) await validate('training_dynamics', payload);
      else await t.rejects(validate('training_dynamics', payload), { message: /: \/learning_rates\/[1-4] / });
      await validate('training_dynamics', { ...payload, solver: 'lbfgs' });
      await validate('training_dynamics', { ...payload, schedule: 'warmup-cosine' });
    }),
  );
});

t.test('the rates of a ROC curve rise, whatever they are', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(4), { maxLength: 4 }),
      fc.constantFrom('fpr', 'tpr'),
      async (quarters, key) => {
        const rates = [0, ...quarters.map((number) => number / 4), 1];
        const rising = rates.toSorted();
        const curve = { fpr: rising, tpr: rising, auc: 0.5, [key]: rates };
        const payload = { a: { fpr: [0, 1], tpr: [0, 1], auc: 0.5 }, b: curve };
        if (String(rising) === String(rates)) await validate('roc_curves', payload);
        else await t.rejects(validate('roc_curves', payload), { message: new RegExp(`: /b/${key}/[2-5] `) });
      },
    ),
  );
});

t.test('durations may be summed in any order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
      async (durations) => {
        const total = durations.reduceRight((sum, seconds) => sum + seconds, 0);
        await validate('timing_stats', {
          total_training_time_sec: total,
          average_epoch_time_sec: total / durations.length,
          epoch_durations_sec: durations,
        });
      },
    ),
  );
});
