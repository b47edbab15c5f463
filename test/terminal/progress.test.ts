import t from 'tap';
import { fitLine } from '../../src/terminal/progress.js';

const write = (template: string, barsize: number) =>
  template.replace('{bar}', '#'.repeat(barsize)).replace('{best}', ' │ best 97.50% with learning-rate 0.05');

t.test('a line of progress fits into its terminal', async (t) => {
  const template = ' validating {bar} 45% │ training 9/20 │ 12s left{best}';
  const end = '45% │ training 9/20 │ 12s left │ best 97.50% with learning-rate 0.05';
  for (const [width, line] of [
    [200, ` validating ${'#'.repeat(40)} ${end}`],
    [121, ` validating ${'#'.repeat(40)} ${end}`],
    [120, ` validating ${'#'.repeat(39)} ${end}`],
    [91, ` validating ${'#'.repeat(10)} ${end}`],
    [90, ` validating ${end}`],
    [80, ` validating ${end}`],
    [79, ' validating 45% │ training 9/20 │ best 97.50% with learning-rate 0.05'],
    [68, ' validating 45% │ best 97.50% with learning-rate 0.05'],
    // The terminal cuts the rest.
    [20, ' validating 45% │ best 97.50% with learning-rate 0.05'],
  ] as const) {
    t.equal(fitLine(template, width, write), line, `${width} columns`);
  }
  t.equal(fitLine(' reading 12 MB', 5, write), ' reading 12 MB');
});
