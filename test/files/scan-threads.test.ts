import { closeSync, fstatSync, openSync, readSync, truncateSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { readTableFrom } from '../../src/data/read-table.js';
import { openStored } from '../../src/data/source.js';
import { type RandomAccess, TableError } from '../../src/data/table.js';
import type { DatasetOptionsOf } from '../../src/data/table-options.js';
import { type SharedFile, startScanThreads } from '../../src/files/scan-threads.js';

/** Rows of numbers, texts and gaps; some have line breaks in quotes, too few cells in a comment, or a long cell. */
function tableOf(rows: number, long = 0): string {
  const lines = ['a,b,code,text,class'];
  for (let row = 0; row < rows; row++) {
    const gap = row % 97 === 0 ? '' : String(row / 7);
    const text = row % 301 === 0 ? '"two\nlines, ""quoted"""' : ['red', 'grün', '"blue"', ' NA '][row % 4];
    const cell = row === rows >> 1 ? 'x'.repeat(long) : text;
    lines.push(`${row % 256},${gap},${100 + (row % 50)},${cell},${'ab'[row % 2]}`);
    if (row % 1000 === 500) lines.push('');
  }
  return `${lines.join('\n')}\n`;
}

/** Reads a file as it comes, or in parts by threads. */
async function readBy(path: string, threads: number, options: DatasetOptionsOf<string> = {}) {
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  const counts = { started: 0 };
  const read = async (start: number, end: number) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    readSync(fd, bytes, 0, bytes.length, start);
    return bytes;
  };
  const file: SharedFile = { path, fd, size, read, count: () => {} };
  const random: RandomAccess = {
    size,
    read,
    readInto: async (target, start) => target.set(await read(start, start + target.length)),
    partBytes: 10_000,
    startThreads(job) {
      counts.started++;
      return startScanThreads(file, job, threads);
    },
  };
  const open = () =>
    openStored(
      {
        name: path,
        bytes: (async function* () {
          for (let at = 0; at < size; at += 50_000) yield read(at, at + 50_000);
        })(),
        ...(threads > 0 && { random }),
      },
      () => {
        throw new Error('found gzip');
      },
    );
  try {
    return { counts, dataset: await readTableFrom(open, path, { places: true, ...options }) };
  } finally {
    closeSync(fd);
  }
}

t.test('threads read the same table', async (t) => {
  const path = `${t.testdir()}/rows.csv`;
  for (const [rows, long] of [
    [9000, 0],
    [3000, 5000],
    [3000, 200_000],
  ]) {
    writeFileSync(path, tableOf(rows, long));
    const options = { category: ['code'], group: 'b', onMissing: 'drop' as const };
    const { dataset } = await readBy(path, 0, options);
    for (const threads of [1, 2, 3]) {
      const found = await readBy(path, threads, options);
      t.strictSame(found.dataset, dataset);
      t.ok(found.counts.started > 0);
    }
  }
});

t.test('a fault far into the table has its place', async (t) => {
  const path = `${t.testdir()}/rows.csv`;
  writeFileSync(path, `${tableOf(9000)}1,2,3\n`);
  const messages: string[] = [];
  for (const threads of [0, 2]) {
    await t.rejects(
      readBy(path, threads).catch((error) => {
        messages.push(error.message);
        throw error;
      }),
      TableError,
    );
  }
  t.equal(messages[1], messages[0]);
  t.match(messages[0], /line \d+: found 3 cells, expected 5/);
});

t.test('a file that shrinks while it is read', async (t) => {
  const path = `${t.testdir()}/rows.csv`;
  writeFileSync(path, tableOf(9000));
  const fd = openSync(path, 'r');
  const file = { path, fd, size: 300_000, read: async () => new Uint8Array(), count: () => {} };
  const plain = { delimiter: 44, width: 5, point: 46 };
  const job = { first: 0, partBytes: 10_000, plain, columns: Int32Array.of(0), textColumns: [4] };
  const reader = await startScanThreads(file, job, 2);
  if (!reader) throw new Error('no threads were started');
  truncateSync(path, 1000);
  await t.rejects(reader.read(20_000), {
    name: 'TableError',
    message: /rows.csv: cannot be read: the file shrank/,
  });
  await reader.close();
  closeSync(fd);
});

t.equal(
  await startScanThreads(
    { path: '', fd: 0, size: 0, read: async () => new Uint8Array(), count: () => {} },
    {
      first: 0,
      partBytes: 1,
      plain: { delimiter: 44, width: 2, point: 46 },
      columns: new Int32Array(),
      textColumns: [],
    },
    0,
  ),
  undefined,
  'no thread can run beside this one',
);
