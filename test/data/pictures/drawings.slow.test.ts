import t from 'tap';
import {
  firstDrawings,
  firstOptions,
  joinDrawings,
  readFirstDrawings,
} from '../../../bench/drawings/first-model.js';
import { heldOutSet } from '../../../bench/drawings/held-out-set.js';
import { drawSet, sharesRight } from '../../../bench/drawings/readings.js';
import { everyRow } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import { digitFeatures, type Picture, pictureFeatureNames } from '../../../src/data/pictures/digit.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { predict } from '../../../src/model/model.js';
import { fit } from '../../../src/model/training/train.js';
import { optionsIn, usualOptions } from '../../../web/src/usual-options.js';

const featuresOf = (picture: Picture) => digitFeatures('a drawing', picture);

t.test('the drawings that the first model is trained on are those of their program', async (t) => {
  t.equal(await readFirstDrawings(), firstDrawings(pictureFeatureNames, featuresOf));
});

t.test(
  'the first model of the page reads simulated drawings of shapes that it was not chosen with',
  async (t) => {
    const digits = await loadDigits();
    const { train } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });
    t.strictSame(optionsIn(usualOptions.digits), firstOptions);
    const joined = joinDrawings(digits, train, await readFirstDrawings());
    const model = await fit(joined.dataset, joined.train, { seed: 13, ...firstOptions });
    const { features, digits: shown } = drawSet(heldOutSet, featuresOf);
    const { predictions } = await predict(model, features, everyRow(features));
    const { ofAll, ofDigits } = sharesRight(shown, predictions);
    t.ok(ofAll >= 0.98, `all: ${ofAll}`);
    for (const [digit, share] of ofDigits.entries()) t.ok(share >= 0.95, `${digit}: ${share}`);
  },
);
