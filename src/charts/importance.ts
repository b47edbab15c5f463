import type { TopLevelSpec } from 'vega-lite';
import type { Importance } from '../generated/payloads.js';
import { counted, percentage } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { writeNames } from './class-names.js';
import { intervalsByName } from './intervals.js';
import { frameOf, headingParams, type Look, palettes, signalOf } from './theme.js';

/** Columns in the picture. */
const SHOWN = 20;
/** Width of the plot on paper, the height of a column and the least height of all, in pixels. */
const [WIDTH, STEP, LEAST] = [660, 24, 300];

function specOf(look: Look) {
  const { hues, ink } = palettes[look];
  const { estimate, interval } = intervalsByName({
    look,
    title: signalOf(
      "width < 300 ? 'Fall (percentage points)' : 'Fall of the test accuracy (percentage points)'",
    ),
    format: '~g',
    zero: true,
  });
  return {
    ...frameOf(look),
    params: [...headingParams],
    data: { name: 'columns' },
    width: WIDTH,
    height: LEAST,
    layer: [
      { mark: { type: 'bar', color: hues.blue, height: 13 }, encoding: estimate },
      { mark: { type: 'rule', strokeWidth: 2, color: ink }, encoding: interval },
    ],
  } satisfies TopLevelSpec;
}

/** The columns by their importance, the largest first. */
function ranked({ columns }: Importance): Importance['columns'] {
  return columns.toSorted(
    (a, b) =>
      b.accuracy_fall.mean - a.accuracy_fall.mean || b.cross_entropy_rise.mean - a.cross_entropy_rise.mean,
  );
}

const namesShown = (payload: Importance) =>
  ranked(payload)
    .slice(0, SHOWN)
    .map(({ name }) => name);

/** The most important columns, with the intervals of their means. */
export const importanceChart: Chart<Importance> = {
  spec: specOf,
  names: namesShown,
  data(payload, room, hasFont) {
    const { columns, repeats, test_accuracy } = payload;
    const { names, notes } = writeNames(namesShown(payload), hasFont);
    const shown = ranked(payload).slice(0, SHOWN);
    const [first] = shown;
    const which =
      columns.length > SHOWN ? `The ${SHOWN} most important of ${columns.length} columns` : 'All columns';
    return {
      params: {
        ...(room && { width: sizeWithin(room).width }),
        height: Math.max(LEAST, STEP * shown.length),
        heading:
          first.accuracy_fall.mean > 0
            ? `Importance: ${names[0]} most, ${(100 * first.accuracy_fall.mean).toFixed(1)} points of accuracy`
            : 'Importance: no column raises the accuracy by itself',
        subtitle: [
          `${which}: how much the test accuracy, ${percentage(test_accuracy)}, falls if a column is shuffled`,
          `Bars: mean of ${counted(repeats, 'permutation')}; lines: 95% interval of the mean`,
          ...notes,
        ],
      },
      datasets: {
        columns: shown.map(({ accuracy_fall: { mean, low, high } }, index) => ({
          name: names[index],
          estimate: 100 * mean,
          low: 100 * low,
          high: 100 * high,
        })),
      },
    };
  },
};
