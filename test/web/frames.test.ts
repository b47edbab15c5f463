import t from 'tap';
import { loadDigits, planRun, randomFeaturesOf, trainAndTest } from '../../src/entries/index.js';
import { cellsOf } from '../../web/src/cells.js';
import { contributionsOf } from '../../web/src/contributions.js';
import { Frames } from '../../web/src/frames.js';
import { createEffects } from '../../web/src/learn/effects.js';

/** A frame whose only weight is its epoch. */
const frame = (epoch: number) => ({
  epoch,
  weights: Float32Array.of(epoch),
  bias: Float32Array.of(0),
  accuracy: null,
});

/** Frames of a training of as many epochs, with room for `most`. */
function framesOf(epochs: number, most = Number.POSITIVE_INFINITY): Frames {
  const frames = new Frames(1, 1, 8 * most);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (epoch === epochs || frames.isDue(epoch)) frames.add(frame(epoch));
  }
  return frames;
}

const epochsOf = ({ all }: Frames) => all.map(({ epoch }) => epoch);

t.test('the first frame has zero weights', async (t) => {
  const { all } = new Frames(6, 2);
  t.strictSame(all, [{ epoch: 0, weights: new Float32Array(6), bias: new Float32Array(2), accuracy: null }]);
});

t.test('the first 127 epochs are all kept, later ones ever more rarely, the last one always', async (t) => {
  t.strictSame(
    epochsOf(framesOf(127)),
    Array.from({ length: 128 }, (_, epoch) => epoch),
  );
  const epochs = epochsOf(framesOf(100_001));
  t.equal(epochs.at(-1), 100_001);
  t.ok(epochs.length < 800, `${epochs.length} of 100,001`);
  for (const [i, epoch] of epochs.slice(1).entries()) {
    t.ok(epoch - epochs[i] <= Math.max(1, epoch / 64), `${epochs[i]} is before ${epoch}`);
  }
});

t.test('they fit in their memory, and are those that a smaller density keeps', async (t) => {
  for (const most of [2, 3, 20, 50, 127]) {
    for (const epochs of [1, 2, 5, 64, 300, 5000]) {
      const kept = epochsOf(framesOf(epochs, most));
      t.ok(kept.length <= most, `${kept.length} of ${most}`);
      t.ok(kept.length > Math.min(epochs, most / 4), `${kept.length} of ${most}`);
      t.strictSame([kept[0], kept.at(-1)], [0, epochs]);
      t.strictSame(
        kept,
        kept.toSorted((a, b) => a - b),
      );
    }
  }
});

t.test('a frame stands for the epochs up to the next one', async (t) => {
  const frames = framesOf(400);
  t.equal(frames.at(0).epoch, 0);
  t.equal(frames.at(77).weights[0], 77);
  t.equal(frames.at(257).epoch, 256);
  t.equal(frames.at(9999).epoch, 400);
  frames.add(frame(400));
  t.equal(epochsOf(frames).filter((epoch) => epoch === 400).length, 1, 'none is kept twice');
});

t.test('the effects of random features are mean contributions of the rows of a class', async (t) => {
  const digits = await loadDigits();
  const options = { features: 'rbf', components: 64, epochs: 5 } as const;
  const { model, sides } = await trainAndTest(digits, options);
  // Rows of few classes, so that all of them are taken.
  const rows = sides.test.filter((row) => digits.labels[row] < 2).subarray(0, 12);
  const effectsOf = await createEffects(model, digits, rows);
  const effects = effectsOf?.(model.weights) ?? [];
  const random = await randomFeaturesOf(model);
  for (const own of [0, 1]) {
    const ofClass = rows.filter((row) => digits.labels[row] === own);
    const all = Array.from(ofClass, (row) =>
      contributionsOf(model, cellsOf(digits.features, row).map(Number), own, random),
    );
    for (let j = 0; j < 64; j++) {
      const mean = all.reduce((sum, contributions) => sum + contributions[j], 0) / all.length;
      t.ok(Math.abs(effects[10 * j + own] - mean) < 1e-5, `${effects[10 * j + own]}, ${mean}`);
    }
    t.ok(all.length > 2);
  }
  t.equal(effects[10 * 20 + 7], 0, 'a class without rows has none');
});

t.test('the effects of columns are the weights, and a model may be too large', async (t) => {
  const digits = await loadDigits();
  const linear = planRun(digits);
  const { model } = await trainAndTest(digits, { epochs: 1 });
  t.equal((await createEffects(model, digits, linear.sides.test))?.(model.weights), model.weights);
  const large = { ...model, projection: { components: 2 ** 14, gamma: 1, seed: 0 } };
  t.equal(await createEffects(large, digits, linear.sides.test), undefined);
});
