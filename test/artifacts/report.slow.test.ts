import t from 'tap';
import { composePayloads } from '../../src/artifacts/bundle.js';
import { artifacts } from '../../src/artifacts/registry.js';
import { report } from '../../src/artifacts/report.js';
import { drawnRow, hardestRows, sideOfPictures } from '../../src/artifacts/report-rows.js';
import { datasetOf } from '../../src/data/arrays.js';
import { loadDigits } from '../../src/data/digits.js';
import { readTable } from '../../src/entries/browser-tables.js';
import { draw } from '../../src/files/renderer.js';
import { type Run, trainAndTest } from '../../src/run/run.js';

const pictures = artifacts.filter(({ chart }) => chart !== undefined);

async function reportOf(run: Run, ignored: string[] = []): Promise<string> {
  const payloads = await composePayloads(pictures, run);
  const page = await report.compose({
    run,
    asked: { l2: 0.01 },
    words: ['train', '--data', 'a b.csv'],
    ignored,
    artifacts: pictures,
    payloads,
    draw,
  });
  return String(page);
}

t.test(
  'the report of the digits has every picture, the scores and the hardest rows, below 1 MB',
  async (t) => {
    const run = await trainAndTest(await loadDigits());
    const page = await reportOf(run);
    t.ok(page.length < 1e6, `${page.length} bytes`);
    t.equal(page.match(/<svg [^>]*class="marks"/g)?.length, pictures.length);
    t.equal(page.match(/<figure class="row">/g)?.length, 12);
    for (const text of [
      'Nothing was found by 12 checks',
      'weighted avg',
      'digits train --data &#39;a b.csv&#39;',
    ]) {
      t.match(page, text);
    }
    t.notMatch(
      page,
      /<script|<link|<img|(?:src|href)=|@import|url\((?!#)/,
      'it needs no script and loads nothing',
    );
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    t.equal(new Set(ids).size, ids.length, 'names of parts are distinct');
    for (const [, id] of page.matchAll(/url\(#([^)]*)\)/g)) t.ok(ids.includes(id), id);
    t.match(page, /@media screen and \(prefers-color-scheme: dark\)/);
    t.equal(await reportOf(run), page, 'the same run has the same report');
  },
);

t.test('names from a table are text, and what is doubtful is told with its code', async (t) => {
  const evil = '<img src=x onerror=alert(1)>';
  const rows = Array.from({ length: 120 }, (_, i) => `${i % 2},${(i * 37) % 11},${i % 2 ? evil : 'no'}`);
  const dataset = await readTable(new Blob([[`${evil},x,label`, ...rows].join('\n')]));
  const run = await trainAndTest(dataset);
  const page = await reportOf(run);
  t.notMatch(page, '<img');
  t.match(page, '&#60;img src=x');
  t.match(page, '<h3>D004 a column alone tells the label</h3>');
  t.notMatch(await reportOf(run, ['D004']), '<h3>D004');
  t.match(await reportOf(run, ['D004']), 'Ignored: D004.');
});

t.test('the hardest rows are those of the largest loss', async (t) => {
  const run = await trainAndTest(await loadDigits());
  const probabilities = run.test.probabilities();
  const ofClass = Array.from(run.test.rows, (_, index) => probabilities[10 * index + run.test.labels[index]]);
  const hardest = hardestRows(run.test, 10);
  t.same(
    hardest.map(({ probability }) => probability),
    ofClass.toSorted((a, b) => a - b).slice(0, 12),
  );
  for (const { row, actual } of hardest) t.equal(run.dataset.labels[row], actual);
});

t.test('hard rows are named by their places in the file, if these are known', async (t) => {
  const text = [
    '# a comment',
    'x,label',
    ...Array.from({ length: 40 }, (_, i) => `${i % 9},${i < 20 ? 'a' : 'b'}`),
  ];
  const file = new Blob([text.join('\n')]);
  const namesIn = (page: string) => [...page.matchAll(/<tr><td>(line|row) (\d+)</g)];
  const run = await trainAndTest(await readTable(file, { places: true }));
  const named = namesIn(await reportOf(run)).map(([, unit, number]) => [unit, Number(number)]);
  const hardest = hardestRows(run.test, 2).map(({ row }) => row);
  t.same(
    named,
    hardest.map((row) => ['line', row + 3]),
  );
  const unplaced = namesIn(await reportOf({ ...run, dataset: await readTable(file) }));
  t.same(
    unplaced.map(([, unit, number]) => [unit, Number(number)]),
    hardest.map((row) => ['row', row + 1]),
  );
});

t.test('square pictures are drawn, a path for each shade; other rows are not', async (t) => {
  const dataset = datasetOf(
    [[0, 8, 8, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8], Array.from({ length: 16 }, () => 0)],
    ['a', 'b'],
  );
  t.equal(sideOfPictures(dataset), 4);
  t.equal(
    drawnRow(dataset, 0, 4).text,
    '<svg viewBox="0 0 4 4" shape-rendering="crispEdges">' +
      '<path fill-opacity="0.5" d="M0 1h1v1h-1z"/><path fill-opacity="1" d="M1 0h2v1h-2zM3 3h1v1h-1z"/></svg>',
  );
  t.equal(drawnRow(dataset, 1, 4).text, '<svg viewBox="0 0 4 4" shape-rendering="crispEdges"></svg>');
  const names = Array.from({ length: 16 }, (_, index) => `column ${index}`);
  t.equal(sideOfPictures({ ...dataset, featureNames: names }), undefined);
});
