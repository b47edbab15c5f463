import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { LineBuffer, openParts, scannedParts, shareParts } from '../../../src/data/readers/parts.js';
import type { PartReader, RandomAccess } from '../../../src/data/table.js';
import { inParts } from '../in-parts.js';

const plain = { delimiter: 44, width: 2, point: 46 };

/** Threads that need some turns of the event loop for each part, and hold as many parts as told. */
function slowThreads(random: RandomAccess, partBytes: number, parts: number, delays: readonly number[]) {
  const buffers = Array.from({ length: parts }, () => new LineBuffer(random, 0, partBytes));
  const asked = { count: 0 };
  const reader: PartReader = {
    parts,
    async read(from) {
      const place = asked.count++;
      for (let left = delays[place % delays.length]; left > 0; left--) await turn();
      return { ...(await buffers[place % parts].read(from)), find: () => undefined };
    },
    async close() {},
  };
  return { reader, asked };
}

t.test(
  'parts come in their order, whoever reads them, and none is overwritten before it was taken',
  async (t) => {
    const shares = { threads: 0, parts: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme-ascii' }), {
          minLength: 1,
          maxLength: 400,
        }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 10 }),
        fc.nat(4),
        async (lines, partBytes, parts, delays, pause) => {
          const bytes = Buffer.from(`${lines.join('\n')}\n`);
          const random = inParts(bytes, partBytes);
          const { reader, asked } = slowThreads(random, partBytes, parts, delays);
          const own = await openParts(random, { first: 0, plain, partBytes });
          const pieces: Uint8Array[] = [];
          for await (const { bytes, isLast } of scannedParts(
            random,
            { first: 0, partBytes },
            shareParts(reader, own),
          )) {
            for (let left = pause; left > 0; left--) await turn();
            if (!isLast) pieces.push(bytes.slice());
          }
          shares.threads += asked.count;
          shares.parts += Math.ceil(bytes.length / partBytes);
          return Buffer.concat(pieces).equals(bytes);
        },
      ),
    );
    t.ok(
      shares.threads > 0 && shares.threads < shares.parts,
      `${shares.threads} of ${shares.parts} parts by threads`,
    );
  },
);

t.test('threads that are never waited for read all but the first parts', async (t) => {
  const bytes = Buffer.from('one,two\n'.repeat(1000));
  const random = inParts(bytes, 100);
  const { reader, asked } = slowThreads(random, 100, 3, [0]);
  const own = await openParts(random, { first: 0, plain, partBytes: 100 });
  for await (const _ of scannedParts(random, { first: 0, partBytes: 100 }, shareParts(reader, own)))
    for (let left = 4; left > 0; left--) await turn();
  t.equal(asked.count, 80 - own.parts);
});
