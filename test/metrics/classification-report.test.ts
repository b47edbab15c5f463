import fc from 'fast-check';
import t from 'tap';
import { classificationReport, reportKeys } from '../../src/metrics/classification-report.js';

t.test('scores by hand', async (t) => {
  const matrix = [
    [3, 1],
    [2, 4],
  ];
  t.same(classificationReport(matrix, ['cat', 'dog']), {
    cat: { precision: 3 / 5, recall: 3 / 4, 'f1-score': 6 / 9, support: 4 },
    dog: { precision: 4 / 5, recall: 4 / 6, 'f1-score': 8 / 11, support: 6 },
    accuracy: 0.7,
    'macro avg': {
      precision: (3 / 5 + 4 / 5) / 2,
      recall: (3 / 4 + 4 / 6) / 2,
      'f1-score': (6 / 9 + 8 / 11) / 2,
      support: 10,
    },
    'weighted avg': {
      precision: (4 * (3 / 5) + 6 * (4 / 5)) / 10,
      recall: (4 * (3 / 4) + 6 * (4 / 6)) / 10,
      'f1-score': (4 * (6 / 9) + 6 * (8 / 11)) / 10,
      support: 10,
    },
  });
});

t.test('undefined ratios are 0', async (t) => {
  const matrix = [
    [0, 2, 0],
    [0, 1, 0],
    [0, 0, 0],
  ];
  const report = classificationReport(matrix, ['never predicted', 'found', 'absent']);
  t.same(report['never predicted'], { precision: 0, recall: 0, 'f1-score': 0, support: 2 });
  t.same(report.absent, { precision: 0, recall: 0, 'f1-score': 0, support: 0 });
  t.same(classificationReport([[0]], ['a']).accuracy, 0);
});

t.test('class names come first and in order, whatever they are', async (t) => {
  const matrix = [
    [1, 0, 0],
    [0, 1, 1],
    [0, 0, 1],
  ];
  const report = classificationReport(matrix, ['toString', '__proto__', 'a']);
  t.same(Object.keys(report), ['toString', '__proto__', 'a', 'accuracy', 'macro avg', 'weighted avg']);
  const scores = Object.getOwnPropertyDescriptor(report, '__proto__')?.value;
  t.same(scores, { precision: 1, recall: 0.5, 'f1-score': 2 / 3, support: 2 });
  t.match(JSON.stringify(report), '"__proto__":{"precision":1,');
});

t.test('a class that is called as a total has a key of its own', async (t) => {
  const classes = ['accuracy', 'macro avg', 'accuracy (class)', 'weighted avg '];
  t.same(reportKeys(classes), [
    'accuracy (class) (class)',
    'macro avg (class)',
    'accuracy (class)',
    'weighted avg ',
  ]);
  const report = classificationReport(
    [
      [1, 1],
      [0, 2],
    ],
    ['accuracy', 'b'],
  );
  t.same(Object.keys(report), ['accuracy (class)', 'b', 'accuracy', 'macro avg', 'weighted avg']);
  t.match(report['accuracy (class)'], { recall: 0.5, support: 2 });
  t.equal(report.accuracy, 0.75);
});

t.test('a class without rows counts in the macro average as one of zeros, as in scikit-learn', async (t) => {
  // classification_report([0, 0, 2, 2, 2], [0, 1, 2, 2, 0], labels=[0, 1, 2], output_dict=True, zero_division=0)
  const matrix = [
    [1, 1, 0],
    [0, 0, 0],
    [1, 0, 2],
  ];
  const { 'macro avg': macro, 'weighted avg': weighted } = classificationReport(matrix, ['a', 'b', 'c']);
  t.same(macro, { precision: 0.5, recall: 0.38888888888888884, 'f1-score': 0.43333333333333335, support: 5 });
  t.same(weighted, { precision: 0.8, recall: 0.6, 'f1-score': 0.68, support: 5 });
});

t.test('every score lies in [0, 1], and the weighted recall is the accuracy', async () => {
  const matrices = fc
    .integer({ min: 1, max: 6 })
    .chain((k) =>
      fc.array(fc.array(fc.nat(50), { minLength: k, maxLength: k }), { minLength: k, maxLength: k }),
    );
  fc.assert(
    fc.property(matrices, (matrix) => {
      const classes = matrix.map((_, index) => `class ${index}`);
      const report = classificationReport(matrix, classes);
      for (const scores of [
        ...classes.map((name) => report[name]),
        report['macro avg'],
        report['weighted avg'],
      ]) {
        if (typeof scores === 'number') return false;
        const { precision, recall, 'f1-score': f1 } = scores;
        if (![precision, recall, f1].every((score) => score >= 0 && score <= 1 + 1e-15)) return false;
      }
      return Math.abs(report['weighted avg'].recall - report.accuracy) < 1e-12;
    }),
  );
});
