import t from 'tap';
import { ByteReader, piecesOf } from '../../../src/data/readers/byte-reader.js';
import type { Source } from '../../../src/data/table.js';

/** Bytes from 0 on, in chunks that are written over once the next is asked for. */
async function* fleeting(count: number, size: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size);
  for (let start = 0; start < count; start += size) {
    const chunk = buffer.subarray(0, Math.min(size, count - start));
    for (let at = 0; at < chunk.length; at++) chunk[at] = start + at;
    yield chunk;
  }
  buffer.fill(255);
}

const upTo = (start: number, end: number) => Array.from({ length: end - start }, (_, at) => start + at);

t.test('bytes in pieces of any size', async (t) => {
  for (const size of [1, 3, 7, 200]) {
    const bytes = new ByteReader(fleeting(100, size));
    t.same([...(await bytes.take(5))], upTo(0, 5));
    t.same([...(await bytes.take(0))], []);
    const target = new Uint8Array(20);
    t.equal(await bytes.takeInto(target), 20);
    t.same([...target], upTo(5, 25));
    t.same([...(await bytes.take(50))], upTo(25, 75));
    t.equal(await bytes.takeInto(target.fill(0)), 20);
    t.same([...target], upTo(75, 95));
    t.equal(await bytes.takeInto(target.fill(0)), 5, 'fewer at the end');
    t.same([...target.subarray(0, 6)], [...upTo(95, 100), 0]);
    t.same([...(await bytes.take(5))], []);
  }
  const bytes = new ByteReader(fleeting(10, 4));
  t.same([...(await bytes.take(2 ** 40))], upTo(0, 10), 'no memory for what is not there');
});

/** A file of so many bytes; `wrong` is where it can't be read. */
function fileOf(count: number, wrong = Number.NaN) {
  const reads: number[] = [];
  let open = 0;
  const source: Source = {
    name: 'file',
    async *chunks() {
      yield Uint8Array.of(42);
    },
    random: {
      size: count,
      partBytes: 10,
      read: async () => new Uint8Array(),
      async readInto(target, start) {
        reads.push(start);
        open++;
        await new Promise((resolve) => setImmediate(resolve));
        open--;
        if (start === wrong) throw new Error('no such bytes');
        for (let at = 0; at < target.length; at++) target[at] = start + at;
      },
    },
  };
  return { source, reads, open: () => open };
}

t.test('a file is read part by part', async (t) => {
  for (const count of [80, 81, 99, 200]) {
    const found: number[] = [];
    for await (const piece of piecesOf(fileOf(count).source)) found.push(...piece);
    t.same(found, upTo(0, count));
  }
  const found: number[] = [];
  for await (const piece of piecesOf(fileOf(79).source)) found.push(...piece);
  t.same(found, [42], 'a small one as it comes');
});

t.test('nobody reads a file any longer once its pieces have ended', async (t) => {
  const { source, reads, open } = fileOf(200);
  for await (const _ of piecesOf(source)) break;
  t.equal(open(), 0);
  t.same(reads, [0, 10]);
  const broken = fileOf(200, 30);
  const all = async () => {
    for await (const _ of piecesOf(broken.source));
  };
  await t.rejects(all(), { message: 'no such bytes' });
  t.equal(broken.open(), 0);
});
