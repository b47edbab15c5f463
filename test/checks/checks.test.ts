import { readFileSync } from 'node:fs';
import t from 'tap';
import { checks, findingsOf } from '../../src/checks/registry.js';
import { loadDigits } from '../../src/data/digits.js';
import { readTable } from '../../src/entries/browser-tables.js';
import type { Sweep } from '../../src/generated/payloads.js';
import type { Options } from '../../src/model/options.js';
import { MersenneTwister } from '../../src/random.js';
import { type Run, trainAndTest } from '../../src/run/run.js';

/** A number from 0 to 1 at each call, always the same ones. */
function drawing(seed: number): () => number {
  const twister = new MersenneTwister(seed);
  return () => twister.share();
}

/** Trains on a table of that many rows, whose last column is the label. */
async function runOf(
  header: string,
  count: number,
  rowOf: (index: number, draw: () => number) => readonly (string | number)[],
  options: Options = {},
): Promise<Run> {
  const draw = drawing(1);
  const lines = Array.from({ length: count }, (_, index) => rowOf(index, draw).join());
  const dataset = await readTable(new Blob([[header, ...lines].join('\n')]));
  return trainAndTest(dataset, options);
}

/** Codes of the checks that fire, and what the one of that code found. */
function firing(run: Run, code: string): { codes: string[]; found: string | undefined } {
  const findings = findingsOf({ run });
  return {
    codes: findings.map((finding) => finding.code),
    found: findings.find((finding) => finding.code === code)?.found,
  };
}

/** Two classes that a number tells apart but for a tenth of the rows. */
const fair = (draw: () => number): [number, string] => {
  const isYes = draw() < 0.5;
  return [(isYes ? 1 : 0) + 0.8 * (draw() + draw() - 1), isYes ? 'yes' : 'no'];
};

t.test('nothing is found in a fair table, in iris and in the digits', async (t) => {
  const run = await runOf('x,label', 400, (_, draw) => fair(draw));
  t.same(findingsOf({ run }), []);
  const iris = readFileSync(new URL('../fixtures/tables/iris.csv', import.meta.url));
  for (const seed of [13, 1, 2, 3]) {
    const run = await trainAndTest(await readTable(new Blob([iris])), { seed });
    t.same(findingsOf({ run }), [], `iris, seed ${seed}`);
  }
  t.same(findingsOf({ run: await trainAndTest(await loadDigits()) }), []);
});

t.test('codes are distinct, in order, and each check explains itself', async (t) => {
  t.same(
    checks.map(({ code }) => code),
    checks.map((_, index) => `D${String(index + 1).padStart(3, '0')}`),
  );
  for (const { code, title, explanation, remedy } of checks) {
    t.match(title, /^[a-z].*[^.]$/, code);
    for (const text of [explanation, remedy]) t.match(text, /^[A-Z].*\.$/, code);
  }
});

t.test('D001: noise tells no more than the majority', async (t) => {
  const run = await runOf('x,label', 200, (index, draw) => [draw(), index % 5 === 0 ? 'no' : 'yes']);
  t.match(firing(run, 'D001').found, /80\.00%; always answering "yes", .* gives 80\.00%\.$/);
});

t.test('D002: as many random columns as rows are learnt by heart', async (t) => {
  const names = Array.from({ length: 80 }, (_, index) => `x${index}`);
  const run = await runOf(
    `${names},label`,
    200,
    (_, draw) => [...names.map(draw), draw() < 0.5 ? 'no' : 'yes'],
    { l2: 1e-6, epochs: 200, solver: 'lbfgs' },
  );
  t.match(
    firing(run, 'D002').found,
    /^The accuracy on the training rows is 82\.50%, on the test rows 55\.00%: 27\.50 percentage points less/,
  );
});

t.test('D003: too few epochs, with a tolerance and without', async (t) => {
  const rowOf = (_: number, draw: () => number) => fair(draw);
  const short = await runOf('x,label', 400, rowOf, { epochs: 2 });
  t.equal(firing(short, 'D003').found, 'The training had not converged after 2 epochs.');
  const slow = await runOf('x,label', 400, rowOf, { solver: 'gd', epochs: 3, learningRate: 2 });
  t.match(firing(slow, 'D003').found, /^The loss was still falling after 3 epochs: by \d/);
  const chosen = await runOf('x,label', 400, rowOf, {
    solver: 'gd',
    epochs: 2,
    validationSplit: 0.2,
    patience: 5,
  });
  t.equal(firing(chosen, 'D003').found, undefined, 'patience chooses the end');
});

t.test('D004: a copy of the label, as text, as a number, and as what is missing', async (t) => {
  const run = await runOf('x,code,result,filled,label', 400, (_, draw) => {
    const [x, label] = fair(draw);
    const isYes = label === 'yes';
    return [
      x,
      isYes ? 7 + draw() : draw(),
      isYes ? 'paid' : 'open',
      isYes ? Math.floor(9 * draw()) : '',
      label,
    ];
  });
  t.match(
    firing(run, 'D004').found,
    /^"code", "result", "filled" each tell the class of 100\.00% of the rows/,
  );
});

t.test('D004: a column in which each row has a value of its own is no copy', async (t) => {
  const run = await runOf('x,key,label', 400, (index, draw) => {
    const [x, label] = fair(draw);
    return [x, (index * 37) % 400, label];
  });
  t.equal(firing(run, 'D004').found, undefined);
});

t.test('D005: the same length in two units, and the same category in two languages', async (t) => {
  const run = await runOf('cm,other,inch,colour,farbe,label', 400, (_, draw) => {
    const [x, label] = fair(draw);
    const isRed = draw() < 0.5;
    return [x, draw(), -x / 2.54 + 1e-4 * draw(), isRed ? 'red' : 'blue', isRed ? 'rot' : 'blau', label];
  });
  t.equal(firing(run, 'D005').found, 'Nearly the same: "cm" and "inch"; "colour" and "farbe".');
});

t.test('D006: a table that has rows twice', async (t) => {
  const draw = drawing(2);
  const rows = Array.from({ length: 200 }, () => fair(draw));
  const run = await runOf('x,label', 400, (index) => rows[index % 200]);
  t.match(firing(run, 'D006').found, /^\d\d of 80 test rows are equal to a training row, label included\.$/);
  const other = await runOf('x,label', 400, (index) => [
    rows[index % 200][0] + (index < 200 ? 0 : 10),
    rows[index % 200][1],
  ]);
  t.equal(firing(other, 'D006').found, undefined);
});

t.test('D007: few rows, and more of one class than the model is better', async (t) => {
  const few = await runOf('x,label', 40, (_, draw) => fair(draw));
  t.match(firing(few, 'D007').found, /^On 8 test rows, an accuracy of .* means one between/);
  const uneven = await runOf('x,label', 300, (index, draw) => [
    (index % 10 === 0 ? 1.5 : 0) + draw() + draw(),
    index % 10 === 0 ? 'no' : 'yes',
  ]);
  t.match(firing(uneven, 'D007').found, /, which includes the 90\.00% of the majority\.$/);
});

t.test('D008: a class of two rows', async (t) => {
  const run = await runOf('x,label', 402, (index, draw) => (index >= 400 ? [9, 'rare'] : fair(draw)));
  t.equal(firing(run, 'D008').found, 'There is no test row of "rare".');
});

/** A sweep of candidates of those options; the first is the best. */
function sweepOf(...options: Sweep['candidates'][number]['options'][]): Sweep {
  const candidates = options.map((own) => ({ options: own }) as Sweep['candidates'][number]);
  return { candidates, best: 0, varied: Object.keys(options[0]) } as Sweep;
}

t.test('D009: the best of a sweep is the smallest or the largest that was tried', async (t) => {
  const run = await runOf('x,label', 400, (_, draw) => fair(draw));
  const found = (...values: number[]) =>
    findingsOf({ run, sweep: sweepOf(...values.map((l2) => ({ l2 }))) }).map((finding) => finding.found);
  t.same(found(1, 0.1, 0.01), ['The best candidate has l2 1, the largest of 3 values.']);
  t.same(found(1e-4, 0.1, 0.01), ['The best candidate has l2 1e-4, the smallest of 3 values.']);
  t.same(found(0.1, 1, 0.01), [], 'in between');
  t.same(found(0, 1, 0.01), [], 'nothing is below zero');
  t.same(found(1, 0.1), [], 'two values are no grid');
  const texts = sweepOf({ solver: 'gd' }, { solver: 'adam' }, { solver: 'lbfgs' });
  t.same(findingsOf({ run, sweep: texts }), [], 'names have no edge');
});

t.test('D010: names that are all different', async (t) => {
  const run = await runOf('x,name,label', 400, (index, draw) => {
    const [x, label] = fair(draw);
    return [x, `n${index}`, label];
  });
  t.equal(firing(run, 'D010').found, 'Left out: "name" (400 different texts in 400 rows).');
});

t.test(
  'D011: weights that are far too large, and a class that is taken for more frequent than it is',
  async (t) => {
    const run = await runOf('x,label', 400, (_, draw) => fair(draw));
    const tested = run.test.probabilities();
    const withProbabilities = (change: (p: number) => number): Run => ({
      ...run,
      test: { ...run.test, probabilities: () => tested.map(change) },
    });
    const sure = withProbabilities((p) => (p > 0.5 ? 1 : 0));
    t.match(
      firing(sure, 'D011').found,
      /have a probability of 100\.00% in the mean, but \d\d\.\d\d% are right\.$/,
    );
    const unsure = withProbabilities((p) => (p > 0.5 ? 0.51 : 0.49));
    t.match(firing(unsure, 'D011').found, /have a probability of 51\.00% in the mean/);
    const shifted: Run = {
      ...run,
      test: {
        ...run.test,
        probabilities: () => tested.map((p, at) => (at % 2 === 0 ? 0.4 + 0.6 * p : 0.6 * p)),
      },
    };
    t.match(
      firing(shifted, 'D011').found,
      /^Class "(?:no|yes)" gets a probability of \d\d\.\d\d% in the mean, but has \d\d\.\d\d% of the test rows\.$/,
    );
  },
);

t.test('D012: dates, years, rows in order, and people with several rows each', async (t) => {
  const day = (index: number) =>
    new Date(Date.UTC(2024, 0, 1 + ((index * 7) % 300))).toISOString().slice(0, 10);
  const cases: [string, (index: number) => string | number, string][] = [
    ['sold', day, '"sold" looks like time'],
    ['year', (index) => 1990 + ((index * 7) % 30), '"year" looks like time'],
    ['reading', (index) => 3.5 * Math.floor(index / 2), '"reading" looks like time'],
    ['patient_id', (index) => (index * 7) % 50, '"patient_id" looks like a group'],
    ['customerId', (index) => `c${(index * 7) % 150}`, '"customerId" looks like a group'],
    ['user', (index) => `u${(index * 7) % 250}`, '"user" looks like a group'],
  ];
  for (const [name, cellOf, expected] of cases) {
    const run = await runOf(`x,${name},label`, 400, (index, draw) => {
      const [x, label] = fair(draw);
      return [x, cellOf(index), label];
    });
    t.equal(firing(run, 'D012').found, `${expected}; the test rows were drawn at random.`);
  }
  const run = await runOf('x,width,label', 400, (index, draw) => {
    const [x, label] = fair(draw);
    return [x, (index * 7) % 50, label];
  });
  t.equal(firing(run, 'D012').found, undefined, 'a width is neither');
});

t.test('checks that are ignored do not fire', async (t) => {
  const run = await runOf('x,name,label', 40, (index, draw) => {
    const [x, label] = fair(draw);
    return [x, `n${index}`, label];
  });
  const codes = findingsOf({ run }).map(({ code }) => code);
  t.ok(codes.includes('D007'));
  t.same(
    findingsOf({ run }, ['D007']).map(({ code }) => code),
    codes.filter((code) => code !== 'D007'),
  );
});
