import t from 'tap';
import { formatFindings, summariseFindings } from '../../src/terminal/findings.js';

const findings = [
  { path: 'run/metrics.json', artifact: 'metrics' },
  {
    path: 'run/model.json',
    artifact: 'model',
    fault: { pointer: '/options/seed', text: 'must be >= 0, found -1' },
  },
  { path: 'run/sweep.json', artifact: 'sweep', fault: { pointer: '', text: 'must be object' } },
  { path: 'no\nwhere.json', fault: { text: 'cannot be read' } },
];

t.test('a line for each file', (t) => {
  t.equal(
    formatFindings(findings),
    'ok run/metrics.json\n' +
      'failed run/model.json: /options/seed must be >= 0, found -1\n' +
      'failed run/sweep.json: the payload must be object\n' +
      'failed no\\nwhere.json: cannot be read\n',
  );
  t.equal(formatFindings([]), '');
  t.end();
});

t.test('a fault is on one line, and not longer than a page, whatever is in the file', (t) => {
  const fault = { pointer: `/\u202e${'x'.repeat(5e6)}`, text: 'found "\x9b"' };
  const line = formatFindings([{ path: 'a.json', fault }]);
  t.match(line, /^failed a\.json: \/\\u202ex{197}… found "\\u009b"\n$/);
  t.equal(summariseFindings([{ path: 'a.json', fault }]).files[0].pointer?.length, 2000);
  t.end();
});

t.test('as JSON: whether all are valid, and what is wrong with each', (t) => {
  t.strictSame(summariseFindings(findings), {
    valid: false,
    files: [
      { path: 'run/metrics.json', artifact: 'metrics', valid: true },
      {
        path: 'run/model.json',
        artifact: 'model',
        valid: false,
        pointer: '/options/seed',
        fault: 'must be >= 0, found -1',
      },
      { path: 'run/sweep.json', artifact: 'sweep', valid: false, pointer: '', fault: 'must be object' },
      { path: 'no\nwhere.json', valid: false, fault: 'cannot be read' },
    ],
  });
  t.equal(summariseFindings(findings.slice(0, 1)).valid, true);
  t.end();
});
