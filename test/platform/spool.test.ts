import { closeSync, ftruncateSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { closeSpool, createSpool, readSpool, readSpoolAhead, writeSpool } from '../../src/platform/node.js';
import { SpoolError } from '../../src/storage.js';

t.test('a spool file has no name, and is read as it was written', async (t) => {
  const folder = t.testdir();
  const spool = createSpool(folder);
  t.strictSame(readdirSync(folder), []);
  writeSpool(spool, Uint8Array.of(1, 2, 3), 4);
  const bytes = new Uint8Array(5);
  readSpool(spool, bytes, 2);
  t.strictSame([...bytes], [0, 0, 1, 2, 3]);
  bytes.fill(0);
  await readSpoolAhead(spool, bytes.subarray(1), 3);
  t.strictSame([...bytes], [0, 0, 1, 2, 3]);
  closeSpool(spool);
});

t.test('faults are told in a line', async (t) => {
  const missing = join(t.testdir(), 'missing');
  t.throws(() => createSpool(missing), {
    name: 'SpoolError',
    message: `the spool file in ${missing} can't be made: no such file or directory; give --spool-dir a folder in which files can be made`,
  });

  const spool = createSpool();
  const { folder } = spool;
  writeSpool(spool, new Uint8Array(100), 0);
  ftruncateSync(spool.descriptor, 50);
  const message = `the spool file in ${folder} can't be read: it ends too early: something has cut it off; start again`;
  t.throws(() => readSpool(spool, new Uint8Array(60), 0), { message });
  await t.rejects(readSpoolAhead(spool, new Uint8Array(60), 0), { message });
  closeSpool(spool);
  t.throws(() => readSpool(spool, new Uint8Array(1), 0), SpoolError);
  await t.rejects(readSpoolAhead(spool, new Uint8Array(1), 0), SpoolError);
});

t.test('a full disk is told', { skip: process.platform !== 'linux' }, async (t) => {
  const descriptor = openSync('/dev/full', 'r+');
  t.teardown(() => closeSync(descriptor));
  t.throws(() => writeSpool({ descriptor, folder: '/spool' }, new Uint8Array(8), 2 ** 31), {
    name: 'SpoolError',
    message:
      "the spool file in /spool can't grow to 2.0 GiB: no space left on device; give --spool-dir a folder with more room, " +
      'or --memory more',
  });
});
