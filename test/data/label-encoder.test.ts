import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { areNumbers, LabelEncoder } from '../../src/data/label-encoder.js';

interface Encoded {
  labels: string[];
  codes: number[];
  classes: (string | number)[];
}

const cases: Encoded[] = JSON.parse(
  readFileSync(new URL('../fixtures/labels.json', import.meta.url), 'utf8'),
);

function encode(labels: readonly string[], areText = false, portion = 3) {
  const encoder = new LabelEncoder();
  for (let start = 0; start < labels.length; start += portion) {
    encoder.add(labels.slice(start, start + portion));
  }
  const encoded = encoder.finish(areText);
  return { codes: [...encoded.labels], classes: encoded.classes, size: encoder.size };
}

t.test('the codes and classes of LabelEncoder', async (t) => {
  t.equal(cases.length, 12);
  for (const { labels, codes, classes } of cases) {
    for (const portion of [1, 3, 100]) {
      const encoded = encode(labels, false, portion);
      t.same(encoded.codes, codes, labels.join(' '));
      t.strictSame(encoded.classes, classes.map(String), labels.join(' '));
    }
  }
});

t.test('labels that are told to be text are ordered as text', async (t) => {
  const { codes, classes } = encode(['10', '9', '1.0', '1', '9'], true);
  t.same(classes, ['1', '1.0', '10', '9']);
  t.same(codes, [2, 3, 1, 0, 3]);
});

t.test('one label beyond the safe integers makes all of them text', async (t) => {
  t.same(encode(['10', '9', '9007199254740991']).classes, ['9', '10', '9007199254740991']);
  t.same(encode(['10', '9', '9007199254740993']).classes, ['10', '9', '9007199254740993']);
  t.same(encode(['10', '9', '-1e300']).classes, ['-1e300', '10', '9']);
});

t.test('zero is one class, whatever its sign', async (t) => {
  t.same(encode(['-0', '0', '1']), { codes: [0, 0, 1], classes: ['0', '1'], size: 3 });
});

t.test('every label gets the class that it is, and classes rise', async () => {
  const label = fc.oneof(fc.integer().map(String), fc.string(), fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(fc.array(label, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), (labels, portion) => {
      const { codes, classes, size } = encode(labels, true, portion);
      const points = (text: string) => Buffer.from(text, 'utf8');
      return (
        size === new Set(labels).size &&
        codes.every((code, row) => classes[code] === labels[row]) &&
        // UTF-8 sorts as code points do.
        classes.every((name, i) => i === 0 || Buffer.compare(points(classes[i - 1]), points(name)) < 0)
      );
    }),
  );
});

t.test('a long label of digits that is no number takes no time', async (t) => {
  const long = `${'1'.repeat(1_000_000)}x`;
  t.same(encode([long, '1']).classes, ['1', long]);
});

t.test('what is finished has no more memory than its rows take', async (t) => {
  const encoder = new LabelEncoder();
  encoder.add(['b', 'a', 'b']);
  const { labels } = encoder.finish(false);
  t.equal(labels.buffer.byteLength, 12);
  t.same(encoder.finish(false).labels, Int32Array.of(1, 0, 1));
});

t.test('names as they are given to numbers', async (t) => {
  t.ok(areNumbers(['0', '1', '10', '-2.5', '1e-7']));
  for (const name of ['01', '1.0', ' 1', 'x', '', '1e3', '9007199254740993']) {
    t.notOk(areNumbers(['0', name]), name);
  }
});

t.test('more labels than a byte can tell', async (t) => {
  const labels = Array.from({ length: 600 }, (_, row) => (row % 50 === 49 ? undefined : `${row % 300}`));
  for (const portion of [1, 7, 600]) {
    const encoder = new LabelEncoder();
    for (let first = 0; first < labels.length; first += portion) {
      encoder.add(labels.slice(first, first + portion));
    }
    const encoded = encoder.finish(false);
    t.same(
      Array.from(encoded.labels, (code) => (code < 0 ? undefined : encoded.classes[code])),
      labels,
    );
  }
});
