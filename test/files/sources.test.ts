import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { OpenSource } from '../../src/data/source.js';
import { openSource } from '../../src/files/sources.js';

async function textOf(source: OpenSource): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.chunks()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

t.test('a file that another takes the place of is read to its end', async (t) => {
  const path = join(t.testdir({ 'rows.csv': 'old rows' }), 'rows.csv');
  const source = await openSource(path);
  const read = async (start: number, end: number) =>
    Buffer.from((await source.random?.read(start, end)) ?? []).toString();
  t.equal(await read(0, 3), 'old');
  writeFileSync(`${path}.new`, 'NEW ROWS');
  renameSync(`${path}.new`, path);
  t.equal(await read(4, 8), 'rows');
  t.equal(await textOf(source), 'old rows');
  t.equal(await read(0, 8), 'old rows', 'after the end of the stream too');
  await source.close();
});

const descriptors = '/proc/self/fd';

t.test(
  'no descriptor is left',
  { skip: !existsSync(descriptors) && `there is no ${descriptors}` },
  async (t) => {
    const folder = t.testdir({
      'rows.csv': 'a,b\n1,x\n',
      'rows.csv.gz': gzipSync('a,b\n1,x\n'),
      'bad.gz': Buffer.of(0x1f, 0x8b),
    });
    const count = () => readdirSync(descriptors).length;
    await (await openSource(join(folder, 'rows.csv'))).close();
    const before = count();
    for (let turn = 0; turn < 5; turn++) {
      for (const name of ['rows.csv', 'rows.csv.gz']) {
        const source = await openSource(join(folder, name));
        if (turn % 2 === 0) t.equal(await textOf(source), 'a,b\n1,x\n');
        await source.close();
      }
      await t.rejects(openSource(join(folder, 'bad.gz')), { name: 'TableError' });
      await t.rejects(openSource(folder), { message: /is a folder, expected a file/ });
      await t.rejects(openSource(join(folder, 'none.csv')), { message: /cannot be read: no such file/ });
    }
    for (let turn = 0; count() > before && turn < 100; turn++) await delay(10);
    t.ok(count() <= before, `${count()} of ${before}`);
  },
);

const hasPipes = spawnSync('mkfifo', ['--version']).error === undefined;

t.test('a pipe is waited for without a thread', { skip: !hasPipes && 'there is no mkfifo' }, async (t) => {
  const pipe = join(t.testdir(), 'rows.csv');
  spawnSync('mkfifo', [pipe]);
  // Each of these would hold one of the four threads of Node's pool, so nothing else could be read.
  const sources = Array.from({ length: 5 }, () => openSource(pipe));
  writeFileSync(`${pipe}.file`, 'a,b\n');
  const source = await openSource(`${pipe}.file`);
  t.equal(await textOf(source), 'a,b\n');
  await source.close();
  writeFileSync(pipe, 'some rows of several sources');
  for (const opened of await Promise.all(sources)) await opened.close();
});
