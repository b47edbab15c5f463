import type { TopLevelSpec } from 'vega-lite';
import type { Comparison } from '../generated/payloads.js';
import { counted, percentage } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { writeNames } from './class-names.js';
import { intervalsByName } from './intervals.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Runs in the picture: the first, and the last of the others. */
const SHOWN = 40;
/** Width of the plot on paper, the height of a run and the least height of all, in pixels. */
const [WIDTH, STEP, LEAST] = [620, 30, 120];

function specOf(look: Look) {
  const { hues, ink } = palettes[look];
  const { estimate, interval } = intervalsByName({
    look,
    title: 'Test accuracy',
    format: '.1%',
    zero: false,
  });
  return {
    ...frameOf(look),
    params: [...headingParams],
    width: WIDTH,
    height: LEAST,
    layer: [
      {
        data: { name: 'first' },
        mark: { type: 'rule', strokeDash: [4, 4], color: ink },
        encoding: { x: { field: 'estimate', type: 'quantitative' } },
      },
      {
        data: { name: 'runs' },
        mark: { type: 'rule', strokeWidth: 2, color: hues.blue },
        encoding: interval,
      },
      {
        data: { name: 'runs' },
        mark: { type: 'point', filled: true, size: 90, opacity: 1, color: hues.blue },
        encoding: estimate,
      },
    ],
  } satisfies TopLevelSpec;
}

function runsShown({ runs }: Comparison): Comparison['runs'] {
  return runs.length <= SHOWN ? runs : [runs[0], ...runs.slice(1 - SHOWN)];
}

/** The test accuracy of each run with its interval, beside that of the first. */
export const comparisonChart: Chart<Comparison> = {
  spec: specOf,
  names: (payload) => runsShown(payload).map(({ name }) => name),
  data(payload, room, hasFont) {
    const shown = runsShown(payload);
    const { names, notes } = writeNames(
      shown.map(({ name }) => name),
      hasFont,
    );
    const [first] = shown;
    const best = payload.runs.reduce((leader, run) =>
      run.test_accuracy > leader.test_accuracy ? run : leader,
    );
    const left = payload.runs.length - shown.length;
    return {
      params: {
        ...(room && { width: sizeWithin(room).width }),
        height: Math.max(LEAST, STEP * shown.length),
        heading: `${counted(payload.runs.length, 'run')}: the best test accuracy is ${percentage(best.test_accuracy)}`,
        subtitle: [
          `Lines: 95% interval of each test accuracy by itself; dashed: that of the first run`,
          ...(left > 0 ? [`Without ${counted(left, 'run')} after the first`] : []),
          ...notes,
        ],
      },
      datasets: {
        first: [{ estimate: first.test_accuracy }],
        runs: shown.map(({ test_accuracy, test_accuracy_interval: ends }, index) => ({
          name: names[index],
          estimate: test_accuracy,
          low: ends?.[0] ?? test_accuracy,
          high: ends?.[1] ?? test_accuracy,
        })),
      },
    };
  },
};
