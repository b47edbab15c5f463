import { join } from 'node:path';
import t from 'tap';
import { composeDocuments } from '../../src/artifacts/bundle.js';
import { predictions } from '../../src/artifacts/predictions.js';
import { evaluationDocuments } from '../../src/artifacts/registry.js';
import { datasetOf } from '../../src/data/arrays.js';
import { readTable } from '../../src/entries/tables.js';
import { evaluationOf } from '../../src/run/evaluation.js';
import { trainAndTest } from '../../src/run/run.js';

const rows = Array.from({ length: 30 }, (_, row) => [Math.sin(row) + (row % 3), row % 5]);
const classes = ['a,b', 'say "c"', 'd'];
const labels = rows.map((_, row) => classes[row % 3]);

async function linesOf(subject: Parameters<typeof predictions.compose>[0]): Promise<string[]> {
  const bytes = await predictions.compose(subject);
  return new TextDecoder().decode(bytes as Uint8Array).split('\n');
}

t.test('predictions.csv has each test row with its place, in the order of the table', async (t) => {
  const run = await trainAndTest(datasetOf(rows, labels), { epochs: 20 });
  const [names, ...lines] = await linesOf(run);
  t.equal(names, 'row,label,prediction,"probability_a,b",probability_d,"probability_say ""c"""');
  t.equal(lines.pop(), '', 'each line ends');
  const { test } = run;
  const order = [...test.rows.keys()].sort((a, b) => test.rows[a] - test.rows[b]);
  t.equal(lines.length, order.length);
  const folder = t.testdir({ 'predictions.csv': (await linesOf(run)).join('\n') });
  const written = await readTable(join(folder, 'predictions.csv'), {
    label: 'label',
    category: ['prediction'],
  });
  t.same(
    Array.from(written.labels, (label) => written.classes[label]),
    order.map((at) => labels[test.rows[at]]),
  );
  const probabilities = test.probabilities();
  for (const [line, at] of order.entries()) {
    const cells = lines[line]
      .replace(/^(\d+),.*,([^,]+,[^,]+,[^,]+)$/, '$1,$2')
      .split(',')
      .map(Number);
    t.same(cells, [test.rows[at] + 1, ...probabilities.subarray(3 * at, 3 * at + 3)], 'to the last bit');
  }
});

t.test('rows of a text have the numbers of their lines', async (t) => {
  const text = `a,class\n\n${rows.map(([a], row) => `${a},${row % 2}`).join('\n\n')}\n`;
  const path = join(t.testdir({ 'a.csv': text }), 'a.csv');
  const run = await trainAndTest(await readTable(path, { places: true }), { epochs: 2 });
  const [names, ...lines] = await linesOf(run);
  t.equal(names, 'line,label,prediction,probability_0,probability_1');
  t.same(
    lines.slice(0, -1).map((line) => Number(line.split(',')[0])),
    [...run.test.rows].sort((a, b) => a - b).map((row) => 3 + 2 * row),
  );
});

t.test('a class that the model does not know has no probability', async (t) => {
  const test = evaluationOf(['x', 'y', 'new'], Int32Array.of(0), Int32Array.of(2), {
    predictions: Int32Array.of(1),
    logits: () => Float32Array.of(0, 1),
    probabilities: () => Float64Array.of(0.25, 0.75),
  });
  t.same(await linesOf({ test, dataset: datasetOf([[1], [2]], ['x', 'y']) }), [
    'row,label,prediction,probability_x,probability_y',
    '1,new,y,0.25,0.75',
    '',
  ]);
});

t.test('documents are files by their names', async (t) => {
  const run = await trainAndTest(datasetOf(rows, labels), { epochs: 1 });
  const files = await composeDocuments(evaluationDocuments, run);
  t.same([...files.keys()], ['predictions.csv']);
});
