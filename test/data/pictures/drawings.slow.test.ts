import { readFile } from 'node:fs/promises';
import t from 'tap';
import { heldOutSet } from '../../../bench/drawings/held-out-set.js';
import { readDrawings, shareRight } from '../../../bench/drawings/readings.js';
import { tuningSet } from '../../../bench/drawings/tuning-set.js';
import { everyRow } from '../../../src/data/dataset.js';
import { loadDigits } from '../../../src/data/digits.js';
import { digitFeatures } from '../../../src/data/pictures/digit.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { predict } from '../../../src/model/model.js';
import { fit } from '../../../src/model/training/train.js';

t.test('the first model of the page reads simulated drawings', async (t) => {
  const digits = await loadDigits();
  const { train } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });
  const options = JSON.parse(
    await readFile(new URL('../../../web/first-model.json', import.meta.url), 'utf8'),
  );
  const model = await fit(digits, train, { seed: 13, ...options });
  for (const [name, set] of Object.entries({ tuningSet, heldOutSet })) {
    const readings = await readDrawings(
      set,
      (picture) => digitFeatures('a drawing', picture),
      async (values, rows) => {
        const features = { rows, columns: 64, values };
        return (await predict(model, features, everyRow(features))).predictions;
      },
    );
    const right = shareRight(readings);
    t.ok(right >= 0.96, `${name}: ${right}`);
    for (let digit = 0; digit < 10; digit++) {
      const share = shareRight(readings.filter(({ way }) => way.digit === digit));
      t.ok(share >= 0.85, `${name}, ${digit}: ${share}`);
    }
  }
});
