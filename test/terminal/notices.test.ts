import t from 'tap';
import { datasetOf } from '../../src/data/arrays.js';
import { evaluationOf } from '../../src/run/evaluation.js';
import {
  missingCurveNotices,
  namesInWords,
  reportKeyNotices,
  testSplitAdvice,
  untestedClasses,
} from '../../src/terminal/notices.js';

/** A test of as many rows as there are labels. */
function testOf(classes: readonly string[], ...labels: number[]) {
  return evaluationOf(classes, Int32Array.from(labels.keys()), Int32Array.from(labels), {
    predictions: new Int32Array(labels.length),
    logits: () => new Float32Array(labels.length * classes.length),
    probabilities: () => new Float64Array(labels.length * classes.length),
  });
}

t.test('classes without a test row have no curve, and are named', (t) => {
  const test = testOf(['a', 'b', 'c', 'd'], 0, 2, 2);
  t.strictSame(untestedClasses(test), ['b', 'd']);
  t.strictSame(missingCurveNotices(test), ['no ROC curve for "b", "d": no test row']);
  t.strictSame(Object.keys(test.rocCurves()), ['a', 'c']);
  t.strictSame(missingCurveNotices(testOf(['a', 'b'], 0, 1)), []);
  t.strictSame(missingCurveNotices(testOf(['a', 'b'], 1, 1)), [
    'no ROC curves: all test rows are of one class',
  ]);
  t.strictSame(testOf(['a', 'b'], 1, 1).rocCurves(), {});
  t.end();
});

t.test('of many names, only the first are written', (t) => {
  t.equal(namesInWords(['a', 'b "c"']), '"a", "b \\"c\\""');
  t.equal(namesInWords([...'abcdefgh']), '"a", "b", "c", "d", "e", "f" and 2 more');
  t.end();
});

t.test('the shares that give every class a test row', (t) => {
  const labels = [...'aaaaaaaabbccbb'];
  const table = datasetOf(
    labels.map((_, row) => [row]),
    labels,
  );
  t.equal(
    testSplitAdvice(table, 13),
    'choose a share from 0.22 to 0.71 for --test-split to have one of every class',
  );
  t.end();
});

t.test('a class that is called as a total of the report', (t) => {
  t.strictSame(reportKeyNotices(['accuracy', 'b']), [
    'class "accuracy" has the key "accuracy (class)" in the report, whose totals have its name',
  ]);
  t.strictSame(reportKeyNotices(['a', 'b']), []);
  t.end();
});
