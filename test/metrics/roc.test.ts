import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { logOdds, oneVersusRest, type RocCurve, rocCurve } from '../../src/metrics/roc.js';

/** Rows of two classes, both present; few distinct scores, so that many tie. */
const rows = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: -4, max: 4 })), { minLength: 2, maxLength: 60 })
  .filter((pairs) => pairs.some(([is]) => is) && pairs.some(([is]) => !is));

function curveOf(pairs: readonly (readonly [boolean, number])[]): RocCurve {
  return rocCurve(
    Int32Array.from(pairs, ([is]) => Number(is)),
    1,
    Float64Array.from(pairs, ([, score]) => score),
  );
}

/** The share of (positive, negative) pairs in the right order, ties half. */
function mannWhitney(pairs: readonly (readonly [boolean, number])[]): number {
  const positives = pairs.filter(([is]) => is);
  const negatives = pairs.filter(([is]) => !is);
  const won = positives.flatMap(([, high]) =>
    negatives.map(([, low]) => (high > low ? 1 : high === low ? 0.5 : 0)),
  );
  return won.reduce<number>((sum, x) => sum + x, 0) / won.length;
}

t.test('the example of scikit-learn', async (t) => {
  t.same(rocCurve(Int32Array.of(1, 1, 2, 2), 2, Float64Array.of(0.1, 0.4, 0.35, 0.8)), {
    fpr: [0, 0, 0.5, 0.5, 1],
    tpr: [0, 0.5, 0.5, 1, 1],
    auc: 0.75,
  });
});

t.test('points amid two like steps are left out, the highest score and the ends stay', async (t) => {
  t.same(rocCurve(Int32Array.of(1, 1, 1, 1, 0, 0, 0), 1, Float64Array.of(7, 6, 5, 4, 3, 2, 1)), {
    fpr: [0, 0, 0, 1],
    tpr: [0, 0.25, 1, 1],
    auc: 1,
  });
  // Collinear, but unlike steps: scikit-learn keeps these.
  t.same(rocCurve(Int32Array.of(1, 0, 1, 1, 0, 0, 1, 0), 1, Float64Array.of(4, 4, 3, 3, 3, 3, 1, 1)), {
    fpr: [0, 0.25, 0.75, 1],
    tpr: [0, 0.25, 0.75, 1],
    auc: 0.5,
  });
});

t.test('equal scores make one point', async (t) => {
  t.same(rocCurve(Int32Array.of(0, 1, 0, 1), 1, Float64Array.of(0.5, 0.5, 0.5, 0.5)), {
    fpr: [0, 1],
    tpr: [0, 1],
    auc: 0.5,
  });
  t.same(rocCurve(Int32Array.of(0, 1), 1, Float64Array.of(0, -0)), { fpr: [0, 1], tpr: [0, 1], auc: 0.5 });
});

t.test('infinite scores are scores', async (t) => {
  t.same(rocCurve(Int32Array.of(1, 0, 1), 1, Float64Array.of(Infinity, -Infinity, -Infinity)), {
    fpr: [0, 0, 1],
    tpr: [0, 0.5, 1],
    auc: 0.75,
  });
});

t.test('the curve rises from (0, 0) to (1, 1), and its area is the Mann-Whitney statistic', async () => {
  fc.assert(
    fc.property(rows, (pairs) => {
      const { fpr, tpr, auc } = curveOf(pairs);
      assert.equal(fpr.length, tpr.length);
      assert.deepEqual([fpr[0], tpr[0], fpr.at(-1), tpr.at(-1)], [0, 0, 1, 1]);
      let area = 0;
      for (let i = 1; i < fpr.length; i++) {
        assert.ok(fpr[i] >= fpr[i - 1] && tpr[i] >= tpr[i - 1]);
        area += ((fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1])) / 2;
      }
      assert.ok(Math.abs(auc - area) < 1e-12);
      assert.ok(Math.abs(auc - mannWhitney(pairs)) < 1e-12);
    }),
  );
});

t.test('neither the order of the rows nor a rising change of the scores matters', async () => {
  fc.assert(
    fc.property(rows, (pairs) => {
      const curve = curveOf(pairs);
      assert.deepEqual(curveOf(pairs.toReversed()), curve);
      assert.deepEqual(curveOf(pairs.map(([is, score]) => [is, score ** 3 / 7 + 2])), curve);
    }),
  );
});

t.test('turned scores turn the area', async () => {
  fc.assert(
    fc.property(rows, (pairs) => {
      const turned = curveOf(pairs.map(([is, score]) => [is, -score]));
      return Math.abs(curveOf(pairs).auc + turned.auc - 1) < 1e-12;
    }),
  );
});

t.test('one class against the rest, each by its own column', async (t) => {
  const labels = Int32Array.of(0, 1, 2, 0);
  const probabilities = Float64Array.from(
    [
      [0.7, 0.2, 0.1],
      [0.3, 0.4, 0.3],
      [0.5, 0.4, 0.1],
      [0.4, 0.1, 0.5],
    ].flat(),
  );
  const curves = oneVersusRest(labels, probabilities, 3);
  t.same(curves[0], rocCurve(labels, 0, Float64Array.of(0.7, 0.3, 0.5, 0.4)));
  t.same(curves[1], rocCurve(labels, 1, Float64Array.of(0.2, 0.4, 0.4, 0.1)));
  t.same(curves[2], rocCurve(labels, 2, Float64Array.of(0.1, 0.3, 0.1, 0.5)));
  t.equal(curves.length, 3);
});

/** The curves of a model with these logits. */
function curvesOf(labels: Int32Array, logits: readonly number[], classCount: number) {
  return oneVersusRest(labels, logOdds(Float32Array.from(logits), classCount), classCount);
}

/** The probability of each class, n × k, row-major. */
function softmax(logits: readonly number[], classCount: number): number[] {
  return logits.map((logit, index) => {
    const first = index - (index % classCount);
    const row = logits.slice(first, first + classCount);
    return 1 / row.reduce((sum, other) => sum + Math.exp(other - logit), 0);
  });
}

t.test('curves of log-odds are those of their probabilities where these do not round', async () => {
  // Multiples of a quarter, so that no two probabilities differ by rounding alone.
  const quarters = fc.integer({ min: -12, max: 12 }).map((value) => value / 4);
  const tables = fc.integer({ min: 2, max: 5 }).chain((classCount) =>
    fc.record({
      classCount: fc.constant(classCount),
      rows: fc.array(
        fc.tuple(
          fc.nat(classCount - 1),
          fc.array(quarters, { minLength: classCount, maxLength: classCount }),
        ),
        { minLength: 1, maxLength: 30 },
      ),
    }),
  );
  fc.assert(
    fc.property(tables, ({ classCount, rows }) => {
      const labels = Int32Array.from(rows, ([label]) => label);
      const logits = rows.flatMap(([, row]) => row);
      const probabilities = softmax(logits, classCount).map((share) => Number(share.toPrecision(9)));
      const curves = curvesOf(labels, logits, classCount);
      for (const [index, curve] of curves.entries()) {
        const support = labels.filter((label) => label === index).length;
        if (support === 0 || support === labels.length) {
          assert.equal(curve, undefined);
          continue;
        }
        const scores = Float64Array.from(labels, (_, row) => probabilities[row * classCount + index]);
        assert.ok(curve);
        assert.ok(Math.abs(curve.auc - rocCurve(labels, index, scores).auc) < 1e-12);
      }
    }),
  );
});

t.test('where probabilities round to 0 and 1, logits still rank the rows', async (t) => {
  const labels = Int32Array.of(0, 1, 0, 1);
  const logits = [900, 0, 0, 50, 0, 40, 0, 1000];
  t.same(softmax(logits, 2).slice(0, 2), [1, 0]);
  const [first, second] = curvesOf(labels, logits, 2);
  t.same(
    second,
    { fpr: [0, 0, 0, 1], tpr: [0, 0.5, 1, 1], auc: 1 },
    'rows of 40 and 50 do not tie, nor do 50 and 1000',
  );
  t.equal(first?.auc, 1);
  const of = (...rows: number[]) => curvesOf(Int32Array.of(0, 1, 2), rows, 3)[0]?.auc;
  t.equal(
    of(800, 0, 0, 800, 0.5, -50, 0, 0, 0),
    0.5,
    'the log-sum-exp of the others counts, not their largest alone',
  );
  t.equal(of(800, 0.5, -50, 800, 0, 0, 0, 0, 0), 1);
});

t.test('the curves of two classes are mirror images', async () => {
  const logit = fc.float({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1), logit, logit), { minLength: 2, maxLength: 40 }), (rows) => {
      const logits = rows.flatMap(([, ...row]) => row);
      const labels = Int32Array.from(rows, ([label]) => label);
      const [no, yes] = curvesOf(labels, logits, 2);
      assert.equal(no?.auc, yes?.auc);
    }),
  );
});

t.test('a million rows give a curve', async (t) => {
  const count = 1_000_000;
  const labels = Int32Array.from({ length: count }, (_, row) => row % 2);
  const scores = Float64Array.from({ length: count }, (_, row) => (row * 7919) % count);
  const { fpr } = rocCurve(labels, 1, scores);
  t.equal(fpr.at(-1), 1);
});

t.test('what has no ROC is refused', async (t) => {
  const scores = Float64Array.of(0.1, 0.2);
  t.throws(
    () => rocCurve(Int32Array.of(1, 1), 1, scores),
    new RangeError('every row is of class 1: its ROC is undefined'),
  );
  t.throws(
    () => rocCurve(Int32Array.of(1, 1), 0, scores),
    new RangeError('no row is of class 0: its ROC is undefined'),
  );
  t.throws(
    () => rocCurve(Int32Array.of(0, 1), 1, Float64Array.of(0.1, NaN)),
    new RangeError('a score of class 1 is not a number'),
  );
  t.throws(
    () => rocCurve(Int32Array.of(0, 1), 1, Float64Array.of(NaN, 1)),
    new RangeError('a score of class 1 is not a number'),
  );
  t.throws(
    () => rocCurve(Int32Array.of(0, 1, 1), 1, scores),
    new RangeError('2 values do not pair with 3 labels'),
  );
});
