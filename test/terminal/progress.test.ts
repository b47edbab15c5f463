import fc from 'fast-check';
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
    [53, ' validating 45% │ best 97.50% with learning-rate 0.05'],
    [52, ' validating 45% │ best 97.50% with learning-rate…'],
    [47, ' validating 45% │ best 97.50% with…'],
    [30, ' validating 45% │ best 97.50%…'],
    [29, ' validating 45% │ best…'],
    [20, ' validating 45%…'],
    [15, ' validating…'],
    [8, ' valida…'],
    [1, '…'],
  ] as const) {
    t.equal(fitLine(template, width, write), line, `${width} columns`);
  }
  t.equal(fitLine(' reading 12 MB', 14, write), ' reading 12 MB');
  t.equal(fitLine(' reading 12 MB', 13, write), ' reading 12…');
});

t.test(
  'at every width a line fits, and its facts are whole or end with an ellipsis after a whole word',
  async () => {
    const word = fc.stringMatching(/^[a-z0-9.%/-]{1,12}$/);
    const fact = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
    const first = fc.tuple(fc.constantFrom('training', 'validating', 'reading'), fc.boolean(), fact);
    fc.assert(
      fc.property(first, fc.array(fact, { maxLength: 4 }), ([task, hasBar, share], others) => {
        const facts = [`${task} ${share}`, ...others];
        const template = ` ${[`${task} ${hasBar ? '{bar} ' : ''}${share}`, ...others].join(' │ ')}`;
        for (let width = 1; width < template.length + 50; width++) {
          const line = fitLine(template, width, write);
          if (line.length > width) return false;
          const shown = line.replace(/ #+/, '').trimStart().split(' │ ');
          const cut = shown.at(-1)?.endsWith('…') ? shown.pop()?.slice(0, -1) : undefined;
          if (!shown.every((each) => facts.includes(each))) return false;
          const isStart = cut === undefined || facts.some((each) => `${each} `.startsWith(`${cut} `));
          const isFirstWord = shown.length === 0 && task.startsWith(cut ?? '');
          if (!isStart && !isFirstWord) return false;
        }
        return true;
      }),
    );
  },
);
