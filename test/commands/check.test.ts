import { readFileSync } from 'node:fs';
import t from 'tap';
import { digitsHere } from './digits.js';

/** A column that tells the label, and one that does not. */
const leaking = `${['copy,x,label', ...Array.from({ length: 120 }, (_, i) => `${i % 2},${(i * 37) % 11},${i % 2 ? 'yes' : 'no'}`)].join('\n')}\n`;

t.test('the digits have nothing to find', async (t) => {
  const { code, stdout, stderr } = await digitsHere(['check', '--exit-code']);
  t.equal(stdout, 'nothing found by 12 checks\n');
  t.equal(stderr, '');
  t.equal(code, 0);
});

t.test('what is found is printed, and writes nothing', async (t) => {
  const cwd = t.testdir({ 'table.csv': leaking });
  const words = ['check', '--data', 'table.csv', '--ignore', 'D006,D007'];
  const { code, stdout } = await digitsHere(words, { cwd });
  t.equal(code, 0);
  const lines = stdout.split('\n');
  t.equal(lines[0], 'D004 a column alone tells the label');
  t.equal(lines[1], '  "copy" tells the class of 100.00% of the rows by its value alone.');
  t.match(lines[3], /--drop\.$/);
  t.equal(lines.length, 5, 'what, why, and what to do');
  t.equal((await digitsHere([...words, '--exit-code'], { cwd })).code, 1);
  const json = JSON.parse((await digitsHere([...words, '--json'], { cwd })).stdout);
  t.match(json, { findings: [{ code: 'D004', found: /^"copy"/ }], ignored: ['D006', 'D007'] });
  t.equal(json.findings.length, 1);
});

t.test('the report of a training has what is found, and names rows by their lines', async (t) => {
  const cwd = t.testdir({ 'table.csv': leaking });
  const words = ['train', '--data', 'table.csv', '--report', '--ignore', 'D006'];
  t.equal((await digitsHere(words, { cwd })).code, 0);
  const page = readFileSync(`${cwd}/artifacts/report.html`, 'utf8');
  t.match(page, '<h3>D004 a column alone tells the label</h3>');
  const lines = [...page.matchAll(/<tr><td>line (\d+)<\/td><td>(yes|no)</g)];
  t.equal(lines.length, 12);
  const rows = leaking.split('\n');
  for (const [, line, label] of lines) t.equal(rows[Number(line) - 1].split(',')[2], label);
});

t.test('an unknown code is refused', async (t) => {
  const { code, stderr } = await digitsHere(['check', '--ignore', 'D999']);
  t.equal(code, 2);
  t.match(stderr, /--ignore.*D999|D999.*--ignore/);
});

t.test('a sweep of the same table is looked at, that of another is refused', async (t) => {
  const cwd = t.testdir({ 'table.csv': leaking });
  const flags = ['--data', 'table.csv', '--drop', 'x', '--epochs', '20', '--folds', '2'];
  const swept = await digitsHere(['sweep', ...flags, '--grid', 'l2=0.1,1,10', '--output-dir', 'out'], {
    cwd,
  });
  t.equal(
    swept.stderr,
    'digits: D009: The best candidate has l2 0.1, the smallest of 3 values. A better value may lie beyond\n',
    'the sweep itself tells it',
  );
  const words = ['check', '--data', 'table.csv', '--json', '--sweep', 'out/sweep.json'];
  const same = await digitsHere([...words, '--drop', 'x'], { cwd });
  const findings: { code: string; found: string }[] = JSON.parse(same.stdout).findings;
  const edge = findings.find((finding) => finding.code === 'D009');
  t.equal(edge?.found, 'The best candidate has l2 0.1, the smallest of 3 values.');
  const { code, stderr } = await digitsHere(words, { cwd });
  t.equal(code, 1);
  t.match(stderr, /out\/sweep\.json: is of another table/);
});
