import t from 'tap';
import { createPredictor, type Model, predict, predictProbabilities } from '../../src/model/model.js';

const d = 3;
const k = 4;
const model: Model = {
  classes: ['a', 'b', 'c', 'd'],
  scaler: { mean: Float64Array.of(2, -1, 0.5), scale: Float64Array.of(3, 0.7, 1) },
  weights: Float32Array.from({ length: d * k }, (_, i) => Math.sin(1 + i * i)),
  bias: Float32Array.of(0.1, -0.2, 0.3, 0),
};
/** More rows than a core packs at a time; row 1500 misses a number, rows 700 and 2900 are too large for float32. */
const rows = 3000;
const values = Float32Array.from({ length: rows * d }, (_, i) => 4 * Math.cos(i * i));
values[1500 * d + 1] = Number.NaN;
for (const row of [700, 2900]) values.fill(3e38, row * d, row * d + d);
const table = { rows, columns: d, values };
const everyRow = Int32Array.from({ length: rows }, (_, row) => row);
const finite = everyRow.filter((row) => row !== 700 && row !== 2900);

t.test('a row is predicted as it is alone, whatever is wrong with others', async (t) => {
  const predictor = await createPredictor(model);
  const classes = predictor.predict(table, everyRow);
  const logits = predictor.logits(table, everyRow);
  const shares = predictor.probabilities(table, everyRow);
  for (const row of everyRow) {
    const alone = Int32Array.of(row);
    const [own, ownLogits] = [predictor.predict(table, alone), predictor.logits(table, alone)];
    const ownShares = predictor.probabilities(table, alone);
    const same =
      own[0] === classes[row] &&
      ownLogits.every((z, c) => Object.is(z, logits[row * k + c])) &&
      ownShares.every((p, c) => Object.is(p, shares[row * k + c]));
    if (!same) t.fail(`row ${row}`);
  }
  const unclear = everyRow.filter((row) => classes[row] === -1);
  t.same(unclear, Int32Array.of(700, 2900));
  t.same(
    everyRow.filter((row) => Number.isNaN(shares[row * k])),
    unclear,
  );
  t.ok(shares.subarray(700 * k, 701 * k).every(Number.isNaN));
  const filled = values.slice(1500 * d, 1501 * d);
  filled[1] = -1;
  const [of1500] = predictor.predict({ rows: 1, columns: d, values: filled }, Int32Array.of(0));
  t.equal(classes[1500], of1500, 'a missing number is the mean');
});

t.test('with a threshold, a row without finite logits has no class either', async (t) => {
  const two = {
    ...model,
    classes: ['a', 'b'],
    weights: model.weights.subarray(0, 6),
    bias: model.bias.subarray(0, 2),
  };
  const predictor = await createPredictor({ ...two, threshold: 0.9 });
  const classes = predictor.predict(table, everyRow);
  const shares = predictor.probabilities(table, everyRow);
  const expected = everyRow.map((row) => (finite.includes(row) ? Number(shares[2 * row + 1] >= 0.9) : -1));
  t.same(classes, expected);
  t.ok(classes.includes(0) && classes.includes(1));
});

t.test('probabilities come at once, or after the classes, with the same bits', async (t) => {
  const order = finite.slice().reverse();
  const prediction = await predict(model, table, order);
  t.strictSame(await predictProbabilities(model, table, order), prediction.probabilities());
  await t.rejects(predictProbabilities(model, table, everyRow), { name: 'OverflowError', row: 700 });
  await t.rejects(predictProbabilities(model, table, Int32Array.of(rows)), { name: 'RangeError' });
});

t.test('results are written where they are asked for', async (t) => {
  const predictor = await createPredictor(model);
  const chosen = Int32Array.of(5, 1500, 2);
  const [classes, logits, shares] = [new Int32Array(3), new Float32Array(3 * k), new Float64Array(3 * k)];
  t.equal(predictor.predict(table, chosen, classes), classes);
  t.equal(predictor.logits(table, chosen, logits), logits);
  t.equal(predictor.probabilities(table, chosen, 2, shares), shares);
  t.same(classes, predictor.predict(table, chosen));
  t.same(logits, predictor.logits(table, chosen));
  t.same(shares, predictor.probabilities(table, chosen, 2));
});
