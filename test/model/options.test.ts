import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { accepts, checkCombination, checkOptions, idleFault } from '../../src/model/option-checks.js';
import { describeOptions, keyOf, restoreOptions } from '../../src/model/option-keys.js';
import { commandWords, optionsToGive } from '../../src/model/option-words.js';
import {
  type OptionName,
  type Options,
  optionNames,
  optionOf,
  settle,
  type TrainedOn,
} from '../../src/model/options.js';
import { solvers } from '../../src/model/solvers/registry.js';
import { areNames, areNumbers } from '../../src/ranges.js';
import { optionsIn, parseOption } from '../../src/terminal/training-flags.js';

/** A value that the option accepts. */
function anyOf(name: OptionName): fc.Arbitrary<number | string> {
  const { values } = optionOf(name);
  if (areNames(values)) return fc.constantFrom(...values);
  if (!areNumbers(values)) {
    const texts = fc.constantFrom('none', 'balanced', 'a=2', 'b,=0.5,a=b=3e-2', 'f1', '0.3', '1e-3');
    return texts.filter((text) => accepts(values, text));
  }
  const { lowest, highest, step } = values;
  return (
    step === undefined
      ? fc.double({ min: lowest, max: Math.min(highest, 1e6), noNaN: true })
      : fc.integer({ min: lowest, max: Math.min(highest, 1e6) }).map((value) => value - (value % step))
  ).filter((value) => accepts(values, value));
}

/** Options that have a meaning together. */
const sensible: fc.Arbitrary<Options> = fc
  .record(Object.fromEntries(optionNames.map((name) => [name, anyOf(name)])), { requiredKeys: [] })
  .map((all: Options) => {
    const isKept = (name: string) => idleFault(name as OptionName, all) === undefined;
    return Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
  })
  .filter((given) => {
    try {
      checkCombination(given);
      return true;
    } catch {
      return false;
    }
  });

/** Training rows of the digits, and of other tables. */
const trainedOn: fc.Arbitrary<TrainedOn> = fc.record({
  isDigits: fc.boolean(),
  rows: fc.integer({ min: 2, max: 1e6 }),
  classes: fc.integer({ min: 2, max: 5 }),
});

t.test('options survive JSON, and settle to the same on any table', async (t) => {
  fc.assert(
    fc.property(sensible, trainedOn, trainedOn, (given, on, other) => {
      checkOptions(given, optionNames);
      const settled = settle(given, on);
      const restored = restoreOptions(JSON.parse(JSON.stringify(describeOptions(settled))));
      checkCombination(restored);
      t.strictSame(settle(restored, other), settled);
    }),
  );
});

t.test('options survive a command line', async (t) => {
  fc.assert(
    fc.property(sensible, trainedOn, (given, on) => {
      const settled = settle(given, on);
      const words = commandWords(optionsToGive(settled, on));
      const flags: Record<string, unknown> = {};
      for (const name of optionNames) {
        const { flag, switchesTo } = optionOf(name);
        const place = words.indexOf(`--${flag}`);
        if (place >= 0) flags[flag] = switchesTo === undefined ? parseOption(name, words[place + 1]) : true;
      }
      t.strictSame(settle(optionsIn(flags), on), settled);
    }),
  );
});

t.test('what is no option is refused, with the name that is meant', async (t) => {
  const meant: [string, string][] = [
    ['lr', 'learningRate'],
    ['learning_rate', 'learningRate'],
    ['learning-rate', 'learningRate'],
    ['learnigRate', 'learningRate'],
    ['max_iter', 'epochs'],
    ['epoch', 'epochs'],
    ['random_state', 'seed'],
    ['batchsize', 'batchSize'],
    ['tol', 'tolerance'],
  ];
  for (const [word, name] of meant) {
    t.throws(() => checkOptions({ [word]: 1 }, optionNames), {
      name: 'TypeError',
      message: `there is no option ${word}: did you mean ${name}?`,
    });
  }
  t.throws(() => checkOptions({ colour: 1 }, ['epochs', 'seed']), {
    message: 'there is no option colour: expected one of epochs, seed',
  });
  t.throws(() => checkOptions([1], optionNames), {
    message: 'options: expected a record such as { epochs: 100 }, found a list of 1',
  });
});

t.test('wrong types and values are told with what was found', async (t) => {
  const wrong: [object, string, string][] = [
    [{ epochs: '10' }, 'TypeError', 'epochs: expected a whole number from 1 to 4294967295, found "10"'],
    [{ epochs: 1.5 }, 'RangeError', 'epochs: expected a whole number from 1 to 4294967295, found 1.5'],
    [{ l2: Number.NaN }, 'RangeError', 'l2: expected a finite number, 0 or more, found NaN'],
    [{ l2: null }, 'TypeError', 'l2: expected a finite number, 0 or more, found null'],
    [{ components: 7 }, 'RangeError', 'components: expected an even number from 2 to 1048576, found 7'],
    [{ solver: ['gd'] }, 'TypeError', 'solver: expected one of gd, momentum, adam, lbfgs, found a list of 1'],
  ];
  for (const [given, name, message] of wrong) {
    t.throws(() => checkOptions(given, optionNames), { name, message });
  }
  checkOptions({ epochs: undefined }, optionNames);
});

t.test('options without a meaning together are refused', async (t) => {
  const wrong: [Options, string][] = [
    [
      { solver: 'lbfgs', learningRate: 0.1 },
      'learningRate is for gd, momentum, adam: solver lbfgs determines the length of its steps itself',
    ],
    [
      { features: 'rbf', schedule: 'step' },
      'schedule is for gd, momentum, adam: lbfgs, the default of features rbf, determines the length of its steps itself',
    ],
    [{ components: 8 }, 'components is for features rbf: found features raw'],
    [
      { schedule: 'step', learningRateDecay: 0 },
      'learningRateDecay is for schedule inverse: found schedule step',
    ],
    [
      { tolerance: 1, batchSize: 1 },
      'tolerance needs the gradient of all rows: expected no batchSize with it',
    ],
    [{ patience: 1 }, 'patience needs rows to validate with: expected validationSplit with it'],
  ];
  for (const [given, message] of wrong)
    t.throws(() => checkCombination(given), { name: 'RangeError', message });
});

t.test('names, flags and keys are distinct, and texts name options that exist', async (t) => {
  for (const text of [optionNames.map((name) => optionOf(name).flag), optionNames.map(keyOf)]) {
    t.equal(new Set(text).size, optionNames.length);
  }
  for (const name of optionNames) {
    const { description, defaultInWords = '' } = optionOf(name);
    for (const [, other] of `${description}${defaultInWords}`.matchAll(/\{(\w+)\}/g)) {
      t.ok(optionNames.includes(other as OptionName), `${name} names ${other}`);
    }
  }
  t.strictSame(optionOf('solver').values, Object.keys(solvers));
});

t.test('the documentation has each option', async (t) => {
  const text = readFileSync(new URL('../../docs/training.md', import.meta.url), 'utf8');
  for (const name of optionNames) t.match(text, `\`--${optionOf(name).flag}`);
});
