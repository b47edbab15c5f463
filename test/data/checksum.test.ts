import { createHash } from 'node:crypto';
import t from 'tap';
import { datasetSha256 } from '../../src/data/checksum.js';
import { loadDigits } from '../../src/data/digits.js';
import type { Kind } from '../../src/data/kinds.js';

t.test('the bytes of the features and then of the labels, little-endian', async (t) => {
  const table = {
    features: { rows: 2, columns: 1, values: Float32Array.of(1, -2.5) },
    labels: Int32Array.of(1, 0),
    classes: ['a', 'b'],
  };
  const bytes = Buffer.from('0000803f000020c0' + '0100000000000000', 'hex');
  t.equal(await datasetSha256(table), createHash('sha256').update(bytes).digest('hex'));
});

t.test('another value, another sum', async (t) => {
  const digits = await loadDigits();
  const before = await datasetSha256(digits);
  t.match(before, /^[0-9a-f]{64}$/);
  t.equal(await datasetSha256(await loadDigits()), before);
  digits.labels[1796] = 9 - digits.labels[1796];
  t.not(await datasetSha256(digits), before);
});

t.test('kinds count, unless all are plain numbers', async (t) => {
  const { features, ...rest } = {
    features: { rows: 2, columns: 1, values: Float32Array.of(1, 0) },
    labels: Int32Array.of(1, 0),
    classes: ['a', 'b'],
  };
  const sumOf = (...kinds: Kind[]) => datasetSha256({ ...rest, features: { ...features, kinds } });
  const plain = await datasetSha256({ ...rest, features });
  t.equal(await sumOf({ kind: 'number' }), plain);
  const bytes = Buffer.from('0000803f00000000' + '0100000000000000', 'hex');
  const sums = new Set([plain]);
  for (const [kind, text] of [
    [{ levels: ['', 'é'], kind: 'category' }, '[{"kind":"category","levels":["","é"]}]'],
    [{ kind: 'category', levels: ['', 'f'] }, '[{"kind":"category","levels":["","f"]}]'],
    [{ offset: 0.5, kind: 'number', as: 'date' }, '[{"as":"date","kind":"number","offset":0.5}]'],
    [{ kind: 'number', as: 'boolean' }, '[{"as":"boolean","kind":"number"}]'],
  ] as const) {
    const sum = await sumOf(kind);
    t.equal(sum, createHash('sha256').update(bytes).update(text).digest('hex'));
    sums.add(sum);
  }
  t.equal(sums.size, 5);
});
