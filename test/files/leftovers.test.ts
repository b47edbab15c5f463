import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { leftBehind, removeFiles } from '../../src/files/leftovers.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

t.test('files of earlier runs are the known ones, and those whose checksum the manifest has', async (t) => {
  const files = {
    'notes.txt': sha256('mine'),
    'old.csv': sha256('old'),
    '../other.txt': sha256('other'),
    'gone.csv': sha256('gone'),
  };
  const folder = t.testdir({
    'other.txt': 'other',
    run: {
      'metrics.json': JSON.stringify({ run: { files } }),
      'model.json': '',
      'notes.txt': 'changed since',
      'old.csv': 'old',
    },
  });
  const run = join(folder, 'run');
  const known = ['metrics.json', 'model.json', 'sweep.json'];
  const left = await leftBehind(run, known, ['metrics.json']);
  t.strictSame(left, ['model.json', 'old.csv']);
  t.strictSame(await leftBehind(join(folder, 'missing'), known, []), []);
  removeFiles(run, [...left, 'not-there']);
  t.strictSame(await leftBehind(run, known, ['metrics.json']), []);
  t.ok(existsSync(join(run, 'notes.txt')));
  t.ok(existsSync(join(folder, 'other.txt')));
  t.throws(() => removeFiles(folder, ['run']), { name: 'OutputError' });
});

t.test('a manifest that is none is as good as none', async (t) => {
  for (const text of ['', '{', 'null', '{"run":{"files":null}}', '{"run":3}']) {
    const folder = t.testdir({ 'metrics.json': text, 'model.json': '' });
    t.strictSame(await leftBehind(folder, ['metrics.json', 'model.json'], ['metrics.json']), ['model.json']);
  }
});
